package tree

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func mustJSON(tb testing.TB, text string) Value {
	tb.Helper()
	v, err := ParseJSON([]byte(text), Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func mustYAML(tb testing.TB, text string) []Value {
	tb.Helper()
	docs, err := ParseYAML([]byte(text), Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	return docs
}

// show writes leaves with their lines.
func show(v *Value) string {
	var b strings.Builder
	for p, l := range v.Leaves() {
		fmt.Fprintf(&b, "%d %s=%s:%s\n", l.Line, p, l.Kind, l.Text)
	}
	return b.String()
}

func TestJSONLines(t *testing.T) {
	v := mustJSON(t, "\n{ \"a\": [\n1, {\"b\":\n\"x\\ny\"}\n],\n\"c\": {\n}, \"d\": null, \"e\": -1.50e+3,\n\"f\": true}")
	want := "3 a[0]=number:1\n4 a[1].b=string:x\ny\n6 c=object:\n7 d=null:\n7 e=number:-1.50e+3\n8 f=boolean:true\n"
	if got := show(&v); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if v.Line != 2 || v.Get("a").Line != 2 || v.At("a[1]").Line != 3 {
		t.Errorf("containers stand on %d, %d, %d", v.Line, v.Get("a").Line, v.At("a[1]").Line)
	}
}

func TestYAMLValues(t *testing.T) {
	docs := mustYAML(t, `# comment
---
a: yes
b: true
c: 0x1F
d: 1_000
e: 0o17
f: 1.50
g: .inf
h: 2026-01-31
i: ~
j: "007"
k: 010
l: |
  two
  lines
m: [1, two]
n: 123456789012345678901
---
---
x: &x {p: 1, q: 2}
y: {<<: *x, q: 3}
z: *x
`)
	if len(docs) != 2 {
		t.Fatalf("%d documents", len(docs))
	}
	want := `3 a=string:yes
4 b=boolean:true
5 c=number:31
6 d=number:1000
7 e=number:15
8 f=number:1.50
9 g=string:.inf
10 h=string:2026-01-31
11 i=null:
12 j=string:007
13 k=number:8
14 l=string:two
lines

17 m[0]=number:1
17 m[1]=string:two
18 n=number:123456789012345678901
`
	if got := show(&docs[0]); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	want = "21 x.p=number:1\n21 x.q=number:2\n22 y.q=number:3\n21 y.p=number:1\n21 z.p=number:1\n21 z.q=number:2\n"
	if got := show(&docs[1]); got != want {
		t.Errorf("merge and alias: got\n%swant\n%s", got, want)
	}
}

func TestRefused(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	for _, x := range []struct {
		name, text string
		yaml       bool
		line       int
		says       string
	}{
		{"truncated", "{\"a\":\n[1,", false, 2, "ends in the middle"},
		{"truncated string", "{\"a\":\n\"secr", false, 2, "ends in the middle"},
		{"empty", "", false, 1, "ends in the middle"},
		{"duplicate", "{\"a\":1,\n\"a\":2}", false, 2, "twice"},
		{"duplicate deep", "[{\"a\":1},\n{\"b\":{\"c\":1,\"c\":2}}]", false, 2, "twice"},
		{"trailing", "{}\n{}", false, 2, "more text"},
		{"comment", "{\n// x\n}", false, 2, "not valid JSON"},
		{"bad number", "[\n01]", false, 2, "not valid JSON"},
		{"surrogate", "[\n\"\\ud800\"]", false, 2, "not valid JSON"},
		{"deep", strings.Repeat("[", 300), false, 1, "nested more than 200"},
		{"deep object", strings.Repeat(`{"a":`, 300), false, 1, "nested more than 200"},
		{"yaml duplicate", "a: 1\nb: 2\na: 3\n", true, 3, "twice"},
		{"yaml bomb", bomb, true, 0, "more than"},
		{"yaml alias of itself", "a: &a\n  b: *a\n", true, 0, ""},
		{"yaml deep", strings.Repeat("[", 300) + strings.Repeat("]", 300), true, 1, "nested more than 200"},
		{"yaml key", "? [a, b]\n: 1\n", true, 1, "plain word"},
		{"yaml tab", "a:\n\tb: 1\n", true, 2, "not valid YAML"},
		{"yaml unknown alias", "a: *secret\n", true, 0, "not valid YAML"},
	} {
		var err error
		if x.yaml {
			_, err = ParseYAML([]byte(x.text), Limits{})
		} else {
			_, err = ParseJSON([]byte(x.text), Limits{})
		}
		var own *Error
		switch {
		case !errors.As(err, &own):
			t.Errorf("%s: %v", x.name, err)
		case !strings.Contains(own.Msg, x.says) || x.line != 0 && own.Line != x.line:
			t.Errorf("%s: %v", x.name, err)
		case strings.Contains(err.Error(), "secr"):
			t.Errorf("%s: the error quotes the input: %v", x.name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, err := ParseJSON([]byte("[1,2,3,4]"), Limits{Nodes: 4}); err == nil {
		t.Error("five values are accepted where four are the limit")
	}
	if _, err := ParseJSON([]byte("[[1]]"), Limits{Depth: 1}); err == nil {
		t.Error("a depth of two is accepted where one is the limit")
	}
	if _, err := ParseJSON([]byte("[1,2,3]"), Limits{Nodes: 4, Depth: 1}); err != nil {
		t.Error(err)
	}
	if _, err := ParseYAML([]byte("[1,2,3,4]"), Limits{Nodes: 4}); err == nil {
		t.Error("YAML: five values are accepted where four are the limit")
	}
	wide := "[" + strings.Repeat("0,", 300_000) + "0]"
	if _, err := ParseYAML([]byte(wide), Limits{}); err != nil {
		t.Errorf("a long plain list: %v", err)
	}
}

func TestStepByStep(t *testing.T) {
	j := NewJSON([]byte("{\"skip\": [1,{}],\n\"raw\": {\"a\" : 1},\n\"list\": [1,\n2]} {\"x\":1}"), Limits{})
	var got []string
	err := j.Object(func(name string) error {
		switch name {
		case "skip":
			return j.Skip()
		case "raw":
			raw, err := j.Raw()
			got = append(got, string(raw))
			return err
		}
		return j.Array(func(i int) error {
			v, err := j.Value()
			got = append(got, fmt.Sprintf("%d:%s@%d", i, v.Text, v.Line))
			return err
		})
	})
	if err != nil || !slices.Equal(got, []string{`{"a" : 1}`, "0:1@3", "1:2@4"}) {
		t.Errorf("%q %v", got, err)
	}
	if !j.More() || j.Kind() != Object || j.Skip() != nil || j.More() || j.End() != nil {
		t.Error("the second value")
	}
	stop := errors.New("stop")
	if err := NewJSON([]byte(`{"a":1}`), Limits{}).Object(func(string) error { return stop }); err != stop {
		t.Error("the caller's error is not handed on")
	}
	for _, text := range []string{"[1]", "1", ""} {
		if NewJSON([]byte(text), Limits{}).Object(func(string) error { return nil }) == nil {
			t.Errorf("%q is taken for an object", text)
		}
	}
	if NewJSON([]byte("{}"), Limits{}).Array(func(int) error { return nil }) == nil {
		t.Error("an object is taken for an array")
	}
}

func TestDecode(t *testing.T) {
	utf16le := func(s string, order binary.AppendByteOrder, mark ...byte) []byte {
		out := mark
		for _, u := range utf16.Encode([]rune(s)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	for _, x := range []struct {
		name string
		data []byte
		want string
		line int // of the error; -1 for none
	}{
		{"plain", []byte("a€"), "a€", -1},
		{"byte order mark", []byte("\xef\xbb\xbfa"), "a", -1},
		{"empty", nil, "", -1},
		{"utf-16 little", utf16le("a\r\n€😀", binary.LittleEndian, 0xff, 0xfe), "a\r\n€😀", -1},
		{"utf-16 big", utf16le("a€", binary.BigEndian, 0xfe, 0xff), "a€", -1},
		{"utf-16 odd", []byte{0xff, 0xfe, 'a', 0, 'b'}, "", 0},
		{"utf-16 nul", utf16le("a\n\x00", binary.LittleEndian, 0xff, 0xfe), "", 2},
		{"nul", []byte("a\nb\x00"), "", 2},
		{"latin-1", []byte("a\n\n\xe9t\xe9"), "", 3},
		{"utf-16 without mark", []byte("{\x00\"\x00"), "", 1},
	} {
		got, err := Decode(x.data)
		var own *Error
		switch {
		case x.line < 0:
			if err != nil || string(got) != x.want {
				t.Errorf("%s: %q %v", x.name, got, err)
			}
		case !errors.As(err, &own) || own.Line != x.line:
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

func TestSketch(t *testing.T) {
	for _, x := range []struct {
		text, format string
		root         Kind
		keys         []string
		empty        bool
	}{
		{`{"version":4,"resources":[{"x":1}],"a":"b"}`, "json", Object, []string{"version", "resources", "a"}, false},
		{` [{"id":"x","tags":{}},{"other":1}]`, "json", Array, []string{"id", "tags"}, false},
		{`{"version":4,"resources":[{"x":`, "json", Object, []string{"version", "resources"}, false},
		{`[]`, "json", Array, nil, true},
		{`{}`, "json", Object, nil, true},
		{`[1,2]`, "json", Array, nil, false},
		{"apiVersion: v1\nkind: Pod\n", "yaml", Object, []string{"apiVersion", "kind"}, false},
		{"# c\n---\n---\nkind: Pod\n", "yaml", Object, []string{"kind"}, false},
		{"- a: 1\n- b: 2\n", "yaml", Array, []string{"a"}, false},
		{"services:\n  web: [\n", "yaml", Object, []string{"services"}, false},
		{"just words", "", Null, nil, false},
		{"", "", Null, nil, false},
		{"  \n", "", Null, nil, false},
	} {
		o := Sketch([]byte(x.text))
		if o.Format != x.format || o.Root != x.root || o.Empty != x.empty || len(o.Keys) != len(x.keys) || !o.Has(x.keys...) {
			t.Errorf("%q: %+v", x.text, o)
		}
	}
	if o := Sketch([]byte(`{"version":4,"a":"b"}`)); o.Keys["version"] != "4" || o.Keys["a"] != "b" {
		t.Errorf("%v", o.Keys)
	}
}

func TestValueMethods(t *testing.T) {
	v := mustJSON(t, `{"A":{"b":["x",true]},"n":1}`)
	if v.Lookup("A", "b") == nil || v.Lookup("A", "x", "y") != nil || v.GetFold("a") == nil || v.Get("a") != nil {
		t.Error("looking up")
	}
	if v.At("A.b[0]").Str() != "x" || !v.At("A.b[1]").True() || v.At("A.b[2]") != nil || v.At("n.x") != nil || v.At("n[0]") != nil || v.At("") != &v {
		t.Error("At")
	}
	var none *Value
	if none.Str() != "" || none.True() || none.List() != nil || none.Fields() != nil || none.Get("x") != nil {
		t.Error("nil")
	}
	c := v.Clone()
	c.Lookup("A").Set("b", Str("changed"))
	c.Set("new", Str("y"))
	c.Delete("n")
	if v.At("A.b[0]").Str() != "x" || v.Get("new") != nil || v.Get("n") == nil || c.Get("n") != nil {
		t.Error("a clone is not on its own")
	}
	for _, l := range v.Leaves() {
		l.Text = "z"
		break
	}
	if v.At("A.b[0]").Str() != "z" {
		t.Error("a leaf cannot be written through")
	}
	var o Value
	o.Set("a", Str("b"))
	if o.Kind != Object || o.Get("a").Str() != "b" {
		t.Error("Set on null")
	}
}

func TestPaths(t *testing.T) {
	for _, x := range []struct {
		path    Path
		text    string
		pattern string
	}{
		{Path("").Key("a").Key("b").Index(3).Key("c"), "a.b[3].c", "a.b[].c"},
		{Path("tags").Key("hidden-link:/app.id"), `tags["hidden-link:/app.id"]`, `tags["hidden-link:/app.id"]`},
		{Path("").Key("").Key("x[0]"), `[""]["x[0]"]`, `[""]["x[0]"]`},
		{Path("").Index(0).Index(1), "[0][1]", "[][]"},
	} {
		if string(x.path) != x.text {
			t.Errorf("%s, not %s", x.path, x.text)
		}
		if got := x.path.Pattern(); got != x.pattern {
			t.Errorf("the pattern of %s is %s, not %s", x.path, got, x.pattern)
		}
	}
	if got := Path("a.b[3].c[12]").Pattern(); got != "a.b[].c[]" {
		t.Error(got)
	}
	if got := Path(`a["x[3]"][4].b`).Pattern(); got != `a["x[3]"][].b` {
		t.Errorf("a quoted name is not kept: %s", got)
	}
	for _, bad := range []Path{"a[", "a[x]", `a["x`, "a[-1]", `["\q"]`} {
		for range bad.Steps() { // ends, and does not panic
		}
	}
}

// A path made of steps gives the steps back, whatever the names.
func TestPathRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Path
		var want []Step
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			if rapid.Bool().Draw(t, "index") {
				i := rapid.IntRange(0, 1000).Draw(t, "i")
				p, want = p.Index(i), append(want, Step{Index: i, IsIndex: true})
				continue
			}
			k := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune(`.["]a\ `)))).Draw(t, "key")
			p, want = p.Key(k), append(want, Step{Key: k})
		}
		if got := slices.Collect(p.Steps()); !slices.Equal(got, want) {
			t.Fatalf("%q gives %+v, not %+v", p, got, want)
		}
	})
}

func TestIsNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-0": true, "10": true, "1.5": true, "1e5": true, "1E+5": true, "-1.0e-10": true,
		"": false, "-": false, "01": false, "1.": false, ".5": false, "1e": false, "1e+": false, "+1": false, "1 ": false, "0x1": false, "1.5.5": false, "NaN": false, "1e5x": false,
	} {
		if IsNumber(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,true,null,"x"]}`, `[[[[]]]]`, "{\"a\":\n1e400}", `{"a":1,"a":2}`, `"\ud800"`, "[1,", `{"\u0000":""}`, "\xef\xbb\xbf{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		Sketch(data)
		text, err := Decode(data)
		if err != nil {
			return
		}
		v, err := ParseJSON(text, Limits{})
		if err != nil {
			checkError(t, err, text)
			return
		}
		checkLeaves(t, &v, text)
	})
}

func FuzzParseYAML(f *testing.F) {
	for _, s := range []string{"a: 1\nb: [x, y]\n", "x: &x {a: 1}\ny: {<<: *x}\n", "---\n---\na: |\n  b\n", "? [a]\n: b", "a: &a [*a]", "- 0x1F\n- 1_0\n- .inf\n- !!binary aGk=\n", "a: !!int x", "<<: 1\na: 2", "<<: [{a: 1}, {a: 2}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		Sketch(data)
		text, err := Decode(data)
		if err != nil {
			return
		}
		docs, err := ParseYAML(text, Limits{})
		if err != nil {
			checkError(t, err, text)
		}
		for i := range docs {
			checkLeaves(t, &docs[i], text)
		}
	})
}

func checkError(t *testing.T, err error, text []byte) {
	var own *Error
	if !errors.As(err, &own) || own.Msg == "" || own.Line < 0 || own.Line > 1+lineCount(text) {
		t.Fatalf("error %v (line %d) for %q", err, own.Line, text)
	}
}

func checkLeaves(t *testing.T, v *Value, text []byte) {
	lines := int32(lineCount(text))
	for p, l := range v.Leaves() {
		if l.Line < 1 || l.Line > lines {
			t.Fatalf("%s stands on line %d of %d in %q", p, l.Line, lines, text)
		}
		if l.Kind == Number && !IsNumber(l.Text) {
			t.Fatalf("the number %q", l.Text)
		}
		if got := v.At(p); got == nil || got.Kind != l.Kind {
			t.Fatalf("%s is not found again in %q", p, text)
		}
	}
}

func TestColumnsOfYAML(t *testing.T) {
	text := "a: one\nlist:\n  - two\n  - {größe: drei, x: \"vier\"}\n'日本': fünf # é\r\nb: |\n  block\nc: &x [1]\nd: *x\n"
	docs, err := ParseYAML([]byte(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	for path, want := range map[Path]string{
		"a": "one", "list[0]": "two", "list[1].größe": "drei", "list[1].x": `"vier"`, "日本": "fünf", "b": "|", "c[0]": "1", "d[0]": "1",
	} {
		v := docs[0].At(path)
		if v == nil || v.Line < 1 || v.Column < 1 || !strings.HasPrefix(lines[v.Line-1][v.Column-1:], want) {
			t.Errorf("%s is at %+v, not at %q", path, v, want)
		}
	}
	far, err := ParseYAML([]byte(strings.Repeat(" ", 70_000)+"a: [b]"), Limits{})
	if err != nil || far[0].At("a[0]").Column != 0 {
		t.Errorf("a column that does not fit: %+v, %v", far, err)
	}
}
