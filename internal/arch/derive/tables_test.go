package derive

import (
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// withoutFixture are the rules that TestRules need not show, and why.
var withoutFixture = map[string]string{
	"T-DEP":     "it hides and draws nothing: TestDependenciesAreAnOrderOfWork",
	"H-PLANNED": "a state has one side only: TestPlannedSideIsNotCountedTwice",
	"L4":        "every model with a resource names it",
}

func TestEveryRuleHasAFixture(t *testing.T) {
	have := map[string]bool{}
	for _, f := range fixtures() {
		for id := range strings.FieldsSeq(f.rule) {
			have[id] = true
		}
	}
	want := map[string]bool{}
	for i := range refRules {
		want[refRules[i].id] = true
	}
	for id := range ruleText {
		want[id] = true
	}
	for _, id := range sortedKeys(want) {
		if _, excused := withoutFixture[id]; !have[id] && !excused {
			t.Errorf("the rule %s has no fixture", id)
		}
	}
	for id := range have {
		if _, ok := ruleOf(id); !ok {
			t.Errorf("a fixture is for the rule %s, which there is not", id)
		}
	}
}

// TestEveryRuleInTheCodeIsExplained looks for the ids of rules in the package's own text.
func TestEveryRuleInTheCodeIsExplained(t *testing.T) {
	shape := regexp.MustCompile(`^((?:[RKCMTHSDAUIOPXLWG]|WR|GR)[0-9]+|[KCMTHSDWG][0-9]*-[A-Z0-9]+)$`)
	used := map[string]bool{}
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if kv, ok := n.(*ast.KeyValueExpr); ok {
				if _, isText := ruleText[text(kv.Key)]; isText {
					return false // the explanation itself
				}
			}
			if id := text(n); shape.MatchString(id) {
				used[id] = true
			}
			return true
		})
	}
	if len(used) < 50 {
		t.Fatalf("only %d rules found in the code: this test looks in the wrong place", len(used))
	}
	for _, id := range sortedKeys(used) {
		r, ok := ruleOf(id)
		if !ok || r.Reason == "" || r.Source == "" {
			t.Errorf("the rule %s has no reason or no source", id)
		}
	}
	for _, id := range sortedKeys(ruleText) {
		if !used[id] {
			t.Errorf("the rule %s is explained, and nothing applies it", id)
		}
	}
}

func sources(t *testing.T) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
	}
	return files
}

// text returns the text of a string literal.
func text(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if s, err := strconv.Unquote(lit.Value); err == nil {
			return s
		}
	}
	return ""
}

// A rule that another one stands in front of can never speak, nor can a path with a capital.
func TestEveryPathCanBeReached(t *testing.T) {
	for i := range refRules {
		r := &refRules[i]
		for _, pattern := range patternsOf(r) {
			if pattern != strings.ToLower(pattern) {
				t.Errorf("%s: %s is not in lower case, and properties are compared in lower case", r.id, pattern)
			}
			place := example(pattern)
			if !pathMatch(pattern, place) {
				t.Errorf("%s: %s does not match %s: the pattern says something that patterns cannot", r.id, pattern, place)
			}
			for typ := range strings.FieldsSeq(r.from) {
				typ = exampleOf(typ)
				if got := findRef(typ, place); got != r {
					other := "no rule"
					if got != nil {
						other = got.id + " (" + got.paths + ")"
					}
					t.Errorf("%s: %s of %s is read by %s", r.id, pattern, typ, other)
				}
			}
		}
	}
}

// exampleOf is a type that what stands for any type of a cloud means.
func exampleOf(typ string) string {
	if typ == "*" {
		return "microsoft.test/any"
	}
	if cloud, ok := strings.CutSuffix(typ, "_*"); ok {
		return cloud + "_test"
	}
	return typ
}

// example is a place that a pattern must match.
func example(pattern string) string {
	s := pattern
	if rest, ok := strings.CutPrefix(s, "**."); ok {
		s = "somewhere." + rest
	} else if rest, ok := strings.CutPrefix(s, "**"); ok && rest != "" {
		s = "some" + rest
	}
	if s == "**" {
		return "anything"
	}
	if rest, ok := strings.CutSuffix(s, ".**"); ok {
		return rest + ".deep.er"
	}
	if rest, ok := strings.CutSuffix(s, ".*"); ok {
		return rest + ".one"
	}
	if rest, ok := strings.CutSuffix(s, "*"); ok {
		return rest + "more"
	}
	return s
}

func TestRuleTablesAreWhole(t *testing.T) {
	seen := map[string]string{}
	for i := range typeRules {
		r := &typeRules[i]
		if r.tech == "" || r.id == "" || r.types == "" {
			t.Errorf("type rule %s (%s) lacks its types or a technology", r.id, r.types)
		}
		if drawn := r.role == container || r.role == component || r.role == deployment; drawn && r.layer != "" {
			t.Errorf("%s: %s would be drawn, but is in the layer %s", r.id, r.types, r.layer)
		}
		if (r.role == hidden || r.role == relation) && r.layer == "" {
			t.Errorf("%s: %s is not drawn and in no layer", r.id, r.types)
		}
		for typ := range strings.FieldsSeq(r.types) {
			key := typ + "?" + r.variant
			if other, ok := seen[key]; ok {
				t.Errorf("%s stands in %s and in %s", typ, other, r.id)
			}
			seen[key] = r.id
			if strings.HasPrefix(typ, "microsoft.") && typ != strings.ToLower(typ) {
				t.Errorf("%s: %s is not in lower case", r.id, typ)
			}
		}
	}
	for i := range refRules {
		r := &refRules[i]
		if r.why == "" || r.src == "" || r.from == "" || r.paths == "" {
			t.Errorf("%s (%s) lacks a reason, a source or a place", r.id, r.paths)
		}
		if (r.act == relate || r.act == reverse) && (r.label == "" || r.conf == "") {
			t.Errorf("%s (%s) draws a line without words or confidence", r.id, r.paths)
		}
		if r.act == nest && r.rank == 0 {
			t.Errorf("%s (%s) is a containment without a rank", r.id, r.paths)
		}
		for typ := range strings.FieldsSeq(r.from) {
			if typ != anyOf(exampleOf(typ)) && typ != "any" && typeIndex[typ] == nil {
				t.Errorf("%s holds for %s, which no type rule knows", r.id, typ)
			}
		}
	}
}

