package estate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// State writes resources as a Terraform state of version 4, indented as Terraform does.
func State(w io.Writer, resources []Resource) error {
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, `{
  "version": 4,
  "terraform_version": "1.9.8",
  "serial": %d,
  "lineage": "2f1c6f1e-0000-4000-8000-000000000001",
  "outputs": {},
  "resources": [`, len(resources))
	var prev string
	open := false
	for i := range resources {
		r := &resources[i]
		// Instances of one resource stand in one entry.
		if r.Address() != prev {
			if open {
				fmt.Fprint(out, "\n      ]\n    }")
			}
			fmt.Fprint(out, comma(i), "\n    {\n")
			if r.Module != "" {
				fmt.Fprintf(out, "      \"module\": %q,\n", r.Module)
			}
			fmt.Fprintf(out, "      \"mode\": %q,\n      \"type\": %q,\n      \"name\": %q,\n", mode(r), r.Type, r.Name)
			fmt.Fprint(out, `      "provider": "provider[\"registry.terraform.io/hashicorp/azurerm\"]",`, "\n      \"instances\": [")
			prev, open = r.Address(), true
		} else {
			fmt.Fprint(out, ",")
		}
		text, err := json.MarshalIndent(instance(r), "        ", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n        %s", text)
	}
	if open {
		fmt.Fprint(out, "\n      ]\n    }\n  ")
	}
	fmt.Fprint(out, "],\n  \"check_results\": null\n}\n")
	return out.Flush()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

func mode(r *Resource) string {
	if r.Data {
		return "data"
	}
	return "managed"
}

type stateInstance struct {
	Key       any      `json:"index_key,omitempty"`
	Schema    int      `json:"schema_version"`
	Attrs     attrs    `json:"attributes"`
	Sensitive [][]step `json:"sensitive_attributes"`
	Deps      []string `json:"dependencies,omitempty"`
}

type step struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

func instance(r *Resource) stateInstance {
	in := stateInstance{Key: r.Key, Attrs: r.Attrs, Sensitive: [][]step{}, Deps: r.Deps}
	for _, s := range r.Sensitive {
		in.Sensitive = append(in.Sensitive, []step{{"get_attr", s}})
	}
	return in
}

// graphRow is a row of Azure Resource Graph's table of resources.
type graphRow struct {
	ID             string            `json:"id"`
	Name           string            `json:"name"`
	Type           string            `json:"type"`
	TenantID       string            `json:"tenantId"`
	Kind           string            `json:"kind"`
	Location       string            `json:"location"`
	Group          string            `json:"resourceGroup"`
	SubscriptionID string            `json:"subscriptionId"`
	ManagedBy      string            `json:"managedBy"`
	SKU            attrs             `json:"sku"`
	Plan           attrs             `json:"plan"`
	Props          attrs             `json:"properties"`
	Tags           map[string]string `json:"tags"`
	Identity       attrs             `json:"identity"`
	Zones          []string          `json:"zones"`
}

// Graph writes resources as the answer of `az graph query`, one row a line. Those that Resource
// Graph does not list are left out: use [Exported] for a given number of rows.
func Graph(w io.Writer, resources []Resource) error {
	out := bufio.NewWriterSize(w, 1<<16)
	n := 0
	for i := range resources {
		if resources[i].ARMType != "" {
			n++
		}
	}
	fmt.Fprintf(out, "{\n\"count\": %d,\n\"data\": [", n)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	first := true
	for i := range resources {
		r := &resources[i]
		if r.ARMType == "" {
			continue
		}
		if !first {
			fmt.Fprint(out, ",")
		} else {
			fmt.Fprintln(out)
		}
		first = false
		err := enc.Encode(graphRow{
			ID: r.ID, Name: r.ARMName, Type: r.ARMType, TenantID: Tenant, Kind: r.Kind, Location: r.Location, Group: r.Group,
			SubscriptionID: Subscription, SKU: r.SKU, Props: r.Props, Tags: r.Tags, Identity: r.Identity,
		})
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "],\n\"skip_token\": null,\n\"total_records\": %d\n}\n", n)
	return out.Flush()
}
