package driftpage

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/render/scene"
)

// GradeOf is the grade of a finding in a mark.
func GradeOf(f *drift.Finding) string {
	switch {
	case f.Exception != nil && f.Exception.State == "active":
		return scene.Accepted
	case f.Direction == severity.Tightened:
		return scene.Improved
	}
	return string(f.Severity)
}

// Marks marks the elements and relationships of a merged model, by id: with what became of them, with the gravest
// finding about them, and with how many marked things are inside. Either of r and d may be nil.
func Marks(m *c4.Model, d *delta.Delta, r *drift.Report) map[string]scene.Mark {
	marks := map[string]scene.Mark{}
	known := make(map[string]*c4.Element, len(m.Elements))
	byResource := make(map[string][]string, len(m.Elements))
	for i := range m.Elements {
		e := &m.Elements[i]
		known[e.ID] = e
		if _, resource, ok := strings.Cut(e.ID, ":"); ok {
			byResource[resource] = append(byResource[resource], e.ID)
		}
	}
	lines := make(map[string]bool, len(m.Relationships))
	for i := range m.Relationships {
		lines[m.Relationships[i].ID] = true
	}
	if d != nil {
		for id, s := range d.Statuses() {
			if known[id] != nil || lines[id] {
				marks[id] = scene.Mark{Kind: scene.Kind(s)}
			}
		}
	}
	if r != nil {
		for i := range r.Findings {
			f := &r.Findings[i]
			if lines[f.Resource] { // its elements are the ends, which are as they were
				grade(marks, f.Resource, GradeOf(f))
				continue
			}
			for _, id := range append([]string{f.Resource}, f.Elements...) {
				if known[id] != nil || lines[id] {
					grade(marks, id, GradeOf(f))
				}
			}
			for _, id := range byResource[f.Resource] {
				grade(marks, id, GradeOf(f))
			}
		}
		for i := range r.Unknown {
			u := &r.Unknown[i]
			if !u.WasKnown && u.Path != "" {
				continue // what was never read is a remark in the list, not a mark on half of the boxes
			}
			for _, id := range byResource[u.Resource] {
				if _, marked := marks[id]; !marked {
					marks[id] = scene.Mark{Kind: scene.Unknown}
				}
			}
		}
	}
	inside(marks, m, known)
	return marks
}

// grade raises the grade of a mark to that of a finding.
func grade(marks map[string]scene.Mark, id, g string) {
	m, marked := marks[id]
	if !marked {
		m.Kind = scene.Changed
	}
	if m.Grade == "" || scene.Rank(g) < scene.Rank(m.Grade) {
		m.Grade = g
	}
	marks[id] = m
}

// inside marks what is as it was around what is not.
func inside(marks map[string]scene.Mark, m *c4.Model, known map[string]*c4.Element) {
	around := map[string]scene.Mark{}
	for i := range m.Elements {
		e := &m.Elements[i]
		mark, marked := marks[e.ID]
		if !marked {
			continue
		}
		for n, p := 0, known[e.Parent]; p != nil && n < 64; n, p = n+1, known[p.Parent] {
			if _, own := marks[p.ID]; own {
				break // it speaks for what is in it, and stands itself in what is around it
			}
			a := around[p.ID]
			a.Kind = scene.Inside
			a.Count++
			if a.Grade == "" || scene.Rank(mark.Grade) < scene.Rank(a.Grade) {
				a.Grade = mark.Grade
			}
			around[p.ID] = a
		}
	}
	for id, a := range around {
		marks[id] = a
	}
}
