package severity_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/source/arm"
	"c4arch/internal/source/azure"
	"c4arch/internal/source/sourcetest"
	"c4arch/internal/source/terraform"
)

// azureResources reads the exports, states and templates in the folders.
func azureResources(t testing.TB, dirs ...string) []evidence.Resource {
	t.Helper()
	sealer := azureSealer(t)
	readers := []sourcetest.Reader{azure.Export(), terraform.State(), arm.Templates()}
	var out []evidence.Resource
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() || filepath.Ext(e.Name()) == ".md" {
				continue
			}
			in := sourcetest.File(t, os.DirFS(dir), e.Name())
			for _, r := range readers {
				if !r.Sniff(in) {
					continue
				}
				sink := &sourcetest.Sink{}
				if err := r.Read(t.Context(), in, sink); err != nil {
					t.Fatalf("%s: %v", e.Name(), err)
				}
				for _, d := range sink.Drafts {
					sealed, _, err := sealer.Seal(d)
					if err != nil {
						t.Fatal(err)
					}
					out = append(out, sealed)
				}
				break
			}
		}
	}
	return out
}

// arriving judges each resource as one that nobody approved, and counts what the Azure packs say. No rule may fail.
func arriving(t *testing.T, all []evidence.Resource) map[string]int {
	t.Helper()
	table, said := azureTable(t), map[string]int{}
	for _, r := range all {
		vs, err := table.Judge(t.Context(), severity.Case{Change: &diff.Change{Kind: diff.Added, New: &r}})
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		for _, v := range vs {
			if strings.HasPrefix(v.Rule.Pack, "azure") {
				said[fmt.Sprintf("%s %s %s", v.Rule.ID, v.Direction, r.Type)]++
			}
		}
	}
	return said
}

// TestAzureExampleEstate: the estate of the example is a sound one, so nothing in it is alarming by itself.
func TestAzureExampleEstate(t *testing.T) {
	all := azureResources(t, "../../../examples/contoso/azure", "../../../examples/contoso/terraform", "../../../examples/arm")
	if len(all) < 80 {
		t.Fatalf("only %d resources were read", len(all))
	}
	for said, n := range arriving(t, all) {
		id, _, _ := strings.Cut(said, " ")
		if !slices.Contains([]string{"AZ-ALERT", "AZ-ROLE-DATA-WRITE", "AZ-ROLE-CONTRIBUTOR", "AZ-PUBLIC-INGRESS", "AZ-PUBLIC-ADDRESS"}, id) {
			t.Errorf("%s, %d times", said, n)
		}
	}
}

// TestAzurePublished judges the resources that others published. What is said of them is listed below by how often: a state that is merely a
// default must not be in it.
func TestAzurePublished(t *testing.T) {
	root := sourcetest.Inputs(t)
	all := azureResources(t, filepath.Join(root, "azure"), filepath.Join(root, "arm"), filepath.Join(root, "tfstate"))
	if len(all) < 190 {
		t.Fatalf("only %d resources were read", len(all))
	}
	said := arriving(t, all)
	var got []string
	for _, k := range slices.Sorted(maps.Keys(said)) {
		got = append(got, fmt.Sprintf("%s %d", k, said[k]))
	}
	if want := strings.Split(strings.TrimSpace(publishedVerdicts), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// publishedVerdicts is what there is to say: 43 assignments of Contributor, 20 of Owner at a wide scope and 6 of writers of data among the
// recordings, counted by hand too; gateways with the policy of 2015; a machine with a password; access policies that write; and public addresses.
const publishedVerdicts = `
AZ-ALERT tightened microsoft.insights/metricalerts 15
AZ-ALERT tightened microsoft.insights/scheduledqueryrules 1
AZ-KV-POLICY-WRITE loosened microsoft.keyvault/vaults 9
AZ-PUBLIC-ADDRESS loosened azurerm_lb 1
AZ-PUBLIC-ADDRESS loosened microsoft.network/applicationgateways 4
AZ-PUBLIC-ADDRESS loosened microsoft.network/loadbalancers 6
AZ-ROLE-CONTRIBUTOR loosened microsoft.authorization/roleassignments 43
AZ-ROLE-DATA-WRITE loosened microsoft.authorization/roleassignments 6
AZ-ROLE-OWNER loosened microsoft.authorization/roleassignments 20
AZ-TLS-POLICY loosened microsoft.network/applicationgateways 4
AZ-VM-PASSWORD loosened microsoft.compute/virtualmachines 2
`
