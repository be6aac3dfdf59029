package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
)

func TestModules(t *testing.T) {
	f := read(t, map[string]string{
		"envs/prod/main.tf": `
module "net" {
  source   = "../../modules/net"
  for_each = { a = "10.0.0.0/16", "b c" = "10.1.0.0/16" }
  name     = "vnet-${each.key}"
  space    = each.value
  rg       = x_group.g
}
resource "x_group" "g" {
  name     = "rg"
  location = "here"
}
resource "x_use" "u" {
  one   = module.net["a"].subnet
  all   = [for k, m in module.net : m.subnet]
  names = { for k, m in module.net : k => m.name }
  whole = module.net["a"].whole.location
  path  = module.net["b c"].path
  inner = module.net["a"].deep
}`,
		"modules/net/main.tf": `
variable "name" { type = string }
variable "space" {}
variable "rg" { type = object({ name = string, location = string, computed = optional(string) }) }
variable "with_default" { default = "d" }
resource "x_net" "n" {
  name  = var.name
  group = var.rg.name
  place = var.rg.location
  etag  = var.rg.computed
  d     = var.with_default
}
module "sub" {
  source = "./sub"
  count  = 1
  net    = x_net.n.name
}
output "subnet" { value = module.sub[0].guid }
output "name" { value = x_net.n.name }
output "whole" { value = x_net.n }
output "path" { value = "${path.module}|${path.root}" }
output "deep" { value = module.sub.*.net[0] }
`,
		"modules/net/sub/main.tf": `
variable "net" {}
resource "x_sub" "s" { net = var.net }
output "guid" { value = x_sub.s.guid }
output "net" { value = "got ${var.net}" }
`,
	}, func(o *Options) { o.Dir = "envs/prod" })
	f.quiet()
	want := []string{
		"x_group.g", "x_use.u", `module.net["a"].x_net.n`, `module.net["a"].module.sub[0].x_sub.s`,
		`module.net["b c"].x_net.n`, `module.net["b c"].module.sub[0].x_sub.s`,
	}
	if got := f.addresses(); !slices.Equal(got, want) {
		t.Errorf("addresses %q", got)
	}
	f.is("x_use.u", "one", `"${tf:module.net[\"a\"].module.sub[0].x_sub.s#guid}"`)
	f.is("x_use.u", "all", `["${tf:module.net[\"a\"].module.sub[0].x_sub.s#guid}","${tf:module.net[\"b c\"].module.sub[0].x_sub.s#guid}"]`)
	f.is("x_use.u", "names", `{"a":"vnet-a","b c":"vnet-b c"}`)
	f.is("x_use.u", "whole", `"${tf:module.net[\"a\"].x_net.n#location}"`)
	f.is("x_use.u", "path", `"../../modules/net|."`)
	f.is("x_use.u", "inner", `"got vnet-a"`)
	f.is(`module.net["a"].x_net.n`, "group", `"rg"`)
	f.is(`module.net["a"].x_net.n`, "place", `"here"`)
	f.is(`module.net["a"].x_net.n`, "etag", `"${tf:x_group.g#computed}"`)
	f.is(`module.net["b c"].module.sub[0].x_sub.s`, "net", `"vnet-b c"`)
	if got := f.why(`module.net["a"].x_net.n`, "name"); got != "var.name []" {
		t.Error(got)
	}
	if r := f.at(`module.net["a"].x_net.n`); r.File != "modules/net/main.tf" || r.Line != 6 || r.Module != `module.net["a"]` || r.Name != "n" {
		t.Errorf("%+v", r)
	}
	if !slices.Equal(f.parts, []string{"modules/net", "modules/net/sub"}) {
		t.Errorf("parts %q", f.parts)
	}
	if !slices.Equal(f.used, []string{"envs/prod/main.tf", "modules/net/main.tf", "modules/net/sub/main.tf"}) {
		t.Errorf("used %q", f.used)
	}
}

