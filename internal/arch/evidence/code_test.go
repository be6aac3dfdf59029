package evidence

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// declared is a resource as a reader of code hands it on.
func declared() Draft {
	at := func(v tree.Value, line int32, column uint16) tree.Value {
		v.Line, v.Column = line, column
		return v
	}
	var settings, props tree.Value
	settings.Set("DB_PASSWORD", at(tree.Str("correct horse battery"), 7, 20))
	settings.Set("KEY", at(tree.Str("${var.key}"), 8, 20))
	settings.Set("URL", at(tree.Str("https://"+strings.TrimPrefix(Symbol("tf:infra//azurerm_x.y", "fqdn"), "")+"/api"), 9, 20))
	props.Set("app_settings", settings)
	props.Set("name", at(tree.Str("shop-prod"), 4, 12))
	return Draft{
		ID: "tf:infra//azurerm_x.z", Form: Terraform, Provider: "azure", Type: "azurerm_x", Name: "shop-prod", Side: Declared, Props: props,
		Expressions: []Expression{
			{Path: "name", Text: `"shop-${var.env}"`},
			{Path: "app_settings.URL", Text: `"https://${azurerm_x.y.fqdn}/api"`, Unresolved: UnknownRuntime},
			{Path: "app_settings.KEY", Text: "var.key", Unresolved: UnknownParameter},
			{Path: "app_settings.DB_PASSWORD", Text: `"${var.a} horse battery"`},
			{Path: "app_settings", Text: `merge(local.base, {DB_PASSWORD = "correct horse battery"})`},
		},
		Origin: Origin{Input: "infra/main.tf", Line: 3, Address: "azurerm_x.z", Root: "infra"},
	}
}

func TestCodeKeepsItsPlaces(t *testing.T) {
	r, _, err := testSealer(t).Seal(declared())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path         tree.Path
		line, column int
		text         string
		why          Unknown
	}{
		{"name", 4, 12, `"shop-${var.env}"`, ""},
		{"app_settings.URL", 9, 20, `"https://${azurerm_x.y.fqdn}/api"`, UnknownRuntime},
		{"app_settings.DB_PASSWORD", 7, 20, "", ""}, // its text holds a part of the secret
		{"app_settings", 7, 20, "", ""},
		{"nothing", 0, 0, "", ""},
	} {
		line, column, x := r.Code(tt.path)
		if line != tt.line || column != tt.column || x.Text != tt.text || x.Unresolved != tt.why {
			t.Errorf("%s: line %d column %d %+v", tt.path, line, column, x)
		}
	}
	if _, _, x := r.Code("app_settings.KEY"); x.Unresolved != UnknownParameter {
		t.Errorf("KEY %+v", x)
	}
	snap, err := NewSnapshot(Meta{CollectedAt: "2026-01-31T09:30:00Z", Inputs: []InputSummary{
		{Name: "infra", Format: "terraform-code", Resources: 1, Expressions: 5, Unresolved: map[Unknown]int{UnknownRuntime: 1, UnknownParameter: 1}},
	}}, []Resource{r}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := snap.Encode(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "horse") {
		t.Errorf("a secret came out by its expression:\n%s", out.String())
	}
	back, err := DecodeSnapshot(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := back.Resources[0]
	if !slices.Equal(got.Columns, r.Columns) || !slices.Equal(got.Expressions, r.Expressions) || got.Origins[0] != r.Origins[0] ||
		back.Inputs[0].Expressions != 5 || back.Inputs[0].Unresolved[UnknownParameter] != 1 {
		t.Errorf("read back %+v %+v", got, back.Inputs)
	}
	// That a value is not known is a part of what is committed to: nobody can call it known afterwards.
	forged := strings.Replace(out.String(), `,"unresolved":"runtime"`, "", 1)
	if _, err := DecodeSnapshot([]byte(forged)); err == nil {
		t.Error("an unresolved value was made a known one, and the snapshot still verifies")
	}
	if e := r.Redact("asked for"); len(e.Expressions)+len(e.Columns) > 0 {
		t.Error("an erased resource keeps its expressions")
	}
}

func TestLeft(t *testing.T) {
	id := "/subscriptions/@(infra)/resourceGroups/rg/providers/Microsoft.Web/sites/x"
	text := "https://" + Symbol(id, "properties.hosts[0]") + ":443/" + Left("f("+`"tf:infra//a.b[%23]"`+"#url, var.x)") + " " + "tf:none#x"
	want := []Reference{{id, "properties.hosts[0]"}, {"tf:infra//a.b[%23]\"", "url"}, {"tf:none", "x"}}
	got := Symbols(text)
	if len(got) != 3 || got[0] != want[0] {
		t.Errorf("symbols %+v", got)
	}
	if s := Symbols("tf:infra//a.known " + Symbol("tf:infra//a.b", "url")); len(s) != 1 || s[0] != (Reference{"tf:infra//a.b", "url"}) {
		t.Errorf("an id that stands before the expression is a part of it: %+v", s)
	}
	if s := Symbols("no # here /subscriptions/x#y"); s != nil {
		t.Errorf("not in what is left: %+v", s)
	}
	for in, want := range map[string]string{
		"plain": "plain", "a/b": "a.b", "st${uniqueString('/x/y')}z": "st@(uniqueString(..x.y.))z", "${a{b}c}": "@(a.b.c)", "${open": "@(open)",
	} {
		if got := Segment(in); got != want {
			t.Errorf("Segment(%q) = %q, want %q", in, got, want)
		}
	}
	long := strings.Repeat("ü/", 60)
	if a, b := Blank(long+"1"), Blank(long+"2"); a == b || len(a) > 90 || Blank(long+"1") != a {
		t.Errorf("long blanks %q %q", a, b)
	}
	if got := Brief("aks-${createObject('westeurope', 'euw')[resourceGroup().location]}-${var.env}"); got != "aks-${...}-${var.env}" {
		t.Errorf("brief %q", got)
	}
	for in, want := range map[string]string{
		"${parameters('resourceName')}": "${parameters('resourceName')}", "plain": "plain", "${open": "${open",
		"${module.naming.log_analytics_workspace.name_unique}": "${...s_workspace.name_unique}",
	} {
		if got := Brief(in); got != want && !(strings.HasPrefix(got, "${...") && strings.HasSuffix(in, got[5:]) && len(got) <= 40) {
			t.Errorf("Brief(%q) = %q, want %q", in, got, want)
		}
	}
	if _, ok := ParseARM("/subscriptions/" + Blank("infra/a b.json") + "/resourceGroups/" + Segment("rg-${x/y}") + "/providers/Microsoft.Web/sites/s"); !ok {
		t.Error("an id with blanks is no id")
	}
}

func FuzzSymbols(f *testing.F) {
	f.Add("https://${/subscriptions/a/providers/b#c.d}/x${tf:e//f#g}")
	f.Add("${}#${#")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Symbols(s) {
			if !strings.Contains(s, r.ID+"#"+r.Attribute) {
				t.Fatalf("%+v is not in %q", r, s)
			}
		}
		if b := Blank(s); !balanced(b) || !balanced(b[2:len(b)-1]) {
			t.Fatalf("Blank(%q) = %q does not close at its end", s, b)
		}
		if seg := Segment(s); strings.ContainsAny(seg, "/#") && !strings.Contains(s, "#") || strings.Contains(seg, "/") {
			t.Fatalf("Segment(%q) = %q", s, seg)
		}
	})
}
