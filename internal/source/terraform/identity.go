package terraform

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// known is what an instance's attributes say about who it is.
type known struct {
	id, arn, scope, region string
	aliases                []string
}

// identify finds the identity that stays the same from scan to scan: the cloud's own
// where there is one, so that a state and an export of the same cloud agree.
func (it *item) identify() known {
	raw, arn, link := it.plain("id"), it.plain("arn"), it.plain("self_link")
	if raw == "none" || raw == "-" || raw == "static" {
		raw = "" // placeholders: random_password and others give every instance the same
	}
	if raw == "" && arn == "" {
		raw, arn = it.was.id, it.was.arn
	}
	if !strings.HasPrefix(arn, "arn:") {
		arn = ""
	}
	if raw == "" && it.will && it.provider == "azure" {
		raw, _ = azurermID(it.kind, func(name string) (string, bool) { s := it.plain(name); return s, s != "" })
	}
	k := known{aliases: []string{it.address, raw, arn, link, it.plain("resource_manager_id"), it.plain("resource_versionless_id")}}
	path := ""
	if it.provider == "google" {
		path = googlePath(raw, link)
	}
	borrowed := borrowsIdentity(it.kind) || borrowsGoogle(it.kind)
	switch {
	case !borrowed && evidence.IsARM(raw) && !strings.Contains(raw, "|"):
		k.id = evidence.NormalizeARM(raw)
	case !borrowed && arn != "":
		k.id = arn
	case !borrowed && path != "":
		k.id = googleID(it.kind, path)
	case raw != "":
		k.id = it.provider + ":" + it.kind + ":" + raw
	default:
		k.id = "tf:" + it.address
	}
	k.scope, k.region = it.scope(raw, arn, path)
	slices.Sort(k.aliases)
	k.aliases = slices.DeleteFunc(slices.Compact(k.aliases), func(a string) bool { return a == "" || a == k.id })
	return k
}

func (it *item) scope(raw, arn, path string) (scope, region string) {
	first, _, _ := strings.Cut(raw, "|")
	if a, ok := evidence.ParseARM(first); ok {
		return a.Scope(), ""
	}
	if arn == "" && strings.HasPrefix(raw, "arn:") {
		arn = raw
	}
	// arn:partition:service:region:account:resource
	if f := strings.SplitN(arn, ":", 6); len(f) == 6 && (f[3] != "" || f[4] != "") {
		scope = "aws"
		for _, part := range []string{f[4], f[3]} {
			if part != "" {
				scope += "/" + part
			}
		}
		return scope, f[3]
	}
	if rest, ok := strings.CutPrefix(path, "projects/"); ok {
		project, _, _ := strings.Cut(rest, "/")
		return "projects/" + project, ""
	}
	if p := it.plain("project"); p != "" && it.provider == "google" {
		return "projects/" + strings.TrimPrefix(p, "projects/"), ""
	}
	return it.module, ""
}

// googlePath returns the relative resource name, projects/…, that Google's provider
// keeps in id, and older resources only at the end of self_link.
func googlePath(id, link string) string {
	if strings.HasPrefix(id, "projects/") {
		return id
	}
	if i := strings.Index(link, "/projects/"); i >= 0 {
		return link[i+1:]
	}
	return ""
}

// borrowsIdentity reports whether resources of the type carry the id or the ARN of the
// thing that they configure or join, and so are not that thing. The azurerm and aws provider
// references describe each under "Attributes Reference" or "Argument Reference".
func borrowsIdentity(kind string) bool {
	for _, suffix := range []string{
		"_association", "_attachment",
		// azurerm: the id is that of the account, the vault or the app
		"_customer_managed_key", "_network_rules", "_static_website", "_queue_properties", "_source_control",
		"_source_control_slot", "_active_slot", "_diagnostic_categories",
	} {
		if strings.HasSuffix(kind, suffix) {
			return true
		}
	}
	switch kind {
	case "azapi_update_resource", "azapi_resource_action", "azapi_resource_list",
		"azurerm_key_vault_secrets", "azurerm_key_vault_certificates",
		// aws: arn is the target's, the topic's, the location's, the secret's, the caller's
		"aws_cloudwatch_event_target", "aws_sns_topic_policy", "aws_sns_topic_data_protection_policy",
		"aws_lakeformation_resource", "aws_secretsmanager_secret_version", "aws_ses_domain_identity_verification",
		"aws_caller_identity", "aws_iam_session_context", "aws_arn":
		return true
	}
	return false
}
