terraform {
  required_version = ">= 1.9"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.14"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.6"
    }
  }

  backend "azurerm" {
    resource_group_name  = "rg-terraform"
    storage_account_name = "stcontosostate"
    container_name       = "state"
    key                  = "shop-prod.tfstate"
  }
}

# The subscription comes from ARM_SUBSCRIPTION_ID in the pipeline.
provider "azurerm" {
  features {}
}

provider "azurerm" {
  alias           = "hub"
  subscription_id = "44444444-4444-4444-4444-444444444444"
  features {}
}
