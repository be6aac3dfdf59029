package lang

import (
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"x", "column 1: an expression stands in [ and ]"},
		{"[[x]", "column 1: an expression stands in [ and ]"},
		{"[]", "column 2: a value is missing"},
		{"[  ]", "column 4: a value is missing"},
		{"['a]", "column 2: the text is not closed by a single quote"},
		{"[a(]", "column 4: a value is missing"},
		{"[a('x' 'y')]", "column 8: a comma or ) is missing"},
		{"[a('x',)]", "column 8: a function, a 'text' or a number is expected"},
		{"[a('x')) ]", `column 8: the expression ends before ")"`},
		{"[a]", "column 3: ( is missing after the name of a function"},
		{"[true]", "column 2: true is a function: write true()"},
		{"[a.b.c()]", "column 5: ( is missing after the name of a function"},
		{"[a().1]", "column 6: a name is missing"},
		{"[a()['x']", "column 9: ] is missing"},
		{"[a()[0 1]]", "column 8: ] is missing"},
		{"[99999999999999999999]", "column 2: not a number of 64 bits"},
		{"[-]", "column 2: not a number of 64 bits"},
		{"[1.2.3]", "column 6: a name is missing"},
		{`["x"]`, "column 2: a function, a 'text' or a number is expected"},
		{"[" + strings.Repeat("a(", 200) + strings.Repeat(")", 200) + "]", "column 204: the expression nests deeper than 100"},
		{"[" + strings.Repeat("a()[", 200) + strings.Repeat("]", 200) + "]", "column 406: the expression nests deeper than 100"},
		{"['" + strings.Repeat("x", maxText) + "']", "column 262144: the expression is longer than 256 kB"},
	} {
		_, err := Parse(x.text)
		if err == nil || err.Error() != x.want {
			t.Errorf("%.60s: %v, want %s", x.text, err, x.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{
		"[ concat ( 'a' ,\r\n\t'b' ) ]", "[parameters('a').b.c[0]['d'].?e[?1]]", "[''' '' ']", "[a_b.c_1(-1, 2.5e+3)]",
		"['" + strings.Repeat("x", 200_000) + "']", "[a()" + strings.Repeat(".b", 100_000) + "]",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%.60s: %v", text, err)
			continue
		}
		if want := strings.TrimSpace(text[1 : len(text)-1]); e.Source() != want {
			t.Errorf("%.60s: source %.60s", text, e.Source())
		}
	}
}

func TestIsExpression(t *testing.T) {
	for text, want := range map[string]bool{
		"[a()]": true, "[[a()]": false, "[a()": false, "a()]": false, "[]": true, "[": false, "": false, "[a()] ": false, "[x] y]": true,
	} {
		if IsExpression(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	for text, want := range map[string]string{
		"[[test value]": "[test value]", "[test] value": "[test] value", "[[x": "[[x", "": "", "[": "[", "[[": "[[", "plain": "plain", "[[]": "[]",
	} {
		if got := Literal(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
