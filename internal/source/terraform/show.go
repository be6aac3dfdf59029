package terraform

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// ShowReader reads the output of "terraform show -json" and "tofu show -json", of a
// state or of a plan (developer.hashicorp.com/terraform/internals/json-format, major versions 0 and 1). Of
// a plan, what is there before is the live side and what would be there after is the planned
// side; a value that is known only after the apply is not invented: it is an open expression at
// its place (see [evidence.Left]). What a plan would replace keeps the identity that it has.
type ShowReader struct{}

// Show returns the reader of "terraform show -json".
func Show() ShowReader { return ShowReader{} }

// Name returns "terraform-show".
func (ShowReader) Name() string { return "terraform-show" }

// Sniff claims documents with a format_version and members that only "show" writes. An
// empty state is shown as a format_version alone.
func (ShowReader) Sniff(in evidence.Input) bool {
	o := in.Outline
	if o.Format != "json" || o.Root != tree.Object || !o.Has("format_version") {
		return false
	}
	for _, k := range []string{"values", "planned_values", "prior_state", "resource_changes"} {
		if o.Has(k) {
			return true
		}
	}
	// The schemas of providers, the answer of "validate" and the like have a format_version too.
	return len(o.Keys) == 1 || o.Has("terraform_version")
}

// Read hands on each resource of each side. Errors are faults with the line and what
// to do, or the sink's own.
func (ShowReader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	s := shown{ctx: ctx, in: in, out: out, changes: map[string]change{}}
	if err := s.survey(); err != nil {
		return refuse(err, showHelp)
	}
	return refuse(s.emit(), showHelp)
}

type shown struct {
	ctx     context.Context
	in      evidence.Input
	out     evidence.Sink
	changes map[string]change // by address
	broken  int32             // the line on which the plan says that it is incomplete
}

// change is what a plan's resource_changes tell about one resource.
type change struct {
	before, after []tree.Path // sensitive
	unknown       []tree.Path // values known only after the apply
	id, arn       string      // of what is there before
}

// survey checks the whole document and learns the changes, which a plan lists after
// the values that they are about.
func (s *shown) survey() error {
	version := false
	j := tree.NewJSON(s.in.Data, tree.Limits{})
	err := j.Object(func(name string) error {
		switch name {
		case "format_version":
			version = true
			return checkFormat(j)
		case "resource_changes":
			return list(j, func(int) error { return s.change(j) })
		case "errored", "complete":
			v, err := j.Value()
			if v.Kind == tree.Bool && v.True() == (name == "errored") {
				s.broken = v.Line
			}
			return err
		}
		return j.Skip()
	})
	if err == nil {
		err = j.End()
	}
	if err == nil && !version {
		err = wrong(1, "this looks like the output of terraform show, but it has no format_version")
	}
	return err
}

func checkFormat(j *tree.JSON) error {
	v, err := j.Value()
	if err != nil {
		return err
	}
	major, _, _ := strings.Cut(v.Str(), ".")
	if major != "0" && major != "1" {
		return fault.New(fault.Invalid, "line %d: the format_version is not one of 0.x and 1.x, which are read here", v.Line).
			WithHelp("a newer release of c4arch may read it; a Terraform 1 release writes 1.x")
	}
	return nil
}

func (s *shown) change(j *tree.JSON) error {
	var addr, deposed string
	var c change
	err := j.Object(func(name string) (err error) {
		switch name {
		case "address":
			addr, err = text(j, "the address of a change")
		case "deposed":
			deposed, err = text(j, "the deposed key of a change")
		case "change":
			err = object(j, func(name string) error {
				switch name {
				case "before", "before_sensitive", "after_sensitive", "after_unknown":
				default:
					return j.Skip()
				}
				v, err := j.Value()
				if err != nil {
					return err
				}
				c.learn(name, &v)
				return nil
			})
		default:
			err = j.Skip()
		}
		return err
	})
	if err != nil || deposed != "" {
		return err
	}
	// An address stands here once; were it there twice, no mark may be lost.
	old := s.changes[addr]
	c.before, c.after, c.unknown = append(old.before, c.before...), append(old.after, c.after...), append(old.unknown, c.unknown...)
	s.changes[addr] = c
	return nil
}

// learn takes in one member of a change.
func (c *change) learn(name string, v *tree.Value) {
	switch name {
	case "before":
		c.id, c.arn = v.Get("id").Str(), v.Get("arn").Str()
	case "before_sensitive":
		c.before = mirror(v)
	case "after_sensitive":
		c.after = mirror(v)
	case "after_unknown":
		c.unknown = mirror(v)
	}
}

func (s *shown) emit() error {
	if s.broken > 0 {
		s.out.NotRead(evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: s.in.Name, Line: int(s.broken),
			Reason: "the plan says that it is incomplete: planning ended early or put changes off",
			Help:   "what it shows was read; plan again until it completes, and scan that",
		})
	}
	j := tree.NewJSON(s.in.Data, tree.Limits{})
	return j.Object(func(name string) error {
		switch name {
		case "values":
			return s.values(j, "values", evidence.Live)
		case "planned_values":
			return s.values(j, "planned_values", evidence.Planned)
		case "prior_state":
			return object(j, func(name string) error {
				if name != "values" {
					return j.Skip()
				}
				return s.values(j, "prior_state.values", evidence.Live)
			})
		}
		return j.Skip()
	})
}

