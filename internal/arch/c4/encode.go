package c4

import (
	"bufio"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Format is the format member of model.json.
const Format = "c4arch-model"

// Encode writes m as model.json, in the order in which m has it: call [Model.Sort] first for
// bytes that depend on content alone. One element, relationship, reference, node or line stands on
// each line, so that two models can be compared with diff. Nothing of m is changed.
func Encode(w io.Writer, m *Model) error {
	e := &encoder{w: bufio.NewWriterSize(w, 1<<16)}
	e.text("{\n")
	e.member("format", m.Format)
	e.member("version", m.Version)
	e.member("name", m.Name)
	e.member("collectedAt", m.CollectedAt)
	e.member("snapshot", m.Snapshot)
	e.member("scope", m.Scope)
	list(e, "inputs", m.Inputs, ",")
	list(e, "elements", m.Elements, ",")
	list(e, "relationships", m.Relationships, ",")
	list(e, "instances", m.Instances, ",")
	e.views(m.Views)
	e.account(&m.Account)
	list(e, "notRead", m.NotRead, ",")
	if len(m.Notes) > 0 {
		e.member("notes", m.Notes)
	}
	if m.Code != nil {
		e.member("code", m.Code)
	}
	list(e, "rules", m.Rules, "")
	e.text("}\n")
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

// options: omitempty leaves out false and 0 too, as in encoding/json; a nil slice is [];
// tags of maps are sorted.
var options = json.JoinOptions(
	jsonv1.OmitEmptyWithLegacySemantics(true),
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true), // written as U+FFFD: a model with an odd name is better than none
)

type encoder struct {
	w   *bufio.Writer
	buf []byte
	err error
}

func (e *encoder) text(s string) {
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
}

func (e *encoder) value(v any) {
	if e.err != nil {
		return
	}
	// A buffer that is used again: the whole text never stands in memory.
	out := appender{e.buf[:0]}
	if e.err = json.MarshalWrite(&out, v, options); e.err == nil {
		e.buf = out.b
		_, e.err = e.w.Write(out.b)
	}
}

type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

func (e *encoder) member(name string, v any) {
	e.text(`"` + name + `": `)
	e.value(v)
	e.text(",\n")
}

// list writes a member with one item a line; items are passed by pointer, since they are large.
func list[T any](e *encoder, name string, items []T, end string) {
	e.text(`"` + name + `": [`)
	for i := range items {
		e.text(lineStart(i))
		e.value(&items[i])
	}
	e.text(listEnd(len(items)) + end + "\n")
}

func lineStart(i int) string {
	if i == 0 {
		return "\n"
	}
	return ",\n"
}

func listEnd(n int) string {
	if n == 0 {
		return "]"
	}
	return "\n]"
}

func (e *encoder) views(views []View) {
	e.text(`"views": [`)
	for i := range views {
		v := &views[i]
		e.text(lineStart(i) + "{\n")
		e.member("key", v.Key)
		e.member("kind", v.Kind)
		e.member("title", v.Title)
		if v.Description != "" {
			e.member("description", v.Description)
		}
		if v.Subject != "" {
			e.member("subject", v.Subject)
		}
		e.member("elements", v.Elements)
		e.member("relationships", v.Relationships)
		list(e, "nodes", v.Nodes, ",")
		list(e, "lines", v.Lines, "")
		e.text("}")
	}
	e.text(listEnd(len(views)) + ",\n")
}

func (e *encoder) account(a *Account) {
	e.text(`"account": {` + "\n")
	e.member("found", a.Found)
	e.member("shown", a.Shown)
	e.member("nested", a.Nested)
	e.member("hidden", a.Hidden)
	e.member("unresolved", a.Unresolved)
	e.member("ambiguous", a.Ambiguous)
	e.member("counted", a.Counted)
	e.member("uncounted", a.Uncounted)
	list(e, "byRule", a.ByRule, ",")
	list(e, "references", a.References, "")
	e.text("},\n")
}
