package arm

import (
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

const schemas = "https://schema.management.azure.com/schemas/2019-04-01/"

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		what, text string
		want       bool
	}{
		{"resource group", `{"$schema":"` + schemas + `deploymentTemplate.json#","resources":[]}`, true},
		{"subscription", `{"$schema":"` + schemas + `subscriptionDeploymentTemplate.json#"}`, true},
		{"management group", `{"$SCHEMA":"` + schemas + `managementGroupDeploymentTemplate.json#"}`, true},
		{"tenant", `{"$schema":"HTTP://SCHEMA.management.azure.com/schemas/2019-08-01/tenantDeploymentTemplate.JSON#"}`, true},
		{"comments first", "// what this is\n/* and more */\n{ // x\n\"$schema\": \"" + schemas + "deploymentTemplate.json#\", \"resources\": [] }", true},
		{"a comment before the schema", "{\n  // x\n  \"$schema\": \"" + schemas + "deploymentTemplate.json#\"}", true},
		{"a string of two lines first", "{\"metadata\": {\"x\": \"a\nb\"}, \"$schema\": \"" + schemas + "deploymentTemplate.json#\"}", true},
		{"no schema", `{"contentVersion":"1.0.0.0","resources":[]}`, true},
		{"a wrong schema", `{"$schema":"x","ContentVersion":"1.0.0.0","resources":{}}`, true},
		{"cut off", `{"$schema":"` + schemas + `deploymentTemplate.json#","resources":[`, true},
		{"a long schema", `{"$schema":"` + strings.Repeat("x", 300) + `deploymentTemplate.json#","contentVersion":"1","resources":[]}`, true},
		{"parameters", `{"$schema":"` + schemas + `deploymentParameters.json#","contentVersion":"1","parameters":{}}`, false},
		{"parameters with comments", "{ // x\n\"$schema\":\"" + schemas + "deploymentParameters.json#\",\"contentVersion\":\"1\",\"parameters\":{}}", false},
		{"a workflow", `{"$schema":"https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#","contentVersion":"1","resources":{}}`, false},
		{"a form", `{"$schema":"https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#"}`, false},
		{"an export", `{"id":"/subscriptions/1/resourceGroups/g/providers/a.b/c/d","contentVersion":"1","resources":[]}`, false},
		{"Kubernetes", `{"apiVersion":"v1","kind":"List","contentVersion":"1","resources":[]}`, false},
		{"a state", `{"version":4,"lineage":"x","contentVersion":"1","resources":[]}`, false},
		{"a list", `[{"contentVersion":"1","resources":[]}]`, false},
		{"no template", `{"name":"x","resources":[]}`, false},
		{"a text that speaks of it", "see deploymentTemplate.json", false},
		{"YAML", "contentVersion: 1\nresources: []\n", false},
		{"nothing", "", false},
	} {
		if got := Templates().Sniff(sourcetest.Text("x.json", c.text)); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
