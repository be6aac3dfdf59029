package arm

import (
	"fmt"
	"testing"

	"c4arch/internal/arch/evidence"
)

func TestSplitLeavesOpenPartsWhole(t *testing.T) {
	for text, want := range map[string]string{
		"a/b/c":                               `["a" "b" "c"]`,
		"${parameters('a/b')}/c":              `["${parameters('a/b')}" "c"]`,
		"x-${concat('{', '}', '/')}/@(a/b)/y": `["x-${concat('{', '}', '/')}" "@(a/b)" "y"]`,
		"${a":                                 `["${a"]`,
		"":                                    `[""]`,
		"/":                                   `["" ""]`,
	} {
		if got := fmt.Sprintf("%q", split(text)); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestIDsAreSettled(t *testing.T) {
	settle := fileTarget(groupLevel, evidence.Input{Name: "main.json"}).settler()
	for text, want := range map[string]string{
		"/subscriptions/${subscription().subscriptionId}/resourceGroups/${resourceGroup().name}/x": "/subscriptions/@(main.json)/resourceGroups/@(main.json)/x",
		"/subscriptions/@(subscription().subscriptionid)/resourcegroups/@(resourcegroup().name)":   "/subscriptions/@(main.json)/resourcegroups/@(main.json)",
		"${subscription().subscriptionId}":                                                       "${subscription().subscriptionId}",
		"/subscriptions/s/providers/Microsoft.Resources/resourceGroups/g":                        "/subscriptions/s/resourceGroups/g",
		"/subscriptions/@(a/b)/providers/microsoft.resources/resourcegroups/g/providers/A.B/c/d": "/subscriptions/@(a/b)/resourceGroups/g/providers/A.B/c/d",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/resourceGroups/h":       "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/resourceGroups/h",
		"/subscriptions/": "/subscriptions/", "/subscriptions/s": "/subscriptions/s",
	} {
		if got := settle(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
