package terraform

import (
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

const (
	stateHelp = "write it again with `terraform state pull > FILE`, or scan the output of `terraform show -json`"
	showHelp  = "write it again with `terraform show -json` (of a plan: `terraform show -json PLANFILE`)"
)

// refuse turns what the JSON reader says into a fault. Other errors, those of the
// sink among them, are returned as they are, so the type is asked of err itself.
func refuse(err error, help string) error {
	bad, ok := err.(*tree.Error)
	if !ok {
		return err
	}
	kind := fault.Invalid
	if strings.HasPrefix(bad.Msg, "nested more than") || strings.HasPrefix(bad.Msg, "more than") {
		kind = fault.Limited
	}
	return fault.New(kind, "%s", bad.Error()).WithHelp("%s", help)
}

func wrong(line int32, msg string) error { return &tree.Error{Line: int(line), Msg: msg} }

// text reads a string, or null as "".
func text(j *tree.JSON, what string) (string, error) {
	v, err := j.Value()
	if err != nil {
		return "", err
	}
	if v.Kind != tree.String && v.Kind != tree.Null {
		return "", wrong(v.Line, what+" is not a string")
	}
	return v.Text, nil
}

// list reads an array item by item, or null as an empty one.
func list(j *tree.JSON, each func(i int) error) error {
	if j.Kind() == tree.Null {
		return j.Skip()
	}
	return j.Array(each)
}

// object reads an object member by member, or null as an empty one.
func object(j *tree.JSON, each func(name string) error) error {
	if j.Kind() == tree.Null {
		return j.Skip()
	}
	return j.Object(each)
}
