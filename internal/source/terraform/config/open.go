package config

import (
	"math/big"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/terraform/config/function"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// open marks an unknown value with what is left of its expression and why. Every unknown value that leaves a traced
// expression has exactly one such mark, so that its origin goes with it through locals, variables, modules, functions
// and collections, while HCL's rules for unknown values stay as they are.
type open struct {
	// text is what is left, in the words of the language: var.name, upper(var.name), <id>#fqdn; or, of a template, the
	// text with ${…} around each open part.
	text     string
	template bool
	// loose: an operator joins the parts of text, so that it needs parentheses within another expression.
	loose  bool
	reason evidence.Unknown
	// of is the block whose attributes can be followed further; many when it is each of a number that is not known. Its
	// text is made when it is asked for: the id that begins it may need what is just being evaluated.
	of   *node
	many bool
	// symbol: an attribute, or what is below one, of a resource that the code declares.
	symbol bool
}

func (o *open) words() string {
	if o.of != nil && o.text == "" {
		o.text = o.of.symbol("")
	}
	return o.text
}

const limitReason = evidence.UnknownLimit

// final returns the text for properties.
func (o *open) final() string {
	if o.template {
		return o.text
	}
	return evidence.Left(o.words())
}

// inside returns the text for use within a larger expression.
func (o *open) inside() string {
	switch {
	case o.template:
		return `"` + o.text + `"`
	case o.loose:
		return "(" + o.text + ")"
	}
	return o.words()
}

// maxLeft bounds what is kept of an expression.
const maxLeft = 64 << 10

func openValue(ty cty.Type, o *open) cty.Value {
	if len(o.text) > maxLeft {
		o.text, o.template = "too long to be kept", false
	}
	return cty.UnknownVal(ty).Mark(o)
}

// openOf returns the origin of an unknown value, or nil.
func openOf(v cty.Value) *open {
	if v.IsKnown() {
		return nil
	}
	return anyOpen(v)
}

// anyOpen returns a mark of origin, on a known value too: on a set it is that of an unknown element, as the elements of sets
// cannot have marks.
func anyOpen(v cty.Value) *open {
	if !v.IsMarked() {
		return nil
	}
	var found *open
	for o := range cty.ValueMarksOfType[*open](v) {
		// Of several the order is that of a map; all but one are left over from values that had a part in it.
		if found == nil || o.words() < found.words() {
			found = o
		}
	}
	return found
}

// vagueSet reports whether a value is a set with elements that are unknown.
func vagueSet(v cty.Value) bool {
	return v.Type().IsSetType() && v.IsKnown() && !v.IsNull() && !v.IsWhollyKnown()
}

func countOpen(v cty.Value) int {
	n := 0
	if v.IsMarked() {
		for range cty.ValueMarksOfType[*open](v) {
			n++
		}
	}
	return n
}

// whyOf returns the reason that a function gave.
func whyOf(v cty.Value) evidence.Unknown {
	if v.IsMarked() {
		for w := range cty.ValueMarksOfType[function.Why](v) {
			return evidence.Unknown(w)
		}
	}
	return ""
}

// withoutOpen returns the marks of a value that say nothing about its origin: that it is sensitive or ephemeral.
func withoutOpen(v cty.Value) cty.ValueMarks {
	_, marks := v.Unmark()
	for m := range marks {
		switch m.(type) {
		case *open, function.Why:
			delete(marks, m)
		}
	}
	return marks
}

// known returns a value without marks of origin: it has none.
func known(v cty.Value) cty.Value {
	if !v.IsMarked() || vagueSet(v) {
		return v
	}
	bare, _ := v.Unmark()
	return bare.WithMarks(withoutOpen(v))
}

// withOrigin returns v with the origin of another value in place of its own.
func withOrigin(v, from cty.Value) cty.Value {
	v = known(v)
	if o := openOf(from); o != nil {
		return v.Mark(o)
	}
	return v
}

func withOpen(v cty.Value, o *open) cty.Value { return known(v).Mark(o) }

func isSensitive(v cty.Value) bool {
	return v.HasMark(function.Sensitive{}) || v.HasMark(function.Ephemeral{})
}

// wide reports whether a value is a number with more digits than are ever written out.
func wide(v cty.Value) bool {
	v, _ = v.Unmark()
	if v.Type() != cty.Number || !v.IsKnown() || v.IsNull() {
		return false
	}
	f := v.AsBigFloat()
	exp := f.MantExp(nil)
	return f.IsInf() || exp > maxExponent || exp < -maxExponent
}

const maxExponent = 4096 // of numbers, in bits

// numberText writes a number as JSON does.
func numberText(f *big.Float) string {
	if f.IsInt() {
		return f.Text('f', 0)
	}
	return f.Text('g', -1)
}

// literalText writes a known value as an expression, or "" where it is too long for one or is not to be shown.
func literalText(v cty.Value) string {
	if v.IsMarked() && isSensitive(v) {
		return ""
	}
	v, _ = v.Unmark()
	switch {
	case !v.IsKnown():
		return ""
	case v.IsNull():
		return "null"
	case v.Type() == cty.Bool:
		if v.True() {
			return "true"
		}
		return "false"
	case v.Type() == cty.Number:
		return numberText(v.AsBigFloat())
	case v.Type() == cty.String && len(v.AsString()) <= 256:
		return Quote(v.AsString())
	}
	return ""
}

// source returns the text of an expression as the code has it.
func (r *reader) source(t *traced) string { return t.in.slice(t.Range()) }

// words returns the text of an expression without what marks it as one: var.name for "${var.name}", and of a text with
// expressions inside what stands between the quotes.
func words(e hclsyntax.Expression, in *text) string {
	for {
		switch n := e.(type) {
		case *traced:
			e, in = n.Expression, n.in
			continue
		case *hclsyntax.ParenthesesExpr:
			e = n.Expression
			continue
		case *hclsyntax.TemplateWrapExpr:
			e = n.Wrapped
			continue
		case *hclsyntax.TemplateExpr:
			return unquoted(in.slice(n.SrcRange))
		}
		return in.slice(e.Range())
	}
}

// unquoted takes the quotes, or the first and the last line of a heredoc, off a template.
func unquoted(s string) string {
	if q, ok := strings.CutPrefix(s, `"`); ok {
		return strings.TrimSuffix(q, `"`)
	}
	if strings.HasPrefix(s, "<<") {
		_, s, _ = strings.Cut(s, "\n")
		if i := strings.LastIndexByte(strings.TrimRight(s, " \t\r\n"), '\n'); i >= 0 {
			s = s[:i+1]
		}
	}
	return s
}
