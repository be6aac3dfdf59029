package config

import (
	"strings"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// identify returns the id of an instance, which its name and those of what it belongs to may make up.
func (r *reader) identify(i *instance) string {
	switch i.idState {
	case 2:
		return i.id
	case 1:
		// Its id depends on itself; none of its arguments is told.
		return r.idOf(&Subject{
			Mode: i.mode, Type: i.label(0), Address: i.addr, Provider: Provider{Setting: nothing}, Attr: nothing,
		})
	}
	i.idState = 1
	i.id = r.idOf(r.subject(i))
	i.idState = 2
	return i.id
}

func nothing(string) (string, bool) { return "", false }

func (r *reader) idOf(s *Subject) string {
	if r.ID == nil {
		return "tf:" + s.Address
	}
	return r.ID(s)
}

// subject is what the caller may know of an instance. An argument that is just being evaluated is not told.
func (r *reader) subject(i *instance) *Subject {
	if i.subject != nil {
		return i.subject
	}
	i.subject = &Subject{
		Mode: i.mode, Type: i.label(0), Address: i.addr, Import: r.importID(i.addr), Provider: r.providerOf(i),
		Attr: func(name string) (string, bool) {
			a := i.root.argument(name)
			if a == nil || i.root.attrs[name] != nil && i.root.attrs[name].state == 1 {
				return "", false
			}
			return textOf(r.attrValue(i.root, a))
		},
	}
	return i.subject
}

// textOf returns a value as text, open parts as ${…}. What is null or secret is not told.
func textOf(v cty.Value) (string, bool) {
	if v.IsMarked() && isSensitive(v) {
		return "", false
	}
	if !v.IsKnown() {
		o := openOf(v)
		if o == nil {
			return "", false
		}
		return o.final(), true
	}
	v, _ = v.Unmark()
	if v.IsNull() || !v.Type().IsPrimitiveType() {
		return "", false
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", false
	}
	return s.AsString(), true
}

// provider is a provider configuration as a module sees it.
type provider struct {
	Provider
	blk *block
	in  *scope
}

func (r *reader) providerOf(i *instance) Provider {
	local, alias := "", ""
	if a := i.block.attr("provider"); a != nil {
		local, alias, _ = strings.Cut(reference(a.raw), ".")
	}
	if local == "" {
		local, _, _ = strings.Cut(i.label(0), "_")
	}
	return r.provider(i.in, local, alias).Provider
}

// reference returns the names of a static reference, joined by dots: azurerm.hub.
func reference(e hcl.Expression) string {
	if t, ok := e.(*traced); ok {
		e = t.Expression
	}
	if v, ok := stated(e); ok && v.Type() == cty.String {
		return v.AsString() // in JSON, and before Terraform 0.12
	}
	t, diags := hcl.AbsTraversalForExpr(e)
	if diags.HasErrors() || len(t) == 0 {
		return ""
	}
	names := []string{t.RootName()}
	for i := 1; i < len(t); i++ {
		if n := nameAt(t, i); n != "" {
			names = append(names, n)
		}
	}
	return strings.Join(names, ".")
}

// provider finds a configuration: in the module, among those that its call hands it, or that of the calling module.
func (r *reader) provider(s *scope, local, alias string) *provider {
	key := local + "." + alias
	if p := s.providers[key]; p != nil {
		return p
	}
	p := &provider{Provider: Provider{Source: local, Alias: alias, Setting: nothing}}
	if src := s.requires[local]; src != "" {
		p.Source = src
	}
	s.providers[key] = p
	for _, b := range s.module.providers {
		if b.label(0) == local && aliasName(b) == alias {
			p.blk, p.in = b, s
			p.Setting = func(name string) (string, bool) { return r.setting(p, name) }
			return p
		}
	}
	if s.parent == nil {
		return p
	}
	from, fromAlias, handed := s.handed(local, alias)
	if !handed && alias != "" {
		return p
	}
	up := r.provider(s.parent, from, fromAlias)
	source := p.Source
	*p = *up
	if s.requires[local] != "" {
		p.Source = source
	}
	return p
}

// handed returns the configuration of the calling module that a call passes under a name.
func (s *scope) handed(local, alias string) (from, fromAlias string, ok bool) {
	want := local
	if alias != "" {
		want += "." + alias
	}
	a := s.by.block.attr("providers")
	if a == nil {
		return local, "", false
	}
	for _, p := range pairsOf(a.raw) {
		key := reference(keyOf(p.Key))
		if key == want {
			from, fromAlias, _ = strings.Cut(reference(p.Value), ".")
			return from, fromAlias, from != ""
		}
	}
	return local, "", false
}

func keyOf(e hcl.Expression) hcl.Expression {
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		return k.Wrapped
	}
	return e
}

func aliasName(b *block) string {
	if a := b.attr("alias"); a != nil {
		if v, ok := stated(a.raw); ok && v.Type() == cty.String {
			return v.AsString()
		}
	}
	return ""
}

