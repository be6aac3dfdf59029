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
	"context"
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
