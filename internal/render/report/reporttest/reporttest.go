// Package reporttest holds hand-written reports of drift for the tests of everything that shows one: a rich one, one
// that is clean, one whose every text is hostile and one that is large. It is imported by tests only.
package reporttest

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
)

const (
	rg    = "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop-prod"
	store = rg + "/providers/microsoft.storage/storageaccounts/stshopimages"
	nsg   = rg + "/providers/microsoft.network/networksecuritygroups/nsg-shop"
	vault = rg + "/providers/microsoft.keyvault/vaults/kv-shop"
	web   = rg + "/providers/microsoft.web/sites/app-shop-storefront"
	redis = rg + "/providers/microsoft.cache/redis/redis-shop"
	plan  = rg + "/providers/microsoft.web/serverfarms/plan-shop"
	old   = "2026-03-01T08:00:00Z"
	now   = "2026-03-14T09:26:53Z"
)

func sides() (before, after drift.Side) {
	before = drift.Side{
		Label: "c4arch.baseline.json", Root: canon.Sum([]byte("old")), CollectedAt: old, KeyID: "0123456789abcdef", Resources: 55,
		Baseline: &drift.Approved{
			ID: string(canon.Sum([]byte("baseline"))), By: "platform-team", Claimed: true, At: "2026-03-01T10:00:00Z", Reason: "go-live of the shop",
		},
	}
	after = drift.Side{
		Label: "exports/subscription.json", Root: canon.Sum([]byte("new")), CollectedAt: now, KeyID: "0123456789abcdef", Resources: 56,
	}
	return before, after
}

// Empty is a report without anything to say. Each call returns a new value.
func Empty() *drift.Report {
	before, after := sides()
	return &drift.Report{
		Name: "Contoso Shop", Mode: drift.ModeBaseline, At: now, Old: before, New: after,
		Summary: drift.Summary{Same: 55, FailOn: "medium", Verdict: "clean"},
	}
}

// Sample is a report with a finding of each kind and severity, an exception of each state, what is unknown, and code.
func Sample() *drift.Report {
	r := Empty()
	r.Findings = append(graver(), lesser()...)
	r.Improvements = 1
	r.Unknown = []drift.Unknown{
		{
			Resource: web, Type: "microsoft.web/sites", Path: "properties.siteConfig.minTlsVersion", Input: "exports/subscription.json", Line: 812,
			Reason: "Azure Resource Graph withholds it", Help: "add the answer of GET .../config/web to the export", WasKnown: true, Count: 1,
		},
		{Type: "microsoft.kusto/clusters", Reason: "of a type that no rule maps", Count: 4},
	}
	r.Exceptions = []drift.Stale{
		{ID: "legacy-tls", Owner: "payments-team", Line: 14, State: "stale", Expires: "2026-06-30"},
		{ID: "redis-port", Owner: "shop-team", Line: 22, State: "expired", Expires: "2026-03-10"},
	}
	r.NoiseBy = map[string]int{"etag": 31, "provisioning-state": 4}
	r.Notes = []string{"The snapshots were collected 13 days apart."}
	r.Summary = drift.Summary{
		Critical: 2, High: 2, Medium: 2, Low: 1, Excepted: 1, Unknown: 5, WasKnown: 1, Noise: 35,
		Same: 48, Added: 2, Removed: 1, Changed: 4, Moved: 1, Replaced: 1, FailOn: "medium", Verdict: "drift", Exit: 2,
	}
	return r
}

// Code is a report of what is live against what code declares, with import blocks.
func Code() *drift.Report {
	r := Empty()
	r.Mode = drift.ModeCode
	r.Old = drift.Side{Label: "infra", Root: canon.Sum([]byte("code")), CollectedAt: now, Resources: 54}
	r.Coverage = &coverage.Coverage{
		Counts: map[coverage.Bucket]int{coverage.Both: 52, coverage.LiveOnly: 2, coverage.DeclaredOnly: 1, coverage.Unmatched: 1},
		Entries: []coverage.Entry{
			{Bucket: coverage.LiveOnly, Resource: redis, Type: "microsoft.cache/redis", Name: "redis-shop", Input: "exports/subscription.json", Line: 40, Import: "import {\n  to = azurerm_redis_cache.redis_shop\n  id = \"" + redis + "\"\n}\n"},
			{Bucket: coverage.LiveOnly, Resource: plan, Type: "microsoft.web/serverfarms", Name: "plan-shop", Input: "exports/subscription.json", Line: 90, NoImport: "no type of Terraform is known for it"},
			{Bucket: coverage.DeclaredOnly, Resource: "tf:infra//azurerm_key_vault.spare", Declared: "tf:infra//azurerm_key_vault.spare", Type: "azurerm_key_vault", Name: "spare", Input: "infra/vault.tf", Line: 3, Address: "azurerm_key_vault.spare"},
			{Bucket: coverage.Unmatched, Resource: "tf:infra//azurerm_storage_account.images", Type: "azurerm_storage_account", Name: "images", Input: "infra/storage.tf", Line: 12, Reason: "its name is only known when it is applied", Candidates: []string{store}},
		},
	}
	return r
}

