// Package storetest is what every store of snapshots and baselines must do, as tests that run against any of them, and an estate that
// is scanned again and again, from which such snapshots come.
package storetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
	"c4arch/internal/service/history"
)

// Estate is a subscription in Azure whose resources change from day to day. All of it follows from the seed.
type Estate struct {
	rand   *rand.Rand
	sealer *evidence.Sealer
	next   int
	things []thing
	day    time.Time
	groups []string
}

// thing is one resource: what it is called, and what of it changes.
type thing struct {
	number  int
	kind    int
	group   string
	release int
	ports   []int
	tags    int
	made    string
	guid    string
	sealed  *evidence.Resource // of the version as it is now
	lines   int
}

const subscription = "/subscriptions/6f1c2a5e-91f0-4d0b-9b4f-2f0d7c7e1a33"

// NewEstate makes an estate of n resources.
func NewEstate(tb testing.TB, seed uint64, n int) *Estate {
	tb.Helper()
	s, err := evidence.NewSealer(bytes.Repeat([]byte("key!"), 8))
	if err != nil {
		tb.Fatal(err)
	}
	e := &Estate{rand: rand.New(rand.NewPCG(seed, 42)), sealer: s, day: time.Date(2026, 1, 5, 4, 0, 0, 0, time.UTC)}
	for i := range max(1, n/40) {
		e.groups = append(e.groups, fmt.Sprintf("rg-%s-%s-%03d", e.pick("shop", "pay", "crm", "data", "hub", "iot"), e.pick("prod", "test", "dev"), i))
	}
	for range n {
		e.things = append(e.things, e.thing())
	}
	return e
}

func (e *Estate) pick(of ...string) string { return of[e.rand.IntN(len(of))] }

func (e *Estate) thing() thing {
	e.next++
	return thing{
		number: e.next, kind: e.rand.IntN(4), group: e.groups[e.rand.IntN(len(e.groups))], release: e.rand.IntN(900), tags: e.rand.IntN(50),
		made: e.day.Add(-time.Duration(e.rand.IntN(1e8)) * time.Second).Format("2006-01-02T15:04:05.0000000Z"),
		guid: fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", e.rand.Uint32(), e.rand.IntN(1<<16), e.rand.IntN(1<<12), e.rand.IntN(1<<12), e.rand.Uint64()>>16),
	}
}

// Pass lets a day pass: about one in a hundred resources changes, and of every ten of those one goes and one comes. It returns
// how many versions are new.
func (e *Estate) Pass() int {
	e.day = e.day.Add(24 * time.Hour)
	fresh := 0
	for range max(1, len(e.things)/100) {
		i := e.rand.IntN(len(e.things))
		switch e.rand.IntN(10) {
		case 0:
			e.things = slices.Delete(e.things, i, i+1)
		case 1:
			e.things = slices.Insert(e.things, i, e.thing())
			fresh++
		default:
			if e.things[i].sealed != nil {
				fresh++
			}
			e.change(&e.things[i])
		}
	}
	return fresh
}

func (e *Estate) change(t *thing) {
	t.sealed = nil
	switch e.rand.IntN(4) {
	case 0:
		t.ports = append(t.ports, e.rand.IntN(60000)) // one line more
	case 1:
		t.tags++
	default:
		t.release++
	}
}

