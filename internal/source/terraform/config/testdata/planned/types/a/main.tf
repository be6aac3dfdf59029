variable "cfg" { type = object({ name = string, nested = optional(object({ deep = optional(string, "d"), other = optional(string) })), miss = optional(list(string)) }) }
variable "res" { type = object({ input = any }) }
variable "list" { type = list(object({ id = string })) }
module "b" {
  source   = "./b"
  for_each = { for x in var.list : "k${x.id}" => x }
  v        = each.value.id
  p        = path.module
}
resource "terraform_data" "r" { input = { c = var.cfg, l = var.list, m = { for k, b in module.b : k => b.o } } }
output "obj" { value = { a = var.cfg.nested.deep, b = [for k, b in module.b : b.o] } }
output "res_input" { value = var.res.input.nm }
