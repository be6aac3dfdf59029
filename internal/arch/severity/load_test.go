package severity

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

const ownFile = `version: 1
rules:
  - id: ACME-QUEUE-TTL
    title: Messages are kept for a shorter time
    severity: medium
    on:
      - {type: a_queue, path: ttl}
    strength: number(value)
    reason: A consumer that is down loses messages.
    remediation: Set the time back.
    source: https://example.com/queues
    examples:
      - {on: {type: a_queue, path: ttl}, old: 7, new: 2, want: loosened}
  - id: PROPERTY-CHANGED
    title: Property differs
    severity: medium
    on:
      - {type: "*", path: "*", change: [changed]}
    neutral: true
    reason: Ours.
    remediation: Ours.
    source: ours
overrides:
  - {id: K8S-REPLICAS, severity: low, reason: The test cluster is scaled by hand.}
  - {id: RESOURCE-MOVED, disabled: true, reason: Another tool says so.}
`

func TestLoad(t *testing.T) {
	base, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	digest, n := base.Digest(), len(base.Rules())
	table, err := Load(base, "c4arch.rules.yaml", []byte(ownFile))
	if err != nil {
		t.Fatal(err)
	}
	if base.Digest() != digest || len(base.Rules()) != n {
		t.Error("the base changed")
	}
	if table.Digest() == digest || len(table.Rules()) != n { // one more, one replaced, one disabled
		t.Errorf("%d rules, %d before", len(table.Rules()), n)
	}
	if first := table.Rules()[0]; first.ID != "ACME-QUEUE-TTL" || first.Pack != "c4arch.rules.yaml" || first.Line != 3 {
		t.Errorf("the first rule is %s of %s:%d", first.ID, first.Pack, first.Line)
	}
	if r, ok := table.Rule("property-changed"); !ok || r.Reason != "Ours." || r.Severity != Medium {
		t.Errorf("replaced: %v", r)
	}
	if r, ok := table.Rule("K8S-REPLICAS"); !ok || r.Severity != Low {
		t.Errorf("overridden: %v", r)
	}
	if r, _ := base.Rule("K8S-REPLICAS"); r.Severity != Medium {
		t.Errorf("the base's rule is %v", r)
	}
	if _, ok := table.Rule("RESOURCE-MOVED"); ok {
		t.Error("a disabled rule is there")
	}
	o := table.Overrides()
	if len(o) != 2 || o[0].Was != Medium || o[0].Severity != Low || !o[1].Disabled || o[1].Reason == "" || o[1].Line != 25 {
		t.Errorf("%+v", o)
	}
	vs, err := table.Judge(t.Context(), Case{Change: changeOf(t, `{"a":1}`, `{"a":2}`)})
	if err != nil || len(vs) != 1 || vs[0].Reason != "Ours." {
		t.Errorf("%v %v", described(vs), err)
	}
}

func TestDigest(t *testing.T) {
	one := tableOf(t, rule("A-ONE", "low", `on: [{type: a, path: b}], weak: "on(value)"`))
	for name, rest := range map[string]string{
		"severity":  rule("A-ONE", "high", `on: [{type: a, path: b}], weak: "on(value)"`),
		"condition": rule("A-ONE", "low", `on: [{type: a, path: b}], weak: "!on(value)"`),
		"target":    rule("A-ONE", "low", `on: [{type: a, path: c}], weak: "on(value)"`),
		"change":    rule("A-ONE", "low", `on: [{type: a, path: b, change: [added]}], weak: "on(value)"`),
		"controls":  rule("A-ONE", "low", `on: [{type: a, path: b}], weak: "on(value)", controls: [x]`),
		"another":   rule("A-ONE", "low", `on: [{type: a, path: b}], weak: "on(value)"`) + rule("A-TWO", "low", `on: [{type: a}], neutral: "true"`),
	} {
		if tableOf(t, rest).Digest() == one.Digest() {
			t.Errorf("the digest does not tell another %s", name)
		}
	}
	same := "\n\n  # a comment\n" + rule("A-ONE", "low", `weak: "on(value)", on: [{path: b, type: a}]`)
	if tableOf(t, same).Digest() != one.Digest() {
		t.Error("comments and the order of keys are in the digest")
	}
}

