variable "environment" {
  type    = string
  default = "test"
}

variable "location" {
  type    = string
  default = "northeurope"
}

variable "address_space" {
  type    = string
  default = "10.60.0.0/16"
}

variable "tenant_id" {
  type    = string
  default = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
}

variable "apps" {
  type = map(object({
    public   = bool
    settings = optional(map(string), {})
  }))
}
