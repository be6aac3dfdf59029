package arm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// run is the reading of one input.
type run struct {
	ctx    context.Context
	in     evidence.Input
	out    evidence.Sink
	budget *lang.Budget
	exprs  map[string]parsed   // by their text
	at     spot                // the expression that is being evaluated
	told   int                 // how many faults of the budget were told
	left   int                 // how many more resources may be made of blocks
	bytes  int64               // how much of other files may still be read
	settle func(string) string // see [target.settler]
	files  []*file             // that were read, the input first
	byPath map[string]*file    // nil of one that could not be read
	notes  []evidence.NotRead
	full   bool                  // something was too large or too much
	empty  bool                  // nothing more can be evaluated
	asked  map[*tree.Member]bool // parameters without a value, which were said to have none
}

// The limits of one input. Azure takes 800 resources in a template; a nested template has its own 800.
const (
	maxUnits = 50_000
	maxSteps = 20_000_000
	maxBytes = 256 << 20
	maxFiles = 200
	maxLinks = 64 << 20 // bytes of linked templates
	maxDeep  = 30       // deployments in deployments; Azure takes fewer
)

type parsed struct {
	*lang.Expr
	err error
}

func (r *run) parse(text string) (*lang.Expr, error) {
	p, ok := r.exprs[text]
	if !ok {
		p.Expr, p.err = lang.Parse(text)
		r.exprs[text] = p
	}
	return p.Expr, p.err
}

// spot is a line of a file.
type spot struct {
	file *file
	line int32
}

// room reports whether n more values may be made.
func (r *run) room(n int) bool {
	if r.budget.Step(n) && r.budget.Room(n*valueBytes) {
		return true
	}
	r.full = true
	r.empty = r.empty || n == 1
	return false
}

// faults tells what the budget has noted since, as being in the expression that is evaluated.
func (r *run) faults() {
	all := r.budget.Faults()
	for ; r.told < len(all); r.told++ {
		r.wrong(r.at.file, r.at.line, all[r.told].Message)
	}
}

// wrong notes what is wrong with the text of the template.
func (r *run) wrong(f *file, line int32, what string) {
	r.note(evidence.NotRead{
		Kind: evidence.ReferenceUnknown, Input: f.name, Line: int(line), Reason: "an expression cannot be evaluated: " + what,
		Help: "correct it, or report it if Azure evaluates it",
	})
}

// missing notes that a parameter of the template has no value.
func (r *run) missing(d *deployment, def *tree.Member) {
	if r.asked[def] {
		return
	}
	r.asked[def] = true
	n := evidence.NotRead{
		Kind: evidence.ReferenceUnknown, Input: d.tmpl.file.name, Line: int(def.Value.Line), Thing: def.Name,
		Reason: "the parameter has no default and was given no value",
		Help:   "name a parameter file of the deployment on the command line beside the template",
	}
	if d.up != nil {
		n.Help = "give it a value where the deployment is declared"
	}
	r.note(n)
}

// maxNotes bounds what is said of one input; more lines help nobody.
const maxNotes = 5000

func (r *run) note(n evidence.NotRead) {
	if len(r.notes) < maxNotes {
		r.notes = append(r.notes, n)
	}
}

// refuse lists a block as not read.
func (r *run) refuse(b *block, reason, help string) {
	if b.fates&refused == 0 {
		r.note(evidence.NotRead{
			Kind: evidence.ResourceNotRead, Input: b.tmpl.file.name, Line: int(b.node.Line), Thing: b.title(), Reason: reason, Help: help,
		})
	}
	b.met(refused)
	b.sweepInside(refused)
}

// report hands on what was noted, each thing once, in the order of the files and lines.
func (r *run) report() {
	fates := fate(0)
	for _, f := range r.files {
		for _, b := range f.blocks {
			b.report(r)
			fates |= b.fates
		}
	}
	if fates&(emitted|skipped) == skipped {
		r.note(evidence.NotRead{
			Kind: evidence.ReferenceUnknown, Input: r.in.Name, Line: 1, Thing: "resources",
			Reason: "the conditions of the template rule all of its resources out, with the values that its parameters have here",
			Help:   "name a parameter file of the deployment on the command line beside the template",
		})
	}
	if r.full {
		r.note(evidence.NotRead{
			Kind: evidence.PropertyWithheld, Input: r.in.Name, Line: 1, Thing: "properties",
			Reason: "the template makes values that are too many or too large to be evaluated; they are marked as not known",
			Help:   "give its loops fewer turns, or scan the deployments in it one by one",
		})
	}
	slices.SortStableFunc(r.notes, func(a, b evidence.NotRead) int {
		return cmp.Or(strings.Compare(a.Input, b.Input), cmp.Compare(a.Line, b.Line), strings.Compare(a.Thing, b.Thing), strings.Compare(a.Reason, b.Reason))
	})
	for _, n := range slices.Compact(r.notes) {
		r.out.NotRead(n)
	}
}

func (b *block) report(r *run) {
	n := evidence.NotRead{
		Kind: evidence.ReferenceUnknown, Input: b.tmpl.file.name, Line: int(b.node.Line), Thing: b.title(), Count: b.unsure,
		Help: "give the parameters that it depends on a value: name a parameter file on the command line",
	}
	if b.cause != "" && b.cause != evidence.UnknownParameter {
		n.Help = "scan the deployed resources as well to see whether it is there"
	}
	if b.unsure > 0 {
		if n.Count == 1 {
			n.Count = 0
		}
		n.Reason = "whether it is deployed is not known: its condition has no value here, and it is taken as deployed"
		r.note(n)
	}
	if b.manyfold {
		n.Count = 0
		n.Reason = "how often it is deployed is not known: the count of its loop has no value here, and one stands for all"
		r.note(n)
	}
	if b.fates == 0 {
		r.refuse(b, "it was not reached, which is a defect of c4arch", "report it")
	}
}

// limit notes of a block that there was too much before it, or too many of it.
func (r *run) limit(b *block) {
	reason := fmt.Sprintf("the loops of the template make more than %d resources, the limit for one template", maxUnits)
	if r.left >= 0 {
		reason = "the template takes more work to evaluate than the limit for one template"
	}
	r.refuse(b, reason, "give the loops fewer turns, or scan the deployments one by one")
}
