package config

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// builder makes the properties of an instance from its blocks.
type builder struct {
	r   *reader
	of  *instance // its file is the one that places are told of: what an override file says stands where the block does
	res *Resource
}

// body returns a block as an object: its arguments, then its nested blocks as arrays of objects, as a state has them.
func (b *builder) body(n *node, at tree.Path) tree.Value {
	v := tree.Value{Kind: tree.Object, Line: b.line(n.blk), Column: b.column(n.blk)}
	for _, a := range n.blk.attrs {
		if n.argument(a.name) == nil {
			continue
		}
		v.Members = append(v.Members, tree.Member{Name: a.name, Value: b.attribute(n, a, at.Key(a.name))})
	}
	done := map[string]bool{}
	for _, inner := range n.blk.blocks {
		kind := blockType(inner)
		if done[kind] || n.meta(kind) || n.argument(kind) != nil {
			continue
		}
		done[kind] = true
		list := b.r.nested(n, kind)
		if list == nil {
			continue
		}
		items := tree.Value{Kind: tree.Array, Line: b.line(inner), Column: b.column(inner)}
		for i, x := range list.nodes {
			items.Items = append(items.Items, b.body(x, at.Key(kind).Index(i)))
		}
		v.Members = append(v.Members, tree.Member{Name: kind, Value: items})
	}
	return v
}

func (b *builder) line(x *block) int32 {
	if x.in != b.of.block.in {
		return b.of.block.at.line
	}
	return x.at.line
}

func (b *builder) column(x *block) uint16 {
	if x.in != b.of.block.in {
		return b.of.block.at.col
	}
	return x.at.col
}

func (b *builder) attribute(n *node, a *attribute, at tree.Path) tree.Value {
	v := b.r.attrValue(n, a)
	p := placing{b: b, n: n, in: a.in, here: a.in == b.of.block.in}
	return p.value(b.r.traced(a), v, at, false)
}

// placing turns the value of one argument into properties, each part with the place of the expression that gives it.
type placing struct {
	b    *builder
	n    *node
	in   *text
	here bool
}

func (p *placing) spot(e hclsyntax.Expression) spot {
	if !p.here {
		return p.b.of.block.at
	}
	return spotOf(e)
}

// value goes into what is written in place, an object or a list, along with its expressions.
func (p *placing) value(e hclsyntax.Expression, v cty.Value, at tree.Path, secret bool) tree.Value {
	if p.b.r.leaves > maxLeaves {
		return p.whole(v, p.spot(e), at, secret, p.in, e)
	}
	secret = p.secret(v, at, secret)
	bare, _ := v.Unmark()
	if bare.IsKnown() && !bare.IsNull() {
		switch n := plain(e).(type) {
		case *hclsyntax.TupleConsExpr:
			if bare.Type().IsTupleType() && bare.LengthInt() == len(n.Exprs) {
				return p.list(e, n, bare, at, secret)
			}
		case *hclsyntax.ObjectConsExpr:
			if bare.Type().IsObjectType() {
				if keys, ok := p.keys(n); ok {
					return p.object(e, n, keys, at, secret, func(i int) (cty.Value, bool) {
						if !bare.Type().HasAttribute(keys[i]) {
							return cty.NilVal, false
						}
						return bare.GetAttr(keys[i]), true
					})
				}
			}
		}
	}
	if n, ok := plain(e).(*hclsyntax.ObjectConsExpr); ok && !bare.IsKnown() && isFault(v) {
		if keys, ok := p.keys(n); ok { // one part of it is wrong: the others can be told
			line := p.spot(e).line
			return p.object(e, n, keys, at, secret, func(i int) (cty.Value, bool) {
				return p.b.r.evaluate(p.n.in, p.n.ctx, n.Items[i].ValueExpr, about{p.in, line, p.n.addr}), true
			})
		}
	}
	s := p.spot(e)
	if !isLiteral(e) {
		p.expression(e, v, at)
	}
	return p.whole(v, s, at, secret, p.in, e)
}

// isFault reports whether a value is open since its expression is wrong.
func isFault(v cty.Value) bool {
	o := openOf(v)
	return o == nil || o.reason == evidence.UnknownFault
}

func (p *placing) list(e hclsyntax.Expression, n *hclsyntax.TupleConsExpr, v cty.Value, at tree.Path, secret bool) tree.Value {
	s := p.spot(e)
	out := tree.Value{Kind: tree.Array, Line: s.line, Column: s.col}
	i := 0
	for it := v.ElementIterator(); it.Next(); i++ {
		_, x := it.Element()
		out.Items = append(out.Items, p.value(n.Exprs[i], x, at.Index(i), secret))
	}
	return out
}

// keys evaluates the keys of an object that is written in place.
func (p *placing) keys(n *hclsyntax.ObjectConsExpr) ([]string, bool) {
	keys := make([]string, len(n.Items))
	for i, item := range n.Items {
		v, _ := p.b.r.evaluate(p.n.in, p.n.ctx, item.KeyExpr, about{p.in, 0, p.n.addr}).Unmark()
		text, ok := textOf(v)
		if !ok || !v.IsKnown() {
			return nil, false
		}
		keys[i] = text
	}
	return keys, true
}

