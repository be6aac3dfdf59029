package egress

import (
	"net/netip"
	"slices"
	"strings"
)

// special are the networks that are not the public internet: the IANA special-purpose address registries (RFC 6890 and its updates), multicast, and
// addresses at which clouds answer with credentials of the machine though they look public.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
	"192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // Azure's host
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

// global is what of IPv6 is handed out to the public internet (RFC 4291 section 2.4): all else is local, reserved, or hides an address of IPv4.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		all[i] = netip.MustParsePrefix(t)
	}
	return all
}

// Public reports whether a belongs to the public internet.
func Public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.Is6() && !global.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// mayDial reports whether the rule lets an address be dialled.
func (r *Rule) mayDial(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return Public(a) || slices.ContainsFunc(r.Nets, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Port reports whether the rule lets a port be reached.
func (r *Rule) Port(port uint16) bool { return r.mayPort(port) }

func (r *Rule) mayPort(port uint16) bool {
	if len(r.Ports) == 0 {
		return port == 443
	}
	return slices.Contains(r.Ports, port)
}

func (r *Rule) mayHost(host string) bool {
	return slices.ContainsFunc(r.Hosts, func(pattern string) bool { return matchHost(pattern, host) })
}

// normal is a host as it is compared: lower case, without the dot at the end.
func normal(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

func checkPattern(pattern string) error {
	if _, err := netip.ParseAddr(pattern); err == nil || pattern == "*" {
		return nil
	}
	labels := strings.Split(strings.TrimPrefix(pattern, "*."), ".")
	for _, l := range labels {
		if !isLabel(l) && l != "*" || pattern != normal(pattern) {
			return errPattern(pattern)
		}
	}
	// *.com, or *.* would allow nearly everything.
	if len(labels) < 2 && strings.HasPrefix(pattern, "*.") || labels[len(labels)-1] == "*" {
		return errPattern(pattern)
	}
	return nil
}

type errPattern string

func (e errPattern) Error() string { return "no pattern of hosts: " + string(e) }

// isLabel reports whether s may stand between two dots of a name: letters, digits, "-" and, as services do, "_".
func isLabel(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// matchHost reports whether a normal host fits a pattern.
func matchHost(pattern, host string) bool {
	if pattern == "*" || pattern == host {
		return true
	}
	if rest, ok := strings.CutPrefix(pattern, "*."); ok {
		n := strings.Count(rest, ".") + 1
		labels := strings.Split(host, ".")
		return len(labels) > n && matchLabels(strings.Split(rest, "."), labels[len(labels)-n:])
	}
	return matchLabels(strings.Split(pattern, "."), strings.Split(host, "."))
}

func matchLabels(pattern, labels []string) bool {
	if len(pattern) != len(labels) {
		return false
	}
	for i, p := range pattern {
		if p != labels[i] && (p != "*" || labels[i] == "") {
			return false
		}
	}
	return true
}
