package dossier

import (
	"strings"
	"unicode/utf8"

	"c4arch/internal/render/figure"
	"c4arch/internal/render/font"
)

// The pages are figures of the shape of an upright A4 page without its margins and its foot, so that package pdf puts each on one page at its largest scale of 0.75 points a unit.
const (
	pageW, pageH = 718, 1024
	gap          = 14
)

// ink is the dark colour of texts on the paper itself; pale is for what is said aside.
const (
	ink  = figure.RoleTitle
	pale = figure.RoleScope
)

// The sizes of letters.
const (
	sizeTitle = 30
	sizeHead  = 20
	sizeText  = 13
	sizeCell  = 11
)

// paper is a document that grows line by line, and page by page.
type paper struct {
	pages   []*figure.Figure
	y       int // the top of the room that is left
	stamp   string
	head    string // of the section, again on top of its further pages
	section string
}

// page begins a page.
func (p *paper) page(title string) {
	f := &figure.Figure{W: pageW, H: pageH, Title: title, About: title}
	p.pages = append(p.pages, f)
	p.y = 0
	if p.stamp != "" {
		p.mark(f)
		p.y = 44
	}
}

// mark writes over every page that nothing on it is real.
func (p *paper) mark(f *figure.Figure) {
	for _, y := range []int{0, f.H - 30} {
		f.Parts = append(f.Parts, stamped(f.W, y, p.stamp))
	}
}

func stamped(w, y int, text string) figure.Part {
	return figure.Part{Kind: figure.Key, Shapes: []figure.Shape{{Role: ink, Text: text, X: w / 2, Y: y + 20, Face: figure.Face{Bold: true, Size: 15}, Middle: true}}}
}

// bottom is where the room of a page ends.
func (p *paper) bottom() int {
	if p.stamp != "" {
		return pageH - 40
	}
	return pageH
}

// room begins a page where there is less room than that.
func (p *paper) room(h int) {
	if p.y+h <= p.bottom() {
		return
	}
	p.page(p.section)
	if p.head != "" {
		p.put(pale, p.head+" (continued)", 0, sizeCell, false)
		p.y += gap
	}
}

// put writes one line at x and moves on.
func (p *paper) put(role figure.Role, text string, x, size int, bold bool) {
	f := p.pages[len(p.pages)-1]
	p.y += size + size/3
	f.Parts = append(f.Parts, figure.Part{Kind: figure.Key, Shapes: []figure.Shape{{Role: role, Text: text, X: x, Y: p.y - size/3, Face: figure.Face{Bold: bold, Size: size}}}})
}

// chapter begins a section on a page of its own.
func (p *paper) chapter(title string) {
	p.section, p.head = title, title
	p.page(title)
	p.heading(title)
}

func (p *paper) heading(title string) {
	p.room(sizeHead*3 + gap)
	if p.y > 60 {
		p.y += gap
	}
	for _, line := range broken(title, pageW, sizeHead, true) {
		p.put(ink, line, 0, sizeHead, true)
	}
	p.y += 6
}

// text writes a paragraph.
func (p *paper) text(words string) {
	for _, line := range broken(words, pageW, sizeText, false) {
		p.room(sizeText * 2)
		p.put(ink, line, 0, sizeText, false)
	}
	p.y += 8
}

// fact writes a name and what it is.
func (p *paper) fact(name, value string) {
	const left = 190
	lines := broken(value, pageW-left, sizeText, false)
	p.room(sizeText * 2)
	for i, line := range lines {
		p.room(sizeText * 2)
		if i == 0 {
			y := p.y
			p.put(ink, name, 0, sizeText, true)
			p.y = y
		}
		p.put(ink, line, left, sizeText, false)
	}
	p.y += 4
}

// rule draws a line across.
func (p *paper) rule() {
	f := p.pages[len(p.pages)-1]
	f.Parts = append(f.Parts, figure.Part{Kind: figure.Line, Shapes: []figure.Shape{{Role: figure.RoleWay, Path: []figure.Seg{
		{Op: 'M', P: [6]int{0, 100 * (p.y + 2)}}, {Op: 'L', P: [6]int{100 * pageW, 100 * (p.y + 2)}},
	}}}})
	p.y += 6
}

// column is a column of a table in the report: which of the table's, under which name, how wide.
type column struct {
	from  string
	name  string
	share int
}

// most rows of a table that the report shows; the rest is in the CSV.
const mostRows = 40

// grid writes a table. A row is never torn apart by the end of a page.
func (p *paper) grid(t table, columns []column) {
	if len(t.rows) == 0 {
		p.text(noData + ": there is none in this pack.")
		return
	}
	total := 0
	for _, c := range columns {
		total += c.share
	}
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = pageW * c.share / total
	}
	head := func() {
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = c.name
		}
		p.cells(names, widths, true)
		p.rule()
	}
	p.room(120)
	head()
	for i, row := range t.rows {
		if i == mostRows {
			p.text(number(len(t.rows)-mostRows) + " further rows are in " + t.name + ".csv.")
			return
		}
		var cells []string
		for _, c := range columns {
			cells = append(cells, row[at(t.columns, c.from)])
		}
		if p.y+height(cells, widths) > p.bottom() {
			p.room(pageH)
			head()
		}
		p.cells(cells, widths, false)
		p.rule()
	}
}

func at(list []string, name string) int {
	for i, s := range list {
		if s == name {
			return i
		}
	}
	return 0
}

const (
	cellGap   = 8
	mostLines = 6 // of a cell: the whole is in the CSV
)

func lined(text string, width int, bold bool) []string {
	lines := broken(text, width-cellGap, sizeCell, bold)
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1:mostLines-1], "… (in the CSV)")
	}
	return lines
}

func height(cells []string, widths []int) int {
	h := 0
	for i, c := range cells {
		h = max(h, len(lined(c, widths[i], false)))
	}
	return h*(sizeCell+sizeCell/3) + 10
}

func (p *paper) cells(cells []string, widths []int, bold bool) {
	top, x, end := p.y, 0, p.y
	for i, c := range cells {
		p.y = top
		for _, line := range lined(c, widths[i], bold) {
			p.put(ink, line, x, sizeCell, bold)
		}
		end = max(end, p.y)
		x += widths[i]
	}
	p.y = end
}

// broken breaks a text into lines of a width: between words, and within one that is too long.
func broken(text string, width, size int, bold bool) []string {
	fits := func(s string) bool { return font.Width(s, bold)*size <= width*font.Em }
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(strings.ToValidUTF8(text, "\ufffd")) {
		for !fits(word) {
			n := cut(word, fits)
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines = append(lines, word[:n])
			word = word[n:]
		}
		switch {
		case line == "":
			line = word
		case fits(line + " " + word):
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut is how many bytes of a word fit: at least one character, and rather behind a sign that joins parts than within one.
func cut(word string, fits func(string) bool) int {
	low, high := 0, 0
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			end = i + 1
		}
		if i > 0 && !fits(word[:end]) {
			break
		}
		high = end
		if strings.ContainsRune("/.-_:[],", r) {
			low = end
		}
	}
	if low > high/2 {
		return low
	}
	return high
}

// picture is a view on a page of its own, with the stamp over it where there is one.
func (p *paper) picture(v View) {
	f := *v.Figure
	if p.stamp != "" {
		const room = 44
		f.Parts = append(append([]figure.Part(nil), f.Parts...), stamped(f.W, f.H+10, p.stamp))
		f.H += room
	}
	f.Title = v.Title
	p.pages = append(p.pages, &f)
	p.y = pageH // what follows begins a page
}
