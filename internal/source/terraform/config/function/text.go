package function

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func (e Env) texts() map[string]definition {
	return map[string]definition{
		"chomp":       {f: ofText(chomp)},
		"endswith":    {f: textTest("suffix", strings.HasSuffix)},
		"format":      {f: stdlib.FormatFunc, before: formatSize},
		"formatlist":  {f: stdlib.FormatListFunc, before: formatSize},
		"indent":      {f: stdlib.IndentFunc, before: indentSize},
		"join":        {f: stdlib.JoinFunc, before: joinSize},
		"lower":       {f: stdlib.LowerFunc},
		"regex":       {f: stdlib.RegexFunc, before: e.oneMatch},
		"regexall":    {f: stdlib.RegexAllFunc, before: e.allMatches},
		"replace":     {f: e.replace()},
		"split":       {f: stdlib.SplitFunc, before: splitSize},
		"startswith":  {f: textTest("prefix", strings.HasPrefix)},
		"strcontains": {f: textTest("substr", strings.Contains)},
		"strrev":      {f: stdlib.ReverseFunc},
		"substr":      {f: stdlib.SubstrFunc},
		"title":       {f: stdlib.TitleFunc},
		"trim":        {f: stdlib.TrimFunc},
		"trimprefix":  {f: stdlib.TrimPrefixFunc},
		"trimspace":   {f: stdlib.TrimSpaceFunc},
		"trimsuffix":  {f: stdlib.TrimSuffixFunc},
		"upper":       {f: stdlib.UpperFunc},
	}
}

// ofText makes a function of one text.
func ofText(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "str", Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	})
}

// ofTexts makes a function of two texts.
func ofTexts(first, second string, f func(a, b string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: first, Type: cty.String}, {Name: second, Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString(), args[1].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	})
}

func textTest(second string, f func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "str", Type: cty.String}, {Name: second, Type: cty.String}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// chomp takes the line ends off the end.
func chomp(s string) (string, error) {
	for {
		switch {
		case strings.HasSuffix(s, "\r\n"):
			s = s[:len(s)-2]
		case strings.HasSuffix(s, "\n"), strings.HasSuffix(s, "\r"):
			s = s[:len(s)-1]
		default:
			return s, nil
		}
	}
}

func splitSize(args []cty.Value) error {
	return tooMany(strings.Count(text(args[1]), text(args[0])) + 1)
}

func joinSize(args []cty.Value) error {
	n := 0
	for _, a := range args[1:] {
		n += length(a)
	}
	return tooMuchText(product(n, len(text(args[0]))))
}

func indentSize(args []cty.Value) error {
	n, _ := args[0].Unmark()
	if n.Type() != cty.Number || !n.IsKnown() || n.IsNull() {
		return nil
	}
	spaces, _ := n.AsBigFloat().Int64()
	if spaces < 0 {
		return function.NewArgErrorf(0, "must not be negative")
	}
	return tooMuchText(product(strings.Count(text(args[1]), "\n"), int(min(spaces, 1<<40))) + int(min(spaces, 1<<40)))
}
