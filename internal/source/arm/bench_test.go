package arm

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// counter is a sink that keeps nothing.
type counter struct{ drafts, notRead int }

func (c *counter) Resource(evidence.Draft) error { c.drafts++; return nil }
func (c *counter) NotRead(evidence.NotRead)      { c.notRead++ }
func (c *counter) Used(string)                   {}
func (c *counter) Part(string)                   {}

// generated is a template of at least that many bytes, as compiled Bicep is: modules with parameters and outputs that
// refer to each other, loops, and resources with expressions.
func generated(size int) string {
	var b strings.Builder
	b.WriteString(`{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "prefix": { "type": "string", "defaultValue": "contoso" },
    "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
    "open": { "type": "string" }
  },
  "variables": {
    "tags": { "system": "[parameters('prefix')]", "stage": "prod" },
    "names": ["a", "b", "c"]
  },
  "resources": [`)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `
    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "[format('module-%[1]d-{0}', parameters('prefix'))]",
      "properties": {
        "expressionEvaluationOptions": { "scope": "inner" },
        "mode": "Incremental",
        "parameters": {
          "name": { "value": "[concat(parameters('prefix'), '-%[1]d')]" },
          "tags": { "value": "[union(variables('tags'), createObject('part', '%[1]d'))]" },
          "location": { "value": "[parameters('location')]" }
        },
        "template": {
          "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          "contentVersion": "1.0.0.0",
          "parameters": { "name": { "type": "string" }, "tags": { "type": "object" }, "location": { "type": "string" } },
          "variables": { "rules": [ { "name": "one", "port": 80 }, { "name": "two", "port": 443 } ] },
          "resources": [
            {
              "type": "Microsoft.Web/sites", "apiVersion": "2023-01-01", "name": "[format('{0}-{1}', parameters('name'), copyIndex())]",
              "copy": { "name": "sites", "count": 2 },
              "location": "[parameters('location')]", "tags": "[parameters('tags')]", "kind": "app,linux",
              "identity": { "type": "UserAssigned", "userAssignedIdentities": { "[format('{0}', resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', parameters('name')))]": {} } },
              "properties": {
                "serverFarmId": "[resourceId('Microsoft.Web/serverfarms', format('plan-{0}', parameters('name')))]",
                "siteConfig": {
                  "appSettings": [
                    { "name": "STORE", "value": "[reference(resourceId('Microsoft.Storage/storageAccounts', format('st{0}', replace(parameters('name'), '-', '')))).primaryEndpoints.blob]" },
                    { "name": "REGION", "value": "[if(contains(variables('rules'), 'x'), 'yes', toLower('NO'))]" },
                    { "name": "UNIQUE", "value": "[uniqueString(resourceGroup().id, parameters('name'))]" }
                  ]
                }
              },
              "dependsOn": [ "[resourceId('Microsoft.Web/serverfarms', format('plan-{0}', parameters('name')))]" ]
            },
            {
              "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-04-01", "name": "[format('nsg-{0}', parameters('name'))]", "location": "[parameters('location')]",
              "properties": {
                "copy": [
                  { "name": "securityRules", "count": "[length(variables('rules'))]", "input": { "name": "[variables('rules')[copyIndex('securityRules')].name]", "properties": { "priority": "[add(100, copyIndex('securityRules'))]", "destinationPortRange": "[string(variables('rules')[copyIndex('securityRules')].port)]", "access": "Allow", "direction": "Inbound", "protocol": "*" } } }
                ]
              }
            }
          ],
          "outputs": { "id": { "type": "string", "value": "[resourceId('Microsoft.Web/sites', parameters('name'))]" } }
        }
      }
    },
    {
      "type": "Microsoft.Insights/components", "apiVersion": "2020-02-02", "name": "appi-%[1]d", "location": "[parameters('location')]",
      "condition": "[not(equals(parameters('prefix'), 'fabrikam'))]",
      "tags": { "hidden-link": "[reference(resourceId('Microsoft.Resources/deployments', format('module-%[1]d-{0}', parameters('prefix'))), '2022-09-01').outputs.id.value]" },
      "properties": { "Application_Type": "web", "Flow_Type": "[parameters('open')]" }
    }`, i)
	}
	b.WriteString("\n  ]\n}\n")
	return b.String()
}

func TestGenerated(t *testing.T) {
	s, r := readKeeping(t, sourcetest.Text("main.json", generated(50_000)))
	checkDrafts(t, s)
	a := r.account()
	// Of four blocks one is a deployment, and one is there twice.
	if len(s.Drafts) != a.blocks || a.lost+a.refused != 0 || len(s.Missing) != 1 {
		t.Errorf("%d drafts, %+v\n%s", len(s.Drafts), a, reasons(s))
	}
	last := s.Drafts[len(s.Drafts)-1]
	if last.Tags["hidden-link"] != "" || last.Props.Lookup("tags", "hidden-link").Str() == "" {
		t.Errorf("%+v", last)
	}
}

func BenchmarkTemplate1500kB(b *testing.B) {
	in := sourcetest.Text("main.json", generated(1_500_000))
	b.SetBytes(int64(len(in.Data)))
	b.ReportAllocs()
	for b.Loop() {
		var c counter
		if err := Templates().Read(context.Background(), in, &c); err != nil || c.drafts < 1000 {
			b.Fatal(err, c)
		}
	}
}
