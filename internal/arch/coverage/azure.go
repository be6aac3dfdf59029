package coverage

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// azureRow says which resource of the azurerm provider manages a type of Azure Resource Manager.
type azureRow struct {
	arm string // as the provider spells it in ids, whose constant segments it compares with regard to case
	// kind is the type in Terraform, or "" where choose decides by the properties.
	kind   string
	choose func(id string, props *tree.Value) (kind, why string)
	// form is how the id for the import is made: "" is the id itself.
	form idForm
}

const groupType = "Microsoft.Resources/resourceGroups"

type idForm int

const (
	plainID   idForm = iota
	scopeName        // <the resource that it is on>|<name>: diagnostic settings
	idScope          // <id>|<the scope that it is defined in>: role definitions
)

// never are types that no Terraform resource manages for itself, with the reason.
var never = map[string]string{
	"microsoft.resources/deployments":                              "it is the record of a deployment and not a resource",
	"microsoft.network/networksecuritygroups/defaultsecurityrules": "Azure makes it with its security group",
	"microsoft.network/networkinterfaces/ipconfigurations":         "it is a part of azurerm_network_interface",
	"microsoft.storage/storageaccounts/blobservices":               "it is a part of azurerm_storage_account",
	"microsoft.storage/storageaccounts/fileservices":               "it is a part of azurerm_storage_account",
	"microsoft.storage/storageaccounts/queueservices":              "it is a part of azurerm_storage_account",
	"microsoft.storage/storageaccounts/tableservices":              "it is a part of azurerm_storage_account",
	"microsoft.web/sites/config":                                   "it is a part of the web or function app",
	"microsoft.keyvault/vaults/secrets":                            "azurerm_key_vault_secret is imported by the secret's own address with its version (https://<vault>.vault.azure.net/secrets/<name>/<version>), which is not read",
	"microsoft.keyvault/vaults/keys":                               "azurerm_key_vault_key is imported by the key's own address with its version (https://<vault>.vault.azure.net/keys/<name>/<version>), which is not read",
	"microsoft.compute/virtualmachinescalesets/virtualmachines":    "the scale set makes it",
}

// ofAzure is for a resource that was read from Azure itself.
func ofAzure(r *evidence.Resource, props *tree.Value) target {
	id := props.GetFold("id").Str()
	at, ok := evidence.ParseARM(id)
	switch {
	case !ok || evidence.NormalizeARM(id) != r.ID:
		return target{why: "its id was not read as Azure spells it, and Terraform compares ids with regard to case"}
	case never[at.Type] != "":
		return target{why: never[at.Type]}
	case strings.HasSuffix(at.Type, "/privateendpointconnections"):
		return target{why: "a private endpoint makes it: import that"}
	}
	row, ok := azureIndex[at.Type]
	if !ok {
		return viaAPI(id, props, "no resource of the azurerm provider is known for "+typeSpelt(id))
	}
	kind, why := row.kind, ""
	if row.choose != nil {
		kind, why = row.choose(evidence.NormalizeARM(id), props)
	}
	if kind == "" {
		return target{why: why}
	}
	spelt, ok := respell(id, row.arm)
	if !ok {
		return viaAPI(id, props, "its id is not one that "+kind+" knows")
	}
	switch row.form {
	case scopeName:
		scope, name := cutExtension(spelt)
		spelt = scope + "|" + name
	case idScope:
		scope, _ := cutExtension(spelt)
		spelt += "|" + scope
	}
	return target{kind: kind, id: spelt}
}

// viaAPI is the way that is open for every type: azapi_resource of the azapi provider, which takes the id with or without an API version
// (registry.terraform.io/providers/azure/azapi/latest/docs/resources/resource#import).
func viaAPI(id string, props *tree.Value, why string) target {
	if version := props.GetFold("apiVersion").Str(); version != "" && !evidence.IsFingerprint(version) {
		id += "?api-version=" + version
	}
	return target{kind: "azapi_resource", id: id, why: why + ": this block is for the azapi provider"}
}

// respell gives the constant segments of an id the spelling of the provider, and leaves names as Azure has them.
func respell(id, arm string) (string, bool) {
	segs := strings.Split(strings.Trim(id, "/"), "/")
	at := -1
	for i, s := range segs {
		for _, word := range [...]string{"subscriptions", "resourceGroups", "providers"} {
			if strings.EqualFold(s, word) && i%2 == 0 {
				segs[i] = word
			}
		}
		if strings.EqualFold(s, "providers") && i%2 == 0 {
			at = i
		}
	}
	if arm == groupType {
		return "/" + strings.Join(segs, "/"), len(segs) == 4
	}
	words := strings.Split(arm, "/")
	if at < 0 || len(segs) != at+2*len(words) {
		return "", false
	}
	segs[at+1] = words[0]
	for i, w := range words[1:] {
		segs[at+2+2*i] = w
	}
	return "/" + strings.Join(segs, "/"), true
}

// cutExtension cuts the id of an extension into what it is on and its name.
func cutExtension(id string) (scope, name string) {
	i := strings.LastIndex(id, "/providers/")
	if i < 0 {
		return "", id
	}
	return id[:i], id[strings.LastIndexByte(id, '/')+1:]
}

// typeSpelt is the type in an id, as the id spells it.
func typeSpelt(id string) string {
	segs := strings.Split(strings.Trim(id, "/"), "/")
	for i := len(segs) - 2; i >= 0; i-- {
		if strings.EqualFold(segs[i], "providers") {
			out := segs[i+1]
			for k := i + 2; k < len(segs); k += 2 {
				out += "/" + segs[k]
			}
			return out
		}
	}
	return "it"
}

var azureIndex = func() map[string]azureRow {
	m := make(map[string]azureRow, len(azureRows))
	for _, r := range azureRows {
		m[strings.ToLower(r.arm)] = r
	}
	m["microsoft.resources/subscriptions/resourcegroups"] = m[strings.ToLower(groupType)] // as its id has it
	return m
}()
