package config

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/terraform/config/function"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// annotate gives the value of an expression its origin: an unknown value gets one [open], a known one none.
func (r *reader) annotate(t *traced, v cty.Value, kids []kid) kid {
	v = r.measure(t, v, kids)
	if v.IsKnown() {
		k := kid{of: t}
		switch n := t.Expression.(type) {
		case *hclsyntax.FunctionCallExpr:
			v = r.originInside(t, n, v, kids)
		case *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
			k.text = r.collectionText(t, kids)
			r.step(len(k.text) / 16)
		case *hclsyntax.ParenthesesExpr, *hclsyntax.TemplateWrapExpr:
			if len(kids) > 0 {
				k.text = kids[len(kids)-1].text
			}
		}
		k.val = known(v)
		return k
	}
	if o := kept(t, kids); o != nil {
		return kid{of: t, val: withOpen(v, o)}
	}
	if countOpen(v) == 1 && passesOn(t, kids) {
		return kid{of: t, val: withOpen(v, openOf(v))}
	}
	o := r.whatIsLeft(t, v, kids)
	r.step(len(o.text) / 16)
	return kid{of: t, val: withOpen(v, o)}
}

// passesOn reports whether an expression hands on a value of another as it is, so that the value's origin is still true.
func passesOn(t *traced, kids []kid) bool {
	switch n := t.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.ParenthesesExpr,
		*hclsyntax.TemplateWrapExpr, *hclsyntax.ObjectConsKeyExpr, *hclsyntax.LiteralValueExpr, *hclsyntax.AnonSymbolExpr:
		return true
	case *hclsyntax.IndexExpr:
		// Either followed into what is open, or an element of a known collection; but an open key leaves more.
		return len(kids) < 2 || openOf(kids[1].val) == nil
	case *hclsyntax.ConditionalExpr:
		return !slices.ContainsFunc(kids, func(k kid) bool { return k.of == n.Condition && openOf(k.val) != nil })
	case *hclsyntax.FunctionCallExpr:
		return callPassesOn(n.Name, kids)
	}
	return false
}

// keepers are functions that change a value's type or marks at most; pickers hand on a part of a collection.
var (
	keepers = set("sensitive", "nonsensitive", "ephemeralasnull", "tostring", "tonumber", "tobool", "tolist", "toset", "tomap")
	pickers = set("element", "lookup", "one", "coalesce", "coalescelist", "merge", "concat", "values", "flatten", "slice",
		"reverse", "compact", "distinct", "zipmap", "chunklist", "setproduct", "tolist", "tomap", "toset")
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n], m["core::"+n] = true, true
	}
	return m
}

// callPassesOn: of a function that picks none of the arguments may be open as a whole, as then there is nothing to pick from.
func callPassesOn(name string, kids []kid) bool {
	switch name {
	case "try", "core::try", "templatefile", "core::templatefile":
		return true
	}
	return pickers[name] && !slices.ContainsFunc(kids, func(k kid) bool { return openOf(k.val) != nil })
}

// kept returns the origin of the argument of a function that gives it back; HCL's functions lose the marks of what is unknown.
func kept(t *traced, kids []kid) *open {
	if n, ok := t.Expression.(*hclsyntax.FunctionCallExpr); ok && keepers[n.Name] && len(kids) == 1 {
		return openOf(kids[0].val)
	}
	return nil
}

// originInside gives the unknown values within the result of a function their origins, where the function has lost
// them: what it was handed stands at the result as a whole.
func (r *reader) originInside(t *traced, n *hclsyntax.FunctionCallExpr, v cty.Value, kids []kid) cty.Value {
	if v.Type().IsPrimitiveType() || v.IsWhollyKnown() {
		return v
	}
	var only *open
	if countOpen(v) == 1 && pickers[n.Name] {
		only = anyOpen(v)
	}
	bare, marks := v.Unmark()
	var whole *open
	with, err := cty.Transform(bare, func(p cty.Path, x cty.Value) (cty.Value, error) {
		if x.IsKnown() || openOf(x) != nil {
			return x, nil
		}
		if only != nil {
			return known(x).Mark(only), nil
		}
		if whole == nil {
			whole = r.whatIsLeft(t, v, kids)
		}
		o := *whole
		o.text, o.template, o.loose = o.inside()+steps(p), false, false
		r.step(len(o.text) / 16)
		return known(x).Mark(&o), nil
	})
	if err != nil {
		return v
	}
	return with.WithMarks(marks)
}

