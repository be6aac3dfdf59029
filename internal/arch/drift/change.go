package drift

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

func encode(v *tree.Value) canon.Raw {
	if v == nil {
		return nil
	}
	c := v.Clone() // encoding sorts in place
	raw, _, err := canon.Encode(&c)
	if err != nil {
		return nil
	}
	return raw
}

// judgeChange grades one resource.
func (w *work) judgeChange(c *diff.Change, gates map[string]bool, architecture map[string]severity.Severity) {
	r := c.Resource()
	var unknown []Unknown
	for i := range c.Properties {
		unknown = append(unknown, w.unknownProperty(c, &c.Properties[i])...)
	}
	w.report.Unknown = append(w.report.Unknown, outermost(unknown)...)
	gate := gates[r.ID] || c.Old != nil && gates[c.Old.ID]
	vs := w.ask(severity.Case{Change: c, Production: w.production(r), Internet: w.new.reached(r.ID)})
	lost := w.destroyed(c)
	if len(lost) > 0 { // that the old one is lost says more than that there is a new one
		vs = slices.DeleteFunc(vs, func(v severity.Verdict) bool { return v.Path == "" && strings.HasPrefix(v.Rule.ID, genericPrefix) })
	}
	for _, v := range append(withoutLesser(c, vs), lost...) {
		switch {
		case v.Path == "" && len(v.Covers) == 0: // the resource as a whole
			if gate && exposure.Governs(r.Type, "") {
				continue // it is a network rule, and its effect has been graded
			}
			if s := architecture[r.ID+"\x00"+string(c.Kind)]; s != "" && strings.HasPrefix(v.Rule.ID, genericPrefix) {
				continue // the architecture's finding says it
			}
		case gate && w.governed(c, v):
			continue
		}
		w.add(w.changeFinding(c, w.planned(v)))
	}
}

// governed reports whether all that a verdict speaks of is judged by its effect.
func (w *work) governed(c *diff.Change, v severity.Verdict) bool {
	for _, i := range v.Covers {
		if !exposure.Governs(c.Resource().Type, c.Properties[i].Pattern) {
			return false
		}
	}
	return len(v.Covers) > 0
}

func (w *work) changeFinding(c *diff.Change, v severity.Verdict) Finding {
	r := c.Resource()
	f := w.finding(v)
	f.Change, f.Resource, f.Type, f.Name, f.Path = c.Kind, r.ID, r.Type, r.Name, v.Path
	var p *diff.Property
	if len(v.Covers) > 0 {
		p = &c.Properties[v.Covers[0]]
		f.Old, f.New = w.values(c, v)
	} else if v.Path != "" && c.New != nil {
		f.New = w.new.valueAt(c.New, v.Path)
	}
	if c.Kind == diff.Moved || c.Kind == diff.Replaced {
		if v.Path == "" && c.Old.ID != c.New.ID {
			f.Old, f.New = quoted(c.Old.ID), quoted(c.New.ID)
		}
		f.Labels = append(f.Labels, c.Basis)
	}
	at := w.new
	if c.New == nil {
		at = w.old
	}
	f.Elements = at.elements[r.ID]
	f.Places = w.placesOf(c, p)
	if r.Side == evidence.Declared && w.req.Mode != ModeCode {
		f.Labels = append(f.Labels, "in code")
	}
	return f
}

// values are the values of a verdict's place on both sides: of the one property that it speaks for, or of the place as a whole.
func (w *work) values(c *diff.Change, v severity.Verdict) (old, new canon.Raw) {
	if len(v.Covers) == 1 && c.Properties[v.Covers[0]].Path == v.Path {
		p := &c.Properties[v.Covers[0]]
		return encode(p.Old), encode(p.New)
	}
	if len(v.Covers) > 0 {
		p := &c.Properties[v.Covers[0]]
		n := diff.CountSteps(string(v.Path))
		return w.old.above(c.Old, p.OldPath, n), w.new.above(c.New, p.NewPath, n)
	}
	return old, new
}

// above is the value n steps down the way to a place, nil where the side does not have it. An item that nothing identifies stands elsewhere on the
// two sides, so that the path which the report shows does not lead to it on both.
func (w *where) above(r *evidence.Resource, place tree.Path, n int) canon.Raw {
	if r == nil || n > 0 && diff.CountSteps(string(place)) < n {
		return nil
	}
	return encode(w.reading(r).At(diff.CutPlace(place, n)))
}

func (w *where) valueAt(r *evidence.Resource, p diff.Path) canon.Raw {
	return encode(diff.At(w.reading(r).Tree(), p))
}

func quoted(s string) canon.Raw {
	b, _ := jsontext.AppendQuote(nil, s)
	return canon.Raw(b)
}

// unknownProperty says what could not be told about a property. What a plan does not know yet was never to be known.
func (w *work) unknownProperty(c *diff.Change, p *diff.Property) []Unknown {
	if p.Unknown == "" {
		return nil
	}
	r := c.Resource()
	at := w.new.place(r, p.NewPath)
	u := Unknown{Resource: r.ID, Type: r.Type, Path: p.Path, Input: at.Input, Line: at.Line, Reason: p.Unknown, Count: 1}
	u.WasKnown = p.Old != nil && p.New == nil && w.req.Mode != ModePlan && w.req.Mode != ModeCode
	return []Unknown{u}
}
