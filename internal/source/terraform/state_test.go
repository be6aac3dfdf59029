package terraform

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

// at returns the draft with that address and side.
func at(t *testing.T, s *sourcetest.Sink, address string, side evidence.Side) evidence.Draft {
	t.Helper()
	for _, d := range s.Drafts {
		if d.Origin.Address == address && d.Side == side {
			return d
		}
	}
	t.Fatalf("no resource %s on the %s side", address, side)
	return evidence.Draft{}
}

var readers = []sourcetest.Reader{State(), Show()}

func input(t testing.TB, name string) evidence.Input {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return inputOf(filepath.Base(name), string(data))
}

func inputOf(name, data string) evidence.Input { return sourcetest.Text(name, data) }

// published counts the instances of the shared inputs, counted with another tool.
var published = map[string]int{
	"driftctl__pkg__iac__terraform__state__test__aws_lb_listener__terraform.tfstate":                7,
	"driftctl__pkg__iac__terraform__state__test__azurerm_lb__terraform.tfstate":                     1,
	"driftctl__pkg__iac__terraform__state__test__azurerm_lb_rule__terraform.tfstate":                1,
	"driftctl__pkg__iac__terraform__state__test__azurerm_network_security_group__terraform.tfstate": 4,
	"inframap__generate__testdata__aws_state_multiple_hanging_edges.json":                           16,
	"inframap__generate__testdata__azure.tfstate":                                                   5,
	"terraboard__test__data__minio-1__test-bucket__terraform_1.tfstate":                             3,
}

func TestPublishedInputs(t *testing.T) {
	root := os.Getenv("C4ARCH_INPUTS")
	if root == "" {
		t.Skip("did not run: C4ARCH_INPUTS names no folder of published inputs")
	}
	files, err := filepath.Glob(filepath.Join(root, "tfstate", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs under %s: %v", root, err)
	}
	for _, f := range files {
		in := input(t, f)
		if !State().Sniff(in) || Show().Sniff(in) {
			t.Errorf("%s: not claimed by the state reader alone", in.Name)
		}
		var b sourcetest.Sink
		if err := State().Read(context.Background(), in, &b); err != nil {
			t.Errorf("%s: %v", in.Name, err)
		}
		want, known := published[in.Name]
		if !known || len(b.Drafts) != want {
			t.Errorf("%s: %d resources, want %d (known: %v)", in.Name, len(b.Drafts), want, known)
		}
		for _, d := range b.Drafts {
			if strings.HasPrefix(d.ID, "tf:") {
				t.Errorf("%s: %s has no identity but its address", in.Name, d.Origin.Address)
			}
		}
	}
	others := 0
	for _, dir := range []string{"recordings", "azure", "arm", "kubernetes", "compose"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(f string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			others++
			for _, r := range readers {
				if r.Sniff(input(t, f)) {
					t.Errorf("%s: claimed by %s", f, r.Name())
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if others == 0 {
		t.Error("no other inputs to tell states from")
	}
}
