package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
)

func TestCountAndForEach(t *testing.T) {
	f := one(t, `
variable "n" { default = "2" }
variable "m" { default = { b = { v = 1 }, a = { v = 2 } } }
resource "x_y" "none" { count = 0 }
resource "x_y" "count" {
  count = var.n
  name  = "c${count.index}"
}
resource "x_y" "each" {
  for_each = var.m
  name     = "${each.key}-${each.value.v}"
}
resource "x_y" "set" {
  for_each = toset(["q\"r", "$${x}"])
  name     = each.value
}
resource "x_y" "chain" {
  for_each = x_y.each
  of       = each.value.name
  id       = each.value.guid
}
resource "x_y" "open" {
  for_each = { k = x_y.count[0].guid }
  v        = each.value
}
resource "x_use" "u" {
  one    = x_y.count[1].name
  text   = x_y.count["1"].name
  each   = x_y.each["a"].name
  key    = x_y.each[local.k].name
  splat  = x_y.count[*].name
  legacy = x_y.count.*.guid
  vals   = values(x_y.each)[*].name
  len    = [length(x_y.none), length(x_y.count), length(x_y.each)]
  keys   = keys(x_y.each)
  first  = one(x_y.none[*].name)
  miss   = try(x_y.count[7].name, "gone")
  empty  = x_y.none
  index  = [for i, c in x_y.count : "${i}=${c.name}"]
  prefix = resource.x_y.count[0].name
}
locals { k = "b" }
`)
	f.quiet()
	want := []string{
		"x_y.count[0]", "x_y.count[1]", `x_y.each["a"]`, `x_y.each["b"]`, `x_y.set["$${x}"]`, `x_y.set["q\"r"]`,
		`x_y.chain["a"]`, `x_y.chain["b"]`, `x_y.open["k"]`, "x_use.u",
	}
	if got := f.addresses(); !slices.Equal(got, want) {
		t.Errorf("addresses %q", got)
	}
	for name, want := range map[string]string{
		"one": `"c1"`, "text": `"c1"`, "each": `"a-2"`, "key": `"b-1"`, "splat": `["c0","c1"]`,
		"legacy": `["${tf:x_y.count[0]#guid}","${tf:x_y.count[1]#guid}"]`, "vals": `["a-2","b-1"]`, "len": "[0,2,2]",
		"keys": `["a","b"]`, "first": "null", "miss": `"gone"`, "empty": "[]", "index": `["0=c0","1=c1"]`, "prefix": `"c0"`,
	} {
		f.is("x_use.u", name, want)
	}
	f.is(`x_y.chain["b"]`, "of", `"b-1"`)
	f.is(`x_y.chain["b"]`, "id", `"${tf:x_y.each[\"b\"]#guid}"`)
	f.is(`x_y.open["k"]`, "v", `"${tf:x_y.count[0]#guid}"`)
	if r := f.at(`x_y.set["q\"r"]`); r.Name != `set["q\"r"]` {
		t.Errorf("name %s", r.Name)
	}
}

func TestHowManyIsNotKnown(t *testing.T) {
	f := read(t, map[string]string{"main.tf": `
variable "n" {}
variable "names" { type = set(string) }
resource "x_y" "count" {
  count = var.n
  name  = "c${count.index}"
}
resource "x_y" "each" {
  for_each = var.names
  name     = "n-${each.key}"
  v        = each.value.deep
}
resource "x_y" "tuple" { for_each = ["a"] }
resource "x_y" "null" { count = null }
resource "x_y" "neg" { count = -1 }
resource "x_y" "half" { count = 1.5 }
module "m" {
  source = "./m"
  count  = var.n > 1 ? 1 : 0
}
resource "x_use" "u" {
  c  = x_y.count[0].name
  g  = x_y.count[3].guid
  e  = x_y.each["k"].name
  s  = x_y.count[*].guid
  l  = length(x_y.each)
  m  = module.m[0].out
  ms = module.m[*].out
}`, "m/main.tf": `
resource "x_y" "in" {}
output "out" { value = x_y.in.guid }`}, nil)
	f.is("x_y.count[*]", "name", `"c${count.index}"`)
	f.is("x_y.each[*]", "name", `"n-${each.key}"`)
	f.is("x_y.each[*]", "v", `"${each.value.deep}"`)
	for _, name := range []string{"tuple", "null", "neg", "half"} {
		f.at("x_y." + name + "[*]")
	}
	f.is("x_use.u", "c", `"c${count.index}"`)
	f.is("x_use.u", "g", `"${tf:x_y.count[*]#guid}"`)
	f.is("x_use.u", "e", `"n-${each.key}"`)
	f.is("x_use.u", "s", `"${tf:x_y.count[*]#*[*].guid}"`)
	f.is("x_use.u", "l", `"${length(tf:x_y.each[*]#*)}"`)
	f.is("x_use.u", "m", `"${tf:module.m[*].x_y.in#guid}"`)
	f.is("x_use.u", "ms", `"${module.m[*].out}"`)
	if got := f.why("x_y.count[*]", "name"); got != "c${count.index} [parameter]" {
		t.Error(got)
	}
	lines := map[int]string{}
	for _, n := range f.notes {
		if strings.HasPrefix(n.Reason, "how many there are is not known") {
			lines[n.Line] = n.Thing + " | " + n.Help
			if n.Kind != evidence.ReferenceUnknown {
				t.Errorf("%+v", n)
			}
		}
	}
	if len(lines) != 7 || lines[5] != "x_y.count | one stands for all of them; name a .tfvars file that gives var.n a value" {
		t.Errorf("%v", lines)
	}
}

