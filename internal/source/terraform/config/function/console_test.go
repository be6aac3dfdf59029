package function

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var update = flag.Bool("update", false, "write testdata/expected.txt anew with what terraform console says")

// expectedFile has an expression and what Terraform says to it in each line. A new one stands there alone until
// the test is run with -update.
const expectedFile = "testdata/expected.txt"

// files are what the functions of files find, here and in Terraform's working directory.
var files = map[string]string{
	"hello.txt": "Hello\n", "empty.txt": "", "binary.bin": "\xff\xfe\x00\x01",
	"sub/deep/deep.txt": "deep", "sub/other/o.txt": "o", "sub/a.txt": "a", "sub/b.json": "{}",
	"list.tftpl":      "%{ for addr in ip_addrs ~}\nbackend ${addr}:${port}\n%{ endfor ~}\n",
	"if.tftpl":        "%{ for k, v in config }%{ if k == \"x\" }set ${k} = ${v}%{ else }other%{ endif }\n%{ endfor }",
	"self.tftpl":      "${templatefile(\"self.tftpl\", {})}",
	"single.tftpl":    "${v}",
	"nested.tftpl":    "${upper(\"a${v}b\")} $${x} %%{y}",
	"bad.tftpl":       "${",
	"functions.tftpl": "${jsonencode(sort(names))}: ${file(\"hello.txt\")}",
	"data.json":       `{"items": [{"name": "a", "on": true}, {"name": "b", "on": false}]}`,
	"data.yaml":       "services:\n  web:\n    ports: [80, 443]\n",
}

func testFS() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	fsys["main.tf"] = &fstest.MapFile{}
	return fsys
}

func expressions(t testing.TB) []string {
	t.Helper()
	b, err := os.ReadFile(expectedFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(b)) {
		x, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, x)
	}
	return all
}

const localTemplate = `"Hello, $${name}!"`

// asked is the text whose value tells that of an expression, with its kind, or that it is wrong.
func asked(x string) string {
	return fmt.Sprintf(`try(nonsensitive(jsonencode([(%[1]s), try((%[1]s) == tolist(%[1]s), false), try((%[1]s) == toset(%[1]s), false), try((%[1]s) == tomap(%[1]s), false)])), "error")`, x)
}

// readable makes one line of an answer: the kind, where it is not told by the JSON, and the value.
func readable(t testing.TB, answer string) string {
	t.Helper()
	if answer == "error" {
		return answer
	}
	var parts []json.RawMessage
	if err := json.Unmarshal([]byte(answer), &parts); err != nil || len(parts) != 4 {
		t.Fatalf("answer %s: %v", answer, err)
	}
	kind := ""
	for i, k := range []string{"list ", "set ", "map "} {
		if string(parts[i+1]) == "true" {
			kind = k
		}
	}
	return kind + string(parts[0])
}

func evaluate(t testing.TB, e Env, x string) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(x), "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", x, diags)
	}
	return expr.Value(&hcl.EvalContext{
		Functions: Table(e),
		Variables: locals,
	})
}

var locals = map[string]cty.Value{"local": cty.ObjectVal(map[string]cty.Value{"tpl": cty.StringVal("Hello, ${name}!")})}

func ours(t testing.TB, x string) string {
	t.Helper()
	v, diags := evaluate(t, Env{FS: testFS(), Working: "."}, asked(x))
	if diags.HasErrors() {
		t.Errorf("%s: %v", x, diags)
		return ""
	}
	if v, _ = v.UnmarkDeep(); !v.IsKnown() {
		t.Errorf("%s: unknown", x)
		return ""
	}
	return readable(t, v.AsString())
}

// TestExpected compares with what Terraform said when testdata/expected.txt was written.
func TestExpected(t *testing.T) {
	b, err := os.ReadFile(expectedFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		x, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			t.Fatalf("%q has no expected value: run with -update", line)
		}
		if got := ours(t, x); got != want {
			t.Errorf("%s\n got %s\nwant %s", x, got, want)
		}
	}
}

// differs are the expressions whose value is another than that of Terraform 1.11 on purpose, or that depends on its version.
var differs = map[string]string{
	`cidrsubnet("10.1.2.0/24", 8, -1)`:           "a subnet outside of the range, 0.0.0.1/32, helps nobody; a negative number is refused",
	`contains([tostring(null)], tostring(null))`: "later versions take null for the value to look for",
	`element(["a", "b", "c"], -1)`:               "later versions count from the end",
	`element(["a", "b", "c"], -4)`:               "later versions count from the end",
	`yamldecode("! 5")`:                          "the parser here does not tell the tag ! from none",
}

// TestConsole compares with Terraform itself.
func TestConsole(t *testing.T) {
	bin, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not on the path; TestExpected compares with what it said earlier")
	}
	xs := expressions(t)
	theirs := console(t, bin, xs)
	var lines strings.Builder
	for i, x := range xs {
		want := readable(t, theirs[i])
		if got := ours(t, x); differs[x] != "" {
			want = got
		} else if got != want {
			t.Errorf("%s\n     got %s\nterraform %s", x, got, want)
		}
		fmt.Fprintf(&lines, "%s\t%s\n", x, want)
	}
	if *update {
		if err := os.WriteFile(expectedFile, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func console(t testing.TB, bin string, xs []string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var tf strings.Builder
	fmt.Fprintf(&tf, "locals {\n  tpl = %s\n  all = [\n", localTemplate)
	for _, x := range xs {
		tf.WriteString("    " + asked(x) + ",\n")
	}
	tf.WriteString("  ]\n}\n")
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(tf.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "console")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/nowhere", "HOME=" + dir, "TF_CLI_CONFIG_FILE=" + os.DevNull, "CHECKPOINT_DISABLE=1"}
	cmd.Stdin = strings.NewReader("base64encode(jsonencode(local.all))\n")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	b, err := base64.StdEncoding.DecodeString(strings.Trim(strings.TrimSpace(out.String()), `"`))
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	var answers []string
	if err := json.Unmarshal(b, &answers); err != nil || len(answers) != len(xs) {
		t.Fatalf("%d answers to %d: %v", len(answers), len(xs), err)
	}
	return answers
}
