package exposure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// Rules that all overlap are given up with a reason, not after a long time.
func TestTooManyRules(t *testing.T) {
	var rules []string
	for i := range 4000 {
		rules = append(rules, fmt.Sprintf("r%d %d Allow %d-%d 10.%d.%d.0/24", i, 100+i, i, 65535-i, i/256, i%256))
	}
	rules = append(rules, "no 4096 Deny * * *")
	got := compare(t, []thing{nsg()}, []thing{nsg(rules...)})
	if want := "network ?" + tooMany; gist(got) != want {
		t.Errorf("got %.200s, want %s", gist(got), want)
	}
	gates, err := Gates(context.Background(), snapshot(t, nsg(rules...)))
	if err != nil || len(gates) != 1 || !slices.Contains(gates[0].Unknown, tooMany) {
		t.Errorf("gates %+v, %v", gates, err)
	}
}

// A list of destinations that no two rules share is told coarsely: who is let in anywhere counts, and who is kept out everywhere.
func TestManyDestinations(t *testing.T) {
	items := []string{`{"name":"no","properties":{"priority":4000,"access":"Deny","direction":"Inbound","protocol":"*","destinationPortRange":"*","sourceAddressPrefix":"*","destinationAddressPrefix":"*"}}`}
	for i := range 200 {
		access := map[bool]string{true: "Allow", false: "Deny"}[i%2 == 0]
		items = append(items, fmt.Sprintf(`{"name":"r%d","properties":{"priority":%d,"access":%q,"direction":"Inbound","protocol":"Tcp","destinationPortRange":"22","sourceAddressPrefix":"*","destinationAddressPrefix":"10.0.%d.0/24"}}`, i, 100+i, access, i))
	}
	many := thing{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"securityRules":[` + strings.Join(items, ",") + `]}}`}
	if got, want := gist(compare(t, []thing{nsg("no 4000 Deny * * *")}, []thing{many})), "network +tcp/22 ip4 1; tcp/22 ip6 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Nothing of a hostile text is shown, and none makes anything look shut.
func TestHostileTexts(t *testing.T) {
	const secret = "hunter2<script>\x01"
	for _, field := range []string{"name", "priority", "access", "direction", "protocol", "destinationPortRange", "sourceAddressPrefix", "destinationAddressPrefix", "sourcePortRange"} {
		values := map[string]string{
			"name": "r", "priority": "100", "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "destinationPortRange": "22",
			"sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "sourcePortRange": "*",
		}
		write := func() thing {
			var out []string
			for k, v := range values {
				out = append(out, fmt.Sprintf("%q:%s", k, quoteJSON(v)))
			}
			slices.Sort(out)
			return thing{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"securityRules":[{"name":` + quoteJSON(values["name"]) + `,"properties":{` + strings.Join(out, ",") + `}}]}}`}
		}
		before := write()
		values[field] = secret
		got := compare(t, []thing{before}, []thing{write()})
		if text := fmt.Sprintf("%+v", short2(got)); strings.Contains(text, "hunter2") {
			t.Errorf("%s: %s", field, text)
		}
		if len(got) > 0 && len(got[0].Closed) > 0 {
			t.Errorf("%s: closed by a text that nobody understands: %s", field, gist(got))
		}
		understood := field == "name" || field == "sourcePortRange" || field == "destinationAddressPrefix"
		if !understood && (len(got) != 1 || len(got[0].Unknown) == 0) {
			t.Errorf("%s: nothing is unknown: %s", field, gist(got))
		}
	}
}

func short2(all []Change) (out []string) {
	for _, c := range all {
		out = append(out, c.Unknown...)
		for _, s := range slices.Concat(c.Opened, c.Closed) {
			out = append(out, s.By, string(s.Path))
		}
	}
	return out
}

