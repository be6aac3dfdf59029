package pdf

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/font"
)

// navigation is which page a view is on, and which page leads to a page: the first that does, in the order of the outline.
type navigation struct {
	page  map[string]int
	above map[int]int
}

func (d *document) navigation() navigation {
	n := navigation{page: map[string]int{}, above: map[int]int{}}
	for i, p := range d.pages {
		if _, ok := n.page[p.key]; !ok && p.key != "" {
			n.page[p.key] = i
		}
	}
	for k := range sections {
		for i, p := range d.pages {
			if section(p.kind) == k {
				n.lead(i, p.links)
			}
		}
	}
	return n
}

// lead makes a page the one above those that it leads to, where none is yet.
func (n navigation) lead(i int, links []link) {
	for _, l := range links {
		to, ok := n.page[l.view]
		if _, known := n.above[to]; ok && !known && to != i && !n.under(i, to) {
			n.above[to] = i
		}
	}
}

// under reports whether page i lies below page of, so that the two do not become each other's view above.
func (n navigation) under(i, of int) bool {
	for at, ok := i, true; ok; at, ok = n.above[at] {
		if at == of {
			return true
		}
	}
	return false
}

// annotations writes the links of a page (12.5.6.5).
func (d *document) annotations(i int, n navigation) {
	p := &d.pages[i]
	var b strings.Builder
	b.WriteByte('[')
	for _, l := range p.links {
		if to, ok := n.page[l.view]; ok && to != i {
			d.link(&b, l.at, to, "Open: ")
		}
	}
	if up, ok := n.above[i]; ok {
		if p.headed {
			d.link(&b, p.heading, up, "Up: ")
		}
		if d.paper.foot {
			d.link(&b, p.up(), up, "Up: ")
		}
	}
	b.WriteByte(']')
	d.out.object(p.annots, b.String())
}

func (d *document) link(b *strings.Builder, at box, to int, say string) {
	fmt.Fprintf(b, "<</Type/Annot/Subtype/Link/Rect[%s %s %s %s]/Border[0 0 0]/H/O/F 4/Contents%s/Dest[%d 0 R/Fit]>>\n",
		number(at.x0), number(at.y0), number(at.x1), number(at.y1), text(say+short(d.pages[to].title)), d.pages[to].object)
}

// maxTitle is how many characters of a title are shown where there is little room.
const maxTitle = 120

func short(s string) string {
	if r := []rune(s); len(r) > maxTitle {
		return string(r[:maxTitle-1]) + "…"
	}
	return s
}

// sections are the kinds of views as the outline calls them, in its order.
var sections = []struct {
	kind c4.ViewKind
	name string
}{
	{c4.Landscape, "System landscape"},
	{c4.Context, "System context"},
	{c4.Containers, "Containers"},
	{c4.Components, "Components"},
	{c4.Deployment, "Deployment"},
	{c4.Resources, "Resources"},
	{"", "Views"},
}

func section(k c4.ViewKind) int {
	for i, s := range sections {
		if s.kind == k {
			return i
		}
	}
	return len(sections) - 1
}

// outline writes the outline (12.3.3), a heading for every kind of view with its pages, and gives back the catalog's entries.
func (d *document) outline() string {
	type group struct {
		object, section int
		pages, items    []int
	}
	var groups []group
	root := d.out.reserve()
	for k := range sections {
		g := group{section: k}
		for i, p := range d.pages {
			if section(p.kind) == k {
				g.pages = append(g.pages, i)
			}
		}
		if len(g.pages) > 0 {
			g.object = d.out.reserve()
			for range g.pages {
				g.items = append(g.items, d.out.reserve())
			}
			groups = append(groups, g)
		}
	}
	dest := func(i int) string { return fmt.Sprintf("/Dest[%d 0 R/Fit]", d.pages[i].object) }
	heads := make([]int, len(groups))
	for k, g := range groups {
		heads[k] = g.object
	}
	for k, g := range groups {
		d.out.object(g.object, fmt.Sprintf("<</Title%s/Parent %d 0 R%s/First %d 0 R/Last %d 0 R/Count %d%s>>", text(sections[g.section].name), root,
			beside(heads, k), g.items[0], g.items[len(g.items)-1], len(g.items), dest(g.pages[0])))
		for j, i := range g.pages {
			d.out.object(g.items[j], fmt.Sprintf("<</Title%s/Parent %d 0 R%s%s>>", text(short(d.pages[i].title)), g.object, beside(g.items, j), dest(i)))
		}
	}
	d.out.object(root, fmt.Sprintf("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", heads[0], heads[len(heads)-1], len(heads)+len(d.pages)))
	mode := ""
	if len(d.pages) > 1 {
		mode = "/PageMode/UseOutlines"
	}
	return fmt.Sprintf("/Outlines %d 0 R%s", root, mode)
}

// beside are the entries for an item's neighbours.
func beside(items []int, i int) string {
	s := ""
	if i > 0 {
		s += fmt.Sprintf("/Prev %d 0 R", items[i-1])
	}
	if i+1 < len(items) {
		s += fmt.Sprintf("/Next %d 0 R", items[i+1])
	}
	return s
}

const (
	footSize  = 7  // of the foot's letters, in points
	footShare = 60 // how much of the foot the title has, in per cent
)

// foot writes the foot of a page: the title, the view above, and which page it is.
func (d *document) foot(i int, n navigation) {
	p := &d.pages[i]
	c := &content{fonts: d.fonts, alpha: &d.alpha, theme: d.theme}
	// the foot's units are points, its origin the left upper corner of the page
	c.begin(place{x: 0, y: p.height, unit: 100_000_000})
	col := d.theme.Style(figure.Heading, figure.Look{}, figure.RoleScope).Fill
	y, left, right := (p.height-margin)/100, margin/100, (p.width-margin)/100
	say := func(s string, x int) {
		c.text(figure.Shape{Text: s, X: x, Y: y, Face: figure.Face{Size: footSize}}, col)
	}
	count := fmt.Sprintf("page %d of %d", i+1, len(d.pages))
	say(count, right-font.Width(count, false)*footSize/font.Em)
	say(within(d.title, (right-left)*footShare/100-10), left)
	if up, ok := n.above[i]; ok {
		say("Up: "+within(d.pages[up].title, (right-left)*(95-footShare)/100-70), p.up().x0/100)
	}
	c.end()
	d.out.stream(p.foot, "", c.buf.Bytes())
}

// up is where the foot names the view above.
func (p *page) up() box {
	x := margin + (p.width-2*margin)*footShare/100
	return box{x, margin - 300, p.width - margin - 6000, margin + 900}
}

// within cuts a text to a width in points.
func within(s string, width int) string {
	if font.Width(s, false)*footSize <= width*font.Em {
		return s
	}
	r := []rune(s)
	lo, hi := 0, len(r)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if font.Width(string(r[:mid])+"…", false)*footSize <= width*font.Em {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(r[:lo]) + "…"
}