func graver() []drift.Finding {
	return []drift.Finding{
		{
			ID: "f-1a2b3c4d5e6f7a8b", Severity: severity.Critical, Direction: severity.Loosened, Change: diff.Changed,
			Resource: nsg, Type: "microsoft.network/networksecuritygroups", Name: "nsg-shop",
			Path: "properties.securityRules[name=allow-ssh].properties.sourceAddressPrefix",
			Old:  canon.Raw(`"10.0.0.0/8"`), New: canon.Raw(`"*"`),
			Rule: "AZ-NSG-INTERNET-ADMIN", Title: "The Internet can reach an administration port",
			Reason:      "Port 22 is open to every address of the Internet, where it was open to 10.0.0.0/8 only.",
			Remediation: "Set sourceAddressPrefix back to the network of the bastion host, or use Azure Bastion.",
			Controls:    []string{"NIST SP 800-53: SC-7", "NIST SP 800-53: AC-17"}, Labels: []string{"seen first in the change window of 2026-03-12"},
			FirstSeen: "2026-03-12T08:00:00Z", LastSeen: now, Elements: []string{"nsg-shop"},
			Places: []drift.Place{
				{Input: "exports/subscription.json", Line: 311, Side: "new"},
				{Input: "infra/network.tf", Line: 27, Column: 3, Declared: true, Side: "new"},
				{Input: "exports/approved.json", Line: 298, Side: "old"},
			},
		},
		{
			ID: "f-2b3c4d5e6f7a8b9c", Severity: severity.Critical, Direction: severity.Loosened, Change: diff.Changed,
			Resource: store, Type: "microsoft.storage/storageaccounts", Name: "stshopimages", Path: "properties.allowBlobPublicAccess",
			Old: canon.Raw("false"), New: canon.Raw("true"),
			Rule: "AZ-STORAGE-PUBLIC-BLOB", Title: "Blobs can be read by anyone",
			Reason:      "A container of the account can now allow anonymous requests.",
			Remediation: "Set allowBlobPublicAccess to false.", Labels: []string{"raised: production"},
			FirstSeen: now, LastSeen: now,
			Exception: &drift.Excepted{ID: "images-public", Owner: "shop-team", Reason: "images of the catalogue are public", Expires: "2026-08-01", State: "unapproved"},
			Places:    []drift.Place{{Input: "infra/storage.tf", Line: 12, Declared: true, Side: "new"}},
		},
		{
			ID: "f-3c4d5e6f7a8b9c0d", Severity: severity.High, Direction: severity.Neutral, Change: diff.Removed,
			Resource: vault, Type: "microsoft.keyvault/vaults", Name: "kv-shop", Old: nil, New: nil,
			Rule: "AZ-VAULT-GONE", Title: "A key vault that was approved is gone",
			Reason: "What reads its secrets will fail.", Remediation: "Recover it while soft-delete keeps it, or approve a new baseline.",
			FirstSeen: now, LastSeen: now,
			Places: []drift.Place{{Input: "exports/approved.json", Line: 77, Side: "old"}},
		},
		{
			ID: "f-4d5e6f7a8b9c0d1e", Severity: severity.High, Direction: severity.Loosened, Change: diff.Added,
			Resource: "rel:storefront->payments", Type: "relationship", Name: "Storefront calls Payments Hub",
			Rule: "ARCH-CROSS-SYSTEM", Title: "A new relationship to another system",
			Reason: "Storefront, of the shop, now calls Payments Hub, which Fabrikam runs.", Remediation: "Agree on it with the owner of that system, then approve it.",
			FirstSeen: "2026-03-13T00:00:00Z", LastSeen: now,
		},
	}
}

