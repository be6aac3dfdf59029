package baseline

import (
	"bufio"
	"cmp"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Encode writes the baseline as c4arch.baseline.json: the same bytes for the same baseline, and one finding and one resource a
// line, so that a commit shows what was approved anew.
func (b *Baseline) Encode(w io.Writer) error {
	if b.Snapshot == nil {
		return fault.New(fault.Invalid, "the baseline has no snapshot")
	}
	out := bufio.NewWriterSize(w, 1<<16)
	e := writer{out}
	e.raw("{\n")
	e.member("format", Format)
	e.member("version", Version)
	e.member("id", b.ID)
	e.approval(&b.Approval)
	if b.Seal != "" {
		e.member("seal", b.Seal)
	}
	if b.Approval.Overlay != "" {
		text, err := tree.Decode(b.OverlayText)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "the baseline's overlay cannot be written")
		}
		e.raw(`"overlay": {`)
		e.raw(`"name": `)
		e.str(b.OverlayName)
		e.raw(`, "text": `)
		e.str(string(text))
		e.raw("},\n")
	}
	e.seen(b.Seen)
	e.raw(`"snapshot": `)
	if err := b.Snapshot.Encode(out); err != nil {
		return err
	}
	e.raw("}\n")
	return out.Flush()
}

type writer struct{ w *bufio.Writer } // keeps the first error until Flush

func (e writer) raw(s string) { _, _ = e.w.WriteString(s) }

func (e writer) str(s string) {
	quoted, _ := jsontext.AppendQuote(nil, s) // what is not UTF-8 is replaced; Check refuses it
	_, _ = e.w.Write(quoted)
}

func (e writer) member(name, text string) {
	e.raw(`"` + name + `": `)
	e.str(text)
	e.raw(",\n")
}

func (e writer) approval(a *Approval) {
	e.raw(`"approval": {`)
	v := a.value()
	for i := range v.Members {
		m := &v.Members[i]
		if i > 0 {
			e.raw(",")
		}
		e.raw("\n  \"" + m.Name + `": `)
		if m.Value.Kind == tree.Bool {
			e.raw(m.Value.Text)
		} else {
			e.str(m.Value.Text)
		}
	}
	e.raw("\n},\n")
}

func (e writer) seen(list []Seen) {
	e.raw(`"seen": [`)
	for i, s := range sortedSeen(list) {
		if i > 0 {
			e.raw(",")
		}
		e.raw("\n  {\"finding\": ")
		e.str(s.Finding)
		e.raw(`, "first": `)
		e.str(s.First)
		e.raw(`, "last": `)
		e.str(s.Last)
		e.raw("}")
	}
	e.raw("\n],\n")
}

func sortedSeen(list []Seen) []Seen {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
	})
	return slices.CompactFunc(list, func(a, b Seen) bool { return a.Finding == b.Finding })
}
