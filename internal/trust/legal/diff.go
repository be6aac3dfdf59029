package legal

import (
	"slices"
	"strings"
)

// Op is what became of a piece of text.
type Op int

// What becomes of it.
const (
	Same Op = iota
	Removed
	Added
)

// Piece is a piece of text with what became of it.
type Piece struct {
	Op   Op
	Text string
}

// Line is a line of a comparison. Of a line that was changed the words say what was; otherwise Words has one piece.
type Line struct {
	Op    Op
	Words []Piece
}

// Text is the line as a whole.
func (l Line) Text() string {
	var b strings.Builder
	for _, w := range l.Words {
		b.WriteString(w.Text)
	}
	return b.String()
}

// Diff compares two texts line by line, and lines that took each other's place word by word. Its pieces joined, without those added, are the first text; without those removed,
// the second.
func Diff(before, after string) []Line {
	pieces := compare(strings.Split(before, "\n"), strings.Split(after, "\n"))
	var out []Line
	for i := 0; i < len(pieces); {
		if pieces[i].Op == Same {
			out = append(out, Line{Same, []Piece{pieces[i]}})
			i++
			continue
		}
		var gone, come []string
		for ; i < len(pieces) && pieces[i].Op != Same; i++ {
			if pieces[i].Op == Removed {
				gone = append(gone, pieces[i].Text)
			} else {
				come = append(come, pieces[i].Text)
			}
		}
		out = append(out, changed(gone, come)...)
	}
	return out
}

// changed are the lines of a place where some went and others came.
func changed(gone, come []string) (out []Line) {
	both := min(len(gone), len(come))
	for i := range gone {
		words := []Piece{{Removed, gone[i]}}
		if i < both {
			words = only(gone[i], come[i], Removed)
		}
		out = append(out, Line{Removed, words})
	}
	for i := range come {
		words := []Piece{{Added, come[i]}}
		if i < both {
			words = only(gone[i], come[i], Added)
		}
		out = append(out, Line{Added, words})
	}
	return out
}

// only is one side of a line that was changed, with what the other side does not have.
func only(before, after string, side Op) (out []Piece) {
	for _, p := range compare(words(before), words(after)) {
		if p.Op != Same && p.Op != side {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Op == p.Op {
			out[n-1].Text += p.Text
			continue
		}
		out = append(out, p)
	}
	if out == nil {
		out = []Piece{{side, ""}}
	}
	return out
}

// words cuts a line before each blank, so that its pieces joined are the line.
func words(line string) (out []string) {
	start := 0
	for i := 1; i < len(line); i++ {
		if line[i] == ' ' {
			out, start = append(out, line[start:i]), i
		}
	}
	return append(out, line[start:])
}

// maxTable bounds the table of a comparison: what is larger is cut at lines that stand once on both sides, and replaced as a whole where there is none.
const maxTable = 1 << 20

// compare finds what two lists have in common.
func compare(a, b []string) (out []Piece) {
	add := func(op Op, list []string) {
		for _, t := range list {
			out = append(out, Piece{op, t})
		}
	}
	var head, tail int
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	add(Same, a[:head])
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	switch {
	case len(x)*len(y) <= maxTable:
		out = append(out, table(x, y)...)
	default:
		if i, j, ok := anchor(x, y); ok {
			out = append(out, compare(x[:i], y[:j])...)
			out = append(out, compare(x[i:], y[j:])...)
		} else {
			add(Removed, x)
			add(Added, y)
		}
	}
	add(Same, a[len(a)-tail:])
	return out
}

// anchor is a line that stands once on both sides, the nearest to the middle, and not at the beginning of both.
func anchor(a, b []string) (i, j int, ok bool) {
	count, where := map[string]int{}, map[string]int{}
	for _, t := range a {
		count[t]++
	}
	for n, t := range b {
		where[t] = n
		count[t] += 1 << 32
	}
	best := -1
	for n, t := range a {
		if count[t] != 1+1<<32 || n == 0 && where[t] == 0 {
			continue
		}
		if far := abs(n - len(a)/2); best < 0 || far < best {
			best, i, j, ok = far, n, where[t], true
		}
	}
	return i, j, ok
}

func abs(n int) int { return max(n, -n) }

// table is the longest common subsequence by dynamic programming.
func table(a, b []string) (out []Piece) {
	w := len(b) + 1
	best := make([]int32, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i*w+j] = best[(i+1)*w+j+1] + 1
			} else {
				best[i*w+j] = max(best[(i+1)*w+j], best[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, Piece{Same, a[i]})
			i++
			j++
		case best[(i+1)*w+j] >= best[i*w+j+1]:
			out = append(out, Piece{Removed, a[i]})
			i++
		default:
			out = append(out, Piece{Added, b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		out = append(out, Piece{Removed, a[i]})
	}
	for ; j < len(b); j++ {
		out = append(out, Piece{Added, b[j]})
	}
	return out
}

// Counts are how many lines of a comparison are gone and have come.
func Counts(lines []Line) (removed, added int) {
	for _, l := range lines {
		switch l.Op {
		case Removed:
			removed++
		case Added:
			added++
		}
	}
	return removed, added
}

// Around leaves, of a comparison, what changed with some lines around it. Where lines are left out stands a line without words.
func Around(lines []Line, context int) (out []Line) {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.Op == Same {
			continue
		}
		for j := max(0, i-context); j < min(len(lines), i+context+1); j++ {
			near[j] = true
		}
	}
	for i, l := range lines {
		switch {
		case near[i]:
			out = append(out, l)
		case i == 0 || near[i-1]:
			out = append(out, Line{})
		}
	}
	if !slices.Contains(near, true) {
		return nil
	}
	return out
}