// Scan is the snapshot of the day, as an export in JSON gives it.
func (e *Estate) Scan(tb testing.TB) *evidence.Snapshot {
	tb.Helper()
	rs := make([]evidence.Resource, 0, len(e.things))
	line := 3
	for i := range e.things {
		t := &e.things[i]
		if t.sealed == nil {
			e.seal(tb, t)
		}
		r := *t.sealed
		r.Lines = slices.Clone(r.Lines)
		for j := range r.Lines {
			r.Lines[j] += int32(line)
		}
		r.Origins = []evidence.Origin{{Input: "export.json", Line: line, Path: string(tree.Path("data").Index(i))}}
		line += t.lines
		rs = append(rs, r)
	}
	s, err := evidence.NewSnapshot(evidence.Meta{
		Name: "contoso", CollectedAt: e.day.Format(time.RFC3339), Scope: []string{subscription}, KeyID: e.sealer.KeyID(), Method: "c4arch scan",
		Inputs: []evidence.InputSummary{{Name: "export.json", Format: "azure-export", Resources: len(rs)}},
	}, rs, []evidence.NotRead{
		{Kind: evidence.TypeWithoutRule, Input: "export.json", Thing: "microsoft.contoso/widgets", Reason: "no rule maps this type", Count: 3},
		{Kind: evidence.PropertyWithheld, Input: "export.json", Line: line, Thing: "properties.value", Reason: "the source withholds it"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// seal reads the text of the resource as a reader would. Its lines count from 0.
func (e *Estate) seal(tb testing.TB, t *thing) {
	text := t.text()
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	id := v.Get("id").Str()
	r, _, err := e.sealer.Seal(evidence.Draft{
		ID: evidence.NormalizeARM(id), Form: evidence.ARM, Provider: "azure", Type: strings.ToLower(v.Get("type").Str()), Name: v.Get("name").Str(),
		Scope: evidence.NormalizeARM(subscription + "/resourceGroups/" + t.group), Location: "westeurope", Side: evidence.Live,
		Tags: map[string]string{"env": "prod", "cost-center": fmt.Sprint(1000 + t.tags), "owner": "platform-team"}, Props: v, Origin: evidence.Origin{Input: "export.json"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range r.Lines {
		r.Lines[i]--
	}
	t.sealed, t.lines = &r, strings.Count(text, "\n")+1
}

var kinds = []struct{ kind, short string }{
	{"Microsoft.Web/sites", "app"},
	{"Microsoft.Network/networkSecurityGroups", "nsg"},
	{"Microsoft.Storage/storageAccounts", "st"},
	{"Microsoft.Sql/servers", "sql"},
}

// text is about 1.4 kB, in the shape of a Resource Graph answer.
func (t *thing) text() string {
	k := kinds[t.kind]
	name := fmt.Sprintf("%s-%s-%04d", k.short, strings.TrimPrefix(t.group, "rg-"), t.number)
	group := subscription + "/resourceGroups/" + t.group + "/providers"
	var b strings.Builder
	fmt.Fprintf(&b, "{\n \"id\": \"%s/%s/%s\",\n \"name\": %q,\n \"type\": %q,\n", group, k.kind, name, name, k.kind)
	fmt.Fprintf(&b, " \"location\": \"westeurope\",\n \"resourceGroup\": %q,\n \"tenantId\": \"c0ffee00-1111-4222-8333-444455556666\",\n", t.group)
	fmt.Fprintf(&b, " \"tags\": {\n  \"env\": \"prod\",\n  \"cost-center\": \"%d\",\n  \"owner\": \"platform-team\"\n },\n \"properties\": {\n", 1000+t.tags)
	fmt.Fprintf(&b, "  \"provisioningState\": \"Succeeded\",\n  \"creationTime\": %q,\n  \"resourceGuid\": %q,\n", t.made, t.guid)
	switch t.kind {
	case 0:
		fmt.Fprintf(&b, "  \"state\": \"Running\",\n  \"defaultHostName\": \"%s.azurewebsites.net\",\n  \"httpsOnly\": true,\n  \"clientCertEnabled\": false,\n", name)
		fmt.Fprintf(&b, "  \"serverFarmId\": \"%s/Microsoft.Web/serverfarms/plan-%d\",\n", group, t.number%30)
		fmt.Fprintf(&b, "  \"virtualNetworkSubnetId\": \"%s/Microsoft.Network/virtualNetworks/vnet-%d/subnets/apps\",\n", group, t.number%12)
		fmt.Fprintf(&b, "  \"outboundIpAddresses\": \"20.31.%d.%d,20.31.%d.%d\",\n", t.number%251, t.number%241, t.number%239, t.number%233)
		fmt.Fprintf(&b, "  \"siteConfig\": {\n   \"linuxFxVersion\": \"DOCKER|contoso.azurecr.io/shop:1.4.%d\",\n   \"minTlsVersion\": \"1.2\",\n   \"ftpsState\": \"Disabled\",\n   \"alwaysOn\": true,\n   \"numberOfWorkers\": %d\n  },\n", t.release, 1+t.number%5)
	case 1:
		b.WriteString("  \"securityRules\": [\n")
		for i := range 3 {
			fmt.Fprintf(&b, "   {\n    \"name\": \"allow-%d\",\n    \"properties\": {\n     \"protocol\": \"Tcp\",\n     \"sourceAddressPrefix\": \"10.%d.%d.0/24\",\n     \"destinationPortRange\": \"%d\",\n     \"access\": \"Allow\",\n     \"priority\": %d,\n     \"direction\": \"Inbound\"\n    }\n   },\n", i, t.number%200, i, 443+i*t.release, 100+10*i)
		}
		b.WriteString("   {\n    \"name\": \"deny-all\",\n    \"properties\": {\n     \"access\": \"Deny\",\n     \"priority\": 4096\n    }\n   }\n  ],\n")
	case 2:
		fmt.Fprintf(&b, "  \"minimumTlsVersion\": \"TLS1_2\",\n  \"allowBlobPublicAccess\": false,\n  \"supportsHttpsTrafficOnly\": true,\n  \"primaryLocation\": \"westeurope\",\n")
		fmt.Fprintf(&b, "  \"primaryEndpoints\": {\n   \"blob\": \"https://%[1]s.blob.core.windows.net/\",\n   \"queue\": \"https://%[1]s.queue.core.windows.net/\",\n   \"table\": \"https://%[1]s.table.core.windows.net/\"\n  },\n", name)
		fmt.Fprintf(&b, "  \"networkAcls\": {\n   \"bypass\": \"AzureServices\",\n   \"defaultAction\": \"Deny\",\n   \"ipRules\": [\n    {\n     \"value\": \"20.50.%d.%d\",\n     \"action\": \"Allow\"\n    }\n   ]\n  },\n", t.release%250, t.number%250)
	default:
		fmt.Fprintf(&b, "  \"fullyQualifiedDomainName\": \"%s.database.windows.net\",\n  \"version\": \"12.0\",\n  \"publicNetworkAccess\": \"Disabled\",\n  \"minimalTlsVersion\": \"1.2\",\n", name)
		fmt.Fprintf(&b, "  \"administrators\": {\n   \"administratorType\": \"ActiveDirectory\",\n   \"principalType\": \"Group\",\n   \"sid\": \"%s\",\n   \"azureADOnlyAuthentication\": true\n  },\n", strings.ToUpper(t.guid))
		fmt.Fprintf(&b, "  \"privateEndpointConnections\": [\n   {\n    \"id\": \"%s/%s/%s/privateEndpointConnections/pe-%d\",\n    \"properties\": {\n     \"status\": \"Approved\"\n    }\n   }\n  ],\n", group, k.kind, name, t.release)
	}
	fmt.Fprintf(&b, "  \"ports\": [\n   %d", t.release)
	for _, p := range t.ports {
		fmt.Fprintf(&b, ",\n   %d", p)
	}
	b.WriteString("\n  ]\n }\n}")
	return b.String()
}

// Record is what a scan of the day gives to keep.
func (e *Estate) Record(tb testing.TB) history.Record {
	tb.Helper()
	s := e.Scan(tb)
	return history.Record{Snapshot: s, Model: canon.Sum([]byte(s.Root))}
}

// Day is what the clock says in the estate.
func (e *Estate) Day() time.Time { return e.day }
