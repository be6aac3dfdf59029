variable "over" { default = "second" }
output "out" { value = "over" }
