package change

import (
	"slices"
	"strings"
)

// kinds are all ways to change something.
func kinds() []kind {
	return slices.Concat(gates(), stores(), programs(), comings(), improvements(), harmless(), noise(), reordered())
}

// gates are what lets more in.
func gates() []kind {
	rule := func(name, severity, of, field, to string) kind {
		return kind{class: Dangerous, severity: severity, types: []string{nsg}, name: name, do: func(r Row) result {
			p := ofRule(r, of)
			if p == nil {
				return not
			}
			if p[field] = to; field == "priority" {
				p[field] = number(to)
			}
			return did
		}}
	}
	return []kind{
		rule("rule for SSH takes the whole Internet", "critical", "jump", "sourceAddressPrefix", "*"),
		rule("rule for 443 takes all ports", "critical", "https", "destinationPortRange", "*"),
		rule("Deny moved behind an Allow", "critical", "no-ssh", "priority", "350"),
		{class: Dangerous, severity: "critical", types: []string{nsg}, name: "new rule: 3389 from two halves of the Internet", do: func(r Row) result {
			list, ok := get(r, "properties.securityRules").([]any)
			if !ok {
				return not
			}
			p := clone(ofRule(r, "https")).(Row)
			delete(p, "sourceAddressPrefix")
			p["sourceAddressPrefixes"], p["priority"], p["destinationPortRange"] = []any{"0.0.0.0/1", "128.0.0.0/1"}, number("310"), "3380-3390"
			put(r, "properties.securityRules", append(list, Row{"name": "temp", "id": text(r, "id") + "/securityRules/temp", "properties": p}))
			return did
		}},
		{class: Dangerous, severity: "high", types: []string{vnet}, name: "subnet without its security group", do: func(r Row) result {
			list, _ := get(r, "properties.subnets").([]any)
			if len(list) == 0 {
				return not
			}
			delete(list[0].(Row)["properties"].(Row), "networkSecurityGroup")
			return did
		}},
		{class: Dangerous, severity: "high", types: []string{endpoint}, name: "private connection no longer approved", do: func(r Row) result {
			list, _ := get(r, "properties.privateLinkServiceConnections").([]any)
			if len(list) == 0 {
				return not
			}
			put(list[0].(Row), "properties.privateLinkServiceConnectionState.status", "Disconnected")
			return did
		}},
	}
}

func stores() []kind {
	return []kind{
		set(Dangerous, "critical", storage, "properties.allowBlobPublicAccess", false, true),
		set(Dangerous, "critical", storage, "properties.networkAcls.defaultAction", "Deny", "Allow"),
		set(Dangerous, "high", storage, "properties.minimumTlsVersion", "TLS1_2", "TLS1_0"),
		set(Dangerous, "high", storage, "properties.supportsHttpsTrafficOnly", true, false),
		set(Dangerous, "high", storage, "properties.allowSharedKeyAccess", false, true),
		set(Dangerous, "medium", storage, "sku.name", "Standard_ZRS", "Standard_LRS"),
		set(Dangerous, "high", vault, "properties.enableRbacAuthorization", true, false),
		set(Dangerous, "high", vault, "properties.enablePurgeProtection", true, nil),
		set(Dangerous, "critical", vault, "properties.networkAcls.defaultAction", "Deny", "Allow"),
		set(Dangerous, "high", server, "properties.minimalTlsVersion", "1.2", "1.0"),
		set(Dangerous, "medium", database, "properties.zoneRedundant", true, false),
		set(Dangerous, "high", redis, "properties.enableNonSslPort", false, true),
		set(Dangerous, "critical", redis, "properties.publicNetworkAccess", "Disabled", "Enabled"),
		set(Dangerous, "high", bus, "properties.disableLocalAuth", true, false),
	}
}

