package sarif_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	library "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report/reporttest"
	"c4arch/internal/render/report/sarif"
	"c4arch/test/golden"
)

func render(tb testing.TB, r *drift.Report, o sarif.Options) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := sarif.Render(&b, r, o); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// official is the schema of the standard, which the library carries in its source.
func official(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		tb.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "pkg", "report", "v210", "sarif", "schema.go"), nil, 0)
	if err != nil {
		tb.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil && len(s) > len(text) {
				text = s
			}
		}
		return true
	})
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif-schema-2.1.0.json", doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("sarif-schema-2.1.0.json")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestValidAgainstTheSchemaOfTheStandard(t *testing.T) {
	schema := official(t)
	for name, r := range reporttest.Reports() {
		for _, o := range []sarif.Options{{}, {Version: "1.2.3", Root: "/repo", Fallback: "c4arch.baseline.json", Docs: "https://contoso.example/docs/drift.md"}} {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(render(t, r, o)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// The schema must be able to refuse.
	bad := bytes.Replace(render(t, reporttest.Sample(), sarif.Options{}), []byte(`"level": "error"`), []byte(`"level": "fatal"`), 1)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bad))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(doc) == nil {
		t.Error("the schema accepts a level that there is not")
	}
}

func TestGolden(t *testing.T) {
	for name, r := range map[string]*drift.Report{"sample": reporttest.Sample(), "empty": reporttest.Empty()} {
		t.Run(name, func(t *testing.T) {
			got := render(t, r, sarif.Options{Version: "1.2.3", Root: "/repo", Fallback: "c4arch.baseline.json", Docs: "https://contoso.example/docs/drift.md"})
			golden.Check(t, name+".sarif", got)
		})
	}
}

func TestJSONHasNoInvalidText(t *testing.T) {
	if !json.Valid(render(t, reporttest.Hostile(), sarif.Options{})) {
		t.Error("not JSON")
	}
}

type located struct {
	PhysicalLocation *struct {
		ArtifactLocation struct{ URI, URIBaseID string }
		Region           struct{ StartLine, StartColumn int }
	}
	LogicalLocations []struct{ FullyQualifiedName string }
}

// file is what of a log the tests ask about.
type file struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, Version, InformationURI string
				Rules                         []struct {
					ID, HelpURI          string
					Help                 struct{ Text, Markdown string }
					DefaultConfiguration struct{ Level string }
					Properties           map[string]any
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful        *bool
			ExitCode                   int
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			Kind, Level         string
			BaselineState       string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []located
			RelatedLocations    []located
			Suppressions        []struct{ Kind, Status, Justification string }
		}
	}
}

func read(t *testing.T, data []byte) *file {
	t.Helper()
	f := &file{}
	if err := json.Unmarshal(data, f); err != nil {
		t.Fatal(err)
	}
	if f.Version != "2.1.0" || len(f.Runs) != 1 {
		t.Fatalf("version %s, %d runs", f.Version, len(f.Runs))
	}
	return f
}

