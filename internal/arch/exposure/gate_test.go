package exposure

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

const subnetID = "/subscriptions/1/resourcegroups/shop/providers/microsoft.network/virtualnetworks/net/subnets/web"

// A denial counts for the destinations that it names only.
func TestDestinations(t *testing.T) {
	to := func(rules ...string) []thing {
		var items []string
		for i, r := range rules {
			f := strings.Fields(r)
			items = append(items, fmt.Sprintf(`{"name":"r%d","properties":{"priority":%d,"access":%q,"direction":"Inbound","protocol":"Tcp","destinationPortRange":%q,"sourceAddressPrefix":"Internet","destinationAddressPrefix":%q,"sourcePortRange":%q}}`, i, 100+i, f[0], f[1], f[2], f[3]))
		}
		return []thing{{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"securityRules":[` + strings.Join(items, ",") + `]}}`}}
	}
	for _, c := range []struct {
		name     string
		old, new []thing
		want     string
	}{
		{"a deny for one machine does not shield the others", to("Deny 22 10.0.0.4 *"), to("Deny 22 10.0.0.4 *", "Allow 22 * *"), "network +tcp/22 ip4 1; tcp/22 ip6 1"},
		{"a deny for that machine does", to("Deny 22 10.0.0.0/24 *"), to("Deny 22 10.0.0.0/24 *", "Allow 22 10.0.0.4 *"), ""},
		{"to another machine", to("Allow 22 10.0.0.4 *"), to("Allow 22 10.0.0.5 *"), "network +tcp/22 ip4 1; tcp/22 ip6 1 -tcp/22 ip4 1; tcp/22 ip6 1"},
		{"the network is everything behind the gate", to("Allow 22 VirtualNetwork *"), to("Allow 22 * *"), ""},
		{"a deny by the sender's port is none", to("Deny 22 * 1024", "Allow 22 * *"), to("Allow 22 * *"), ""},
		{"an allow by the sender's port is one", to(), to("Allow 22 * 1024"), "network +tcp/22 ip4 1; tcp/22 ip6 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gist(compare(t, c.old, c.new)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A group that is gone while what it guarded stays.
func TestGroupGone(t *testing.T) {
	subnet := func(group string) thing {
		props := `{"properties":{}}`
		if group != "" {
			props = fmt.Sprintf(`{"properties":{"networkSecurityGroup":{"id":%q}}}`, strings.ToUpper(group[:1])+group[1:])
		}
		return thing{id: subnetID, typ: "microsoft.network/virtualnetworks/subnets", props: props}
	}
	other := nsg("ssh 100 Allow 22 *")
	other.id = strings.Replace(groupID, "front", "other", 1)
	association := thing{id: "azure:azurerm_subnet_network_security_group_association:x", typ: "azurerm_subnet_network_security_group_association", props: fmt.Sprintf(`{"subnet_id":%q,"network_security_group_id":%q}`, subnetID, groupID)}
	plainSubnet := thing{id: subnetID, typ: "azurerm_subnet", props: `{"name":"web"}`}
	alone := "network ?the group is gone, and of what it guarded 1 still stand without one: what comes in to them now depends on their addresses and on the gates before them"
	for _, c := range []struct {
		name     string
		old, new []thing
		want     string
	}{
		{"and what it guarded too", []thing{nsg("a 100 Allow 80 *"), subnet(groupID)}, nil, ""},
		{"and what it guarded stands bare", []thing{nsg("a 100 Allow 80 *"), subnet(groupID)}, []thing{subnet("")}, alone},
		{"and what it guarded is behind another", []thing{nsg("a 100 Allow 80 *"), other, subnet(groupID)}, []thing{other, subnet(other.id)}, "network +tcp/22 ip4 1; tcp/22 ip6 1 -tcp/80 ip4 1; tcp/80 ip6 1"},
		{"and its list says whom it guarded", []thing{{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"subnets":[{"id":"` + subnetID + `"}]}}`}, subnet("")}, []thing{subnet("")}, alone},
		{"in Terraform", []thing{hcl("a 100 Allow 80 *"), plainSubnet, association}, []thing{plainSubnet}, alone},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gist(compare(t, c.old, c.new)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// What a side could not read is neither opened nor closed.
func TestNotRead(t *testing.T) {
	old := snapshot(t, nsg(), child("no 100 Deny 22 *"), child("ssh 110 Allow 22 *"), child("web 120 Allow 443 *"))
	new := snapshot(t, nsg(), child("ssh 110 Allow 22 *"), child("web 130 Allow 443 *"))
	d := difference(t, old, new)
	d.Changes = slices.DeleteFunc(d.Changes, func(c diff.Change) bool { return c.Kind == diff.Removed }) // the deny could not be read
	got, err := Compare(context.Background(), old, new, d)
	if err != nil || len(got) != 0 {
		t.Errorf("got %s, %v", gist(got), err)
	}

	old, new = snapshot(t, one("microsoft.storage/storageaccounts", `{"properties":{"networkAcls":{"defaultAction":"Deny"}}}`)...), snapshot(t, one("microsoft.storage/storageaccounts", `{"properties":{}}`)...)
	d = difference(t, old, new)
	for i := range d.Changes[0].Properties {
		d.Changes[0].Properties[i].Unknown = "the source withholds it"
	}
	got, err = Compare(context.Background(), old, new, d)
	if want := "store ?properties.networkAcls.defaultAction: the source withholds it"; err != nil || gist(got) != want {
		t.Errorf("got %s, %v, want %s", gist(got), err, want)
	}

	gone, err := old.Redact(accountID, "asked for")
	if err != nil {
		t.Fatal(err)
	}
	gates, err := Gates(context.Background(), gone)
	if err != nil || len(gates) != 1 || len(gates[0].Unknown) != 1 || len(gates[0].Open) != 0 {
		t.Errorf("of what was withdrawn: %+v, %v", gates, err)
	}
	got, err = Compare(context.Background(), old, gone, &diff.Diff{Changes: []diff.Change{{Kind: diff.Removed, Old: &old.Resources[0]}, {Kind: diff.Added, New: &gone.Resources[0]}}})
	if want := "store ?files: its content was withdrawn"; err != nil || gist(got) != want {
		t.Errorf("got %s, %v, want %s", gist(got), err, want)
	}
}

// A gate under a new id is compared with what it was.
func TestMoved(t *testing.T) {
	moved := nsg("a 100 Allow 80 *", "ssh 110 Allow 22 *")
	moved.id = strings.Replace(groupID, "front", "entry", 1)
	rule := child("db 120 Allow 5432 *")
	movedRule := rule
	movedRule.id = moved.id + "/securityrules/db"
	old, new := snapshot(t, nsg("a 100 Allow 80 *"), rule), snapshot(t, moved, movedRule)
	at := func(s *evidence.Snapshot, id string) *evidence.Resource {
		i := slices.IndexFunc(s.Resources, func(r evidence.Resource) bool { return r.ID == id })
		return &s.Resources[i]
	}
	for name, changes := range map[string][]diff.Change{
		"group and rule": {{Kind: diff.Moved, Old: at(old, groupID), New: at(new, moved.id)}, {Kind: diff.Moved, Old: at(old, rule.id), New: at(new, movedRule.id)}},
		"rule only":      {{Kind: diff.Removed, Old: at(old, groupID)}, {Kind: diff.Added, New: at(new, moved.id)}, {Kind: diff.Moved, Old: at(old, rule.id), New: at(new, movedRule.id)}},
	} {
		got, err := Compare(context.Background(), old, new, &diff.Diff{Changes: changes})
		if want := "network +tcp/22 ip4 1; tcp/22 ip6 1"; err != nil || gist(got) != want || got[0].Resource != moved.id {
			t.Errorf("%s: got %s, %v, want %s", name, gist(got), err, want)
		}
	}
}

// Of a plan the one side is live, the other planned; and a gate that is seen in two vocabularies is told of once.
func TestSidesAndForms(t *testing.T) {
	side := func(s evidence.Side, all ...thing) []thing {
		for i := range all {
			all[i].side = s
		}
		return all
	}
	old := snapshot(t, side(evidence.Live, hcl("a 200 Allow 80 *"), hclChild("no 100 Deny 22 *"))...)
	new := snapshot(t, side(evidence.Planned, hcl("a 200 Allow 80 *"), hclChild("no 100 Deny 22 *"), hclChild("all 300 Allow 20-25 *"))...)
	d, err := diff.Snapshots(context.Background(), old, new, diff.Options{AnySide: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Compare(context.Background(), old, new, d)
	if want := "network +tcp/20-21 ip4 1; tcp/23-25 ip4 1; tcp/20-21 ip6 1; tcp/23-25 ip6 1"; err != nil || gist(got) != want {
		t.Errorf("got %s, %v, want %s", gist(got), err, want)
	}
	both := compare(t, []thing{nsg(), hcl()}, []thing{nsg("a 100 Allow 22 *"), hcl("a 100 Allow 22 *")})
	if want := "network +tcp/22 ip4 1; tcp/22 ip6 1"; gist(both) != want {
		t.Errorf("got %s, want %s", gist(both), want)
	}
	one := compare(t, []thing{nsg(), hcl()}, []thing{nsg("a 100 Allow 22 *"), hcl()})
	if want := "network +tcp/22 ip4 1; tcp/22 ip6 1"; gist(one) != want {
		t.Errorf("got %s, want %s", gist(one), want)
	}
}

// A span says which rule opens it, where that stands, and the place is there.
func TestPlaces(t *testing.T) {
	rules := nsg("a 100 Allow 80 *", "ssh 110 Allow 22 *")
	got := compare(t, []thing{nsg()}, []thing{rules, child("rdp 120 Allow 3389 *")})
	if len(got) != 1 {
		t.Fatal(gist(got))
	}
	want := map[int]string{22: "ssh properties.securityRules[name=ssh]", 80: "a properties.securityRules[name=a]", 3389: "rdp properties"}
	for _, s := range got[0].Opened {
		if text := s.By + " " + string(s.Path); text != want[s.From] {
			t.Errorf("port %d is opened by %q, want %q", s.From, text, want[s.From])
		}
		r := snapshot(t, rules, child("rdp 120 Allow 3389 *"))
		i := slices.IndexFunc(r.Resources, func(x evidence.Resource) bool { return x.ID == s.Resource })
		v, err := r.Resources[i].Tree()
		if err != nil || diff.At(&v, s.Path) == nil {
			t.Errorf("%s is not in %s", s.Path, s.Resource)
		}
	}
	if got[0].Old == nil || got[0].New == nil || got[0].New.ID != groupID || got[0].Resource != groupID {
		t.Errorf("the gate is %+v", got[0].New)
	}
}

// What az prints has no "properties" in between.
func TestFlattened(t *testing.T) {
	flat := thing{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"securityRules":[{"name":"ssh","priority":100,"access":"Allow","direction":"Inbound","protocol":"Tcp","destinationPortRange":"22","sourceAddressPrefix":"*","destinationAddressPrefix":"*","sourcePortRange":"*"}]}`}
	if got := gist(compare(t, []thing{flat}, []thing{nsg("ssh 100 Allow 22 *")})); got != "" {
		t.Error(got)
	}
	if got, want := gist(compare(t, []thing{nsg()}, []thing{flat})), "network +tcp/22 ip4 1; tcp/22 ip6 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The groups of recorded answers of Azure let in what their rules say.
func TestRecorded(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(sourcetest.Inputs(t), "azure", "NetworkSecurityGroupTest.test_open_ports.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Value []json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, one := range list.Value {
		var head struct{ ID, Type, Name string }
		if err := json.Unmarshal(one, &head); err != nil {
			t.Fatal(err)
		}
		gates, err := Gates(context.Background(), snapshot(t, thing{id: evidence.NormalizeARM(head.ID), typ: strings.ToLower(head.Type), props: string(one)}))
		if err != nil || len(gates) != 1 {
			t.Fatalf("%d gates, %v", len(gates), err)
		}
		got[head.Name] = short(gates[0].Open) + strings.Join(gates[0].Unknown, "; ")
	}
	if want := "*/88-90 ip4 1; */88-90 ip6 1"; got["c7n-nsg"] != want {
		t.Errorf("got %q, want %q", got["c7n-nsg"], want)
	}
}
