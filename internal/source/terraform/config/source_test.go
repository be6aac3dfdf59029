package config

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

func TestOverrideFiles(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf": `
terraform {
  required_providers { x = { source = "a/x" } }
}
locals {
  a = "main"
  b = "main"
}
variable "v" { default = "main" }
provider "x" { region = "main" }
resource "x_y" "z" {
  name = "main"
  keep = "main"
  a    = local.a
  b    = local.b
  v    = var.v
  blk { n = 1 }
  blk { n = 2 }
  other { n = 3 }
  dynamic "dyn" {
    for_each = [1, 2]
    content { n = dyn.value }
  }
  lifecycle { prevent_destroy = true }
}`,
		"a_override.tf": `
resource "x_y" "z" {
  name = "a"
  blk { n = 9 }
  dyn { n = 8 }
  lifecycle { create_before_destroy = true }
}
variable "v" { default = "a" }`,
		"override.tf": `
locals { b = "override" }
terraform {
  required_providers { x = { source = "b/x" } }
}
provider "x" { region = "override" }
resource "x_y" "z" { name = "b" }
resource "x_y" "nowhere" {}
locals { nowhere = 1 }`,
	}, nil)
	z := f.at("x_y.z")
	if got, want := show(&z.Props), `{"a":"main","b":"override","blk":[{"n":9}],"dyn":[{"n":8}],"keep":"main","name":"b","other":[{"n":3}],"v":"a"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if region, _ := z.Provider.Setting("region"); region != "override" || z.Provider.Source != "b/x" {
		t.Errorf("provider %s in %s", z.Provider.Source, region)
	}
	if len(f.all) != 1 || len(f.notes) != 2 {
		t.Errorf("%q %+v", f.addresses(), f.notes)
	}
	for _, n := range f.notes {
		if n.Reason != "it overrides what is not there" || n.File != "override.tf" {
			t.Errorf("%+v", n)
		}
	}
}

func TestFilesOfOpenTofuComeFirst(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf":         `resource "x_y" "terraform" {}`,
		"main.tofu":       `resource "x_y" "tofu" {}`,
		"j.tf.json":       `{"resource": {"x_y": {"tf_json": {}}}}`,
		"j.tofu.json":     `{"resource": {"x_y": {"tofu_json": {}}}}`,
		"both.tf":         `resource "x_y" "only_tf" {}`,
		"other.tofu":      `resource "x_y" "only_tofu" {}`,
		".#main.tf":       `resource "x_y" "editor" {}`,
		"notes.tf.txt":    `resource "x_y" "text" {}`,
		"z.tftest.hcl":    `run "x" {}`,
		"sub/inner.tf":    `resource "x_y" "below" {}`,
		"w_override.tf":   `resource "x_y" "only_tf" { w = "tf" }`,
		"w_override.tofu": `resource "x_y" "only_tf" { w = "tofu" }`,
	}, nil)
	f.quiet()
	got := f.addresses()
	slices.Sort(got)
	if want := []string{"x_y.only_tf", "x_y.only_tofu", "x_y.tofu", "x_y.tofu_json"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	f.is("x_y.only_tf", "w", `"tofu"`)
}

// lifecycle.enabled is OpenTofu's (opentofu.org/docs/language/meta-arguments/enabled).
func TestEnabled(t *testing.T) {
	f := read(t, map[string]string{"main.tofu": `
variable "unset" {}
resource "x_y" "off" {
  lifecycle { enabled = false }
}
resource "x_y" "on" {
  lifecycle { enabled = 1 == 1 }
}
resource "x_y" "open" {
  lifecycle { enabled = var.unset }
}
module "off" {
  source = "./m"
  lifecycle { enabled = false }
}
resource "x_use" "u" {
  a = try(x_y.off.name, "none")
  b = x_y.off == null
  c = try(module.off.x, "none")
  d = x_y.on.guid
}`, "m/main.tofu": `resource "x_y" "z" {}`}, nil)
	if got := f.addresses(); !slices.Equal(got, []string{"x_y.on", "x_y.open", "x_use.u"}) {
		t.Errorf("%q", got)
	}
	f.is("x_use.u", "a", `"none"`)
	f.is("x_use.u", "b", "true")
	f.is("x_use.u", "c", `"none"`)
	f.is("x_use.u", "d", `"${tf:x_y.on#guid}"`)
}

