package drift

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// judgeArchitecture grades what became of elements and relationships. It returns, by resource and kind of change, how grave it said that is.
func (w *work) judgeArchitecture() map[string]severity.Severity {
	said := map[string]severity.Severity{}
	if w.delta == nil {
		return said
	}
	w.report.Delta = w.delta
	w.doubt()
	ends := map[string]delta.Status{}
	for i := range w.delta.Elements {
		e := &w.delta.Elements[i]
		ends[e.ID] = e.Status
		el := cmp.Or(e.New, e.Old)
		if e.Status == delta.Unknown || w.saidByTag(e) || w.unreadPlace(e) {
			continue
		}
		vs := w.ask(severity.Case{Element: e, Internet: w.new.internet[e.ID], Production: w.productionElement(el)})
		for _, v := range vs {
			f := w.finding(w.meant(e.Status, v))
			f.Change, f.Resource, f.Type, f.Name = kindOf(e.Status), e.ID, string(el.Kind), el.Name
			f.Old, f.New = fieldsJSON(e.Fields)
			f.Elements, f.Places = []string{e.ID}, w.elementPlaces(e)
			if id := resourceOf(e.ID); w.new.byID[id] != nil || w.old.byID[id] != nil {
				key := id + "\x00" + string(f.Change)
				known, listed := w.existence(id, f.Change)
				if known != "" && known.AtLeast(v.Severity) || listed && v.Rule.ID == ruleElement {
					continue // a rule on the resource itself says it, and more
				}
				said[key] = worst(said[key], v.Severity)
				f.Labels = append(f.Labels, "resource "+id)
			}
			w.add(f)
		}
	}
	for i := range w.delta.Relationships {
		w.judgeRelationship(&w.delta.Relationships[i], ends)
	}
	return said
}

// saidByTag reports whether nothing but the owner of an element differs and a tag of its resource, which is graded as such, says so.
func (w *work) saidByTag(e *delta.Element) bool {
	if len(e.Fields) != 1 || e.Fields[0].Name != "owner" {
		return false
	}
	_, id, _ := strings.Cut(e.ID, ":")
	return slices.ContainsFunc(w.diff.Changes, func(c diff.Change) bool {
		return c.New != nil && c.New.ID == id && slices.ContainsFunc(c.Properties, func(p diff.Property) bool {
			return strings.HasPrefix(p.Pattern, "@tags.") && p.Noise == "" && p.Unknown == ""
		})
	})
}

// existence is the severity that a rule of its own type gives to the coming or going of a resource; "" when only the rules of last resort speak.
// It reports too whether the resource came or went at all.
func (w *work) existence(id string, k diff.Kind) (out severity.Severity, listed bool) {
	for i := range w.diff.Changes {
		c := &w.diff.Changes[i]
		if c.Kind != k || c.Resource().ID != id {
			continue
		}
		listed = true
		for _, v := range w.ask(severity.Case{Change: c}) {
			if v.Path == "" && !strings.HasPrefix(v.Rule.ID, genericPrefix) {
				out = worst(out, v.Severity)
			}
		}
	}
	return out, listed
}

func (w *work) judgeRelationship(r *delta.Relationship, ends map[string]delta.Status) {
	rel := cmp.Or(r.New, r.Old)
	if r.Status == delta.Unknown || w.dangles(r) {
		return
	}
	// With an element go its relationships, and inside a system they come with it: that is one change, not many.
	a, b := ends[rel.Source], ends[rel.Target]
	if r.Status == delta.Removed && (a == delta.Removed || b == delta.Removed) || r.Status == delta.Added && !r.CrossSystem && (a == delta.Added || b == delta.Added) {
		return
	}
	for _, v := range w.ask(severity.Case{Relationship: r, Internet: w.new.internet[rel.Source] || w.new.internet[rel.Target]}) {
		f := w.finding(w.meant(r.Status, v))
		f.Change, f.Resource, f.Type = kindOf(r.Status), r.ID, "relationship"
		f.Name = nameOf(r.Source, rel.Source) + " → " + nameOf(r.Target, rel.Target)
		f.Old, f.New = fieldsJSON(r.Fields)
		if len(r.Fields) == 0 {
			f.Old, f.New = relationshipJSON(r.Old), relationshipJSON(r.New)
		}
		f.Elements = []string{r.ID, rel.Source, rel.Target}
		f.Places = evidencePlaces(rel.Evidence, sideOf(r.New != nil), w)
		w.add(f)
	}
}

func sideOf(isNew bool) string {
	if isNew {
		return "new"
	}
	return "old"
}

func nameOf(e *c4.Element, id string) string {
	if e == nil {
		return id
	}
	return e.Name
}

func relationshipJSON(r *c4.Relationship) canon.Raw {
	if r == nil {
		return nil
	}
	text := r.Description
	if r.Technology != "" {
		text += " [" + r.Technology + "]"
	}
	b, _ := jsontext.AppendQuote(nil, text)
	return canon.Raw(b)
}

// fieldsJSON writes the fields that differ as one value for each side.
func fieldsJSON(fields []delta.Field) (old, new canon.Raw) {
	if len(fields) == 0 {
		return nil, nil
	}
	a, b := tree.Value{Kind: tree.Object}, tree.Value{Kind: tree.Object}
	for _, f := range fields {
		a.Set(f.Name, tree.Str(f.Old))
		b.Set(f.Name, tree.Str(f.New))
	}
	return encode(&a), encode(&b)
}

func (w *work) elementPlaces(e *delta.Element) []Place {
	el := cmp.Or(e.New, e.Old)
	return evidencePlaces(el.Evidence, sideOf(e.New != nil), w)
}

// maxPlaces is how many places a finding names: the rest is in the model.
const maxPlaces = 8

func evidencePlaces(list []c4.Evidence, side string, w *work) []Place {
	at := w.new
	if side == "old" {
		at = w.old
	}
	var out []Place
	for _, v := range list {
		p := Place{Input: v.Input, Line: v.Line, Column: v.Column, Side: side}
		for _, r := range at.byID[v.Resource] {
			p.Declared = p.Declared || r.Side == evidence.Declared && len(r.Origins) > 0 && r.Origins[0].Input == v.Input
		}
		if p.Input != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return placeRank(a) - placeRank(b) })
	return out[:min(len(out), maxPlaces)]
}

func kindOf(s delta.Status) diff.Kind {
	switch s {
	case delta.Added:
		return diff.Added
	case delta.Removed:
		return diff.Removed
	case delta.Moved:
		return diff.Moved
	}
	return diff.Changed
}

func (w *work) productionElement(e *c4.Element) bool {
	_, id, _ := strings.Cut(e.ID, ":")
	for _, at := range [...]*where{w.new, w.old} {
		for _, r := range at.byID[id] {
			if w.production(r) {
				return true
			}
		}
	}
	return false
}
