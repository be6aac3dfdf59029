package exposure

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// small is a rule over a space small enough to ask about everything in it.
type small struct {
	priority int
	deny     bool
	protocol string
	ports    []Ports
	from, to []netip.Prefix // none: everyone
}

// The space: addresses one in each sixteenth of a few networks, and ports up to nine.
var (
	smallHosts = func() []netip.Addr {
		var all []netip.Addr
		for _, text := range []string{"1.0.0.1", "9.1.2.3", "10.0.0.1", "64.0.0.1", "100.64.0.1", "127.255.255.255", "128.0.0.0", "172.16.0.9", "192.168.1.1", "198.51.100.7", "223.255.255.255", "2001:db8::1", "3fff::", "fc00::1"} {
			a := netip.MustParseAddr(text)
			if n, b := ofAddr(a); senders.contains(b, n) {
				all = append(all, a)
			}
		}
		return all
	}()
	smallTargets  = []netip.Addr{netip.MustParseAddr("10.0.0.4"), netip.MustParseAddr("10.0.1.4"), netip.MustParseAddr("10.0.2.4"), netip.MustParseAddr("10.1.0.4")}
	smallPrefixes = []string{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/2", "8.0.0.0/5", "10.0.0.0/8", "192.0.0.0/3", "198.51.100.0/24", "9.1.2.3/32", "::/0", "2000::/3", "2001:db8::/32"}
	smallDest     = []string{"10.0.0.0/24", "10.0.0.0/16", "10.0.1.0/24"}
)

func drawRules(t *rapid.T, label string) []small {
	n := rapid.IntRange(0, 7).Draw(t, label)
	var out []small
	for i := range n {
		s := small{
			priority: 100 + i, // of one priority there is but one
			deny:     rapid.Bool().Draw(t, "deny"),
			protocol: rapid.SampledFrom([]string{"Tcp", "Udp", "*", "Icmp"}).Draw(t, "protocol"),
		}
		if rapid.IntRange(0, 3).Draw(t, "some ports") > 0 {
			for range rapid.IntRange(1, 2).Draw(t, "ranges") {
				a, b := rapid.IntRange(0, 9).Draw(t, "a"), rapid.IntRange(0, 9).Draw(t, "b")
				s.ports = append(s.ports, Ports{a, b})
			}
		}
		for range rapid.IntRange(0, 3).Draw(t, "prefixes") {
			s.from = append(s.from, netip.MustParsePrefix(rapid.SampledFrom(smallPrefixes).Draw(t, "prefix")))
		}
		if rapid.IntRange(0, 3).Draw(t, "to some") == 0 {
			s.to = append(s.to, netip.MustParsePrefix(rapid.SampledFrom(smallDest).Draw(t, "to")))
		}
		out = append(out, s)
	}
	return rapid.Permutation(out).Draw(t, "order")
}

// group writes rules as a group of ARM, some of them as resources of their own.
func group(rules []small, own int) []thing {
	var nested []string
	var out []thing
	for i, r := range rules {
		props := fmt.Sprintf(`{"priority":%d,"access":%q,"direction":"Inbound","protocol":%q,"sourcePortRange":"*","destinationPortRanges":[%s],"sourceAddressPrefixes":[%s],"destinationAddressPrefixes":[%s]}`,
			r.priority, map[bool]string{true: "Deny", false: "Allow"}[r.deny], r.protocol, portTexts(r.ports), prefixTexts(r.from), prefixTexts(r.to))
		name := fmt.Sprintf("r%d", r.priority)
		if i < own {
			out = append(out, thing{id: groupID + "/securityrules/" + name, typ: "microsoft.network/networksecuritygroups/securityrules", props: `{"properties":` + props + `}`})
			continue
		}
		nested = append(nested, fmt.Sprintf(`{"name":%q,"properties":%s}`, name, props))
	}
	return append(out, thing{id: groupID, typ: "microsoft.network/networksecuritygroups", props: `{"properties":{"securityRules":[` + strings.Join(nested, ",") + `]}}`})
}

func portTexts(ports []Ports) string {
	if len(ports) == 0 {
		return `"*"`
	}
	var out []string
	for _, p := range ports {
		out = append(out, fmt.Sprintf(`"%d-%d"`, p.From, p.To)) // some are written backwards
	}
	return strings.Join(out, ",")
}

func prefixTexts(prefixes []netip.Prefix) string {
	if len(prefixes) == 0 {
		return `"*"`
	}
	var out []string
	for _, p := range prefixes {
		out = append(out, fmt.Sprintf("%q", p))
	}
	return strings.Join(out, ",")
}

// lets asks the rules about one packet, the plain way.
func lets(rules []small, protocol string, port int, from, to netip.Addr) bool {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b small) int { return a.priority - b.priority })
	for _, r := range sorted {
		if r.protocol != "*" && !strings.EqualFold(r.protocol, protocol) || !inAny(r.from, from) || !inAny(r.to, to) {
			continue
		}
		if protocol == "icmp" {
			if r.protocol == "*" && len(r.ports) > 0 {
				continue // it is about ports, which ICMP has none of
			}
		} else if len(r.ports) > 0 && !slices.ContainsFunc(r.ports, func(p Ports) bool { return port >= min(p.From, p.To) && port <= max(p.From, p.To) }) {
			continue
		}
		return !r.deny
	}
	n, b := ofAddr(from)
	return private.contains(b, n) // the default rule lets the network in
}

