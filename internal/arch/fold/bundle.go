package fold

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// mostTechnologies is how many technologies a bundle names; more than two do not fit on a line.
const mostTechnologies = 2

// lines are the lines between what is shown. Those that end at a folded box and share both ends become one; those whose ends
// are in one folded box are not drawn; all others stay what they are.
func (f *folder) lines(m *c4.Model) []c4.Line {
	type pair struct{ from, to int }
	out := []c4.Line{}
	bundles := map[pair][]c4.Line{}
	for _, l := range f.view.Lines {
		from, there := f.number[l.Source]
		to, too := f.number[l.Target]
		if !there || !too {
			continue // it ends at no node: there is nothing to draw
		}
		p := pair{f.shows[from], f.shows[to]}
		switch {
		case f.inside[p.from] == 0 && f.inside[p.to] == 0:
			out = append(out, l)
		case p.from != p.to:
			l.Source, l.Target = f.view.Nodes[p.from].ID, f.view.Nodes[p.to].ID
			bundles[p] = append(bundles[p], l)
		}
	}
	words := newWords(m, bundles)
	for _, some := range bundles {
		out = append(out, bundle(some, words))
	}
	slices.SortFunc(out, byEnds)
	return out
}

// byEnds orders lines by their ends, and lines with the same ends by what they say.
func byEnds(a, b c4.Line) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Description, b.Description),
		cmp.Compare(a.Technology, b.Technology), cmp.Compare(a.Confidence, b.Confidence), slices.Compare(a.Relationships, b.Relationships))
}

// newWords returns the relationships that the bundles stand for, by id: only those, since a model may have very many.
func newWords[K comparable](m *c4.Model, bundles map[K][]c4.Line) map[string]*c4.Relationship {
	words := map[string]*c4.Relationship{}
	for _, some := range bundles {
		for i := range some {
			for _, id := range some[i].Relationships {
				words[id] = nil
			}
		}
	}
	for i := range m.Relationships {
		if _, wanted := words[m.Relationships[i].ID]; wanted {
			words[m.Relationships[i].ID] = &m.Relationships[i]
		}
	}
	return words
}

// bundle is one line for several. A line that is alone keeps its own words. Lines that all say the same keep that with their
// number; else the number is all that can be said in short, and the relationships tell the rest.
func bundle(some []c4.Line, words map[string]*c4.Relationship) c4.Line {
	slices.SortFunc(some, byEnds)
	l := some[0]
	if len(some) == 1 {
		return l
	}
	l.Relationships = relationships(some)
	for i := range some {
		if rank(some[i].Confidence) < rank(l.Confidence) {
			l.Confidence = some[i].Confidence
		}
	}
	if n := len(l.Relationships); n > 1 {
		l.Description = fmt.Sprintf("%d relationships", n)
		descriptions, technologies := said(l.Relationships, words)
		if len(descriptions) == 1 {
			l.Description = fmt.Sprintf("%s (%d relationships)", descriptions[0], n)
		}
		l.Technology = ""
		if len(technologies) <= mostTechnologies {
			l.Technology = strings.Join(technologies, ", ")
		}
	}
	return l
}

// said are the different descriptions and technologies of relationships, sorted.
func said(ids []string, words map[string]*c4.Relationship) (descriptions, technologies []string) {
	for _, id := range ids {
		r := words[id]
		if r == nil {
			return nil, nil // the model does not have it: nothing can be said of all
		}
		descriptions = append(descriptions, r.Description)
		if r.Technology != "" {
			technologies = append(technologies, r.Technology)
		}
	}
	slices.Sort(descriptions)
	slices.Sort(technologies)
	return slices.Compact(descriptions), slices.Compact(technologies)
}

// rank orders confidences, surest first; what is none of them comes last.
func rank(c c4.Confidence) int {
	i := slices.Index([]c4.Confidence{c4.Certain, c4.High, c4.May}, c)
	if i < 0 {
		return 3
	}
	return i
}
