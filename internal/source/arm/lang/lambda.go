package lang

import (
	"errors"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
)

// lambdaFunctions are those of the page "lambda" of the reference. Where an answer of a lambda is open and the result depends
// on it, the call stays as text.
func lambdaFunctions() []function {
	return []function{
		{name: "filter", min: 2, max: 2, form: over(1, Array, (*loop).filter)},
		{name: "map", min: 2, max: 2, form: over(1, Array, (*loop).mapping)},
		{name: "sort", min: 2, max: 2, form: over(1, Array, (*loop).sort)},
		{name: "groupBy", min: 2, max: 2, form: over(1, Array, (*loop).groupBy)},
		{name: "toObject", min: 2, max: 3, form: over(1, Array, (*loop).toObject)},
		{name: "reduce", min: 3, max: 3, form: over(2, Array, (*loop).reduce)},
		{name: "mapValues", min: 2, max: 2, form: over(1, Object, (*loop).mapValues)},
		{name: "lambda", min: 1, max: -1, form: func(e *eval, n *node) Value {
			return e.fault(n, nil, "stands only as an argument of filter, map, mapValues, reduce, sort, groupBy or toObject")
		}},
		{name: "lambdaVariables", min: 1, max: 1, keeps: true, call: (*eval).lambdaVariables},
	}
}

func (e *eval) lambdaVariables(args []Value) (Value, error) {
	name, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	for i := len(e.vars) - 1; i >= 0; i-- {
		if strings.EqualFold(e.vars[i].Name, name) {
			return e.vars[i].Value, nil
		}
	}
	return Value{}, errors.New("no lambda around has a variable of that name")
}

// lambda is lambda('a', 'b', body).
type lambda struct {
	names []string
	body  *node
	call  *node
}

// loop is a call of a function that takes lambdas.
type loop struct {
	e       *eval
	n       *node
	in      Value
	initial Value
	lambdas []lambda
}

// over evaluates the first arguments, reads the rest as lambdas and does the work, if what it goes over is known.
func over(first int, of Kind, do func(*loop) (Value, error)) func(*eval, *node) Value {
	return func(e *eval, n *node) Value {
		l := &loop{e: e, n: n, in: e.node(n.args[0])}
		if first == 2 {
			l.initial = e.node(n.args[1])
		}
		for _, arg := range n.args[first:] {
			fn, err := e.lambda(arg)
			if err != nil {
				return e.fault(n, nil, err.Error())
			}
			l.lambdas = append(l.lambdas, fn)
		}
		if l.in.Kind == Open {
			return l.left()
		}
		if l.in.Kind != of {
			return e.fault(n, nil, "argument 1 is "+article(l.in.Kind)+" and not "+article(of))
		}
		v, err := do(l)
		switch {
		case err == nil:
			v.Secure = v.Secure || l.in.Secure
			return v
		case errors.Is(err, errOpen):
			return l.left()
		case errors.Is(err, errLimit):
			return e.limited(n)
		}
		return e.fault(n, nil, err.Error())
	}
}

// lambda reads an argument as a lambda. The names of its variables must be texts.
func (e *eval) lambda(n *node) (lambda, error) {
	if n.op != opCall || n.fn == nil || n.fn.name != "lambda" || len(n.args) == 0 {
		return lambda{}, errors.New("takes a lambda")
	}
	l := lambda{call: n, body: n.args[len(n.args)-1]}
	for _, arg := range n.args[:len(n.args)-1] {
		if arg.op != opString {
			return lambda{}, errors.New("the variable of a lambda is no text")
		}
		l.names = append(l.names, arg.text)
	}
	return l, nil
}

// with evaluates a lambda with its variables; those that are not given are not there.
func (l *loop) with(which int, values ...Value) (Value, error) {
	fn := &l.lambdas[which]
	if len(fn.names) > len(values) {
		return Value{}, errors.New("a lambda has " + strconv.Itoa(len(fn.names)) + " variables and may have " + strconv.Itoa(len(values)))
	}
	if !l.e.b.Step(1+len(fn.names)) || !l.e.b.Room(valueBytes) {
		return Value{}, errLimit
	}
	outer := l.e.vars
	for i, name := range fn.names {
		l.e.vars = append(l.e.vars, Member{name, values[i]})
	}
	v := l.e.node(fn.body)
	l.e.vars = outer
	if v.Kind == Open && l.e.b.Spent() {
		return Value{}, errLimit
	}
	return v, nil
}

// left is the call as text. In the lambdas all that does not depend on their own variables is put in.
func (l *loop) left() Value {
	args := []Value{l.in}
	if l.initial.Kind != Null || len(l.n.args)-len(l.lambdas) == 2 {
		args = append(args, l.initial)
	}
	for i := range l.lambdas {
		args = append(args, l.written(i))
	}
	why := Value{Kind: Array, Items: args}.Reason()
	v := l.e.left(l.n, args)
	v.Why = why
	return v
}

