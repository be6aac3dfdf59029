package app

import "fmt"

// aLayout places a box of a view that no picture has yet: it is kept for when one has.
func aLayout(s *stage, p *party) any {
	key := fmt.Sprintf("view-%d-of-%s", s.next(), p.slug)
	return dict{"base": dict{}, "layout": dict{"format": "c4arch-layout", "version": "1", "views": []any{dict{"key": key, "nodes": []any{dict{"id": "box of " + p.slug, "x": 10, "y": 20, "w": 200, "h": 80, "placed": true}}}}}}
}

// placedBox places a box of which the layout can be let go.
func placedBox(s *stage, p *party) any {
	key := fmt.Sprintf("view-%d-of-%s", s.next(), p.slug)
	return dict{"view": key, "version": "1"}
}

// architectureSamples are how the pages of the architecture are asked rightly.
var architectureSamples = map[string]sample{
	"architecture": {as: "a session of owner"}, "architecture-snapshot": {as: "a session of owner"}, "architecture-words": {as: "a session of owner"},
	"architecture-model": {as: "a session of owner"}, "architecture-picture": {as: "a session of owner"}, "architecture-svg": {as: "a session of owner"},
	"architecture-notes":      {as: "a session of owner", query: "of=nothing"},
	"architecture-proof":      {as: "a session of owner", query: "resource=nothing", elsewhere: "internal/service/draw TestProve"},
	"architecture-proof-file": {as: "a session of owner", query: "resource=nothing", elsewhere: "internal/service/draw TestProve"},
	"architecture-export":     {as: "a session of owner", query: "format=csv"},
	"architecture-layout":     {as: "a session of owner", body: aLayout},
	"architecture-forget":     {as: "a session of owner", body: placedBox, elsewhere: "internal/store/layout TestLayouts"},
	"compare":                 {as: "a session of owner", query: "from=latest"}, "compare-model": {as: "a session of owner", query: "from=latest"},
	"compare-picture": {as: "a session of owner", query: "from=latest"}, "compare-notes": {as: "a session of owner", query: "from=latest&of=nothing"},
}