func quoteJSON(s string) string {
	return strings.ReplaceAll(fmt.Sprintf("%q", s), `\x01`, `\u0001`)
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	old, new := snapshot(t, nsg()), snapshot(t, nsg("a 100 Allow 22 *"))
	if _, err := Compare(ctx, old, new, difference(t, old, new)); !errors.Is(err, context.Canceled) {
		t.Errorf("Compare: %v", err)
	}
	if _, err := Gates(ctx, new); !errors.Is(err, context.Canceled) {
		t.Errorf("Gates: %v", err)
	}
}

func TestParsePorts(t *testing.T) {
	for text, want := range map[string]string{
		"22": "[{22 22}]", "22,3389": "[{22 22} {3389 3389}]", "0-65535": "[{0 65535}]", "*": "[{0 65535}]", "Any": "[{0 65535}]", "90-80": "[{80 90}]",
		"1-3,2-5,6": "[{1 6}]", " 22 ": "[{22 22}]", "65535": "[{65535 65535}]",
		"": "no", "65536": "no", "-1": "no", "+22": "no", "22-": "no", "a": "no", "1,,2": "no", "1-2-3": "no", "0x16": "no", "${var.port}": "no",
	} {
		got := "no"
		if ports, ok := ParsePorts(text); ok {
			got = fmt.Sprint(ports)
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		prefixes string
		family   int
		want     float64
	}{
		{"0.0.0.0/0", 4, 1},
		{"0.0.0.0/1 128.0.0.0/1", 4, 1},
		{"0.0.0.0/2 64.0.0.0/2 128.0.0.0/3 160.0.0.0/3 192.0.0.0/2", 4, 1},
		{"10.0.0.0/8 192.168.0.0/16 172.16.0.0/12 127.0.0.0/8 224.0.0.0/3", 4, 0},
		{"8.0.0.0/8", 4, 16777216 / 3702390784.0},
		{"8.8.8.8/32", 4, 1 / 3702390784.0},
		{"0.0.0.0/0", 6, 0},
		{"::/0", 6, 1},
		{"2000::/4", 6, 0.5},
		{"2000::/4 3000::/4", 6, 1},
		{"fc00::/7", 6, 0},
		{"::ffff:8.8.8.0/120", 4, 256 / 3702390784.0},
		{"2001:db8::1/128", 6, math.Ldexp(1, -125)},
		{"", 4, 0},
		{"0.0.0.0/0", 5, 0},
	} {
		var all []netip.Prefix
		for text := range strings.FieldsSeq(c.prefixes) {
			all = append(all, netip.MustParsePrefix(text))
		}
		if got := PrefixSet(all...).Share(c.family); got != c.want {
			t.Errorf("%s: got %g, want %g", c.prefixes, got, c.want)
		}
	}
}

// Whatever a resource of any type holds, it is read without harm, lets in what it did when it is read again, and a change of its own makes
// no difference to itself.
func FuzzGates(f *testing.F) {
	for i, typ := range seeds() {
		f.Add(uint16(i), typ.props, `{}`)
	}
	types := append(typesSorted(), "azurerm_subnet")
	f.Fuzz(func(t *testing.T, which uint16, props, other string) {
		typ := types[int(which)%len(types)]
		a, ok := tryThing(typ, props)
		b, ok2 := tryThing(typ, other)
		if !ok || !ok2 {
			return
		}
		old, new := snapshot(t, a...), snapshot(t, b...)
		gates, err := Gates(context.Background(), old)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range gates {
			for _, s := range g.Open {
				if s.From < 0 || s.To > maxPort || s.From > s.To || s.Share < 0 || s.Share > 1 || math.IsNaN(s.Share) {
					t.Fatalf("a bad span: %+v", s)
				}
			}
		}
		if got, err := Compare(context.Background(), old, old, difference(t, old, old)); err != nil || len(got) != 0 {
			t.Fatalf("with itself: %v, %v", got, err)
		}
		if _, err := Compare(context.Background(), old, new, difference(t, old, new)); err != nil {
			t.Fatal(err)
		}
	})
}
