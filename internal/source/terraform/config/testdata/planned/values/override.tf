variable "a" { default = "A" }
resource "terraform_data" "id" { input = "overridden" }
