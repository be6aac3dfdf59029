package drift

import (
	"slices"
	"strings"
)

// clouds are the frameworks that speak of one cloud only, by how their names begin, and how types of that cloud begin.
var clouds = []struct {
	framework string
	types     []string
}{
	{"CIS Microsoft Azure", []string{"microsoft.", "azurerm_", "azapi_", "azuread_"}},
	{"CIS AWS", []string{"aws_"}},
	{"CIS Amazon", []string{"aws_"}},
	{"CIS Google", []string{"google_"}},
}

// controlsOf keeps the references that fit the type of a resource: a rule that speaks of several clouds names the controls of each.
func controlsOf(list []string, typ string) []string {
	typ = strings.ToLower(typ)
	return slices.DeleteFunc(slices.Clone(list), func(control string) bool {
		for _, c := range clouds {
			if strings.HasPrefix(control, c.framework) {
				return !slices.ContainsFunc(c.types, func(t string) bool { return strings.HasPrefix(typ, t) })
			}
		}
		return false
	})
}
