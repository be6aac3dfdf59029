variable "typed" {
  type    = object({ name = string, tags = map(string), ids = set(string), n = number, any = any })
  default = { name = 1, tags = { a = true, b = 2.50 }, ids = ["b", "a", "b"], n = "7", any = ["x", 1] }
}
variable "tup" {
  type    = tuple([string, number, bool])
  default = [1, "2", "true"]
}
variable "lany" {
  type    = list(any)
  default = [1, "a", true]
}
variable "old" { type = map(any) }
locals {
  num     = { e3 = 1e3, frac = 0.1 + 0.2, div = 10 / 4, idiv = floor(10 / 4), exp = 1.5e-7, neg0 = -0 }
  mix     = true ? 1 : "a"
  mixb    = [false ? 1 : "a", true ? true : "x"]
  uni     = "\u00e9\U0001F600 ${"inner \"q\" ${upper("x")}"}"
  jsn     = jsonencode({ a = "<b>&", n = null, l = [1, 2.0, true] })
  dec     = jsondecode("{\"a\":[1,{\"b\":null}]}")
  sp1     = [for s in "single" [*] : s]
  sp0     = null[*]
  leg     = { l = ["x", "y"] }
  leg0    = local.leg.l.0
  mapn    = { "1" = "one" }
  mapi    = local.mapn[1]
  strnum  = 1 + 1
  boolstr = "b:${true}"
  grouped = { for k, v in { a = "x", b = "x", c = "y" } : v => k... }
  merged  = merge({ a = 1 }, { b = 2 }, null)
  zip     = zipmap(["a", "b"], [1, 2])
  sort    = sort(["b", "a"])
  cidr    = cidrsubnet("10.0.0.0/16", 8, 3)
  fset    = fileset(path.module, "*.txt")
  fl      = file("${path.module}/a.txt")
  tpl     = templatefile("${path.module}/t.tftpl", { name = "N", items = ["p", "q"] })
  b64     = base64encode("hi")
  rx      = regex("(\\w+)-(\\d+)", "ab-12")
  crlf    = "a\r\nb"
  cmp     = [1 == 1.0, "a" == "a", [1] == [1], { a = 1 } == { a = 1 }, null == null, 1 != 2]
  logic   = [true && false || true, !(1 > 2)]
  prec    = 1 + 2 * 3 - 4 / 2 % 3
  nestt   = "%{for k, v in { a = 1, b = 2 } }${k}=${v};%{endfor}"
  strip   = "x  ${~"y"~}  z"
  hd      = <<EOT
raw ${1 + 1}
  keep
EOT
  hdi     = <<-EOT
      one
        two

      three
  EOT
  one     = one([5])
  oneE    = one([])
  alltrue = alltrue([true, true])
  st      = startswith("abc", "ab")
  condmap = { for k in ["a"] : k => k == "a" ? { x = 1 } : null }
  vd      = values({ b = 1, a = 2 })
  se      = element(["a", "b", "c"], 4)
  ch      = chunklist([1, 2, 3], 2)
  md      = md5("x")
  tm      = formatdate("YYYY", "2024-01-02T00:00:00Z")
  tn      = tonumber("1.50")
  ts      = tostring(1.50)
  tl      = tolist(["a", 1])
  nulls   = [for v in [1, null] : v if v != null]
}
resource "terraform_data" "a" { input = local.num }
resource "terraform_data" "b" { input = { for k, v in { mix = local.mix, mixb = local.mixb, uni = local.uni, jsn = local.jsn, dec = local.dec, sp1 = local.sp1, sp0 = local.sp0, leg0 = local.leg0, mapi = local.mapi, strnum = local.strnum, boolstr = local.boolstr, grouped = local.grouped, merged = local.merged, zip = local.zip, sort = local.sort, cidr = local.cidr, fset = local.fset, fl = local.fl, tpl = local.tpl, b64 = local.b64, rx = local.rx, crlf = local.crlf, cmp = local.cmp, logic = local.logic, prec = local.prec, nestt = local.nestt, strip = local.strip, hd = local.hd, hdi = local.hdi, one = local.one, oneE = local.oneE, alltrue = local.alltrue, st = local.st, condmap = local.condmap, vd = local.vd, se = local.se, ch = local.ch, md = local.md, tm = local.tm, tn = local.tn, ts = local.ts, tl = local.tl, nulls = local.nulls } : k => v } }
resource "terraform_data" "c" { input = { typed = var.typed, tup = var.tup, lany = var.lany, old = var.old, nm = var.typed.tags["b"], ids = tolist(var.typed.ids)[0] } }
module "a" {
  source = "./a"
  cfg    = { name = "x", extra = "dropped", nested = { deep = 1 } }
  res    = terraform_data.c
  list   = [for i in range(2) : { id = i }]
}
resource "terraform_data" "d" { input = { o = module.a.obj, all = module.a, back = module.a.res_input } }
resource "terraform_data" "sens" { input = { s = nonsensitive(sensitive("x")), t = issensitive("a") } }
