package config

import (
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// What is left of expressions that the code cannot tell, and why they are open.
func TestWhatIsLeft(t *testing.T) {
	const api = "tf:azurerm_container_app.api"
	rows := []struct{ expr, want, why string }{
		{`var.sub`, `${var.sub}`, "parameter"},
		{`"${var.sub}"`, `${var.sub}`, "parameter"},
		{`"a-${var.sub}-b"`, `a-${var.sub}-b`, "parameter"},
		{`"${var.env}-${var.sub}"`, `prod-${var.sub}`, "parameter"},
		{`local.url`, `https://${` + api + `#fqdn}/api`, "runtime"},
		{`"${local.url}/v1"`, `https://${` + api + `#fqdn}/api/v1`, "runtime"},
		{`upper(local.url)`, `${upper("https://${` + api + `#fqdn}/api")}`, "runtime"},
		{`azurerm_container_app.api.fqdn`, `${` + api + `#fqdn}`, "runtime"},
		{`azurerm_container_app.api.ingress[0].fqdn`, `${` + api + `#ingress[0].fqdn}`, "runtime"},
		{`azurerm_container_app.api.ingress.0.fqdn`, `${` + api + `#ingress[0].fqdn}`, "runtime"},
		{`azurerm_container_app.api.identity[0].principal_id`, `${` + api + `#identity[0].principal_id}`, "runtime"},
		{`azurerm_container_app.api.identity.*.principal_id`, `["${` + api + `#identity[0].principal_id}"]`, "runtime"},
		{`one(azurerm_container_app.api.identity).principal_id`, `${` + api + `#identity[0].principal_id}`, "runtime"},
		{`azurerm_container_app.api.outputs["a b"]`, `${` + api + `#outputs["a b"]}`, "runtime"},
		{`azurerm_container_app.api`, `${` + api + `#*}`, "runtime"},
		{`data.azurerm_key_vault.kv.vault_uri`, `${tf:data.azurerm_key_vault.kv#vault_uri}`, "data"},
		{`module.far.out.deep[0]`, `${module.far.out.deep[0]}`, "module"},
		{`upper(var.sub)`, `${upper(var.sub)}`, "parameter"},
		{`join("-", [var.env, var.sub, 3])`, `prod-${var.sub}-3`, "parameter"},
		{`format("%s/%d%%/%s", var.env, 4, var.sub)`, `prod/4%/${var.sub}`, "parameter"},
		{`format("%05d", var.sub)`, `${format("%05d", var.sub)}`, "parameter"},
		{`jsonencode({ a = var.env, b = [local.url, null, 1.5, true], c = var.sub })`, `{"a":"prod","b":["https://${` + api + `#fqdn}/api",null,1.5,true],"c":"${var.sub}"}`, "runtime"},
		{`replace(var.sub, "-", local.n)`, `${replace(var.sub, "-", 2)}`, "parameter"},
		{`var.sub == "x" ? var.env : local.url`, `${var.sub == "x" ? "prod" : "https://${` + api + `#fqdn}/api"}`, "parameter"},
		{`var.env == "prod" ? local.url : var.sub`, `https://${` + api + `#fqdn}/api`, "runtime"},
		{`var.env == "dev" ? local.url : var.sub`, `${var.sub}`, "parameter"},
		{`local.sum * 2`, `${(var.sub + 1) * 2}`, "parameter"},
		{`(var.sub + 1) * 2`, `${(var.sub + 1) * 2}`, "parameter"},
		{`!var.sub`, `${!var.sub}`, "parameter"},
		{`local.map[var.sub]`, `${local.map[var.sub]}`, "parameter"},
		{`lookup(local.map, var.sub, "z")`, `${lookup(local.map, var.sub, "z")}`, "parameter"},
		{`local.map.u`, `${var.sub}`, "parameter"},
		{`lookup(local.map, "u", "z")`, `${var.sub}`, "parameter"},
		{`element([var.sub, "b"], 0)`, `${var.sub}`, "parameter"},
		{`values(local.map)[1]`, `${var.sub}`, "parameter"},
		{`flatten([["a"], [var.sub]])`, `["a","${var.sub}"]`, "parameter"},
		{`concat(["a"], [var.sub, local.url])`, `["a","${var.sub}","https://${` + api + `#fqdn}/api"]`, "parameter"},
		{`merge(local.map, { x = local.url })`, `{"k":"v","u":"${var.sub}","x":"https://${` + api + `#fqdn}/api"}`, "parameter"},
		{`[for k, v in local.map : "${k}=${v}"]`, `["k=v","u=${var.sub}"]`, "parameter"},
		{`{ for k, v in local.map : upper(k) => upper(v) }`, `{"K":"V","U":"${upper(var.sub)}"}`, "parameter"},
		{`[for x in var.sub : upper(x)]`, `${[for x in var.sub : upper(x)]}`, "parameter"},
		{`var.sub[*].id`, `${var.sub[*].id}`, "parameter"},
		{`toset([var.sub, "a"])`, `["a","${var.sub}"]`, "parameter"},
		{`coalesce(var.sub, "z")`, `${coalesce(var.sub, "z")}`, "parameter"},
		{`tostring(local.url)`, `https://${` + api + `#fqdn}/api`, "runtime"},
		{`try(azurerm_container_app.api.identity[0].principal_id, null)`, `${` + api + `#identity[0].principal_id}`, "runtime"},
		{`try(var.sub.x, "z")`, `${try(var.sub.x, "z")}`, "parameter"},
		{`try(local.map.nope, var.env)`, `prod`, ""},
		{`try(local.map.nope, local.url)`, `https://${` + api + `#fqdn}/api`, "runtime"},
		{`can(azurerm_container_app.api.fqdn)`, `true`, ""},
		{`can(local.map.nope)`, `false`, ""},
		{`length([var.sub, var.sub])`, `2`, ""},
		{`"%{ if var.sub == "x" }yes%{ else }no%{ endif } ${var.env}"`, `%{ if var.sub == "x" }yes%{ else }no%{ endif } prod`, "parameter"},
		{`"%{ for x in ["a", var.sub] }${x};%{ endfor }"`, `a;${var.sub};`, "parameter"},
		{`timestamp()`, `${timestamp()}`, "chance"},
		{`"at ${uuid()}"`, `at ${uuid()}`, "chance"},
		{`file("nope.txt")`, `${file("nope.txt")}`, "file"},
		{`provider::azurerm::normalise(var.env)`, `${provider::azurerm::normalise("prod")}`, "fault"},
		{`nope(1)`, `${nope(1)}`, "fault"},
		{`azurerm_none.x.id`, `${azurerm_none.x.id}`, "fault"},
		{`var.none`, `${var.none}`, "fault"},
		{`local.map.nope`, `${local.map.nope}`, "fault"},
		{`"x-${local.none}"`, `x-${local.none}`, "fault"},
		{`path.cwd`, `${path.cwd}`, "runtime"},
		{`self.name`, `${self.name}`, "runtime"},
		{`ephemeral.random_password.p.result`, `${ephemeral.random_password.p.result}`, "secret"},
		{`each.key`, `${each.key}`, "fault"},
		{`sensitive(local.url)`, `https://${` + api + `#fqdn}/api`, "runtime"},
		{`"${var.pw}@${var.sub}"`, `${var.pw}@${var.sub}`, "parameter"},
		{`upper("${var.pw}${var.sub}")`, `${upper("${var.pw}${var.sub}")}`, "parameter"},
		{`1 / 0`, `${1 / 0}`, "limit"},
	}
	var code strings.Builder
	code.WriteString(`
variable "sub" {}
variable "env" { default = "prod" }
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
locals {
  url = "https://${azurerm_container_app.api.fqdn}/api"
  n   = 2
  sum = var.sub + 1
  map = { k = "v", u = var.sub }
}
resource "azurerm_container_app" "api" {
  name = "api"
  identity { type = "SystemAssigned" }
}
data "azurerm_key_vault" "kv" { name = "kv" }
module "far" { source = "Azure/far/azurerm" }
resource "x_y" "z" {
`)
	for i, r := range rows {
		fmt.Fprintf(&code, "  a%d = %s\n", i, r.expr)
	}
	code.WriteString("}\n")
	f := one(t, code.String())
	z := f.at("x_y.z")
	for i, r := range rows {
		name := fmt.Sprintf("a%d", i)
		got := z.Props.Get(name)
		text := got.Str()
		if got.Kind != tree.String {
			text = show(got)
		}
		if text != r.want {
			t.Errorf("%s is %s, want %s", r.expr, text, r.want)
		}
		why := "" // of the value, or of the first open one in it
		for _, x := range z.Expressions {
			if rest, ok := strings.CutPrefix(string(x.Path), name); ok && why == "" && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				why = string(x.Unresolved)
			}
		}
		if why != r.why {
			t.Errorf("%s is open for %q, want %q", r.expr, why, r.why)
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s shows a secret", r.expr)
		}
	}
}

