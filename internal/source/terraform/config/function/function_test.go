package function

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/evidence"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// reference are the functions of the two references, as their tables of contents list them.
var reference = strings.Fields(`
abs ceil floor log max min parseint pow signum
chomp endswith format formatlist indent join lower regex regexall replace split startswith strcontains strrev substr
templatestring title trim trimprefix trimspace trimsuffix upper
alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index keys length list
lookup map matchkeys merge one range reverse setintersection setproduct setsubtract setunion slice sort sum transpose
values zipmap
base64decode base64encode base64gzip csvdecode jsondecode jsonencode textdecodebase64 textencodebase64 urlencode
yamldecode yamlencode
abspath basename dirname file fileexists fileset filebase64 pathexpand templatefile
formatdate plantimestamp timeadd timecmp timestamp
base64sha256 base64sha512 bcrypt filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 filesha512 md5
rsadecrypt sha1 sha256 sha512 uuid uuidv5
cidrhost cidrnetmask cidrsubnet cidrsubnets
can ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring try type
base64gunzip cidrcontains urldecode convert
assumeequal assumenotnull assumestringprefix assumelistlength assumelistlengthmin assumelistlengthmax assumesetlength
assumesetlengthmin assumesetlengthmax assumemaplength assumemaplengthmin assumemaplengthmax
`)

func TestReference(t *testing.T) {
	table := Table(Env{})
	for _, name := range reference {
		for _, n := range []string{name, "core::" + name} {
			if _, ok := table[n]; !ok {
				t.Errorf("%s is missing", n)
			}
		}
	}
	for name := range table {
		if !slices.Contains(reference, strings.TrimPrefix(name, "core::")) {
			t.Errorf("%s is in no reference", name)
		}
	}
}

// TestSignatures compares names and numbers of arguments with those that Terraform says it has.
func TestSignatures(t *testing.T) {
	bin, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not on the path; TestReference has a list of the functions")
	}
	cmd := exec.Command(bin, "metadata", "functions", "-json")
	cmd.Env = []string{"PATH=/nowhere", "HOME=" + t.TempDir(), "TF_CLI_CONFIG_FILE=" + os.DevNull, "CHECKPOINT_DISABLE=1"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Signatures map[string]struct {
			Parameters []json.RawMessage `json:"parameters"`
			Variadic   json.RawMessage   `json:"variadic_parameter"`
		} `json:"function_signatures"`
	}
	if err := json.Unmarshal(out, &said); err != nil || len(said.Signatures) < 100 {
		t.Fatalf("%d functions: %v", len(said.Signatures), err)
	}
	table := Table(Env{})
	for name, s := range said.Signatures {
		f, ok := table[name]
		if !ok {
			t.Errorf("%s is missing", name)
			continue
		}
		if n := len(f.Params()); n != len(s.Parameters) {
			t.Errorf("%s has %d parameters, Terraform's %d", name, n, len(s.Parameters))
		}
		if v := f.VarParam() != nil; v != (s.Variadic != nil) {
			t.Errorf("%s takes any number: %v, Terraform's %v", name, v, !v)
		}
	}
}

// TestOpenTofu has the values that its reference gives for the functions that Terraform does not have.
func TestOpenTofu(t *testing.T) {
	for x, want := range map[string]string{
		`base64gunzip(base64gzip("hello"))`:                        `"hello"`,
		`base64gunzip("aGVsbG8=")`:                                 `error`,
		`base64gunzip("%")`:                                        `error`,
		`cidrcontains("192.168.2.0/20", "192.168.2.1")`:            `true`,
		`cidrcontains("192.168.2.0/20", "192.168.2.0/22")`:         `true`,
		`cidrcontains("192.168.2.0/20", "192.126.2.1")`:            `false`,
		`cidrcontains("192.168.2.0/20", "192.126.2.0/18")`:         `false`,
		`cidrcontains("10.0.0.0/8", "fe80::1")`:                    `error`,
		`cidrcontains("fe80::/48", "fe80::1")`:                     `true`,
		`cidrcontains("10.0.0.0/8", "host")`:                       `error`,
		`urldecode("Hello%20World")`:                               `"Hello World"`,
		`urldecode("a+b%2Fc%3D%E2%98%83")`:                         `"a b/c=☃"`,
		`urldecode("%zz")`:                                         `error`,
		`urldecode("%ff")`:                                         `error`,
		`convert("true", bool)`:                                    `true`,
		`convert({}, object({ name = optional(string, "Tofu") }))`: `{"name":"Tofu"}`,
		`convert(["a", 1], set(string))`:                           `set ["1","a"]`,
		`convert("x", number)`:                                     `error`,
		`convert("x", nonsense)`:                                   `error`,
		`assumeequal("1", 1)`:                                      `1`,
		`assumeequal(2, 1)`:                                        `error`,
		`assumenotnull("a")`:                                       `"a"`,
		`assumenotnull(null)`:                                      `error`,
		`assumestringprefix("vpc-1", "vpc-")`:                      `"vpc-1"`,
		`assumestringprefix("1", "vpc-")`:                          `error`,
		`assumelistlength(["a"], 1, 2)`:                            `["a"]`,
		`assumelistlengthmin([], 1)`:                               `error`,
		`assumesetlengthmax(toset(["a"]), 1)`:                      `set ["a"]`,
		`assumemaplength({a = 1}, 2, 3)`:                           `error`,
		`list("a", 1)`:                                             `list ["a","1"]`,
		`list()`:                                                   `list []`,
		`map("a", 1, "b", 2)`:                                      `map {"a":1,"b":2}`,
		`map("a")`:                                                 `error`,
		`type([1, "a", {b = toset([true])}])`:                      `"tuple([number,string,object({b=set(bool)})])"`,
	} {
		if got := ours(t, x); got != want {
			t.Errorf("%s\n got %s\nwant %s", x, got, want)
		}
	}
}