func programs() []kind {
	detached := set(Dangerous, "high", site, "properties.virtualNetworkSubnetId", nil, nil)
	detached.do = func(r Row) result {
		if text(r, "properties.virtualNetworkSubnetId") == "" {
			return not
		}
		put(r, "properties.virtualNetworkSubnetId", nil)
		return did
	}
	detached.name = "sites: left its network"
	return []kind{
		detached,
		set(Dangerous, "high", site, "properties.httpsOnly", true, false),
		set(Dangerous, "high", site, "properties.siteConfig.minTlsVersion", "1.2", "1.0"),
		set(Dangerous, "high", site, "properties.siteConfig.ftpsState", "Disabled", "AllAllowed"),
		set(Dangerous, "high", site, "identity.type", "UserAssigned", "None"),
		set(Dangerous, "medium", site, "properties.siteConfig.linuxFxVersion", "DOTNETCORE|8.0", "DOTNETCORE|6.0"),
		set(Dangerous, "medium", plan, "sku.name", "P1v3", "B1"),
		set(Dangerous, "high", registry, "properties.adminUserEnabled", false, true),
		set(Dangerous, "high", app, "properties.configuration.ingress.external", false, true),
	}
}

// comings and goings.
func comings() []kind {
	gone := func(severity, typ string) kind {
		return kind{class: Dangerous, severity: severity, types: []string{typ}, name: short(typ) + " deleted", do: func(Row) result { return result{ok: true, gone: true} }}
	}
	beside := func(severity, typ, name string, open func(Row)) kind {
		return kind{class: Dangerous, severity: severity, types: []string{typ}, name: name, do: func(r Row) result {
			other := clone(r).(Row)
			old := text(r, "name")
			fresh := old + "x2"
			other["name"] = fresh
			other["id"] = strings.TrimSuffix(text(r, "id"), old) + fresh
			open(other)
			return result{ok: true, another: other}
		}}
	}
	return []kind{
		gone("critical", storage), gone("critical", vault), gone("critical", database), gone("critical", identity), gone("high", endpoint),
		beside("critical", storage, "made by hand: account open to the Internet", func(r Row) {
			put(r, "properties.allowBlobPublicAccess", true)
			put(r, "properties.networkAcls", Row{"defaultAction": "Allow"})
		}),
		beside("critical", nsg, "made by hand: security group with 22 open", func(r Row) {
			ofRule(r, "jump")["sourceAddressPrefix"] = "*"
		}),
		beside("medium", address, "made by hand: public address", func(r Row) {
			put(r, "properties.ipConfiguration", nil)
			put(r, "properties.ipAddress", "198.51.100.77")
		}),
	}
}

// without takes a rule out of a security group.
func without(class Class, rule, name string) kind {
	return kind{class: class, types: []string{nsg}, name: name, do: func(r Row) result {
		list, _ := get(r, "properties.securityRules").([]any)
		kept := slices.DeleteFunc(list, func(v any) bool { return v.(Row)["name"] == rule })
		put(r, "properties.securityRules", kept)
		return result{ok: len(kept) < len(list)}
	}}
}

func improvements() []kind {
	return []kind{
		set(Improvement, "", storage, "properties.allowBlobPublicAccess", true, false),
		set(Improvement, "", storage, "properties.minimumTlsVersion", "TLS1_0", "TLS1_2"),
		set(Improvement, "", storage, "properties.supportsHttpsTrafficOnly", false, true),
		set(Improvement, "", storage, "properties.allowSharedKeyAccess", true, false),
		set(Improvement, "", vault, "properties.enablePurgeProtection", nil, true),
		set(Improvement, "", server, "properties.minimalTlsVersion", "1.0", "1.2"),
		set(Improvement, "", database, "properties.zoneRedundant", false, true),
		set(Improvement, "", redis, "properties.enableNonSslPort", true, false),
		set(Improvement, "", bus, "properties.disableLocalAuth", false, true),
		set(Improvement, "", registry, "properties.adminUserEnabled", true, false),
		set(Improvement, "", site, "properties.httpsOnly", false, true),
		set(Improvement, "", site, "properties.siteConfig.minTlsVersion", "1.0", "1.2"),
		set(Improvement, "", site, "properties.siteConfig.ftpsState", "AllAllowed", "FtpsOnly"),
		set(Improvement, "", app, "properties.configuration.ingress.external", true, false),
		without(Improvement, "jump", "rule for SSH from the office taken out"),
	}
}

