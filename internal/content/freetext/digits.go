package freetext

import "strings"

// number is a run of letters and digits as people write numbers, in groups.
type number struct {
	digits   string // without what stands between
	from, to int
	groups   []int  // lengths
	between  string // what stands between, as a set
}

// mostNumber is the longest that is put together: an IBAN has 34 characters.
const mostNumber = 34

// numbers finds numbers that identify people or their money.
func numbers(text string, _ []word) (hits []Hit) {
	for at, digit := 0, -1; at < len(text); {
		if !alnum(text[at]) {
			at++
			continue
		}
		if at > 0 && glues(text[at-1]) {
			at = skip(text, at)
			continue
		}
		if digit < at {
			digit = nextDigit(text, at)
		}
		if digit-at > farthest && skip(text, at)-at != withoutDigits { // words, as most of a text
			at = skip(text, at)
			continue
		}
		h, ok := numberAt(text, at)
		if !ok {
			at = skip(text, at)
			continue
		}
		hits, at = append(hits, h), h.To
	}
	return hits
}

const (
	// farthest is more than a reading is long: what is put together, its last group and what stands between.
	farthest = 3 * mostNumber
	// leastNumber is the shortest of all kinds.
	leastNumber = 8
	// withoutDigits is how long a codice fiscale is, the one number that can be letters alone: where two people would have the same one digits are written as letters.
	withoutDigits = 16
)

// nextDigit is where the next digit stands, or the end of the text and more.
func nextDigit(text string, at int) int {
	for ; at < len(text); at++ {
		if text[at] >= '0' && text[at] <= '9' {
			return at
		}
	}
	return len(text) + farthest + 1
}

// possible reports whether a reading can be a number of any kind.
func (n number) possible() bool {
	return len(n.digits) >= leastNumber && (strings.ContainsAny(n.digits, "0123456789") || len(n.groups) == 1 && len(n.digits) == withoutDigits)
}

// glues reports whether a character before a number makes it a part of something longer.
func glues(c byte) bool { return alnum(c) || strings.IndexByte("_-./=@#+&%\\", c) >= 0 || c >= 0x80 }

func skip(text string, at int) int {
	for at < len(text) && alnum(text[at]) {
		at++
	}
	return at
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// readings of a place: the longest that is some number wins.
func numberAt(text string, at int) (Hit, bool) {
	n := number{from: at, to: at}
	var read []number
	for len(n.digits) <= mostNumber {
		end := skip(text[:min(len(text), n.to+mostNumber+1)], n.to)
		n.digits += text[n.to:end]
		n.groups = append(n.groups, end-n.to) // each reading has the first of them: none is written twice
		n.to = end
		read = append(read, n)
		if end+1 >= len(text) || strings.IndexByte(" -.", text[end]) < 0 || !alnum(text[end+1]) || len(read) > 9 {
			break
		}
		if strings.IndexByte(n.between, text[end]) < 0 {
			n.between += text[end : end+1]
		}
		n.to = end + 1
	}
	for i := len(read) - 1; i >= 0; i-- {
		m := read[i]
		if len(m.digits) > mostNumber || !m.possible() || m.to < len(text) && (text[m.to] == '_' || text[m.to] == '@' || text[m.to] == '/') {
			continue
		}
		if strings.HasPrefix(text[m.to:], "-") && i == len(read)-1 && m.to+1 < len(text) && alnum(text[m.to+1]) {
			continue
		}
		if i+1 < len(read) && strings.IndexByte("-.", text[m.to]) >= 0 && alnum(text[m.to+1]) {
			continue // it goes on, so it is another number
		}
		for _, k := range kinds {
			if h, ok := k.at(text, m); ok {
				return h, true
			}
		}
	}
	return Hit{}, false
}

// onlyDigits reports whether s is digits and not all the same one.
func onlyDigits(s string) bool {
	return strings.Trim(s, "0123456789") == "" && strings.Trim(s, s[:1]) != ""
}

// near reports whether one of the words stands at most 48 bytes before the number, or 24 behind it.
func near(text string, n number, words ...string) bool {
	const before, behind = 48, 24
	around := strings.ToLower(text[max(0, n.from-before):n.from] + " \x00 " + text[n.to:min(len(text), n.to+behind)])
	for _, w := range words {
		if containsWord(around, w) {
			return true
		}
	}
	return false
}

func containsWord(s, w string) bool {
	for at := 0; ; {
		k := strings.Index(s[at:], w)
		if k < 0 {
			return false
		}
		from, to := at+k, at+k+len(w)
		if (from == 0 || !alnum(s[from-1])) && (to == len(s) || !alnum(s[to])) {
			return true
		}
		at = to
	}
}
