package evidence

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode writes the snapshot as snapshot.json: one resource a line, so that two
// snapshots can be compared with any tool, and the same bytes for the same snapshot.
func (s *Snapshot) Encode(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	e := jsonWriter{}
	e.raw("{\n")
	for _, f := range []struct{ name, text string }{
		{"format", s.Format},
		{"version", s.Version},
		{"name", s.Name},
		{"collectedAt", s.CollectedAt},
		{"method", s.Method},
		{"keyId", s.KeyID},
		{"root", string(s.Root)},
	} {
		e.raw(`"` + f.name + `": `)
		e.str(f.text)
		e.raw(",\n")
	}
	e.raw(`"scope": [`)
	for i, x := range s.Scope {
		e.comma(i)
		e.str(x)
	}
	e.raw("],\n\"inputs\": [")
	for i := range s.Inputs {
		e.line(i)
		e.input(&s.Inputs[i])
	}
	e.raw("\n],\n\"resources\": [")
	for i := range s.Resources {
		e.line(i)
		e.resource(&s.Resources[i])
		if len(e.buf) > 1<<15 {
			if _, err := b.Write(e.buf); err != nil {
				return err
			}
			e.buf = e.buf[:0]
		}
	}
	e.raw("\n],\n\"notRead\": [")
	for i := range s.NotRead {
		e.line(i)
		e.notRead(&s.NotRead[i])
	}
	e.raw("\n]\n}\n")
	if _, err := b.Write(e.buf); err != nil {
		return err
	}
	return b.Flush()
}

// MarshalJSON writes a resource as it stands in snapshot.json.
func (r Resource) MarshalJSON() ([]byte, error) {
	var e jsonWriter
	e.resource(&r)
	return e.buf, nil
}

// jsonWriter appends JSON. It is written by hand since reflection would cost more than
// everything else that is done with a resource.
type jsonWriter struct{ buf []byte }

func (e *jsonWriter) raw(s string) { e.buf = append(e.buf, s...) }

func (e *jsonWriter) str(s string) {
	e.buf, _ = jsontext.AppendQuote(e.buf, s) // what is not UTF-8 is replaced, and is so before it is sealed
}

func (e *jsonWriter) comma(i int) {
	if i > 0 {
		e.raw(",")
	}
}

func (e *jsonWriter) line(i int) {
	e.comma(i)
	e.raw("\n")
}

// text writes a member unless its value is empty.
func (e *jsonWriter) text(name, value string) {
	if value != "" {
		e.name(name)
		e.str(value)
	}
}

// name writes the name of a member, after a comma unless it is the first.
func (e *jsonWriter) name(name string) {
	if e.buf[len(e.buf)-1] != '{' {
		e.raw(",")
	}
	e.raw(`"` + name + `":`)
}

func (e *jsonWriter) number(name string, n int) {
	e.name(name)
	e.buf = strconv.AppendInt(e.buf, int64(n), 10)
}

func (e *jsonWriter) input(in *InputSummary) {
	e.raw("{")
	e.name("name")
	e.str(in.Name)
	e.name("format")
	e.str(in.Format)
	e.number("resources", in.Resources)
	if in.Expressions > 0 {
		e.number("expressions", in.Expressions)
	}
	if len(in.Unresolved) > 0 {
		e.name("unresolved")
		e.raw("{")
		for _, why := range slices.Sorted(maps.Keys(in.Unresolved)) {
			e.number(string(why), in.Unresolved[why])
		}
		e.raw("}")
	}
	e.raw("}")
}

func (e *jsonWriter) notRead(n *NotRead) {
	e.raw("{")
	e.name("kind")
	e.str(string(n.Kind))
	e.name("input")
	e.str(n.Input)
	if n.Line != 0 {
		e.number("line", n.Line)
	}
	e.text("thing", n.Thing)
	e.name("reason")
	e.str(n.Reason)
	e.text("help", n.Help)
	if n.Count != 0 {
		e.number("count", n.Count)
	}
	e.raw("}")
}

func (e *jsonWriter) resource(r *Resource) {
	e.raw("{")
	e.name("id")
	e.str(r.ID)
	strs(e, "aliases", r.Aliases)
	e.text("form", string(r.Form))
	e.text("provider", r.Provider)
	e.text("type", r.Type)
	e.text("name", r.Name)
	e.text("scope", r.Scope)
	e.text("location", r.Location)
	if len(r.Tags) > 0 {
		e.name("tags")
		e.buf = append(e.buf, tagsJSON(r.Tags)...)
	}
	if r.Data {
		e.name("data")
		e.raw("true")
	}
	e.text("side", string(r.Side))
	e.name("properties")
	e.buf = append(e.buf, r.Props...)
	e.text("salt", r.Salt)
	e.name("commitment")
	e.str(string(r.Commitment))
	e.text("erased", r.Erased)
	strs(e, "redacted", r.Redacted)
	e.origins(r)
	e.places("lines", r.Lines)
	e.places("columns", r.Columns)
	if len(r.Expressions) > 0 {
		e.name("expressions")
		e.raw("[")
		for i, x := range r.Expressions {
			e.comma(i)
			e.raw("{")
			e.name("path")
			e.str(string(x.Path))
			e.text("text", x.Text)
			e.text("unresolved", string(x.Unresolved))
			e.raw("}")
		}
		e.raw("]")
	}
	e.raw("}")
}

func (e *jsonWriter) places(name string, list []int32) {
	if len(list) == 0 {
		return
	}
	e.name(name)
	e.raw("[")
	for i, n := range list {
		e.comma(i)
		e.buf = strconv.AppendInt(e.buf, int64(n), 10)
	}
	e.raw("]")
}

func strs[T ~string](e *jsonWriter, name string, list []T) {
	if len(list) == 0 {
		return
	}
	e.name(name)
	e.raw("[")
	for i, x := range list {
		e.comma(i)
		e.str(string(x))
	}
	e.raw("]")
}

func (e *jsonWriter) origins(r *Resource) {
	e.name("origins")
	e.raw("[")
	for i := range r.Origins {
		o := &r.Origins[i]
		e.comma(i)
		e.raw("{")
		e.name("input")
		e.str(o.Input)
		e.number("line", o.Line)
		e.text("path", o.Path)
		e.text("address", o.Address)
		e.text("root", o.Root)
		e.raw("}")
	}
	e.raw("]")
}
