package rendertest

import (
	"fmt"
	"html"
	"strings"

	"c4arch/internal/arch/c4"
)

// CSS is the style sheet that goes with Pictures.
const CSS = `:root { --c4-ink: #16212c; --c4-box: #dbe9f6; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --c4-ink: #e6ecf2; --c4-box: #1d3a56; } }
:root[data-theme=dark] { --c4-ink: #e6ecf2; --c4-box: #1d3a56; }
svg text { fill: var(--c4-ink); font: 13px sans-serif; } svg .node rect { fill: var(--c4-box); stroke: var(--c4-ink); }
svg .line path { stroke: var(--c4-ink); fill: none; }`

// Pictures draws every view of m in the plainest way, boxes in rows and straight lines, by the
// contract that the page relies on. It serves tests of what is around a picture.
func Pictures(m *c4.Model) map[string][]byte {
	name := map[string]string{}
	for _, e := range m.Elements {
		name[e.ID] = e.Name
	}
	out := map[string][]byte{}
	for _, v := range m.Views {
		out[v.Key] = draw(v, name)
	}
	return out
}

func draw(v c4.View, name map[string]string) []byte {
	const width, height, gap, columns = 180, 70, 60, 4
	var b strings.Builder
	rows := (len(v.Nodes) + columns - 1) / columns
	at := map[string][2]int{}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">`, columns*(width+gap)+gap, rows*(height+gap)+gap)
	for i, n := range v.Nodes {
		at[n.ID] = [2]int{gap + i%columns*(width+gap), gap + i/columns*(height+gap)}
	}
	for i, l := range v.Lines {
		s, t := at[l.Source], at[l.Target]
		fmt.Fprintf(&b, `<g class="line" data-line="%d" data-relationships="%s"><path d="M%d %dL%d %d"/></g>`,
			i, escape(strings.Join(l.Relationships, " ")), s[0]+width/2, s[1]+height, t[0]+width/2, t[1])
	}
	for _, n := range v.Nodes {
		x, y := at[n.ID][0], at[n.ID][1]
		fmt.Fprintf(&b, `<g class="node" data-node="%s" data-element="%s" tabindex="0" role="button"><rect x="%d" y="%d" width="%d" height="%d" rx="6"/><text x="%d" y="%d">%s</text></g>`,
			escape(n.ID), escape(n.Element), x, y, width, height, x+10, y+height/2, escape(name[n.Element]))
	}
	b.WriteString(`</svg>`)
	return []byte(b.String())
}

// escape makes s inert in XML, and drops the characters that XML 1.0 does not have.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return -1
		}
		return r
	}, s))
}
