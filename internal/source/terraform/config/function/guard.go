package function

import (
	"errors"
	"fmt"

	"c4arch/internal/arch/evidence"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func because(why evidence.Unknown, format string, a ...any) error {
	return &Fault{Reason: why, Text: fmt.Sprintf(format, a...)}
}

func limit(format string, a ...any) error { return because(evidence.UnknownLimit, format, a...) }

// guard puts the bounds around a function: it has the same parameters, but takes what it is given as it is, since
// the measuring has to come before anything that walks the arguments.
func (e Env) guard(name string, d definition) function.Function {
	spec := &function.Spec{
		Description: d.f.Description(),
		Type:        function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := e.call(name, d, args)
			if err != nil && secret(args) {
				f, ok := errors.AsType[*Fault](err)
				err = &Fault{
					Reason: Reason(err), outside: ok && f.outside,
					Text: name + " fails with what it is given, which is sensitive",
				}
			}
			return v, err
		},
	}
	for _, p := range d.f.Params() {
		spec.Params = append(spec.Params, open(p))
	}
	if p := d.f.VarParam(); p != nil {
		o := open(*p)
		spec.VarParam = &o
	}
	return function.New(spec)
}

func (e Env) call(name string, d definition, args []cty.Value) (cty.Value, error) {
	if err := e.admit(name, d, args); err != nil {
		return cty.NilVal, err
	}
	args, err := prepared(d.f, args)
	if err != nil {
		return cty.NilVal, err
	}
	v, err := d.f.Call(args)
	if _, ok := errors.AsType[function.PanicError](err); ok {
		// As in the standard library's log(-1, 2). Its text would be a stack trace.
		return cty.NilVal, because(evidence.UnknownFault, "%s cannot be computed of these arguments", name)
	}
	if err != nil || d.shallow {
		return v, err
	}
	var m meter
	if err := m.add(v, 0); err != nil {
		return cty.NilVal, err
	}
	return v, e.Spend(m.cost())
}

// secret reports whether an argument is marked sensitive, so that an error must not tell of it.
func secret(args []cty.Value) bool {
	for _, a := range args {
		if _, err := Measure(a); err != nil {
			return true
		}
		_, marks := a.UnmarkDeep()
		_, sensitive := marks[Sensitive{}]
		_, ephemeral := marks[Ephemeral{}]
		if sensitive || ephemeral {
			return true
		}
	}
	return false
}

func open(p function.Parameter) function.Parameter {
	if p.Type.IsCollectionType() {
		p.Type = cty.DynamicPseudoType // see Convert
	}
	p.AllowDynamicType, p.AllowMarked, p.AllowNull, p.AllowUnknown = true, true, true, true
	return p
}

// manyArgs: the calling of a function copies the list of its arguments for each that is marked.
const manyArgs = 10_000

func (e Env) admit(name string, d definition, args []cty.Value) error {
	if len(args) > manyArgs {
		return limit("%s is given more than %d arguments", name, manyArgs)
	}
	m := meter{taken: true}
	if !d.shallow {
		for _, a := range args {
			if err := m.add(a, 0); err != nil {
				return err
			}
		}
	}
	if err := e.Spend(10 + m.cost() + len(args)*len(args)/8); err != nil {
		return err
	}
	if d.before != nil {
		return d.before(args)
	}
	return nil
}

// meter measures values, with those inside of them.
type meter struct {
	nodes, text int
	digits      int // of numbers, at most
	inSets      int // elements of sets
	// taken: arguments rather than a result.
	taken bool
}

// cost is what it takes to walk what was measured. Sets are kept in order, which takes many comparisons.
func (m *meter) cost() int { return m.nodes + m.text/4 + 40*m.inSets }

func (m *meter) verb() string {
	if m.taken {
		return "it is given"
	}
	return "it makes"
}

func (m *meter) add(v cty.Value, depth int) error {
	v, _ = v.Unmark()
	switch m.nodes++; {
	case m.nodes > maxNodes:
		return limit("%s more than %d values", m.verb(), maxNodes)
	case depth > maxDepth:
		return limit("%s values more than %d deep", m.verb(), maxDepth)
	case !v.IsKnown() || v.IsNull():
		return nil
	}
	switch ty := v.Type(); {
	case ty == cty.String:
		return m.addText(v.AsString())
	case ty == cty.Number:
		e := v.AsBigFloat().MantExp(nil)
		if e > maxExponent || e < -maxExponent {
			return limit("%s a number of more than %d digits", m.verb(), maxExponent*3/10)
		}
		m.digits += 40 + max(e, -e)
	case v.CanIterateElements():
		return m.addElements(v, depth)
	}
	return nil
}

func (m *meter) addText(s string) error {
	m.text += len(s)
	if m.taken && m.text > maxTaken || !m.taken && len(s) > maxText || m.text > maxRough {
		return limit("%s more than %d MiB of text", m.verb(), maxText>>20)
	}
	return nil
}

func (m *meter) addElements(v cty.Value, depth int) error {
	if v.LengthInt() > maxElements {
		return limit("%s more than %d elements", m.verb(), maxElements)
	}
	if v.Type().IsSetType() {
		m.inSets += v.LengthInt()
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if k.Type() == cty.String && !v.Type().IsSetType() {
			m.text += len(k.AsString())
		}
		if err := m.add(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// tooMuchText refuses a text that would be far too large; the exact measure is taken of the result.
func tooMuchText(n int) error {
	if n > maxRough || n < 0 {
		return limit("it makes more than %d MiB of text", maxText>>20)
	}
	return nil
}

func tooMany(n int) error {
	if n > maxElements || n < 0 {
		return limit("it makes more than %d elements", maxElements)
	}
	return nil
}

// text returns an argument that is a known text.
func text(v cty.Value) string {
	if v, _ = v.Unmark(); v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return v.AsString()
	}
	return ""
}

// length returns how many elements an argument has, as far as that is known.
func length(v cty.Value) int {
	if v, _ = v.Unmark(); v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
		return v.LengthInt()
	}
	return 0
}

// product is a*b, or a number over every limit.
func product(a, b int) int {
	if a < 0 || b < 0 || b > 0 && a > 1<<40/b {
		return 1 << 40
	}
	return a * b
}
