package document

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// options: omitempty leaves out false and 0 too, as in encoding/json; a nil slice is [], a nil map {}; the names of maps are
// sorted.
var options = json.JoinOptions(
	jsonv1.OmitEmptyWithLegacySemantics(true),
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true), // written as U+FFFD: a file with an odd name in it is better than none
)

// Writer writes one file. An error is kept, and what follows it is not written.
type Writer struct {
	w    *bufio.Writer
	buf  []byte
	more bool // a member of this object stands before
	err  error
}

// Write writes a file whose members are written by a function.
func Write(to io.Writer, members func(w *Writer)) error {
	w := &Writer{w: bufio.NewWriterSize(to, 1<<16)}
	w.Object(func() { members(w) })
	w.Text("\n")
	if w.err != nil {
		return w.err
	}
	return w.w.Flush()
}

// Object writes an object with each of its members on a line.
func (w *Writer) Object(members func()) {
	w.Text("{\n")
	w.more = false
	members()
	w.more = true
	w.Text("\n}")
}

// Member writes a name and its value.
func (w *Writer) Member(name string, v any) {
	w.Name(name)
	w.Value(v)
}

// Name writes the name of a member, whose value comes next.
func (w *Writer) Name(name string) {
	if w.more {
		w.Text(",\n")
	}
	w.more = true
	w.Text(`"` + name + `": `)
}

// List writes a member with one item on a line.
func List[T any](w *Writer, name string, items []T) {
	w.Name(name)
	Lines(w, items, func(x *T) { w.Value(x) })
}

// Lines writes an array, each item on a line of its own as a function writes it. Items are passed by pointer, since they are
// large.
func Lines[T any](w *Writer, items []T, write func(x *T)) {
	w.Text("[")
	for i := range items {
		if i > 0 {
			w.Text(",")
		}
		w.Text("\n")
		write(&items[i])
	}
	if len(items) > 0 {
		w.Text("\n")
	}
	w.Text("]")
}

// Value writes a value as JSON on one line.
func (w *Writer) Value(v any) {
	if w.err != nil {
		return
	}
	out := appender{w.buf[:0]} // used again: the whole text never stands in memory
	if w.err = json.MarshalWrite(&out, v, options); w.err == nil {
		w.buf = out.b
		_, w.err = w.w.Write(escaped(out.b))
	}
}

// escaped writes what would make a terminal lie, C1 controls and the marks that turn the direction of text (Unicode
// Technical Report 36, section 2.9), as escapes. In JSON they stand in strings only.
func escaped(text []byte) []byte {
	lies := func(r rune) bool { return r >= 0x7f && r <= 0x9f || unicode.Is(unicode.Bidi_Control, r) }
	if !bytes.ContainsFunc(text, lies) {
		return text
	}
	var out []byte
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if lies(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, text[:n]...)
		}
		text = text[n:]
	}
	return out
}

// Text writes JSON as it is.
func (w *Writer) Text(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}
