package severity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// CheckExamples judges the examples of all rules as the rules say that they are judged, and returns where that is not so. Of a
// loosening, the reverse must be an improvement where the rule is asked about the reverse at all.
func (t *Table) CheckExamples(ctx context.Context) []error {
	var errs []error
	for _, r := range t.rules {
		for i := range r.Examples {
			if err := t.check(ctx, r, &r.Examples[i]); err != nil {
				errs = append(errs, fmt.Errorf("example %d of rule %s of %s: %w", i+1, r.ID, r.Pack, err))
			}
		}
	}
	return errs
}

// examples checks those of a file that was just loaded.
func (p *parsed) examples(t *Table) error {
	own := &Table{rules: p.rules}
	if errs := own.CheckExamples(context.Background()); len(errs) > 0 {
		return fault.Wrap(fault.Invalid, errors.Join(errs[:min(len(errs), maxReport)]...), "the examples of %s are not judged as they say", p.name)
	}
	return nil
}

func (t *Table) check(ctx context.Context, r *compiled, e *Example) error {
	got, asked, err := r.try(ctx, e, false)
	switch {
	case err != nil:
		return err
	case !asked:
		return errors.New("the rule is not asked about it: its on does not fit")
	case string(got) != e.Want && !(got == "" && e.Want == "none"):
		return fmt.Errorf("wants %s, gets %s", e.Want, cmp.Or(string(got), "none"))
	case got != Loosened:
		return nil
	}
	back, asked, err := r.try(ctx, e, true)
	if err != nil || !asked || back == Tightened {
		return err
	}
	return fmt.Errorf("its reverse is %s, and not tightened", cmp.Or(string(back), "none"))
}

// try asks the rule about an example, or about its reverse, and reports whether the rule was asked at all.
func (r *compiled) try(ctx context.Context, e *Example, reverse bool) (Direction, bool, error) {
	was, is, err := e.values()
	if err != nil {
		return "", false, err
	}
	if reverse {
		was, is = is, was
	}
	j := &judge{ctx: ctx, table: &Table{rules: []*compiled{r}}}
	j.table.index = newIndex()
	j.table.index.add(r)
	asked := true
	switch {
	case e.On.Exposure != "":
		j.whole(ofExposure, e.On.Exposure, "", newExposureVars(exampleExposure(e, was, is)))
	case e.On.Element != "":
		x := exampleElement(e, was, is, reverse)
		asked = r.asksOf(ofElement, e.On.Element, diff.Kind(x.Status))
		j.element(x)
	case e.On.Relationship != "":
		x := exampleRelationship(e, was, is, reverse)
		asked = r.asksOf(ofRelationship, string(x.Source.Kind)+"->"+string(x.Target.Kind), diff.Kind(x.Status))
		j.relationship(x)
	default:
		c, err := e.change(was, is, reverse)
		if err != nil {
			return "", false, err
		}
		f := newFacts(c)
		asked = r.asksPlace(f)
		j.resource(f)
	}
	if len(j.errs) > 0 {
		return "", asked, errors.Join(j.errs...)
	}
	if len(j.verdicts) == 0 {
		return "", asked, nil
	}
	return j.verdicts[0].Direction, asked, nil
}

// asksOf reports whether a target fits what is no resource.
func (r *compiled) asksOf(s subject, name string, status diff.Kind) bool {
	return slices.ContainsFunc(r.ons, func(on target) bool {
		return on.subject == s && matchName(on.pattern(), name) && (len(on.Change) == 0 || slices.Contains(on.Change, status))
	})
}

// asksPlace reports whether a target fits a place of the change.
func (r *compiled) asksPlace(f *facts) bool {
	return slices.ContainsFunc(r.ons, func(on target) bool {
		return on.subject == ofPlace && matchName(on.Type, f.typ) && on.asks(f.change.Kind) && (len(on.steps) == 0 || len(f.places(&on)) > 0)
	})
}