func TestModulesThatAreNotRead(t *testing.T) {
	rows := []struct{ source, says, not string }{
		{`"Azure/network/azurerm"`, "the module Azure/network/azurerm is not local", ""},
		{`"git::https://user:tok3n@example.com/net.git//sub?ref=v1&key=s3cret"`, "the module git::https://example.com/net.git//sub is not local", "tok3n"},
		{`"https://tok3n@example.com/a@b.zip"`, "the module https://example.com/a@b.zip is not local", "tok3n"},
		{`"s3::https://s3.amazonaws.com/b/k.zip?aws_access_key_secret=s3cret"`, "is not local", "s3cret"},
		{`"../outside"`, "lies outside of the scanned directory", ""},
		{`"./nowhere"`, "the module ./nowhere is not there", ""},
		{`var.src`, "no source that is known", ""},
		{`5`, "no source that is known", ""},
	}
	for _, r := range rows {
		f := read(t, map[string]string{"main.tf": `
variable "src" {}
module "far" {
  source = ` + r.source + `
}
resource "x_y" "z" { v = module.far.out[0].id }
`, "terraform.tfvars": `src = null`}, nil)
		n := f.noted(r.says)
		if n.Line != 4 || n.Thing != "module.far" || n.Help == "" || n.Kind != evidence.InputNotUnderstood {
			t.Errorf("%s: %+v", r.source, n)
		}
		if all := fmt.Sprintf("%+v", f.notes); r.not != "" && strings.Contains(all, r.not) {
			t.Errorf("%s: a secret is shown: %s", r.source, all)
		}
		f.is("x_y.z", "v", `"${module.far.out[0].id}"`)
		if got := f.why("x_y.z", "v"); got != "module.far.out[0].id [module]" {
			t.Errorf("%s: %s", r.source, got)
		}
	}
}

// OpenTofu evaluates sources early (opentofu.org/docs/language/modules/sources).
func TestASourceThatIsComputed(t *testing.T) {
	f := read(t, map[string]string{
		"main.tofu": `
locals { dir = "./m" }
module "m" { source = "${local.dir}/x" }`,
		"m/x/main.tf": `resource "x_y" "z" {}`,
	}, nil)
	f.quiet()
	f.at("module.m.x_y.z")
}

func TestModulesThatCallThemselves(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf":   `module "a" { source = "./a" }`,
		"a/main.tf": "module \"b\" { source = \"../b\" }\nresource \"x_y\" \"a\" {}",
		"b/main.tf": "module \"a\" { source = \"../a\" }\nresource \"x_y\" \"b\" {}",
	}, nil)
	if n := f.noted("the module calls itself"); n.File != "b/main.tf" || n.Line != 1 || n.Thing != "module.a.module.b.module.a" {
		t.Errorf("%+v", n)
	}
	if got := f.addresses(); !slices.Equal(got, []string{"module.a.x_y.a", "module.a.module.b.x_y.b"}) {
		t.Errorf("%q", got)
	}
}

func TestModulesAreReadTwentyDeep(t *testing.T) {
	texts := map[string]string{"main.tf": `module "m" { source = "./m0" }`}
	for i := range 30 {
		texts[fmt.Sprintf("m%d/main.tf", i)] = fmt.Sprintf("module \"m\" { source = \"../m%d\" }\nresource \"x_y\" \"z\" {}", i+1)
	}
	f := read(t, texts, nil)
	f.noted("more than 20 deep")
	if len(f.all) != 20 {
		t.Errorf("%d resources", len(f.all))
	}
}

func TestManyModuleInstances(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf":   "module \"m\" {\n  source = \"./m\"\n  count = 20000\n}",
		"m/main.tf": `variable "x" { default = 1 }`,
	}, nil)
	f.noted("more than 10,000 instances of modules")
}

