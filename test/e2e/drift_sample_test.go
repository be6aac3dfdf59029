//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c4arch/internal/app"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/coverage"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/render/driftpage"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/svg"
)

// edit changes one file of a copy of the example.
type edit struct{ file, old, now string }

// week is what happened to the example, in steps.
var week = [][]edit{
	{{"reporting/compose.yaml", "      EXCHANGE_RATES_URL: https://rates.bank.example/daily.csv\n", ""}},
	{
		{"c4arch.yaml", "    owner: fulfilment-team\n", "    owner: platform-team\n"},
		{"c4arch.yaml", "  - key: returns\n    name: Returns Desk\n    description: A contractor who takes back what does not please.\n", ""},
	},
	{{"reporting/compose.yaml", "\nnetworks:\n", `
  exporter:
    image: crcontoso.azurecr.io/reporting/exporter:0.1.0
    environment:
      SOURCE: postgres://reader@warehouse:5432/warehouse
      TARGET: https://upload.fabrikam.example/in
    networks: [desk]
    labels:
      system: reporting

networks:
`}},
}

// scanned is the model of the example after the first steps of the week.
func scanned(t *testing.T, steps int) *c4.Model {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "contoso")
	if err := os.CopyFS(dir, os.DirFS("../../examples/contoso")); err != nil {
		t.Fatal(err)
	}
	for _, edits := range week[:steps] {
		for _, e := range edits {
			file := filepath.Join(dir, e.file)
			b, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(b), e.old) {
				t.Fatalf("%s does not have %q: %v", e.file, e.old, err)
			}
			if err := os.WriteFile(file, []byte(strings.Replace(string(b), e.old, e.now, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if steps == len(week) { // the help pages are gone from the cloud
		file := filepath.Join(dir, "azure/resource-graph.json")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var graph map[string]any
		if err := json.Unmarshal(b, &graph); err != nil {
			t.Fatal(err)
		}
		var left []any
		for _, r := range graph["data"].([]any) {
			if id := r.(map[string]any)["id"].(string); !strings.HasSuffix(id, "/stapp-contoso-help") {
				left = append(left, r)
			}
		}
		graph["data"], graph["count"] = left, len(left)
		if b, err = json.Marshal(graph); err == nil {
			err = os.WriteFile(file, b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	m, _, err := app.Scan(context.Background(), app.ScanOptions{
		Paths: []string{dir}, Name: "Contoso Online", At: time.Date(2026, 3, 1+steps, 9, 30, 0, 0, time.UTC), Key: bytes.Repeat([]byte("key!"), 8),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// week's comparison, with findings as the rules would word them.
func driftSample(t *testing.T) driftpage.Comparison {
	t.Helper()
	old, now := scanned(t, 0), scanned(t, len(week))
	d := delta.Compare(old, now)
	c := driftpage.Comparison{Old: old, New: now, Delta: d, Report: driftReport(d, now)}
	for i := range len(week) + 1 {
		label := "daily scan"
		if i == 0 {
			label = "approved"
		} else if i == len(week) {
			label = "now"
		}
		m := scanned(t, i)
		c.History = append(c.History, driftpage.Moment{At: m.CollectedAt, Label: label, Root: string(m.Snapshot), Model: m})
	}
	return c
}

func driftReport(d *delta.Delta, now *c4.Model) *drift.Report {
	const sub = "/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/"
	shop := sub + "rg-shop-prod/providers/"
	seen := func(f drift.Finding) drift.Finding {
		f.FirstSeen, f.LastSeen = "2026-03-02T09:30:00Z", "2026-03-04T09:30:00Z"
		f.ID = strings.TrimPrefix(string(canon.Sum([]byte(f.Resource+f.Rule+string(f.Path)))), "sha256:")[:16]
		return f
	}
	r := &drift.Report{
		Name: "Contoso Online", Mode: drift.ModeBaseline, At: "2026-03-04T09:31:12Z",
		Old: drift.Side{
			Label: "approved baseline", Root: canon.Sum([]byte("old")), CollectedAt: "2026-03-01T09:30:00Z", Resources: 131,
			Baseline: &drift.Approved{ID: "b1", By: "platform-team", Claimed: true, At: "2026-03-01T10:02:00Z", Reason: "after the review of the spring release"},
		},
		New:      drift.Side{Label: "live", Root: canon.Sum([]byte("new")), CollectedAt: "2026-03-04T09:30:00Z", Resources: 130},
		NoiseBy:  map[string]int{"etag": 14},
		Findings: []drift.Finding{},
	}
	add := func(f drift.Finding) { r.Findings = append(r.Findings, seen(f)) }
	add(drift.Finding{
		Severity: severity.Critical, Direction: severity.Loosened, Change: diff.Changed, Resource: shop + "microsoft.sql/servers/sql-contoso-shop", Type: "microsoft.sql/servers", Name: "sql-contoso-shop",
		Path: "properties.publicNetworkAccess", Old: canon.Raw(`"Disabled"`), New: canon.Raw(`"Enabled"`), Rule: "AZ-SQL-PUBLIC-NETWORK", Title: "The database server takes connections from the Internet",
		Reason: "Public network access was off and is on: whoever has a password, or finds a hole, reaches the server from anywhere.", Remediation: "Set publicNetworkAccess to Disabled and reach the server through its private endpoint.",
		Controls: []string{"NIST SC-7", "NIST AC-4"}, Labels: []string{"raised: production"},
		Elements: []string{"deploymentNode:" + shop + "microsoft.sql/servers/sql-contoso-shop", "container:" + shop + "microsoft.sql/servers/sql-contoso-shop/databases/catalogue"},
		Places:   []drift.Place{{Input: "terraform/main.tf", Line: 41, Column: 3, Declared: true, Side: "new"}, {Input: "azure/resource-graph.json", Line: 812, Side: "new"}},
	})
	add(drift.Finding{
		Severity: severity.High, Direction: severity.Loosened, Change: diff.Changed, Resource: shop + "microsoft.web/sites/app-contoso-shop", Type: "microsoft.web/sites", Name: "app-contoso-shop",
		Path: "properties.siteConfig.minTlsVersion", Old: canon.Raw(`"1.2"`), New: canon.Raw(`"1.0"`), Rule: "AZ-WEB-TLS", Title: "The TLS floor was lowered",
		Reason: "Connections with TLS 1.0 are taken again, which has known weaknesses.", Remediation: "Set minTlsVersion to 1.2 or higher.", Controls: []string{"NIST SC-8"},
		Elements: []string{"container:" + shop + "microsoft.web/sites/app-contoso-shop"},
	})
	add(drift.Finding{
		Severity: severity.Medium, Direction: severity.Neutral, Change: diff.Changed, Resource: shop + "microsoft.web/sites/func-contoso-orders", Type: "microsoft.web/sites", Name: "func-contoso-orders",
		Path: "properties.siteConfig.appSettings[name=ORDERS_KEY].value", Old: canon.Raw(`"secret:hmac-sha256:0123456789abcdef0123456789abcdef"`), New: canon.Raw(`"secret:hmac-sha256:fedcba9876543210fedcba9876543210"`),
		Rule: "AZ-WEB-SETTING", Title: "A setting has another value", Reason: "A setting was changed outside the pipeline.", Remediation: "Find out who changed it, and put the change into code.",
		Elements: []string{"container:" + shop + "microsoft.web/sites/func-contoso-orders"},
	})
	add(drift.Finding{
		Severity: severity.Low, Direction: severity.Tightened, Change: diff.Changed, Resource: shop + "microsoft.keyvault/vaults/kv-contoso-shop", Type: "microsoft.keyvault/vaults", Name: "kv-contoso-shop",
		Path: "properties.enablePurgeProtection", Old: canon.Raw("null"), New: canon.Raw("true"), Rule: "AZ-KEYVAULT-PURGE", Title: "Purge protection is on",
		Reason: "A deleted vault can no longer be purged at once.", Remediation: "Approve the architecture as it is.", Elements: []string{"container:" + shop + "microsoft.keyvault/vaults/kv-contoso-shop"},
	})
	add(drift.Finding{
		Severity: severity.Medium, Direction: severity.Loosened, Change: diff.Changed, Resource: shop + "microsoft.cache/redis/redis-contoso-shop", Type: "microsoft.cache/redis", Name: "redis-contoso-shop",
		Path: "sku.capacity", Old: canon.Raw("2"), New: canon.Raw("1"), Rule: "AZ-SKU-DOWN", Title: "A smaller size", Reason: "The cache has half of its memory.", Remediation: "Put the size back, or approve it.",
		Exception: &drift.Excepted{ID: "redis-small", Owner: "shop-team", Reason: "Costs, until the summer.", Expires: "2026-06-30", State: "active"}, Elements: []string{"container:" + shop + "microsoft.cache/redis/redis-contoso-shop"},
	})
	for _, e := range d.Elements {
		f := drift.Finding{Resource: e.ID, Elements: []string{e.ID}, Change: diff.Kind(e.Status), Direction: severity.Neutral, Severity: severity.Medium, Rule: "ARCH-" + strings.ToUpper(string(e.Status)), Remediation: "Approve it, or undo it."}
		switch x := e.New; {
		case x == nil:
			x, f.Severity, f.Title = e.Old, severity.High, "A "+string(e.Old.Kind)+" of the approved architecture is gone"
			f.Name, f.Type, f.Old = x.Name, string(x.Kind), canon.Raw(fmt.Sprintf("%q", x.Name))
		default:
			f.Name, f.Type, f.New = x.Name, string(x.Kind), canon.Raw(fmt.Sprintf("%q", x.Name))
			f.Title = "A " + string(x.Kind) + " that nobody approved, or in another way"
		}
		f.Reason = "The architecture that was approved does not have it so."
		add(f)
	}
	for _, e := range d.Relationships {
		f := drift.Finding{Resource: e.ID, Elements: []string{e.ID}, Change: diff.Kind(e.Status), Direction: severity.Neutral, Severity: severity.Medium, Type: "relationship", Rule: "ARCH-LINE", Title: "A relationship is not as it was approved", Reason: "It was not approved.", Remediation: "Approve it, or undo it."}
		if e.Source != nil && e.Target != nil {
			f.Name = e.Source.Name + " → " + e.Target.Name
		}
		if e.CrossSystem && e.Status == delta.Added {
			f.Severity, f.Direction, f.Title = severity.High, severity.Loosened, "Something outside its system is called that was not before"
		}
		add(f)
	}
	r.Unknown = []drift.Unknown{
		{Resource: shop + "microsoft.web/sites/app-contoso-shop", Type: "microsoft.web/sites", Path: "properties.siteConfig", Reason: "the export does not hold it", Help: "read config/web", WasKnown: false, Count: 2},
		{Resource: shop + "microsoft.documentdb/databaseaccounts/cosmos-contoso-shop", Type: "microsoft.documentdb/databaseaccounts", Input: "azure/resource-graph.json", Line: 77, Reason: "access was refused", Help: "grant Reader on the account", WasKnown: true, Count: 1},
	}
	r.Exceptions = []drift.Stale{{ID: "old-port", Owner: "shop-team", Line: 12, State: "stale", Expires: "2026-05-01"}, {ID: "test-rule", Owner: "platform-team", Line: 30, State: "expired", Expires: "2026-02-01"}}
	r.Coverage = &coverage.Coverage{
		Counts: map[coverage.Bucket]int{coverage.Both: 61, coverage.LiveOnly: 2, coverage.DeclaredOnly: 1},
		Entries: []coverage.Entry{
			{Bucket: coverage.LiveOnly, Resource: shop + "microsoft.cache/redis/redis-contoso-shop", Type: "microsoft.cache/redis", Name: "redis-contoso-shop", Import: "import {\n  to = azurerm_redis_cache.redis_contoso_shop\n  id = \"" + shop + "Microsoft.Cache/Redis/redis-contoso-shop\"\n}\n"},
			{Bucket: coverage.LiveOnly, Resource: "k8s:-/core/ConfigMap/shop/endpoints", Type: "ConfigMap", Name: "endpoints", NoImport: "a manifest is applied, not imported"},
			{Bucket: coverage.DeclaredOnly, Resource: "tf:azurerm_dns_zone.shop", Type: "azurerm_dns_zone", Name: "shop", Input: "terraform/dns.tf", Line: 3, Address: "azurerm_dns_zone.shop"},
		},
	}
	r.Improvements = 1
	r.Summary = drift.Summary{Critical: 1, High: 3, Medium: 6, Excepted: 1, Unknown: 3, WasKnown: 1, Noise: 14, Same: 124, Added: 1, Removed: 2, Changed: 5, FailOn: "medium", Verdict: "drift", Exit: 2}
	return r
}

// driftPage writes a page with all its pictures and returns its bytes.
func driftPage(t testing.TB, c driftpage.Comparison) []byte {
	t.Helper()
	p, drawings := driftpage.New(c)
	p.CSS = svg.CSS
	p.Pictures = func(yield func(string, []byte) bool) {
		for _, d := range drawings {
			f, err := figure.Draw(d.Model, d.View, figure.Options{Marks: d.Marks})
			if err != nil {
				t.Fatalf("%s: %v", d.Key, err)
			}
			if !yield(d.Key, svg.Render(f, svg.Options{Embedded: true})) {
				return
			}
		}
	}
	var b bytes.Buffer
	if err := driftpage.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
