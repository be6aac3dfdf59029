package function

import (
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func times() map[string]definition {
	return map[string]definition{
		"formatdate": {f: stdlib.FormatDateFunc},
		"timeadd":    {f: stdlib.TimeAddFunc},
		"timecmp":    {f: timecmp},
	}
}

var timecmp = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "timestamp_a", Type: cty.String}, {Name: "timestamp_b", Type: cty.String}},
	Type:         function.StaticReturnType(cty.Number),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		a, err := time.Parse(time.RFC3339, args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "not a valid RFC 3339 timestamp")
		}
		b, err := time.Parse(time.RFC3339, args[1].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(1, "not a valid RFC 3339 timestamp")
		}
		return cty.NumberIntVal(int64(a.Compare(b))), nil
	},
})
