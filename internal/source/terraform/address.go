package terraform

import (
	"strings"

	"c4arch/internal/base/tree"
	"c4arch/internal/source/terraform/config"
)

// address returns the absolute address of a resource instance, as Terraform writes it
// (developer.hashicorp.com/terraform/cli/state/resource-addressing).
func address(module, mode, kind, local string) string {
	a := kind + "." + local
	if mode == "data" {
		a = "data." + a
	}
	if module != "" {
		a = module + "." + a
	}
	return a
}

// indexOf returns what an index_key puts behind the name: [0], ["web"], or nothing.
func indexOf(key *tree.Value) (string, error) {
	if key == nil {
		return "", nil
	}
	switch key.Kind {
	case tree.Null:
		return "", nil
	case tree.Number:
		return "[" + key.Text + "]", nil
	case tree.String:
		return "[" + config.Quote(key.Text) + "]", nil
	}
	return "", wrong(key.Line, "the index_key of an instance is neither a number nor a string")
}

// shortProvider returns the name that the rest of the program knows a provider by. It
// takes provider["registry.terraform.io/hashicorp/azurerm"].alias, module.x.provider.aws.alias (Terraform 0.12),
// registry.terraform.io/hashicorp/azurerm (show -json) and azurerm. A type begins with its
// provider's name where nothing else is said.
func shortProvider(ref, kind string) string {
	name := ref
	if _, after, ok := strings.Cut(ref, `provider["`); ok {
		name, _, _ = strings.Cut(after, `"`)
	} else if i := strings.LastIndex("."+ref, ".provider."); i >= 0 {
		name, _, _ = strings.Cut(("." + ref)[i+len(".provider."):], ".")
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	if name == "" {
		name, _, _ = strings.Cut(kind, "_")
	}
	switch name {
	case "azurerm", "azapi", "azuread":
		return "azure"
	case "google", "google-beta":
		return "google"
	case "kubernetes", "helm":
		return "kubernetes"
	case "":
		return "unknown"
	}
	return name
}

// addresses joins lists of addresses into one without repetition.
func addresses(lists ...*tree.Value) ([]tree.Value, error) {
	var all []tree.Value
	seen := map[string]bool{}
	for _, l := range lists {
		if l != nil && l.Kind != tree.Array && l.Kind != tree.Null {
			return nil, wrong(l.Line, "the dependencies of an instance are not an array")
		}
		for _, a := range l.List() {
			if a.Kind != tree.String {
				return nil, wrong(a.Line, "a dependency is not a string")
			}
			if !seen[a.Text] {
				seen[a.Text] = true
				all = append(all, a)
			}
		}
	}
	return all, nil
}
