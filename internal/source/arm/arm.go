// Package arm reads Azure Resource Manager templates: what code says should be deployed.
//
// It promises that each resource of a template, of the templates that are nested in it and of those linked to beside
// it, becomes a draft for each turn of its loops, with all that the template itself can tell evaluated; that what it cannot
// tell stays as what is left of its expression, with the reason; that every value says on which line and column it
// is written; and that each block of resources is emitted, expanded, ruled out by its condition, or listed as not read. Values
// of parameters come from the parameter file beside the template, if there is one only, or from those that the
// user names. Nothing is fetched: a link that leads out of the scanned directory is listed.
//
// It does not ask Azure anything, so it does not know what only Azure knows: the subscription and the resource group,
// attributes that resources get, built-in policies. It does not check whether Azure would accept a template.
//
// The reference is learn.microsoft.com/azure/azure-resource-manager/templates.
package arm

import (
	"context"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// TemplateReader reads templates.
type TemplateReader struct{}

// Templates returns the reader of templates.
func Templates() TemplateReader { return TemplateReader{} }

// Name returns "arm-template".
func (TemplateReader) Name() string { return "arm-template" }

const help = "correct the template; `az deployment group validate` checks it"

// Read hands on each resource that the template declares. Errors are faults with the line and what to do, or the
// sink's own.
func (TemplateReader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	r, err := start(ctx, in, out)
	if err != nil {
		return err
	}
	return r.read()
}

// start parses the template.
func start(ctx context.Context, in evidence.Input, out evidence.Sink) (*run, error) {
	root, err := parseJSON(in.Data)
	if err == nil && root.Kind != tree.Object {
		err = &tree.Error{Line: 1, Msg: "a template is an object, and this is none"}
	}
	if bad, ok := err.(*tree.Error); ok {
		kind := fault.Invalid
		if strings.HasPrefix(bad.Msg, "nested more than") || strings.HasPrefix(bad.Msg, "more than") {
			kind = fault.Limited
		}
		return nil, fault.New(kind, "%s", bad.Error()).WithHelp("%s", help)
	}
	r := &run{
		ctx: ctx, in: in, out: out, budget: lang.NewBudget(maxSteps, maxBytes), exprs: map[string]parsed{},
		left: maxUnits, bytes: maxLinks, byPath: map[string]*file{}, asked: map[*tree.Member]bool{},
	}
	f := newFile(in.Path, in.Name, &root)
	r.files = append(r.files, f)
	r.byPath[in.Path] = f
	return r, nil
}

// read evaluates the template and hands on what it declares.
func (r *run) read() error {
	t := r.files[0].top
	d := r.deployment(t, nil, fileTarget(t.level, r.in))
	r.settle = d.target.settler()
	d.name, d.location = open("deployment().name"), textOr(r.in.Target.Location, "deployment().location")
	d.given = r.parameterFiles(t)
	if list := t.node.GetFold("resources"); list == nil || list.Kind != tree.Array && list.Kind != tree.Object {
		r.note(evidence.NotRead{
			Kind: evidence.ReferenceUnknown, Input: r.in.Name, Line: int(t.node.Line), Thing: "resources",
			Reason: "the template has no list of resources", Help: help,
		})
	}
	if err := d.emit(); err != nil {
		return err
	}
	r.report()
	return nil
}

// deployment makes one of a template; its expressions mean its own parameters and variables.
func (r *run) deployment(t *template, up *deployment, to target) *deployment {
	d := &deployment{run: r, tmpl: t, up: up, target: to, memos: map[string]*memo{}}
	d.words = d
	return d
}

func orNull(v *tree.Value) *tree.Value {
	if v == nil {
		return &tree.Value{}
	}
	return v
}