// written is a lambda as text.
func (l *loop) written(which int) Value {
	fn := &l.lambdas[which]
	w := writer{max: maxWords, b: []byte("lambda(")}
	values := make([]Value, len(fn.names))
	for i, name := range fn.names {
		w.quoted(name)
		w.b = append(w.b, ", "...)
		values[i] = Unknown("lambdaVariables('"+strings.ReplaceAll(name, "'", "''")+"')", evidence.UnknownRuntime)
	}
	l.e.b.quiet++
	body, err := l.with(which, values...)
	l.e.b.quiet--
	if err != nil || body.Kind != Open && body.HasSecure() {
		return Unknown(l.e.source(fn.call), evidence.UnknownRuntime)
	}
	w.value(&body)
	w.b = append(w.b, ')')
	return Unknown(l.e.written(&w, fn.call), evidence.UnknownRuntime)
}

// boolean is the answer of a lambda that must be true or false.
func (l *loop) boolean(values ...Value) (bool, error) {
	v, err := l.with(0, values...)
	switch {
	case err != nil:
		return false, err
	case v.Kind == Open:
		return false, errOpen
	case v.Kind != Bool:
		return false, errors.New("the lambda gives " + article(v.Kind) + " and not a boolean")
	}
	return v.Bool, nil
}

func (l *loop) filter() (Value, error) {
	var items []Value
	for i := range l.in.Items {
		keep, err := l.boolean(l.in.Items[i], Number(int64(i)))
		if err != nil {
			return Value{}, err
		}
		if keep {
			items = append(items, l.in.Items[i])
		}
	}
	return l.e.list(items)
}

func (l *loop) mapping() (Value, error) {
	var items []Value
	for i := range l.in.Items {
		v, err := l.with(0, l.in.Items[i], Number(int64(i)))
		if err != nil {
			return Value{}, err
		}
		items = append(items, v)
	}
	return l.e.list(items)
}

// reduce hands the lambda what it has, the next item, and the index.
func (l *loop) reduce() (Value, error) {
	v := l.initial
	for i := range l.in.Items {
		var err error
		if v, err = l.with(0, v, l.in.Items[i], Number(int64(i))); err != nil {
			return Value{}, err
		}
	}
	return v, nil
}

// sort merges, so that a comparison that contradicts itself does no harm.
func (l *loop) sort() (Value, error) {
	if !l.e.b.Room(2 * valueBytes * len(l.in.Items)) {
		return Value{}, errLimit
	}
	items := append([]Value(nil), l.in.Items...)
	if err := l.order(items, make([]Value, len(items))); err != nil {
		return Value{}, err
	}
	return l.e.list(items)
}

func (l *loop) order(items, space []Value) error {
	if len(items) < 2 {
		return nil
	}
	half := len(items) / 2
	if err := l.order(items[:half], space[:half]); err != nil {
		return err
	}
	if err := l.order(items[half:], space[half:]); err != nil {
		return err
	}
	copy(space, items)
	left, right := space[:half], space[half:]
	for i := range items {
		second := len(left) == 0
		if len(left) > 0 && len(right) > 0 {
			// The second goes first only where it is certainly to stand before the first.
			less, err := l.boolean(right[0], left[0])
			if err != nil {
				return err
			}
			second = less
		}
		if second {
			items[i], right = right[0], right[1:]
		} else {
			items[i], left = left[0], left[1:]
		}
	}
	return nil
}

// name is the answer of a lambda that names a member.
func (l *loop) name(values ...Value) (string, error) {
	v, err := l.with(0, values...)
	switch {
	case err != nil:
		return "", err
	case v.open():
		return "", errOpen
	case v.Kind != String:
		return "", errors.New("the lambda gives " + article(v.Kind) + " and not a text")
	}
	return v.Text, nil
}

func (l *loop) groupBy() (Value, error) {
	var groups object
	for i := range l.in.Items {
		name, err := l.name(l.in.Items[i], Number(int64(i)))
		if err != nil {
			return Value{}, err
		}
		at := groups.find(name)
		if at < 0 {
			at = len(groups.members)
			groups.set(name, Value{Kind: Array})
		}
		group := &groups.members[at].Value
		group.Items = append(group.Items, l.in.Items[i])
	}
	for i := range groups.members {
		v, err := l.e.list(groups.members[i].Value.Items)
		if err != nil {
			return Value{}, err
		}
		groups.members[i].Value = v
	}
	return l.e.dict(groups.members)
}

func (l *loop) toObject() (Value, error) {
	var o object
	for i := range l.in.Items {
		name, err := l.name(l.in.Items[i], Number(int64(i)))
		if err != nil {
			return Value{}, err
		}
		v := l.in.Items[i]
		if len(l.lambdas) == 2 {
			if v, err = l.with(1, v, Number(int64(i))); err != nil {
				return Value{}, err
			}
		}
		o.set(name, v)
	}
	return l.e.dict(o.members)
}

func (l *loop) mapValues() (Value, error) {
	members := make([]Member, 0, len(l.in.Members))
	for _, m := range l.in.Members {
		v, err := l.with(0, m.Value)
		if err != nil {
			return Value{}, err
		}
		members = append(members, Member{m.Name, v})
	}
	return l.e.dict(members)
}
