package config

import (
	"path"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/source/terraform/config/function"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// scope is an instance of a module: the values that its names stand for.
type scope struct {
	*module
	addr  string // module.net["a"], "" for the root
	depth int

	// The call and the instance of it that made the scope; nil for the root.
	parent *scope
	by     *calling
	callIn *hcl.EvalContext

	ctx       *hcl.EvalContext // functions; names are looked up by [reader.resolve]
	variables map[string]*cell
	locals    map[string]*cell
	outputs   map[string]*cell
	groups    map[string]*group
	calling   map[string]*calling
	given     map[string]cty.Value // values of the root's variables
	providers map[string]*provider
}

func (r *reader) newScope(m *module, parent *scope, by *calling, addr string, callIn *hcl.EvalContext) *scope {
	s := &scope{
		module: m, addr: addr, parent: parent, by: by, callIn: callIn,
		variables: map[string]*cell{}, locals: map[string]*cell{}, outputs: map[string]*cell{}, groups: map[string]*group{},
		calling: map[string]*calling{}, providers: map[string]*provider{},
	}
	if parent != nil {
		s.depth = parent.depth + 1
	}
	s.ctx = &hcl.EvalContext{Functions: m.functions(r)}
	return s
}

// functions are those of the language, for expressions of the module.
func (m *module) functions(r *reader) functions {
	if m.table == nil {
		m.table = function.Table(function.Env{FS: watched{r}, Module: m.dir, Root: r.Dir, Working: r.Dir, Spend: r.charge})
	}
	return m.table
}

func cellOf(m map[string]*cell, name string) *cell {
	c := m[name]
	if c == nil {
		c = &cell{}
		m[name] = c
	}
	return c
}

// variable returns the value of an input variable.
func (r *reader) variableValue(s *scope, v *variable) cty.Value {
	what := about{v.at.in, v.at.at.line, s.within("var." + v.name)}
	return cellOf(s.variables, v.name).get(
		func() cty.Value { return r.circular("var."+v.name, what) },
		func() cty.Value { return r.typed(v, r.input(s, v), what) },
	)
}

// within writes a name with the address of its module.
func (s *scope) within(name string) string {
	if s.addr == "" {
		return name
	}
	return s.addr + "." + name
}

// input is what a variable was given, or its default.
func (r *reader) input(s *scope, v *variable) cty.Value {
	var val cty.Value
	if s.parent == nil {
		val = s.given[v.name]
	} else if a := s.by.block.attr(v.name); a != nil {
		val = r.evaluate(s.parent, s.callIn, r.traced(a), about{a.in, a.at.line, s.addr + " " + v.name})
	}
	if val != cty.NilVal && (v.nullable || !val.IsNull()) {
		return val
	}
	if v.value != nil {
		return r.evaluate(s, nil, r.traced(v.value), about{v.value.in, v.value.at.line, s.within("var." + v.name)})
	}
	if val != cty.NilVal {
		return val
	}
	r.unset(s, v)
	return openValue(cty.DynamicPseudoType, &open{text: "var." + v.name, reason: evidence.UnknownParameter})
}

// unset says that a variable has no value.
func (r *reader) unset(s *scope, v *variable) {
	n := Note{
		Kind: evidence.ReferenceUnknown, File: v.at.in.name, Line: int(v.at.at.line), Thing: s.within("var." + v.name),
		Reason: "the variable has no default and no value was given", Help: "name a .tfvars file with its value on the command line",
	}
	if s.parent != nil {
		n.Reason, n.Help = "the variable has no default and the call of its module gives no value", "check it with `terraform validate`"
	}
	r.note(n)
}

// typed converts a value to a variable's type, with the defaults of optional attributes, and marks it.
func (r *reader) typed(v *variable, val cty.Value, what about) cty.Value {
	if v.ty != cty.DynamicPseudoType {
		r.left -= nodeWork * r.size(val, 0)
		if v.defaults != nil {
			val = v.defaults.Apply(val)
		}
		converted, err := convert.Convert(val, v.ty)
		if err != nil {
			r.note(Note{
				Kind: evidence.ReferenceUnknown, File: what.in.name, Line: int(what.line), Thing: what.thing,
				Reason: "the value that it is given is not of its type", Help: "check it with `terraform validate`",
			})
			converted = openValue(cty.DynamicPseudoType, &open{text: "var." + v.name, reason: evidence.UnknownFault})
		}
		val = converted
	}
	val = secretByName(v.name, val)
	if v.sensitive {
		val = val.Mark(function.Sensitive{})
	}
	if v.ephemeral {
		val = val.Mark(function.Ephemeral{})
	}
	return val
}

func (r *reader) local(s *scope, name string) (cty.Value, bool) {
	a := s.module.locals[name]
	if a == nil {
		return cty.NilVal, false
	}
	what := about{a.in, a.at.line, s.within("local." + name)}
	return cellOf(s.locals, name).get(
		func() cty.Value { return r.circular("local."+name, what) },
		func() cty.Value { return secretByName(name, r.evaluate(s, s.ctx, r.traced(a), what)) },
	), true
}

// secretByName marks a text that stands under a name which says that it is a secret: it is one wherever it goes, also where the
// name of the property says nothing.
func secretByName(name string, v cty.Value) cty.Value {
	if v.IsMarked() || v.Type() != cty.String || !v.IsKnown() || v.IsNull() || v.AsString() == "" {
		return v
	}
	if secret.Name(name).Hides() {
		return v.Mark(function.Sensitive{})
	}
	return v
}

// output returns the value of an output, as the calling module sees it.
func (r *reader) output(s *scope, name string) (cty.Value, bool) {
	b := s.module.outputs[name]
	if b == nil {
		return cty.NilVal, false
	}
	what := about{b.in, b.at.line, s.within("output." + name)}
	return cellOf(s.outputs, name).get(
		func() cty.Value { return r.circular(s.addr+"."+name, what) },
		func() cty.Value {
			a := b.attr("value")
			if a == nil {
				return cty.NullVal(cty.DynamicPseudoType)
			}
			what.line = a.at.line
			v := r.evaluate(s, s.ctx, r.traced(a), what)
			if flag(b, "sensitive", false) {
				v = v.Mark(function.Sensitive{})
			}
			return v
		},
	), true
}

// outputObject returns all outputs of a module instance.
func (r *reader) outputObject(s *scope) cty.Value {
	all := map[string]cty.Value{}
	for _, name := range s.outOrder {
		all[name], _ = r.output(s, name)
	}
	return cty.ObjectVal(all)
}

// calling is the use of a module by an instance of another: the instances that it makes.
type calling struct {
	*call
	in     *scope
	state  byte
	unread bool // its module was not read
	how    expansion
	order  []*scope
	byKey  map[string]*scope
}

func (r *reader) callingOf(s *scope, name string) *calling {
	c := s.module.calls[name]
	if c == nil {
		return nil
	}
	g := s.calling[name]
	if g == nil {
		g = &calling{call: c, in: s}
		s.calling[name] = g
	}
	if g.state == 0 {
		g.state = 1
		r.expandCall(g)
		g.state = 2
	}
	return g
}

// expandCall finds the module and makes its instances.
func (r *reader) expandCall(g *calling) {
	addr := g.in.within("module." + g.name)
	m := r.moduleOf(g, addr)
	if m == nil {
		g.unread = true
		return
	}
	g.how = r.expand(g.in, g.block, addr)
	g.byKey = map[string]*scope{}
	for _, k := range g.how.keys {
		if r.scopes++; r.scopes > maxModules {
			r.note(Note{
				Kind: evidence.ResourceNotRead, File: g.block.in.name, Line: int(g.at.line), Thing: addr,
				Reason: "the configuration has more than 10,000 instances of modules", Help: "scan a part of it",
			})
			break
		}
		s := r.newScope(m, g.in, g, addr+k.text, k.ctx)
		g.order = append(g.order, s)
		g.byKey[k.text] = s
	}
}

// moduleOf loads the module that a call names, or says why not.
func (r *reader) moduleOf(g *calling, addr string) *module {
	n := Note{Kind: evidence.InputNotUnderstood, File: g.block.in.name, Line: int(g.at.line), Thing: addr}
	src, ok := "", false
	if a := g.attr("source"); a != nil {
		n.Line = int(a.at.line)
		if v, known := stated(a.raw); known && v.Type() == cty.String {
			src, ok = v.AsString(), true
		} else if !known {
			src, ok = r.computedSource(g, a, addr)
		}
	}
	if !ok {
		n.Reason, n.Help = "the module has no source that is known", "a source is a text of its own"
		r.note(n)
		return nil
	}
	if !strings.HasPrefix(src, "./") && !strings.HasPrefix(src, "../") && src != "." && src != ".." {
		n.Reason = "the module " + shownSource(src) + " is not local, so it was not read"
		n.Help = "only modules whose source begins with ./ or ../ are read; what this one makes is in the state"
		r.note(n)
		return nil
	}
	dir := path.Join(g.in.dir, src)
	if dir == ".." || strings.HasPrefix(dir, "../") {
		n.Reason = "the module " + src + " lies outside of the scanned directory"
		n.Help = "scan the directory that holds both"
		r.note(n)
		return nil
	}
	for up := g.in; up != nil; up = up.parent {
		if up.dir == dir {
			n.Reason, n.Help = "the module calls itself, directly or through others", "take one of the calls out of the circle"
			r.note(n)
			return nil
		}
	}
	if g.in.depth >= maxCallDepth {
		n.Reason, n.Help = "modules call each other more than 20 deep", "the deeper ones were not read"
		r.note(n)
		return nil
	}
	if !r.isDir(dir) {
		n.Reason, n.Help = "the module "+src+" is not there", "a link that leaves the scanned directory is not followed"
		r.note(n)
		return nil
	}
	if r.modules[dir] == nil {
		r.Part(dir)
	}
	return r.load(dir)
}

// computedSource evaluates a source that is an expression, as OpenTofu allows.
func (r *reader) computedSource(g *calling, a *attribute, addr string) (string, bool) {
	v, _ := r.evaluate(g.in, g.in.ctx, r.traced(a), about{a.in, a.at.line, addr + " source"}).Unmark()
	if v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// shownSource is a module's source without what may be a secret in it: the user of a URL, and its query.
func shownSource(src string) string {
	src, _, _ = strings.Cut(src, "?")
	if i := strings.Index(src, "://"); i >= 0 {
		rest := src[i+3:]
		host, more, slash := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			rest = host[at+1:]
			if slash {
				rest += "/" + more
			}
		}
		src = src[:i+3] + rest
	}
	if len(src) > 200 {
		src = src[:200]
	}
	return strings.ToValidUTF8(src, "\uFFFD")
}