// steps writes a path as the language does.
func steps(p cty.Path) string {
	var b strings.Builder
	for _, s := range p {
		switch s := s.(type) {
		case cty.GetAttrStep:
			b.WriteString(attrStep(s.Name))
		case cty.IndexStep:
			b.WriteString(indexStep(s.Key))
		}
	}
	return b.String()
}

func attrStep(name string) string {
	if hclsyntax.ValidIdentifier(name) {
		return "." + name
	}
	return "[" + Quote(name) + "]"
}

func indexStep(key cty.Value) string {
	key, _ = key.Unmark()
	if key.Type() == cty.String && key.IsKnown() && !key.IsNull() {
		return attrStep(key.AsString())
	}
	if t := literalText(key); t != "" {
		return "[" + t + "]"
	}
	return "[?]"
}

// whatIsLeft makes the origin of an unknown value from what its parts are.
func (r *reader) whatIsLeft(t *traced, v cty.Value, kids []kid) *open {
	o := &open{reason: r.reasonOf(v, kids)}
	switch n := t.Expression.(type) {
	case *hclsyntax.TemplateExpr:
		o.text, o.template = r.templateText(n, kids), true
		return o
	case *hclsyntax.TemplateJoinExpr:
		if parts, ok := r.joinedText(kids); ok {
			o.text, o.template = parts, true
			return o
		}
	case *hclsyntax.FunctionCallExpr:
		if text, ok := r.callText(n, kids); ok {
			o.text, o.template = text, true
			return o
		}
	case *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.ConditionalExpr:
		o.loose = true
	}
	if s := r.source(t); strings.HasPrefix(s, "%{") {
		// A directive of a template: it can stand in the text as it is.
		o.text, o.template, o.loose = s, true, false
		return o
	}
	o.text = r.substituted(t, kids)
	return o
}

// reasonOf returns why a value is unknown: what a function says, or the reason of the first part that is open.
func (r *reader) reasonOf(v cty.Value, kids []kid) evidence.Unknown {
	if w := whyOf(v); w != "" {
		return w
	}
	for _, k := range kids {
		if !k.val.Type().IsPrimitiveType() {
			r.step(r.size(k.val, 0))
		}
		if o := firstOpen(k.val, 0); o != nil {
			return o.reason
		}
	}
	if o := openOf(v); o != nil {
		return o.reason
	}
	return evidence.UnknownFault
}

// firstOpen returns the origin of the first unknown value within v.
func firstOpen(v cty.Value, depth int) *open {
	if o := openOf(v); o != nil {
		return o
	}
	if vagueSet(v) {
		return anyOpen(v)
	}
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || depth > maxValueDepth || !v.CanIterateElements() {
		return nil
	}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if o := firstOpen(e, depth+1); o != nil {
			return o
		}
	}
	return nil
}

// substituted returns the code of an expression in which each part whose value is known is written as the value, and
// each that is open as what is left of it.
func (r *reader) substituted(t *traced, kids []kid) string {
	code := t.in.slice(t.Range())
	start, at := t.Range().Start.Byte, 0
	var b strings.Builder
	for _, k := range kids {
		rng := k.of.Range()
		from, to := rng.Start.Byte-start, rng.End.Byte-start
		if k.of.in != t.in || from < at || to > len(code) || !substitutable(t, k.of) {
			continue
		}
		text := k.text
		if o := openOf(k.val); text == "" && o != nil {
			text = o.inside()
			if o.loose && !needsParentheses(t, k.of) {
				text = o.words()
			}
		} else if text == "" {
			text = literalText(k.val)
		}
		if text == "" || b.Len() > maxLeft {
			continue
		}
		r.step(len(text) / 16)
		b.WriteString(code[at:from])
		b.WriteString(text)
		at = to
	}
	b.WriteString(code[at:])
	return b.String()
}

