environment = "prod"

apps = {
  web = {
    public = true
    settings = {
      API_URL = "https://app-expenses-prod-api.azurewebsites.net"
    }
  }
  api = {
    public = false
    settings = {
      EXCHANGE_RATES_URL = "https://rates.fabrikam.example/v2"
    }
  }
}
