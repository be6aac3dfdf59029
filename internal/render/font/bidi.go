package font

import "golang.org/x/text/unicode/bidi"

// levels are the embedding levels of a paragraph that runs left to right: 0, 1 for what runs from the right, 2 for numbers
// within that. The classes of characters are those of x/text; the levels are found here, since what x/text gives back are
// directions, and of two neighbours of level 0 and 2 those do not say which to turn. The names of rules are those of UAX #9.
// Its explicit levels (X1 to X8) are left out on purpose, see the package comment.
func levels(text []rune) []uint8 {
	l := line{text: text}
	for i, r := range text {
		p, _ := bidi.LookupRune(r)
		c := p.Class()
		if c >= bidi.Control { // the explicit embeddings, overrides and isolates
			c = bidi.BN
		}
		l.was = append(l.was, p)
		l.class = append(l.class, c)
		if c != bidi.BN {
			l.at = append(l.at, i)
		}
	}
	l.weak()
	l.brackets()
	l.neutral()
	return l.levels()
}

type line struct {
	text  []rune
	was   []bidi.Properties
	class []bidi.Class
	at    []int // the indexes that count: all but boundary neutrals
}

// weak is W1 to W7.
func (l *line) weak() {
	prev, strong := bidi.L, bidi.L
	for _, i := range l.at {
		if l.class[i] == bidi.NSM {
			l.class[i] = prev // W1
		}
		prev = l.class[i]
		switch prev {
		case bidi.L, bidi.R, bidi.AL:
			strong = prev
		case bidi.EN:
			if strong == bidi.AL {
				l.class[i] = bidi.AN // W2
			}
		}
	}
	for _, i := range l.at {
		if l.class[i] == bidi.AL {
			l.class[i] = bidi.R // W3
		}
	}
	l.separators()
	l.terminators()
	strong = bidi.L
	for _, i := range l.at {
		switch l.class[i] {
		case bidi.L, bidi.R:
			strong = l.class[i]
		case bidi.EN:
			if strong == bidi.L {
				l.class[i] = bidi.L // W7
			}
		case bidi.ES, bidi.ET, bidi.CS:
			l.class[i] = bidi.ON // W6
		}
	}
}

// separators is W4: one separator between two numbers of a kind is of the number.
func (l *line) separators() {
	for k := 1; k+1 < len(l.at); k++ {
		c, before, after := l.class[l.at[k]], l.class[l.at[k-1]], l.class[l.at[k+1]]
		if before == after && (before == bidi.EN && (c == bidi.ES || c == bidi.CS) || before == bidi.AN && c == bidi.CS) {
			l.class[l.at[k]] = before
		}
	}
}

// terminators is W5: signs like % and € are of the number beside them.
func (l *line) terminators() {
	for k := 0; k < len(l.at); {
		end := k
		for end < len(l.at) && l.class[l.at[end]] == bidi.ET {
			end++
		}
		if end == k {
			k++
			continue
		}
		if k > 0 && l.class[l.at[k-1]] == bidi.EN || end < len(l.at) && l.class[l.at[end]] == bidi.EN {
			for ; k < end; k++ {
				l.class[l.at[k]] = bidi.EN
			}
		}
		k = end
	}
}

// direction is the direction of a class for the rules of neutrals: numbers count as from the right.
func direction(c bidi.Class) (bidi.Class, bool) {
	switch c {
	case bidi.L:
		return bidi.L, true
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R, true
	}
	return bidi.ON, false
}

// depth is how many open brackets are remembered at most, as UAX #9 says (BD16).
const depth = 63

// brackets is N0.
func (l *line) brackets() {
	pair := l.pairs()
	for k, i := range l.at {
		end, ok := pair[k]
		if !ok {
			continue
		}
		left, right := false, false
		for _, j := range l.at[k+1 : end] {
			if d, ok := direction(l.class[j]); ok {
				left, right = left || d == bidi.L, right || d == bidi.R
			}
		}
		switch {
		case left:
			l.class[i], l.class[l.at[end]] = bidi.L, bidi.L
		case right:
			d := l.before(k)
			l.class[i], l.class[l.at[end]] = d, d
		}
	}
}

// pairs are the positions of closing brackets by those of their opening ones.
func (l *line) pairs() map[int]int {
	type open struct {
		close rune
		at    int
	}
	var stack []open
	pair := map[int]int{}
	for k, i := range l.at {
		if p := l.was[i]; !p.IsBracket() || l.class[i] != bidi.ON {
			continue
		} else if p.IsOpeningBracket() {
			if len(stack) == depth {
				return pair
			}
			stack = append(stack, open{mirror(l.text[i]), k})
			continue
		}
		for n := len(stack) - 1; n >= 0; n-- {
			if stack[n].close == l.text[i] {
				pair[stack[n].at] = k
				stack = stack[:n]
				break
			}
		}
	}
	return pair
}

// before is the direction of the last thing before the k-th that has one.
func (l *line) before(k int) bidi.Class {
	for k--; k >= 0; k-- {
		if d, ok := direction(l.class[l.at[k]]); ok {
			return d
		}
	}
	return bidi.L
}

// neutral is N1 and N2.
func (l *line) neutral() {
	for k := 0; k < len(l.at); {
		if _, ok := direction(l.class[l.at[k]]); ok {
			k++
			continue
		}
		end, after := k, bidi.L
		for ; end < len(l.at); end++ {
			if d, ok := direction(l.class[l.at[end]]); ok {
				after = d
				break
			}
		}
		if l.before(k) != after {
			after = bidi.L
		}
		for ; k < end; k++ {
			l.class[l.at[k]] = after
		}
	}
}

// levels is I1 with what is ignored at the level of what stands before it.
func (l *line) levels() []uint8 {
	out := make([]uint8, len(l.text))
	for i, c := range l.class {
		switch c {
		case bidi.R:
			out[i] = 1
		case bidi.EN, bidi.AN:
			out[i] = 2
		case bidi.BN:
			if i > 0 {
				out[i] = out[i-1]
			}
		}
	}
	return out
}

// visual is the order in which things of these levels are shown: L2.
func visual(level []uint8) []int {
	order := make([]int, len(level))
	for i := range order {
		order[i] = i
	}
	for at := uint8(2); at > 0; at-- {
		for i := 0; i < len(level); i++ {
			end := i
			for end < len(level) && level[order[end]] >= at {
				end++
			}
			for a, b := i, end-1; a < b; a, b = a+1, b-1 {
				order[a], order[b] = order[b], order[a]
			}
			i = end
		}
	}
	return order
}

// mirrored are signs without a bracket's property that are turned too (L4).
var mirrored = map[rune]rune{'<': '>', '>': '<', '«': '»', '»': '«', '‹': '›', '›': '‹', '≤': '≥', '≥': '≤'}

// mirror is the sign that is shown for r where text runs from the right.
func mirror(r rune) rune {
	if m, ok := mirrored[r]; ok {
		return m
	}
	if p, _ := bidi.LookupRune(r); p.IsBracket() {
		for _, m := range bidi.ReverseString(string(r)) {
			return m
		}
	}
	return r
}
