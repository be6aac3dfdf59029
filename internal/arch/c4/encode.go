package c4

import (
	"io"

	"c4arch/internal/base/document"
)

// Format is the format member of model.json.
const Format = "c4arch-model"

// Encode writes m as model.json, in the order in which m has it: call [Model.Sort] first for
// bytes that depend on content alone. One element, relationship, reference, node or line stands on
// each line, so that two models can be compared with diff. Nothing of m is changed.
func Encode(to io.Writer, m *Model) error {
	return document.Write(to, func(w *document.Writer) {
		w.Member("format", m.Format)
		w.Member("version", m.Version)
		w.Member("name", m.Name)
		w.Member("collectedAt", m.CollectedAt)
		w.Member("snapshot", m.Snapshot)
		w.Member("scope", m.Scope)
		document.List(w, "inputs", m.Inputs)
		document.List(w, "elements", m.Elements)
		document.List(w, "relationships", m.Relationships)
		document.List(w, "instances", m.Instances)
		w.Name("views")
		document.Lines(w, m.Views, func(v *View) { v.encode(w) })
		w.Name("account")
		m.Account.encode(w)
		document.List(w, "notRead", m.NotRead)
		if len(m.Notes) > 0 {
			w.Member("notes", m.Notes)
		}
		if m.Code != nil {
			w.Member("code", m.Code)
		}
		document.List(w, "rules", m.Rules)
	})
}

func (v *View) encode(w *document.Writer) {
	w.Object(func() {
		w.Member("key", v.Key)
		w.Member("kind", v.Kind)
		w.Member("title", v.Title)
		if v.Description != "" {
			w.Member("description", v.Description)
		}
		if v.Subject != "" {
			w.Member("subject", v.Subject)
		}
		w.Member("elements", v.Elements)
		w.Member("relationships", v.Relationships)
		document.List(w, "nodes", v.Nodes)
		document.List(w, "lines", v.Lines)
	})
}

func (a *Account) encode(w *document.Writer) {
	w.Object(func() {
		w.Member("found", a.Found)
		w.Member("shown", a.Shown)
		w.Member("nested", a.Nested)
		w.Member("hidden", a.Hidden)
		w.Member("unresolved", a.Unresolved)
		w.Member("ambiguous", a.Ambiguous)
		w.Member("counted", a.Counted)
		w.Member("uncounted", a.Uncounted)
		document.List(w, "byRule", a.ByRule)
		document.List(w, "references", a.References)
	})
}
