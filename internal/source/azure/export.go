// Package azure reads what Azure's own tools export: answers of Azure Resource Graph
// in both result formats, the output of "az graph query" and "az resource list", and the list and
// GET answers of Azure Resource Manager.
//
// Each row with an id becomes one resource, whole as it stands. What an answer cannot
// hold is said and never taken for absent: rows without an id, pages that are not in the file, answers
// without properties, and what Azure is known to withhold. The package calls nothing; ARM
// templates, which describe and do not report, are not read here.
package azure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// ExportReader reads exports of Azure.
type ExportReader struct{}

// Export returns the reader of Azure's exports.
func Export() ExportReader { return ExportReader{} }

// Name returns "azure".
func (ExportReader) Name() string { return "azure" }

// Sniff claims a root array or a "value" list whose first row has an ARM id, a single
// object with an ARM id, and what carries the marks of a Resource Graph answer.
func (ExportReader) Sniff(in evidence.Input) bool {
	o := in.Outline
	if o.Format != "json" || o.Has("$schema") {
		return false
	}
	if evidence.IsARM(rootID(in)) {
		return true
	}
	if o.Has("apiVersion") {
		return false
	}
	if o.Root == tree.Array {
		return azureType(member(o, "type")) && (has(o, "name") || has(o, "resourceGroup"))
	}
	if !has(o, "data") && !has(o, "value") {
		return false
	}
	return sniffList(in, graphMarks(o))
}

// graphMarks reports whether the root has members by which an answer of Resource
// Graph or of "az graph query" is told from other lists called data.
func graphMarks(o tree.Outline) bool {
	if !has(o, "data") {
		return false
	}
	return has(o, "resultTruncated") || has(o, "$skipToken") || has(o, "skip_token") || has(o, "facets") ||
		has(o, "count") && (has(o, "totalRecords") || has(o, "total_records"))
}

func sniffList(in evidence.Input, marks bool) bool {
	row, state := firstRow(in.Data)
	switch state {
	case listEmpty:
		return marks || only(in.Outline, "value", "nextLink", "count")
	case listCut:
		return marks || bytes.Contains(in.Data[:min(len(in.Data), 1<<16)], []byte(`"/subscriptions/`))
	case listTable:
		return true
	case listRow:
		return evidence.IsARM(row.GetFold("id").Str()) || marks || azureType(row.GetFold("type").Str())
	}
	return false
}

// What firstRow found.
const (
	listNone  = iota // no list
	listEmpty        // a list without rows
	listCut          // the text is broken within the first row
	listRow          // a row
	listTable        // Resource Graph's table form
)

var errFound = errors.New("found")

// firstRow reads no further than the first row of the root's list.
func firstRow(data []byte) (row tree.Value, state int) {
	j := tree.NewJSON(data, tree.Limits{})
	err := j.Object(func(name string) error {
		if !strings.EqualFold(name, "data") && !strings.EqualFold(name, "value") {
			return j.Skip()
		}
		switch j.Kind() {
		case tree.Array:
			state = listEmpty
			return j.Array(func(int) (err error) {
				state = listCut
				if row, err = j.Value(); err == nil {
					state, err = listRow, errFound
				}
				return err
			})
		case tree.Object:
			return j.Object(func(name string) error {
				if strings.EqualFold(name, "columns") || strings.EqualFold(name, "rows") {
					state = listTable
					return errFound
				}
				return j.Skip()
			})
		}
		return j.Skip()
	})
	if err != nil && state == listEmpty {
		state = listCut
	}
	return row, state
}

// rootID returns the id of the root object, or of the first in a root array. An outline
// leaves long texts out, and ids may be long.
func rootID(in evidence.Input) string {
	id := member(in.Outline, "id")
	if id != "" || !has(in.Outline, "id") {
		return id
	}
	j := tree.NewJSON(in.Data, tree.Limits{})
	find := func() error {
		return j.Object(func(name string) error {
			if !strings.EqualFold(name, "id") {
				return j.Skip()
			}
			v, err := j.Value()
			if id = v.Str(); err == nil {
				err = errFound
			}
			return err
		})
	}
	if j.Kind() == tree.Array {
		_ = j.Array(func(int) error { return find() })
	} else {
		_ = find()
	}
	return id
}

