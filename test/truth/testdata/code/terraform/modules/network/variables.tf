variable "name" {
  type = string
}

variable "location" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "address_space" {
  type = string
}

variable "tags" {
  type = map(string)
}

variable "subnets" {
  type = map(object({
    newbits    = number
    netnum     = number
    delegation = optional(string)
  }))
}

variable "endpoints" {
  type    = list(string)
  default = ["Storage", "KeyVault"]
}

variable "open_ports" {
  type    = list(number)
  default = [1433, 443]
}
