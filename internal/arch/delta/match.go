package delta

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
)

// matchElements decides which old element is which new one: first by what the caller knows to have moved, then by
// id, then by the resource where only the kind differs, and last by name where a thing changed hands.
func (c *comparison) matchElements(moved map[string]string) {
	c.d.elements, c.back = make(map[string]string, len(c.was.elements)), make(map[string]string, len(c.was.elements))
	join := func(old, now string) { c.d.elements[old], c.back[now] = now, old }
	for old, now := range c.moves(moved) {
		join(old, now)
	}
	for id := range c.was.elements {
		if _, done := c.d.elements[id]; !done && c.is.elements[id] != nil {
			if _, taken := c.back[id]; !taken {
				join(id, id)
			}
		}
	}
	c.matchBy(join, func(e *c4.Element) string {
		if _, resource, ok := strings.Cut(e.ID, ":"); ok && counts(e) {
			return resource
		}
		return ""
	}, func(a, b *c4.Element) bool { return a.Kind != b.Kind })
	c.matchBy(join, func(e *c4.Element) string {
		if (e.Kind == c4.SoftwareSystem || e.Kind == c4.Person) && counts(e) {
			return string(e.Kind) + "\n" + e.Name
		}
		return ""
	}, func(a, b *c4.Element) bool { return a.External != b.External })
}

// moves are the elements that moved with their resources, old id to new. An element is not matched to the id of one that is
// still there, unless that one moved as well: else two old elements would be one new one.
func (c *comparison) moves(moved map[string]string) map[string]string {
	out, taken := map[string]string{}, map[string]bool{}
	if len(moved) == 0 {
		return out
	}
	for _, id := range slices.Sorted(maps.Keys(c.was.elements)) {
		now, ok := movedID(id, moved)
		if ok && now != id && c.is.elements[now] != nil && !taken[now] {
			out[id], taken[now] = now, true
		}
	}
	for again := true; again; {
		again = false
		for id, now := range out {
			if _, moves := out[now]; !moves && c.was.elements[now] != nil {
				delete(out, id)
				again = true
			}
		}
	}
	return out
}

// movedID is the id of an element whose resource moved: kind:resource, or kind:resource#part.
func movedID(id string, moved map[string]string) (string, bool) {
	kind, rest, ok := strings.Cut(id, ":")
	if !ok {
		return "", false
	}
	if now, ok := moved[rest]; ok {
		return kind + ":" + now, true
	}
	if i := strings.LastIndexByte(rest, '#'); i >= 0 {
		if now, ok := moved[rest[:i]]; ok {
			return kind + ":" + now + rest[i:], true
		}
	}
	return "", false
}

// matchBy joins what is left on both sides and has the same key, where no other has it.
func (c *comparison) matchBy(join func(old, now string), key func(*c4.Element) string, may func(old, now *c4.Element) bool) {
	left := func(of map[string]*c4.Element, done map[string]string) map[string]*c4.Element {
		out := map[string]*c4.Element{}
		for id, e := range of {
			if _, ok := done[id]; ok {
				continue
			}
			if k := key(e); k != "" {
				if _, twice := out[k]; twice {
					e = nil
				}
				out[k] = e
			}
		}
		return out
	}
	was, is := left(c.was.elements, c.d.elements), left(c.is.elements, c.back)
	for k, old := range was {
		if now := is[k]; old != nil && now != nil && may(old, now) {
			join(old.ID, now.ID)
		}
	}
}

// matchRelationships decides which old relationship is which new one: by id, then by ends, technology and
// description, since an end may have another id, then by ends and technology alone: it says something else now.
func (c *comparison) matchRelationships() {
	c.d.relationships, c.backRel = make(map[string]string, len(c.was.relationships)), make(map[string]string, len(c.was.relationships))
	join := func(old, now string) { c.d.relationships[old], c.backRel[now] = now, old }
	for id := range c.was.relationships {
		if c.is.relationships[id] != nil {
			join(id, id)
		}
	}
	ends := func(r *c4.Relationship, source, target string) string {
		return source + "\x00" + target + "\x00" + r.Technology
	}
	for _, tell := range []func(r *c4.Relationship) string{
		func(r *c4.Relationship) string { return "\x00" + r.Description },
		func(*c4.Relationship) string { return "" },
	} {
		was, is := map[string][]*c4.Relationship{}, map[string][]*c4.Relationship{}
		for id, r := range c.was.relationships {
			if _, done := c.d.relationships[id]; !done {
				k := ends(r, c.newID(r.Source), c.newID(r.Target)) + tell(r)
				was[k] = append(was[k], r)
			}
		}
		for id, r := range c.is.relationships {
			if _, done := c.backRel[id]; !done {
				k := ends(r, r.Source, r.Target) + tell(r)
				is[k] = append(is[k], r)
			}
		}
		for k, olds := range was {
			news := is[k]
			slices.SortFunc(olds, byWords)
			slices.SortFunc(news, byWords)
			for i := range min(len(olds), len(news)) {
				join(olds[i].ID, news[i].ID)
			}
		}
	}
}

func byWords(a, b *c4.Relationship) int {
	if n := strings.Compare(a.Description, b.Description); n != 0 {
		return n
	}
	return strings.Compare(a.ID, b.ID)
}
