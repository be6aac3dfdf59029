terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  subscription_id = var.subscription_id
  features {}
}

variable "subscription_id" {
  type = string
}

variable "environment" {
  type    = string
  default = "prod"
}

locals {
  regions = ["westeurope", "northeurope", "germanywestcentral"]
  common  = { managed_by = "terraform", environment = var.environment }
}
