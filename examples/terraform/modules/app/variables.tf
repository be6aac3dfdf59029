variable "name" {
  type = string
}

variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "service_plan_id" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "key_vault_id" {
  type = string
}

variable "public" {
  type = bool
}

variable "settings" {
  type = map(string)
}

variable "tags" {
  type = map(string)
}