func inAny(prefixes []netip.Prefix, a netip.Addr) bool {
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

func has(layers []layer, port int, a netip.Addr) bool {
	n, b := ofAddr(a)
	for _, l := range layers {
		if l.ports.From <= port && port <= l.ports.To {
			return setOf(l.pieces).contains(b, n)
		}
	}
	return false
}

// Every packet of a small space is told as the rules say when they are asked one by one.
func TestAgreesWithAskingEachPacket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := drawRules(t, "old"), drawRules(t, "new")
		a, b := builtOf(t, old, 0), builtOf(t, new, rapid.IntRange(0, len(new)).Draw(t, "own"))
		f := newField(context.Background(), a.rules, b.rules)
		d, err := f.difference(a.rules, b.rules)
		if err != nil {
			t.Fatal(err)
		}
		for bit, protocol := range []string{"tcp", "udp", "icmp"} {
			for port := range 11 {
				for _, from := range smallHosts {
					opened, closed := false, false
					for _, to := range smallTargets {
						was, is := lets(old, protocol, port, from, to), lets(new, protocol, port, from, to)
						opened, closed = opened || is && !was, closed || was && !is
					}
					if got := has(d.opened[bit], port, from); got != opened {
						t.Fatalf("%s %d from %s: opened is %v, want %v", protocol, port, from, got, opened)
					}
					if got := has(d.closed[bit], port, from); got != closed {
						t.Fatalf("%s %d from %s: closed is %v, want %v", protocol, port, from, got, closed)
					}
				}
			}
		}
	})
}

func builtOf(t failer, rules []small, own int) *gate {
	s := snapshot(t, group(rules, own)...)
	all, err := collect(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	all.take(nil)
	for v, parts := range all.parts {
		return build(v.id, parts)
	}
	t.Fatal("there is no gate")
	return nil
}

// A gate compared with itself, in whatever order and wherever its rules are kept, lets the same in; and the mirror swaps what is opened
// with what is closed.
func TestSameAndMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := drawRules(t, "old"), drawRules(t, "new")
		shuffled := rapid.Permutation(old).Draw(t, "shuffled")
		own := rapid.IntRange(0, len(old)).Draw(t, "own")
		if got := compare(t, group(old, 0), group(old, 0)); len(got) != 0 {
			t.Fatalf("with itself: %s", gist(got))
		}
		if got := compare(t, group(old, 0), group(shuffled, own)); len(got) != 0 {
			t.Fatalf("with itself in another order: %s", gist(got))
		}
		there, back := compare(t, group(old, 0), group(new, 0)), compare(t, group(new, 0), group(old, 0))
		if len(there) != len(back) {
			t.Fatalf("there %s, back %s", gist(there), gist(back))
		}
		for i := range there {
			if short(there[i].Opened) != short(back[i].Closed) || short(there[i].Closed) != short(back[i].Opened) {
				t.Fatalf("there %s, back %s", gist(there), gist(back))
			}
			disjoint(t, there[i].Opened)
			disjoint(t, there[i].Closed)
		}
	})
}

// disjoint fails where two spans of one protocol and family share a port.
func disjoint(t *rapid.T, spans []Span) {
	for i, a := range spans {
		if a.From > a.To || a.Share < 0 || a.Share > 1 {
			t.Fatalf("a bad span: %+v", a)
		}
		for _, b := range spans[i+1:] {
			if a.Family == b.Family && a.Protocol == b.Protocol && a.Cloud == b.Cloud && a.From <= b.To && b.From <= a.To {
				t.Fatalf("%+v and %+v overlap", a, b)
			}
		}
	}
}
