package placement_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
)

func encode(t testing.TB, f *placement.File) string {
	t.Helper()
	var b bytes.Buffer
	if err := placement.Encode(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func node(id string, x, y int, placed bool) placement.Node {
	return placement.Node{ID: id, X: x, Y: y, W: 200, H: 100, Placed: placed}
}

const written = `{
"format": "c4arch-layout",
"version": "1",
"views": [
{
"key": "containers",
"nodes": [
{"id":"a","x":0,"y":0,"w":200,"h":100},
{"id":"b","x":-10,"y":20,"w":200,"h":100,"placed":true}
]
},
{
"key": "landscape",
"nodes": []
}
]
}
`

func TestEncode(t *testing.T) {
	f := &placement.File{Views: []placement.View{
		{Key: "landscape"},
		{Key: "containers", Nodes: []placement.Node{node("b", -10, 20, true), node("a", 0, 0, false)}},
	}}
	got := encode(t, f)
	if got != written {
		t.Errorf("got %s", got)
	}
	if f.Views[0].Key != "landscape" || f.Views[1].Nodes[0].ID != "b" {
		t.Error("what was given is changed")
	}
	back, err := placement.Decode([]byte(got))
	if err != nil {
		t.Fatal(err)
	}
	if again := encode(t, back); again != got {
		t.Errorf("again it is %s", again)
	}
	if v := back.View("containers"); v == nil || len(v.Nodes) != 2 || !v.Nodes[1].Placed || back.View("other") != nil {
		t.Errorf("it remembers %+v", v)
	}
	if none := (*placement.File)(nil); none.View("landscape") != nil {
		t.Error("nothing remembers something")
	}
}

// What is in another order is the same file.
func TestAnyOrder(t *testing.T) {
	other := `{"views": [{"nodes": [], "key": "landscape"}, {"key": "containers", "later": 1, "nodes": [
		{"id":"b","x":-10,"y":20,"w":200,"h":100,"placed":true}, {"id":"a","x":0,"y":0,"w":200,"h":100}]}], "version": "1.3", "format": "c4arch-layout"}`
	f, err := placement.Decode([]byte(other))
	if err != nil {
		t.Fatal(err)
	}
	if got := encode(t, f); got != written {
		t.Errorf("got %s", got)
	}
}

func TestRefuses(t *testing.T) {
	file := func(views string) string {
		return `{"format":"c4arch-layout","version":"1","views":[` + views + `]}`
	}
	one := func(n string) string { return file(`{"key":"k","nodes":[` + n + `]}`) }
	for want, text := range map[string]string{
		"not a layout file":        `[]`,
		"format is not":            `{"format":"c4arch-model","version":"1","views":[]}`,
		"does not know":            `{"format":"c4arch-layout","version":"2","views":[]}`,
		"twice in the layout file": file(`{"key":"k","nodes":[]},{"key":"k","nodes":[]}`),
		"no key":                   file(`{"key":"","nodes":[]}`),
		"has no id":                one(`{"id":"","x":0,"y":0,"w":1,"h":1}`),
		"or one that is too long":  one(`{"id":"` + strings.Repeat("x", 5000) + `","x":0,"y":0,"w":1,"h":1}`),
		`"a" is twice`:             one(`{"id":"a","x":0,"y":0,"w":1,"h":1},{"id":"a","x":1,"y":0,"w":1,"h":1}`),
		"where no picture reaches": one(`{"id":"a","x":1048577,"y":0,"w":1,"h":1}`),
		`"w" in view "k"`:          one(`{"id":"w","x":0,"y":0,"w":-1,"h":1}`),
		"line 1":                   one(`{"id":"a","x":"0","y":0,"w":1,"h":1}`),
	} {
		_, err := placement.Decode([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := placement.Decode(make([]byte, placement.MaxSize+1)); fault.KindOf(err) != fault.Limited {
		t.Errorf("too large: %v", err)
	}
}

func TestEncodeRefusesWhatDecodeWould(t *testing.T) {
	for name, f := range map[string]*placement.File{
		"twice":    {Views: []placement.View{{Key: "a"}, {Key: "a"}}},
		"far away": {Views: []placement.View{{Key: "a", Nodes: []placement.Node{{ID: "n", Y: -1 << 30}}}}},
		"views":    {Views: slices.Repeat([]placement.View{{Key: "a"}}, 50_001)},
		"nodes":    {Views: []placement.View{{Key: "a", Nodes: slices.Repeat([]placement.Node{{ID: "n"}}, 500_001)}}},
	} {
		var b bytes.Buffer
		if err := placement.Encode(&b, f); err == nil || b.Len() > 0 {
			t.Errorf("%s: %v, written: %d", name, err, b.Len())
		}
	}
}

func TestMerge(t *testing.T) {
	last := &placement.File{Views: []placement.View{
		{Key: "asleep", Nodes: []placement.Node{node("a", 1, 1, false)}},
		{Key: "drawn", Nodes: []placement.Node{node("a", 1, 1, false), node("b", 2, 2, true), node("c", 3, 3, true), node("d", 4, 4, true)}},
		{Key: "gone", Nodes: []placement.Node{node("a", 1, 1, false)}},
		{Key: "gone by hand", Nodes: []placement.Node{node("a", 1, 1, false), node("b", 2, 2, true)}},
	}}
	before := fmt.Sprint(*last)
	drawn := []placement.View{
		{Key: "new", Nodes: []placement.Node{node("z", 9, 9, false)}},
		{Key: "drawn", Nodes: []placement.Node{node("d", 14, 14, true), node("b", 12, 12, false), node("a", 11, 11, false)}},
	}
	got := placement.Merge(last, drawn, func(key string) bool { return key == "asleep" })
	want := &placement.File{Views: []placement.View{
		{Key: "asleep", Nodes: []placement.Node{node("a", 1, 1, false)}},
		{Key: "drawn", Nodes: []placement.Node{node("a", 11, 11, false), node("b", 2, 2, true), node("c", 3, 3, true), node("d", 14, 14, true)}},
		{Key: "gone by hand", Nodes: []placement.Node{node("b", 2, 2, true)}},
		{Key: "new", Nodes: []placement.Node{node("z", 9, 9, false)}},
	}}
	if a, b := encode(t, got), encode(t, want); a != b {
		t.Errorf("got %s\nwant %s", a, b)
	}
	if fmt.Sprint(*last) != before {
		t.Error("what was remembered is changed")
	}
	if a, b := encode(t, placement.Merge(nil, drawn[:1], nil)), encode(t, &placement.File{Views: drawn[:1]}); a != b {
		t.Errorf("without a last one: %s", a)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(written))
	f.Add([]byte(`{"format":"c4arch-layout","version":"1","views":[{"key":"k~x/y","nodes":[{"id":"\u2028","x":-1048576,"y":0,"w":0,"h":1048576}]}]}`))
	f.Add([]byte(`{"format":"c4arch-layout","version":"1","views":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := placement.Decode(data)
		if err != nil {
			return
		}
		first := encode(t, file)
		back, err := placement.Decode([]byte(first))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		if second := encode(t, back); first != second {
			t.Errorf("%s\n%s", first, second)
		}
		if merged := encode(t, placement.Merge(file, file.Views, func(string) bool { return false })); merged != first {
			t.Errorf("with itself: %s\n%s", first, merged)
		}
	})
}

func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../../docs/formats/layout.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(text string) error {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	if err := check(written); err != nil {
		t.Error(err)
	}
	for from, to := range map[string]string{
		`"version": "1"`: `"version": "2"`, `"x":0`: `"x":0.5`, `"w":200`: `"w":-1`, `"id":"a"`: `"id":""`, `"y":20`: `"y":1048577`,
		`"key": "containers"`: `"key": "a\u0001"`,
	} {
		bad := strings.Replace(written, from, to, 1)
		if _, err := placement.Decode([]byte(bad)); check(bad) == nil || err == nil {
			t.Errorf("%s is taken, by the schema or the reader: %v", to, err)
		}
	}
}

func TestLinesAreRemembered(t *testing.T) {
	f := &placement.File{Views: []placement.View{{Key: "k", Lines: []placement.Line{
		{Source: "b", Target: "a", Way: []int{1, 2, 3, 2}},
		{Source: "a", Target: "b", Way: []int{0, 0, 0, 9, 7, 9}, Label: []int{1, 2, 30, 14}},
	}}}}
	back, err := placement.Decode([]byte(encode(t, f)))
	if err != nil {
		t.Fatal(err)
	}
	lines := back.Views[0].Lines
	if len(lines) != 2 || lines[0].Source != "a" || !slices.Equal(lines[0].Label, []int{1, 2, 30, 14}) || !slices.Equal(lines[1].Way, []int{1, 2, 3, 2}) {
		t.Errorf("got %+v", lines)
	}
	for _, bad := range []placement.Line{
		{Target: "a", Way: []int{1, 2, 3, 2}},
		{Source: "a", Target: "a", Way: []int{1, 2, 3}},
		{Source: "a", Target: "a", Way: []int{1, 2, 3, 1 << 30}},
		{Source: "a", Target: "a", Way: []int{1, 2, 3, 2}, Label: []int{1}},
	} {
		if err := placement.Encode(&bytes.Buffer{}, &placement.File{Views: []placement.View{{Key: "k", Lines: []placement.Line{bad}}}}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