// needsParentheses: where an operator stands in place of what had none, it might bind to others.
func needsParentheses(t, part *traced) bool {
	switch t.Expression.(type) {
	case *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.ConditionalExpr, *hclsyntax.IndexExpr,
		*hclsyntax.RelativeTraversalExpr, *hclsyntax.SplatExpr:
		switch part.Expression.(type) {
		case *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.ConditionalExpr:
			return false // as the code has it
		}
		return true
	}
	return false
}

// substitutable: what is evaluated once for each element has no one value.
func substitutable(t, part *traced) bool {
	switch n := t.Expression.(type) {
	case *hclsyntax.ForExpr:
		return n.CollExpr == part
	case *hclsyntax.SplatExpr:
		return n.Source == part
	}
	return true
}

// collectionText returns what is left of a collection that is written in place, or "" when nothing of it is open.
func (r *reader) collectionText(t *traced, kids []kid) string {
	for _, k := range kids {
		if k.text != "" || openOf(k.val) != nil {
			if s := r.substituted(t, kids); len(s) <= maxLeft {
				return s
			}
			return ""
		}
	}
	return ""
}

// templateText returns a template with the parts that are known as text.
func (r *reader) templateText(n *hclsyntax.TemplateExpr, kids []kid) string {
	var b strings.Builder
	for _, p := range n.Parts {
		if b.Len() > maxLeft {
			break
		}
		if l, ok := p.(*hclsyntax.LiteralValueExpr); ok {
			b.WriteString(partText(l.Val, ""))
			continue
		}
		for _, k := range kids {
			if k.of == p {
				s := partText(k.val, r.source(k.of))
				r.step(len(s) / 16)
				b.WriteString(s)
				break
			}
		}
	}
	return b.String()
}

// partText returns what a part of a template comes to; code is what stands for a secret one.
func partText(v cty.Value, code string) string {
	if o := openOf(v); o != nil {
		return o.final()
	}
	if v.IsMarked() && isSensitive(v) {
		return evidence.Left(code)
	}
	v, _ = v.Unmark()
	s, err := convert.Convert(v, cty.String)
	if err != nil || s.IsNull() || !s.IsKnown() {
		return evidence.Left(code)
	}
	return s.AsString()
}

// joinedText is what the rounds of a %{for} come to, one after the other.
func (r *reader) joinedText(kids []kid) (string, bool) {
	if len(kids) != 1 {
		return "", false
	}
	v, _ := kids[0].val.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return "", false
	}
	var b strings.Builder
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		s := partText(e, "sensitive")
		r.step(1 + len(s)/16)
		b.WriteString(s)
		if b.Len() > maxLeft {
			return "", false
		}
	}
	return b.String(), true
}

// measure bounds values: each expression that makes a new one pays for its size, and one that is too large is unknown.
func (r *reader) measure(t *traced, v cty.Value, kids []kid) cty.Value {
	switch t.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr, *hclsyntax.ParenthesesExpr,
		*hclsyntax.TemplateWrapExpr, *hclsyntax.ObjectConsKeyExpr:
		return v // a part of what has been measured
	}
	n := r.size(v, 0)
	r.step(2 * n)
	for _, k := range kids {
		r.step(r.walked(t, k))
	}
	if n > maxNodes {
		r.limited(r.what)
		return cty.UnknownVal(cty.DynamicPseudoType).WithMarks(withoutOpen(v)).Mark(function.Why(limitReason))
	}
	return v
}

// walked is the work that an expression has with a value directly inside of it which the size of the result does not show.
func (r *reader) walked(t *traced, k kid) int {
	if k.val.Type().IsPrimitiveType() {
		return 0
	}
	switch n := t.Expression.(type) {
	case *hclsyntax.ForExpr:
		if n.CollExpr != k.of {
			return 0
		}
	case *hclsyntax.SplatExpr:
		if n.Source != k.of {
			return 0
		}
	case *hclsyntax.BinaryOpExpr, *hclsyntax.ConditionalExpr:
		return 2 * r.size(k.val, 0)
	case *hclsyntax.FunctionCallExpr:
		// The calling of a function takes the marks off its arguments several times.
		return nodeWork * r.size(k.val, 0)
	default:
		return 0
	}
	if bare, _ := k.val.Unmark(); bare.IsKnown() && !bare.IsNull() && bare.CanIterateElements() {
		return nodeWork * bare.LengthInt()
	}
	return 0
}
