package lang

import (
	"errors"

	"c4arch/internal/arch/evidence"
)

// cloudFunctions are those whose answers come from around the template: its parameters and variables, the deployment, and
// the cloud (pages deployment, resource and scope of the reference).
func cloudFunctions() []function {
	all := []function{
		{name: "parameters", min: 1, max: 1, keeps: true, call: named(Scope.Parameter)},
		{name: "variables", min: 1, max: 1, keeps: true, call: named(Scope.Variable)},
		{name: "copyIndex", min: 0, max: 2, call: (*eval).copyIndex},
		{name: "fail", min: 1, max: 1, call: (*eval).failed},
		{name: "reference", min: 1, max: 3, need: needNothing, call: (*eval).reference},
		{name: "resourceInfo", min: 1, max: 1, need: needNothing, call: (*eval).resourceInfo},
		{name: "deployment", call: scoped(Scope.Deployment)},
		{name: "environment", call: scoped(Scope.Environment)},
		{name: "subscription", call: scoped(Scope.Subscription)},
		{name: "resourceGroup", call: scoped(Scope.ResourceGroup)},
		{name: "managementGroup", call: scoped(Scope.ManagementGroup)},
		{name: "tenant", call: scoped(Scope.Tenant)},
	}
	for _, f := range []struct {
		name     string
		min, max int
		why      evidence.Unknown
	}{
		{"deployer", 0, 0, evidence.UnknownScope},
		{"externalInput", 1, 2, evidence.UnknownParameter},
		{"externalInputs", 1, 2, evidence.UnknownParameter},
		{"newGuid", 0, 0, evidence.UnknownChance},
		{"pickZones", 3, 5, evidence.UnknownRuntime},
		{"providers", 1, 2, evidence.UnknownRuntime},
		{"references", 1, 2, evidence.UnknownRuntime},
		{"toLogicalZone", 3, 3, evidence.UnknownRuntime},
		{"toLogicalZones", 3, 3, evidence.UnknownRuntime},
		{"toPhysicalZone", 3, 3, evidence.UnknownRuntime},
		{"toPhysicalZones", 3, 3, evidence.UnknownRuntime},
		{"utcNow", 0, 1, evidence.UnknownChance},
	} {
		all = append(all, function{name: f.name, min: f.min, max: f.max, form: func(e *eval, n *node) Value {
			v := e.left(n, e.args(n))
			v.Why = f.why
			return v
		}})
	}
	return all
}

// named looks a parameter or a variable up.
func named(get func(Scope, string) (Value, error)) func(*eval, []Value) (Value, error) {
	return func(e *eval, args []Value) (Value, error) {
		if args[0].Kind != String {
			return Value{}, errors.New("takes a name")
		}
		return get(e.scope, args[0].Text)
	}
}

func scoped(get func(Scope) Value) func(*eval, []Value) (Value, error) {
	return func(e *eval, _ []Value) (Value, error) { return get(e.scope), nil }
}

// copyIndex is copyIndex(loop, offset), each of them optional.
func (e *eval) copyIndex(args []Value) (Value, error) {
	loop, offset := "", int64(0)
	for i := range args {
		switch {
		case args[i].Kind == String && i == 0:
			loop = args[i].Text
		case args[i].Kind == Int && i == len(args)-1:
			offset = args[i].Int
		default:
			return Value{}, errors.New("takes the name of a loop and an offset")
		}
	}
	at, err := e.scope.CopyIndex(loop)
	if err != nil {
		return Value{}, err
	}
	return addition(at, offset)
}

// failed is fail(message): the template refuses its values.
func (e *eval) failed(args []Value) (Value, error) {
	if args[0].Kind != String || args[0].Secure {
		return Value{}, errors.New("the template refuses its values")
	}
	return Value{}, errors.New("the template refuses its values: " + clip(args[0]))
}
