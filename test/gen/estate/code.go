package estate

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

//go:embed code/root.tf
var rootTF string

//go:embed code/application.tf
var applicationTF string

// PerApplication is how many resources one application of [Module] declares.
const PerApplication = 40

// Module writes a Terraform root module that declares n resources, rounded up to whole applications, into dir: one local
// module that is called once for each application.
func Module(dir string, n int) error {
	var main strings.Builder
	main.WriteString(rootTF)
	for app := 0; app*PerApplication < n; app++ {
		name := appName(app)
		fmt.Fprintf(&main, `
module %q {
  source   = "./modules/application"
  name     = %q
  index    = %d
  location = local.regions[%d]
  tags     = merge(local.common, { owner = "team-%s" })
}
`, strings.ReplaceAll(name, "-", "_"), name, app, app%len(regions), domains[app%len(domains)])
	}
	for name, text := range map[string]string{
		"main.tf": main.String(), "modules/application/main.tf": applicationTF,
		"terraform.tfvars": fmt.Sprintf("subscription_id = %q\n", Subscription),
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Template writes an ARM template of at least the given size, as Bicep compiles one: for each application a nested deployment
// with inner scope, with parameters, variables, loops and references.
func Template(w io.Writer, bytes int) error {
	resources := []any{}
	size := 0
	for app := 0; size < bytes; app++ {
		d := deployment(app)
		text, err := json.MarshalIndent(d, "    ", "  ")
		if err != nil {
			return err
		}
		size += len(text)
		resources = append(resources, d)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(attrs{
		"$schema":        "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
		"contentVersion": "1.0.0.0",
		"parameters":     attrs{"location": attrs{"type": "string", "defaultValue": "westeurope"}},
		"resources":      resources,
	})
}

func deployment(app int) attrs {
	name := appName(app)
	resource := func(typ, name string, more attrs) attrs {
		r := attrs{"type": typ, "apiVersion": "2024-01-01", "name": name, "location": "[parameters('location')]", "tags": "[variables('tags')]"}
		for k, v := range more {
			r[k] = v
		}
		return r
	}
	settings := []any{}
	for i := range 12 {
		settings = append(settings, attrs{
			"name":  fmt.Sprintf("Setting__%d", i),
			"value": fmt.Sprintf("[format('https://{0}/%d', reference(resourceId('Microsoft.Storage/storageAccounts', variables('store'))).primaryEndpoints.blob)]", i),
		})
	}
	return attrs{
		"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": name,
		"properties": attrs{
			"mode": "Incremental", "expressionEvaluationOptions": attrs{"scope": "inner"},
			"parameters": attrs{"name": attrs{"value": name}, "location": attrs{"value": "[parameters('location')]"}},
			"template": attrs{
				"$schema":        "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
				"contentVersion": "1.0.0.0",
				"parameters": attrs{
					"name": attrs{"type": "string"}, "location": attrs{"type": "string"},
					"queues": attrs{"type": "array", "defaultValue": []string{"orders", "invoices", "mails", "returns", "retries"}},
				},
				"variables": attrs{
					"store": "[toLower(replace(format('st{0}', parameters('name')), '-', ''))]",
					"tags":  attrs{"system": "[parameters('name')]", "environment": "prod"},
					"apps":  []string{"web", "api", "worker"},
				},
				"resources": []any{
					resource("Microsoft.Storage/storageAccounts", "[variables('store')]", attrs{"sku": attrs{"name": "Standard_ZRS"}, "kind": "StorageV2", "properties": attrs{"minimumTlsVersion": "TLS1_2"}}),
					resource("Microsoft.Web/serverfarms", "[format('plan-{0}', parameters('name'))]", attrs{"sku": attrs{"name": "P1v3"}}),
					resource("Microsoft.Web/sites", "[format('app-{0}-{1}', parameters('name'), variables('apps')[copyIndex()])]", attrs{
						"copy":     attrs{"name": "apps", "count": "[length(variables('apps'))]"},
						"identity": attrs{"type": "SystemAssigned"},
						"properties": attrs{
							"serverFarmId": "[resourceId('Microsoft.Web/serverfarms', format('plan-{0}', parameters('name')))]",
							"siteConfig":   attrs{"appSettings": settings},
						},
						"dependsOn": []string{"[resourceId('Microsoft.Web/serverfarms', format('plan-{0}', parameters('name')))]"},
					}),
					resource("Microsoft.ServiceBus/namespaces", "[format('sb-{0}', parameters('name'))]", attrs{"sku": attrs{"name": "Standard"}}),
					resource("Microsoft.ServiceBus/namespaces/queues", "[format('{0}/{1}', format('sb-{0}', parameters('name')), parameters('queues')[copyIndex()])]", attrs{
						"copy": attrs{"name": "queues", "count": "[length(parameters('queues'))]"}, "properties": attrs{"maxDeliveryCount": 10},
					}),
					resource("Microsoft.Network/virtualNetworks", "[format('vnet-{0}', parameters('name'))]", attrs{"properties": attrs{
						"addressSpace": attrs{"addressPrefixes": []string{"10.0.0.0/16"}},
						"copy":         []any{attrs{"name": "subnets", "count": 4, "input": attrs{"name": "[format('snet-{0}', copyIndex('subnets'))]", "properties": attrs{"addressPrefix": "[cidrSubnet('10.0.0.0/16', 24, copyIndex('subnets'))]"}}}},
					}}),
				},
				"outputs": attrs{"api": attrs{"type": "string", "value": "[reference(resourceId('Microsoft.Web/sites', format('app-{0}-api', parameters('name')))).defaultHostName]"}},
			},
		},
	}
}