// TestWhatTheStandardAsksBeyondItsSchema: that rule indexes fit, that only a failure has a level (section 3.27.9), that each result has a
// fingerprint, a message and a place.
func TestWhatTheStandardAsksBeyondItsSchema(t *testing.T) {
	for name, r := range reporttest.Reports() {
		run := read(t, render(t, r, sarif.Options{Fallback: "c4arch.baseline.json"})).Runs[0]
		rules := run.Tool.Driver.Rules
		seen := map[string]bool{}
		for _, d := range rules {
			if seen[d.ID] {
				t.Errorf("%s: two rules are called %q", name, d.ID)
			}
			seen[d.ID] = true
			if d.Help.Text == "" || d.Help.Markdown == "" {
				t.Errorf("%s: rule %q has no help", name, d.ID)
			}
			number, ranked := d.Properties["security-severity"].(string)
			if improved := strings.HasSuffix(d.ID, "/improved"); improved == ranked || improved != (d.DefaultConfiguration.Level == "none") {
				t.Errorf("%s: rule %q has level %q and number %q", name, d.ID, d.DefaultConfiguration.Level, number)
			}
		}
		if len(run.Results) != len(r.Findings) {
			t.Fatalf("%s: %d results of %d findings", name, len(run.Results), len(r.Findings))
		}
		for i, res := range run.Results {
			if res.RuleIndex < 0 || res.RuleIndex >= len(rules) || rules[res.RuleIndex].ID != res.RuleID {
				t.Errorf("%s: result %d: rule %q is not at %d", name, i, res.RuleID, res.RuleIndex)
			}
			if (res.Kind == "fail") == (res.Level == "none") {
				t.Errorf("%s: result %d is of kind %q and level %q", name, i, res.Kind, res.Level)
			}
			if len(res.PartialFingerprints) != 1 || res.PartialFingerprints["c4archFinding/v1"] == "" || res.Message.Text == "" {
				t.Errorf("%s: result %d: fingerprints %v, message %q", name, i, res.PartialFingerprints, res.Message.Text)
			}
			if len(res.Locations) != 1 || res.Locations[0].PhysicalLocation == nil || len(res.Locations[0].LogicalLocations) != 1 {
				t.Errorf("%s: result %d: places %+v", name, i, res.Locations)
			}
		}
	}
}

func TestTheLibraryFindsItValidToo(t *testing.T) {
	for name, r := range reporttest.Reports() {
		log, err := library.FromBytes(render(t, r, sarif.Options{Version: "1.2.3"}))
		if err != nil {
			t.Fatal(name, err)
		}
		if err := log.Validate(); err != nil {
			t.Error(name, err)
		}
	}
}

func TestSample(t *testing.T) {
	r := reporttest.Sample()
	run := read(t, render(t, r, sarif.Options{Version: "1.2.3"})).Runs[0]
	numbers := map[string]string{}
	for _, d := range run.Tool.Driver.Rules {
		numbers[d.ID], _ = d.Properties["security-severity"].(string)
	}
	for id, want := range map[string]string{
		"AZ-NSG-INTERNET-ADMIN": "9.5", "AZ-STORAGE-PUBLIC-BLOB/raised": "9.5", "AZ-VAULT-GONE": "8.0", "AZ-APP-SETTING": "5.5", "ANY-TAG": "2.0", "AZ-APP-HTTPS/improved": "",
	} {
		if got, ok := numbers[id]; !ok || got != want {
			t.Errorf("%s has number %q (%v), not %q", id, got, ok, want)
		}
	}
	first := run.Results[0]
	at := first.Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "infra/network.tf" || at.Region.StartLine != 27 || at.Region.StartColumn != 3 || len(first.RelatedLocations) != 2 {
		t.Errorf("the first stands at %+v with %d others", at, len(first.RelatedLocations))
	}
	if first.BaselineState != "unchanged" || run.Results[1].BaselineState != "new" {
		t.Errorf("seen before: %s; seen first: %s", first.BaselineState, run.Results[1].BaselineState)
	}
	var states []string
	for i, res := range run.Results {
		for _, s := range res.Suppressions {
			states = append(states, s.Status)
			if s.Kind != "external" || !strings.Contains(s.Justification, r.Findings[i].Exception.Reason) {
				t.Errorf("suppression %+v", s)
			}
		}
	}
	if want := []string{"underReview", "rejected", "accepted"}; !slices.Equal(states, want) {
		t.Errorf("suppressions are %v, not %v", states, want)
	}
	inv := run.Invocations[0]
	if inv.ExecutionSuccessful == nil || *inv.ExecutionSuccessful || inv.ExitCode != 2 || len(inv.ToolExecutionNotifications) != 2 || inv.ToolExecutionNotifications[0].Level != "error" {
		t.Errorf("invocation %+v", inv)
	}
	if clean := read(t, render(t, reporttest.Empty(), sarif.Options{})).Runs[0]; !*clean.Invocations[0].ExecutionSuccessful || len(clean.Results) != 0 {
		t.Error("a clean run is no success, or has results")
	}
}

