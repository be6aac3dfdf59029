package lang

import (
	"errors"
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
)

// eval evaluates one expression.
type eval struct {
	expr  *Expr
	scope Scope
	b     *Budget
	vars  []Member // the variables of lambdas, the innermost last
}

// errOpen says that the arguments do not tell the result; errLimit that it would be too large.
var (
	errOpen  = errors.New("open")
	errLimit = errors.New("limit")
)

// Eval returns the value of the expression. What can be told is told; the rest is an Open value, or a String
// with open parts, whose Why says what is missing. What is wrong is noted in the budget.
func (e *Expr) Eval(s Scope, b *Budget) Value {
	if b.depth >= maxExpressions {
		return Unknown(e.words(e.root), evidence.UnknownLimit)
	}
	b.depth++
	defer func() { b.depth-- }()
	v := eval{expr: e, scope: s, b: b}
	return v.node(e.root)
}

func (e *eval) node(n *node) Value {
	if !e.b.Step(1) {
		return e.limited(n)
	}
	switch n.op {
	case opString:
		return Str(n.text)
	case opInt:
		return Number(n.num)
	case opFloat:
		return Value{Kind: Float, Text: n.text}
	case opPath:
		return e.path(n)
	}
	return e.call(n)
}

// limited is the value of what is too much work. Nothing is made for it.
func (e *eval) limited(n *node) Value {
	return Unknown(e.source(n), evidence.UnknownLimit)
}

func (e *eval) call(n *node) Value {
	if n.fn == nil {
		return e.foreign(n)
	}
	if have := len(n.args); have < n.fn.min || n.fn.max >= 0 && have > n.fn.max {
		return e.fault(n, nil, fmt.Sprintf("has %d arguments and takes %s", have, n.fn.takes()))
	}
	if n.fn.form != nil {
		return n.fn.form(e, n)
	}
	return e.apply(n, e.args(n))
}

func (e *eval) args(n *node) []Value {
	if len(n.args) == 0 {
		return nil
	}
	args := make([]Value, len(n.args))
	for i, a := range n.args {
		args[i] = e.node(a)
	}
	return args
}

// foreign calls a function that is no built-in one: list*, whose names the resource providers choose, or a user's.
func (e *eval) foreign(n *node) Value {
	args := e.args(n)
	switch {
	case n.space != "":
		v, err := e.scope.UserFunction(n.space, n.text, args)
		if err != nil {
			return e.fault(n, args, err.Error())
		}
		return v
	case len(n.text) >= 4 && strings.EqualFold(n.text[:4], "list") && len(args) > 0:
		return e.listing(n, args)
	}
	return e.fault(n, args, "there is no function of that name")
}

// textStep is how many bytes of text are as much work as one step.
const textStep = 256

// apply calls a function with what it needs to know, and leaves the call as text where an argument is too open.
func (e *eval) apply(n *node, args []Value) Value {
	for i := range args {
		if args[i].Kind == Open && args[i].Why == evidence.UnknownLimit && e.b.Spent() {
			return e.limited(n)
		}
		if !e.b.Step(len(args[i].Text) / textStep) {
			return e.limited(n)
		}
		if n.fn.need.misses(&args[i]) {
			return e.left(n, args)
		}
	}
	v, err := n.fn.call(e, args)
	switch {
	case err == nil:
		return taint(n.fn, args, v)
	case errors.Is(err, errOpen):
		return e.left(n, args)
	case errors.Is(err, errLimit):
		return e.limited(n)
	}
	return e.fault(n, args, err.Error())
}

// taint marks what was made of secure values. Functions that keep their arguments as they are keep the marks of
// the parts; all others mix them.
func taint(fn *function, args []Value, v Value) Value {
	scalar := v.Kind != Array && v.Kind != Object
	for i := range args {
		a := &args[i]
		if a.Listed() && v.Kind == String {
			continue // a text that was made around it
		}
		whole := a.Kind == Array || a.Kind == Object
		if !fn.keeps && a.HasSecure() || fn.keeps && a.Secure && (scalar || whole) {
			v.Secure = true
		}
	}
	return v
}

// left is the call as text, with the arguments that are known put in.
func (e *eval) left(n *node, args []Value) Value {
	v := Value{Kind: Open, Why: evidence.UnknownRuntime, Text: e.write(n, args)}
	for i := len(args) - 1; i >= 0; i-- {
		v.Secure = v.Secure || args[i].HasSecure()
		if why := args[i].Reason(); why != "" {
			v.Why = why
		}
	}
	return v
}

// fault notes what is wrong with a call and leaves it as text.
func (e *eval) fault(n *node, args []Value, message string) Value {
	if e.b.Spent() {
		return e.limited(n)
	}
	e.b.Fault(e.name(n) + ": " + message)
	if args == nil {
		return Unknown(e.source(n), evidence.UnknownFault)
	}
	v := e.left(n, args)
	v.Why = evidence.UnknownFault
	return v
}

// name is how a message and what is left of an expression call a function.
func (e *eval) name(n *node) string {
	switch {
	case n.fn != nil:
		return n.fn.name
	case n.space != "":
		return n.space + "." + n.text
	}
	return n.text
}

// quietly evaluates what may never be evaluated when the template is deployed: its faults are not noted.
func (e *eval) quietly(n *node) Value {
	e.b.quiet++
	defer func() { e.b.quiet-- }()
	return e.node(n)
}

// list and dict are [List] and [Dict] within the budget.
func (e *eval) list(items []Value) (Value, error) { return e.pay(List(items)) }

func (e *eval) dict(members []Member) (Value, error) { return e.pay(Dict(members)) }

// valueBytes is about what one value takes in memory.
const valueBytes = 176

func (e *eval) pay(v Value) (Value, error) {
	if v.Kind == Open || !e.b.Step(v.Size()) || !e.b.Room(valueBytes*(len(v.Items)+len(v.Members))) {
		return Value{}, errLimit
	}
	return v, nil
}

// text is [Str] within the budget.
func (e *eval) text(s string) (Value, error) {
	if !e.b.Room(len(s)) {
		return Value{}, errLimit
	}
	return Str(s), nil
}
