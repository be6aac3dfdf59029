package azure

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// find returns what was not read for a reason.
func find(s *sourcetest.Sink, reason string) (n []evidence.NotRead) {
	for _, u := range s.Missing {
		if strings.Contains(u.Reason, reason) {
			n = append(n, u)
		}
	}
	return n
}

func input(t testing.TB, name string) evidence.Input {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return inputOf(filepath.Base(name), string(data))
}

func inputOf(name, data string) evidence.Input { return sourcetest.Text(name, data) }

// published counts the rows of the shared inputs, counted with another tool.
var published = map[string]int{
	"AccessControlTest.test_find_assignments_by_role.0.json":                           74,
	"AccessControlTest.test_find_assignments_by_role.1.json":                           1,
	"AccessControlTest.test_find_assignments_by_role.2.json":                           1,
	"AccessControlTest.test_find_assignments_by_role.3.json":                           1,
	"AccessControlTest.test_find_assignments_by_role.4.json":                           1,
	"AccessControlTest.test_find_assignments_by_role.5.json":                           1,
	"AccessControlTest.test_find_assignments_by_role.6.json":                           1,
	"AccessControlTest.test_find_assignments_by_role.7.json":                           1,
	"ApplicationGatewayTest.test_find_waf.0.json":                                      4,
	"ApplicationGatewayTest.test_find_waf.1.json":                                      1,
	"DiagnosticSettingsFilterTest.test_filter_diagnostic_settings_enabled.0.json":      4,
	"DiagnosticSettingsFilterTest.test_filter_diagnostic_settings_enabled.1.json":      1,
	"DiagnosticSettingsFilterTest.test_filter_diagnostic_settings_enabled.2.json":      4,
	"DiagnosticSettingsFilterTest.test_filter_diagnostic_settings_enabled.3.json":      1,
	"KeyVaultTest.test_update_access_policy.0.json":                                    5,
	"KeyVaultTest.test_update_access_policy.1.json":                                    0,
	"KeyVaultTest.test_update_access_policy.2.json":                                    1,
	"KeyVaultTest.test_update_access_policy.3.json":                                    1,
	"NetworkSecurityGroupTest.test_open_ports.0.json":                                  1,
	"NetworkSecurityGroupTest.test_open_ports.2.json":                                  1,
	"ResourceGraphSource.test_resource_graph_and_arm_sources_vm_are_equivalent.0.json": 1,
	"ResourceGraphSource.test_resource_graph_and_arm_sources_vm_are_equivalent.1.json": 1,
	"ResourcesFirstPageQuery.json":                                                     3,
}

func TestPublishedInputs(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		t.Skip("did not run: C4ARCH_INPUTS names no folder of published inputs")
	}
	files, err := filepath.Glob(filepath.Join(root, "azure", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs under %s: %v", root, err)
	}
	for _, f := range files {
		in := input(t, f)
		if !Export().Sniff(in) {
			t.Errorf("%s: not claimed", in.Name)
		}
		var b sourcetest.Sink
		if err := Export().Read(context.Background(), in, &b); err != nil {
			t.Errorf("%s: %v", in.Name, err)
		}
		want, known := published[in.Name]
		if !known || len(b.Drafts) != want {
			t.Errorf("%s: %d resources, want %d (known: %v)", in.Name, len(b.Drafts), want, known)
		}
	}
	others := 0
	for _, dir := range []string{"recordings", "tfstate", "arm", "kubernetes", "compose"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(f string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			others++
			if Export().Sniff(input(t, f)) {
				t.Errorf("%s: claimed, and it is not an export", f)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if others == 0 {
		t.Error("no other inputs to tell exports from")
	}
}