// TestFaultsAreNamed: each with its place, all at once.
func TestFaultsAreNamed(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "line 1: the file is empty"},
		{"two documents", "version: 1\n---\nversion: 1\n", "a second document"},
		{"no mapping", "- a\n", "the file must be a mapping"},
		{"version", "version: 2\n", "version must be 1"},
		{"not YAML", "rules: [\n", "not valid YAML"},
		{"not text", "version: 1\x00", "NUL"},
		{"unknown key", "version: 1\nrulez: []\n", `line 2: unknown key "rulez"`},
		{"list", "version: 1\nrules: a\n", "line 2, column 8: rules of the file must be a list"},
		{"no id", "version: 1\nrules:\n" + strings.Replace(rule("X", "low", `on: [{type: a}], neutral: "true"`), "id: X, ", "", 1), "needs an id"},
		{"bad id", "version: 1\nrules:\n" + rule("a-b", "low", `on: [{type: a}], neutral: "true"`), `id "a-b" must be`},
		{"twice", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "true"`) + rule("A-B", "low", `on: [{type: a}], neutral: "true"`), "is that of the rule at line 3 too"},
		{"severity", "version: 1\nrules:\n" + rule("A-B", "urgent", `on: [{type: a}], neutral: "true"`), "must be critical, high, medium or low"},
		{"no condition", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}]`), "says nothing"},
		{"no on", "version: 1\nrules:\n" + rule("A-B", "low", `neutral: "true"`), "looks at nothing"},
		{"two in on", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a, element: b}], neutral: "true"`), "exactly one of type"},
		{"path of an element", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{element: b, path: c}], neutral: "true"`), "goes with a type"},
		{"change", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: b, change: [gone]}], neutral: "true"`), "must be of added, removed"},
		{"change of an element", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{element: b, change: [replaced]}], neutral: "true"`), "must be of added, removed"},
		{"weak element", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{element: b}], weak: "true"`), "goes with a type only"},
		{"syntax", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "old ="`), "Syntax error"},
		{"unknown variable", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "olt == 1"`), "undeclared reference to 'olt'"},
		{"unknown function", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "tsl(old) == 1"`), "undeclared reference to 'tsl'"},
		{"hidden function", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], weak: "element.kind == 'x'"`), "undeclared reference to 'element'"},
		{"unknown member", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "resource.kind == 'x'"`), "resource has no kind: its members are id, type"},
		{"no boolean", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "folded(old)"`), "must give true or false"},
		{"no number", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], strength: "folded(value)"`), "must give a number"},
		{"expensive", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], weak: "value.l.exists(a, value.l.exists(b, value.l.exists(c, a == b && b == c)))"`), "comprehension"},
		{"long", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "`+strings.Repeat("true || ", 600)+`true"`), "longer than 4000"},
		{"deep", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "`+strings.Repeat("(", 1500)+"true"+strings.Repeat(")", 1500)+`"`), "recursion"},
		{"bad regular expression", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "folded(old).matches('(')"`), "invalid matches argument"},
		{"control character", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a}], neutral: "true", better: "a\u202Eb"`), "control character"},
		{"example", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a, path: b}], weak: "on(value)", examples: [{on: {type: a, path: b}, old: true, new: false, want: loosened}]`), "wants loosened, gets tightened"},
		{"example elsewhere", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a, path: b}], weak: "on(value)", examples: [{on: {type: c, path: b}, new: true, want: loosened}]`), "its on does not fit"},
		{"example that is no improvement back", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a, path: b}], loosened: "true", examples: [{on: {type: a, path: b}, old: 1, new: 2, want: loosened}]`), "its reverse is loosened"},
		{"want", "version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: a, path: b}], weak: "on(value)", examples: [{on: {type: c, path: b}, new: true, want: worse}]`), "must be loosened, tightened, neutral or none"},
		{"override of nothing", "version: 1\noverrides: [{id: NO-SUCH, severity: low, reason: r}]\n", `there is no rule "NO-SUCH"`},
		{"override without a reason", "version: 1\noverrides: [{id: PROPERTY-CHANGED, severity: low}]\n", "needs a reason"},
		{"override of nothing in it", "version: 1\noverrides: [{id: PROPERTY-CHANGED, reason: r}]\n", "changes nothing"},
		{"override of both", "version: 1\noverrides: [{id: PROPERTY-CHANGED, severity: low, disabled: true, reason: r}]\n", "gives a severity to a rule that it disables"},
		{"override twice", "version: 1\noverrides: [{id: PROPERTY-CHANGED, severity: low, reason: r}, {id: PROPERTY-CHANGED, severity: low, reason: r}]\n", "in this file already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, err := Builtin()
			if err != nil {
				t.Fatal(err)
			}
			_, err = Load(base, "own.yaml", []byte(c.file))
			var f *fault.Error
			if err == nil || !errors.As(err, &f) || f.Kind != fault.Invalid || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "own.yaml") {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
		})
	}
	empty, err := newTable()
	if err != nil {
		t.Fatal(err)
	}
	_, err = Load(empty, "own.yaml", []byte("version: 3\nrules:\n"+rule("a", "x", `on: [{type: a}], neutral: "old ="`)))
	if n := strings.Count(err.Error(), "line "); n != 4 {
		t.Errorf("%d problems of one file: %v", n, err)
	}
	if _, err := Load(empty, "own.yaml", make([]byte, maxBytes+1)); fault.KindOf(err) != fault.Limited {
		t.Errorf("a large file: %v", err)
	}
}

