package lang

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

const (
	testSub   = "/subscriptions/00000000-0000-0000-0000-000000000001"
	testGroup = testSub + "/resourceGroups/rg-shop"
	testStore = testGroup + "/providers/Microsoft.Storage/storageAccounts/store"
)

// world is a template around an expression.
type world struct {
	values map[string]Value // parameters and variables, by name in lower case
	group  string           // what ScopeID gives for "group"
	known  map[string]Value // by id#path
	loop   int64
}

func newWorld() *world {
	w := &world{group: testGroup, known: map[string]Value{}, loop: 2, values: map[string]Value{
		"name": Str("Shop"), "count": Number(3), "enabled": Truth(true), "nothing": {},
		"open":   Unknown("parameters('open')", evidence.UnknownParameter),
		"opened": {Kind: String, Text: "pre-${parameters('open')}-post", Why: evidence.UnknownParameter},
		"secret": {Kind: String, Text: "hunter2", Secure: true},
		"blank":  {Kind: String, Text: "/subscriptions/@(subscription)/resourceGroups/rg", Why: evidence.UnknownScope},
	}}
	w.json("dogs", `[{"name":"Evie","age":5,"interests":["Ball","Frisbee"]},{"name":"Casper","age":3,"interests":["Other dogs"]},`+
		`{"name":"Indy","age":2,"interests":["Butter"]},{"name":"Kira","age":8,"interests":["Rubs"]}]`)
	w.json("letters", `["one","two","three"]`)
	w.json("numbers", `[0,3,2,5,4]`)
	w.json("firstObject", `{"one":"a","two":"b","three":"c"}`)
	w.json("objectToTest", `{"null1":null,"null2":null,"string":"default","int":1,"object":{"first":"default"},"array":[1]}`)
	w.values["mixed"] = List([]Value{Str("a"), w.values["open"], Str("c")})
	w.values["half"] = Dict([]Member{{"known", Str("k")}, {"open", w.values["open"]}})
	w.values["locked"] = Dict([]Member{{"user", Str("sa")}, {"password", w.values["secret"]}})
	return w
}

// json puts a literal into the world.
func (w *world) json(name, text string) {
	t, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		panic(err)
	}
	w.values[strings.ToLower(name)] = FromTree(t)
}

func (w *world) Parameter(name string) (Value, error) { return w.Variable(name) }

func (w *world) Variable(name string) (Value, error) {
	if v, ok := w.values[strings.ToLower(name)]; ok {
		return v, nil
	}
	return Value{}, fmt.Errorf("there is no %s", name)
}

func (w *world) CopyIndex(loop string) (int64, error) {
	if loop != "" && loop != "disks" {
		return 0, errors.New("there is no loop " + loop)
	}
	return w.loop, nil
}

func (w *world) UserFunction(namespace, name string, args []Value) (Value, error) {
	if namespace != "contoso" || len(args) != 1 {
		return Value{}, errors.New("there is no such function")
	}
	return Str(name + " of " + args[0].Str()), nil
}

func (w *world) Deployment() Value      { return Dict([]Member{{"name", Str("main")}}) }
func (w *world) ManagementGroup() Value { return Dict([]Member{{"name", Str("corp")}}) }
func (w *world) Tenant() Value {
	return Unknown("tenant()", evidence.UnknownScope)
}

func (w *world) Environment() Value {
	return Dict([]Member{{"suffixes", Dict([]Member{{"storage", Str("core.windows.net")}})}})
}

func (w *world) ResourceGroup() Value {
	return Dict([]Member{{"id", Str(testGroup)}, {"name", Str("rg-shop")}, {"location", Unknown("resourceGroup().location", evidence.UnknownScope)}})
}

func (w *world) Subscription() Value {
	return Dict([]Member{{"id", Str(testSub)}, {"subscriptionId", Unknown("subscription().subscriptionId", evidence.UnknownScope)}})
}

func (w *world) ScopeID(level string) string {
	switch level {
	case "group":
		return w.group
	case "subscription":
		before, _, _ := strings.Cut(w.group, "/resourceGroups/")
		return before
	case "managementGroup":
		return "/providers/Microsoft.Management/managementGroups/corp"
	}
	return ""
}

func (w *world) Symbol(name string) (string, bool) {
	switch name {
	case "store", "store-${parameters('open')}":
		return testStore, true
	case "blankstore":
		return "/subscriptions/@(subscription)/resourceGroups/@(resourceGroup)/providers/Microsoft.Storage/storageAccounts/a/blobServices/b", true
	}
	return "", false
}

func (w *world) Known(id, path string) (Value, bool) {
	v, ok := w.known[id+"#"+path]
	return v, ok
}

// run evaluates an expression in a world, without the brackets.
func run(tb testing.TB, s Scope, text string) (Value, *Budget) {
	tb.Helper()
	e, err := Parse("[" + text + "]")
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	b := NewBudget(1_000_000, 64<<20)
	return e.Eval(s, b), b
}

// show writes a value: JSON, then why it is open, and whether it is secret.
func show(v Value) string {
	out := v.Kind.word() + string(appendJSON(nil, &v))
	if why := v.Reason(); why != "" {
		out += " <" + string(why) + ">"
	}
	if v.HasSecure() {
		out += " secret"
	}
	return out
}

// word tells values apart that look the same as JSON.
func (k Kind) word() string {
	if k == Open {
		return "open "
	}
	return ""
}
