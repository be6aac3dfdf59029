package arm

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// print writes a value with the place of each of its parts.
func print(v tree.Value) string {
	at := fmt.Sprintf("@%d:%d", v.Line, v.Column)
	switch v.Kind {
	case tree.Array:
		var parts []string
		for _, it := range v.Items {
			parts = append(parts, print(it))
		}
		return "[" + strings.Join(parts, " ") + "]" + at
	case tree.Object:
		var parts []string
		for _, m := range v.Members {
			parts = append(parts, m.Name+"="+print(m.Value))
		}
		return "{" + strings.Join(parts, " ") + "}" + at
	case tree.String:
		return fmt.Sprintf("%q", v.Text) + at
	}
	return v.Kind.String() + ":" + v.Text + at
}

func TestWhatResourceManagerAccepts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"a": 1, "b" : [true,null,"x"]}`, `{a=number:1@1:7 b=[boolean:true@1:17 null:@1:22 "x"@1:27]@1:16}@1:1`},
		{"// head\n{ // one\n  /* two\n lines */ \"a\": /**/ {} // end\n}\n// tail", `{a={}@4:21}@2:1`},
		{"{\"a\": \"one\n  two\ttab\",\n\"b\": 2}", `{a="one\n  two\ttab"@1:7 b=number:2@3:6}@1:1`},
		{"{\"a\": \"esc\\n\\\"\n\", \"b\": -1.5E+3}", `{a="esc\n\"\n"@1:7 b=number:-1.5E+3@2:9}@1:1`},
		{`"\u00e4\ud83d\ude00\ud83dx\/"`, `"ä😀�x/"@1:1`},
		{`["é", 1]`, `["é"@1:2 number:1@1:8]@1:1`},
		{`[]`, `[]@1:1`},
		{"{\"a\": \"x\r\ny\"}\r\n", `{a="x\r\ny"@1:7}@1:1`},
	} {
		v, err := parseJSON([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		} else if got := print(v); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestWhatIsNotAccepted(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		want string
	}{
		{"", 1, "ends in the middle"},
		{"{\n\"a\": 1,\n\n}", 2, "a comma stands before a closing bracket"},
		{"[1,\n]", 1, "a comma stands before a closing bracket"},
		{"{\n\"Name\": 1,\n\"nAME\": 2}", 3, "the same name twice"},
		{"{\n\"a\" 1}", 2, "a colon was expected"},
		{"{a: 1}", 1, "a name in double quotes"},
		{"{\"a\": 'x'}", 1, "a value was expected"},
		{"{\"a\": 01}", 1, "a value was expected"},
		{"{\"a\": NaN}", 1, "a value was expected"},
		{"[1\n2]", 2, "a comma or the closing bracket"},
		{"{} \n x", 2, "more text stands after"},
		{"{\"a\": \"x\n\ny", 3, "ends in the middle"},
		{"[tru", 1, "ends in the middle"},
		{"/* x\n", 2, "a comment is not closed"},
		{"[ / ]", 1, "begins no comment"},
		{"\"\\q\"", 1, "an unknown escape"},
		{"\"\\u12\"", 1, "four hexadecimal digits"},
		{"\"a\x01\"", 1, "a control character"},
		{strings.Repeat("[", 201) + strings.Repeat("]", 201), 1, "nested more than 200 deep"},
		{"[" + strings.Repeat("1,", maxNodes) + "1]", 1, "more than 2000000 values"},
		{"{" + strings.Repeat(" ", 10) + names40() + ",\n\"N7\": 1}", 2, "the same name twice"},
	} {
		_, err := parseJSON([]byte(c.text))
		var bad *tree.Error
		if !errors.As(err, &bad) || bad.Line != c.line || !strings.Contains(bad.Msg, c.want) {
			t.Errorf("%.60q: %v, want line %d: %s", c.text, err, c.line, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "x") && strings.Contains(err.Error(), "'x'") {
			t.Errorf("%.60q: the message quotes the text: %v", c.text, err)
		}
	}
}

func names40() string {
	var list []string
	for i := range 40 {
		list = append(list, fmt.Sprintf(`"n%d": %d`, i, i))
	}
	return strings.Join(list, ",")
}

func TestAColumnThatIsTooLargeIsNotTold(t *testing.T) {
	v, err := parseJSON([]byte("[" + strings.Repeat(" ", 65533) + "1,2]"))
	if err != nil || v.Items[0].Column != 65535 || v.Items[1].Column != 0 {
		t.Errorf("%v %v", err, v)
	}
}

// FuzzJSON: what the strict reader takes, the tolerant one takes too, and it says the same on the same lines.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		``, `{}`, `{"a":[1,-0.5e3,"x\u00e9\n",null,true,{"b":{}}],"A":2}`, "[\n1,\n\n{\"x\"\n:\n2}\n]", "// c\n{}", "{\"a\":\"b\nc\"}", `[1,]`, `{"a":1,"a":2}`,
		`"\ud800"`, `"\ud83d\ude00"`, "\"\\u0000\"", "[\"\t\"]", `0`, `-`, `1e5`, `{"a"/**/:1}`, "\ufeff{}", strings.Repeat("[", 300),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data, err := tree.Decode(data)
		if err != nil {
			return
		}
		got, err := parseJSON(data)
		want, strict := tree.ParseJSON(data, tree.Limits{Nodes: maxNodes})
		if strict != nil {
			return
		}
		if err != nil {
			if bad := new(tree.Error); errors.As(err, &bad) && strings.Contains(bad.Msg, "same name twice") {
				return
			}
			t.Fatalf("the strict reader takes what the tolerant one refuses: %v", err)
		}
		if a, b := print(noColumns(got)), print(want); a != b {
			t.Fatalf("they differ:\n%s\n%s", a, b)
		}
	})
}

func noColumns(v tree.Value) tree.Value {
	v = v.Clone()
	var clear func(v *tree.Value)
	clear = func(v *tree.Value) {
		v.Column = 0
		for i := range v.Items {
			clear(&v.Items[i])
		}
		for i := range v.Members {
			clear(&v.Members[i].Value)
		}
	}
	clear(&v)
	return v
}
