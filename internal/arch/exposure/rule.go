package exposure

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
)

// rule lets senders in or keeps them out.
type rule struct {
	priority int64 // the lowest decides
	deny     bool
	// denyFirst: of two with one priority the one that denies decides.
	denyFirst bool
	protocols protocols
	ports     []Ports
	from, to  party
	name      string
	resource  *evidence.Resource
	path      diff.Path
}

// party is who sends, or to whom it is sent: addresses, and what is named and not numbered.
type party struct {
	addresses Set
	tokens    []token
}

// token stands for addresses that nobody here knows. Equal tokens stand for the same.
type token struct {
	band band
	text string
}

func everyone() party { return party{addresses: senders} }

// senders4 are those who have an address of IPv4, or only a name.
var senders4 = Union(slices.DeleteFunc(slices.Clone(senders), func(r interval) bool { return r.band == ip6 }))

// network is what comes from within: networks are taken to use private addresses, and members of groups are inside.
var network = Union(private, Set{all(inside)})

// outside is what comes from the Internet, the cloud's own addresses included.
var outside = Union(public, Set{all(tagged)})

// cloudTag is the tag for all addresses of the cloud, whoever rents them.
const cloudTag = "azurecloud"

func (p *party) add(q party) {
	p.addresses = append(p.addresses, q.addresses...)
	p.tokens = append(p.tokens, q.tokens...)
}

// done puts what was added in order.
func (p *party) done() {
	if !p.addresses.ordered() {
		p.addresses = newSet(slices.Clone(p.addresses))
	}
	slices.SortFunc(p.tokens, compareTokens)
	p.tokens = slices.Compact(p.tokens)
}

func compareTokens(a, b token) int {
	if c := cmp.Compare(a.band, b.band); c != 0 {
		return c
	}
	// A dot sorts first, so that the regions of a tag follow it: storage, storage.westeurope, storagesync.
	return strings.Compare(strings.ReplaceAll(a.text, ".", "\x00"), strings.ReplaceAll(b.text, ".", "\x00"))
}

// whole reports whether p is everyone.
func (p *party) whole() bool {
	return len(p.tokens) == 0 && slices.Equal(p.addresses, senders)
}

// puzzling reports whether p is partly somebody nobody knows.
func (p *party) puzzling() bool {
	return slices.ContainsFunc(p.tokens, func(t token) bool { return t.band == unknown })
}

func named(b band, text string) party { return party{tokens: []token{{b, text}}} }

// parseParty reads an address, a prefix, a range from-to, or a word such as * or Any. What is none of these, an expression that the code leaves open
// included, becomes a token that nobody knows.
func parseParty(text string) party {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "*", "any":
		return everyone()
	}
	if set, ok := parseAddresses(text); ok {
		return ofSet(set)
	}
	return named(unknown, text)
}

// ofSet is who sends from these addresses.
func ofSet(s Set) party {
	if slices.Contains(s, all(ip4)) {
		return party{addresses: Union(senders4, s.meet(senders))}
	}
	return party{addresses: s.meet(senders)}
}

// parseTagged is parseParty with the service tags of Azure (learn.microsoft.com/azure/virtual-network/service-tags-overview).
func parseTagged(text string) party {
	p := parseParty(text)
	if len(p.tokens) == 0 {
		return p
	}
	tag := strings.ToLower(strings.TrimSpace(text))
	switch {
	case tag == "internet":
		return party{addresses: outside}
	case tag == "virtualnetwork":
		return party{addresses: network}
	case tag == "azureloadbalancer":
		return party{} // health probes of the platform
	case tag == cloudTag:
		return party{addresses: Set{all(tagged)}}
	case isTag(tag):
		return named(tagged, tag)
	}
	return p
}

// isTag reports whether text has the form of a service tag: letters and digits with dots inside.
func isTag(text string) bool {
	if text == "" || len(text) > 80 || text[0] < 'a' || text[0] > 'z' {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}

// parseAddresses reads an address, a prefix or a range from-to of addresses.
func parseAddresses(text string) (Set, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return PrefixSet(p), true
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return PrefixSet(netip.PrefixFrom(a, a.BitLen())), true
	}
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return nil, false
	}
	return parseRange(from, to)
}

// parseRange reads the ends of a range; the ends of one that is written backwards are swapped.
func parseRange(from, to string) (Set, bool) {
	a, err1 := netip.ParseAddr(strings.TrimSpace(from))
	b, err2 := netip.ParseAddr(strings.TrimSpace(to))
	if err1 != nil || err2 != nil || a.Zone() != "" || b.Zone() != "" {
		return nil, false
	}
	m, family := ofAddr(a)
	n, same := ofAddr(b)
	if family != same {
		return nil, false
	}
	if m.compare(n) > 0 {
		m, n = n, m
	}
	return Set{{family, m, n}}, true
}

// index gives each token of the rules a place on its band.
type index []token

func newIndex(groups ...[]rule) index {
	var tokens []token
	for _, rules := range groups {
		for i := range rules {
			tokens = append(tokens, rules[i].from.tokens...)
			tokens = append(tokens, rules[i].to.tokens...)
		}
	}
	slices.SortFunc(tokens, compareTokens)
	return slices.Compact(tokens)
}

// set returns the senders of p, its tokens at their places.
func (x index) set(p *party) Set {
	if len(p.tokens) == 0 {
		return p.addresses
	}
	runs := slices.Clone([]interval(p.addresses))
	for _, t := range p.tokens {
		i, _ := slices.BinarySearchFunc(x, t, compareTokens)
		end := i
		for t.band == tagged && end+1 < len(x) && x[end+1].band == tagged && strings.HasPrefix(x[end+1].text, t.text+".") {
			end++
		}
		runs = append(runs, interval{t.band, number{lo: uint64(i)}, number{lo: uint64(end)}})
	}
	return newSet(runs)
}

// tokenAt returns the token at a place of a band: of a run that is no token of its own, none.
func (x index) tokenAt(n number) (token, bool) {
	if n.hi > 0 || n.lo >= uint64(len(x)) {
		return token{}, false
	}
	return x[n.lo], true
}
