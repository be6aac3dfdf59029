package overlay

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

var selectorKeys = []string{"id", "address", "tag", "name", "type", "scope"}

// selectors reads one selector or a list of them. With must, there is at least one.
func (p *parser) selectors(f form.Fields, name, place string, must bool) []Selector {
	v := f.Get(name)
	place += "." + name
	switch {
	case v == nil || v.Kind == tree.Null || v.Kind == tree.Array && len(v.Items) == 0:
		if must && f.OK {
			p.Say(f.Value, "%s needs a selector, such as {tag: system=shop}", place)
		}
		return nil
	case v.Kind != tree.Array:
		return []Selector{p.selector(v, place)}
	case len(v.Items) > maxEntries:
		p.Say(v, "%s has more than %d entries", place, maxEntries)
		return nil
	}
	var all []Selector
	for i := range v.Items {
		all = append(all, p.selector(&v.Items[i], fmt.Sprintf("%s[%d]", place, i)))
	}
	return all
}

func (p *parser) selector(v *tree.Value, place string) Selector {
	f := p.Fields(v, place, selectorKeys...)
	s := Selector{
		ID: p.pattern(f, "id"), Address: p.pattern(f, "address"), Name: p.pattern(f, "name"),
		Type: p.pattern(f, "type"), Scope: p.pattern(f, "scope"), Tags: p.tags(f), Line: f.Line(), Place: place,
	}
	if evidence.IsARM(s.ID) {
		s.ID = evidence.NormalizeARM(s.ID)
	}
	if f.OK && s.Label() == "" && !hasAny(f, selectorKeys) {
		p.Say(v, "%s selects by nothing: give it one of %s", place, strings.Join(selectorKeys, ", "))
	}
	return s
}

func hasAny(f form.Fields, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return f.Get(n) != nil })
}

// pattern reads a condition; one that is there must say something.
func (p *parser) pattern(f form.Fields, name string) string {
	v := f.Get(name)
	if v == nil {
		return ""
	}
	return p.patternOf(v, name+" of "+f.Place)
}

// patternOf reads text, or a number or truth value as the file spells it.
func (p *parser) patternOf(v *tree.Value, what string) string {
	if v.Kind == tree.Null || v.Kind >= tree.Array || strings.TrimSpace(v.Text) == "" {
		p.Say(v, "%s must be a text or a pattern", what)
		return ""
	}
	p.Check(v, what, v.Text, maxPattern)
	return strings.TrimSpace(v.Text)
}

// tags reads "key=value", "key" alone (the tag is there), or a mapping of several; they are
// sorted, since all of them must hold.
func (p *parser) tags(f form.Fields) []Tag {
	v := f.Get("tag")
	if v == nil {
		return nil
	}
	what := "tag of " + f.Place
	if v.Kind != tree.Object {
		key, value, given := strings.Cut(p.patternOf(v, what), "=")
		if !given {
			value = "*"
		}
		if key == "" && v.Kind == tree.String && strings.TrimSpace(v.Text) != "" {
			p.Say(v, "%s has no name before the =", what)
		}
		if key == "" {
			return nil
		}
		return []Tag{{strings.TrimSpace(key), strings.TrimSpace(value)}}
	}
	if len(v.Members) == 0 {
		p.Say(v, "%s names no tag", what)
	}
	var all []Tag
	for i := range v.Members {
		m := &v.Members[i]
		if m.Name == "" {
			p.Say(&m.Value, "%s has an empty name", what)
			continue
		}
		p.Check(&m.Value, what, m.Name, maxPattern)
		all = append(all, Tag{m.Name, p.patternOf(&m.Value, what)})
	}
	slices.SortFunc(all, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// ref reads one end of a relationship: a key, the name of an element, or a selector.
func (p *parser) ref(f form.Fields, name, place string) Ref {
	v := f.Get(name)
	if v == nil || v.Kind == tree.Null {
		if f.OK {
			p.Say(f.Value, "%s needs a %s", place, name)
		}
		return Ref{}
	}
	r := Ref{Line: int(v.Line)}
	if v.Kind == tree.Object {
		s := p.selector(v, place+"."+name)
		r.Kind, r.Select = SelectorRef, &s
		return r
	}
	text := f.Text(name, maxText)
	if kind, ok := p.keys[text]; ok {
		r.Kind, r.Key = kind, text
		return r
	}
	if text == "" && v.Kind == tree.String {
		p.Say(v, "%s of %s is empty", name, place)
	}
	r.Kind, r.Name = NameRef, text
	return r
}

// hostForm is a host name (RFC 1123 section 2.1), or one with *. before it.
var hostForm = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$`)

func (p *parser) hosts(v *tree.Value) []string {
	if v == nil || v.Kind == tree.Null {
		return nil
	}
	items := []tree.Value{*v}
	if v.Kind == tree.Array {
		items = v.Items
	}
	var all []string
	for _, it := range items {
		h := lowerHost(it.Text)
		if it.Kind != tree.String || len(h) > 255 || !hostForm.MatchString(h) {
			p.Say(&it, "a host must be a host name such as api.example.com or *.example.com, without scheme, port and path")
			continue
		}
		all = append(all, h)
	}
	if len(all) > maxEntries {
		p.Say(v, "more than %d hosts", maxEntries)
	}
	return all
}
