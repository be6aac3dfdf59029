// Package driftpage writes a comparison as one HTML file that needs nothing else: the findings with what to do, and
// the architecture with what drifted marked in it, before and after side by side, and over time.
//
// It promises what the page of an architecture promises: no network, no server, one script that
// a content security policy allows by its digest; data lies in inert blocks and reaches the document only as
// text; no meaning hangs on colour alone. It draws no picture itself: [New] says which pictures the page wants, and
// whoever can draw hands them over as they are made. A page without them shows lists.
package driftpage

import (
	"bufio"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"iter"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/drift"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/scene"
	"c4arch/internal/render/viewer"
)

//go:embed page.html script/*.js style/*.css
var files embed.FS

// styles in the order in which they are joined; what the viewer and this page share stands before them.
var styles = []string{"frame", "list", "stage", "print"}

// modules are those of the page and, behind them, those of the viewer, on which the page stands. No name is in both, which a test holds.
type modules struct{}

func (modules) Open(name string) (fs.File, error) {
	if f, err := files.Open("script/" + name); err == nil {
		return f, nil
	}
	return viewer.Files().Open(name)
}

// Page is what is written.
type Page struct {
	Report *drift.Report
	// Pictures are those of Drawings, by their keys, in any order; it may lack some. Nil: there are none.
	Pictures iter.Seq2[string, []byte]
	// CSS is the style sheet that the pictures need; that of their marks the page has itself.
	CSS string

	data data
}

// Comparison is what a page is made of.
type Comparison struct {
	Report   *drift.Report
	Old, New *c4.Model
	// Delta is what delta.Compare said of Old and New. Without one the page shows New alone, as where code is held against
	// what is live and there are no two architectures.
	Delta *delta.Delta
	// History are the moments of the slider, oldest first. Without at least two of them the slider has two positions, Old and New.
	History []Moment
}

// Moment is a position of the slider.
type Moment struct {
	At    string // RFC 3339, UTC
	Label string // "approved", "now", "daily scan"
	Root  string // of the snapshot
	Model *c4.Model
}

// Drawing is a picture that a page wants: of the view of the model, with the marks, under the key.
type Drawing struct {
	Key   string
	Model *c4.Model
	View  *c4.View
	Marks map[string]scene.Mark
}

// New plans the page of a comparison, and says which pictures it wants. The models are not changed.
func New(c Comparison) (*Page, []Drawing) {
	if c.Delta == nil || c.Old == nil {
		c.Old, c.Delta = c.New, delta.Compare(c.New, c.New)
	}
	merged := delta.Merge(c.Old, c.New, c.Delta)
	p := &planner{c: c, merged: merged, marks: Marks(merged, c.Delta, c.Report)}
	p.views()
	p.moments()
	p.describe()
	return &Page{Report: c.Report, data: p.data}, p.drawings
}

// Write writes the page.
func Write(w io.Writer, p *Page) error {
	if p.Report == nil {
		return fault.New(fault.Internal, "a page of drift without a report")
	}
	style, err := scene.Style(p.CSS + "\n" + viewer.Tokens("body") + joined("style", ".css", styles))
	if err != nil {
		return err
	}
	whole, err := viewer.Join(modules{}, "main.js")
	if err != nil {
		return err
	}
	script := scene.Script(whole)
	return scene.Write(w, read("page.html"), map[string]scene.Part{
		"title":       scene.Escaped(title(p.Report)),
		"script-hash": scene.Text(scene.Digest(script)),
		"style":       style,
		"report":      jsonPart(bounded(p.Report)),
		"data":        jsonPart(&p.data),
		"pictures":    scene.Pictures(p.Pictures),
		"script":      scene.Text(script),
	})
}

func jsonPart(v any) scene.Part {
	return func(b *bufio.Writer) error {
		if err := json.NewEncoder(scene.Inert(b)).Encode(v); err != nil {
			return fault.Wrap(fault.Internal, err, "the comparison cannot be written as JSON")
		}
		return nil
	}
}

func title(r *drift.Report) string {
	if strings.TrimSpace(r.Name) == "" {
		return "Drift"
	}
	return r.Name + " – drift"
}

func joined(dir, ext string, names []string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(read(dir + "/" + n + ext))
	}
	return b.String()
}

// read returns an embedded file; a test reads all of them, so that none can be missing.
func read(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}