// values decodes both sides; nil where the example has none.
func (e *Example) values() (was, is *tree.Value, err error) {
	read := func(text string) *tree.Value {
		if text == "" || err != nil {
			return nil
		}
		v, bad := canon.Decode(canon.Raw(text), nil)
		err = bad
		return &v
	}
	return read(e.Old), read(e.New), err
}

// change is the example as a change of a resource. With a path the values are those of the place, in a resource that holds nothing
// else; without, they are all its properties, and a side without a value is not there.
func (e *Example) change(was, is *tree.Value, reverse bool) (*diff.Change, error) {
	c := &diff.Change{Kind: diff.Changed}
	if len(e.On.Change) > 0 {
		c.Kind = e.On.Change[0]
	} else if e.On.Path == "" && (was == nil) == !reverse && (was == nil || is == nil) {
		c.Kind = diff.Added
	} else if e.On.Path == "" && (was == nil || is == nil) {
		c.Kind = diff.Removed
	}
	switch {
	case was == nil && e.On.Path == "":
		c.Kind = diff.Added
	case is == nil && e.On.Path == "":
		c.Kind = diff.Removed
	}
	var err error
	if c.Kind != diff.Added {
		if c.Old, err = e.resource(was); err != nil {
			return nil, err
		}
	}
	if c.Kind != diff.Removed {
		if c.New, err = e.resource(is); err != nil {
			return nil, err
		}
	}
	if c.Old != nil && c.New != nil {
		c.Properties, err = diff.Properties(c.Old, c.New, diff.PairOptions{SameKey: true})
	}
	return c, err
}

// resource is a side of the example.
func (e *Example) resource(v *tree.Value) (*evidence.Resource, error) {
	r := &evidence.Resource{ID: "/example", Form: formOf(e.On.Type), Type: e.On.Type, Name: "example", Tags: map[string]string{}}
	props := tree.Value{Kind: tree.Object}
	switch steps := stepsOf(e.On.Path); {
	case len(steps) == 0 && v != nil:
		props = v.Clone()
	case v == nil:
	case steps[0].name == "@tags" && len(steps) == 2:
		r.Tags[steps[1].name] = v.Str()
	case steps[0].name == "@location":
		r.Location = v.Str()
	case steps[0].name == "@name":
		r.Name = v.Str()
	default:
		props = nest(steps, *v)
	}
	var err error
	r.Props, _, err = canon.Encode(&props)
	return r, err
}

// formOf is the form whose types are written so.
func formOf(name string) evidence.Form {
	switch {
	case strings.HasPrefix(name, "compose/"):
		return evidence.Compose
	case strings.HasPrefix(strings.ToLower(name), "microsoft.") && strings.Contains(name, "/"):
		return evidence.ARM
	case strings.Contains(name, "_"):
		return evidence.Terraform
	}
	return evidence.Kubernetes
}

// nest puts v at the place, as the one item of each array. An object that an array holds has a name besides, so that it is the same item on both sides.
func nest(steps []step, v tree.Value) tree.Value {
	for i := len(steps) - 1; i >= 0; i-- {
		if !steps[i].any {
			v = tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: steps[i].name, Value: v}}}
			continue
		}
		if i+1 < len(steps) && v.Kind == tree.Object && v.Get("name") == nil {
			v.Set("name", tree.Str("example"))
		}
		v = tree.Value{Kind: tree.Array, Items: []tree.Value{v}}
	}
	return v
}

// exampleExposure is what was opened and closed between two lists of spans.
func exampleExposure(e *Example, was, is *tree.Value) *exposure.Change {
	before, after := spansOf(was), spansOf(is)
	missing := func(from, in []exposure.Span) (out []exposure.Span) {
		for _, s := range from {
			if !slices.Contains(in, s) {
				out = append(out, s)
			}
		}
		return out
	}
	return &exposure.Change{Resource: "/example", Kind: exposure.Kind(e.On.Exposure), Opened: missing(after, before), Closed: missing(before, after)}
}

