package severity

import (
	"regexp"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"c4arch/internal/base/glob"
	"c4arch/internal/base/tree"
)

// maxVisits bounds what one call of at looks at.
const maxVisits = 100_000

// memberCall is the function that each x.name and x[y] of an expression becomes.
const memberCall = "member"

// eachCall is the function that what a macro goes through becomes.
const eachCall = "each"

// functions are those that conditions have beyond those of the language.
func functions() []cel.EnvOption {
	dyn, list := cel.DynType, cel.ListType(cel.DynType)
	unary := func(name string, result *cel.Type, f func(ref.Val) ref.Val) cel.EnvOption {
		return cel.Function(name, cel.Overload(name+"_dyn", []*cel.Type{dyn}, result, cel.UnaryBinding(f)))
	}
	binary := func(name string, second, result *cel.Type, f func(a, b ref.Val) ref.Val) cel.EnvOption {
		return cel.Function(name, cel.Overload(name+"_dyn_"+second.String(), []*cel.Type{dyn, second}, result, cel.BinaryBinding(f)))
	}
	return []cel.EnvOption{
		binary(memberCall, dyn, dyn, member),
		unary(eachCall, dyn, each),
		binary("at", cel.StringType, dyn, at),
		unary("tls", cel.IntType, func(v ref.Val) ref.Val { return types.Int(tlsVersion(text(v))) }),
		binary("rank", list, cel.IntType, rank),
		unary("number", dyn, func(v ref.Val) ref.Val { return types.Double(number(v)) }),
		unary("folded", cel.StringType, func(v ref.Val) ref.Val { return types.String(fold(v)) }),
		binary("holds", dyn, cel.BoolType, holds),
		unary("on", cel.BoolType, func(v ref.Val) ref.Val { return types.Bool(isOn(v)) }),
		unary("list", list, func(v ref.Val) ref.Val { return types.NewRefValList(types.DefaultTypeAdapter, items(v)) }),
		binary("opens", dyn, cel.BoolType, opens),
		unary("share", dyn, share),
		unary("cloud", cel.BoolType, cloud),
		binary("glob", cel.StringType, cel.BoolType, func(v, pattern ref.Val) ref.Val {
			return types.Bool(glob.Match(text(pattern), text(v), true))
		}),
	}
}

// at follows a path of names below v. With a [] in it the result is a list of what is found, never null; without, null where
// something is missing.
func at(v, path ref.Val) ref.Val {
	found, many, left := []ref.Val{v}, false, maxVisits
	for _, step := range stepsOf(text(path)) {
		var next []ref.Val
		for _, f := range found {
			var below []ref.Val
			if step.any {
				below = items(f)
			} else if m := member(f, types.String(step.name)); m != types.NullValue {
				below = []ref.Val{m}
			}
			if left -= 1 + len(below); left < 0 {
				return types.NewErr("at looked at more than %d values", maxVisits)
			}
			next = append(next, below...)
		}
		found, many = next, many || step.any
	}
	if many {
		return types.NewRefValList(types.DefaultTypeAdapter, found)
	}
	if len(found) == 0 {
		return types.NullValue
	}
	return found[0]
}

// tlsForm is how versions of TLS are written: 1.2, TLS1_2, TLS12, TLSv1.2, TLS_1_2, TLSv1.2_2021; without a minor version, as in TLSv1_2016, it is 1.0.
var tlsForm = regexp.MustCompile(`^(?:tls[ _v]*)?(?:1(?:[._]?([0-3]))?(?:_20[0-9]{2}.*)?)?$`)

// tlsVersion is 10, 11, 12 or 13, or -1 where the text is none of them.
func tlsVersion(s string) int {
	m := tlsForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	switch {
	case m == nil || m[0] == "":
		return -1
	case m[1] == "":
		return 10
	}
	return 10 + int(m[1][0]-'0')
}

// rank is the position of v in a list from weak to strong, -1 where it is not in it.
func rank(v, of ref.Val) ref.Val {
	for i, it := range items(of) {
		if v != types.NullValue && same(it, v) {
			return types.Int(i)
		}
	}
	if u := anyUnknown(items(of)); u != nil {
		return u
	}
	return types.Int(-1)
}

// number reads a number also from text, as some sources write it; -1 where there is none.
func number(v ref.Val) float64 {
	switch v := v.(type) {
	case types.Int:
		return float64(v)
	case types.Uint:
		return float64(v)
	case types.Double:
		return float64(v)
	case types.String:
		if s := strings.TrimSpace(string(v)); tree.IsNumber(s) {
			if f, err := strconv.ParseFloat(s, 64); err == nil {
				return f
			}
		}
	}
	return -1
}

// holds reports whether a list, or a scalar that stands for a list of one, has an item, without regard to case. Of a list of items it reports whether any is held.
func holds(of, wanted ref.Val) ref.Val {
	for _, it := range items(of) {
		for _, w := range items(wanted) {
			if same(it, w) {
				return types.True
			}
		}
	}
	for _, list := range [][]ref.Val{items(of), items(wanted)} {
		if u := anyUnknown(list); u != nil {
			return u
		}
	}
	return types.False
}

// isOn reports whether a switch is on, however the source writes it.
func isOn(v ref.Val) bool {
	switch fold(v) {
	case "true", "enabled", "enable", "on", "yes", "1":
		return true
	}
	return false
}

// opens reports whether one of the spans lets most of the Internet in at one of the ports over TCP. What only the tenants of a cloud may use is not the Internet.
func opens(spans, ports ref.Val) ref.Val {
	for _, s := range items(spans) {
		protocol := fold(member(s, types.String("protocol")))
		if isOn(member(s, types.String("cloud"))) || number(member(s, types.String("share"))) < 0.5 || protocol != "tcp" && protocol != "*" {
			continue
		}
		from, to := number(member(s, types.String("from"))), number(member(s, types.String("to")))
		for _, p := range items(ports) {
			if n := number(p); n >= from && n <= to {
				return types.True
			}
		}
	}
	return types.False
}

// share is the greatest part of all addresses that one of the spans lets in, those of a cloud left out.
func share(spans ref.Val) ref.Val {
	most := 0.0
	for _, s := range items(spans) {
		if !isOn(member(s, types.String("cloud"))) {
			most = max(most, number(member(s, types.String("share"))))
		}
	}
	return types.Double(most)
}

// cloud reports whether one of the spans is open to all tenants of a cloud.
func cloud(spans ref.Val) ref.Val {
	for _, s := range items(spans) {
		if isOn(member(s, types.String("cloud"))) {
			return types.True
		}
	}
	return types.False
}