// Each expression has its text as the code has it, and literals have none.
func TestExpressionTexts(t *testing.T) {
	f := one(t, `
variable "env" { default = "prod" }
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
resource "x_y" "z" {
  literal = "plain"
  number  = -1
  flag    = true
  nothing = null
  empty   = ""
  whole   = "${var.env}"
  paren   = (var.env)
  part    = "a-${var.env}"
  call    = upper( var.env )
  heredoc = <<-EOT
    one ${var.env}
    two
  EOT
  plain   = <<EOT
only text
EOT
  list    = ["a", var.env, ["b", "${var.env}!"]]
  map     = {
    a         = 1
    (var.env) = var.env
    "q r"     = { deep = var.env }
  }
  secret  = "Server=${var.env};Password=${var.pw}"
  bare    = var.pw
}
`)
	f.quiet()
	want := map[tree.Path]string{
		"whole": "var.env", "paren": "var.env", "part": "a-${var.env}", "call": "upper( var.env )",
		"heredoc": "    one ${var.env}\n    two\n", "list[1]": "var.env", "list[2][1]": "${var.env}!",
		"map.prod": "var.env", tree.Path("map").Key("q r").Key("deep"): "var.env", "secret": "", "bare": "var.pw",
	}
	r := f.at("x_y.z")
	for _, x := range r.Expressions {
		w, ok := want[x.Path]
		if !ok || x.Text != w || x.Unresolved != "" {
			t.Errorf("%s is %q (%s), want %q", x.Path, x.Text, x.Unresolved, w)
		}
		delete(want, x.Path)
	}
	for p := range want {
		t.Errorf("%s has no expression", p)
	}
	if got := fmt.Sprint(r.Sensitive); got != "[secret bare]" {
		t.Errorf("sensitive %s", got)
	}
	f.is("x_y.z", "heredoc", `"one prod\ntwo\n"`)
	f.is("x_y.z", "map", `{"a":1,"prod":"prod","q r":{"deep":"prod"}}`)
}

