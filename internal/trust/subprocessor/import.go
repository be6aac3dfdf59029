package subprocessor

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

// maxImport is the most bytes of a list that is imported: that of a form.
const maxImport = 60 << 10

var format = form.Format{Name: "list of subprocessors", Bytes: maxImport, Limits: tree.Limits{Depth: 6, Nodes: 20_000}}

// columns are the fields of an entry that is imported, in YAML and in the first line of CSV.
var columns = []string{"name", "entity", "purpose", "data", "features", "regions", "mechanism", "evidence", "contracted", "reviewer", "hosts", "status", "self_hosted", "verified"}

// Columns are the fields of an entry that is imported.
func Columns() []string { return slices.Clone(columns) }

// Import reads a list: CSV with a first line that names the columns, or else YAML with the key subprocessors. Its error names every problem, up to a limit, and comes without entries.
func Import(data []byte) ([]Entry, error) {
	if len(data) > maxImport {
		return nil, fault.New(fault.Limited, "the list is larger than %d bytes", maxImport)
	}
	var all []Entry
	var err error
	if first, _, _ := bytes.Cut(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))), []byte("\n")); isHead(string(first)) {
		all, err = importCSV(data)
	} else {
		all, err = importYAML(data)
	}
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, invalid("the list has no entry").WithHelp("begin with subprocessors: and an entry under it, or with a line of the names of columns")
	}
	for i := range all {
		if err := all[i].Check(); err != nil {
			said, help := fault.Public(err)
			return nil, fault.New(fault.KindOf(err), "entry %d: %s", i+1, said).WithHelp("%s", help)
		}
	}
	return all, nil
}

// isHead reports whether a line names columns.
func isHead(line string) bool {
	parts := strings.Split(strings.ToLower(line), ",")
	return len(parts) > 1 && slices.ContainsFunc(parts, func(p string) bool { return strings.Trim(strings.TrimSpace(p), `"`) == "name" })
}

func importYAML(data []byte) ([]Entry, error) {
	f, err := form.Open("the list", data, format)
	if err != nil || f.Top == nil {
		return nil, err
	}
	top := f.Fields(f.Top, "the list", "subprocessors")
	all := form.Entries(top, "subprocessors", MaxEntries, func(v *tree.Value, place string) Entry { return entryOf(f, v, place) })
	if err := f.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

func entryOf(f *form.File, v *tree.Value, place string) (e Entry) {
	m := f.Fields(v, place, columns...)
	if !m.OK {
		return e
	}
	words := func(name string) (all []string) {
		for _, x := range m.List(name, maxItems) {
			all = append(all, f.Words(x, name+" of "+place, maxLine))
		}
		return all
	}
	e = Entry{
		Name: m.Required("name", maxLine), Entity: m.Required("entity", maxLine), Purpose: m.Required("purpose", maxLine), Mechanism: m.Text("mechanism", maxLine), Evidence: m.Text("evidence", maxLine),
		Reviewer: m.Text("reviewer", maxLine), Status: Status(m.Required("status", maxLine)), Data: words("data"), Features: words("features"), Regions: words("regions"), Hosts: words("hosts"),
	}
	if x := m.Get("self_hosted"); x != nil {
		e.Own = x.Kind == tree.Bool && x.Text == "true"
		if x.Kind != tree.Bool {
			f.Say(x, "self_hosted of %s is true or false", place)
		}
	}
	var err, err2 error
	e.Contracted, err = day(m.Text("contracted", maxLine))
	e.Verified, err2 = day(m.Text("verified", maxLine))
	if err := errors.Join(err, err2); err != nil {
		f.Say(v, "%s has a date that is none: write it as 2026-11-23", place)
	}
	return e
}

func importCSV(data []byte) ([]Entry, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	head, err := r.Read()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the first line cannot be read")
	}
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, head[i]) || slices.Contains(head[:i], head[i]) {
			return nil, invalid("%.40q is no column, or there twice", head[i]).WithHelp("the columns are %s", strings.Join(columns, ", "))
		}
	}
	var all []Entry
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "the list cannot be read")
		}
		if len(all) == MaxEntries {
			return nil, fault.New(fault.Limited, "the list has more than %d entries", MaxEntries)
		}
		e, err := rowOf(head, row)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
}

func rowOf(head, row []string) (Entry, error) {
	of := map[string]string{}
	for i, name := range head {
		of[name] = strings.TrimSpace(row[i])
	}
	e := Entry{
		Name: of["name"], Entity: of["entity"], Purpose: of["purpose"], Mechanism: of["mechanism"], Evidence: of["evidence"], Reviewer: of["reviewer"], Status: Status(of["status"]),
		Data: Items(of["data"]), Features: Items(of["features"]), Regions: Items(of["regions"]), Hosts: Items(of["hosts"]), Own: of["self_hosted"] == "true" || of["self_hosted"] == "yes",
	}
	var err, err2 error
	e.Contracted, err = day(of["contracted"])
	e.Verified, err2 = day(of["verified"])
	if err != nil || err2 != nil {
		return e, errors.Join(err, err2)
	}
	return e, nil
}

// Items are the parts of a text between semicolons or line ends.
func Items(text string) (all []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