func has(o tree.Outline, key string) bool {
	if o.Has(key) {
		return true
	}
	for k := range o.Keys {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}

// only reports whether the root has no members but these.
func only(o tree.Outline, keys ...string) bool {
	n := 0
	for _, k := range keys {
		if o.Has(k) {
			n++
		}
	}
	return n == len(o.Keys)
}

func member(o tree.Outline, key string) string {
	if s, ok := o.Keys[key]; ok {
		return s
	}
	found := ""
	for k, s := range o.Keys {
		if strings.EqualFold(k, key) && s > found {
			found = s
		}
	}
	return found
}

// azureType reports whether s has the shape of a resource type of Microsoft's.
func azureType(s string) bool {
	return len(s) > 10 && strings.EqualFold(s[:10], "microsoft.") && strings.Contains(s, "/")
}

const help = "export it again, for instance with `az graph query -q \"resources\" -o json > FILE`"

// Read hands on each row as a resource. Errors are faults with the line and what to
// do, or the sink's own.
func (ExportReader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	r := &run{ctx: ctx, in: in, out: out}
	if err := r.document(); err != nil {
		if bad, ok := err.(*tree.Error); ok { // not the sink's, whatever that wraps
			kind := fault.Invalid
			if strings.HasPrefix(bad.Msg, "nested more than") || strings.HasPrefix(bad.Msg, "more than") {
				kind = fault.Limited
			}
			return fault.New(kind, "%s", bad.Error()).WithHelp("%s", help)
		}
		return err
	}
	r.report()
	return nil
}

// run is the reading of one input.
type run struct {
	ctx context.Context
	in  evidence.Input
	out evidence.Sink
	notes
}

func (r *run) document() error {
	j := tree.NewJSON(r.in.Data, tree.Limits{})
	var err error
	switch {
	case r.in.Outline.Root == tree.Array:
		err = r.rows(j, "")
	case evidence.IsARM(rootID(r.in)):
		var v tree.Value
		if v, err = j.Value(); err == nil {
			err = r.row(&v, "")
		}
	default:
		found := false
		err = j.Object(func(name string) error {
			switch n := strings.ToLower(name); n {
			case "data", "value":
				found = true
				return r.list(j, name)
			case "totalrecords", "total_records", "resulttruncated", "$skiptoken", "skip_token", "skiptoken", "nextlink":
				v, err := j.Value()
				r.page(n, &v)
				return err
			}
			return j.Skip()
		})
		if err == nil && !found {
			err = &tree.Error{Line: 1, Msg: "there is neither a list of resources (data or value) nor the id of one"}
		}
	}
	if err != nil {
		return err
	}
	return j.End()
}

// list reads the rows under data or value.
func (r *run) list(j *tree.JSON, name string) error {
	switch j.Kind() {
	case tree.Null:
		return j.Skip()
	case tree.Object:
		return r.table(j, name)
	}
	return r.rows(j, name)
}

func (r *run) rows(j *tree.JSON, name string) error {
	return j.Array(func(i int) error {
		v, err := j.Value()
		if err != nil {
			return err
		}
		return r.row(&v, name+"["+strconv.Itoa(i)+"]")
	})
}

// table reads {"columns":[{"name":…}],"rows":[[…]]}. Rows that stand before the
// columns wait for them.
func (r *run) table(j *tree.JSON, name string) error {
	var columns []string
	var known bool
	var early []tree.Value
	err := j.Object(func(part string) error {
		switch strings.ToLower(part) {
		case "columns":
			v, err := j.Value()
			if err != nil {
				return err
			}
			columns, err = columnNames(&v)
			known = true
			return err
		case "rows":
			return j.Array(func(i int) error {
				v, err := j.Value()
				if err != nil {
					return err
				}
				if !known {
					early = append(early, v)
					return nil
				}
				return r.tableRow(columns, &v, fmt.Sprintf("%s.rows[%d]", name, i))
			})
		}
		return j.Skip()
	})
	if err != nil {
		return err
	}
	if !known {
		return &tree.Error{Line: int(j.Line()), Msg: "the table that ends here has no columns"}
	}
	for i := range early {
		if err := r.tableRow(columns, &early[i], fmt.Sprintf("%s.rows[%d]", name, i)); err != nil {
			return err
		}
	}
	return nil
}

func columnNames(v *tree.Value) ([]string, error) {
	if v.Kind != tree.Array {
		return nil, &tree.Error{Line: int(v.Line), Msg: "the columns of the table are not an array"}
	}
	names := make([]string, 0, len(v.Items))
	seen := map[string]bool{}
	for i := range v.Items {
		n := v.Items[i].GetFold("name")
		if n.Str() == "" {
			return nil, &tree.Error{Line: int(v.Items[i].Line), Msg: "a column of the table has no name"}
		}
		if seen[n.Text] {
			return nil, &tree.Error{Line: int(n.Line), Msg: "two columns of the table have the same name"}
		}
		seen[n.Text] = true
		names = append(names, n.Text)
	}
	return names, nil
}

// tableRow turns the cells of a row into the object that the other form would have.
func (r *run) tableRow(columns []string, v *tree.Value, path string) error {
	if v.Kind != tree.Array || len(v.Items) != len(columns) {
		return &tree.Error{Line: int(v.Line), Msg: fmt.Sprintf("a row of the table has not the %d values of its columns", len(columns))}
	}
	row := tree.Value{Kind: tree.Object, Line: v.Line, Members: make([]tree.Member, len(columns))}
	for i, c := range columns {
		row.Members[i] = tree.Member{Name: c, Value: v.Items[i]}
	}
	return r.row(&row, path)
}