func (r *reader) setting(p *provider, name string) (string, bool) {
	a := p.blk.attr(name)
	if a == nil {
		return "", false
	}
	return textOf(r.evaluate(p.in, p.in.ctx, r.traced(a), about{a.in, a.at.line, p.in.within("provider." + p.blk.label(0))}))
}

// importing is what an import block says of an address.
type importing struct {
	a     *attribute
	ctx   *hcl.EvalContext
	state byte
	id    string
}

// takeImports notes which addresses the import blocks of the root are about.
func (r *reader) takeImports() {
	for _, b := range r.root.imports {
		to, id := b.attr("to"), b.attr("id")
		if to == nil || id == nil {
			continue
		}
		contexts := []*hcl.EvalContext{r.root.ctx}
		if a := b.attr("for_each"); a != nil {
			v := r.evaluate(r.root, r.root.ctx, r.traced(a), about{a.in, a.at.line, "import"})
			keys, values, ok := eachOf(v)
			if !ok {
				continue
			}
			contexts = nil
			for i, k := range keys {
				if i < maxInstances {
					contexts = append(contexts, eachCtx(r.root.ctx, "each", cty.StringVal(k), values[i]))
				}
			}
		}
		for _, ctx := range contexts {
			if addr, ok := r.target(r.root, ctx, to); ok {
				r.importIDs[addr] = &importing{a: id, ctx: ctx}
			}
		}
	}
}

func (r *reader) importID(addr string) string {
	i := r.importIDs[addr]
	if i == nil || i.state == 1 {
		return ""
	}
	if i.state == 0 {
		i.state = 1
		v := r.evaluate(r.root, i.ctx, r.traced(i.a), about{i.a.in, i.a.at.line, "import " + addr})
		if text, ok := textOf(v); ok && !evidence.HasLeft(text) {
			i.id = text
		}
		i.state = 2
	}
	return i.id
}

// target writes the address that an expression such as module.a.azurerm_subnet.s[each.key] means.
func (r *reader) target(s *scope, ctx *hcl.EvalContext, a *attribute) (string, bool) {
	e, ok := a.raw.(hclsyntax.Expression)
	if v, str := stated(a.raw); str && v.Type() == cty.String {
		if e, ok = parseExpression(v.AsString()); ok {
			e = r.trace(e, &text{name: a.in.name, bytes: []byte(v.AsString())}, a.at)
		}
	} else if ok {
		e = r.traced(a)
	}
	if !ok {
		return "", false
	}
	return r.addressOf(s, ctx, e, a)
}

func (r *reader) addressOf(s *scope, ctx *hcl.EvalContext, e hclsyntax.Expression, a *attribute) (string, bool) {
	switch n := plain(e).(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return n.Traversal.RootName() + addressSteps(n.Traversal[1:]), true
	case *hclsyntax.RelativeTraversalExpr:
		up, ok := r.addressOf(s, ctx, n.Source, a)
		return up + addressSteps(n.Traversal), ok
	case *hclsyntax.IndexExpr:
		up, ok := r.addressOf(s, ctx, n.Collection, a)
		key, _ := r.evaluate(s, ctx, n.Key, about{a.in, a.at.line, "address"}).Unmark()
		if !ok || !key.IsKnown() || key.IsNull() || key.Type() != cty.String && key.Type() != cty.Number {
			return "", false
		}
		return up + keyText(key), true
	}
	return "", false
}

func addressSteps(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch x := step.(type) {
		case hcl.TraverseAttr:
			b.WriteString("." + x.Name)
		case hcl.TraverseIndex:
			b.WriteString(keyText(x.Key))
		}
	}
	return b.String()
}

// move is a moved block: what had the one address has the other now.
type move struct{ from, to string }

// moves returns the moved blocks of a module instance with whole addresses.
func (r *reader) moves(s *scope) []move {
	var all []move
	for _, b := range s.module.moved {
		from, to := b.attr("from"), b.attr("to")
		if from == nil || to == nil {
			continue
		}
		f, ok1 := r.target(s, s.ctx, from)
		t, ok2 := r.target(s, s.ctx, to)
		if ok1 && ok2 && f != t {
			all = append(all, move{s.within(f), s.within(t)})
		}
	}
	return all
}

// former returns the addresses that a resource had, following moves back.
func (r *reader) former(addr string, moves []move) []string {
	var all []string
	seen := map[string]bool{addr: true}
	for next := []string{addr}; len(next) > 0 && len(all) < 20; next = next[1:] {
		for _, m := range moves {
			rest, ok := strings.CutPrefix(next[0], m.to)
			if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
				continue
			}
			if old := m.from + rest; !seen[old] {
				seen[old] = true
				all = append(all, old)
				next = append(next, old)
			}
		}
	}
	return all
}
