variable "secret" {
  type      = string
  sensitive = true
  default   = "contoso-s3cret"
}
resource "terraform_data" "a" {
  count = 2
  input = { password = var.secret, list = [1, var.secret], plain = "y" }
}
resource "terraform_data" "b" {
  for_each   = toset(["we\"b", "api$${x}"])
  input      = terraform_data.a[0].id
  depends_on = [terraform_data.a]
}
module "net" {
  source   = "./net"
  for_each = toset(["x.y"])
  up       = terraform_data.a[0].id
}
output "o" {
  value     = var.secret
  sensitive = true
}
