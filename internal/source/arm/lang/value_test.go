package lang

import (
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

func TestTree(t *testing.T) {
	const text = `{"s":"[x]","n":-12,"f":1.50,"big":123456789012345678901234567890,"b":true,"z":null,"a":[1,{"k":"v"}],"e":{}}`
	in, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	v := FromTree(in)
	if got := show(v); got != text {
		t.Errorf("%s", got)
	}
	if n, ok := v.Get("N"); !ok || n.Kind != Int || n.Int != -12 {
		t.Errorf("n: %+v", n)
	}
	if big, _ := v.Get("big"); big.Kind != Float {
		t.Errorf("big: %+v", big)
	}
	if _, ok := v.Get("none"); ok {
		t.Error("a member that is not there")
	}
	out := v.Tree()
	for path, leaf := range in.Leaves() {
		if got := out.At(path); got == nil || got.Text != leaf.Text || got.Kind != leaf.Kind || got.Line != leaf.Line || got.Column != leaf.Column {
			t.Errorf("%s: %+v, want %+v", path, got, leaf)
		}
	}
	if v.Size() != 12 || !v.Known() {
		t.Errorf("size %d, known %v", v.Size(), v.Known())
	}
}

func TestOpenTree(t *testing.T) {
	open := Unknown("parameters('p')", evidence.UnknownParameter)
	open.Line, open.Column = 7, 9
	v := Dict([]Member{{"a", List([]Value{Number(1), open})}})
	got := v.Tree()
	leaf := got.At("a[1]")
	if leaf == nil || leaf.Kind != tree.String || leaf.Text != "${parameters('p')}" || leaf.Line != 7 || leaf.Column != 9 {
		t.Errorf("%+v", leaf)
	}
	if v.Known() || v.Reason() != evidence.UnknownParameter {
		t.Errorf("known %v, why %q", v.Known(), v.Reason())
	}
}

// TestByHand: values that were put together without List and Dict are summed up as well, and a value that holds
// itself many times over ends the count.
func TestByHand(t *testing.T) {
	v := Value{Kind: Array, Items: []Value{Str("a"), {Kind: Object, Members: []Member{{"x", Value{Kind: String, Text: "s", Secure: true}}}}}}
	if !v.Known() || v.Size() != 4 || !v.HasSecure() {
		t.Errorf("known %v, size %d, secure %v", v.Known(), v.Size(), v.HasSecure())
	}
	v.Items = append(v.Items, Unknown("x", evidence.UnknownModule))
	if v.Known() || v.Reason() != evidence.UnknownModule {
		t.Errorf("known %v, why %q", v.Known(), v.Reason())
	}
	for range 60 {
		v = Value{Kind: Array, Items: []Value{v, v}}
	}
	if v.Size() != maxSize || v.Known() {
		t.Errorf("size %d, known %v", v.Size(), v.Known())
	}
	if NewBudget(1000, 1000).Place(v) {
		t.Error("there is room for it")
	}
}

func TestTooLarge(t *testing.T) {
	v := Number(1)
	for range maxDepth + 1 {
		v = List([]Value{v})
	}
	if v.Kind != Array && v.Why != evidence.UnknownLimit {
		t.Errorf("%+v", v)
	}
	wide := Number(1)
	for range 40 {
		wide = List([]Value{wide, wide})
	}
	if !(wide.Kind == Open || wide.Size() <= maxSize) {
		t.Errorf("size %d", wide.Size())
	}
}