func TestNestedAndDynamicBlocks(t *testing.T) {
	f := one(t, `
variable "rules" { default = { a = { ports = [1, 2] }, b = { ports = [] } } }
variable "unset" {}
resource "x_y" "z" {
  name = "z"
  rule {
    port = 0
  }
  dynamic "rule" {
    for_each = var.rules
    iterator = r
    content {
      name = r.key
      dynamic "port" {
        for_each = r.value.ports
        content { value = "${r.key}:${port.key}=${port.value}" }
      }
    }
  }
  dynamic "flag" {
    for_each = var.rules.a.ports[0] == 1 ? [1] : []
    content { on = true }
  }
  dynamic "gone" {
    for_each = []
    content { on = true }
  }
  dynamic "open" {
    for_each = var.unset
    content {
      k = open.key
      v = open.value.x
    }
  }
  timeouts { create = "5m" }
  provisioner "local-exec" { command = "echo" }
  connection { host = self.ip }
  lifecycle {
    ignore_changes = [name, rule]
    precondition {
      condition     = self.name != ""
      error_message = "no"
    }
  }
}
resource "x_use" "u" {
  ports = x_y.z.rule[1].port[*].value
  etag  = x_y.z.rule[0].etag
  flag  = one(x_y.z.flag).on
  none  = length(x_y.z.gone)
  open  = x_y.z.open[3].id
  unset = x_y.z.never[0].x
  rules = [for r in x_y.z.rule : try(r.name, "none")]
}`)
	z := f.at("x_y.z")
	if got, want := show(&z.Props), `{"flag":[{"on":true}],"gone":[],"name":"z","open":[{"k":"${open.key}","v":"${open.value.x}"}],`+
		`"rule":[{"port":0},{"name":"a","port":[{"value":"a:0=1"},{"value":"a:1=2"}]},{"name":"b","port":[]}],"timeouts":[{"create":"5m"}]}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	f.is("x_use.u", "ports", `["a:0=1","a:1=2"]`)
	f.is("x_use.u", "etag", `"${tf:x_y.z#rule[0].etag}"`)
	f.is("x_use.u", "flag", "true")
	f.is("x_use.u", "none", "0")
	f.is("x_use.u", "open", `"${tf:x_y.z#open[0].id}"`)
	f.is("x_use.u", "unset", `"${tf:x_y.z#never[0].x}"`)
	f.is("x_use.u", "rules", `["${tf:x_y.z#rule[0].name}","a","b"]`)
	if got := f.why("x_y.z", "rule[1].port[1].value"); got != "${r.key}:${port.key}=${port.value} []" {
		t.Error(got)
	}
	if n := f.noted("how many there are is not known"); n.Thing != "x_y.z open" || n.Line != 29 {
		t.Errorf("%+v", n)
	}
}

func TestDataAndBlocksWithoutResources(t *testing.T) {
	f := one(t, `
data "x_zone" "z" {
  name = "n"
  filter { key = "k" }
}
check "health" {
  data "x_http" "h" { url = "https://${data.x_zone.z.host}/" }
  assert {
    condition     = data.x_http.h.status == 200
    error_message = "down"
  }
}
removed {
  from = x_y.old
  lifecycle { destroy = false }
}
ephemeral "x_secret" "s" { name = "s" }
output "o" { value = x_y.none.id }
action "x_do" "d" {}
resource "x_y" "z" {
  a = data.x_zone.z.name
  b = data.x_zone.z.filter[0].key
  c = data.x_zone.z.filter[0].id
  d = data.x_http.h.body
  e = ephemeral.x_secret.s.value
}
resource "x_y" "z" { name = "again" }
resource "x_y" {}
variable "v" {}
variable "v" {}
`)
	if r := f.at("data.x_zone.z"); r.Mode != Data || r.Type != "x_zone" || r.Name != "z" {
		t.Errorf("%+v", r)
	}
	f.is("data.x_http.h", "url", `"https://${tf:data.x_zone.z#host}/"`)
	f.is("x_y.z", "a", `"n"`)
	f.is("x_y.z", "b", `"k"`)
	f.is("x_y.z", "c", `"${tf:data.x_zone.z#filter[0].id}"`)
	f.is("x_y.z", "d", `"${tf:data.x_http.h#body}"`)
	f.is("x_y.z", "e", `"${ephemeral.x_secret.s.value}"`)
	if len(f.all) != 3 {
		t.Errorf("%q", f.addresses())
	}
	if n := f.noted("not known here"); n.Thing != "action" || n.Line != 19 {
		t.Errorf("%+v", n)
	}
	if n := f.noted("too many or too few labels"); n.Line != 28 {
		t.Errorf("%+v", n)
	}
	var twice []string
	for _, n := range f.notes {
		if strings.HasPrefix(n.Reason, "it is declared twice") {
			twice = append(twice, n.Thing)
		}
	}
	if !slices.Equal(twice, []string{"resource x_y z", "variable v"}) {
		t.Errorf("twice %q", twice)
	}
}

func TestWhatDependsOnItself(t *testing.T) {
	f := read(t, map[string]string{"main.tf": `
locals {
  a = "x${local.b}"
  b = local.a
}
resource "x_y" "z" {
  name  = x_y.w.name
  local = local.a
  ok    = "fine"
  m     = module.m.out
}
resource "x_y" "w" {
  name = x_y.z.name
  ok   = x_y.z.ok
}
resource "x_y" "n" { count = length(x_y.n) }
module "m" {
  source = "./m"
  in     = module.m.out
}`, "m/main.tf": `
variable "in" {}
output "out" { value = var.in }`}, nil)
	f.is("x_y.z", "name", `"${tf:x_y.z#name}"`)
	f.is("x_y.z", "local", `"x${local.a}"`)
	f.is("x_y.w", "ok", `"fine"`)
	f.at("x_y.n[*]")
	n := 0
	for _, x := range f.notes {
		if x.Reason == "its value depends on itself" {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d circles: %+v", n, f.notes)
	}
}

func TestDependsOn(t *testing.T) {
	f := read(t, map[string]string{"main.tf": `
module "m" {
  source = "./m"
  count  = 1
}
data "x_d" "d" {}
resource "x_y" "z" {
  depends_on = [x_y.w, data.x_d.d, module.m, x_y.w["k"], resource.x_y.w]
}
resource "x_y" "w" {}`, "m/main.tf": `
resource "x_y" "a" { depends_on = [x_y.b] }
resource "x_y" "b" {}`}, nil)
	f.quiet()
	if got := fmt.Sprint(f.at("x_y.z").DependsOn); got != "[x_y.w data.x_d.d module.m x_y.w x_y.w]" {
		t.Error(got)
	}
	if got := fmt.Sprint(f.at("module.m[0].x_y.a").DependsOn); got != "[module.m[0].x_y.b]" {
		t.Error(got)
	}
	f.is("x_y.z", "depends_on", "nothing")
}

func TestMoved(t *testing.T) {
	f := read(t, map[string]string{"main.tf": `
moved {
  from = x_y.old
  to   = x_y.mid
}
moved {
  from = x_y.mid
  to   = x_y.new
}
moved {
  from = x_y.one
  to   = x_y.new["a"]
}
moved {
  from = module.before
  to   = module.m
}
moved {
  from = x_y.newer
  to   = x_y.ne
}
resource "x_y" "new" { for_each = toset(["a", "b"]) }
module "m" { source = "./m" }`, "m/main.tf": `
moved {
  from = x_y.inner
  to   = x_y.z[0]
}
resource "x_y" "z" { count = 1 }`}, nil)
	f.quiet()
	for addr, want := range map[string]string{
		`x_y.new["a"]`:      `[x_y.mid["a"] x_y.one x_y.old["a"]]`,
		`x_y.new["b"]`:      `[x_y.mid["b"] x_y.old["b"]]`,
		"module.m.x_y.z[0]": "[module.before.x_y.z[0] module.m.x_y.inner module.before.x_y.inner]",
	} {
		if got := fmt.Sprint(f.at(addr).Former); got != want {
			t.Errorf("%s was %s, want %s", addr, got, want)
		}
	}
}

func TestImport(t *testing.T) {
	f := read(t, map[string]string{"main.tf": `
variable "unset" {}
locals { ids = { a = "id-a", b = "id-b" } }
import {
  to = x_y.one
  id = "given/${local.ids.a}"
}
import {
  for_each = local.ids
  to       = x_y.each[each.key]
  id       = each.value
}
import {
  to = module.m["k"].x_y.z
  id = "in module"
}
import {
  to = x_y.open
  id = "${var.unset}/x"
}
resource "x_y" "one" {}
resource "x_y" "each" { for_each = local.ids }
resource "x_y" "open" {}
module "m" {
  source   = "./m"
  for_each = { k = 1 }
}`, "m/main.tf": `resource "x_y" "z" {}`}, nil)
	for addr, want := range map[string]string{
		"x_y.one": "given/id-a", `x_y.each["b"]`: "id-b", `module.m["k"].x_y.z`: "in module", "x_y.open": "",
	} {
		if got := f.at(addr).Import; got != want {
			t.Errorf("%s is imported as %q, want %q", addr, got, want)
		}
	}
}

func TestProviders(t *testing.T) {
	f := read(t, map[string]string{"main.tf": `
terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm", version = "~> 4" }
    amazon  = { source = "hashicorp/aws" }
    old     = "~> 1"
  }
}
variable "sub" { default = "s-var" }
variable "unset" {}
provider "azurerm" { subscription_id = var.sub }
provider "azurerm" {
  alias           = "hub"
  subscription_id = "s-hub"
}
provider "azurerm" {
  alias           = "open"
  subscription_id = "x-${var.unset}"
}
provider "amazon" { region = "eu-west-1" }
resource "azurerm_a" "default" {}
resource "azurerm_a" "hub" { provider = azurerm.hub }
resource "azurerm_a" "open" { provider = azurerm.open }
resource "aws_a" "named" { provider = amazon }
resource "google_a" "none" {}
module "inherit" { source = "./m" }
module "passed" {
  source = "./m"
  providers = {
    azurerm       = azurerm.hub
    azurerm.other = azurerm
  }
}`, "m/main.tf": `
terraform {
  required_providers {
    azurerm = {
      source                = "hashicorp/azurerm"
      configuration_aliases = [azurerm.other]
    }
  }
}
resource "azurerm_a" "x" {}
resource "azurerm_a" "y" { provider = azurerm.other }`}, nil)
	for addr, want := range map[string]string{
		"azurerm_a.default": "hashicorp/azurerm  s-var", "azurerm_a.hub": "hashicorp/azurerm hub s-hub",
		"azurerm_a.open": "hashicorp/azurerm open x-${var.unset}", "aws_a.named": "hashicorp/aws  ", "google_a.none": "google  ",
		"module.inherit.azurerm_a.x": "hashicorp/azurerm  s-var", "module.inherit.azurerm_a.y": "hashicorp/azurerm other ",
		"module.passed.azurerm_a.x": "hashicorp/azurerm hub s-hub", "module.passed.azurerm_a.y": "hashicorp/azurerm  s-var",
	} {
		p := f.at(addr).Provider
		sub, _ := p.Setting("subscription_id")
		if got := p.Source + " " + p.Alias + " " + sub; got != want {
			t.Errorf("%s has %q, want %q", addr, got, want)
		}
	}
	if region, _ := f.at("aws_a.named").Provider.Setting("region"); region != "eu-west-1" {
		t.Errorf("region %q", region)
	}
}

// What the caller knows of an attribute is a value like any other, and an id is made once.
func TestWhatTheCallerKnows(t *testing.T) {
	asked := map[string]int{}
	f := read(t, map[string]string{"main.tf": `
