output "sql_host" {
  value = azurerm_mssql_server.this.fully_qualified_domain_name
}

output "blob_endpoint" {
  value = azurerm_storage_account.images.primary_blob_endpoint
}

output "storage_account_id" {
  value = azurerm_storage_account.images.id
}

output "key_vault_id" {
  value = azurerm_key_vault.this.id
}

output "key_vault_name" {
  value = azurerm_key_vault.this.name
}

output "bus_name" {
  value = azurerm_servicebus_namespace.this.name
}
