package arm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/source/sourcetest"
)

// wrap is a template with those members besides.
func wrap(members string) string {
	return `{"$schema":"` + schemas + `deploymentTemplate.json#","contentVersion":"1.0.0.0",` + members + `}`
}

// site is a resource.
func site(name, more string) string {
	return `{"type":"Microsoft.Web/sites","apiVersion":"2023-01-01","name":"` + name + `"` + more + `}`
}

// nestedDeep is a deployment around another, n times.
func nestedDeep(n int) string {
	if n == 0 {
		return site("bottom", "")
	}
	return `{"type":"Microsoft.Resources/deployments","name":"d","properties":{"template":{"resources":[` + nestedDeep(n-1) + `]}}}`
}

func within(t *testing.T, limit time.Duration, text string) (*sourcetest.Sink, *run) {
	t.Helper()
	began := time.Now()
	s, r := readKeeping(t, sourcetest.Text("main.json", text))
	if took := time.Since(began); took > limit {
		t.Errorf("it took %v", took)
	}
	checkDrafts(t, s)
	if a := r.account(); a.lost != 0 {
		t.Errorf("blocks are lost: %+v", a)
	}
	return s, r
}

func reasons(s *sourcetest.Sink) string {
	var b strings.Builder
	for _, n := range s.Missing {
		fmt.Fprintf(&b, "%d %s: %s\n", n.Line, n.Thing, n.Reason)
	}
	return b.String()
}

