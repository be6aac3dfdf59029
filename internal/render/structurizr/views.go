package structurizr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// views writes the model's views but those of resources. What each shows is written out
// rather than left to "include *", so that it shows the same as our own picture.
func (t *tree) views(p *printer) {
	p.open("views")
	keys := map[string]bool{}
	list := slices.Clone(t.model.Views)
	slices.SortFunc(list, func(a, b c4.View) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Key, b.Key))
	})
	for i := range list {
		t.view(p, &list[i], keys)
	}
	for _, env := range slices.Sorted(maps.Keys(t.envs)) {
		p.open("deployment", "*", quote(env), quote(unused("deployment-"+orElse(strings.ReplaceAll(ascii(env), "_", "-"), short(env)), keys)))
		p.line("title", quote("Deployment: "+env))
		p.line("include", "*")
		p.line("autoLayout")
		p.close()
	}
	styles(p)
	p.close()
}

func order(k c4.ViewKind) int {
	return slices.Index([]c4.ViewKind{c4.Landscape, c4.Context, c4.Containers, c4.Components}, k)
}

func (t *tree) view(p *printer, v *c4.View, keys map[string]bool) {
	// The scope and the deepest level that each kind of view may show (docs.structurizr.com/dsl/language, "Views").
	var keyword string
	deepest, scope := 0, 0
	switch v.Kind {
	case c4.Landscape:
		keyword, scope = "systemLandscape", -1
	case c4.Context:
		keyword = "systemContext"
	case c4.Containers:
		keyword, deepest = "container", 1
	case c4.Components:
		keyword, deepest, scope = "component", 2, 1
	default:
		return
	}
	words := []string{keyword}
	subject := t.static[v.Subject]
	if scope >= 0 {
		if subject == nil || subject.depth != scope || subject.element.Kind == c4.Person {
			return // a view of something that the DSL does not take for a scope
		}
		words = append(words, subject.id)
	}
	ids := t.includes(v, subject, deepest)
	if len(ids) == 0 {
		return
	}
	p.open(append(words, quote(unused(v.Key, keys)), quote(v.Description))...)
	p.line("title", quote(orElse(v.Title, v.Key)))
	p.line(append([]string{"include"}, ids...)...)
	p.line("autoLayout")
	p.close()
}

// includes returns the identifiers of what v shows. The DSL refuses an element of which a part
// is in the view as well: the part brings the boundary with it.
func (t *tree) includes(v *c4.View, subject *node, deepest int) []string {
	var shown []*node
	for _, id := range v.Elements {
		n := t.static[id]
		if n == nil || n.depth > deepest || slices.Contains(shown, n) {
			continue
		}
		shown = append(shown, n)
	}
	var ids []string
	for _, n := range shown {
		boundary := deepest > 0 && subject != nil && subject.within(n)
		for _, o := range shown {
			boundary = boundary || o != n && o.within(n)
		}
		if !boundary {
			ids = append(ids, n.id)
		}
	}
	slices.Sort(ids)
	return ids
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

func styles(p *printer) {
	p.open("styles")
	style := func(kind, tag string, lines ...string) {
		p.open(kind, quote(tag))
		for _, l := range lines {
			p.line(l)
		}
		p.close()
	}
	style("element", "Element", "color #ffffff")
	style("element", "Person", "shape Person", "background #0b3d66")
	style("element", "Software System", "background #155a92")
	style("element", "Container", "background #2f7dbd")
	style("element", "Component", "background #7db4dd", "color #0b1f33")
	style("element", "Shape database", "shape Cylinder")
	style("element", "Shape storage", "shape Cylinder")
	style("element", "Shape cache", "shape Cylinder")
	style("element", "Shape queue", "shape Pipe")
	style("element", "Shape browser", "shape WebBrowser")
	style("element", "Shape function", "shape Hexagon")
	style("element", "Shape gateway", "shape Ellipse")
	style("element", "Shape secret", "shape Folder")
	style("element", "External", "background #6b6f76", "color #ffffff")
	style("element", "inferred", "border dashed")
	style("element", "unverified", "border dashed")
	style("relationship", "Relationship", "color #4a5058", "style solid")
	style("relationship", "Confidence may", "style dashed")
	p.close()
}
