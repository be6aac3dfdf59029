package change

import (
	"encoding/json"
	"strings"
)

// Types of the estate that kinds name.
const (
	nsg      = "microsoft.network/networksecuritygroups"
	vnet     = "microsoft.network/virtualnetworks"
	endpoint = "microsoft.network/privateendpoints"
	address  = "microsoft.network/publicipaddresses"
	storage  = "microsoft.storage/storageaccounts"
	vault    = "microsoft.keyvault/vaults"
	server   = "microsoft.sql/servers"
	database = "microsoft.sql/servers/databases"
	redis    = "microsoft.cache/redis"
	bus      = "microsoft.servicebus/namespaces"
	site     = "microsoft.web/sites"
	plan     = "microsoft.web/serverfarms"
	registry = "microsoft.containerregistry/registries"
	app      = "microsoft.app/containerapps"
	identity = "microsoft.managedidentity/userassignedidentities"
	logs     = "microsoft.operationalinsights/workspaces"
)

func number(n string) json.Number { return json.Number(n) }

// dress gives a row of the generated estate the settings that kinds change. Half of the resources get weak ones.
func dress(r Row) {
	strong := func(yes, no any) any {
		if weak(r) {
			return no
		}
		return yes
	}
	all := func(values Row) {
		for path, v := range values {
			put(r, "properties."+path, v)
		}
	}
	switch text(r, "type") {
	case nsg:
		all(Row{"securityRules": rules(text(r, "id")), "etag": `W/"1"`})
	case storage:
		all(Row{
			"allowBlobPublicAccess": strong(false, true), "allowSharedKeyAccess": strong(false, true), "minimumTlsVersion": strong("TLS1_2", "TLS1_0"),
			"supportsHttpsTrafficOnly": strong(true, false), "statusOfPrimary": "available",
			"networkAcls.ipRules": []any{Row{"value": "203.0.113.8", "action": "Allow"}, Row{"value": "203.0.113.64/28", "action": "Allow"}},
		})
	case vault:
		all(Row{"enableSoftDelete": true, "enablePurgeProtection": strong(true, nil), "networkAcls": Row{"defaultAction": "Deny", "bypass": "AzureServices"}})
	case server:
		all(Row{"publicNetworkAccess": "Disabled", "minimalTlsVersion": strong("1.2", "1.0")})
	case database:
		all(Row{"zoneRedundant": strong(true, false), "earliestRestoreDate": "2026-10-01T00:00:00Z"})
	case redis:
		all(Row{"enableNonSslPort": strong(false, true), "minimumTlsVersion": strong("1.2", "1.0"), "publicNetworkAccess": "Disabled"})
	case bus:
		all(Row{"disableLocalAuth": strong(true, false), "updatedAt": "2026-10-01T00:00:00Z"})
	case registry:
		all(Row{"adminUserEnabled": strong(false, true)})
	case plan:
		all(Row{"zoneRedundant": strong(true, false)})
	case vnet, endpoint, address:
		all(Row{"etag": `W/"1"`})
	case site:
		all(Row{
			"httpsOnly": strong(true, false), "siteConfig.minTlsVersion": strong("1.2", "1.0"), "siteConfig.ftpsState": strong("Disabled", "AllAllowed"),
			"siteConfig.http20Enabled": true, "lastModifiedTimeUtc": "2026-10-01T00:00:00Z", "outboundIpAddresses": "198.51.100.7,198.51.100.9",
			"hostNames": []any{text(r, "properties.defaultHostName"), strings.ReplaceAll(text(r, "name"), "-", "") + ".example.com"},
			"siteConfig.ipSecurityRestrictions": []any{
				Row{"name": "office", "ipAddress": "203.0.113.0/24", "action": "Allow", "priority": number("100")},
				Row{"name": "front", "ipAddress": "198.51.100.0/24", "action": "Allow", "priority": number("200")},
			},
		})
	}
}

// rules let the Internet in at 443 only: at 22 it is a Deny that stands before an Allow.
func rules(id string) []any {
	rule := func(name, access, priority, source, port string) any {
		return Row{"name": name, "id": id + "/securityRules/" + name, "properties": Row{
			"access": access, "direction": "Inbound", "priority": number(priority), "protocol": "Tcp", "sourceAddressPrefix": source,
			"sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": port,
		}}
	}
	return []any{
		rule("https", "Allow", "100", "Internet", "443"), rule("jump", "Allow", "120", "203.0.113.0/24", "22"),
		rule("no-ssh", "Deny", "150", "Internet", "22"), rule("old-ssh", "Allow", "300", "*", "22"),
	}
}

// ofRule returns the properties of the rule of that name.
func ofRule(r Row, name string) Row {
	list, _ := get(r, "properties.securityRules").([]any)
	for _, item := range list {
		if rule, ok := item.(Row); ok && rule["name"] == name {
			p, _ := rule["properties"].(Row)
			return p
		}
	}
	return nil
}
