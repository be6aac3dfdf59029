package detect

import (
	"testing"

	"c4arch/internal/arch/drift"
)

// TestWhatIsNotReadHidesWhatLiesInIt: a finding that is not found again is gone, unless it can be where nobody could look.
func TestWhatIsNotReadHidesWhatLiesInIt(t *testing.T) {
	old := resources{ids: map[string]bool{"/web/a": true, "/store/s": true}, types: map[string]bool{"web": true, "store": true}}
	web, store := drift.Finding{Resource: "/Web/A", Type: "Web"}, drift.Finding{Resource: "/store/s", Type: "store"}
	element := drift.Finding{Resource: "shop.api", Type: "container"}
	same := old
	none := resources{ids: map[string]bool{}, types: map[string]bool{}}
	for _, x := range []struct {
		name    string
		unknown []drift.Unknown
		now     resources
		finding drift.Finding
		hidden  bool
	}{
		{"all was read", nil, same, web, false},
		{"all was read, and it was removed", nil, none, web, false},
		{"what could never be read", []drift.Unknown{{Type: "web"}}, same, web, false},
		{"what could never be read, of another type", []drift.Unknown{{Type: "web"}}, same, store, false},
		{"what could be read before", []drift.Unknown{{Type: "web", WasKnown: true}}, same, web, true},
		{"what could be read before, of another type", []drift.Unknown{{Type: "web", WasKnown: true}}, same, store, false},
		{"this resource", []drift.Unknown{{Resource: "/web/a", Type: "web", WasKnown: true}}, same, web, true},
		{"another resource", []drift.Unknown{{Resource: "/web/b", Type: "web", WasKnown: true}}, same, web, false},
		{"a type of which nothing is there", []drift.Unknown{{Type: "web"}}, none, web, true},
		{"a whole input that could be read before", []drift.Unknown{{Input: "x.json", WasKnown: true}}, same, store, true},
		{"a whole input, and nothing of the type is there", []drift.Unknown{{Input: "x.json"}}, none, store, true},
		{"the architecture, and all else as before", []drift.Unknown{{Type: "web"}}, same, element, false},
		{"the architecture, and something that could be read before", []drift.Unknown{{Type: "web", WasKnown: true}}, same, element, true},
	} {
		if got := (unread{x.unknown, old, x.now}).hides(&x.finding); got != x.hidden {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}
