package secret

import "strings"

// tokens finds published credential formats and random strings among the words of the text.
func (f *finder) tokens() {
	s := f.s
	for i := 0; i < len(s); {
		if class[s[i]]&isToken == 0 {
			i++
			continue
		}
		end := i
		for end < len(s) && class[s[end]]&isToken != 0 && s[end] != '=' {
			end++
		}
		if to, ok := f.marks.at(i); ok {
			i = to
			continue
		}
		if to, ok := f.found.at(i); ok {
			i = max(to, i+1)
			continue
		}
		next := f.published(i, end)
		if next > i {
			i = next
			continue
		}
		pad := end
		for pad < len(s) && s[pad] == '=' && pad-end < 2 {
			pad++
		}
		if end-i >= shortest {
			f.token(i, end, pad)
		}
		i = max(end, i+1)
		for i < len(s) && s[i] == '=' {
			i++
		}
	}
}

// token looks at one word of base64 or base64url, padding up to pad.
func (f *finder) token(from, to, pad int) {
	s := f.s
	if end, ok := f.calm.at(from); ok {
		if end < to {
			f.token(end, to, pad)
		}
		return
	}
	if k := f.calm.after(from); k < len(f.calm) && f.calm[k].from < to {
		f.token(f.calm[k].from, to, pad)
		to, pad = f.calm[k].from, f.calm[k].from
	}
	if to-from < shortest || f.trait.digest {
		return
	}
	if to-from > farAhead { // no name, and no id
		if f.encoded(from, to, pad) != public {
			f.random(from, to, pad)
		}
		return
	}
	if k := guidIn(s[from:to]); k >= 0 {
		f.token(from, from+k, from+k)
		f.token(from+k+guidLength, to, pad)
		return
	}
	switch h, n := longestHex(s[from:to]); {
	case n >= longHex:
		f.hex(from, to, from+h, from+h+n)
		return
	case n >= 8 && bounded(s[from:to], h, h+n):
		// The hash at the end of a name, subnet-09b8c4d89ed5f3aeb, and not a part of something random.
		f.token(from, from+h, from+h)
		f.token(from+h+n, to, pad)
		return
	}
	if f.inHost(from, to) {
		return
	}
	switch f.encoded(from, to, pad) {
	case public:
		return
	case private:
		f.add(from, pad)
		return
	}
	f.random(from, to, pad)
}

// random adds the word, or the parts of it between slashes, that looks drawn at random.
func (f *finder) random(from, to, pad int) {
	least := enough
	if pad > to && (pad-from)%4 == 0 {
		least = enoughPadded
	}
	a, b, yes := isRandomBy(f.s[from:to], least)
	if !yes || f.trait.id && singleCase(f.s[from:to]) {
		return
	}
	text := f.s[from:to]
	if strings.IndexByte(text, '/') < 0 {
		f.add(from, pad)
		return
	}
	// Words that stand beside it in a path stay; what may be a part of it goes.
	for a > 0 && (text[a-1] != '/' || !f.wordy(text[:a-1], true)) {
		a--
	}
	for b < len(text) && (text[b] != '/' || !f.wordy(text[b+1:], false)) {
		b++
	}
	end := from + b
	if end == to {
		end = pad
	}
	f.add(from+a, end)
}

// wordy reports whether the part of a path that ends (last) or begins text is made of words.
func (f *finder) wordy(text string, last bool) bool {
	part := text
	if last {
		part = text[strings.LastIndexByte(text, '/')+1:]
	} else if k := strings.IndexByte(text, '/'); k >= 0 {
		part = text[:k]
	}
	if part == "" {
		return true // a double slash, or the start of a path
	}
	if len(part) < 4 {
		return false
	}
	points, _, _ := alternation(part)
	return points*2 < len(part)
}

// longHex: a hexadecimal number of that many digits holds 128 bits, as keys do; shorter ones are
// the hashes in names.
const longHex = 32

// bounded reports whether s[from:to] is set apart from the letters and digits beside it.
func bounded(s string, from, to int) bool {
	return (from == 0 || class[s[from-1]]&(isLower|isUpper|isDigit) == 0 && s[from-1] != '+') &&
		(to == len(s) || class[s[to]]&(isLower|isUpper|isDigit) == 0 && s[to] != '+')
}

func singleCase(s string) bool {
	var kinds uint8
	for i := 0; i < len(s); i++ {
		kinds |= class[s[i]] & (isLower | isUpper)
	}
	return kinds != isLower|isUpper
}

const guidLength = 36

// guidIn returns where a GUID begins in s, or -1.
func guidIn(s string) int {
	for i := 0; i+guidLength <= len(s); i++ {
		if s[i+8] == '-' && isGUID(s[i:i+guidLength]) {
			return i
		}
	}
	return -1
}

func isGUID(s string) bool {
	for i := 0; i < guidLength; i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if class[s[i]]&isHex == 0 {
			return false
		}
	}
	return true
}

// longestHex returns the longest run of hexadecimal digits of one case in s with letters and digits.
func longestHex(s string) (at, n int) {
	for i := 0; i < len(s); {
		var kinds uint8
		j := i
		for j < len(s) && class[s[j]]&isHex != 0 {
			k := class[s[j]] & (isLower | isUpper | isDigit)
			if kinds|k == isLower|isUpper|kinds&isDigit && kinds&(isLower|isUpper) != 0 && k != isDigit && kinds&k == 0 {
				break
			}
			kinds |= k
			j++
		}
		if j-i > n && kinds&isDigit != 0 && kinds&(isLower|isUpper) != 0 {
			at, n = i, j-i
		}
		i = max(j, i+1)
	}
	return at, n
}

// hex judges a long hexadecimal number. Under a name that speaks of an identity or a digest, behind
// the colon of an image's tag, and in a resource's id it is public; anything else may be a key.
func (f *finder) hex(from, to, at, end int) {
	s := f.s
	if f.trait.id || at > 0 && s[at-1] == ':' && strings.IndexByte(s[max(0, at-200):at], '/') >= 0 && !strings.Contains(s[:at], "://") {
		return
	}
	if f.inHost(from, to) {
		return
	}
	f.add(at, end)
	f.token(end, to, to)
}

// inHost reports whether the word is a label of a host name.
func (f *finder) inHost(from, to int) bool {
	s := f.s
	a, b := from, to
	for a > 0 && from-a < farBehind && (class[s[a-1]]&(isLower|isUpper|isDigit) != 0 || s[a-1] == '-' || s[a-1] == '.') {
		a--
	}
	for b < len(s) && b-to < farBehind && (class[s[b]]&(isLower|isUpper|isDigit) != 0 || s[b] == '-' || s[b] == '.') {
		b++
	}
	return (a < from || b > to) && isHost(strings.Trim(s[a:b], ".-"))
}
