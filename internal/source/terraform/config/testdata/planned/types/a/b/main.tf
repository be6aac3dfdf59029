variable "v" {}
variable "p" {}
locals { o = "${var.v}@${var.p}@${path.module}@${path.root}" }
output "o" { value = local.o }
resource "terraform_data" "x" { input = local.o }
