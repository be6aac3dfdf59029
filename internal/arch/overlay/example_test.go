package overlay

import (
	"os"
	"testing"
)

// TestShippedExample: the overlay of examples/contoso is valid and says at least one of each.
func TestShippedExample(t *testing.T) {
	data, err := os.ReadFile("../../../examples/contoso/c4arch.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := mustParse(t, string(data))
	for name, n := range map[string]int{
		"persons": len(o.Persons), "systems": len(o.Systems), "externals": len(o.Externals),
		"elements": len(o.Elements), "relationships": len(o.Relationships), "hidden": len(o.Hidden), "environments": len(o.Environments),
	} {
		if n == 0 {
			t.Errorf("no %s", name)
		}
	}
	if err := schema(t).Validate(plain(t, data)); err != nil {
		t.Error(err)
	}
}
