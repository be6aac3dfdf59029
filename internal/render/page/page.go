// Package page writes an architecture as one HTML file that needs nothing else: no network, no
// server, no other file. It shows the pictures, and for each element and each line what it
// rests on; its account says what became of every reference and what could not be read.
//
// The page never trusts a name. A content security policy allows the one script that is part
// of the page, by its digest; data lies in inert blocks, is escaped on the way in and
// reaches the document only as text. Pictures are the drawing package's own SVG, are kept
// as text until they are looked at, and are parsed as XML, in which no script runs.
package page

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
)

//go:embed page.html script/*.js style/*.css
var files embed.FS

// scripts and styles in the order in which they are joined.
var (
	scripts = []string{"model", "dom", "route", "stage", "keys", "tree", "panel", "rail", "search", "account", "main"}
	styles  = []string{"tokens", "frame", "stage", "panel", "account", "print"}
)

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

// Write is Render with pictures that come one by one, and are let go when they are written. The model is
// written as it is encoded: a page of several hundred megabytes takes a few of memory.
func Write(w io.Writer, m *c4.Model, pictures iter.Seq2[string, []byte], css string) error {
	if strings.Contains(strings.ToLower(css), "</style") {
		return fault.New(fault.Internal, "the style sheet of the pictures would end its place in the page")
	}
	var failed error
	script := join("script", ".js", scripts)
	parts := map[string]func(*bufio.Writer){
		"title":       func(b *bufio.Writer) { put(b, html.EscapeString(title(m))) },
		"script-hash": func(b *bufio.Writer) { put(b, digest(script)) },
		"style":       func(b *bufio.Writer) { put(b, css+"\n"+join("style", ".css", styles)) },
		"data":        func(b *bufio.Writer) { failed = c4.Encode(inert{b}, m) },
		"pictures":    func(b *bufio.Writer) { writePictures(b, pictures) },
		"script":      func(b *bufio.Writer) { put(b, script) },
	}
	b := bufio.NewWriterSize(w, 1<<16)
	for rest := read("page.html"); rest != ""; {
		before, after, found := strings.Cut(rest, "{{")
		put(b, before)
		if !found {
			break
		}
		name, after, _ := strings.Cut(after, "}}")
		parts[name](b)
		rest = after
		if failed != nil {
			break
		}
	}
	if err := b.Flush(); err != nil { // holds the first error of any write
		return fault.Wrap(fault.Unavailable, err, "writing the page")
	}
	if failed != nil {
		return fault.Wrap(fault.Internal, failed, "the model cannot be written as JSON")
	}
	return nil
}

func title(m *c4.Model) string {
	if strings.TrimSpace(m.Name) == "" {
		return "Architecture"
	}
	return m.Name + " – architecture"
}

// inert writes JSON that is inert inside a script element: "<", ">" and "&" are written as escapes, so that
// no text in it can end the element or begin a comment. In JSON they stand in strings only.
type inert struct{ b *bufio.Writer }

func (w inert) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexAny(p, "<>&")
		if i < 0 {
			i = len(p)
		}
		if _, err := w.b.Write(p[:i]); err != nil {
			return 0, err
		}
		if p = p[i:]; len(p) > 0 {
			if _, err := fmt.Fprintf(w.b, `\u%04x`, p[0]); err != nil {
				return 0, err
			}
			p = p[1:]
		}
	}
	return n, nil
}

// writePictures writes each picture into a script element of a type that no browser runs or
// parses: a page of 300 pictures then opens as fast as a page of one. Well-formed SVG cannot
// hold what would end such an element save in a comment or a character section; a picture that
// does is written as a JSON string, in which it cannot.
func writePictures(b *bufio.Writer, pictures iter.Seq2[string, []byte]) {
	for key, svg := range pictures {
		kind := "image/svg+xml"
		if low := bytes.ToLower(svg); bytes.Contains(low, []byte("</script")) || bytes.Contains(low, []byte("<!--")) || bytes.Contains(low, []byte("<script")) {
			kind = "application/json"
			svg, _ = json.Marshal(string(svg)) // a string can always be encoded
		}
		put(b, `<script type="`+kind+`" data-picture="`+html.EscapeString(key)+`">`)
		_, _ = b.Write(svg)
		put(b, "</script>\n")
	}
}

func put(b *bufio.Writer, s string) { _, _ = b.WriteString(s) }

func join(dir, ext string, names []string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(read(dir + "/" + n + ext))
	}
	if dir != "script" {
		return b.String()
	}
	return "(() => {\n\"use strict\";\n" + b.String() + "})();"
}

// read returns an embedded file; a test reads all of them, so that none can be missing.
func read(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}

// digest is the source expression that allows exactly this script (CSP Level 3, section 2.3.1).
func digest(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