// One id stands for one statement: where a table has several rows of an id, their common sentence is in refSentence or ruleText.
func TestRulesOfOneIDHaveOneSentence(t *testing.T) {
	whys := map[string][]string{}
	for i := range refRules {
		r := &refRules[i]
		if !slices.Contains(whys[r.id], r.why) {
			whys[r.id] = append(whys[r.id], r.why)
		}
	}
	for _, id := range sortedKeys(whys) {
		if _, ok := ruleText[id]; !ok && refSentence[id] == "" && len(whys[id]) > 1 {
			t.Errorf("%s has %d reasons and no sentence for all: %s", id, len(whys[id]), strings.Join(whys[id], "; "))
		}
	}
	for id := range refSentence {
		if len(whys[id]) < 2 {
			t.Errorf("%s has a sentence for all its rows, of which there are %d", id, len(whys[id]))
		}
	}
}

// TestTypesInBothForms shows each type to the rules in Azure's words and in Terraform's.
func TestTypesInBothForms(t *testing.T) {
	for _, tf := range sortedKeys(terraformTypes) {
		arm := terraformTypes[tf]
		if arm == assocType {
			continue
		}
		variant := ""
		switch {
		case strings.Contains(tf, "function_app"):
			variant = "functionapp"
		case tf == "azurerm_logic_app_standard":
			variant = "functionapp,workflowapp"
		}
		if ruleFor(arm, variant) == unmappedRule {
			t.Errorf("%s stands for %s, which no type rule knows", tf, arm)
			continue
		}
		id := armExample(arm)
		kind := ""
		if variant != "" {
			kind = `"kind":"` + variant + `",`
		}
		f := fixture{arm: `[{"id":"` + id + `",` + kind + `"name":"thing","properties":{}}]`}
		g := fixture{tf: `{"` + tf + `.thing":{"id":"` + id + `","name":"thing"}}`}
		if a, b := roleFacts(t, &f), roleFacts(t, &g); a != b {
			t.Errorf("%s:\n  in Azure:     %s\n  in Terraform: %s", tf, a, b)
		}
	}
}

// armExample makes an id of a type.
func armExample(typ string) string {
	switch typ {
	case "microsoft.resources/subscriptions":
		return "/subscriptions/" + testSub
	case "microsoft.resources/resourcegroups":
		return testGroup
	}
	parts := strings.Split(typ, "/")
	id := "@" + parts[0]
	for i, p := range parts[1:] {
		id += "/" + p + "/"
		if i < len(parts)-2 {
			id += "up" + strconv.Itoa(i)
		} else {
			id += "thing"
		}
	}
	return id
}

// roleFacts says by which rules a model shows its resources: everything but the names of systems and the types.
func roleFacts(t *testing.T, f *fixture) string {
	t.Helper()
	var out []string
	for _, e := range f.model(t).Elements {
		if e.Kind == "softwareSystem" {
			continue
		}
		tech := e.Technology
		if e.Kind == "resource" {
			tech = ""
		}
		out = append(out, string(e.Kind)+" "+tech+" "+e.Rule+" "+e.Shape+" "+e.Layer)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// TestEveryRowHasAFixture asks the same of each row of refRules: some fixture must hold a property that this row reads.
func TestEveryRowHasAFixture(t *testing.T) {
	rows := map[*refRule]bool{}
	for _, f := range fixtures() {
		s := f.snapshot(t)
		for i := range s.Resources {
			r := &s.Resources[i]
			v, err := r.Tree()
			if err != nil {
				t.Fatal(err)
			}
			typ := canonicalType(r)
			for p := range places(&v, "") {
				if row := findRef(typ, strings.ToLower(p.Pattern())); row != nil {
					rows[row] = true
				}
			}
		}
	}
	missing := 0
	for i := range refRules {
		r := &refRules[i]
		if _, excused := withoutFixture[r.id]; !rows[r] && !excused {
			missing++
			t.Errorf("no fixture for the row %s %s: %s", r.id, r.from, r.paths)
		}
	}
	if missing > 0 {
		t.Logf("%d of %d rows", missing, len(refRules))
	}
}

// places yields every place of a tree that may hold a reference: texts, and names of members.
func places(v *tree.Value, at tree.Path) iter.Seq[tree.Path] {
	return func(yield func(tree.Path) bool) {
		for p := range v.Leaves() {
			if !yield(at + p) {
				return
			}
			for cut := strings.LastIndexByte(string(p), '['); cut > 0; cut = strings.LastIndexByte(string(p[:cut]), '[') {
				if end := strings.Index(string(p[cut:]), `"]`); end > 0 && !yield(p[:cut+end+2]) { // the name of a member
					return
				}
			}
		}
	}
}
