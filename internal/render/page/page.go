// Package page writes an architecture as one HTML file that needs nothing else: no network, no
// server, no other file. It holds one viewer (package viewer), which shows the pictures, and for each element and each line what it
// rests on; its account says what became of every reference and what could not be read.
//
// The page never trusts a name. A content security policy allows the one script that is part
// of the page, by its digest; data lies in inert blocks, is escaped on the way in and
// reaches the document only as text. Pictures are the drawing package's own SVG, are kept
// as text until they are looked at, and are parsed as XML, in which no script runs.
package page

import (
	"bufio"
	"embed"
	"encoding/json"
	"html"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/scene"
	"c4arch/internal/render/viewer"
)

//go:embed page.html style.css
var files embed.FS

// Render writes the page of m to w. pictures holds the SVG of each view by the view's key; a view
// without one is shown as a list. css is the style sheet that the pictures need.
func Render(w io.Writer, m *c4.Model, pictures map[string][]byte, css string) error {
	return Write(w, m, func(yield func(string, []byte) bool) {
		for _, key := range slices.Sorted(maps.Keys(pictures)) {
			if !yield(key, pictures[key]) {
				return
			}
		}
	}, css)
}

// Picture is a drawing of a view.
type Picture struct {
	// Key is that of the view. A view of which boundaries are folded may come again: whole, under its key and [Whole], and
	// with one boundary opened, under its key, "~" and the id of the boundary's node.
	Key string
	SVG []byte
	// View is the view as it was drawn, where boundaries of it are folded; nil where it is as the model has it.
	View *c4.View
}

// Whole stands behind the key of a view that is drawn with every boundary open.
const Whole = "~all"

// Write is Render with pictures that come one by one, and are let go when they are written. The model is
// written as it is encoded: a page of several hundred megabytes takes a few of memory.
func Write(w io.Writer, m *c4.Model, pictures iter.Seq2[string, []byte], css string) error {
	return WritePictures(w, m, func(yield func(Picture) bool) {
		if pictures == nil {
			return
		}
		for key, svg := range pictures {
			if !yield(Picture{Key: key, SVG: svg}) {
				return
			}
		}
	}, css)
}

// WritePictures is Write with pictures in which boundaries may be folded.
func WritePictures(w io.Writer, m *c4.Model, pictures iter.Seq[Picture], css string) error {
	style, err := scene.Style(css + "\n" + read("style.css") + viewer.CSS())
	if err != nil {
		return err
	}
	joined, err := viewer.Script("page.js")
	if err != nil {
		return err
	}
	script := scene.Script(joined)
	return scene.Write(w, read("page.html"), map[string]scene.Part{
		"title":       scene.Escaped(title(m)),
		"script-hash": scene.Text(scene.Digest(script)),
		"style":       style,
		"data": func(b *bufio.Writer) error {
			if err := c4.Encode(scene.Inert(b), m); err != nil {
				return fault.Wrap(fault.Internal, err, "the model cannot be written as JSON")
			}
			return nil
		},
		"pictures": blocks(pictures),
		"script":   scene.Text(script),
	})
}

func title(m *c4.Model) string {
	if strings.TrimSpace(m.Name) == "" {
		return "Architecture"
	}
	return m.Name + " – architecture"
}

// read returns an embedded file; a test reads all of them, so that none can be missing.
func read(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}

// blocks writes pictures, and before each the view as it was drawn where that is not the model's: its lines are what the
// numbers in the picture count.
func blocks(pictures iter.Seq[Picture]) scene.Part {
	return func(b *bufio.Writer) error {
		for p := range pictures {
			if p.View != nil {
				_, _ = b.WriteString(`<script type="application/json" data-view="` + html.EscapeString(p.Key) + `">`)
				if err := json.NewEncoder(scene.Inert(b)).Encode(p.View); err != nil {
					return fault.Wrap(fault.Internal, err, "the view %q cannot be written as JSON", p.Key)
				}
				_, _ = b.WriteString("</script>\n")
			}
			one := func(yield func(string, []byte) bool) { yield(p.Key, p.SVG) }
			if err := scene.Pictures(one)(b); err != nil {
				return err
			}
		}
		return nil
	}
}