func TestUnknown(t *testing.T) {
	for x, want := range map[string]evidence.Unknown{
		`timestamp()`:            evidence.UnknownChance,
		`plantimestamp()`:        evidence.UnknownChance,
		`uuid()`:                 evidence.UnknownChance,
		`bcrypt("x")`:            evidence.UnknownChance,
		`bcrypt("x", 10)`:        evidence.UnknownChance,
		`rsadecrypt("x", "y")`:   evidence.UnknownSecret,
		`abspath("x")`:           evidence.UnknownRuntime,
		`pathexpand("~/x")`:      evidence.UnknownRuntime,
		`upper("a${uuid()}")`:    evidence.UnknownChance,
		`try(file("../x"), "y")`: evidence.UnknownFile,
		`can(file("../x"))`:      evidence.UnknownFile,
		`try(templatestring("$${file(\"../x\")}", {}), "y")`: evidence.UnknownFile,
		`{a = [timestamp()]}`:                                evidence.UnknownChance,
		`formatdate("YYYY", timestamp())`:                    evidence.UnknownChance,
	} {
		v, diags := evaluate(t, Env{}, x)
		if diags.HasErrors() || v.IsWhollyKnown() {
			t.Errorf("%s: %#v, %v", x, v, diags)
			continue
		}
		if _, marks := v.UnmarkDeep(); !marks.Equal(cty.NewValueMarks(Why(want))) {
			t.Errorf("%s: %v, want %s", x, marks, want)
		}
	}
}

// TestFaults: what fails says why, in a way that a caller can tell apart.
func TestFaults(t *testing.T) {
	big := fstest.MapFS{"big.txt": {Data: make([]byte, maxFile+1)}, "dir/x.txt": {Data: []byte("x")}}
	for x, want := range map[string]struct {
		reason evidence.Unknown
		text   string
	}{
		`file("../secret")`:                                  {evidence.UnknownFile, "lies outside of what is scanned"},
		`file("/etc/passwd")`:                                {evidence.UnknownFile, "lies outside of what is scanned"},
		`file("~/.ssh/id_rsa")`:                              {evidence.UnknownFile, "lies outside of what is scanned"},
		`file("a/../../../x")`:                               {evidence.UnknownFile, "lies outside of what is scanned"},
		`fileexists("../x")`:                                 {evidence.UnknownFile, "lies outside of what is scanned"},
		`fileset("..", "*")`:                                 {evidence.UnknownFile, "lies outside of what is scanned"},
		`templatefile("../x", {})`:                           {evidence.UnknownFile, "lies outside of what is scanned"},
		`file("missing")`:                                    {evidence.UnknownFile, "is not there"},
		`file("../dir")`:                                     {evidence.UnknownFile, "is not a file"},
		`file("../big.txt")`:                                 {evidence.UnknownLimit, "more than 1 MiB"},
		`filemd5("../big.txt")`:                              {evidence.UnknownLimit, "more than 1 MiB"},
		`regex("(", "a")`:                                    {evidence.UnknownFault, "invalid regexp"},
		`templatestring("${x}", {})`:                         {evidence.UnknownFault, "does not contain key"},
		`templatestring("${file(\"missing\")}", {})`:         {evidence.UnknownFile, "is not there"},
		`templatestring("${templatestring(\"x\", {})}", {})`: {evidence.UnknownFault, "cannot evaluate another"},
		`try(file("missing"))`:                               {evidence.UnknownFile, "is not there"},
	} {
		e := Env{FS: big, Module: "dir", Root: "dir", Working: "dir"}
		if strings.Contains(want.text, "outside") {
			e.Working = "."
		}
		checkFault(t, e, x, want.reason, want.text)
	}
}

func checkFault(t *testing.T, e Env, x string, reason evidence.Unknown, text string) {
	t.Helper()
	x = strings.ReplaceAll(x, `"${`, `"$${`)
	v, diags := evaluate(t, e, x)
	if !diags.HasErrors() {
		t.Errorf("%.80s: no error, %.80s", x, fmt.Sprintf("%#v", v))
		return
	}
	extra, ok := diags[0].Extra.(interface{ FunctionCallError() error })
	if !ok {
		t.Errorf("%.80s: no call error: %v", x, diags)
		return
	}
	if err := extra.FunctionCallError(); Reason(err) != reason || !strings.Contains(err.Error(), text) {
		t.Errorf("%.80s: %s (%s), want %s (%s)", x, err, Reason(err), text, reason)
	}
}

