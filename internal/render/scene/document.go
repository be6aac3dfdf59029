package scene

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"iter"
	"strings"

	"c4arch/internal/base/fault"
)

// Part writes what stands for a name in a template.
type Part func(*bufio.Writer) error

// Text is a part that is HTML already.
func Text(s string) Part {
	return func(b *bufio.Writer) error {
		_, _ = b.WriteString(s) // the writer keeps its first error
		return nil
	}
}

// Escaped is a part that is text.
func Escaped(s string) Part { return Text(html.EscapeString(s)) }

// Write writes a template, in which {{name}} stands for a part, to w. A page of hundreds of megabytes takes a
// few of memory, since parts are written as they are made.
func Write(w io.Writer, template string, parts map[string]Part) error {
	b := bufio.NewWriterSize(w, 1<<16)
	var failed error
	for rest := template; rest != ""; {
		before, after, found := strings.Cut(rest, "{{")
		_, _ = b.WriteString(before)
		if !found {
			break
		}
		name, after, _ := strings.Cut(after, "}}")
		part := parts[name]
		if part == nil {
			return fault.New(fault.Internal, "the page has no part %q", name)
		}
		if failed = part(b); failed != nil {
			break
		}
		rest = after
	}
	if err := b.Flush(); err != nil { // holds the first error of any write
		return fault.Wrap(fault.Unavailable, err, "writing the page")
	}
	return failed
}

// Style is a part for a style element: a sheet that would end its place is refused.
func Style(css string) (Part, error) {
	if strings.Contains(strings.ToLower(css), "</style") {
		return nil, fault.New(fault.Internal, "the style sheet of the pictures would end its place in the page")
	}
	return Text(css), nil
}

// Script joins sources into the one script of a page.
func Script(sources ...string) string {
	return "(() => {\n\"use strict\";\n" + strings.Join(sources, "") + "})();"
}

// Digest is the source expression that allows exactly this script (CSP Level 3, section 2.3.1).
func Digest(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Inert returns a writer of JSON that is inert inside a script element: "<", ">" and "&" are written as escapes, so that
// no text in it can end the element or begin a comment. In JSON they stand in strings only.
func Inert(b *bufio.Writer) io.Writer { return inert{b} }

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

// Pictures is a part that writes each picture into a script element of a type that no browser runs or
// parses: a page of 300 pictures then opens as fast as a page of one. Well-formed SVG cannot
// hold what would end such an element save in a comment or a character section; a picture that
// does is written as a JSON string, in which it cannot.
func Pictures(pictures iter.Seq2[string, []byte]) Part {
	return func(b *bufio.Writer) error {
		if pictures == nil {
			return nil
		}
		for key, svg := range pictures {
			kind := "image/svg+xml"
			if low := bytes.ToLower(svg); bytes.Contains(low, []byte("</script")) || bytes.Contains(low, []byte("<!--")) || bytes.Contains(low, []byte("<script")) {
				kind = "application/json"
				svg, _ = json.Marshal(string(svg)) // a string can always be encoded
			}
			_, _ = b.WriteString(`<script type="` + kind + `" data-picture="` + html.EscapeString(key) + `">`)
			_, _ = b.Write(svg)
			_, _ = b.WriteString("</script>\n")
		}
		return nil
	}
}
