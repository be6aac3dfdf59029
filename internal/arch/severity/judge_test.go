package severity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// tableOf is a table of these rules alone.
func tableOf(t testing.TB, yaml string) *Table {
	t.Helper()
	empty, err := newTable()
	if err != nil {
		t.Fatal(err)
	}
	table, err := Load(empty, "test.yaml", []byte("version: 1\nrules:\n"+yaml))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rule is a rule of a type with the rest as YAML in flow style.
func rule(id, severity, rest string) string {
	return "  - {id: " + id + ", title: t, severity: " + severity + ", reason: because of " + id + ", remediation: r, source: s, " + rest + "}\n"
}

func resource(t testing.TB, typ, props string) *evidence.Resource {
	t.Helper()
	if props == "" {
		return nil
	}
	v, err := tree.ParseJSON([]byte(props), tree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := canon.Encode(&v)
	if err != nil {
		t.Fatal(err)
	}
	return &evidence.Resource{ID: "tf:x", Form: evidence.Terraform, Type: typ, Name: "x", Props: raw, Side: evidence.Declared}
}

// changeOf is what the comparison finds between two sides.
func changeOf(t testing.TB, old, new string) *diff.Change {
	t.Helper()
	c := &diff.Change{Kind: diff.Changed, Old: resource(t, "a_thing", old), New: resource(t, "a_thing", new)}
	switch {
	case c.Old == nil:
		c.Kind = diff.Added
	case c.New == nil:
		c.Kind = diff.Removed
	default:
		var err error
		if c.Properties, err = diff.Properties(c.Old, c.New, diff.PairOptions{SameKey: true}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestChoice(t *testing.T) {
	const (
		wide   = `{"a":{"x":1,"y":1},"b":1}`
		narrow = `{"a":{"x":2,"y":2},"b":2}`
	)
	last := rule("Z-LAST", "low", `on: [{type: "*", path: "*"}], neutral: "true"`)
	for _, c := range []struct {
		name, rules, old, new string
		want                  []string
	}{
		{
			"the gravest loosening speaks for what it covers, and the rest has its own verdict",
			rule("A-WIDE", "high", `on: [{type: a_thing, path: a}], loosened: "true"`) +
				rule("A-ONE", "critical", `on: [{type: a_thing, path: a.x}], loosened: "true"`) + last,
			wide, narrow,
			[]string{"A-ONE critical loosened a.x", "A-WIDE high loosened a", "Z-LAST low neutral b"},
		},
		{
			"what is covered by graver verdicts altogether is no finding",
			rule("A-X", "medium", `on: [{type: a_thing, path: a.x}], loosened: "true"`) +
				rule("A-ALL", "high", `on: [{type: a_thing, path: a}], loosened: "true"`) + last,
			wide, narrow,
			[]string{"A-ALL high loosened a", "Z-LAST low neutral b"},
		},
		{
			"an item that came or went is one thing for rules of last resort",
			last, `{"a":[{"name":"p","x":1,"y":{"z":1}},{"name":"q","x":1}],"c":{"d":1,"e":1}}`, `{"a":[{"name":"q","x":2}]}`,
			[]string{"Z-LAST low neutral a[name=p]", "Z-LAST low neutral a[name=q].x", "Z-LAST low neutral c"},
		},
		{
			"a verdict on a part of what went speaks for the rest of it",
			rule("A-X", "high", `on: [{type: a_thing, path: "a[].x"}], loosened: "true"`) + last,
			`{"a":[{"name":"p","x":1,"y":{"z":1}},{"name":"q","x":1}]}`, `{"a":[{"name":"q","x":1}]}`,
			[]string{"A-X high loosened a[name=p].x"},
		},
		{
			"of equals the first in the table",
			rule("A-ONE", "high", `on: [{type: a_thing, path: b}], loosened: "true"`) +
				rule("A-TWO", "high", `on: [{type: "a_*", path: b}], loosened: "true"`),
			`{"b":1}`, `{"b":2}`,
			[]string{"A-ONE high loosened b"},
		},
		{
			"a loosening wins over a graver neutral change",
			rule("A-NEUTRAL", "critical", `on: [{type: a_thing, path: b}], neutral: "true"`) +
				rule("A-LOOSE", "low", `on: [{type: a_thing, path: b}], loosened: "true"`),
			`{"b":1}`, `{"b":2}`,
			[]string{"A-LOOSE low loosened b"},
		},
		{
			"an improvement wins over a neutral change of a lesser rule",
			rule("A-NEUTRAL", "medium", `on: [{type: a_thing, path: b}], neutral: "true"`) +
				rule("A-TIGHT", "high", `on: [{type: a_thing, path: b}], tightened: "true"`),
			`{"b":1}`, `{"b":2}`,
			[]string{"A-TIGHT low tightened b"},
		},
		{
			"a neutral change wins over an improvement of an equal rule",
			rule("A-TIGHT", "high", `on: [{type: a_thing, path: b}], tightened: "true"`) +
				rule("A-NEUTRAL", "high", `on: [{type: a_thing, path: b}], neutral: "true"`),
			`{"b":1}`, `{"b":2}`,
			[]string{"A-NEUTRAL high neutral b"},
		},
		{
			"a rule for any property is the last resort, whatever its severity",
			rule("A-ANY", "critical", `on: [{type: a_thing, path: "*"}], neutral: "true"`) +
				rule("A-B", "low", `on: [{type: a_thing, path: b}], tightened: "true"`) + last,
			wide, narrow,
			[]string{"A-B low tightened b", "A-ANY critical neutral a.x", "A-ANY critical neutral a.y"},
		},
		{
			"an item of an array is asked on its own, and one that is not there is not weak",
			rule("A-ITEM", "high", `on: [{type: a_thing, path: "l[].on"}], weak: "!on(value)"`),
			`{"l":[{"name":"kept","on":true},{"name":"gone","on":true},{"name":"was","on":false}]}`,
			`{"l":[{"name":"kept","on":false},{"name":"come","on":false}]}`,
			[]string{"A-ITEM high loosened l[name=come].on", "A-ITEM high loosened l[name=kept].on", "A-ITEM low tightened l[name=was].on"},
		},
		{
			"strength: less is loosened, and what is not known says nothing",
			rule("A-S", "medium", `on: [{type: a_thing, path: "*"}], strength: "number(value)"`),
			`{"a":3,"b":3,"c":3,"d":"x"}`, `{"a":2,"b":4,"c":"x","d":1}`,
			[]string{"A-S medium loosened a", "A-S low tightened b"},
		},
		{
			"an added thing: its existence, and what is loose in it",
			rule("A-NEW", "medium", `on: [{type: "*", change: [added]}], neutral: "true"`) +
				rule("A-WEAK", "high", `on: [{type: a_thing, path: "l[].on"}], weak: "on(value)"`) +
				rule("A-X", "high", `on: [{type: a_thing, path: x}], neutral: "true"`) + last,
			"", `{"l":[{"name":"a","on":true},{"name":"b","on":false}],"x":1}`,
			[]string{"A-WEAK high loosened l[name=a].on", "A-NEW medium neutral "},
		},
		{
			"a removed thing: only rules that name removed, and no improvement unasked",
			rule("A-GONE", "critical", `on: [{type: a_thing, change: [removed]}], loosened: "true"`) +
				rule("A-WEAK", "high", `on: [{type: a_thing, path: x}], weak: "on(value)"`) +
				rule("A-WHOLE", "high", `on: [{type: a_thing}], weak: "on(value.x)"`) +
				rule("A-NAMED", "high", `on: [{type: a_thing, path: x, change: [removed]}], weak: "on(value)"`),
			`{"x":true}`, "",
			[]string{"A-GONE critical loosened ", "A-NAMED low tightened x"},
		},
		{
			"rules without a path are asked beside the properties",
			rule("A-WHOLE", "high", `on: [{type: a_thing}], weak: "value.b == 2"`) + last,
			`{"b":1}`, `{"b":2}`,
			[]string{"A-WHOLE high loosened ", "Z-LAST low neutral b"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			vs, err := tableOf(t, c.rules).Judge(t.Context(), Case{Change: changeOf(t, c.old, c.new)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range vs {
				got = append(got, strings.Join([]string{v.Rule.ID, string(v.Severity), string(v.Direction), string(v.Path)}, " "))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestParent: the object around a place, on either side, and null where that is not there.
func TestParent(t *testing.T) {
	for _, c := range []struct{ name, on, old, new, loosened string }{
		{"member", "a.b", `{"a":{"b":1,"c":2}}`, `{"a":{"b":2,"c":3}}`, "parentOld.c == 2 && parentNew.c == 3"},
		{"member that is gone", "a.b", `{"a":{"b":1,"c":2}}`, `{"a":{"c":2}}`, "parentOld.b == 1 && parentNew.c == 2 && new == null"},
		{"object that is gone", "a.b", `{"a":{"b":1},"c":2}`, `{"c":2}`, "parentOld.b == 1 && parentNew == null"},
		{"at the top", "a", `{"c":2}`, `{"a":1,"c":2}`, "parentOld.c == 2 && parentNew.a == 1 && old == null"},
		{"item of a list", "l[]", `{"l":["x"],"c":1}`, `{"l":["x","y"],"c":1}`, "parentOld.c == 1 && parentNew.c == 1"},
		{"member of an item", "l[].a", `{"l":[{"name":"n","a":1}]}`, `{"l":[{"name":"n","a":2}]}`, "parentOld.name == 'n' && parentNew.name == 'n'"},
		{"item that has come", "l[].a", `{"l":[{"name":"m"}]}`, `{"l":[{"name":"m"},{"name":"n","a":2}]}`, "parentOld == null && parentNew.name == 'n'"},
		{"the resource", "", `{"a":1}`, `{"a":2}`, "parentOld == null && parentNew == null && before.a == 1 && after.a == 2 && old == before && new == after"},
		{"tags", "@tags.t", `{}`, `{}`, "parentOld == null && old == null && new == 'v' && resource.tags.t == 'v'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := tableOf(t, rule("A-P", "low", `on: [{type: a_thing, path: "`+c.on+`"}], loosened: "`+c.loosened+`"`))
			change := changeOf(t, c.old, c.new)
			if c.on == "@tags.t" {
				change.New.Tags = map[string]string{"t": "v"}
				change.Properties, _ = diff.Properties(change.Old, change.New, diff.PairOptions{SameKey: true})
			}
			vs, err := table.Judge(t.Context(), Case{Change: change})
			if err != nil || len(vs) != 1 {
				t.Errorf("%v %v", described(vs), err)
			}
		})
	}
}

// TestEachPropertyHasOneVerdict: no property is judged twice, and none that counts is left out while there is a rule for any; only of an item that
// came or went as one a verdict on a part is enough.
func TestEachPropertyHasOneVerdict(t *testing.T) {
	table := strict(t)
	n := 0
	for _, r := range table.rules {
		for i := range r.Examples {
			c := caseOf(t, &r.Examples[i], false)
			if c.Change == nil || len(c.Change.Properties) == 0 {
				continue
			}
			vs, err := table.Judge(t.Context(), c)
			if err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
			seen := make([]int, len(c.Change.Properties))
			for _, v := range vs {
				for _, k := range v.Covers {
					seen[k]++
					n++
					if p := c.Change.Properties[k].Path; v.Path != p && diff.CutPath(p, diff.CountSteps(string(v.Path))) != v.Path {
						t.Errorf("%s: a verdict on %s speaks for %s", r.ID, v.Path, p)
					}
				}
			}
			for k, p := range c.Change.Properties {
				want := 1
				if p.Noise != "" || p.Unknown != "" {
					want = 0
				}
				whole := diff.CutPath(p.Path, oneSided(&c.Change.Properties[k], diff.CountSteps(string(p.Path))))
				spoken := whole != p.Path && slices.ContainsFunc(vs, func(v Verdict) bool { return strings.HasPrefix(string(v.Path), string(whole)) })
				if seen[k] != want && (seen[k] > want || !spoken) {
					t.Errorf("%s example %d: %s has %d verdicts", r.ID, i+1, p.Path, seen[k])
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d properties were judged", n)
	}
}

func TestRaised(t *testing.T) {
	table := tableOf(t, rule("A-LOOSE", "medium", `on: [{type: a_thing, path: a}], loosened: "true"`)+
		rule("A-GRAVE", "critical", `on: [{type: a_thing, path: b}], loosened: "true"`)+
		rule("A-NEUTRAL", "medium", `on: [{type: a_thing, path: c}], neutral: "true"`)+
		rule("A-TIGHT", "high", `on: [{type: a_thing, path: d}], tightened: "true"`))
	for _, c := range []struct {
		production, internet bool
		severity             Severity
		raised               string
	}{
		{false, false, Medium, ""},
		{true, false, High, "production"},
		{false, true, High, "reachable from the Internet"},
		{true, true, High, "production, and reachable from the Internet"},
	} {
		vs, err := table.Judge(t.Context(), Case{
			Change: changeOf(t, `{"a":1,"b":1,"c":1,"d":1}`, `{"a":2,"b":2,"c":2,"d":2}`), Production: c.production, Internet: c.internet,
		})
		if err != nil || len(vs) != 4 {
			t.Fatal(err, len(vs))
		}
		for _, v := range vs {
			want, raised := v.Rule.Severity, ""
			switch v.Rule.ID {
			case "A-LOOSE":
				want, raised = c.severity, c.raised
			case "A-TIGHT":
				want = Low
			}
			if v.Severity != want || v.Raised != raised {
				t.Errorf("%s with %t, %t: %s, %q", v.Rule.ID, c.production, c.internet, v.Severity, v.Raised)
			}
		}
	}
}

func TestReasons(t *testing.T) {
	table := tableOf(t, rule("A-PLAIN", "high", `on: [{type: a_thing, path: a}], weak: "on(value)"`)+
		rule("A-WORDS", "high", `better: fewer doors, on: [{type: a_thing, path: b}], weak: "on(value)"`))
	vs, err := table.Judge(t.Context(), Case{Change: changeOf(t, `{"a":true,"b":true}`, `{"a":false,"b":false}`)})
	if err != nil || len(vs) != 2 {
		t.Fatal(err, vs)
	}
	if vs[0].Reason != better || vs[1].Reason != "fewer doors" {
		t.Errorf("%q, %q", vs[0].Reason, vs[1].Reason)
	}
}

// TestNoiseAndUnknownAreNotJudged: neither is a change.
func TestNoiseAndUnknownAreNotJudged(t *testing.T) {
	c := changeOf(t, `{"a":1,"b":1,"c":1}`, `{"a":2,"b":2,"c":2}`)
	c.Properties[0].Noise, c.Properties[1].Unknown = "some-noise", "withheld"
	vs, err := tableOf(t, rule("A-ANY", "low", `on: [{type: "*", path: "*"}], neutral: "true"`)).Judge(t.Context(), Case{Change: c})
	if err != nil || len(vs) != 1 || vs[0].Path != "c" || !slices.Equal(vs[0].Covers, []int{2}) {
		t.Errorf("%v %v", vs, err)
	}
}

// TestOpenValuesAreUnknown: a condition on what the code leaves open has no answer, whichever way it asks.
func TestOpenValuesAreUnknown(t *testing.T) {
	c := changeOf(t, "", `{"tls":"${var.tls}","name":"x","l":["${var.l}"]}`)
	c.New.Expressions = []evidence.Expression{
		{Path: "l[0]", Text: "var.l", Unresolved: evidence.UnknownParameter},
		{Path: "tls", Text: "var.tls", Unresolved: evidence.UnknownParameter},
	}
	for _, weak := range []string{
		"value.tls != '1.2'", "value.tls == '1.2'", "!on(value.tls)", "tls(value.tls) < 12", "folded(value.tls) != ''", "value.tls == null",
		"holds(value.l, 'x')", "!holds(value.l, 'x')", "rank('x', value.l) < 0", "value.l.exists(i, i == 'x')", "at(value, 'l[]').all(i, i != 'x')",
	} {
		table := tableOf(t, rule("A-OPEN", "high", `on: [{type: a_thing}], weak: "`+weak+`"`))
		vs, err := table.Judge(t.Context(), Case{Change: c})
		if err != nil || len(vs) != 0 {
			t.Errorf("%s: %v %v", weak, described(vs), err)
		}
	}
	table := tableOf(t, rule("A-KNOWN", "high", `on: [{type: a_thing}], weak: "value.name == 'x' || on(value.tls)"`))
	if vs, err := table.Judge(t.Context(), Case{Change: c}); err != nil || len(vs) != 1 {
		t.Errorf("what is known decides: %v %v", described(vs), err)
	}
}

// TestAFailureIsReported: neither false nor silence, and the other rules speak.
func TestAFailureIsReported(t *testing.T) {
	table := tableOf(t, rule("A-FAILS", "critical", `on: [{type: a_thing, path: a}, {type: a_thing, path: b}], loosened: "new < 3"`)+
		rule("A-WORKS", "low", `on: [{type: a_thing, path: a}], neutral: "true"`))
	vs, err := table.Judge(t.Context(), Case{Change: changeOf(t, `{"a":1,"b":1}`, `{"a":"x","b":"y"}`)})
	if err == nil || strings.Count(err.Error(), "A-FAILS") != 1 || !strings.Contains(err.Error(), "test.yaml") {
		t.Errorf("the error is %v", err)
	}
	if len(vs) != 1 || vs[0].Rule.ID != "A-WORKS" {
		t.Errorf("%v", described(vs))
	}
	if strings.Contains(err.Error(), `"x"`) {
		t.Errorf("the error quotes the input: %v", err)
	}
}

func TestExpensiveConditionsAreStopped(t *testing.T) {
	table := tableOf(t, rule("A-DEAR", "high", `on: [{type: a_thing}], weak: "value.l.exists(x, value.l.exists(y, x == y + 5))"`))
	var items []string
	for i := range 3000 {
		items = append(items, strings.Repeat("1", 1+i%9))
	}
	list := `{"l":[` + strings.Join(items, ",") + `]}`
	_, err := table.Judge(t.Context(), Case{Change: changeOf(t, "", list)})
	if err == nil || !strings.Contains(err.Error(), "A-DEAR") || !strings.Contains(err.Error(), "cost limit") {
		t.Errorf("the error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := table.Judge(ctx, Case{Change: changeOf(t, "", list)}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestModelCases(t *testing.T) {
	table := strict(t)
	web, db := &c4.Element{ID: "w", Kind: c4.Container, Name: "web"}, &c4.Element{ID: "d", Kind: c4.Container, Name: "db", Shape: "database"}
	line := &c4.Relationship{ID: "r", Source: "w", Target: "d", Confidence: c4.High}
	for _, c := range []struct {
		name string
		in   Case
		want string
	}{
		{"unknown element", Case{Element: &delta.Element{ID: "w", Status: delta.Unknown, New: web}}, ""},
		{"same element", Case{Element: &delta.Element{ID: "w", Old: web, New: web}}, ""},
		{"element without sides", Case{Element: &delta.Element{ID: "w", Status: delta.Added}}, ""},
		{"added", Case{Element: &delta.Element{ID: "w", Status: delta.Added, New: web}}, "ARCH-CONTAINER-ADDED medium neutral"},
		{"added database", Case{Element: &delta.Element{ID: "d", Status: delta.Added, New: db}}, "ARCH-DATABASE-ADDED medium neutral"},
		{"relationship", Case{Relationship: &delta.Relationship{ID: "r", Status: delta.Added, New: line, Source: web, Target: db}}, "ARCH-RELATIONSHIP-ADDED medium neutral"},
		{
			"cross-system",
			Case{Relationship: &delta.Relationship{ID: "r", Status: delta.Added, New: line, Source: web, Target: db, CrossSystem: true}, Production: true},
			"ARCH-CROSS-SYSTEM critical loosened",
		},
		{"unknown relationship", Case{Relationship: &delta.Relationship{ID: "r", Status: delta.Unknown, New: line, Source: web, Target: db}}, ""},
		{"relationship without ends", Case{Relationship: &delta.Relationship{ID: "r", Status: delta.Added, New: line}}, ""},
		{"nothing opened", Case{Exposure: &exposure.Change{Resource: "x", Kind: exposure.Network}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			vs, err := table.Judge(t.Context(), c.in)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(vs) > 0 {
				got = vs[0].Rule.ID + " " + string(vs[0].Severity) + " " + string(vs[0].Direction)
			}
			if got != c.want || len(vs) > 1 {
				t.Errorf("got %v, want %q", described(vs), c.want)
			}
		})
	}
	if _, err := table.Judge(t.Context(), Case{}); err == nil {
		t.Error("an empty case has a verdict")
	}
}

// TestConcurrentUse: a table does not change, also while its conditions are compiled.
func TestConcurrentUse(t *testing.T) {
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	c := Case{Change: changeOf(t, `{"a":1}`, `{"a":2}`)}
	c.Change.Old.Type, c.Change.New.Type = "aws_s3_bucket_acl", "aws_s3_bucket_acl"
	done := make(chan string)
	for range 8 {
		go func() {
			vs, err := table.Judge(context.Background(), c)
			if err != nil {
				done <- err.Error()
				return
			}
			done <- strings.Join(described(vs), ";")
		}()
	}
	first := <-done
	for range 7 {
		if got := <-done; got != first {
			t.Errorf("%q and %q", first, got)
		}
	}
}

func TestErasedResource(t *testing.T) {
	r := resource(t, "a_thing", `{"a":1}`)
	gone := r.Redact("asked for")
	vs, err := strict(t).Judge(t.Context(), Case{Change: &diff.Change{Kind: diff.Added, New: &gone}})
	if err != nil || len(vs) != 1 || vs[0].Rule.ID != "RESOURCE-ADDED" {
		t.Errorf("%v %v", described(vs), err)
	}
}
