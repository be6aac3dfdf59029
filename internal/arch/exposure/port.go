package exposure

import (
	"slices"
	"strconv"
	"strings"
)

// maxPort is the highest port.
const maxPort = 65535

// Ports is a run of ports, both ends included.
type Ports struct{ From, To int }

var everyPort = []Ports{{0, maxPort}}

// JoinPorts sorts runs of ports and joins those that overlap or follow at once. It takes them over.
func JoinPorts(runs []Ports) []Ports {
	slices.SortFunc(runs, func(a, b Ports) int { return a.From - b.From })
	out := runs[:0]
	for _, r := range runs {
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// ParsePorts reads a port, a range or several of them: 22, 1000-2000, "22,3389", *. A range that is
// written from the higher end is the same range. It reports false for any other text.
func ParsePorts(text string) ([]Ports, bool) {
	var runs []Ports
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.EqualFold(part, "any") {
			runs = append(runs, everyPort...)
			continue
		}
		from, to, isRange := strings.Cut(part, "-")
		a, ok1 := parsePort(from)
		b, ok2 := a, ok1
		if isRange {
			b, ok2 = parsePort(to)
		}
		if !ok1 || !ok2 {
			return nil, false
		}
		runs = append(runs, Ports{min(a, b), max(a, b)})
	}
	return JoinPorts(runs), true
}

func parsePort(text string) (int, bool) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] == '+' {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= maxPort
}

// protocols is a set of protocols.
type protocols uint8

const (
	tcp protocols = 1 << iota
	udp
	icmp
	other // anything without ports that is not ICMP: ESP, AH, GRE

	everyProtocol = tcp | udp | icmp | other
)

// parseProtocol reads a name or a number of the IANA registry of protocol numbers. -1 and all are what AWS and Google call any. It reports
// false for any other text, which may mean every protocol.
func parseProtocol(text string) (protocols, bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "*", "any", "all", "-1":
		return everyProtocol, true
	case "tcp", "6":
		return tcp, true
	case "udp", "17":
		return udp, true
	case "icmp", "icmpv6", "1", "58":
		return icmp, true
	case "esp", "ah", "sctp", "ipip", "gre":
		return other, true
	}
	if n, err := strconv.Atoi(text); err != nil || n < 0 || n > 255 {
		return everyProtocol, false
	}
	return other, true
}

// ported are the protocols that have ports.
const ported = tcp | udp

func (p protocols) String() string {
	switch p {
	case tcp:
		return "tcp"
	case udp:
		return "udp"
	case icmp:
		return "icmp"
	case other:
		return "other"
	}
	return "*"
}
