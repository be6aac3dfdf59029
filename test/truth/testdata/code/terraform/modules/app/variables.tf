variable "name" {
  type = string
}

variable "suffix" {
  type = string
}

# Shadows nothing: a module sees only its own variables, whatever the root calls its.
variable "environment" {
  type    = string
  default = "Production"
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

variable "workspace_id" {
  type = string
}

variable "key_vault_id" {
  type = string
}

variable "public" {
  type = bool
}

variable "slot" {
  type = bool
}

variable "image" {
  type = string
}

variable "registry" {
  type = string
}

variable "gateway_range" {
  type    = string
  default = "192.0.2.0/24"
}

variable "settings" {
  type = map(string)
}

variable "tags" {
  type = map(string)
}
