package sarif_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report/reporttest"
	"c4arch/internal/render/report/sarif"
)

var update = flag.Bool("update", false, "write the golden files anew")

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
			path := filepath.Join("testdata", name+".sarif")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("differs from %s; look at it and run with -update", path)
			}
		})
	}
}

func TestJSONHasNoInvalidText(t *testing.T) {
	if !json.Valid(render(t, reporttest.Hostile(), sarif.Options{})) {
		t.Error("not JSON")
	}
}
