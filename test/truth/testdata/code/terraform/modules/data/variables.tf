variable "suffix" {
  type = string
}

variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "tenant_id" {
  type = string
}

variable "databases" {
  type = list(string)
}

variable "queues" {
  type = set(string)
}

variable "containers" {
  type = set(string)
}

variable "app_subnet_id" {
  type = string
}

variable "data_subnet_id" {
  type = string
}

variable "sql_zone_id" {
  type = string
}

variable "sql_password" {
  type      = string
  sensitive = true
}

variable "smtp_password" {
  type      = string
  sensitive = true
}

variable "open_to_azure" {
  type    = bool
  default = false
}

variable "tags" {
  type = map(string)
}
