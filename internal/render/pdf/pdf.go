// Package pdf writes figures as one PDF: a page for every view, with lines and letters that stay sharp at any size.
//
// Text can be searched, copied and read aloud: every glyph says which characters it stands for (ToUnicode), and so do the
// boxes that stand for what no embedded font has. Lines that run from the right are in the order in which they are seen, as
// readers expect; a replacement text for the whole line (ActualText) was tried, and poppler gave it back reversed. Only the glyphs that are used are embedded. A box leads to the view that is inside its element, the heading back to
// the view above, and the outline lists the views by what they show.
//
// The same figures give the same bytes: there is no date in the file, and its identifier is the digest of its content.
// The file is PDF 1.7 (ISO 32000-1) and is written as the figures come; of a page, only its links are kept until the end.
// Left out: a structure tree (PDF/UA), and forms, scripts, attachments, encryption: nothing in it is active.
//
// It is written here and not by a library because those at hand know text by code points of 16 bits only: no glyph of its
// own for a joined letter, nothing beyond the basic plane, no drawn glyphs, and all pages in memory (docs/adr/0029).
package pdf

import (
	"fmt"
	"io"
	"iter"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/figure"
)

// Options of a document.
type Options struct {
	Theme figure.Theme // Light where it is empty or left to the reader
	// Paper is "fit" (the page is as large as the picture), "A4" or "A3" (upright or lying, whichever shows it larger);
	// "" is fit.
	Paper string
	// Title of the document; the first view's where it is empty.
	Title string
}

// Write writes a page for every figure to w. The first error of pages ends it and is returned.
func Write(w io.Writer, pages iter.Seq2[*figure.Figure, error], o Options) error {
	p, err := paperOf(o.Paper)
	if err != nil {
		return err
	}
	if o.Theme == "" || o.Theme == figure.Auto {
		o.Theme = figure.Light
	}
	d := &document{out: newWriter(w), theme: o.Theme, paper: p, title: o.Title, fonts: newFonts()}
	d.catalog, d.tree, d.info, d.resources = d.out.reserve(), d.out.reserve(), d.out.reserve(), d.out.reserve()
	for f, err := range pages {
		if err != nil {
			return err
		}
		if f.W <= 0 || f.H <= 0 {
			return fault.New(fault.Invalid, "the figure of page %d has no size", len(d.pages)+1)
		}
		d.page(f)
		if d.out.err != nil {
			return d.out.err
		}
	}
	if len(d.pages) == 0 {
		return fault.New(fault.NotFound, "there is no view to draw").WithHelp("a PDF needs at least one page; see what was not read")
	}
	return d.close()
}

// document is a PDF on its way.
type document struct {
	out   *writer
	theme figure.Theme
	paper paper
	title string
	fonts *fonts
	pages []page
	alpha alphas

	catalog, tree, info, resources int
}

// page is what is kept of a page that has been written.
type page struct {
	key, title           string
	kind                 c4.ViewKind
	object, annots, foot int
	place                place
	links                []link
	heading              box
	headed               bool
	width, height        int // of the sheet, in hundredths of a point
	body                 int
}

// link is a place that leads to a view.
type link struct {
	view string
	at   box
}

// box is a rectangle of the page, in hundredths of a point from its left bottom corner.
type box struct{ x0, y0, x1, y1 int }

func (d *document) page(f *figure.Figure) {
	pl := d.paper.place(f.W, f.H)
	p := page{object: d.out.reserve(), annots: d.out.reserve(), place: pl, width: pl.w, height: pl.h, title: f.Title}
	if f.View != nil {
		p.key, p.kind = f.View.Key, f.View.Kind
		if f.View.Title != "" {
			p.title = f.View.Title
		}
	}
	c := &content{fonts: d.fonts, alpha: &d.alpha, theme: d.theme}
	c.ground(pl, d.theme.Paper())
	c.begin(pl)
	for i := range f.Parts {
		c.part(&f.Parts[i])
		p.add(&f.Parts[i])
	}
	c.end()
	p.body = d.out.reserve()
	d.out.stream(p.body, "", c.buf.Bytes())
	contents := fmt.Sprintf("%d 0 R", p.body)
	if d.paper.foot {
		p.foot = d.out.reserve()
		contents = fmt.Sprintf("[%s %d 0 R]", contents, p.foot)
	}
	d.out.object(p.object, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources %d 0 R/Contents %s/Annots %d 0 R/Tabs/R>>",
		d.tree, number(pl.w), number(pl.h), d.resources, contents, p.annots))
	d.pages = append(d.pages, p)
}

// titleH is how high the title of a boundary is, in the figure's units.
const titleH = 48

// add keeps what of a part leads somewhere.
func (p *page) add(part *figure.Part) {
	r := part.Rect
	at := p.place.box(r.X, r.Y, r.W, r.H)
	if part.Kind == figure.Heading && !p.headed {
		p.heading, p.headed = at, r.W > 0 && r.H > 0
	}
	if part.Kind == figure.Frame { // its title only: in a boundary one points at what is in it
		at = p.place.box(r.X, r.Y, r.W, min(r.H, titleH))
	}
	if part.Link != "" && part.Link != p.key && r.W > 0 && r.H > 0 {
		p.links = append(p.links, link{part.Link, at})
	}
}

// close writes what can be written when all pages are known.
func (d *document) close() error {
	if d.title == "" {
		d.title = d.pages[0].title
	}
	n := d.navigation()
	for i := range d.pages {
		if d.paper.foot {
			d.foot(i, n)
		}
		d.annotations(i, n)
	}
	outline := d.outline()
	kids := ""
	for _, p := range d.pages {
		kids += fmt.Sprintf("%d 0 R ", p.object)
	}
	d.out.object(d.tree, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(d.pages), kids))
	d.out.object(d.resources, "<</ProcSet[/PDF/Text]"+d.fonts.write(d.out)+d.alpha.resource()+">>")
	d.out.object(d.info, fmt.Sprintf("<</Title %s/Producer(c4arch)/Creator(c4arch)>>", text(d.title)))
	d.out.object(d.catalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(en)%s/ViewerPreferences<</DisplayDocTitle true>>>>", d.tree, outline))
	return d.out.close(d.catalog, d.info)
}