// TestPlaceOfAFault: the line and column of what is wrong in an expression, however YAML writes it. The misspelt word is the place.
func TestPlaceOfAFault(t *testing.T) {
	for name, condition := range map[string]string{
		"plain":             "    neutral: old == nwe",
		"plain, two lines":  "    neutral: old == 1 &&\n      old == nwe",
		"single quotes":     "    neutral: 'old == ''a'' && nwe'",
		"double quotes":     `    neutral: "old == \"a\" && nwe"`,
		"literal block":     "    neutral: |\n      old == 'a' &&\n        old == nwe",
		"folded block":      "    neutral: >-\n      old == 'a'\n      && old == 'b' &&\n\n      nwe == 1",
		"anchor":            "    neutral: &x old == nwe",
		"letters of two":    "    neutral: old == 'äöü' && nwe == 1",
		"comment behind it": "    neutral: old == nwe # neutral: nwe",
	} {
		t.Run(name, func(t *testing.T) {
			file := "version: 1\nrules:\n  - id: A-B\n    title: t\n    severity: low\n    on: [{type: a}]\n" + condition + "\n    reason: r\n    remediation: r\n    source: s\n"
			table, err := newTable()
			if err != nil {
				t.Fatal(err)
			}
			if _, err = table.parse("own.yaml", []byte(file), false); err == nil {
				t.Fatal("no error")
			}
			line, column := 0, 0
			for i, l := range strings.Split(file, "\n") {
				if at := strings.Index(l, "nwe"); at >= 0 {
					line, column = i+1, len([]rune(l[:at]))+1
					break
				}
			}
			want := (&tree.Error{Line: line, Column: column}).Error()
			if name == "anchor" {
				want = "line 7, column 14" // the anchor is where the value begins
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}

func TestRulesAreReadable(t *testing.T) {
	for _, r := range strict(t).rules {
		for name, s := range map[string]string{"title": r.Title, "reason": r.Reason, "remediation": r.Remediation} {
			if strings.Contains(s, "  ") || strings.TrimSpace(s) != s {
				t.Errorf("%s of %s is not one line of text", name, r.ID)
			}
		}
		if strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Reason, ".") || !strings.HasSuffix(r.Remediation, ".") && !strings.HasSuffix(r.Remediation, ")") {
			t.Errorf("%s: a title has no full stop at its end, a reason and a remediation have", r.ID)
		}
	}
}

// FuzzLoad: no file makes the loader panic, and what it takes can be asked.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(ownFile))
	f.Add([]byte("version: 1\nrules:\n" + rule("A-B", "low", `on: [{type: "*", path: "a[].b"}], weak: "at(value, 'x[].y').exists(i, i == resource.name)"`)))
	f.Add([]byte("version: 1\nrules: &a [*a]\n"))
	f.Add([]byte("version: 1\noverrides: [{id: PROPERTY-CHANGED, severity: low, reason: r}]"))
	f.Add([]byte("version: 1\nrules:\n" + rule("A-B", "low", `on: [{relationship: "*"}], loosened: "has(source.name) && target.tags[0] == 'x'"`)))
	base, err := newTable()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Load(base, "own.yaml", data)
		if err != nil {
			if table != nil {
				t.Error("a table comes with an error")
			}
			return
		}
		if table.Digest() != mustLoad(t, base, data).Digest() {
			t.Error("the same file makes two tables")
		}
		c := changeOf(t, `{"a":[{"name":"x","b":{"x":[1]}}]}`, `{"a":[{"name":"x","b":{"x":["2"]}}],"c":null}`)
		vs, _ := table.Judge(t.Context(), Case{Change: c})
		for _, v := range vs {
			if !slices.Contains(severities, v.Severity) || v.Direction == "" || v.Reason == "" {
				t.Errorf("verdict %+v", v)
			}
		}
	})
}

func mustLoad(t *testing.T, base *Table, data []byte) *Table {
	t.Helper()
	table, err := Load(base, "own.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestTheDocumentedFile: the example of docs/formats/rules.md is one.
func TestTheDocumentedFile(t *testing.T) {
	text, err := os.ReadFile("../../../docs/formats/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\n")
	file, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("there is no example")
	}
	base, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	table, err := Load(base, "rules.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"at", "list", "holds", "on", "folded", "number", "tls", "rank", "glob", "opens", "share", "cloud"} {
		if !strings.Contains(string(text), "| `"+name+"(") {
			t.Errorf("the function %s is not documented", name)
		}
	}
	if len(table.Overrides()) == 0 {
		t.Error("the example overrides nothing")
	}
}