// A file that does not parse costs what cannot be understood of it, and no more.
func TestFilesThatDoNotParse(t *testing.T) {
	f := read(t, map[string]string{
		"a.tf":      "resource \"x_y\" \"before\" { name = \"n\" }\nresource \"x_y\" \"broken\" {\n  name = = 1\n  ok = 2\n}\n",
		"b.tf":      "resource \"x_y\" \"good\" { name = \"s3cret\" }",
		"c.tf.json": `{"resource": {"x_y": {"j": {}}`,
		"d.tf":      "\xff\xfe\x00bad",
		"e.tf":      "name = \"outside\"\n",
		"f.tf.json": `{"resource": {"x_y": {"j": {"name": "${unclosed"}}}}`,
		"g.tf":      "",
	}, nil)
	f.at("x_y.before")
	f.at("x_y.good")
	want := map[string]int{"a.tf": 3, "c.tf.json": 1, "d.tf": 0, "e.tf": 1, "f.tf.json": 1}
	for _, n := range f.notes {
		line, ok := want[n.File]
		if !ok || n.Line != line && line > 0 || n.Reason == "" {
			t.Errorf("%+v", n)
		}
		if strings.Contains(n.Reason+n.Help, "s3cret") {
			t.Errorf("%+v shows the file", n)
		}
		delete(want, n.File)
	}
	if len(want) > 0 {
		t.Errorf("nothing is said of %v", want)
	}
	if n := f.noted("it does not parse: invalid expression"); n.Kind != evidence.InputNotUnderstood {
		t.Errorf("%+v", n)
	}
}

func TestJSONSyntax(t *testing.T) {
	f := read(t, map[string]string{"main.tf.json": `{
  "//": "a comment",
  "variable": {"env": {"type": "string", "default": "${verbatim}"}},
  "locals": {"n": "n-${1 + 1}"},
  "provider": {"azurerm": [{"subscription_id": "s-1"}, {"alias": "hub", "subscription_id": "s-2"}]},
  "resource": {
    "x_y": {
      "one": {
        "//": "another",
        "name": "${local.n}",
        "esc": "$${x} \u00e9 \"q\"",
        "tags": {"a": "${local.n}", "b": 1},
        "block": {"inner": {"v": true}, "list": [1, 2]},
        "blocks": [{"n": 1}, {"n": 2}],
        "dynamic": {"d": {"for_each": "${[1, 2]}", "content": {"v": "${d.value}"}}, "e": [{"for_each": [3], "iterator": "i", "content": [{"v": "${i.value}"}]}]},
        "env": "${var.env}",
        "obj": "${{ a = 1 }}",
        "nul": null,
        "lifecycle": {"ignore_changes": ["name"]},
        "provisioner": [{"local-exec": {"command": "x"}}]
      },
      "many": [{"count": 2, "name": "${count.index}", "provider": "azurerm.hub", "depends_on": ["x_y.one", "data.x_d.d"]}]
    }
  },
  "data": {"x_d": {"d": {"q": "${x_y.one.block[0].inner[0].v}"}}},
  "check": {"c": {"data": {"x_d": {"in_check": {}}}, "assert": {"condition": true, "error_message": "m"}}},
  "moved": [{"from": "x_y.old", "to": "x_y.one"}],
  "import": {"to": "x_y.many[1]", "id": "given"},
  "module": {"m": {"source": "./m", "providers": {"azurerm": "azurerm.hub"}, "in": ["${local.n}"]}},
  "terraform": {"required_providers": {"azurerm": {"source": "hashicorp/azurerm"}}},
  "output": {"o": {"value": "${module.m.o}"}}
}`, "m/main.tf.json": `{"variable": {"in": {"type": "list(string)"}}, "resource": {"azurerm_a": {"z": {"v": "${var.in[0]}"}}}, "output": {"o": {"value": "x"}}}`}, nil)
	f.quiet()
	for name, want := range map[string]string{
		"name": `"n-2"`, "esc": `"${x} é \"q\""`, "tags": `{"a":"n-2","b":1}`, "block": `[{"inner":[{"v":true}],"list":[1,2]}]`,
		"blocks": `[{"n":1},{"n":2}]`, "d": `[{"v":1},{"v":2}]`, "e": `[{"v":3}]`, "env": `"${verbatim}"`, "obj": `[{"a":1}]`,
		"nul": "null", "lifecycle": "nothing", "provisioner": "nothing", "//": "nothing",
	} {
		if name == "obj" {
			want = `{"a":1}` // an expression is an argument
		}
		f.is("x_y.one", name, want)
	}
	f.is("x_y.many[1]", "name", "1")
	f.is("data.x_d.d", "q", "true")
	f.at("data.x_d.in_check")
	f.is("module.m.azurerm_a.z", "v", `"n-2"`)
	many := f.at("x_y.many[1]")
	if sub, _ := many.Provider.Setting("subscription_id"); sub != "s-2" || many.Provider.Source != "hashicorp/azurerm" || many.Import != "given" {
		t.Errorf("%+v", many)
	}
	if !slices.Equal(many.DependsOn, []string{"x_y.one", "data.x_d.d"}) {
		t.Errorf("%q", many.DependsOn)
	}
	if sub, _ := f.at("module.m.azurerm_a.z").Provider.Setting("subscription_id"); sub != "s-2" {
		t.Errorf("subscription %q", sub)
	}
	if got := f.at("x_y.one").Former; !slices.Equal(got, []string{"x_y.old"}) {
		t.Errorf("%q", got)
	}
	for at, want := range map[string]string{"name": "local.n []", "tags.a": "local.n []", "d[1].v": "d.value []"} {
		if got := f.why("x_y.one", tree.Path(at)); got != want {
			t.Errorf("%s is %s", at, got)
		}
	}
}