func TestReason(t *testing.T) {
	if r := Reason(fmt.Errorf("in a: %w", limit("x"))); r != evidence.UnknownLimit {
		t.Error(r)
	}
	if r := Reason(errors.New("x")); r != evidence.UnknownFault {
		t.Error(r)
	}
}

// origin is a mark of a caller.
type origin string

// TestMarks: what a caller has marked is in the result, whichever function it went through.
func TestMarks(t *testing.T) {
	e := Env{FS: testFS(), Working: "."}
	table, tested := Table(e), map[string]bool{}
	b, err := os.ReadFile(expectedFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		x, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		expr, _ := hclsyntax.ParseExpression([]byte(x), "x.tf", hcl.InitialPos)
		call, ok := expr.(*hclsyntax.FunctionCallExpr)
		if !ok || want == "error" || len(call.Args) == 0 || call.ExpandFinal || call.Name == "try" || call.Name == "can" {
			continue
		}
		plain, diags := evaluate(t, e, x)
		if diags.HasErrors() {
			t.Errorf("%s: %v", x, diags)
			continue
		}
		got, err := callMarked(t, table, call)
		if err != nil {
			t.Errorf("%s with marks: %v", x, err)
			continue
		}
		got, marks := got.UnmarkDeep()
		if _, ok := marks[origin("here")]; !ok && call.Name != "issensitive" && x != "merge(null)" {
			t.Errorf("%s: marks %v", x, marks)
		}
		if plain, _ = plain.UnmarkDeep(); !got.RawEquals(plain) {
			t.Errorf("%s: %#v with marks, %#v without", x, got, plain)
		}
		tested[call.Name] = true
	}
	if len(tested) < 90 {
		t.Errorf("only %d functions", len(tested))
	}
}

// callMarked calls a function with each of its arguments marked.
func callMarked(t *testing.T, table map[string]function.Function, call *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	t.Helper()
	f := table[call.Name]
	args := make([]cty.Value, len(call.Args))
	for i, a := range call.Args {
		v, diags := a.Value(&hcl.EvalContext{Functions: table, Variables: locals})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		want := cty.DynamicPseudoType
		if i < len(f.Params()) {
			want = f.Params()[i].Type
		} else if p := f.VarParam(); p != nil {
			want = p.Type
		}
		v, err := convert.Convert(v, want)
		if err != nil {
			t.Fatal(err)
		}
		args[i] = v.Mark(origin("here"))
	}
	return f.Call(args)
}

func TestSensitive(t *testing.T) {
	secret := cty.StringVal("s").Mark(Sensitive{}).Mark(origin("here"))
	for x, want := range map[string]cty.Value{
		`sensitive("a")`:              cty.StringVal("a").Mark(Sensitive{}),
		`nonsensitive(local.secret)`:  cty.StringVal("s").Mark(origin("here")),
		`sensitive(local.secret)`:     secret,
		`issensitive(local.secret)`:   cty.True,
		`issensitive(local.here)`:     cty.False,
		`issensitive(timestamp())`:    cty.UnknownVal(cty.Bool),
		`upper(local.secret)`:         cty.StringVal("S").WithMarks(cty.NewValueMarks(Sensitive{}, origin("here"))),
		`ephemeralasnull(local.gone)`: cty.ObjectVal(map[string]cty.Value{"a": cty.NullVal(cty.String).Mark(Sensitive{}), "b": cty.True}),
	} {
		expr, diags := hclsyntax.ParseExpression([]byte(x), "x.tf", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		got, diags := expr.Value(&hcl.EvalContext{Functions: Table(Env{}), Variables: map[string]cty.Value{"local": cty.ObjectVal(map[string]cty.Value{
			"secret": secret, "here": cty.StringVal("h").Mark(origin("here")),
			"gone": cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("s").Mark(Ephemeral{}).Mark(Sensitive{}), "b": cty.True}),
		})}})
		if diags.HasErrors() || !got.RawEquals(want) {
			t.Errorf("%s: %#v, want %#v; %v", x, got, want, diags)
		}
	}
}

// TestSecretsInErrors: what is marked sensitive is in no error.
func TestSecretsInErrors(t *testing.T) {
	vars := map[string]cty.Value{"s": cty.StringVal("hunter2").Mark(Sensitive{})}
	for _, x := range []string{
		`file(s)`, `file("${s}.txt")`, `tonumber(s)`, `parseint(s, 10)`, `jsondecode(s)`, `formatdate(s, "x")`, `timeadd(s, s)`, `uuidv5(s, "x")`,
		`lookup({}, s)`, `textencodebase64("x", s)`, `fileexists("../${s}")`, `templatestring("$${x}", {y = s})`, `cidrhost(s, 1)`,
		`regex(s, "x")`, `templatefile(s, {})`, `yamldecode("a: *${s}")`, `index([s], "x")`, `zipmap([s], [])`, `timecmp(s, s)`, `csvdecode("${s},${s}")`,
	} {
		_, err := call(t, x, Env{FS: testFS()}, vars)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", x, err)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		Table(Env{})
	}
}
