package config

import (
	"strconv"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// group is a resource or data block of a module instance: the instances that count or for_each make of it.
type group struct {
	*resource
	r     *reader
	in    *scope
	state byte
	how   expansion
	order []*instance
	byKey map[string]*instance
	whole *cty.Value // all instances as one value
}

// instance is one of them.
type instance struct {
	*group
	key    instanceKey
	addr   string
	root   *node
	blocks int // that dynamic blocks made in it
	// What the caller is told of it and its id, made when they are first asked for.
	subject *Subject
	idState byte
	id      string
}

// node is a block with values: that of a resource instance, or one nested in it.
type node struct {
	*instance
	blk   *block
	ctx   *hcl.EvalContext
	path  string // below the resource: identity[0]
	attrs map[string]*cell
	lists map[string]*blockList
}

// blockList are the nested blocks of one type.
type blockList struct {
	nodes []*node
	// unknown: some of nodes stands for a number of blocks that is not known.
	unknown bool
	why     evidence.Unknown
}

func (r *reader) groupOf(s *scope, key string) *group {
	res := s.resources[key]
	if res == nil {
		return nil
	}
	g := s.groups[key]
	if g == nil {
		g = &group{resource: res, r: r, in: s}
		s.groups[key] = g
	}
	if g.state == 0 {
		g.state = 1
		r.makeInstances(g)
		g.state = 2
	}
	return g
}

func (r *reader) makeInstances(g *group) {
	addr := g.in.within(g.resource.key)
	g.how = r.expand(g.in, g.block, addr)
	g.byKey = make(map[string]*instance, len(g.how.keys))
	for _, k := range g.how.keys {
		if r.instances++; r.instances > maxInstances {
			r.tooManyInstances(g.block.in, g.block.at, addr)
			break
		}
		i := &instance{group: g, key: k, addr: addr + k.text}
		i.root = &node{instance: i, blk: g.block, ctx: k.ctx}
		g.order = append(g.order, i)
		g.byKey[k.text] = i
	}
}

// value returns a node as a value whose attributes can be followed.
func (n *node) value(many bool) cty.Value {
	return openValue(cty.DynamicPseudoType, &open{reason: n.reason(), of: n, many: many})
}

// reason is why what the block does not set is not known.
func (n *node) reason() evidence.Unknown {
	if n.mode == Data {
		return evidence.UnknownData
	}
	return evidence.UnknownRuntime
}

// symbol writes an attribute of the node, or the node itself, as id#path.
func (n *node) symbol(attribute string) string {
	p := n.path
	switch {
	case attribute == "" && p == "":
		p = "*"
	case p == "":
		p = attribute
	case attribute != "":
		p += "." + attribute
	}
	return n.r.identify(n.instance) + "#" + p
}

// argument returns an argument of the provider's: Terraform's own are no part of the resource.
func (n *node) argument(name string) *attribute {
	if n.path == "" && metaArguments[name] {
		return nil
	}
	return n.blk.attr(name)
}

func (n *node) meta(name string) bool { return n.path == "" && metaBlocks[name] }

// attrValue evaluates an argument once.
func (r *reader) attrValue(n *node, a *attribute) cty.Value {
	if n.attrs == nil {
		n.attrs = map[string]*cell{}
	}
	what := about{a.in, a.at.line, n.addr + " " + join(n.path, a.name)}
	return cellOf(n.attrs, a.name).get(
		func() cty.Value { return r.circular(n.symbol(a.name), what) },
		func() cty.Value { return r.evaluate(n.in, n.ctx, r.traced(a), what) },
	)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// member returns what a reference to an attribute or to the nested blocks of a type gives.
func (r *reader) member(n *node, name string) cty.Value {
	if a := n.argument(name); a != nil {
		return r.attrValue(n, a)
	}
	if list := r.nested(n, name); list != nil {
		if list.unknown {
			return openValue(cty.DynamicPseudoType, &open{reason: list.why, of: list.nodes[len(list.nodes)-1], many: true})
		}
		all := make([]cty.Value, len(list.nodes))
		for i, inner := range list.nodes {
			all[i] = inner.value(false)
		}
		return cty.TupleVal(all)
	}
	if n.path == "" {
		// terraform_data hands its input on (developer.hashicorp.com/terraform/language/resources/terraform-data).
		if a := n.argument("input"); a != nil && name == "output" && n.label(0) == "terraform_data" {
			return r.attrValue(n, a)
		}
		if r.Known != nil {
			id := r.identify(n.instance)
			if text, ok := r.Known(r.subject(n.instance), id, name); ok {
				return cty.StringVal(text)
			}
		}
	}
	return openValue(cty.DynamicPseudoType, &open{text: n.symbol(name), reason: n.reason(), symbol: true})
}

// nested returns the blocks of a type, those of dynamic blocks among them, or nil where the block has none.
func (r *reader) nested(n *node, kind string) *blockList {
	if list, ok := n.lists[kind]; ok {
		return list
	}
	if n.lists == nil {
		n.lists = map[string]*blockList{}
	}
	n.lists[kind] = nil // a dynamic block that asks for its own result finds none
	if n.meta(kind) {
		return nil
	}
	var list *blockList
	for _, b := range n.blk.blocks {
		if blockType(b) != kind {
			continue
		}
		if list == nil {
			list = &blockList{}
		}
		if b.kind == "dynamic" {
			r.dynamic(n, b, list)
			continue
		}
		list.add(n, kind, b, n.ctx)
	}
	n.lists[kind] = list
	return list
}

func (l *blockList) add(in *node, kind string, b *block, ctx *hcl.EvalContext) {
	path := join(in.path, kind) + "[" + strconv.Itoa(len(l.nodes)) + "]"
	l.nodes = append(l.nodes, &node{instance: in.instance, blk: b, ctx: ctx, path: path})
}

// dynamic expands a dynamic block (developer.hashicorp.com/terraform/language/expressions/dynamic-blocks).
func (r *reader) dynamic(n *node, b *block, list *blockList) {
	kind := b.label(0)
	var content *block
	for _, c := range b.blocks {
		if c.kind == "content" {
			content = c
		}
	}
	a := b.attr("for_each")
	if content == nil || a == nil || kind == "" {
		return
	}
	iterator := kind
	if it := b.attr("iterator"); it != nil {
		if name := iteratorName(it); name != "" {
			iterator = name
		}
	}
	v := r.evaluate(n.in, n.ctx, r.traced(a), about{a.in, a.at.line, n.addr + " " + join(n.path, kind)})
	bare, _ := v.Unmark()
	if !bare.IsKnown() || bare.IsNull() || !bare.CanIterateElements() {
		why, o := evidence.UnknownFault, openOf(v)
		if o != nil {
			why = o.reason
		}
		r.unknownNumber(a, n.addr+" "+join(n.path, kind), "for_each", why, o)
		list.unknown, list.why = true, why
		list.add(n, kind, content, someEach(n.ctx, iterator, why))
		return
	}
	marks := withoutOpen(v)
	for it := bare.ElementIterator(); it.Next(); {
		k, e := it.Element()
		k, e = k.WithMarks(marks), e.WithMarks(marks)
		if n.blocks++; n.blocks > maxBlocks || !r.spend(10) {
			r.limited(about{a.in, a.at.line, n.addr})
			return
		}
		list.add(n, kind, content, eachCtx(n.ctx, iterator, k, e))
	}
}

func iteratorName(a *attribute) string {
	if name := hcl.ExprAsKeyword(a.raw); name != "" {
		return name
	}
	if t, ok := plain(a.expr).(*hclsyntax.ScopeTraversalExpr); ok && len(t.Traversal) == 1 {
		return t.Traversal.RootName()
	}
	return ""
}
