package lang

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
)

// logicFunctions are those of the pages "logical" and "comparison" of the reference.
func logicFunctions() []function {
	return []function{
		{name: "if", min: 3, max: 3, form: (*eval).choose},
		{name: "and", min: 1, max: -1, form: decide(false)},
		{name: "or", min: 1, max: -1, form: decide(true)},
		{name: "coalesce", min: 1, max: -1, form: (*eval).coalesce},
		{name: "not", min: 1, max: 1, call: func(_ *eval, args []Value) (Value, error) {
			if args[0].Kind != Bool {
				return Value{}, wrong(args, 0, "a boolean")
			}
			return Truth(!args[0].Bool), nil
		}},
		{name: "xor", min: 2, max: 2, call: func(_ *eval, args []Value) (Value, error) {
			for i := range args {
				if args[i].Kind != Bool {
					return Value{}, wrong(args, i, "a boolean")
				}
			}
			return Truth(args[0].Bool != args[1].Bool), nil
		}},
		{name: "true", call: func(*eval, []Value) (Value, error) { return Truth(true), nil }},
		{name: "false", call: func(*eval, []Value) (Value, error) { return Truth(false), nil }},
		{name: "bool", min: 1, max: 1, call: toBool},
		{name: "equals", min: 2, max: 2, need: needNothing, call: func(e *eval, args []Value) (Value, error) {
			return e.same(&args[0], &args[1]).value()
		}},
		{name: "less", min: 2, max: 2, call: order(func(c int) bool { return c < 0 })},
		{name: "lessOrEquals", min: 2, max: 2, call: order(func(c int) bool { return c <= 0 })},
		{name: "greater", min: 2, max: 2, call: order(func(c int) bool { return c > 0 })},
		{name: "greaterOrEquals", min: 2, max: 2, call: order(func(c int) bool { return c >= 0 })},
	}
}

// choose evaluates the branch that is taken, and no other. Where the condition is open, both branches may be the same.
func (e *eval) choose(n *node) Value {
	is := e.node(n.args[0])
	switch {
	case is.Kind == Bool && is.Bool:
		return e.node(n.args[1])
	case is.Kind == Bool:
		return e.node(n.args[2])
	}
	args := e.quiet(n, is)
	if is.Kind != Open {
		return e.fault(n, args, "the condition is "+article(is.Kind)+" and not a boolean")
	}
	if e.same(&args[1], &args[2]) == yes {
		return args[1]
	}
	v := e.left(n, args)
	v.Why = is.Why
	return v
}

// quiet is the arguments of a call of which those after the known ones may never be evaluated.
func (e *eval) quiet(n *node, known ...Value) []Value {
	args := make([]Value, len(n.args))
	copy(args, known)
	for i := len(known); i < len(args); i++ {
		args[i] = e.quietly(n.args[i])
	}
	return args
}

// decide is and() and or(): one operand with the deciding value tells the result, whatever is open beside it.
func decide(by bool) func(*eval, *node) Value {
	return func(e *eval, n *node) Value {
		var open []Value
		for i, arg := range n.args {
			v := e.operand(arg, len(open) > 0)
			switch {
			case v.Kind == Open:
				open = append(open, v)
			case v.Kind != Bool:
				return e.fault(n, nil, "argument "+strconv.Itoa(i+1)+" is "+article(v.Kind)+" and not a boolean")
			case v.Bool == by:
				return v
			}
		}
		switch len(open) {
		case 0:
			return Truth(!by)
		case 1:
			return open[0]
		}
		return e.left(n, open)
	}
}

// operand is one that may not be reached once an earlier one is open.
func (e *eval) operand(n *node, doubtful bool) Value {
	if doubtful {
		return e.quietly(n)
	}
	return e.node(n)
}

// coalesce is the first value that is not null. An open one may be null.
func (e *eval) coalesce(n *node) Value {
	var open []Value
	for _, arg := range n.args {
		v := e.operand(arg, len(open) > 0)
		if v.Kind == Null {
			continue
		}
		if open = append(open, v); v.Kind != Open {
			break
		}
	}
	switch len(open) {
	case 0:
		return Value{}
	case 1:
		return open[0]
	}
	return e.left(n, open)
}

// toBool is bool(text or integer): 0 is false.
func toBool(_ *eval, args []Value) (Value, error) {
	switch v := args[0]; v.Kind {
	case Bool:
		return v, nil
	case Int:
		return Truth(v.Int != 0), nil
	case String:
		switch strings.ToLower(strings.TrimSpace(v.Text)) {
		case "true":
			return Truth(true), nil
		case "false":
			return Truth(false), nil
		}
		return Value{}, errors.New("the text is neither true nor false")
	}
	return Value{}, wrong(args, 0, "a text or an integer")
}

// order compares two numbers, or two texts by their characters.
func order(is func(int) bool) func(*eval, []Value) (Value, error) {
	return func(_ *eval, args []Value) (Value, error) {
		a, b := &args[0], &args[1]
		if a.Kind == String && b.Kind == String {
			return Truth(is(strings.Compare(a.Text, b.Text))), nil
		}
		if a.Kind == Int && b.Kind == Int {
			return Truth(is(cmp.Compare(a.Int, b.Int))), nil
		}
		x, ok := number(a)
		y, both := number(b)
		if !ok || !both {
			return Value{}, errors.New("takes two numbers or two texts, not " + article(a.Kind) + " and " + article(b.Kind))
		}
		return Truth(is(cmp.Compare(x, y))), nil
	}
}

// number is the value of an integer or of a number with decimals.
func number(v *Value) (float64, bool) {
	switch v.Kind {
	case Int:
		return float64(v.Int), true
	case Float:
		f, err := strconv.ParseFloat(v.Text, 64)
		return f, err == nil
	}
	return 0, false
}
