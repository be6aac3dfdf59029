package app

import (
	"io"
	"iter"

	"c4arch/internal/arch/c4"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/render/csv"
	"c4arch/internal/render/d2"
	"c4arch/internal/render/dot"
	"c4arch/internal/render/drawio"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/likec4"
	"c4arch/internal/render/mermaid"
	"c4arch/internal/render/pdf"
	"c4arch/internal/render/plantuml"
	"c4arch/internal/render/png"
	"c4arch/internal/render/structurizr"
	"c4arch/internal/render/svg"
)

// format is one way of writing an architecture down: files of the whole, a file of each view, a file of all pictures. Only
// the page is a case of its own, since it holds several pictures of one view.
type format struct {
	name, about string
	named       bool // only when it is asked for
	page        bool // it is the page
	// files are those of the whole architecture.
	files []wholeFile
	// ending is that of the file of each view, which text writes from the view or picture from its drawing.
	ending  string
	text    func(m *c4.Model, v *c4.View, d *cli.Drawing) ([]byte, error)
	picture func(w io.Writer, f *figure.Figure, d *cli.Drawing, linked func(key string) string) error
	// after is the name of a file of the whole that says where boxes stand, which place writes when all is drawn.
	after string
	place func(w io.Writer, some *c4.Model, at structurizr.Places) error
	// book is the name of a file with a page for each view, which bind writes.
	book string
	bind func(w io.Writer, name string, pages iter.Seq2[*figure.Figure, error], d *cli.Drawing) error
}

// wholeFile is one file of the whole architecture. write may be nil where there is nothing to write.
type wholeFile struct {
	name  string
	write func(a *cli.Architecture, some *c4.Model) func(io.Writer) error
}

// whole writes the model with all its views, and chosen the one with the views that are wanted.
func whole(name string, write func(io.Writer, *c4.Model) error) wholeFile {
	return wholeFile{name, func(a *cli.Architecture, _ *c4.Model) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, a.Model) }
	}}
}

func chosen(name string, write func(io.Writer, *c4.Model) error) wholeFile {
	return wholeFile{name, func(_ *cli.Architecture, some *c4.Model) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, some) }
	}}
}

func ofView(render func(*c4.Model, *c4.View) ([]byte, error)) func(*c4.Model, *c4.View, *cli.Drawing) ([]byte, error) {
	return func(m *c4.Model, v *c4.View, _ *cli.Drawing) ([]byte, error) { return render(m, v) }
}

// table are all formats, in the order in which help lists them.
func table() []format {
	return []format{
		{name: "html", about: "a page to look at, with everything in it", page: true},
		{name: "svg", about: "a picture of each view", ending: ".svg", picture: writeSVG},
		{name: "json", about: "the architecture and its evidence", files: []wholeFile{
			whole("model.json", c4.Encode),
			{"snapshot.json", func(a *cli.Architecture, _ *c4.Model) func(io.Writer) error {
				if a.Snapshot == nil {
					return nil
				}
				return a.Snapshot.Encode
			}},
		}},
		{name: "structurizr", about: "for Structurizr", files: []wholeFile{chosen("workspace.dsl", structurizr.Render)}},
		{name: "structurizr-json", about: "for Structurizr, with the places of boxes", named: true, after: "workspace.json", place: structurizr.JSON},
		{name: "mermaid", about: "a Mermaid C4 diagram of each view", ending: ".mmd", text: ofView(mermaid.Render)},
		{name: "plantuml", about: "a PlantUML C4 diagram of each view", named: true, ending: ".puml", text: func(m *c4.Model, v *c4.View, d *cli.Drawing) ([]byte, error) {
			return plantuml.Render(m, v, plantuml.Options{Dialect: plantuml.Dialect(d.Dialect)})
		}},
		{name: "d2", about: "a D2 diagram of each view", named: true, ending: ".d2", text: ofView(d2.Render)},
		{name: "likec4", about: "for LikeC4", named: true, files: []wholeFile{chosen("model.c4", likec4.Write)}},
		{name: "drawio", about: "a page for each view, for draw.io", named: true, book: "views.drawio", bind: func(w io.Writer, _ string, pages iter.Seq2[*figure.Figure, error], _ *cli.Drawing) error {
			return drawio.Write(w, pages)
		}},
		{name: "dot", about: "a Graphviz graph of each view", named: true, ending: ".dot", text: ofView(dot.Render)},
		{name: "csv", about: "tables for a spreadsheet", named: true, files: []wholeFile{whole("elements.csv", csv.Elements), whole("relationships.csv", csv.Relationships)}},
		{name: "png", about: "a picture of each view, in pixels", named: true, ending: ".png", picture: writePNG},
		{name: "pdf", about: "a page for each view", named: true, book: "views.pdf", bind: func(w io.Writer, name string, pages iter.Seq2[*figure.Figure, error], d *cli.Drawing) error {
			return pdf.Write(w, pages, pdf.Options{Theme: d.Theme, Paper: d.Paper, Title: name})
		}},
	}
}

func writeSVG(w io.Writer, f *figure.Figure, d *cli.Drawing, linked func(key string) string) error {
	_, err := w.Write(svg.Render(f, svg.Options{Theme: d.Theme, Link: linked}))
	return err
}

func writePNG(w io.Writer, f *figure.Figure, d *cli.Drawing, _ func(key string) string) error {
	scale := d.Scale
	if scale == 0 {
		scale = png.Fit(f)
	}
	return png.Write(w, f, png.Options{Theme: d.Theme, Scale: scale})
}

// formats are the table as the command line knows it.
func formats() []cli.Format {
	var all []cli.Format
	for _, f := range table() {
		all = append(all, cli.Format{Name: f.name, About: f.about, Named: f.named, Files: f.names()})
	}
	return all
}

// names are those of the files that a format writes, with * for the key of a view.
func (f *format) names() (all []string) {
	if f.page {
		all = append(all, pageName)
	}
	for _, file := range f.files {
		all = append(all, file.name)
	}
	if f.ending != "" {
		all = append(all, viewName("*", f.ending))
	}
	for _, name := range []string{f.after, f.book} {
		if name != "" {
			all = append(all, name)
		}
	}
	return all
}

const pageName = "index.html"

func viewName(key, ending string) string { return "views/" + key + ending }
