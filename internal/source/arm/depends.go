package arm

import (
	"strings"

	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// dependencies are the ids of what the unit is deployed after: of each resource that a name, a symbolic name, a
// loop or an id in dependsOn means (resource-dependency). They say in which order work is done and are no properties: their
// expressions are not counted.
func (u *unit) dependencies() tree.Value {
	list := tree.Value{Kind: tree.Array}
	node := u.block.node.GetFold("dependsOn")
	if node == nil {
		return list
	}
	list.Line, list.Column = node.Line, node.Column
	seen := map[string]bool{}
	take := func(v lang.Value, place *tree.Value) {
		for _, id := range u.dependency(v) {
			low := strings.ToLower(id)
			if seen[low] {
				continue
			}
			seen[low] = true
			list.Items = append(list.Items, tree.Value{Kind: tree.String, Text: id, Line: place.Line, Column: place.Column})
		}
	}
	if node.Kind == tree.String { // all of it is one expression, or one name
		v := u.in.value(node)
		if v.Kind != lang.Array {
			v = lang.List([]lang.Value{v})
		}
		for i := range v.Items {
			take(v.Items[i], node)
		}
		return list
	}
	for i := range node.Items {
		take(u.in.value(&node.Items[i]), &node.Items[i])
	}
	return list
}

// dependency is what one entry means. What means nothing here stays as it is.
func (u *unit) dependency(v lang.Value) []string {
	if v.Secure {
		return nil
	}
	text := u.d.run.settle(v.Str())
	switch {
	case v.Kind == lang.Open:
		return []string{text}
	case v.Kind != lang.String || text == "":
		return nil
	case strings.HasPrefix(text, "/"):
		return []string{groupID(segments(text))}
	}
	if us := u.in.called(text, true); us != nil && u.d.run.room(len(us)) {
		ids := make([]string, len(us))
		for i := range us {
			ids[i] = us[i].id
		}
		return ids
	}
	first, _, below := strings.Cut(outside(text), "/")
	if !below || !strings.Contains(first, ".") {
		return u.lastNamed(text)
	}
	return []string{u.relative(text)}
}

// lastNamed finds a resource by the last part of its name, as a child may be called by its siblings.
func (u *unit) lastNamed(text string) []string {
	if x := u.d.indexed(); x != nil {
		if us := x.byLast[foldName(text)]; len(us) == 1 {
			return []string{us[0].id}
		}
	}
	return []string{text}
}

// relative is the id of a resource by type and name: the types and names in turn, or first all types and then all
// names, as older templates have it.
func (u *unit) relative(text string) string {
	base := u.in.d.target.id() + "/providers/"
	parts := split(segments(text))
	id := base + strings.Join(parts, "/")
	if n := len(parts) - 1; n > 2 && n%2 == 0 && len(u.declaredAt(id)) == 0 {
		other := base + parts[0]
		for i := range n / 2 {
			other += "/" + parts[1+i] + "/" + parts[1+n/2+i]
		}
		if len(u.declaredAt(other)) > 0 {
			return other
		}
	}
	return id
}

func (u *unit) declaredAt(id string) []*unit {
	if x := u.d.indexed(); x != nil {
		return x.byID[normal(id)]
	}
	return nil
}