// object places an object that is written in place. get returns the value of its i-th item, if it has one.
func (p *placing) object(e hclsyntax.Expression, n *hclsyntax.ObjectConsExpr, keys []string, at tree.Path, secret bool, get func(i int) (cty.Value, bool)) tree.Value {
	s := p.spot(e)
	out := tree.Value{Kind: tree.Object, Line: s.line, Column: s.col}
	last := map[string]int{} // of a key that stands twice the last counts
	for i, k := range keys {
		last[k] = i
	}
	for i, k := range keys {
		if last[k] != i {
			continue
		}
		if v, ok := get(i); ok {
			out.Members = append(out.Members, tree.Member{Name: k, Value: p.value(n.Items[i].ValueExpr, v, at.Key(k), secret)})
		}
	}
	return out
}

// secret notes that what stands at a place is sensitive, once for all below it.
func (p *placing) secret(v cty.Value, at tree.Path, already bool) bool {
	if already || !v.IsMarked() || !isSensitive(v) {
		return already
	}
	p.b.res.Sensitive = append(p.b.res.Sensitive, at)
	return true
}

// maxText is how much of an expression's text is kept.
const maxText = 4 << 10

func (p *placing) expression(e hclsyntax.Expression, v cty.Value, at tree.Path) {
	x := evidence.Expression{Path: at, Text: words(e, p.in)}
	if len(x.Text) > maxText {
		x.Text = cut(x.Text, maxText)
	}
	if hasSecret(v, 0) && hasLiteral(e) {
		x.Text = ""
	}
	p.open(x, v, 0)
}

// open says of an expression which of the values that it gives are open: of an object or a list, whose other values can be told, each
// open one at its own place.
func (p *placing) open(x evidence.Expression, v cty.Value, depth int) {
	bare, _ := v.Unmark()
	ty := bare.Type()
	inside := bare.IsKnown() && !bare.IsNull() && depth < maxValueDepth &&
		(ty.IsObjectType() || ty.IsMapType() || ty.IsTupleType() || ty.IsListType())
	why := worst(firstOpen(v, 0))
	if depth == 0 || !inside && why != "" {
		out := x
		if !inside {
			out.Unresolved = why
		}
		p.b.res.Expressions = append(p.b.res.Expressions, out)
	}
	if !inside || why == "" {
		return
	}
	i := 0
	for it := bare.ElementIterator(); it.Next(); i++ {
		k, e := it.Element()
		below := x
		if k, _ = k.Unmark(); k.Type() == cty.String {
			below.Path = x.Path.Key(k.AsString())
		} else {
			below.Path = x.Path.Index(i)
		}
		p.open(below, e, depth+1)
	}
}

// cut shortens a text without cutting through a character.
func cut(s string, n int) string {
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

func hasSecret(v cty.Value, depth int) bool {
	if v.IsMarked() && isSensitive(v) {
		return true
	}
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || depth > maxValueDepth || !v.CanIterateElements() {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, e := it.Element(); hasSecret(e, depth+1) {
			return true
		}
	}
	return false
}

// hasLiteral reports whether an expression states a text in any part, which may then be the secret.
func hasLiteral(e hclsyntax.Expression) bool {
	w := literals{}
	_ = hclsyntax.Walk(e, &w)
	return w.found
}

// whole turns a value into properties that all stand at one place.
func (p *placing) whole(v cty.Value, s spot, at tree.Path, secret bool, in *text, e hclsyntax.Expression) tree.Value {
	out := tree.Value{Line: s.line, Column: s.col}
	if p.b.r.leaves++; p.b.r.leaves > maxLeaves {
		p.b.r.limited(about{p.in, s.line, p.n.addr})
		out.Kind, out.Text = tree.String, evidence.Left(words(e, in))
		p.b.res.Expressions = append(p.b.res.Expressions, evidence.Expression{Path: at, Unresolved: limitReason})
		return out
	}
	if !v.IsKnown() {
		o := openOf(v)
		if o == nil {
			o = &open{text: words(e, in), reason: evidence.UnknownFault}
		}
		out.Kind, out.Text = tree.String, o.final()
		return out
	}
	within := anyOpen(v) // of the unknown elements of a set
	v, _ = v.Unmark()
	switch ty := v.Type(); {
	case v.IsNull():
	case ty == cty.String:
		out.Kind, out.Text = tree.String, v.AsString()
	case ty == cty.Number:
		out.Kind, out.Text = tree.Number, numberText(v.AsBigFloat())
	case ty == cty.Bool:
		out.Kind, out.Text = tree.Bool, "false"
		if v.True() {
			out.Text = "true"
		}
	case ty.IsObjectType() || ty.IsMapType():
		out.Kind = tree.Object
		for it := v.ElementIterator(); it.Next(); {
			k, x := it.Element()
			k, _ = k.Unmark()
			inner := at.Key(k.AsString())
			out.Members = append(out.Members, tree.Member{Name: k.AsString(), Value: p.whole(x, s, inner, p.secret(x, inner, secret), in, e)})
		}
	case v.CanIterateElements():
		out.Kind = tree.Array
		i := 0
		for it := v.ElementIterator(); it.Next(); i++ {
			_, x := it.Element()
			if within != nil && !x.IsKnown() && !x.IsMarked() {
				x = x.Mark(within)
			}
			inner := at.Index(i)
			out.Items = append(out.Items, p.whole(x, s, inner, p.secret(x, inner, secret), in, e))
		}
	default:
		out.Kind, out.Text = tree.String, evidence.Left(words(e, in))
	}
	return out
}

// literals looks for texts that an expression states.
type literals struct{ found bool }

func (l *literals) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if v, ok := n.(*hclsyntax.LiteralValueExpr); ok && v.Val.Type() == cty.String {
		l.found = true
	}
	return nil
}

func (l *literals) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }
