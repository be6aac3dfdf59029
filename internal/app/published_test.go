package app

import (
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// TestPublishedTemplates: every published ARM template evaluates, its references are accounted for, and what could not be told
// is told by reason.
func TestPublishedTemplates(t *testing.T) {
	inputs := sourcetest.Inputs(t)
	files, err := filepath.Glob(filepath.Join(inputs, "arm", "*.json"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		paths := []string{file}
		t.Run(name, func(t *testing.T) { evaluated(t, name, paths) })
		if strings.HasSuffix(name, "hubspoke-connectivity") { // its defaults deploy nothing
			paths := []string{file, filepath.Join("testdata", "hubspoke.parameters.json")}
			t.Run(name+" with parameters", func(t *testing.T) {
				s := evaluated(t, name, paths)
				if in := s.Inputs[len(s.Inputs)-1]; in.Resources != 10 || in.Expressions == 0 || len(in.Unresolved) > 0 {
					t.Errorf("every value follows from the parameters, and the answer is %+v", s.Inputs)
				}
				const group = "/subscriptions/00000000-0000-0000-0000-00000000000c/resourcegroups/rg-vnet-hub-prod-westeurope/providers/microsoft.network/"
				want := map[string]string{ // read in the template by hand
					"azurefirewalls/afw-contoso-prod-westeurope":             `"zones":["1","2","3"]`,
					"virtualnetworks/vnet-hub-contoso-prod-westeurope":       `"addressPrefixes":["10.100.0.0/16"]`,
					"virtualnetworkgateways/vpng-contoso-prod-westeurope":    `"name":"VpnGw2AZ"`,
					"virtualnetworkgateways/ergw-contoso-prod-westeurope":    `"name":"ErGw1AZ"`,
					"publicipaddresses/pip-vpng-contoso-prod-westeurope-001": `"publicIPAllocationMethod":"Static"`,
				}
				for i := range s.Resources {
					r := &s.Resources[i]
					if text, ok := want[strings.TrimPrefix(r.ID, group)]; ok {
						delete(want, strings.TrimPrefix(r.ID, group))
						if !strings.Contains(string(r.Props), text) {
							t.Errorf("%s has no %s: %s", r.ID, text, r.Props)
						}
					}
				}
				for id := range want {
					t.Errorf("%s is missing", id)
				}
			})
		}
	}
}

func evaluated(t *testing.T, name string, paths []string) *evidence.Snapshot {
	t.Helper()
	m, s, _ := scanBytes(t, paths...)
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	a := &m.Account
	if a.Found != a.Shown+a.Nested+a.Hidden+a.Unresolved+a.Ambiguous || a.Uncounted != 0 {
		t.Errorf("the account does not balance: %+v", *a)
	}
	for i := range s.Inputs {
		in := &s.Inputs[i]
		open := 0
		for why, n := range in.Unresolved {
			if open += n; why == evidence.UnknownLimit {
				t.Errorf("%d values of a published template are too much work", n)
			}
		}
		if in.Resources > 0 {
			t.Logf("%s: %d resources, %d of %d expressions not told: %v; %d of %d references unresolved", name, in.Resources, open, in.Expressions, in.Unresolved, a.Unresolved, a.Found)
		}
	}
	if len(s.Resources) == 0 && len(s.NotRead) == 0 {
		t.Error("nothing was read, and nothing says why")
	}
	return s
}
