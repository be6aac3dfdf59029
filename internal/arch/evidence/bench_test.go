package evidence

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"c4arch/internal/base/tree"
)

// sampleDraft is a web app of about 1.2 kB, in the shape of a Resource Graph answer.
func sampleDraft(tb testing.TB, i int) Draft {
	id := fmt.Sprintf("/subscriptions/11111111-2222-3333-4444-%012d/resourceGroups/rg-contoso-%d/providers/Microsoft.Web/sites/app-contoso-%d", i%40, i%900, i)
	text := fmt.Sprintf(`{
 "id": %q,
 "name": "app-contoso-%d",
 "type": "microsoft.web/sites",
 "kind": "app,linux",
 "location": "westeurope",
 "properties": {
  "state": "Running",
  "defaultHostName": "app-contoso-%d.azurewebsites.net",
  "hostNames": ["app-contoso-%d.azurewebsites.net", "www%d.contoso.com"],
  "serverFarmId": "/subscriptions/11111111-2222-3333-4444-%012d/resourceGroups/rg-contoso-%d/providers/Microsoft.Web/serverfarms/plan-%d",
  "virtualNetworkSubnetId": "/subscriptions/11111111-2222-3333-4444-%012d/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps",
  "httpsOnly": true, "clientCertEnabled": false, "outboundIpAddresses": "20.31.5.17,20.31.5.18,20.31.5.19",
  "lastModifiedTimeUtc": "2026-01-31T09:30:00.1234567Z",
  "siteConfig": {"linuxFxVersion": "DOCKER|contoso.azurecr.io/shop:1.4.%d", "minTlsVersion": "1.2", "ftpsState": "Disabled", "alwaysOn": true, "numberOfWorkers": 3,
   "appSettings": [
    {"name": "SQL", "value": "Server=tcp:sql-contoso-%d.database.windows.net,1433;Initial Catalog=shop;User ID=app;Password=correct horse %d"},
    {"name": "WEBSITES_PORT", "value": "8080"}]}
 }
}`, id, i, i, i, i, i%40, i%900, i%300, i%40, i%20, i%500, i)
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	return Draft{
		ID: NormalizeARM(id), Form: ARM, Provider: "azure", Type: "microsoft.web/sites", Name: fmt.Sprintf("app-contoso-%d", i),
		Scope: "/subscriptions/x/resourcegroups/y", Location: "westeurope", Side: Live, Tags: map[string]string{"env": "prod", "team": "shop"},
		Props: v, Origin: Origin{Input: "export.json", Line: 1 + 20*i, Path: string(tree.Path("data").Index(i))},
	}
}

func testSealer(tb testing.TB) *Sealer {
	s, err := NewSealer(bytes.Repeat([]byte("key!"), 8))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// BenchmarkSeal seals one resource of about 1.2 kB; 50,000 of them should take about 2 s on one core.
func BenchmarkSeal(b *testing.B) {
	s := testSealer(b)
	draft := sampleDraft(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		d := draft
		d.Props = draft.Props.Clone()
		if _, _, err := s.Seal(d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClone is the part of BenchmarkSeal that only the benchmark needs.
func BenchmarkClone(b *testing.B) {
	draft := sampleDraft(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		draft.Props.Clone()
	}
}

func BenchmarkTree(b *testing.B) {
	r, _, err := testSealer(b).Seal(sampleDraft(b, 1))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(r.Props)))
	for b.Loop() {
		if _, err := r.Tree(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshotEncode(b *testing.B) {
	s := testSealer(b)
	var rs []Resource
	for i := range 1000 {
		r, _, err := s.Seal(sampleDraft(b, i))
		if err != nil {
			b.Fatal(err)
		}
		rs = append(rs, r)
	}
	snap, err := NewSnapshot(Meta{CollectedAt: "2026-01-31T09:30:00Z", KeyID: s.KeyID()}, rs, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := snap.Encode(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/resource")
}
