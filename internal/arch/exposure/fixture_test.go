package exposure

import (
	"context"
	"fmt"
	"math"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

const (
	groupID  = "/subscriptions/1/resourcegroups/shop/providers/microsoft.network/networksecuritygroups/front"
	serverID = "/subscriptions/1/resourcegroups/shop/providers/microsoft.sql/servers/orders"
)

// failer is a testing.TB or a rapid.T, so far as fixtures need one.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// thing is a resource for tests.
type thing struct {
	id, typ, props string
	aliases        []string
	side           evidence.Side
}

func (x thing) form() evidence.Form {
	switch {
	case strings.HasPrefix(x.typ, "microsoft."):
		return evidence.ARM
	case strings.Contains(x.typ, "_"):
		return evidence.Terraform
	}
	return evidence.Kubernetes
}

func snapshot(tb failer, things ...thing) *evidence.Snapshot {
	tb.Helper()
	sealer, err := evidence.NewSealer([]byte(strings.Repeat("k", evidence.MinKey)))
	if err != nil {
		tb.Fatal(err)
	}
	var all []evidence.Resource
	for i, x := range things {
		v, err := tree.ParseJSON([]byte(x.props), tree.DefaultLimits)
		if err != nil {
			tb.Fatalf("%s: %v", x.id, err)
		}
		name := x.id[strings.LastIndexAny(x.id, "/.:")+1:]
		r, _, err := sealer.Seal(evidence.Draft{
			ID: x.id, Aliases: x.aliases, Form: x.form(), Provider: "test", Type: x.typ, Name: name, Side: x.side, Props: v,
			Origin: evidence.Origin{Input: "test", Line: i + 1},
		})
		if err != nil {
			tb.Fatalf("%s: %v", x.id, err)
		}
		all = append(all, r)
	}
	s, err := evidence.NewSnapshot(evidence.Meta{Name: "test", CollectedAt: "2026-01-02T03:04:05Z"}, all, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// difference is what lies between two snapshots.
func difference(tb failer, old, new *evidence.Snapshot) *diff.Diff {
	tb.Helper()
	d, err := diff.Snapshots(context.Background(), old, new, diff.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// compare compares two lists of things.
func compare(tb failer, old, new []thing) []Change {
	tb.Helper()
	a, b := snapshot(tb, old...), snapshot(tb, new...)
	got, err := Compare(context.Background(), a, b, difference(tb, a, b))
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

// short writes spans as people would.
func short(spans []Span) string {
	var out []string
	for _, s := range spans {
		ports := fmt.Sprint(s.From)
		switch {
		case s.From == 0 && s.To == maxPort:
			ports = "*"
		case s.From != s.To:
			ports = fmt.Sprintf("%d-%d", s.From, s.To)
		}
		who := fmt.Sprintf("%.4g", math.Round(s.Share*1e6)/1e6)
		if s.Cloud {
			who = "cloud"
		}
		out = append(out, fmt.Sprintf("%s/%s ip%d %s", s.Protocol, ports, s.Family, who))
	}
	return strings.Join(out, "; ")
}

// gist writes changes as people would.
func gist(changes []Change) string {
	var out []string
	for _, c := range changes {
		line := string(c.Kind)
		if len(c.Opened) > 0 {
			line += " +" + short(c.Opened)
		}
		if len(c.Closed) > 0 {
			line += " -" + short(c.Closed)
		}
		if len(c.Unknown) > 0 {
			line += " ?" + strings.Join(c.Unknown, "; ")
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// nsg is a group with rules in it: each "name priority access ports from".
func nsg(rules ...string) thing {
	var items []string
	for _, r := range rules {
		items = append(items, fmt.Sprintf(`{"name":%q,"properties":%s}`, strings.Fields(r)[0], armRule(r)))
	}
	return thing{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"securityRules":[` + strings.Join(items, ",") + `]}}`}
}

// child is a rule as a resource of its own.
func child(r string) thing {
	name := strings.Fields(r)[0]
	return thing{id: groupID + "/securityrules/" + name, typ: "microsoft.network/networksecuritygroups/securityrules", props: `{"properties":` + armRule(r) + `}`}
}

func armRule(text string) string {
	f := strings.Fields(text)
	protocol := "Tcp"
	if len(f) > 5 {
		protocol = f[5]
	}
	return fmt.Sprintf(`{"priority":%s,"access":%q,"direction":"Inbound","protocol":%q,"destinationPortRanges":[%s],"sourceAddressPrefixes":[%s],"sourcePortRange":"*","destinationAddressPrefix":"*"}`,
		f[1], f[2], protocol, quoteList(f[3]), quoteList(f[4]))
}

// hcl is a group with rules in blocks, hclChild a rule as a resource of its own.
func hcl(rules ...string) thing {
	var items []string
	for _, r := range rules {
		items = append(items, hclRule(r))
	}
	return thing{id: groupID, typ: "azurerm_network_security_group", props: `{"name":"front","security_rule":[` + strings.Join(items, ",") + `]}`}
}

func hclChild(r string) thing {
	return thing{id: groupID + "/securityrules/" + strings.Fields(r)[0], typ: "azurerm_network_security_rule", props: hclRule(r)}
}

func hclRule(text string) string {
	f := strings.Fields(text)
	protocol := "Tcp"
	if len(f) > 5 {
		protocol = f[5]
	}
	return fmt.Sprintf(`{"name":%q,"priority":%s,"access":%q,"direction":"Inbound","protocol":%q,"destination_port_ranges":[%s],"source_address_prefixes":[%s],"source_port_range":"*","destination_address_prefix":"*"}`,
		f[0], f[1], f[2], protocol, quoteList(f[3]), quoteList(f[4]))
}

func quoteList(text string) string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		out = append(out, fmt.Sprintf("%q", part))
	}
	return strings.Join(out, ",")
}
