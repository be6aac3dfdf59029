package arm

import (
	"errors"
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// deployment is a template with the values of its parameters and the place that it goes to.
type deployment struct {
	run    *run
	tmpl   *template
	up     *deployment // the one around it; nil of the input itself
	target target
	// words is the deployment whose parameters, variables, functions and place the expressions in it mean: itself, or
	// with scope outer the one around it, and loops are then the loops around it.
	words    *deployment
	loops    *loop
	name     lang.Value
	location lang.Value
	given    map[string]argument // by the name in lower case
	memos    map[string]*memo    // parameters, variables and outputs, which are evaluated when they are asked for
	stage    stage
	units    []*unit
	index    *index
}

// argument is the value that a parameter is given: as it stands where the deployment is declared, or from a
// parameter file.
type argument struct {
	node  *tree.Value
	in    scope
	value lang.Value // when node is nil
}

type memo struct {
	value lang.Value
	err   error
	busy  bool
}

// once evaluates what has that key, and refuses what needs itself.
func (d *deployment) once(key, what string, eval func() (lang.Value, error)) (lang.Value, error) {
	m := d.memos[key]
	switch {
	case m == nil:
		m = &memo{busy: true}
		d.memos[key] = m
		m.value, m.err = eval()
		m.busy = false
	case m.busy:
		return lang.Value{}, fmt.Errorf("%s needs itself", what)
	}
	return m.value, m.err
}

// scope is what names mean at one place.
type scope struct {
	d     *deployment // whose parameters and variables they are
	home  *deployment // among whose resources the place is
	loops *loop
	call  *call // within a user's function
}

var _ lang.Scope = scope{}

// scope is that of a place in the deployment, outside of loops of its own.
func (d *deployment) scope() scope { return scope{d: d.words, home: d, loops: d.loops} }

// loop is a loop that runs around a place, at one of its turns.
type loop struct {
	name     string
	at       int64
	resource bool // it repeats a resource
	around   *loop
}

func (s scope) turn(name string, at int, resource bool) scope {
	s.loops = &loop{name: name, at: int64(at), resource: resource, around: s.loops}
	return s
}

// call is a user's function with its arguments.
type call struct {
	names []string
	args  []lang.Value
}

// Parameter is a parameter of the template, or of the function that the place is in.
func (s scope) Parameter(name string) (lang.Value, error) {
	if s.call == nil {
		return s.d.parameter(name)
	}
	for i, n := range s.call.names {
		if strings.EqualFold(n, name) {
			return s.call.args[i], nil
		}
	}
	return lang.Value{}, errors.New("the function has no parameter of that name")
}

// Variable is a variable of the template. Functions see none.
func (s scope) Variable(name string) (lang.Value, error) {
	if s.call != nil {
		return lang.Value{}, errors.New("a function cannot use the variables of the template")
	}
	v := s.d.tmpl.variables[foldName(name)]
	if v == nil {
		return lang.Value{}, fmt.Errorf("there is no variable %s", clip(name))
	}
	return s.d.once("v."+foldName(name), "the variable "+clip(name), func() (lang.Value, error) {
		own := scope{d: s.d, home: s.d}
		if v.loop {
			return own.repeat(v.node), nil
		}
		return secretByName(name, own.value(v.node)), nil
	})
}

// CopyIndex is the turn of a loop. Without a name it is the loop that repeats the resource.
func (s scope) CopyIndex(name string) (int64, error) {
	for l := s.loops; l != nil; l = l.around {
		if name == "" && l.resource || name != "" && strings.EqualFold(l.name, name) {
			return l.at, nil
		}
	}
	switch {
	case name == "" && s.loops != nil:
		return s.loops.at, nil
	case name == "":
		return 0, errors.New("there is no loop around it")
	}
	return 0, fmt.Errorf("there is no loop %s around it", clip(name))
}

// UserFunction evaluates a function of the template's own. It sees its arguments and nothing else.
func (s scope) UserFunction(namespace, name string, args []lang.Value) (lang.Value, error) {
	fn := s.d.tmpl.functions[foldName(namespace)+"."+foldName(name)]
	if fn == nil {
		return lang.Value{}, errors.New("the template has no function of that name")
	}
	c := &call{args: args}
	for _, p := range fn.GetFold("parameters").List() {
		c.names = append(c.names, p.GetFold("name").Str())
	}
	out := fn.GetFold("output").GetFold("value")
	switch {
	case len(c.names) != len(args):
		return lang.Value{}, fmt.Errorf("has %d arguments and takes %d", len(args), len(c.names))
	case out == nil:
		return lang.Value{}, errors.New("the function has no output")
	}
	v := scope{d: s.d, home: s.home, call: c}.value(out)
	return s.d.tmpl.taint(v, fn.GetFold("output"), 0), nil
}

// Deployment is what deployment() returns.
func (s scope) Deployment() lang.Value { return s.d.object() }

// ResourceGroup is what resourceGroup() returns.
func (s scope) ResourceGroup() lang.Value {
	if s.d.target.level != groupLevel {
		return s.d.run.misplaced("resourceGroup()")
	}
	return s.d.target.groupObject()
}

// Subscription is what subscription() returns.
func (s scope) Subscription() lang.Value {
	if l := s.d.target.level; l != groupLevel && l != subscriptionLevel {
		return s.d.run.misplaced("subscription()")
	}
	return s.d.target.subscriptionObject()
}

// ManagementGroup is what managementGroup() returns.
func (s scope) ManagementGroup() lang.Value {
	if s.d.target.level != managementLevel {
		return s.d.run.misplaced("managementGroup()")
	}
	return s.d.target.managementObject()
}

// Tenant is what tenant() returns.
func (scope) Tenant() lang.Value { return tenantObject() }

// Environment is what environment() returns.
func (scope) Environment() lang.Value { return environmentObject() }

// ScopeID is what resourceId() and its like begin with.
func (s scope) ScopeID(level string) string { return s.d.target.scopeID(level) }

// parameter is the value of a parameter: what it was given, else its default.
func (d *deployment) parameter(name string) (lang.Value, error) {
	key := foldName(name)
	def := d.tmpl.params[key]
	if def == nil {
		return lang.Value{}, fmt.Errorf("there is no parameter %s", clip(name))
	}
	return d.once("p."+key, "the parameter "+clip(name), func() (lang.Value, error) {
		v := d.chosen(key, def)
		d.check(def, &v)
		return secretByName(name, d.tmpl.taint(v, &def.Value, 0)), nil
	})
}

// secretByName marks a text that stands under a name which says that it is a secret: it is one wherever it goes, also where the
// name of the property says nothing.
func secretByName(name string, v lang.Value) lang.Value {
	if v.Kind == lang.String && v.Text != "" && v.Why == "" && secret.Name(name).Hides() {
		v.Secure = true
	}
	return v
}

func (d *deployment) chosen(key string, def *tree.Member) lang.Value {
	if a, ok := d.given[key]; ok {
		return a.eval(def.Name)
	}
	if node := def.Value.GetFold("defaultValue"); node != nil {
		return scope{d: d, home: d}.value(node)
	}
	if def.Value.GetFold("nullable").True() {
		return lang.Value{}
	}
	d.run.missing(d, def)
	return lang.Unknown(parameterWords(def.Name), evidence.UnknownParameter)
}

func parameterWords(name string) string {
	return "parameters('" + strings.ReplaceAll(name, "'", "''") + "')"
}

// eval evaluates what a parameter is given: a value, or the place of a secret in a vault, which stays there.
func (a argument) eval(name string) lang.Value {
	switch {
	case a.node == nil:
		return a.value
	case a.node.GetFold("reference") != nil:
		v := lang.Unknown(parameterWords(name), evidence.UnknownSecret)
		v.Secure = true
		return v
	case a.node.GetFold("value") != nil:
		return a.in.value(a.node.GetFold("value"))
	case a.node.Kind == tree.String:
		return made(a.in.value(a.node), name)
	}
	return lang.Unknown(parameterWords(name), evidence.UnknownParameter)
}

// made is what a parameter is given by one expression, which makes its object with the value, as Bicep writes it of a choice. Where the
// choice is open, its words are.
func made(v lang.Value, name string) lang.Value {
	if value, ok := v.Get("value"); ok {
		value.Secure = value.Secure || v.Secure
		return value
	}
	secret := lang.Unknown(parameterWords(name), evidence.UnknownSecret)
	secret.Secure = true
	switch _, kept := v.Get("reference"); {
	case kept:
		return secret
	case v.Kind == lang.Open:
		value := lang.Unknown(v.Text+".value", v.Why)
		value.Secure = v.Secure
		return value
	}
	return lang.Unknown(parameterWords(name), evidence.UnknownParameter)
}

// check compares a value with those that the template allows.
func (d *deployment) check(def *tree.Member, v *lang.Value) {
	allowed := def.Value.GetFold("allowedValues").List()
	if len(allowed) == 0 || v.Kind == lang.Array || v.Kind == lang.Object || v.Kind == lang.Null || !v.Known() {
		return
	}
	for i := range allowed {
		if strings.EqualFold(lang.FromTree(allowed[i]).Str(), v.Str()) {
			return
		}
	}
	d.run.note(evidence.NotRead{
		Kind: evidence.ReferenceUnknown, Input: d.tmpl.file.name, Line: int(def.Value.Line), Thing: def.Name,
		Reason: "the parameter has a value that the template does not allow, so Azure would refuse it",
		Help:   "give it one of its allowedValues in the parameter file, or allow the value",
	})
}

// output is an output of the deployment.
func (d *deployment) output(name string) (lang.Value, error) {
	def := d.tmpl.node.GetFold("outputs").GetFold(name)
	if def == nil {
		return lang.Value{}, fmt.Errorf("the deployment has no output %s", clip(name))
	}
	return d.once("o."+foldName(name), "the output "+clip(name), func() (lang.Value, error) {
		s := d.scope()
		v := lang.Value{}
		if loop := def.GetFold("copy"); loop != nil {
			v = s.repeat(loop)
		} else if node := def.GetFold("value"); node != nil {
			v = s.value(node)
		}
		return d.tmpl.taint(v, def, 0), nil
	})
}

func clip(name string) string {
	if len(name) > 80 {
		name = name[:80] + "..."
	}
	return name
}