func lesser() []drift.Finding {
	return []drift.Finding{
		{
			ID: "f-5e6f7a8b9c0d1e2f", Severity: severity.Medium, Direction: severity.Neutral, Change: diff.Changed,
			Resource: web, Type: "microsoft.web/sites", Name: "app-shop-storefront", Path: "properties.siteConfig.appSettings[name=ApiKey].value",
			Old: canon.Raw(`"secret:hmac-sha256:51f0c2a97c9e4d0fb1a6cc0e8f0d9b37"`), New: canon.Raw(`"secret:hmac-sha256:ab12cd34ef567890ab12cd34ef567890"`),
			Rule: "AZ-APP-SETTING", Title: "An app setting has another value", Reason: "The setting was changed outside of the pipeline.",
			Remediation: "Find out who changed it, and bring the change into code.",
			FirstSeen:   now, LastSeen: now, Places: []drift.Place{{Input: "exports/subscription.json", Line: 840, Side: "new"}},
		},
		{
			ID: "f-6f7a8b9c0d1e2f3a", Severity: severity.Medium, Direction: severity.Loosened, Change: diff.Changed,
			Resource: redis, Type: "microsoft.cache/redis", Name: "redis-shop", Path: "properties.enableNonSslPort",
			Old: nil, New: canon.Raw("true"),
			Rule: "AZ-REDIS-PLAIN", Title: "The cache answers without TLS", Reason: "Port 6379 is open beside 6380.",
			Remediation: "Set enableNonSslPort to false.", FirstSeen: "2026-02-20T06:00:00Z", LastSeen: now,
			Exception: &drift.Excepted{ID: "redis-port", Owner: "shop-team", Reason: "an old client", Expires: "2026-03-10", State: "expired"},
		},
		{
			ID: "f-7a8b9c0d1e2f3a4b", Severity: severity.Low, Direction: severity.Neutral, Change: diff.Changed,
			Resource: plan, Type: "microsoft.web/serverfarms", Name: "plan-shop", Path: "@tags.owner",
			Old: canon.Raw(`"shop-team"`), New: canon.Raw(`"platform-team"`),
			Rule: "ANY-TAG", Title: "A tag changed", Reason: "The tag owner says who is asked.", Remediation: "Set the tag in code.",
			FirstSeen: now, LastSeen: now,
		},
		{
			ID: "f-8b9c0d1e2f3a4b5c", Severity: severity.High, Direction: severity.Loosened, Change: diff.Changed,
			Resource: store, Type: "microsoft.storage/storageaccounts", Name: "stshopimages", Path: "properties.allowSharedKeyAccess",
			Old: canon.Raw("false"), New: canon.Raw("true"),
			Rule: "AZ-STORAGE-SHARED-KEY", Title: "Keys are accepted again", Reason: "Whoever has a key needs no identity.",
			Remediation: "Set allowSharedKeyAccess to false.", FirstSeen: "2026-02-01T06:00:00Z", LastSeen: now,
			Exception: &drift.Excepted{ID: "import-job", Owner: "shop-team", Reason: "the nightly import knows keys only", Expires: "2026-05-01", State: "active"},
			Places:    []drift.Place{{Input: "infra/storage.tf", Line: 19, Column: 5, Declared: true, Side: "new"}},
		},
		{
			ID: "f-9c0d1e2f3a4b5c6d", Severity: severity.Low, Direction: severity.Tightened, Change: diff.Changed,
			Resource: web, Type: "microsoft.web/sites", Name: "app-shop-storefront", Path: "properties.httpsOnly",
			Old: canon.Raw("false"), New: canon.Raw("true"),
			Rule: "AZ-APP-HTTPS", Title: "The site answers without TLS", Reason: "Plain requests are now sent on to HTTPS: the baseline is out of date.",
			Remediation: "Approve a new baseline.", FirstSeen: now, LastSeen: now,
		},
	}
}

// Nasty are texts that break out of a format that does not escape.
var Nasty = []string{
	"]]></failure><x>", "</details></summary><script>alert(1)</script>", "a | b \\| c \\", "`code` ```` fence", "\x1b[31mred\x1b[0m\x07\x08",
	"\u202egnp.exe\u2066", "@octocat @org/team me@example.org", "#123 GH-7 org/repo#9 !4 $5 %6 ~7 &8", "https://example.org www.example.org http://x",
	"[link](javascript:alert(1)) ![i](http://x/y.png)", "<!-- --> <img src=x onerror=y> &lt; &#60;", "*bold* _em_ ~~del~~ $x$ :bomb: ==h==",
	"line\nbreak\r\n\r\n# heading\n---\n| a |\n", "bad \xff\xfe utf8", "nul \x00 \ufffe \uffff \U0001fffe \u2028 \u2029 \ufeff", "C:\\Users\\x", "../../etc/passwd", "--> ]]> \"'",
	"file with spaces & ?query=1#frag%41.tf", "\u0000", "", "secret:hmac-sha256:51f0c2a97c9e4d0fb1a6cc0e8f0d9b37",
}

