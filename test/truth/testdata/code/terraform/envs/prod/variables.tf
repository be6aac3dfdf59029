variable "project" {
  type    = string
  default = "Shop"
}

variable "environment" {
  type    = string
  default = "dev"
}

variable "location" {
  type    = string
  default = "westeurope"
}

variable "address_space" {
  type    = string
  default = "10.20.0.0/16"
}

variable "tags" {
  type    = map(string)
  default = {}
}

variable "apps" {
  description = "The web apps of the shop, by name."
  type = map(object({
    public   = bool
    image    = string
    database = string
    slot     = optional(bool, false)
    settings = optional(map(string), {})
  }))
}

variable "alert_email" {
  description = "Who is told when something is wrong. Each environment has to say."
  type        = string
}

variable "zone_redundant" {
  description = "Depends on what the region offers at the time; the pipeline says."
  type        = bool
}

variable "extra_containers" {
  description = "Blob containers of partners, which the pipeline adds."
  type        = set(string)
}

variable "sql_admin_password" {
  type      = string
  sensitive = true
}

variable "smtp_password" {
  type      = string
  sensitive = true
}
