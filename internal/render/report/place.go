package report

import (
	"slices"
	"strconv"

	"c4arch/internal/arch/drift"
)

// Places returns where the finding stands, the place to look at first: code before what was read from a cloud, and of
// each the new side before the old one, which may be gone. The order is otherwise kept. A line where both sides stand is there once.
func Places(f *drift.Finding) []drift.Place {
	weight := func(p *drift.Place) int {
		w := 0
		if !p.Declared {
			w += 2
		}
		if p.Side != "new" {
			w++
		}
		return w
	}
	out := slices.Clone(f.Places)
	slices.SortStableFunc(out, func(a, b drift.Place) int { return weight(&a) - weight(&b) })
	seen := map[string]bool{}
	return slices.DeleteFunc(out, func(p drift.Place) bool {
		at := Place(&p)
		again := seen[at] && p.Side == "old"
		seen[at] = true
		return again
	})
}

// Place says where: main.tf:12.
func Place(p *drift.Place) string { return At(p.Input, p.Line) }

// At says where in an input.
func At(input string, line int) string {
	text := Line(input, 300)
	if line > 0 {
		text += ":" + strconv.Itoa(line)
	}
	return text
}

// Origin says of a place what it is: "declared", "old side".
func Origin(p *drift.Place) string {
	switch {
	case p.Declared && p.Side == "old":
		return "declared, old side"
	case p.Declared:
		return "declared"
	case p.Side == "old":
		return "old side"
	}
	return ""
}

// Exception says who accepted the finding, why and until when.
func Exception(e *drift.Excepted) string {
	text := "exception " + Line(e.ID, 80)
	switch e.State {
	case "active":
		text += ", until " + Line(e.Expires, 40)
	case "expired":
		text += " expired on " + Line(e.Expires, 40) + ", so the finding counts again"
	case "unapproved":
		text += " does not count yet: a critical finding needs a second approver"
	default:
		text += ", " + Line(e.State, 40)
	}
	if e.Owner != "" {
		text += ", owner " + Line(e.Owner, 100)
	}
	if e.Reason != "" {
		text += ": " + Line(e.Reason, 300)
	}
	return text
}

// Stale says what is wrong with an exception that needs care.
func Stale(s *drift.Stale) string {
	text := "exception " + Line(s.ID, 80)
	if s.Line > 0 {
		text += " (line " + strconv.Itoa(s.Line) + ")"
	}
	switch s.State {
	case "expired":
		text += " expired on " + Line(s.Expires, 40) + ": renew it or repair what it accepts"
	case "stale":
		text += " matches nothing: take it out"
	default:
		text += ": " + Line(s.State, 40)
	}
	if s.Owner != "" {
		text += "; owner " + Line(s.Owner, 100)
	}
	return text
}

// Unreadable is what could not be compared for one reason, with one remedy.
type Unreadable struct {
	Reason, Help string
	WasKnown     bool
	N            int
	Things       []*drift.Unknown
}

// Unknown groups what could not be compared by reason: what was known before first, then the most.
func Unknown(r *drift.Report) []*Unreadable {
	type key struct {
		reason, help string
		known        bool
	}
	by := map[key]*Unreadable{}
	var all []*Unreadable
	for i := range r.Unknown {
		u := &r.Unknown[i]
		k := key{u.Reason, u.Help, u.WasKnown}
		g := by[k]
		if g == nil {
			g = &Unreadable{Reason: u.Reason, Help: u.Help, WasKnown: u.WasKnown}
			by[k] = g
			all = append(all, g)
		}
		g.N += max(1, u.Count)
		g.Things = append(g.Things, u)
	}
	slices.SortStableFunc(all, func(a, b *Unreadable) int {
		if a.WasKnown != b.WasKnown {
			if a.WasKnown {
				return -1
			}
			return 1
		}
		return b.N - a.N
	})
	return all
}

// Thing says what an unknown is about: the resource and path, else the input or the type.
func Thing(u *drift.Unknown) string {
	text := Line(u.Resource, 200)
	if text == "" {
		text = Line(u.Type, 200)
	}
	if u.Path != "" {
		text += " " + Line(string(u.Path), 200)
	}
	if u.Input != "" {
		if text != "" {
			text += ", "
		}
		text += At(u.Input, u.Line)
	}
	if text == "" {
		text = "something"
	}
	if u.Count > 1 {
		text += " (" + Number(u.Count) + ")"
	}
	return text
}
