package exposure

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// mostly is the share from which the Internet as a whole is meant, so that the cloud and what is private go without saying.
const mostly = 0.5

// sum is what stands of a layer in a report.
type sum struct {
	family int
	cloud  bool
	share  float64
	rule   *rule
}

// sums tells what the pieces come to.
func (f *field) sums(pieces []piece) []sum {
	four, six := f.family(pieces, ip4), f.family(pieces, ip6)
	var out []sum
	if four.rule != nil {
		out = append(out, four)
	}
	if six.rule != nil {
		out = append(out, six)
	}
	if four.share >= mostly {
		return out
	}
	if r := f.cloud(pieces); r != nil {
		out = append(out, sum{family: 4, cloud: true, rule: r})
	}
	if four.rule == nil && six.rule == nil {
		if r := f.named(pieces); r != nil {
			out = append(out, sum{family: 4, rule: r})
		}
	}
	return out
}

// family adds up the addresses of a family. The rule is that which lets most in.
func (f *field) family(pieces []piece, b band) sum {
	s := sum{family: int(b)}
	var runs []interval
	parts := map[*rule]float64{}
	for _, p := range pieces {
		if p.band != b {
			continue
		}
		runs = append(runs, p.interval)
		parts[p.rule] += 1e-40 + Set{p.interval}.Share(int(b))
	}
	for r, part := range parts {
		if s.rule == nil || part > parts[s.rule] || part == parts[s.rule] && compareRules(r, s.rule) < 0 {
			s.rule = r
		}
	}
	s.share = newSet(runs).Share(int(b))
	return s
}

// cloud returns the rule that lets the whole cloud in, or the cloud of a region.
func (f *field) cloud(pieces []piece) *rule {
	for _, p := range pieces {
		if p.band != tagged {
			continue
		}
		if p.to == last {
			return p.rule
		}
		if t, ok := f.index.tokenAt(p.from); ok && strings.HasPrefix(t.text, cloudTag+".") {
			return p.rule
		}
	}
	return nil
}

// named returns a rule that lets in what has a name and no address here.
func (f *field) named(pieces []piece) *rule {
	for _, p := range pieces {
		if p.band == tagged && p.to != last || p.band == inside {
			return p.rule
		}
	}
	return nil
}

// spans makes a report of what is open.
func (f *field) spans(o open) []Span {
	var runs [4][]run
	for i, layers := range o {
		runs[i] = f.runs(layers)
	}
	out := withPorts(runs[0], runs[1])
	for i, name := range map[int]string{2: icmp.String(), 3: other.String()} {
		for _, r := range runs[i] {
			if !slices.ContainsFunc(out, func(s Span) bool { return s.Protocol == "*" && s.whole() && r.sum.says(s) }) {
				out = append(out, r.span(name))
			}
		}
	}
	slices.SortFunc(out, compareSpans)
	return out
}

// run is a sum that holds for a run of ports.
type run struct {
	ports Ports
	sum   sum
}

func (f *field) runs(layers []layer) []run {
	var out []run
	latest := map[[2]int]int{} // by family and cloud, the place in out
	for _, l := range layers {
		for _, s := range f.sums(l.pieces) {
			key := [2]int{s.family, 0}
			if s.cloud {
				key[1] = 1
			}
			if i, ok := latest[key]; ok && out[i].ports.To+1 == l.ports.From && out[i].sum == s {
				out[i].ports.To = l.ports.To
				continue
			}
			latest[key] = len(out)
			out = append(out, run{l.ports, s})
		}
	}
	return out
}

// withPorts reports what is open of TCP and UDP: what is of both is of any protocol.
func withPorts(t, u []run) []Span {
	key := func(r run) run { return r }
	same := map[run]bool{}
	for _, r := range u {
		same[key(r)] = true
	}
	var out []Span
	for _, r := range t {
		name := tcp.String()
		if same[r] {
			name = everyProtocol.String()
			delete(same, r)
		}
		out = append(out, r.span(name))
	}
	for _, r := range u {
		if same[r] {
			out = append(out, r.span(udp.String()))
		}
	}
	return out
}

func (r run) span(protocol string) Span {
	s := Span{Protocol: protocol, From: r.ports.From, To: r.ports.To, Share: r.sum.share, Family: r.sum.family, Cloud: r.sum.cloud}
	s.By, s.Resource, s.Path = plain(r.sum.rule.name), idOf(r.sum.rule.resource), r.sum.rule.path
	return s
}

func (s Span) whole() bool { return s.From == 0 && s.To == maxPort }

// says reports whether the span lets in at least what the sum does.
func (m sum) says(s Span) bool {
	return s.Family == m.family && s.Cloud == m.cloud && s.Share >= m.share
}

func compareSpans(a, b Span) int {
	return cmp.Or(cmp.Compare(a.Family, b.Family), compareBool(a.Cloud, b.Cloud), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func idOf(r *evidence.Resource) string {
	if r == nil {
		return ""
	}
	return r.ID
}

// plain returns a name that can be shown as it is, and "" for any other text.
func plain(text string) string {
	if len(text) > 80 || evidence.IsFingerprint(text) {
		return ""
	}
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._- /:", rune(c)) {
			return ""
		}
	}
	return text
}

// unknowns says of whom it is not known who they are, who may come in all the same.
func (f *field) unknowns(o open) []string {
	seen := map[string]bool{}
	for _, layers := range o {
		for _, l := range layers {
			if setOf(l.pieces).Share(4) == 1 {
				continue // it does not matter beside everyone
			}
			for _, p := range l.pieces {
				f.unknownOf(p, seen)
			}
		}
	}
	var out []string
	for text := range seen {
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func (f *field) unknownOf(p piece, seen map[string]bool) {
	if p.band != unknown && p.band != tagged {
		return
	}
	for _, t := range p.rule.from.tokens {
		if t.band != p.band || strings.HasPrefix(t.text, cloudTag+".") {
			continue
		}
		if i, ok := slices.BinarySearchFunc(f.index, t, compareTokens); ok && p.from.lo <= uint64(i) && (p.to == last || uint64(i) <= p.to.lo) {
			seen[p.rule.says(t)] = true
		}
	}
}

// says tells why it is not known whom a rule means.
func (r *rule) says(t token) string {
	who := "a rule"
	if name := plain(r.name); name != "" {
		who = "rule " + name
	}
	text, _, malformed := strings.Cut(t.text, "\x00")
	switch {
	case t.band == tagged:
		return who + ": the addresses of the service tag " + text + " are not known here"
	case evidence.HasLeft(text):
		return who + ": the code leaves open what it lets in"
	case evidence.IsFingerprint(text):
		return who + ": what it lets in was taken for a secret and is not shown"
	case strings.HasPrefix(text, "pl-"):
		return who + ": the addresses of the prefix list are not known here"
	case malformed:
		return who + ": it cannot be understood, so what it lets in is not known"
	}
	return who + ": who may come in is written in a way that cannot be understood"
}
