variable "name" {}
variable "size" {
  type    = number
  default = 10
}
resource "terraform_data" "r" {
  count = 1
  input = "${var.name}:${var.size}"
}
output "out" { value = terraform_data.r[0].input }
output "sub" { value = "${var.name}-sub" }
output "path" { value = path.module }
