variable "up" {}
resource "terraform_data" "n" { input = { dep = var.up, deep = [{ u = var.up }] } }