// Each leaf has the place of the expression that gives it.
func TestPlaces(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf": "resource \"x_y\" \"z\" {\n\ta = \"x\"\n  \u00e9b = 1\n  list = [\"p\",\n    { k = local.v }]\n  m = local.m\n  inner {\n    c = true\n    dynamic \"d\" {\n      for_each = [1]\n      content { e = d.value }\n    }\n  }\n}\nlocals {\n  v = 1\n  m = { a = { b = 2 } }\n}\n",
		"j.tf.json": `{"resource": {"x_y": {"j": {
  "a": "x", "t": "\u0041${local.v}",
  "inner": {"c": [1,
    "${local.v}"]}
}}}}`,
		"z_override.tf": "\n\nresource \"x_y\" \"z\" {\n  over = 3\n}\n",
	}, nil)
	f.quiet()
	place := func(addr string, at tree.Path, line, col int) {
		t.Helper()
		v := &f.at(addr).Props
		for s := range at.Steps() {
			if s.IsIndex {
				v = &v.Items[s.Index]
			} else {
				v = v.Get(s.Key)
			}
		}
		if int(v.Line) != line || int(v.Column) != col {
			t.Errorf("%s %s stands at %d:%d, want %d:%d", addr, at, v.Line, v.Column, line, col)
		}
	}
	place("x_y.z", "a", 2, 6)
	place("x_y.z", "\u00e9b", 3, 9)
	place("x_y.z", "list", 4, 10)
	place("x_y.z", "list[0]", 4, 11)
	place("x_y.z", "list[1].k", 5, 11)
	place("x_y.z", "m.a.b", 6, 7)
	place("x_y.z", "inner[0].c", 8, 9)
	place("x_y.z", "inner[0].d[0].e", 11, 21)
	place("x_y.z", "over", 1, 1) // in another file: where the block stands
	place("x_y.j", "a", 2, 8)
	place("x_y.j", "t", 2, 18)
	place("x_y.j", "inner[0].c[0]", 3, 19)
	place("x_y.j", "inner[0].c[1]", 4, 5)
	if r := f.at("x_y.j"); r.File != "j.tf.json" || r.Line != 1 {
		t.Errorf("%s:%d", r.File, r.Line)
	}
}

// What a build makes does not lie beside the code, and its digest makes no architecture; a file whose words are missed is told.
func TestDigestsOfFilesThatAreBuiltLater(t *testing.T) {
	f := one(t, `
resource "contoso_function" "mail" {
  code = "mail.zip"
  hash = filebase64sha256("${path.module}/mail.zip")
}`)
	f.quiet()
	if got := f.why("contoso_function.mail", "hash"); !strings.HasSuffix(got, "[file]") {
		t.Errorf("the hash is open for %q", got)
	}
	one(t, `resource "contoso_function" "mail" { words = file("mail.txt") }`).noted("is not there")
}
