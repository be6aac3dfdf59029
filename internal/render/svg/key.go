package svg

import (
	"c4arch/internal/arch/c4"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// entry is one sample of the key with its words.
type entry struct {
	draw func(o *out, x, y int) // in a field of keyW by keyH
	says string
}

const (
	keyW   = 44
	keyH   = 26
	keyGap = 28
)

// key explains what the picture uses, and nothing else.
func (p *picture) key() []entry {
	var all []entry
	type look struct {
		kind     c4.Kind
		external bool
	}
	used, framed, shapes, lines := map[look]bool{}, map[c4.Kind]bool{}, map[string]bool{}, map[string]bool{}
	for _, n := range p.view.Nodes {
		e := p.elements[n.Element]
		if p.frames[n.ID] != nil {
			framed[e.Kind] = true
			continue
		}
		used[look{e.Kind, e.External}] = true
		shapes[shapeOf(e)] = true
	}
	marks := map[scene.Kind]bool{}
	for i := range p.view.Lines {
		lines[confidence(p.view.Lines[i].Confidence)] = true
		if m, ok := scene.OfLine(&p.view.Lines[i], p.marks); ok {
			marks[m.Kind] = true
		}
	}
	for _, n := range p.view.Nodes {
		marks[p.marks[n.Element].Kind] = true
	}
	for _, k := range scene.Kinds {
		if marks[k] {
			all = append(all, markEntry(k))
		}
	}
	for _, k := range kindsInOrder {
		for _, external := range []bool{false, true} {
			if used[look{k, external}] {
				all = append(all, boxEntry(k, external))
			}
		}
	}
	for _, s := range shapesInOrder {
		if shapes[s.shape] {
			all = append(all, shapeEntry(s.shape, s.says))
		}
	}
	for _, k := range kindsInOrder {
		if framed[k] {
			all = append(all, frameEntry(k))
		}
	}
	for _, c := range linesInOrder {
		if lines[c.class] {
			all = append(all, lineEntry(c.class, c.says))
		}
	}
	return all
}

var kindsInOrder = []c4.Kind{c4.Person, c4.SoftwareSystem, c4.Container, c4.Component, c4.DeploymentNode, c4.InfrastructureNode, c4.Resource}

var shapesInOrder = []struct{ shape, says string }{
	{"database", "Database"},
	{"queue", "Queue or topic"},
	{"browser", "In the browser"},
	{"cache", "Cache"},
	{"storage", "Storage"},
	{"function", "Function"},
	{"gateway", "Gateway"},
	{"secret", "Secrets"},
	{"network", "Network"},
	{"internet", "Internet"},
}

var linesInOrder = []struct{ class, says string }{
	{"conf-certain", "Certain: the source states it"},
	{"conf-high", "High: resolves to one thing"},
	{"conf-may", "May: permitted, use not shown"},
}

func boxEntry(k c4.Kind, external bool) entry {
	e := &c4.Element{Kind: k, External: external}
	says := kindName(k)
	if external {
		says = "External " + says
	}
	return entry{func(o *out, x, y int) {
		o.f(`<g class="%s">`, classes(e, "box"))
		shape := "box"
		if k == c4.Person {
			shape = "person"
		}
		if shape == "person" {
			o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="10"/>`, x, y, keyW, keyH)
			o.sign("person", x+keyW/2-8, y+5, 16)
		} else {
			o.outline(shape, layout.Rect{X: x, Y: y, W: keyW, H: keyH})
		}
		o.WriteString("</g>")
	}, says}
}

func shapeEntry(shape, says string) entry {
	return entry{func(o *out, x, y int) {
		o.WriteString(`<g class="kind-infrastructureNode">`)
		c := card{shape: shape}
		r := layout.Rect{X: x, Y: y, W: keyW, H: keyH}
		if shape == "database" || shape == "cache" {
			r = layout.Rect{X: x + 4, Y: y - 5, W: keyW - 8, H: keyH + 10}
		}
		if shape == "browser" {
			o.f(`<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="4"/><path class="deco" d="M%d %dh%d"/>`, x, y, keyW, keyH, x, y+8, keyW)
		} else {
			o.outline(shape, r)
		}
		if s := c.sign(); s != "" {
			o.sign(s, x+keyW/2-7, y+keyH/2-7+boolInt(shape == "cache")*4, 14)
		}
		o.WriteString("</g>")
	}, says}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func frameEntry(k c4.Kind) entry {
	return entry{func(o *out, x, y int) {
		o.f(`<g class="frame kind-%s"><rect class="box" x="%d" y="%d" width="%d" height="%d" rx="6"/></g>`, k, x, y, keyW, keyH)
	}, kindName(k) + " boundary"}
}

func lineEntry(class, says string) entry {
	return entry{func(o *out, x, y int) {
		o.f(`<g class="line %s"><path class="way" d="M%d %dh%d"/><path class="head" d="M%d %dl-9 -4v8z"/></g>`,
			class, x, y+keyH/2, keyW-8, x+keyW, y+keyH/2)
	}, says}
}

// markEntry explains a mark, by a box that has it.
func markEntry(k scene.Kind) entry {
	return entry{func(o *out, x, y int) {
		o.f(`<g class="node kind-resource mark-%s">`, k)
		o.outline("box", layout.Rect{X: x, Y: y, W: keyW, H: keyH})
		if k == scene.Changed {
			o.WriteString(`<g class="second">`)
			o.outline("box", layout.Rect{X: x + 3, Y: y + 3, W: keyW - 6, H: keyH - 6})
			o.WriteString("</g>")
		}
		o.f(`<rect class="flag" x="%d" y="%d" width="18" height="16" rx="4"/>`, x+keyW/2-9, y+keyH/2-8)
		o.f(`<text class="flagged middle" x="%d" y="%d">%s</text></g>`, x+keyW/2, y+keyH/2+4, k.Sign())
	}, k.Says()}
}

// arrangeKey breaks the key into rows and returns the x of each entry and the height.
func arrangeKey(entries []entry, width int) (at []layout.Point, height int) {
	x, y := 0, 0
	for _, e := range entries {
		w := keyW + 8 + faceMeta.width(e.says)
		if x > 0 && x+w > width {
			x, y = 0, y+keyH+12
		}
		at = append(at, layout.Point{X: x, Y: y})
		x += w + keyGap
	}
	if len(entries) == 0 {
		return nil, 0
	}
	return at, y + keyH
}
