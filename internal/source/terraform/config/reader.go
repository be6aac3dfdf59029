package config

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/terraform/config/function"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// reader is the reading of one root.
type reader struct {
	budget
	Options
	emit func(*Resource) error

	modules map[string]*module // by directory
	used    map[string]bool
	files   int
	bytes   int
	tokens  int

	root      *scope
	scopes    int // instances of modules
	instances int
	crowded   bool // that there are too many has been said
	leaves    int
	importIDs map[string]*importing // by address

	// Of the evaluation at hand:
	scope *scope
	what  about
	kids  []kid
	chain int // how many evaluations wait for it
	// inTemplate: a template file is being evaluated, which cannot use another.
	inTemplate bool

	notes map[noteKey]*Note
	order []*Note
}

type noteKey struct {
	kind         evidence.NotReadKind
	file         string
	line         int
	reason, help string
}

// note says once, with a count, what could not be read at a place.
func (r *reader) note(n Note) {
	k := noteKey{n.Kind, n.File, n.Line, n.Reason, n.Help}
	if old := r.notes[k]; old != nil {
		old.Count = max(old.Count, 1) + max(n.Count, 1)
		return
	}
	if len(r.order) >= maxNotes {
		n = Note{
			Kind: evidence.InputNotUnderstood, File: r.Dir, Reason: "more could not be read than can be listed",
			Help: "see to the others first, then scan again",
		}
		k = noteKey{n.Kind, n.File, n.Line, n.Reason, n.Help}
		if old := r.notes[k]; old != nil {
			old.Count = max(old.Count, 1) + 1
			return
		}
	}
	r.notes[k] = &n
	r.order = append(r.order, &n)
}

// report hands on the notes, by place.
func (r *reader) report() {
	slices.SortStableFunc(r.order, func(a, b *Note) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.Reason, b.Reason))
	})
	for _, n := range r.order {
		if n.Count == 1 {
			n.Count = 0
		}
		r.NotRead(*n)
	}
}

// about is what is being evaluated, for notes.
type about struct {
	in    *text
	line  int32
	thing string
}

// evaluate returns the value of an expression in a scope. What cannot be evaluated is unknown, with its reason.
func (r *reader) evaluate(s *scope, ctx *hcl.EvalContext, e hclsyntax.Expression, what about) (v cty.Value) {
	if isLiteral(e) {
		// It costs nothing, and stands when all has been spent.
		if v, diags := plain(e).Value(nil); !diags.HasErrors() && !wide(v) {
			return v
		}
	}
	if r.chain >= maxChain || r.left <= 0 || r.err != nil {
		r.limited(what)
		return openValue(cty.DynamicPseudoType, &open{text: words(e, what.in), reason: limitReason})
	}
	scope, outer, own, base, template := r.scope, r.what, r.own, len(r.kids), r.inTemplate
	r.scope, r.what, r.own, r.inTemplate = s, what, maxOneWork, false
	r.chain++
	defer func() {
		r.scope, r.what, r.own, r.kids, r.inTemplate = scope, outer, own, r.kids[:base], template
		r.chain--
		if p := recover(); p != nil {
			v = r.recovered(p, e, what)
		}
	}()
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		return r.faulty(e, diags, what)
	}
	n := r.size(v, 0)
	r.left -= n
	if n > maxNodes {
		r.limited(what)
		return openValue(cty.DynamicPseudoType, &open{text: words(e, what.in), reason: limitReason})
	}
	return v
}

// recovered makes a value of an evaluation that was stopped. HCL and cty panic on rare combinations of values; one
// attribute is lost by it, not the program.
func (r *reader) recovered(p any, e hclsyntax.Expression, what about) cty.Value {
	reason := limitReason
	if _, ok := p.(halt); ok {
		r.limited(what)
	} else {
		reason = evidence.UnknownFault
		r.note(Note{
			Kind: evidence.ReferenceUnknown, File: what.in.name, Line: int(what.line), Thing: what.thing,
			Reason: panicked, Help: "it is left as it stands in the code",
		})
	}
	return openValue(cty.DynamicPseudoType, &open{text: words(e, what.in), reason: reason})
}

const panicked = "an expression broke off while it was evaluated"

func (r *reader) limited(what about) {
	r.note(Note{
		Kind: evidence.ReferenceUnknown, File: what.in.name, Line: int(what.line), Thing: what.thing,
		Reason: "an expression takes or makes more than can be evaluated",
		Help:   "it is left as it stands in the code",
	})
}

// faulty makes a value of an expression that cannot be evaluated, and says what is the matter with it. HCL's
// details are not repeated, since they quote values.
func (r *reader) faulty(e hclsyntax.Expression, diags hcl.Diagnostics, what about) cty.Value {
	o := &open{text: words(e, what.in), reason: evidence.UnknownFault}
	if _, ok := plain(e).(*hclsyntax.TemplateExpr); ok {
		o.template = true
	}
	reason, help := "an expression cannot be evaluated", "check it with `terraform validate`"
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		reason += ": " + strings.ToLower(d.Summary)
		if x, ok := d.Extra.(hclsyntax.FunctionCallDiagExtra); ok && x.FunctionCallError() != nil {
			reason = "the function " + x.CalledFunctionName() + " cannot be evaluated"
			if o.reason = function.Reason(x.FunctionCallError()); o.reason != evidence.UnknownFault {
				reason += ": " + x.FunctionCallError().Error()
			}
			if o.reason == evidence.UnknownFile && digests[x.CalledFunctionName()] {
				return openValue(cty.DynamicPseudoType, o)
			}
			if o.reason == evidence.UnknownFile {
				help = "scan the directory that holds the file too"
			}
		}
		if x, ok := d.Extra.(missing); ok {
			o.reason = x.reason
		}
		break
	}
	r.note(Note{
		Kind: evidence.ReferenceUnknown, File: what.in.name, Line: int(what.line), Thing: what.thing, Reason: reason, Help: help,
	})
	return openValue(cty.DynamicPseudoType, o)
}

// digests are the functions of files whose value tells Terraform that a file has changed. The file is often one that is built before Terraform
// runs, and nobody need be told that it does not lie beside the code: the expression says so.
var digests = map[string]bool{
	"filemd5": true, "filesha1": true, "filesha256": true, "filesha512": true, "filebase64sha256": true, "filebase64sha512": true,
}

// missing is the Extra of a diagnostic about what is not declared.
type missing struct{ reason evidence.Unknown }

func fail(summary string, at hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: summary, Subject: &at, Extra: missing{evidence.UnknownFault},
	}}
}

// cell is a named value, evaluated when it is first asked for.
type cell struct {
	state byte // 0 not yet, 1 being evaluated, 2 done
	val   cty.Value
}

// get returns the value; circle is what stands for it when its own evaluation asks for it.
func (c *cell) get(circle func() cty.Value, compute func() cty.Value) cty.Value {
	switch c.state {
	case 0:
		c.state = 1
		c.val = compute()
		c.state = 2
	case 1:
		return circle()
	}
	return c.val
}

// circular is the value of what refers to itself.
func (r *reader) circular(text string, what about) cty.Value {
	r.note(Note{
		Kind: evidence.ReferenceUnknown, File: what.in.name, Line: int(what.line), Thing: what.thing,
		Reason: "its value depends on itself", Help: "take one of the references out of the circle",
	})
	return openValue(cty.DynamicPseudoType, &open{text: text, reason: evidence.UnknownFault})
}

// stat reports whether a directory is there.
func (r *reader) isDir(p string) bool {
	info, err := fs.Stat(r.FS, p)
	return err == nil && info.IsDir()
}
