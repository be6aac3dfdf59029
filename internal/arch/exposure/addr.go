package exposure

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"sort"
)

// number is an unsigned number of 128 bits: an address, or the place of a token.
type number struct{ hi, lo uint64 }

func (a number) compare(b number) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

// next returns a+1; of the highest, zero.
func (a number) next() number {
	lo, carry := bits.Add64(a.lo, 1, 0)
	return number{a.hi + carry, lo}
}

func (a number) previous() number {
	lo, borrow := bits.Sub64(a.lo, 1, 0)
	return number{a.hi - borrow, lo}
}

// size returns b-a+1 as a floating-point number.
func size(a, b number) float64 {
	lo, borrow := bits.Sub64(b.lo, a.lo, 0)
	hi, _ := bits.Sub64(b.hi, a.hi, borrow)
	return math.Ldexp(float64(hi), 64) + float64(lo) + 1
}

// band is a sort of sender. Addresses are two of them; what is named and not numbered has its own.
type band uint8

const (
	ip4     band = 4
	ip6     band = 6
	tagged  band = 7 // service tags of Azure: addresses of the platform, known to it alone
	inside  band = 8 // groups of what is inside the network: application security groups, security groups
	unknown band = 9 // expressions that the code leaves open, prefix lists, text that is no address
)

// interval is a run of senders of one band, both ends included.
type interval struct {
	band     band
	from, to number
}

var last = number{math.MaxUint64, math.MaxUint64}

// all returns every sender of a band.
func all(b band) interval {
	if b == ip4 {
		return interval{b, number{}, number{lo: math.MaxUint32}}
	}
	return interval{b, number{}, last}
}

// Set is a set of addresses: disjoint runs in order, as large as they can be.
type Set []interval

func byStart(a, b interval) int {
	if c := cmp.Compare(a.band, b.band); c != 0 {
		return c
	}
	if c := a.from.compare(b.from); c != 0 {
		return c
	}
	return a.to.compare(b.to)
}

// newSet sorts and joins runs, which it takes over.
func newSet(runs []interval) Set {
	slices.SortFunc(runs, byStart)
	out := runs[:0]
	for _, r := range runs {
		if n := len(out); n > 0 && out[n-1].meets(r) {
			if out[n-1].to.compare(r.to) < 0 {
				out[n-1].to = r.to
			}
			continue
		}
		out = append(out, r)
	}
	return Set(slices.Clip(out))
}

// ordered reports whether s is in the order that a set has.
func (s Set) ordered() bool {
	for i := 1; i < len(s); i++ {
		if byStart(s[i-1], s[i]) >= 0 || s[i-1].meets(s[i]) {
			return false
		}
	}
	return true
}

// meets reports whether b, which does not begin before a, overlaps it or follows at once.
func (a interval) meets(b interval) bool {
	return a.band == b.band && (a.to == last || b.from.compare(a.to.next()) <= 0)
}

// Union returns what is in any of the sets.
func Union(sets ...Set) Set { return newSet(slices.Concat(sets...)) }

// Subtract returns what is in s and not in t.
func (s Set) Subtract(t Set) Set {
	var out Set
	i := 0
	for _, r := range s {
		for i < len(t) && before(t[i], r) {
			i++
		}
		rest, gone := r, false
		for k := i; k < len(t) && !gone && !before(rest, t[k]); k++ {
			if rest.from.compare(t[k].from) < 0 {
				out = append(out, interval{r.band, rest.from, t[k].from.previous()})
			}
			if gone = t[k].to.compare(rest.to) >= 0; !gone {
				rest.from = t[k].to.next()
			}
		}
		if !gone {
			out = append(out, rest)
		}
	}
	return out
}

// before reports whether a ends before b begins.
func before(a, b interval) bool {
	return a.band < b.band || a.band == b.band && a.to.compare(b.from) < 0
}

// contains reports whether a sender is in the set.
func (s Set) contains(b band, n number) bool {
	i := sort.Search(len(s), func(i int) bool { return !before(s[i], interval{b, n, n}) })
	return i < len(s) && s[i].band == b && s[i].from.compare(n) <= 0
}

// Share returns which part of the addresses of a family (4 or 6) that come from the Internet are in the set, 0 to 1.
func (s Set) Share(family int) float64 {
	b := band(family)
	if b != ip4 && b != ip6 {
		return 0
	}
	if b == ip4 {
		return s.meet(public).count(b) / public4
	}
	return s.meet(public).count(b) / public6
}

// count returns how many senders of a band are in the set.
func (s Set) count(b band) float64 {
	n := 0.0
	for _, r := range s {
		if r.band == b {
			n += size(r.from, r.to)
		}
	}
	return n
}

// meet returns what is in both.
func (s Set) meet(t Set) Set {
	var out Set
	for i, k := 0, 0; i < len(s) && k < len(t); {
		a, b := s[i], t[k]
		if before(a, b) {
			i++
			continue
		}
		if before(b, a) {
			k++
			continue
		}
		run := interval{a.band, later(a.from, b.from), sooner(a.to, b.to)}
		out = append(out, run)
		if a.to.compare(b.to) < 0 {
			i++
		} else {
			k++
		}
	}
	return out
}

func later(a, b number) number {
	if a.compare(b) > 0 {
		return a
	}
	return b
}

func sooner(a, b number) number {
	if a.compare(b) < 0 {
		return a
	}
	return b
}

// PrefixSet returns the addresses of prefixes.
func PrefixSet(prefixes ...netip.Prefix) Set {
	runs := make([]interval, 0, len(prefixes))
	for _, p := range prefixes {
		if p.IsValid() {
			runs = append(runs, ofPrefix(p))
		}
	}
	return newSet(runs)
}

func ofPrefix(p netip.Prefix) interval {
	a, length := p.Addr(), p.Bits()
	if a.Is4In6() && length >= 96 {
		a, length = a.Unmap(), length-96
	}
	n, b := ofAddr(a)
	width := 128
	if b == ip4 {
		width = 32
	}
	mask := lowBits(width - length)
	from := number{n.hi &^ mask.hi, n.lo &^ mask.lo}
	return interval{b, from, number{from.hi | mask.hi, from.lo | mask.lo}}
}

// lowBits returns a number with the n lowest bits set.
func lowBits(n int) number {
	if n > 64 {
		return number{1<<(n-64) - 1, math.MaxUint64}
	}
	return number{0, 1<<n - 1}
}

func ofAddr(a netip.Addr) (number, band) {
	if a = a.Unmap(); a.Is4() {
		b := a.As4()
		return number{lo: uint64(binary.BigEndian.Uint32(b[:]))}, ip4
	}
	b := a.As16()
	return number{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}, ip6
}

// private are the addresses that networks use within themselves (RFC 1918, RFC 6598, RFC 4193).
var private = prefixes("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")

// public are the addresses from which the Internet can come: of IPv4 all but those that are private, loopback, link-local,
// multicast, reserved or of no host, of IPv6 the global unicast range (the IANA special-purpose address registries). Those for
// documentation (RFC 5737, RFC 3849) count as public, which is what they stand for in examples.
var public = Union(
	prefixes("0.0.0.0/0").Subtract(Union(private, prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"))),
	prefixes("2000::/3"),
)

// senders are those who can send at all: addresses, and what is named. It leaves out loopback, multicast and the like.
var senders = Union(public, private, Set{all(tagged), all(inside), all(unknown)})

var public4, public6 = public.count(ip4), public.count(ip6)

func prefixes(texts ...string) Set {
	var all []netip.Prefix
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return PrefixSet(all...)
}
