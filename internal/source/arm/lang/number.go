package lang

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"
)

var errOverflow = errors.New("the result is no integer of 64 bits")

// numberFunctions are those of the page "numeric" of the reference, and min and max.
func numberFunctions() []function {
	return []function{
		{name: "add", min: 2, max: 2, call: arithmetic(addition)},
		{name: "sub", min: 2, max: 2, call: arithmetic(subtraction)},
		{name: "mul", min: 2, max: 2, call: arithmetic(product)},
		{name: "div", min: 2, max: 2, call: arithmetic(quotient)},
		{name: "mod", min: 2, max: 2, call: arithmetic(remainder)},
		{name: "int", min: 1, max: 1, call: toInt},
		{name: "float", min: 1, max: 1, call: toFloat},
		{name: "min", min: 1, max: -1, call: extreme(-1)},
		{name: "max", min: 1, max: -1, call: extreme(1)},
	}
}

// arithmetic makes a function of two integers.
func arithmetic(do func(a, b int64) (Value, error)) func(*eval, []Value) (Value, error) {
	return func(_ *eval, args []Value) (Value, error) {
		a, err := whole(args, 0)
		if err != nil {
			return Value{}, err
		}
		b, err := whole(args, 1)
		if err != nil {
			return Value{}, err
		}
		return do(a, b)
	}
}

func addition(a, b int64) (Value, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return Value{}, errOverflow
	}
	return Number(sum), nil
}

func subtraction(a, b int64) (Value, error) {
	rest := a - b
	if (rest < a) != (b > 0) && b != 0 {
		return Value{}, errOverflow
	}
	return Number(rest), nil
}

func product(a, b int64) (Value, error) {
	p := a * b
	if a != 0 && (p/a != b || a == -1 && b == math.MinInt64) {
		return Value{}, errOverflow
	}
	return Number(p), nil
}

func quotient(a, b int64) (Value, error) {
	if b == 0 {
		return Value{}, errors.New("divides by zero")
	}
	if a == math.MinInt64 && b == -1 {
		return Value{}, errOverflow
	}
	return Number(a / b), nil
}

func remainder(a, b int64) (Value, error) {
	if b == 0 {
		return Value{}, errors.New("divides by zero")
	}
	if b == -1 {
		return Number(0), nil
	}
	return Number(a % b), nil
}

// toInt is int(text or number). A text may be written as .NET reads it: with space around it and a sign.
func toInt(_ *eval, args []Value) (Value, error) {
	switch v := args[0]; v.Kind {
	case Int:
		return v, nil
	case String:
		if n, err := strconv.ParseInt(strings.TrimSpace(v.Text), 10, 64); err == nil {
			return Number(n), nil
		}
		return Value{}, errors.New("the text is no integer of 64 bits")
	case Float:
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
			return Value{}, errors.New("the number is no integer of 64 bits")
		}
		return Number(int64(f)), nil
	}
	return Value{}, errors.New("takes a text or an integer, not " + article(args[0].Kind))
}

// toFloat is float(text or number).
func toFloat(_ *eval, args []Value) (Value, error) {
	text := args[0].Text
	switch args[0].Kind {
	case Int:
		text = strconv.FormatInt(args[0].Int, 10)
	case String, Float:
	default:
		return Value{}, errors.New("takes a text or a number, not " + article(args[0].Kind))
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return Value{}, errors.New("the text is no number")
	}
	return Value{Kind: Float, Text: decimal(f)}, nil
}

// decimal writes a number as JSON has it, a whole one with one decimal so that it stays a number with decimals.
func decimal(f float64) string {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// extreme is min(...) and max(...) of integers or of one array of integers.
func extreme(sign int) func(*eval, []Value) (Value, error) {
	return func(e *eval, args []Value) (Value, error) {
		if len(args) == 1 && args[0].Kind == Array {
			args = args[0].Items
		}
		if len(args) == 0 || !e.b.Step(len(args)) {
			return Value{}, errors.New("takes at least one integer")
		}
		best, err := whole(args, 0)
		for i := 1; i < len(args) && err == nil; i++ {
			var n int64
			if n, err = whole(args, i); cmp.Compare(n, best) == sign {
				best = n
			}
		}
		return Number(best), err
	}
}
