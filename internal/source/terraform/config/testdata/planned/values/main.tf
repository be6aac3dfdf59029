terraform { required_version = ">= 1.0" }
variable "a" { default = "A" }
variable "n" {
  type    = number
  default = "3"
}
variable "o" {
  type    = object({ x = string, y = optional(number, 7), z = optional(object({ q = optional(bool, true) }), {}) })
  default = { x = 5 }
}
variable "lst" {
  type    = list(object({ name = string, ports = optional(list(number), [80]) }))
  default = [{ name = "w" }, { name = "v", ports = ["443", 8080] }]
}
variable "nn" {
  nullable = false
  default  = "dflt"
}
variable "fromtfvars" {}
variable "auto" {}
variable "autojson" { type = map(string) }
locals {
  m      = { for k, v in { a = 1, b = 2 } : upper(k) => v * 2 if v > 1 }
  g      = { for s in ["aa", "ab", "b"] : substr(s, 0, 1) => s... }
  t      = [for i, s in ["x", "y"] : "${i}-${s}"]
  nested = { a = { b = [{ c = "deep" }] } }
  here   = <<-EOT
    Hello %{if var.a == "A"~}
    yes
    %{~else~}
    no
    %{~endif}
    %{for x in [1, 2]~}
    item ${x}
    %{endfor~}
  EOT
}
resource "terraform_data" "v" {
  input = {
    n      = var.n
    o      = var.o
    lst    = var.lst
    m      = local.m
    g      = local.g
    t      = local.t
    here   = local.here
    deep   = local.nested.a.b[0].c
    dd     = local.nested["a"]["b"][0]["c"]
    splat  = var.lst[*].name
    splat2 = var.lst.*.ports
    flat   = flatten(var.lst[*].ports)
    cond   = var.n > 2 ? "big" : "small"
    nul    = null
    esc    = "$${not} %%{x} \" \\ \t"
    arith  = 7 / 2
    mod    = 7 % 4
    neg    = -var.n
    not    = !true
    str    = "${var.n}"
    strn   = "n=${1.50}"
    fmt    = format("%03d-%s", var.n, var.a)
    ws     = terraform.workspace
    pm     = path.module
    pr     = path.root
    tr     = try(var.o.nope, "fallback")
    cn     = can(var.o.nope)
    co     = coalesce(null, "", "c")
    lk     = lookup({ a = 1 }, "b", 9)
    tv     = var.fromtfvars
    au     = var.auto
    aj     = var.autojson
    eq     = "1" == 1
    idx    = [for k, v in ["p", "q"] : k]
    set    = toset(["z", "a", "z"])
    objkey = { (var.a) = 1, "q r" = 2 }
    tern   = var.a == "B" ? null : { z = 1 }
    long   = join(",", [for i in range(3) : i])
  }
}
resource "terraform_data" "id" { input = "self" }
resource "terraform_data" "c" {
  count = var.n - 1
  input = "c${count.index}"
}
resource "terraform_data" "f" {
  for_each = { x = { v = 1 }, y = { v = 2 }, "sp ace" = { v = 3 } }
  input    = "${each.key}=${each.value.v}"
}
resource "terraform_data" "s" {
  for_each = toset(["b", "a"])
  input    = each.value
}
resource "terraform_data" "refs" {
  input = {
    c1  = terraform_data.c[1].input
    f   = { for k, r in terraform_data.f : k => r.input }
    fk  = keys(terraform_data.f)
    fl  = length(terraform_data.c)
    ch  = module.ch["one"].out
    chs = { for k, m in module.ch : k => m.out }
    mv  = values(module.ch)[*].sub
    li  = module.l[1].out
    pth = module.ch["two"].path
  }
}
module "ch" {
  source   = "./m/child"
  for_each = { one = "1", two = "2" }
  name     = "n-${each.key}"
  size     = each.value
}
module "l" {
  source = "./m/child"
  count  = 2
  name   = "l-${count.index}"
}
