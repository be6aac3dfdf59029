package function

import (
	"c4arch/internal/arch/evidence"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func chances() map[string]definition {
	text := func(name string) function.Parameter { return function.Parameter{Name: name, Type: cty.String} }
	return map[string]definition{
		"timestamp":     {f: unknown(evidence.UnknownChance, nil)},
		"plantimestamp": {f: unknown(evidence.UnknownChance, nil)},
		"uuid":          {f: unknown(evidence.UnknownChance, nil)},
		// The salt is random.
		"bcrypt": {f: unknown(evidence.UnknownChance, &function.Parameter{Name: "cost", Type: cty.Number}, text("str"))},
		// The key is a secret; what it protects is one too.
		"rsadecrypt": {f: unknown(evidence.UnknownSecret, nil, text("ciphertext"), text("privatekey"))},
		// Where Terraform runs and who runs it is not told by the code.
		"abspath":    {f: unknown(evidence.UnknownRuntime, nil, text("path"))},
		"pathexpand": {f: pathexpand},
	}
}

// unknown makes a function whose result, a text, cannot be told.
func unknown(why evidence.Unknown, more *function.Parameter, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: params, VarParam: more, Type: function.StaticReturnType(cty.String),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			return cty.UnknownVal(cty.String).RefineNotNull().Mark(Why(why)), nil
		},
	})
}

// pathexpand replaces a leading ~ by the home directory; other paths it leaves as they are.
var pathexpand = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "path", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if p := args[0].AsString(); p == "" || p[0] != '~' {
			return args[0], nil
		}
		return cty.UnknownVal(cty.String).RefineNotNull().Mark(Why(evidence.UnknownRuntime)), nil
	},
})
