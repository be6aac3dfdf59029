package config

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// call evaluates a function call. Functions of providers are not known; try and can are told apart from the others since
// they take expressions, and would evaluate them twice.
func (t *traced) call(n *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	switch name := strings.TrimPrefix(n.Name, "core::"); {
	case strings.HasPrefix(name, "provider::"):
		var diags hcl.Diagnostics
		for _, a := range n.Args {
			_, more := a.Value(ctx)
			diags = append(diags, more...)
		}
		return cty.DynamicVal, diags
	case name == "try" && !n.ExpandFinal && len(n.Args) > 0:
		return t.try(n, ctx)
	case name == "templatefile" && !n.ExpandFinal && len(n.Args) == 2 && !t.r.inTemplate:
		return t.templateFile(n, ctx)
	case name == "can" && !n.ExpandFinal && len(n.Args) == 1:
		v, diags := n.Args[0].Value(ctx)
		if diags.HasErrors() {
			return cty.False, nil
		}
		if !v.IsWhollyKnown() && !declared(v) {
			return cty.UnknownVal(cty.Bool), nil
		}
		return cty.True, nil
	}
	return n.Value(ctx)
}

// try returns the first value that can be evaluated. HCL leaves it open when that value is unknown in part, as it
// could turn out to be wrong; what a block declares will be there, however.
func (t *traced) try(n *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var all hcl.Diagnostics
	for i, a := range n.Args {
		v, diags := a.Value(ctx)
		if diags.HasErrors() {
			all = append(all, diags...)
			continue
		}
		if !v.IsWhollyKnown() && !declared(v) && i < len(n.Args)-1 {
			return cty.DynamicVal, nil
		}
		return v, nil
	}
	return cty.DynamicVal, all
}

// declared reports whether all that is unknown in v is an attribute of a resource that the code declares.
func declared(v cty.Value) bool {
	if !v.IsKnown() {
		o := openOf(v)
		return o != nil && (o.of != nil || o.symbol)
	}
	v, _ = v.Unmark()
	if v.IsNull() || !v.CanIterateElements() {
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); !declared(e) {
			return false
		}
	}
	return true
}

// callText returns what is left of calls that make a text of texts, with the parts that are known.
func (r *reader) callText(n *hclsyntax.FunctionCallExpr, kids []kid) (string, bool) {
	if n.ExpandFinal {
		return "", false
	}
	args := make([]cty.Value, len(n.Args))
	for i, a := range n.Args {
		v, ok := valueOf(a, kids)
		if !ok || v.IsMarked() && isSensitive(v) {
			return "", false
		}
		args[i] = v
	}
	switch strings.TrimPrefix(n.Name, "core::") {
	case "format":
		return r.formatText(args)
	case "join":
		return r.joinText(args)
	case "jsonencode":
		if len(args) == 1 && openOf(args[0]) == nil {
			var b strings.Builder
			ok := r.jsonText(&b, args[0], 0)
			return b.String(), ok && b.Len() < maxLeft
		}
	}
	return "", false
}

func valueOf(e hclsyntax.Expression, kids []kid) (cty.Value, bool) {
	if l, ok := e.(*hclsyntax.LiteralValueExpr); ok {
		return l.Val, true
	}
	for _, k := range kids {
		if k.of == e {
			return k.val, true
		}
	}
	return cty.NilVal, false
}

// formatText writes a format of plain verbs, %s, %v and %d.
func (r *reader) formatText(args []cty.Value) (string, bool) {
	format, ok := knownText(args[0])
	if !ok {
		return "", false
	}
	var b strings.Builder
	next := 1
	for {
		text, after, more := strings.Cut(format, "%")
		b.WriteString(text)
		if !more {
			return b.String(), next == len(args) && b.Len() < maxLeft
		}
		if after == "" {
			return "", false
		}
		switch verb := after[0]; verb {
		case '%':
			b.WriteByte('%')
		case 's', 'v', 'd':
			if next >= len(args) {
				return "", false
			}
			s, ok := r.elementText(args[next])
			if !ok {
				return "", false
			}
			b.WriteString(s)
			next++
		default:
			return "", false
		}
		format = after[1:]
	}
}

func knownText(v cty.Value) (string, bool) {
	v, _ = v.Unmark()
	if v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// elementText is the text of a primitive value, or of what is left of one.
func (r *reader) elementText(v cty.Value) (string, bool) {
	r.step(1)
	if o := openOf(v); o != nil {
		r.step(len(o.words()) / 16)
		return o.final(), true
	}
	if v.IsMarked() && isSensitive(v) {
		return "", false
	}
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.Type().IsPrimitiveType() {
		return "", false
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", false
	}
	return s.AsString(), true
}

// joinText writes lists whose elements are known in part.
func (r *reader) joinText(args []cty.Value) (string, bool) {
	sep, ok := knownText(args[0])
	if !ok {
		return "", false
	}
	var b strings.Builder
	first := true
	for _, list := range args[1:] {
		list, _ = list.Unmark()
		if !list.IsKnown() || list.IsNull() || !list.CanIterateElements() {
			return "", false
		}
		for it := list.ElementIterator(); it.Next(); {
			_, e := it.Element()
			s, ok := r.elementText(e)
			if !ok || b.Len() > maxLeft {
				return "", false
			}
			if !first {
				b.WriteString(sep)
			}
			first = false
			b.WriteString(s)
		}
	}
	return b.String(), true
}

// jsonText writes a value as JSON, what is open as texts.
func (r *reader) jsonText(b *strings.Builder, v cty.Value, depth int) bool {
	r.step(1)
	if depth > maxValueDepth || b.Len() > maxLeft || v.IsMarked() && isSensitive(v) {
		return false
	}
	if !v.IsKnown() {
		o := openOf(v)
		if o == nil {
			return false
		}
		return jsonString(b, o.final())
	}
	v, _ = v.Unmark()
	switch ty := v.Type(); {
	case v.IsNull():
		b.WriteString("null")
	case ty == cty.String:
		return jsonString(b, v.AsString())
	case ty.IsPrimitiveType():
		b.WriteString(literalText(v))
	case ty.IsObjectType() || ty.IsMapType():
		b.WriteByte('{')
		first := true
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			if !first {
				b.WriteByte(',')
			}
			first = false
			if k, _ = k.Unmark(); !jsonString(b, k.AsString()) {
				return false
			}
			b.WriteByte(':')
			if !r.jsonText(b, e, depth+1) {
				return false
			}
		}
		b.WriteByte('}')
	case v.CanIterateElements():
		b.WriteByte('[')
		first := true
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			if !first {
				b.WriteByte(',')
			}
			first = false
			if !r.jsonText(b, e, depth+1) {
				return false
			}
		}
		b.WriteByte(']')
	default:
		return false
	}
	return true
}

func jsonString(b *strings.Builder, s string) bool {
	q, err := json.Marshal(s)
	b.Write(q)
	return err == nil
}