func spansOf(v *tree.Value) []exposure.Span {
	var out []exposure.Span
	for i := range v.List() {
		s := &v.Items[i]
		num := func(name string, otherwise float64) float64 {
			if m := s.Get(name); m != nil {
				return number(wrap(m, nil))
			}
			return otherwise
		}
		out = append(out, exposure.Span{
			Protocol: cmp.Or(s.Get("protocol").Str(), "tcp"), From: int(num("from", 0)), To: int(num("to", num("from", 65535))), Share: num("share", 1),
			Family: int(num("family", 4)), Cloud: s.Get("cloud").True(), By: s.Get("by").Str(), Resource: "/example",
		})
	}
	return out
}

func exampleElement(e *Example, was, is *tree.Value, reverse bool) *delta.Element {
	x := &delta.Element{ID: "example", Old: elementOf(was, e.On.Element), New: elementOf(is, e.On.Element), Status: statusOf(e, was, is, reverse)}
	x.Fields = fieldsOf(was, is)
	return x
}

func statusOf(e *Example, was, is *tree.Value, reverse bool) delta.Status {
	switch {
	case was == nil:
		return delta.Added
	case is == nil:
		return delta.Removed
	case len(e.On.Change) > 0 && (!reverse || e.On.Change[0] != diff.Added && e.On.Change[0] != diff.Removed):
		return delta.Status(e.On.Change[0])
	}
	return delta.Changed
}

// fieldsOf are the members that differ.
func fieldsOf(was, is *tree.Value) []delta.Field {
	var out []delta.Field
	if was == nil || is == nil {
		return nil
	}
	for _, m := range is.Fields() {
		if old := was.Get(m.Name); old == nil || old.Text != m.Value.Text || len(old.Items) != len(m.Value.Items) {
			out = append(out, delta.Field{Name: m.Name})
		}
	}
	for _, m := range was.Fields() {
		if is.Get(m.Name) == nil {
			out = append(out, delta.Field{Name: m.Name})
		}
	}
	return out
}

func elementOf(v *tree.Value, kind string) *c4.Element {
	if v == nil {
		return nil
	}
	texts := func(name string) (out []string) {
		for _, it := range v.Get(name).List() {
			out = append(out, it.Text)
		}
		return out
	}
	return &c4.Element{
		ID: "example", Kind: c4.Kind(cmp.Or(v.Get("kind").Str(), kind)), Name: v.Get("name").Str(), Technology: v.Get("technology").Str(),
		Description: v.Get("description").Str(), Parent: v.Get("parent").Str(), Tags: texts("tags"), External: v.Get("external").True(),
		Shape: v.Get("shape").Str(), Layer: v.Get("layer").Str(), Owner: v.Get("owner").Str(), Badges: texts("badges"), ResourceType: v.Get("resourceType").Str(),
	}
}

// exampleRelationship reads the ends of a relationship from its members source and target, and whether it crosses systems from crossSystem.
func exampleRelationship(e *Example, was, is *tree.Value, reverse bool) *delta.Relationship {
	now := is
	if now == nil {
		now = was
	}
	from, to, _ := strings.Cut(e.On.Relationship, "->")
	end := func(name, kind string) *c4.Element {
		v := now.Get(name)
		if v == nil {
			v = &tree.Value{Kind: tree.Object}
		}
		return elementOf(v, kind)
	}
	return &delta.Relationship{
		ID: "example", Status: statusOf(e, was, is, reverse), Old: relationshipOf(was), New: relationshipOf(is),
		Source: end("source", from), Target: end("target", to), CrossSystem: now.Get("crossSystem").True(), Fields: fieldsOf(was, is),
	}
}

func relationshipOf(v *tree.Value) *c4.Relationship {
	if v == nil {
		return nil
	}
	return &c4.Relationship{
		ID: "example", Description: v.Get("description").Str(), Technology: v.Get("technology").Str(),
		Confidence: c4.Confidence(v.Get("confidence").Str()), Declared: v.Get("declared").True(), Layer: v.Get("layer").Str(),
	}
}