func (s *shown) values(j *tree.JSON, path string, side evidence.Side) error {
	return object(j, func(name string) error {
		if name != "root_module" {
			return j.Skip() // outputs: they are no resources, and may be secret
		}
		return s.module(j, path+".root_module", side)
	})
}

func (s *shown) module(j *tree.JSON, path string, side evidence.Side) error {
	return object(j, func(name string) error {
		switch name {
		case "resources":
			return list(j, func(i int) error {
				if err := s.ctx.Err(); err != nil {
					return err
				}
				v, err := j.Value()
				if err != nil {
					return err
				}
				return s.resource(&v, fmt.Sprintf("%s.resources[%d]", path, i), side)
			})
		case "child_modules":
			return list(j, func(i int) error {
				return s.module(j, fmt.Sprintf("%s.child_modules[%d]", path, i), side)
			})
		}
		return j.Skip()
	})
}

func (s *shown) resource(v *tree.Value, path string, side evidence.Side) error {
	it, err := itemOf(v)
	if err != nil {
		return err
	}
	it.path, it.side = path, side
	if v.Get("deposed_key").Str() != "" {
		s.out.NotRead(it.deposed(s.in.Name))
		return nil
	}
	if n, known := it.modeNotRead(s.in.Name); !known {
		s.out.NotRead(n)
		return nil
	}
	it.sensitive = mirror(v.Get("sensitive_values"))
	c := s.changes[it.address]
	if side == evidence.Live {
		it.sensitive = append(it.sensitive, c.before...)
	} else {
		it.sensitive = append(it.sensitive, c.after...)
	}
	if it.deps, err = addresses(v.Get("depends_on")); err != nil {
		return err
	}
	if side != evidence.Planned {
		return s.out.Resource(it.draft(s.in.Name))
	}
	if !secretAt(c.before, "id") && !secretAt(c.before, "arn") {
		it.was = known{id: c.id, arn: c.arn}
	}
	it.will = it.was.id == ""
	d := it.draft(s.in.Name)
	open(&d, c.unknown)
	return s.out.Resource(d)
}

func secretAt(paths []tree.Path, name string) bool {
	return slices.Contains(paths, tree.Path("").Key(name)) || slices.Contains(paths, "")
}

// afterApply stands where a value is known only after the apply.
const afterApply = "known after apply"

// open puts an open expression at each place whose value is known only after the apply.
func open(d *evidence.Draft, unknown []tree.Path) {
	for _, p := range unknown {
		if p == "" || !put(&d.Props, p, evidence.Left(afterApply)) {
			continue
		}
		d.Expressions = append(d.Expressions, evidence.Expression{Path: p, Text: afterApply, Unresolved: evidence.UnknownRuntime})
	}
}

// put sets the text at a path, unless something stands there already or what it lies in is not there.
func put(v *tree.Value, p tree.Path, text string) bool {
	steps := slices.Collect(p.Steps())
	for i, step := range steps {
		last := i == len(steps)-1
		switch {
		case step.IsIndex:
			if v.Kind != tree.Array || step.Index >= len(v.Items) {
				return false
			}
			v = &v.Items[step.Index]
		case v.Kind != tree.Object:
			return false
		case v.Get(step.Key) != nil:
			v = v.Get(step.Key)
		case last:
			v.Set(step.Key, tree.Value{Kind: tree.String, Text: text, Line: v.Line})
			return true
		default:
			return false
		}
		if last {
			if v.Kind != tree.Null {
				return false
			}
			*v = tree.Value{Kind: tree.String, Text: text, Line: v.Line}
		}
	}
	return true
}

// itemOf reads one resource of a module.
func itemOf(v *tree.Value) (item, error) {
	it := item{line: v.Line}
	if v.Kind != tree.Object {
		return it, wrong(v.Line, "a resource is not an object")
	}
	for _, f := range []struct {
		name string
		to   *string
	}{{"address", &it.address}, {"mode", &it.mode}, {"type", &it.kind}, {"name", &it.local}} {
		m := v.Get(f.name)
		if m.Str() == "" {
			return it, wrong(v.Line, "a resource has no "+f.name+", or it is not a string")
		}
		*f.to = m.Text
	}
	index, err := indexOf(v.Get("index"))
	if err != nil {
		return it, err
	}
	own := address("", it.mode, it.kind, it.local)
	if i := strings.LastIndex(it.address, "."+own); i >= 0 {
		it.module = it.address[:i]
	}
	it.local += index
	it.provider = shortProvider(v.Get("provider_name").Str(), it.kind)
	it.props = tree.Value{Kind: tree.Object, Line: v.Line}
	if p := v.Get("values"); p != nil && p.Kind != tree.Null {
		it.props = *p
	}
	if it.props.Kind != tree.Object {
		return it, wrong(it.props.Line, "the values of a resource are not an object")
	}
	return it, nil
}
