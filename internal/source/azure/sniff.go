package azure

import (
	"bytes"
	"errors"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

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
