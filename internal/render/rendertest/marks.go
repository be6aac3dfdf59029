package rendertest

import (
	"slices"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/scene"
)

// EveryMark gives each element and relationship of a view a mark, each kind in turn.
func EveryMark(v *c4.View) map[string]scene.Mark {
	marks := map[string]scene.Mark{}
	var ids []string
	for _, n := range v.Nodes {
		ids = append(ids, n.Element)
	}
	for _, l := range v.Lines {
		ids = append(ids, l.Relationships...)
	}
	slices.Sort(ids)
	for i, id := range slices.Compact(ids) {
		m := scene.Mark{Kind: scene.Kinds[i%len(scene.Kinds)]}
		if i%2 == 0 {
			m.Grade = "critical"
		}
		if m.Kind == scene.Inside {
			m.Count = i
		}
		marks[id] = m
	}
	return marks
}