// Hostile is a report whose every text comes from someone who means harm, one nasty text for each finding, and a huge one.
func Hostile() *drift.Report {
	r := Empty()
	huge := strings.Repeat("A|`<@x #1 ", 200_000)
	for i, bad := range append(append([]string(nil), Nasty...), huge) {
		f := drift.Finding{
			ID: fmt.Sprintf("f-%d%s", i, bad), Severity: []severity.Severity{severity.Critical, severity.High, severity.Medium, severity.Low}[i%4],
			Direction: []severity.Direction{severity.Loosened, severity.Neutral, severity.Tightened}[i%3],
			Change:    []diff.Kind{diff.Changed, diff.Added, diff.Removed, diff.Moved, diff.Replaced}[i%5],
			Resource:  bad, Type: bad, Name: bad, Path: diff.Path(bad), Old: quoted(bad), New: quoted(bad + "!"),
			Rule: bad, Title: bad, Reason: bad, Remediation: bad, Controls: []string{bad}, Labels: []string{bad}, FirstSeen: bad, LastSeen: bad,
			Elements: []string{bad}, Places: []drift.Place{{Input: bad, Line: i, Column: -i, Declared: i%2 == 0, Side: bad}},
		}
		if i%2 == 0 {
			f.Exception = &drift.Excepted{ID: bad, Owner: bad, Reason: bad, Expires: bad, State: []string{"active", "expired", "unapproved", bad}[i/2%4]}
		}
		r.Findings = append(r.Findings, f)
		r.Unknown = append(r.Unknown, drift.Unknown{Resource: bad, Type: bad, Path: diff.Path(bad), Input: bad, Line: -i, Reason: bad, Help: bad, WasKnown: i%2 == 0, Count: i})
		r.Exceptions = append(r.Exceptions, drift.Stale{ID: bad, Owner: bad, Line: i, State: bad, Expires: bad})
		r.Notes = append(r.Notes, bad)
	}
	bad := strings.Join(Nasty, " ")
	r.Name, r.At = bad, bad
	for _, s := range []*drift.Side{&r.Old, &r.New} {
		s.Label, s.CollectedAt, s.KeyID, s.Root = bad, bad, bad, canon.Digest(bad)
		s.Baseline = &drift.Approved{ID: bad, By: bad, Claimed: true, At: bad, Reason: bad}
	}
	r.Coverage = &coverage.Coverage{Counts: map[coverage.Bucket]int{coverage.Bucket(bad): 1}, Entries: []coverage.Entry{{
		Bucket: coverage.LiveOnly, Resource: bad, Declared: bad, Type: bad, Name: bad, Input: bad, Line: 1, Address: bad, Import: bad, NoImport: bad, Reason: bad, Candidates: []string{bad},
	}}}
	r.NoiseBy = map[string]int{bad: 1}
	r.Summary.FailOn, r.Summary.Verdict = bad, bad
	return r
}

// quoted makes a JSON text of s; what is not UTF-8 becomes a mark.
func quoted(s string) canon.Raw {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c == '\n' || c == '\t' || c == '\r' || c == '\b' || c == '\f':
			b.WriteString(map[rune]string{'\n': `\n`, '\t': `\t`, '\r': `\r`, '\b': `\b`, '\f': `\f`}[c])
		case c < 0x20:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return canon.Raw(b.String())
}

// Large is a report with n open findings of a few rules.
func Large(n int) *drift.Report {
	r := Empty()
	base := append(graver(), lesser()[:3]...)
	for i := range n {
		f := base[i*len(base)/n]
		f.ID = fmt.Sprintf("f-%016x", i)
		f.Resource += fmt.Sprintf("-%d", i)
		f.Name += fmt.Sprintf("-%d", i)
		r.Findings = append(r.Findings, f)
		switch f.Severity {
		case severity.Critical:
			r.Summary.Critical++
		case severity.High:
			r.Summary.High++
		case severity.Medium:
			r.Summary.Medium++
		case severity.Low:
			r.Summary.Low++
		}
	}
	r.Summary.Changed, r.Summary.Verdict, r.Summary.Exit = n, "drift", 2
	return r
}

// Reports are all of them by name.
func Reports() map[string]*drift.Report {
	return map[string]*drift.Report{
		"sample": Sample(), "empty": Empty(), "code": Code(), "hostile": Hostile(), "large": Large(2000), "zero": {},
	}
}
