package evidence

import (
	"testing"
)

// survivors are texts that relationships and people need, under the names that they usually have. A
// detector that takes any of them for a secret costs a line in a picture.
var survivors = []struct{ name, text string }{
	// Ids.
	{"id", "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/MC_rg_aks_westeurope/providers/Microsoft.Compute/disks/vm_OsDisk_1_918579f4c3ca4a449e7cb3913555b448"},
	{"x", "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/microsoft.storage/storageaccounts/stcontoso7k3xqvz2m5abcd"},
	{"principalId", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"},
	{"x", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"},
	{"x", "pe-contoso.b86a8fe4-44ce-4948-aee5-eccb2c155cd7"},
	{"uid", "0d11e282-b335-4e10-bc82-cddb1a154ffb"},
	{"resourceVersion", "839472"},
	{"etag", `W/"0x8DC3A1B2C3D4E5F6A7B8C9D0E1F2A3B4"`},
	{"vpc_id", "vpc-069eb1208f4f62f3c"},
	{"subnets", "subnet-09b8c4d89ed5f3aeb"},
	{"x", "i-0abcd1234ef567890"},
	{"zone_id", "Z35SXDOTRQ7X7K"},
	{"arn", "arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/app/test-lb/168f3e312968e275"},
	{"secretArn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"},
	{"unique_id", "AROAJQABLZS4A3QDU576Q"},
	{"instrumentationKey", "7c5abd42-f165-4473-b2b8-d84d30c32b95"},
	{"x", "InstrumentationKey=7c5abd42-f165-4473-b2b8-d84d30c32b95;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/"},
	// Names.
	{"name", "frontend-5d8f7c9b6d-x7k2p"},
	{"pod-template-hash", "5d8f7c9b6d"},
	{"x", "aks-agentpool-12345678-vmss000000"},
	{"storageAccountName", "stcontosoprodweu001"},
	{"x", "st7k3xqvz2m5abcd"},
	{"name", "cctestvm_OsDisk_1_918579f4c3ca4a449e7cb3913555b448"},
	{"nodeResourceGroup", "MC_rg-contoso-prod_aks-contoso-prod_westeurope"},
	{"managedBy", "databricks-rg-adb-contoso-7k3xqvz2m5abc"},
	{"sku", "Standard_D4ads_v5"},
	{"x", "Standard_GRS"},
	{"kubernetesVersion", "v1.29.7-gke.1104000"},
	{"linuxFxVersion", "DOCKER|contoso.azurecr.io/shop/web:1.4.2-build.20260131.7"},
	// Hosts.
	{"host", "sql-contoso.database.windows.net"},
	{"x", "tcp:sql-contoso.database.windows.net,1433"},
	{"fqdn", "web.redriver-1a2b3c4d.westeurope.azurecontainerapps.io"},
	{"x", "d111111abcdef8.cloudfront.net"},
	{"x", "mydb.c9akciq32rgd.eu-west-1.rds.amazonaws.com:5432"},
	{"endpoint", "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"},
	{"x", "aks-prod-dns-1a2b3c4d.hcp.westeurope.azmk8s.io"},
	{"x", "redis://cache:6379/0"},
	{"x", "amqp://guest@queue:5672"},
	{"x", "https://stcontoso7k3xqvz2m5ab.blob.core.windows.net/"},
	{"x", "http://cart.shop.svc.cluster.local:8080/api/v1/items?page=2&sort=name"},
	{"REDIS_ADDR", "redis-cart:6379"},
	{"x", "fd00:10:96::a"},
	{"x", "00-0D-3A-12-34-56"},
	// Digests and versions.
	{"image", "contoso.azurecr.io/shop@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	{"image", "shop/web:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"},
	{"imageID", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	{"checksum/config", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	{"commit", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"},
	{"thumbprint", "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B"},
	{"source_code_hash", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="},
	{"x", "https://github.com/contoso/shop/commit/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"},
	{"x", "sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="},
	{"ssh_public_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGHhuJ4zPp7sE4bWfM1k0nQb8u6q3m7Yw2v5tXyZ1aBc ann@contoso.com"},
	{"x", "2026-01-31T09:30:00.1234567Z"},
	// What refers to a secret.
	{"secretName", "db-credentials"},
	{"secretUri", "https://kv-contoso.vault.azure.net/secrets/db-password/0123456789abcdef0123456789abcdef"},
	{"keyVaultId", "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"},
	{"key_vault_secret_id", "https://kv-contoso.vault.azure.net/secrets/db-password"},
	{"DB_PASSWORD", "@Microsoft.KeyVault(SecretUri=https://kv-contoso.vault.azure.net/secrets/db-password/0123456789abcdef0123456789abcdef)"},
	{"DB_PASSWORD", "@Microsoft.KeyVault(VaultName=kv-contoso;SecretName=db-password)"},
	{"DB_PASSWORD", "${DB_PASSWORD}"},
	{"password", "[parameters('adminPassword')]"},
	{"POSTGRES_PASSWORD_FILE", "/run/secrets/db-password"},
	{"tokenEndpoint", "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token"},
	{"passwordAuthentication", "Disabled"},
	{"automountServiceAccountToken", "true"},
	{"SharedAccessKeyName", "RootManageSharedAccessKey"},
	{"PWD", "/home/site/wwwroot"},
	{"x", "Server=tcp:sql-contoso.database.windows.net,1433;Database=shop;Authentication=Active Directory Managed Identity"},
	{"AzureWebJobsStorage__accountName", "stcontosofunc"},
	{"x", "Endpoint=sb://sb-contoso.servicebus.windows.net/;Authentication=Managed Identity"},
	// Sentences and configuration.
	{"description", "The password is kept in the vault; ask the platform team for a token."},
	{"x", "basic tier, bearer authentication"},
	{"x", "user:ann@contoso.com"},
	{"x", "serviceAccount:shop@contoso-prod.iam.gserviceaccount.com"},
	{"x", "mailto:ann@contoso.com"},
	{"x", "traefik.http.routers.shop.rule=Host(`shop.contoso.com`)"},
	{"x", "on=(M-U,8);off=(M-U,18);tz=pt"},
	{"x", "*/15 * * * *"},
	{"x", "Microsoft.Network/applicationGateways/backendHttpSettingsCollection"},
	{"x", "8080:80"},
	{"x", "mkdir -p /data/shop && chown app /data/shop"},
	{"public_key", "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9f86d081884c7d659a2feaa0c55a\nd015a3bf4f1b2b0b822cd15d6c15b0f00a08n4bQgYhMfWWaL+qgxVrQFaO/Txsr\n-----END PUBLIC KEY-----"},
}

func TestSurvivors(t *testing.T) {
	s := testSealer(t)
	for _, x := range survivors {
		r, _, err := s.Seal(Draft{ID: "r", Form: ARM, Props: object(x.name, x.text)})
		if err != nil {
			t.Fatal(err)
		}
		v, err := r.Tree()
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Get(x.name).Str(); got != x.text {
			t.Errorf("%s: %s\n became %s", x.name, x.text, got)
		}
	}
}

// What is left of a text that holds a secret: the host and the name of the setting.
func TestOnlyTheSecretPart(t *testing.T) {
	s := testSealer(t)
	key := "AB" + "cd"
	for key = "Zq3"; len(key) < 86; key += "kW9/xR" + "+bT7vMp2" {
	}
	key = key[:86] + "=="
	mark := func(secret string) string { return s.fingerprint(secret) }
	for _, x := range []struct{ name, text, want string }{
		{
			"x", "Server=tcp:db.database.windows.net,1433;Initial Catalog=shop;User ID=app;Password=hunter2;Encrypt=True",
			"Server=tcp:db.database.windows.net,1433;Initial Catalog=shop;User ID=app;Password=" + mark("hunter2") + ";Encrypt=True",
		},
		{
			"AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=stcontoso;AccountKey=" + key + ";EndpointSuffix=core.windows.net",
			"DefaultEndpointsProtocol=https;AccountName=stcontoso;AccountKey=" + mark(key) + ";EndpointSuffix=core.windows.net",
		},
		{
			"connectionString", "Endpoint=sb://sb-contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=" + key[:43] + "=;EntityPath=orders",
			"Endpoint=sb://sb-contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=" + mark(key[:43]+"=") + ";EntityPath=orders",
		},
		{
			"x", "AccountEndpoint=https://cosmos-contoso.documents.azure.com:443/;AccountKey=" + key + ";",
			"AccountEndpoint=https://cosmos-contoso.documents.azure.com:443/;AccountKey=" + mark(key) + ";",
		},
		{
			"x", "redis-contoso.redis.cache.windows.net:6380,password=hunter2=,ssl=True,abortConnect=False",
			"redis-contoso.redis.cache.windows.net:6380,password=" + mark("hunter2=") + ",ssl=True,abortConnect=False",
		},
		{
			"DATABASE_URL", "postgres://app:hunter2@db.contoso.com:5432/shop?sslmode=require",
			"postgres://app:" + mark("hunter2") + "@db.contoso.com:5432/shop?sslmode=require",
		},
		{"x", "postgres://app:hun/ter@2@db.contoso.com:5432/shop", "postgres://app:" + mark("hun/ter@2") + "@db.contoso.com:5432/shop"},
		{
			"x", "mongodb://app:hunter2@a.contoso.com:27017,b.contoso.com:27017/shop?replicaSet=rs0",
			"mongodb://app:" + mark("hunter2") + "@a.contoso.com:27017,b.contoso.com:27017/shop?replicaSet=rs0",
		},
		{"x", "https://st.blob.core.windows.net/c/b?sv=2024-01-01&sig=a1b2c3&se=2027", "https://st.blob.core.windows.net/c/b?sv=2024-01-01&sig=" + mark("a1b2c3") + "&se=2027"},
		{"x", "https://func.azurewebsites.net/api/orders?code=hunter22", "https://func.azurewebsites.net/api/orders?code=" + mark("hunter22")},
		{"x", "--dsn app:hunter2@tcp(db.contoso.com:3306)/shop", "--dsn app:" + mark("hunter2") + "@tcp(db.contoso.com:3306)/shop"},
		{"x", `{"host":"db.contoso.com","password":"hunter2"}`, `{"host":"db.contoso.com","password":"` + mark("hunter2") + `"}`},
	} {
		r, _, err := s.Seal(Draft{ID: "r", Form: ARM, Props: object(x.name, x.text)})
		if err != nil {
			t.Fatal(err)
		}
		v, err := r.Tree()
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Get(x.name).Str(); got != x.want {
			t.Errorf("%s\n  became %s\n  and not %s", x.text, got, x.want)
		}
		if len(r.Redacted) != 1 || string(r.Redacted[0]) != x.name {
			t.Errorf("%s: redacted %v", x.text, r.Redacted)
		}
	}
}
