// Package terraform reads what Terraform and OpenTofu say is there: the state file
// (format version 4), and the JSON that "terraform show -json" writes of a state or of a plan; and
// what their code says should be there: a root module with the local modules that it calls (see
// [CodeReader]; package config evaluates it).
//
// The readers of states and plans promise the same: a document is checked whole before the first resource
// is handed on, so that a file that breaks off gives an error and nothing else; documents are
// streamed, one resource instance at a time; outputs, variables, provider-private data and
// configuration are passed over unread; what the document marks sensitive is marked in the draft, and
// never names or identifies anything.
package terraform

import (
	"context"
	"fmt"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// StateReader reads terraform.tfstate, version 4: the format that Terraform writes
// since 0.12 and OpenTofu from its first release (internal/states/statefile/version4.go in both).
type StateReader struct{}

// State returns the reader of state files.
func State() StateReader { return StateReader{} }

// Name returns "terraform-state".
func (StateReader) Name() string { return "terraform-state" }

// Sniff claims states of every version, encrypted ones too, so that the refusal can
// say what to do.
func (StateReader) Sniff(in evidence.Input) bool {
	o := in.Outline
	if o.Format != "json" || o.Root != tree.Object || o.Has("format_version") || o.Has("$schema") || o.Has("apiVersion") {
		return false
	}
	switch {
	case o.Has("encrypted_data"):
		return o.Has("encryption_version") || o.Has("meta") || o.Has("lineage")
	case o.Has("lineage"):
		return o.Has("serial") || o.Has("version") || o.Has("terraform_version")
	case o.Has("terraform_version"):
		return o.Has("version") || o.Has("serial") || o.Has("resources") || o.Has("modules")
	}
	v := o.Keys["version"]
	return len(v) == 1 && v >= "1" && v <= "9" && o.Has("resources")
}

// Read hands on each instance of each resource. Errors are faults with the line and
// what to do, or the sink's own.
func (StateReader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	s := state{ctx: ctx, in: in, out: out}
	if err := s.survey(); err != nil {
		return refuse(err, stateHelp)
	}
	return refuse(s.emit(), stateHelp)
}

type state struct {
	ctx   context.Context
	in    evidence.Input
	out   evidence.Sink
	heads []head
}

// head is what a resource of a state says once for all its instances.
type head struct{ module, mode, kind, name, provider string }

// survey walks over the document without its instances. Members may stand in any
// order (jq -S sorts them), so the heads have to be known before the first instance is read.
func (s *state) survey() error {
	var version, resources bool
	j := tree.NewJSON(s.in.Data, tree.Limits{})
	err := j.Object(func(name string) error {
		switch name {
		case "encrypted_data":
			return fault.New(fault.Invalid, "line %d: OpenTofu has encrypted this state", j.Line()).
				WithHelp("where its key is at hand, scan the output of `tofu show -json`")
		case "version":
			version = true
			return checkVersion(j)
		case "resources":
			resources = true
			return list(j, func(int) error { return s.surveyResource(j) })
		}
		return j.Skip()
	})
	if err == nil {
		err = j.End()
	}
	switch {
	case err != nil:
		return err
	case !version:
		return wrong(1, "this looks like a Terraform state, but it has no version")
	case !resources:
		return wrong(1, "the state has no resources member, not even an empty one")
	}
	return nil
}

func checkVersion(j *tree.JSON) error {
	v, err := j.Value()
	if err != nil {
		return err
	}
	if v.Kind != tree.Number {
		return wrong(v.Line, "the version of the state is not a number")
	}
	switch v.Text {
	case "4":
		return nil
	case "0", "1", "2", "3":
		return fault.New(fault.Invalid, "line %d: the state has version %s, which Terraform 0.11 and older wrote; version 4 is read here",
			v.Line, v.Text).
			WithHelp("run `terraform state pull > FILE` with Terraform 0.13 or newer, which writes version 4, or scan the output of `terraform show -json`")
	}
	return fault.New(fault.Invalid, "line %d: the state has a version other than 4, which is read here", v.Line).
		WithHelp("scan the output of `terraform show -json`, whose format is stable")
}

func (s *state) surveyResource(j *tree.JSON) error {
	var h head
	err := j.Object(func(name string) (err error) {
		switch name {
		case "module":
			h.module, err = text(j, "the module of a resource")
		case "mode":
			h.mode, err = text(j, "the mode of a resource")
		case "type":
			h.kind, err = text(j, "the type of a resource")
		case "name":
			h.name, err = text(j, "the name of a resource")
		case "provider":
			h.provider, err = text(j, "the provider of a resource")
		default:
			err = j.Skip()
		}
		return err
	})
	if err == nil && (h.kind == "" || h.name == "") {
		err = wrong(j.Line(), "the resource that ends here has no type or no name")
	}
	s.heads = append(s.heads, h)
	return err
}

func (s *state) emit() error {
	j := tree.NewJSON(s.in.Data, tree.Limits{})
	return j.Object(func(name string) error {
		if name != "resources" {
			return j.Skip()
		}
		return list(j, func(i int) error {
			return j.Object(func(name string) error {
				if name != "instances" {
					return j.Skip()
				}
				return list(j, func(k int) error {
					if err := s.ctx.Err(); err != nil {
						return err
					}
					v, err := j.Value()
					if err != nil {
						return err
					}
					return s.instance(s.heads[i], &v, fmt.Sprintf("resources[%d].instances[%d]", i, k))
				})
			})
		})
	})
}

// instance hands on one instance, or says why it is none.
func (s *state) instance(h head, v *tree.Value, path string) error {
	if v.Kind != tree.Object {
		return wrong(v.Line, "an instance is not an object")
	}
	index, err := indexOf(v.Get("index_key"))
	if err != nil {
		return err
	}
	it := item{
		module: h.module, mode: h.mode, kind: h.kind, local: h.name + index, provider: shortProvider(h.provider, h.kind),
		address: address(h.module, h.mode, h.kind, h.name+index), side: evidence.Live, line: v.Line, path: path,
	}
	if v.Get("deposed").Str() != "" {
		s.out.NotRead(it.deposed(s.in.Name))
		return nil
	}
	if n, known := it.modeNotRead(s.in.Name); !known {
		s.out.NotRead(n)
		return nil
	}
	if err := it.takeAttributes(v); err != nil {
		return err
	}
	if it.deps, err = addresses(v.Get("dependencies"), v.Get("depends_on")); err != nil {
		return err
	}
	return s.out.Resource(it.draft(s.in.Name))
}

// takeAttributes sets the properties and the sensitive paths from an instance of a state.
func (it *item) takeAttributes(v *tree.Value) error {
	it.props = tree.Value{Kind: tree.Object, Line: v.Line}
	flat := false
	if a := v.Get("attributes"); a != nil && a.Kind != tree.Null {
		it.props = *a
	} else if a := v.Get("attributes_flat"); a != nil && a.Kind != tree.Null {
		// Written for resources of providers with the old plug-in protocol: names such as
		// tags.% and ip.0.address with texts. They are kept as they are.
		it.props, flat = *a, true
	}
	if it.props.Kind != tree.Object {
		return wrong(it.props.Line, "the attributes of an instance are not an object")
	}
	var err error
	it.sensitive, err = marks(&it.props, v.Get("sensitive_attributes"), flat)
	return err
}