func TestVariablesOfTheRoot(t *testing.T) {
	texts := map[string]string{
		"main.tf": `
variable "default" { default = "default" }
variable "file" { default = "default" }
variable "json" {}
variable "auto" {}
variable "named" { default = "default" }
variable "none" { type = string }
variable "typed" { type = list(number) }
variable "wrong" { type = number }
variable "strict" {
  default  = "kept"
  nullable = false
}
variable "loose" { default = "lost" }
resource "x_y" "z" {
  default = var.default
  file    = var.file
  json    = var.json
  auto    = var.auto
  named   = var.named
  none    = var.none
  typed   = var.typed
  wrong   = var.wrong
  strict  = var.strict
  loose   = var.loose
}`,
		"terraform.tfvars":      "file = \"tfvars\"\njson = 1\nauto = \"tfvars\"\nother = 5\ntyped = [\"1\", 2]\nwrong = \"x\"\nstrict = null\nloose = null",
		"terraform.tfvars.json": `{"json": {"a": "${no} template"}}`,
		"b.auto.tfvars":         `auto = "b"`,
		"a.auto.tfvars.json":    `{"auto": "a"}`,
		"prod.tfvars":           `named = "not used"`,
		"test.tfvars.json":      `{}`,
	}
	f := read(t, texts, nil)
	for name, want := range map[string]string{
		"default": `"default"`, "file": `"tfvars"`, "json": `{"a":"${no} template"}`, "auto": `"b"`, "named": `"default"`,
		"none": `"${var.none}"`, "typed": `[1,2]`, "wrong": `"${var.wrong}"`, "strict": `"kept"`, "loose": "null",
	} {
		f.is("x_y.z", name, want)
	}
	if n := f.noted("no default and no value"); n.Thing != "var.none" || n.Line != 7 || n.Kind != evidence.ReferenceUnknown {
		t.Errorf("%+v", n)
	}
	if got := f.why("x_y.z", "none"); got != "var.none [parameter]" {
		t.Error(got)
	}
	if n := f.noted("is not of its type"); n.Thing != "var.wrong" {
		t.Errorf("%+v", n)
	}
	if n := f.noted("not used by themselves"); n.Thing != "prod.tfvars, test.tfvars.json" || n.Count != 2 || n.Help != "name one on the command line to have it used" {
		t.Errorf("%+v", n)
	}
	f = read(t, texts, func(o *Options) {
		o.Values = []Values{
			{Name: "x/prod.tfvars", Path: "prod.tfvars", Data: []byte("named = \"named\"\nauto = \"named\"\nundeclared = 1")},
			{Name: "p.tfvars.json", Data: []byte(`{"none": "${json}"}`)},
		}
	})
	f.is("x_y.z", "named", `"named"`)
	f.is("x_y.z", "auto", `"named"`)
	f.is("x_y.z", "none", `"${json}"`)
	if n := f.noted("not used by themselves"); n.Thing != "test.tfvars.json" {
		t.Errorf("%+v", n)
	}
}

func TestValuesAreLiterals(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf": `
variable "a" { default = file("x") }
variable "b" {}
variable "c" { default = "${var.b}" }
resource "x_y" "z" {
  a = var.a
  b = var.b
  c = var.c
}`,
		"terraform.tfvars": "b = var.a\n",
	}, nil)
	f.is("x_y.z", "a", `"${file(\"x\")}"`)
	f.is("x_y.z", "b", `"${var.a}"`)
	f.is("x_y.z", "c", `"${var.b}"`)
	if len(f.notes) != 3 {
		t.Errorf("%+v", f.notes)
	}
}

func TestWhatIsSensitive(t *testing.T) {
	f := read(t, map[string]string{
		"main.tf": `
variable "pw" {
  default   = "hunter2"
  sensitive = true
}
variable "eph" {
  default   = "hunter3"
  ephemeral = true
}
module "m" {
  source = "./m"
  v      = var.pw
}
locals { conn = { user = "u", pw = var.pw } }
resource "x_y" "z" {
  a   = var.pw
  b   = "p=${var.pw}"
  c   = local.conn
  d   = { x = { y = sensitive("s"), z = 1 }, w = var.eph }
  e   = module.m.secret
  f   = module.m.through
  g   = nonsensitive(var.pw)
  h   = upper(var.pw)
  i   = [for k, v in local.conn : v]
  j   = length(var.pw) > 3 ? "long" : "short"
  n   = "x-${x_y.z2.other}-${var.pw}"
  blk { pw = var.pw }
  dynamic "dyn" {
    for_each = sensitive(["q"])
    content { v = dyn.value }
  }
}
resource "x_y" "z2" {
  for_each = sensitive({ secretkey = 1 })
  v        = each.key
}`,
		"m/main.tf": `
variable "v" {}
output "secret" {
  value     = "made here"
  sensitive = true
}
output "through" { value = "x${var.v}" }`,
	}, nil)
	want := "[a b c.pw d.x.y d.w e f h i[0] j n blk[0].pw dyn[0].v]"
	if got := fmt.Sprint(f.at("x_y.z").Sensitive); got != want {
		t.Errorf("sensitive %s, want %s", got, want)
	}
	f.is("x_y.z", "g", `"hunter2"`)
	f.at("x_y.z2[*]")
	if n := f.noted("how many there are is not known"); n.Thing != "x_y.z2" {
		t.Errorf("%+v", n)
	}
	for _, n := range f.notes {
		if s := fmt.Sprintf("%+v", n); strings.Contains(s, "hunter") || strings.Contains(s, "secretkey") {
			t.Errorf("a note shows a secret: %s", s)
		}
	}
}
