package terraform

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/source/sourcetest"
)

// generated returns a state of n web apps of 4 kB each, which refer to each other.
func generated(n int) string {
	var b strings.Builder
	b.WriteString("{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.8\",\n  \"serial\": 1,\n  \"lineage\": \"x\",\n  \"outputs\": {},\n  \"resources\": [")
	id := func(i int) string {
		return fmt.Sprintf("/subscriptions/0000aaaa-0000-4000-8000-000000000000/resourceGroups/rg-%d/providers/Microsoft.Web/sites/app-%d", i%50, i)
	}
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `
    {
      "module": "module.apps[\"team-%d\"]",
      "mode": "managed",
      "type": "azurerm_linux_web_app",
      "name": "app_%d",
      "provider": "provider[\"registry.terraform.io/hashicorp/azurerm\"]",
      "instances": [
        {
          "schema_version": 0,
          "attributes": {
            "app_settings": {`, i%20, i)
		for k := range 20 {
			fmt.Fprintf(&b, "\n              \"SETTING_%d\": \"https://app-%d.azurewebsites.net/api/%d\",", k, (i*7+k)%n, k)
		}
		fmt.Fprintf(&b, `
              "PASSWORD": "p%d"
            },
            "id": %q,
            "location": "westeurope",
            "name": "app-%d",
            "site_config": [
              {
                "always_on": true,
                "application_stack": [
                  {
                    "dotnet_version": "8.0"
                  }
                ],
                "worker_count": %d
              }
            ],
            "tags": {
              "system": "team-%d"
            }
          },
          "sensitive_attributes": [
            [
              {
                "type": "get_attr",
                "value": "app_settings"
              },
              {
                "type": "index",
                "value": {
                  "value": "PASSWORD",
                  "type": "string"
                }
              }
            ]
          ],
          "dependencies": [
            "module.apps.azurerm_linux_web_app.app_%d"
          ]
        }
      ]
    }`, i, id(i), i, i%5, i%20, (i+1)%n)
	}
	b.WriteString("\n  ]\n}\n")
	return b.String()
}

func TestGenerated(t *testing.T) {
	b := read(t, State(), inputOf("generated", generated(100)))
	if len(b.Drafts) != 100 || len(b.Drafts[99].Sensitive) != 1 || b.Drafts[99].Tags["system"] != "team-19" {
		t.Errorf("%d resources, the last %+v", len(b.Drafts), b.Drafts[len(b.Drafts)-1])
	}
}

func BenchmarkState10000(b *testing.B) {
	in := inputOf("generated", generated(10_000))
	b.SetBytes(int64(len(in.Data)))
	b.ReportAllocs()
	for b.Loop() {
		var c sourcetest.Counter
		if err := State().Read(context.Background(), in, &c); err != nil || c.Drafts != 10_000 {
			b.Fatal(err, c.Drafts)
		}
	}
}
