package structurizr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// views writes the model's views but those of resources. What each shows is written out
// rather than left to "include *", so that it shows the same as our own picture.
func (t *tree) views(p printer) {
	p.Open("views")
	keys := map[string]bool{}
	list := slices.Clone(t.model.Views)
	slices.SortFunc(list, func(a, b c4.View) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Key, b.Key))
	})
	for i := range list {
		t.view(p, &list[i], keys)
	}
	for _, env := range slices.Sorted(maps.Keys(t.envs)) {
		p.Open("deployment", "*", quote(env), quote(unused("deployment-"+scene.OrElse(scene.Word(env, '-', 48), short(env)), keys)))
		p.Line("title", quote("Deployment: "+env))
		p.Line("include", "*")
		p.Line("autoLayout")
		p.Close()
	}
	styles(p)
	p.Close()
}

func order(k c4.ViewKind) int {
	return slices.Index([]c4.ViewKind{c4.Landscape, c4.Context, c4.Containers, c4.Components}, k)
}

func (t *tree) view(p printer, v *c4.View, keys map[string]bool) {
	keyword, subject, shown := t.scope(v)
	if len(shown) == 0 {
		return
	}
	words := []string{keyword}
	if subject != nil {
		words = append(words, subject.id)
	}
	ids := make([]string, len(shown))
	for i, n := range shown {
		ids[i] = n.id
	}
	p.Open(append(words, quote(unused(v.Key, keys)), quote(v.Description))...)
	p.Line("title", quote(scene.OrElse(v.Title, v.Key)))
	p.Line(append([]string{"include"}, ids...)...)
	p.Line("autoLayout")
	p.Close()
}

// scope returns the keyword of a view, what it is about and what it shows: nothing where Structurizr has no such view.
func (t *tree) scope(v *c4.View) (keyword string, subject *node, shown []*node) {
	// The scope and the deepest level that each kind of view may show (docs.structurizr.com/dsl/language, "Views").
	deepest, scope := 0, 0
	switch v.Kind {
	case c4.Landscape:
		return "systemLandscape", nil, t.includes(v, t.static[v.Subject], 0)
	case c4.Context:
		keyword = "systemContext"
	case c4.Containers:
		keyword, deepest = "container", 1
	case c4.Components:
		keyword, deepest, scope = "component", 2, 1
	default:
		return "", nil, nil
	}
	subject = t.static[v.Subject]
	if subject == nil || subject.depth != scope || subject.element.Kind == c4.Person {
		return "", nil, nil // a view of something that Structurizr does not take for a scope
	}
	return keyword, subject, t.includes(v, subject, deepest)
}

// includes returns what v shows, sorted by identifier. The DSL refuses an element of which a part
// is in the view as well: the part brings the boundary with it.
func (t *tree) includes(v *c4.View, subject *node, deepest int) []*node {
	shown, boundary := map[*node]bool{}, map[*node]bool{}
	around := func(n *node) {
		for ; n != nil && !boundary[n]; n = n.parent {
			boundary[n] = true
		}
	}
	for _, id := range v.Elements {
		if n := t.static[id]; n != nil && n.depth <= deepest {
			shown[n] = true
			around(n.parent)
		}
	}
	if deepest > 0 {
		around(subject)
	}
	var out []*node
	for n := range shown {
		if !boundary[n] {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *node) int { return cmp.Compare(a.id, b.id) })
	return out
}

// unused returns a key of the characters that a view's key may have and that no other view has.
func unused(key string, keys map[string]bool) string {
	s := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, key)
	for s == "" || keys[strings.ToLower(s)] {
		s = strings.TrimPrefix(s+"-"+short(key+s), "-")
	}
	keys[strings.ToLower(s)] = true
	return s
}
