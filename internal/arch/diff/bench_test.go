package diff

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
)

// site is a resource of about 1.4 kB, the median of what Resource Graph answers with; n differs in each, and version in each change.
func site(n, version int) evidence.Draft {
	id := fmt.Sprintf("%s/resourcegroups/rg-%03d/providers/microsoft.web/sites/app-%06d", sub, n%500, n)
	props := fmt.Sprintf(`{"id": %q, "name": "app-%06d", "type": "microsoft.web/sites", "location": "westeurope", "kind": "app,linux",
		"tags": {"owner": "platform-team", "system": "shop-%02d", "environment": "production"}, "etag": "W/%d",
		"identity": {"type": "SystemAssigned", "principalId": "00000000-0000-0000-0000-%012d", "tenantId": "aaaabbbb-0000-cccc-1111-dddd2222eeee"},
		"properties": {"state": "Running", "hostNames": ["app-%06d.azurewebsites.net", "shop%06d.example.com"], "httpsOnly": true, "enabled": true,
		"serverFarmId": "%s/resourceGroups/rg-%03d/providers/Microsoft.Web/serverfarms/plan-%d", "reserved": true, "siteConfig": {
			"linuxFxVersion": "DOTNETCORE|8.%d", "minTlsVersion": "1.2", "ftpsState": "Disabled", "alwaysOn": true, "http20Enabled": true,
			"ipSecurityRestrictions": [{"name": "office", "ipAddress": "203.0.113.0/24", "action": "Allow", "priority": 100},
				{"name": "front", "ipAddress": "AzureFrontDoor.Backend", "action": "Allow", "priority": 200}]},
		"hostNameSslStates": [{"name": "app-%06d.azurewebsites.net", "sslState": "Disabled", "hostType": "Standard"}],
		"outboundIpAddresses": "203.0.113.7,203.0.113.8,203.0.113.9", "virtualNetworkSubnetId": "%s/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps"}}`,
		id, n, n%40, version, n, n, n, sub, n%500, n%50, version, n, sub)
	v := parsedQuick(props)
	return evidence.Draft{
		ID: id, Form: evidence.ARM, Provider: "azure", Type: "microsoft.web/sites", Name: fmt.Sprintf("app-%06d", n), Scope: id[:strings.Index(id, "/providers/")],
		Location: "westeurope", Tags: map[string]string{"owner": "platform-team", "system": fmt.Sprintf("shop-%02d", n%40)}, Side: evidence.Live, Props: v,
		Origin: evidence.Origin{Input: "resources.json", Line: n},
	}
}

// estates makes the two snapshots of a benchmark: every step-th resource of the new one has changed.
func estates(tb testing.TB, size, step int) (old, new *evidence.Snapshot) {
	tb.Helper()
	s := sealer(tb, keyA)
	snap := func(version func(n int) int) *evidence.Snapshot {
		rs := make([]evidence.Resource, 0, size)
		for n := range size {
			r, _, err := s.Seal(site(n, version(n)))
			if err != nil {
				tb.Fatal(err)
			}
			rs = append(rs, r)
		}
		out, err := evidence.NewSnapshot(evidence.Meta{
			CollectedAt: "2026-01-01T00:00:00Z", KeyID: s.KeyID(), Inputs: []evidence.InputSummary{{Name: "resources.json", Format: "azure", Resources: size}},
		}, rs, nil)
		if err != nil {
			tb.Fatal(err)
		}
		return out
	}
	old = snap(func(int) int { return 0 })
	new = snap(func(n int) int {
		if step > 0 && n%step == 0 {
			return 1
		}
		return 0
	})
	return old, new
}

// BenchmarkSnapshots compares 100,000 resources of which none, one in a thousand, in a hundred and in ten has changed. MB-live is what the two
// snapshots and the last difference take together; in 1%-shared a version of a resource that both snapshots have is in memory once, as a store
// that keeps it once can load it.
func BenchmarkSnapshots(b *testing.B) {
	const size = 100_000
	for _, c := range []struct {
		name string
		step int
	}{{"0%", 0}, {"0.1%", 1000}, {"1%", 100}, {"10%", 10}, {"1%-shared", 100}} {
		old, new := estates(b, size, c.step)
		if c.name == "1%-shared" {
			for i := range new.Resources {
				if new.Resources[i].Commitment == old.Resources[i].Commitment {
					new.Resources[i] = old.Resources[i]
				}
			}
		}
		want := 0
		if c.step > 0 {
			want = size / c.step
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var d *Diff
			for b.Loop() {
				var err error
				d, err = Snapshots(context.Background(), old, new, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if len(d.Changes) != want {
					b.Fatalf("%d changes and not %d", len(d.Changes), want)
				}
			}
			b.StopTimer()
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-live")
			runtime.KeepAlive([]any{old, new, d})
		})
	}
}

// BenchmarkMoved has every resource under a new id.
func BenchmarkMoved(b *testing.B) {
	old, new := estates(b, 10_000, 0)
	for i := range new.Resources {
		r := &new.Resources[i]
		r.ID = strings.Replace(r.ID, "/rg-", "/rg-new-", 1)
		r.Scope = strings.Replace(r.Scope, "/rg-", "/rg-new-", 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Snapshots(context.Background(), old, new, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHugeArrays compares arrays of 100,000 items: scalars, objects with a name, and objects without.
func BenchmarkHugeArrays(b *testing.B) {
	for _, name := range []string{"scalars", "named", "unnamed"} {
		b.Run(name, func(b *testing.B) {
			x, y := hugeArrays(b, name, 100_000)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Properties(x, y, PairOptions{SameKey: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// hugeArrays makes two resources with one array each, in another order and with one item in a hundred changed.
func hugeArrays(tb testing.TB, kind string, size int) (x, y *evidence.Resource) {
	tb.Helper()
	text := func(n, version int) string {
		switch kind {
		case "scalars":
			return fmt.Sprintf(`"10.%d.%d.%d/32"`, n>>16, n>>8&255, n&255+1000*version)
		case "named":
			return fmt.Sprintf(`{"name": "r%d", "access": "Allow", "weight": %d}`, n, version)
		}
		return fmt.Sprintf(`{"from": %d, "to": %d, "text": "item %d", "weight": %d}`, n, n+1, n, version)
	}
	list := func(at func(i int) (int, int)) *evidence.Resource {
		var b strings.Builder
		b.WriteString(`{"properties": {"rules": [`)
		for i := range size {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(text(at(i)))
		}
		b.WriteString("]}}")
		return bare(tb, evidence.ARM, "microsoft.network/networksecuritygroups", parsed(tb, b.String()))
	}
	x = list(func(i int) (int, int) { return i, 0 })
	y = list(func(i int) (int, int) {
		n := size - 1 - i
		if n%100 == 0 {
			return n, 1
		}
		return n, 0
	})
	return x, y
}