resource "x_group" "g" { name = "g-${x_y.r.suffix}" }
resource "x_y" "r" {}
resource "x_use" "u" {
  id    = x_group.g.id
  under = "${x_group.g.id}/sub"
  open  = x_group.g.etag
  same  = x_group.g.id == x_group.g.id
}`}, func(o *Options) {
		o.ID = func(s *Subject) string {
			asked[s.Address]++
			name, _ := s.Attr("name")
			return "id(" + s.Address + "," + name + ")"
		}
		o.Known = func(_ *Subject, id, attribute string) (string, bool) { return id, attribute == "id" }
	})
	f.quiet()
	const id = `id(x_group.g,g-${id(x_y.r,)#suffix})`
	f.is("x_use.u", "id", `"`+id+`"`)
	f.is("x_use.u", "under", `"`+id+`/sub"`)
	f.is("x_use.u", "open", `"${`+id+`#etag}"`)
	f.is("x_use.u", "same", "true")
	if got := f.why("x_use.u", "id"); got != "x_group.g.id []" {
		t.Error(got)
	}
	if f.at("x_group.g").ID != id || asked["x_group.g"] != 1 {
		t.Errorf("%s, asked %v", f.at("x_group.g").ID, asked)
	}
}

// The help names variables, which a file can give a value, and no expressions, which none can.
func TestVariablesIn(t *testing.T) {
	for text, want := range map[string]string{
		`var.slot ? 1 : 0`:              "var.slot",
		`var.b == var.a ? [] : [var.b]`: "var.a and var.b",
		`each.value`:                    "",
		`local.myvar.x`:                 "",
	} {
		if got := variablesIn(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