// TestPlaces: relative to the root, with slashes, percent-encoded; never outside of it.
func TestPlaces(t *testing.T) {
	for _, c := range []struct{ root, input, want string }{
		{"", "infra/main.tf", "infra/main.tf"},
		{"", "./infra//main.tf", "infra/main.tf"},
		{"", "a b/ü#?%.tf", "a%20b/%C3%BC%23%3F%25.tf"},
		{"", "c:d.tf", "c%3Ad.tf"},
		{"/repo", "/repo/infra/main.tf", "infra/main.tf"},
		{"/repo/", "/repo/infra/main.tf", "infra/main.tf"},
		{"/repo", "/repository/main.tf", ""},
		{"/repo", "/repo/../etc/passwd", ""},
		{"/repo", "/etc/passwd", ""},
		{"", "/etc/passwd", ""},
		{"", "../main.tf", ""},
		{"/repo", "../../main.tf", ""},
		{"", "a/../../b", ""},
		{"", "//host/share", ""},
		{`C:\repo`, `C:\repo\infra\main.tf`, "infra/main.tf"},
		{`C:\repo`, `D:\repo\main.tf`, ""},
		{"", `C:\repo\main.tf`, ""},
		{"", `\\host\share\main.tf`, ""},
		{"", "a\nb", ""},
		{"", "", ""},
		{"", ".", ""},
	} {
		r := reporttest.Empty()
		r.Findings = reporttest.Sample().Findings[:1]
		r.Findings[0].Places = []drift.Place{{Input: c.input, Line: 3, Side: "new"}}
		for _, fallback := range []string{"", "c4arch.baseline.json"} {
			at := read(t, render(t, r, sarif.Options{Root: c.root, Fallback: fallback})).Runs[0].Results[0].Locations[0].PhysicalLocation
			got := ""
			if at != nil {
				got = at.ArtifactLocation.URI
			}
			if want := cmp.Or(c.want, fallback); got != want {
				t.Errorf("%q below %q: %q, not %q", c.input, c.root, got, want)
			}
			if at != nil && at.ArtifactLocation.URIBaseID != "%SRCROOT%" {
				t.Errorf("%q is relative to %q", c.input, at.ArtifactLocation.URIBaseID)
			}
		}
	}
}

func FuzzPlaces(f *testing.F) {
	for _, bad := range reporttest.Nasty {
		f.Add(bad, "/repo")
	}
	f.Add("/repo/a", "/repo")
	f.Add("//a", "")
	f.Add("C:/a:b", "C:")
	f.Fuzz(func(t *testing.T, input, root string) {
		r := reporttest.Empty()
		r.Findings = reporttest.Sample().Findings[:1]
		r.Findings[0].Places = []drift.Place{{Input: input, Line: 3, Side: "new"}}
		at := read(t, render(t, r, sarif.Options{Root: root})).Runs[0].Results[0].Locations[0].PhysicalLocation
		if at == nil {
			return
		}
		u, err := url.Parse(at.ArtifactLocation.URI)
		if err != nil || u.IsAbs() || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") || slices.Contains(strings.Split(u.Path, "/"), "..") || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q: %v", at.ArtifactLocation.URI, err)
		}
	})
}

// TestManyPlaces: GitHub refuses a log in which a result has more than 1,000.
func TestManyPlaces(t *testing.T) {
	r := reporttest.Empty()
	r.Findings = reporttest.Sample().Findings[:1]
	for i := range 3000 {
		r.Findings[0].Places = append(r.Findings[0].Places, drift.Place{Input: "exports/all.json", Line: i + 1, Side: "new"})
	}
	if n := len(read(t, render(t, r, sarif.Options{})).Runs[0].Results[0].RelatedLocations); n != 99 {
		t.Errorf("%d other places", n)
	}
}