func TestHostile(t *testing.T) {
	loop := func(n int, more string) string {
		return fmt.Sprintf(`,"copy":{"name":"c","count":%d}%s`, n, more)
	}
	var chain strings.Builder
	for i := range 300 {
		fmt.Fprintf(&chain, `"v%d":"[variables('v%d')]",`, i, i+1)
	}
	var laughs strings.Builder
	for i := range 40 {
		fmt.Fprintf(&laughs, `"l%d":["[variables('l%d')]","[variables('l%d')]","[variables('l%d')]"],`, i, i+1, i+1, i+1)
	}
	inner := `{"type":"Microsoft.Resources/deployments","name":"[concat('d',copyIndex())]","copy":{"name":"c","count":800},"properties":{"template":{"resources":[%s]}}}`
	for _, c := range []struct {
		what, text string
		drafts     int // at least
		want       string
	}{
		{"a chain of variables", wrap(`"variables":{` + chain.String() + `"v300":"end"},"resources":[` + site("x", `,"properties":{"v":"[variables('v0')]"}`) + `]`), 1, ""},
		{"a billion laughs", wrap(`"variables":{` + laughs.String() + `"l40":"ha"},"resources":[` + site("x", `,"properties":{"v":"[variables('l0')]"}`) + `]`), 1, ""},
		{"parameters in a ring", wrap(`"parameters":{"a":{"type":"string","defaultValue":"[parameters('b')]"},"b":{"type":"string","defaultValue":"[parameters('a')]"}},"resources":[` + site("[parameters('a')]", "") + `]`), 1, "needs itself"},
		{"a loop that needs itself", wrap(`"variables":{"copy":[{"name":"v","count":"[length(variables('v'))]","input":1}]},"resources":[` + site("x", `,"properties":{"v":"[variables('v')]"}`) + `]`), 1, "needs itself"},
		{"too many resources", wrap(`"resources":[` + fmt.Sprintf(inner, fmt.Sprintf(inner, site("[concat('x', copyIndex())]", loop(800, "")))) + `]`), 40_000, "more than 50000 resources"},
		{"nothing, often", wrap(`"resources":[` + fmt.Sprintf(inner, fmt.Sprintf(inner, "")) + `]`), 0, "more than 50000 resources"},
		{"30 deployments deep", wrap(`"resources":[` + nestedDeep(20) + `]`), 1, ""},
		{"too many deployments deep", wrap(`"resources":[` + nestedDeep(40) + `]`), 0, "nested more than 30 deep"},
		{"loops in a property", wrap(`"resources":[` + site("x", `,"properties":{"copy":[{"name":"a","count":800,"input":{"copy":[{"name":"b","count":800,"input":{"copy":[{"name":"c","count":800,"input":{"n":1}}]}}]}}]}`) + `]`), 1, ""},
		{"a large dependency", wrap(`"resources":[` + site("[concat('a', copyIndex())]", loop(800, "")) + `,` + `{"type":"A.B/c","name":"[concat('b',copyIndex())]","copy":{"name":"d","count":800},"dependsOn":["c"]}` + `]`), 1600, ""},
		{"many dependencies", wrap(`"resources":[` + fmt.Sprintf(inner, fmt.Sprintf(`{"type":"A.B/c","name":"[concat('b',copyIndex())]","copy":{"name":"d","count":50},"dependsOn":["c","d"%s]}`, strings.Repeat(`,"x"`, 100_000))) + `]`), 1, "more work to evaluate than the limit"},
		{"outputs in a ring", wrap(`"resources":[{"type":"Microsoft.Resources/deployments","name":"a","properties":{"expressionEvaluationOptions":{"scope":"inner"},"parameters":{"x":{"value":"[reference('b').outputs.x.value]"}},"template":{"parameters":{"x":{"type":"string"}},"resources":[` + site("[parameters('x')]", "") + `],"outputs":{"x":{"value":"[parameters('x')]"}}}}},` +
			`{"type":"Microsoft.Resources/deployments","name":"b","properties":{"expressionEvaluationOptions":{"scope":"inner"},"parameters":{"x":{"value":"[reference('a').outputs.x.value]"}},"template":{"parameters":{"x":{"type":"string"}},"resources":[],"outputs":{"x":{"value":"[parameters('x')]"}}}}}]`), 1, "needs itself"},
		{"a resource that refers to itself", wrap(`"resources":[` + site("x", `,"properties":{"a":"[reference('x').b]","b":"[reference('x').a]"}`) + `]`), 1, ""},
		{"names that refer", wrap(`"resources":[` + site("[reference('x').name]", "") + `,` + site("x", "") + `]`), 2, ""},
		{"symbols in a ring", wrap(`"languageVersion":"2.0","resources":{"a":{"type":"A.B/c","name":"a","scope":"[resourceInfo('b').id]"},"b":{"type":"A.B/c","name":"b","scope":"[resourceInfo('a').id]"}}`), 2, ""},
		{"a type that holds itself", wrap(`"definitions":{"t":{"$ref":"#/definitions/t"},"l":{"type":"array","items":{"$ref":"#/definitions/l"}}},"parameters":{"p":{"$ref":"#/definitions/t","defaultValue":1},"q":{"$ref":"#/definitions/l","defaultValue":[[[]]]}},"resources":[` + site("x", `,"properties":{"p":"[parameters('p')]","q":"[parameters('q')]"}`) + `]`), 1, ""},
		{"odd parts", wrap(`"parameters":7,"variables":[1],"functions":[1,{"namespace":1,"members":[]}],"outputs":"x","resources":{"a":1,"b":[],"c":null}`), 0, "it is not an object"},
		{"no resources", wrap(`"resources":"[parameters('x')]"`), 0, "no list of resources"},
		{"names with slashes only", wrap(`"resources":[` + site("///", "") + `,` + site(" ", "") + `,` + site("a|b", "") + `]`), 0, "part of its name is empty"},
		{"large texts", wrap(`"variables":{"a":"` + strings.Repeat("x", 1<<20) + `"},"resources":[` + site("[concat('x', copyIndex())]", loop(800, `,"properties":{"a":"[concat(variables('a'), copyIndex())]"}`)) + `]`), 800, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			s, _ := within(t, 20*time.Second, c.text)
			if len(s.Drafts) < c.drafts || len(s.Drafts) > maxUnits {
				t.Errorf("%d resources", len(s.Drafts))
			}
			if got := reasons(s); !strings.Contains(got, c.want) {
				t.Errorf("not said: %s\n%s", c.want, got)
			}
		})
	}
}

func TestBrokenJSONIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		wrap(`"resources":[`) + "\n": "line 1: not valid JSON",
		`[1]`:                        "a template is an object",
		"{\n\"a\":1,\n\"A\":2}":      "line 3: an object has the same name twice",
		strings.Repeat("[", 300):     "nested more than 200 deep",
	} {
		s := &sourcetest.Sink{}
		err := Templates().Read(context.Background(), sourcetest.Text("main.json", text), s)
		if err == nil || !strings.Contains(err.Error(), want) || len(s.Drafts) > 0 || len(s.Missing) > 0 {
			t.Errorf("%.40s: %v, %+v", text, err, s)
		}
		if k := fault.KindOf(err); k != fault.Invalid && k != fault.Limited {
			t.Errorf("%.40s: %s", text, k)
		}
	}
}

func TestTheSinksErrorsEndIt(t *testing.T) {
	full := errors.New("full")
	s := &sourcetest.Sink{Fail: full}
	if err := Templates().Read(context.Background(), sourcetest.Text("main.json", wrap(`"resources":[`+site("a", "")+`,`+site("b", "")+`]`)), s); err != full || len(s.Drafts) != 1 {
		t.Errorf("%v, %d drafts", err, len(s.Drafts))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Templates().Read(ctx, sourcetest.Text("main.json", wrap(`"resources":[`+site("a", "")+`]`)), &sourcetest.Sink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Links go round, far, to what is large, and to what is no template.
func TestHostileLinks(t *testing.T) {
	link := func(to string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"x","properties":{"templateLink":{"relativePath":"` + to + `"}}}`
	}
	fsys := fstest.MapFS{
		"a.json": {Data: []byte(wrap(`"resources":[` + link("b.json") + `,` + link("list.json") + `,` + link("d/../../x.json") + `,` + link("/etc/passwd") + `,` + link("") + `,` + link("d") + `,` + link("a.json") + `]`))},
		"b.json": {Data: []byte(wrap(`"resources":[` + link("a.json") + `,` + link("c.json") + `,` + link("c.json") + `]`))},
		"c.json": {Data: []byte(wrap(`"resources":[` + site("x", "") + `]`))}, "list.json": {Data: []byte(`[]`)}, "d/e": {},
	}
	s := sourcetest.Read(t, Templates(), sourcetest.File(t, fsys, "a.json"))
	if len(s.Drafts) != 2 || fmt.Sprint(s.Parts) != "[b.json c.json]" {
		t.Errorf("%d drafts, parts %v", len(s.Drafts), s.Parts)
	}
	got := reasons(s)
	for _, want := range []string{"the template links to itself, directly or through others", "a template links to it, and it is no template", "could not be read", "not among the scanned files"} {
		if !strings.Contains(got, want) {
			t.Errorf("not said: %s\n%s", want, got)
		}
	}
}

// A link that doubles at each step ends at the limit of resources.
func TestLinksThatMultiply(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 28 {
		link := fmt.Sprintf(`{"type":"Microsoft.Resources/deployments","name":"x","properties":{"templateLink":{"relativePath":"%d.json"}}}`, i+1)
		fsys[fmt.Sprintf("%d.json", i)] = &fstest.MapFile{Data: []byte(wrap(`"resources":[` + link + `,` + link + `]`))}
	}
	fsys["28.json"] = &fstest.MapFile{Data: []byte(wrap(`"resources":[` + site("x", "") + `]`))}
	began := time.Now()
	s := sourcetest.Read(t, Templates(), sourcetest.File(t, fsys, "0.json"))
	if len(s.Drafts) == 0 || len(s.Drafts) > maxUnits || !strings.Contains(reasons(s), "more than 50000 resources") || time.Since(began) > 20*time.Second {
		t.Errorf("%d drafts in %v\n%s", len(s.Drafts), time.Since(began), reasons(s))
	}
}

var _ evidence.Sink = (*sourcetest.Sink)(nil)
