environment   = "prod"
address_space = "10.30.0.0/16"

tags = {
  owner  = "web team"
  system = "shop"
}

smtp_password = "EXAMPLE-smtp-pw-7c21"

apps = {
  web = {
    public   = true
    image    = "shop/web:3.2.0"
    database = "shop"
    slot     = true
    settings = {
      PAYMENT_URL     = "https://api.payments.example/v1"
      PAYMENT_API_KEY = "EXAMPLE-pay-key-5b1d"
    }
  }
  orders = {
    public   = false
    image    = "shop/orders:1.9.4"
    database = "orders"
  }
}
