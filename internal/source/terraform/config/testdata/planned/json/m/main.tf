variable "val" { default = "orig" }
variable "over" { default = "orig" }
locals {
  l = "orig"
  k = "kept"
}
resource "terraform_data" "r" {
  input            = [var.val, var.over, local.l, local.k]
  triggers_replace = "x"
}
resource "terraform_data" "cnt" {
  count = 2
  input = count.index
}
output "out" { value = "orig" }