func harmless() []kind {
	tagged := func(name, key, to string, types ...string) kind {
		return kind{class: Harmless, name: name, types: types, do: func(r Row) result {
			if _, ok := r["tags"].(Row); !ok {
				return not
			}
			put(r, "tags."+key, to)
			return did
		}}
	}
	return []kind{
		tagged("tag owner changed", "owner", "team-platform"),
		tagged("tag added", "cost-center", "4711"),
		set(Harmless, "", site, "properties.siteConfig.alwaysOn", true, false),
		set(Harmless, "", site, "properties.siteConfig.http20Enabled", true, false),
		without(Harmless, "old-ssh", "rule taken out that a Deny shadowed"),
		set(Harmless, "", plan, "sku.capacity", number("2"), number("3")),
		{class: Harmless, types: []string{nsg}, name: "priority of a rule changed without effect", do: func(r Row) result {
			ofRule(r, "https")["priority"] = number("110")
			return did
		}},
	}
}

func noise() []kind {
	spelled := func(name, path string, other func(string) string, types ...string) kind {
		return kind{class: Noise, name: name, types: types, do: func(r Row) result {
			was := text(r, path)
			to := other(was)
			if was == "" || was == to {
				return not
			}
			put(r, path, to)
			return did
		}}
	}
	return []kind{
		spelled("id in lower case", "id", strings.ToLower),
		spelled("location by its other name", "location", func(s string) string {
			return strings.NewReplacer("westeurope", "West Europe", "northeurope", "North Europe", "germanywestcentral", "Germany West Central").Replace(s)
		}),
		spelled("reference in lower case", "properties.serverFarmId", strings.ToLower, site),
		spelled("reference in lower case", "properties.WorkspaceResourceId", strings.ToLower, "microsoft.insights/components"),
		set(Noise, "", storage, "properties.provisioningState", "Succeeded", "ResolvingDNS"),
		set(Noise, "", storage, "properties.statusOfPrimary", "available", "unavailable"),
		set(Noise, "", nsg, "properties.etag", `W/"1"`, `W/"2"`),
		set(Noise, "", vnet, "properties.etag", `W/"1"`, `W/"2"`),
		set(Noise, "", database, "properties.earliestRestoreDate", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"),
		set(Noise, "", site, "properties.lastModifiedTimeUtc", "2026-10-01T00:00:00Z", "2026-10-02T03:04:05Z"),
		set(Noise, "", site, "properties.outboundIpAddresses", "198.51.100.7,198.51.100.9", "198.51.100.7,198.51.100.200"),
		set(Noise, "", bus, "properties.updatedAt", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"),
		set(Noise, "", logs, "properties.retentionInDays", number("30"), "30"),
		{class: Noise, types: []string{vnet}, name: "empty list beside no list", do: func(r Row) result {
			put(r, "properties.virtualNetworkPeerings", []any{})
			return did
		}},
	}
}

func reordered() []kind {
	turned := func(typ, path string) kind {
		return kind{class: Reordered, types: []string{typ}, name: short(typ) + " " + path + " in another order", do: func(r Row) result {
			list, _ := get(r, path).([]any)
			if len(list) < 2 {
				return not
			}
			slices.Reverse(list)
			return did
		}}
	}
	return []kind{
		turned(nsg, "properties.securityRules"), turned(vnet, "properties.subnets"), turned(site, "properties.hostNames"),
		turned(site, "properties.siteConfig.ipSecurityRestrictions"), turned(storage, "properties.networkAcls.ipRules"),
		{class: Reordered, name: "row further down in the file", do: func(Row) result { return result{ok: true, later: true} }},
	}
}