// Of a template file, too, the parts that are known are kept.
func TestTemplateFilesWithOpenParts(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf": `
variable "sub" {}
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
resource "x_y" "z" {
  a = templatefile("t.tftpl", { name = "N", host = x_y.h.fqdn, list = ["p", var.sub] })
  b = upper(templatefile("t.tftpl", { name = "N", host = var.pw, list = [var.sub] }))
  c = templatefile("t.tftpl", { host = var.sub })
  d = templatefile("loop.tftpl", { host = var.sub })
  e = templatefile("none.tftpl", { host = var.sub })
}
resource "x_y" "h" {}`,
		"t.tftpl":    "Hello ${name} at https://${host}/%{ for x in list } ${x}%{ endfor }",
		"loop.tftpl": "${templatefile(\"loop.tftpl\", { host = host })}",
	}, nil)
	f.is("x_y.z", "a", `"Hello N at https://${tf:x_y.h#fqdn}/ p ${var.sub}"`)
	f.is("x_y.z", "b", `"${upper(\"Hello N at https://${host}/ ${var.sub}\")}"`)
	f.is("x_y.z", "c", `"${templatefile(\"t.tftpl\", { host = var.sub })}"`)
	f.is("x_y.z", "d", `"${templatefile(\"loop.tftpl\", { host = var.sub })}"`)
	f.is("x_y.z", "e", `"${templatefile(\"none.tftpl\", { host = var.sub })}"`)
	for at, want := range map[string]string{"a": "runtime", "b": "parameter", "c": "fault", "d": "fault", "e": "file"} {
		if got := f.why("x_y.z", tree.Path(at)); !strings.HasSuffix(got, "["+want+"]") {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	if got := f.at("x_y.z").Sensitive; !slices.Equal(got, []tree.Path{"b"}) {
		t.Errorf("sensitive %q", got)
	}
	if !slices.Contains(f.used, "t.tftpl") {
		t.Errorf("used %q", f.used)
	}
}

// What functions read is said to be used, and path.module leads to it from where Terraform runs.
func TestFilesThatFunctionsRead(t *testing.T) {
	f := read(t, map[string]string{
		"root/main.tf": "module \"m\" { source = \"../m\" }\nresource \"x_y\" \"z\" { v = file(\"${path.root}/a.txt\") }",
		"root/a.txt":   "A",
		"m/main.tf":    "resource \"x_y\" \"z\" {\n  v = templatefile(\"${path.module}/t.tftpl\", { n = \"N\" })\n  e = fileexists(\"../m/none\")\n  f = [for p in fileset(path.module, \"*.tftpl\") : p]\n}",
		"m/t.tftpl":    "Hello ${n}",
	}, func(o *Options) { o.Dir = "root" })
	f.quiet()
	f.is("x_y.z", "v", `"A"`)
	f.is("module.m.x_y.z", "v", `"Hello N"`)
	f.is("module.m.x_y.z", "e", "false")
	f.is("module.m.x_y.z", "f", `["t.tftpl"]`)
	slices.Sort(f.used)
	if !slices.Equal(f.used, []string{"m/main.tf", "m/t.tftpl", "root/a.txt", "root/main.tf"}) {
		t.Errorf("used %q", f.used)
	}
}
