output "principal_id" {
  value = azurerm_user_assigned_identity.this.principal_id
}

output "host" {
  value = azurerm_linux_web_app.this.default_hostname
}
