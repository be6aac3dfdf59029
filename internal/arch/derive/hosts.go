package derive

import (
	"net/netip"
	"strings"
)

// host is a host name found in a text.
type host struct {
	name   string // lower-case
	scheme string // of the URL that it stood in, or ""
	port   string // digits, or ""
	whole  bool   // it is all that the property says, and the property is an address
	// composed: the text says less than the host, such as the name of a storage account, or leaves a part of it open.
	composed bool
}

// tech is the protocol that the scheme or the port names.
func (h host) tech() string {
	switch h.scheme {
	case "http", "https", "amqp", "amqps", "redis", "rediss", "grpc", "ws", "wss", "mqtt", "ftp", "sftp", "smtp":
		return strings.ToUpper(h.scheme)
	case "postgres", "postgresql", "jdbc:postgresql":
		return "PostgreSQL"
	case "mysql", "jdbc:mysql":
		return "MySQL"
	case "mongodb", "mongodb+srv":
		return "MongoDB"
	case "sb":
		return "AMQP"
	}
	if h.port != "" {
		return portName(h.port)
	}
	return ""
}

// topLevel are endings by which a dotted name without a scheme or a port is taken for a host. File
// names and dotted words end in others.
var topLevel = set("com net org io dev app cloud co eu uk de fr nl be us gov edu info biz ms ai local internal lan corp cluster")

// external reports whether the host can be an external system: a public name, with a
// scheme, a port or a well-known ending, and not this machine.
func (h host) external() bool {
	if a, err := netip.ParseAddr(h.name); err == nil {
		return (h.scheme != "" || h.whole) && !a.IsLoopback() && !a.IsUnspecified()
	}
	if h.name == "localhost" || strings.HasSuffix(h.name, ".localhost") || strings.IndexByte(h.name, '.') < 0 {
		return false
	}
	last := h.name[strings.LastIndexByte(h.name, '.')+1:]
	if digits(last) || len(last) < 2 {
		return false
	}
	return h.whole || h.scheme != "" || h.port != "" || topLevel[last]
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_'
}

// hostsIn returns the dotted names in a text, each once, in order: hosts of URLs, of connection strings, of plain
// settings. What stands in the path or the query of a URL is not looked at.
func hostsIn(s string) []host {
	var out []host
	for i := 0; i < len(s); {
		if !hostByte(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && hostByte(s[i]) {
			i++
		}
		w := s[start:i]
		if strings.HasPrefix(s[i:], "://") { // a scheme: what follows is an authority
			scheme := strings.ToLower(w)
			if j := strings.LastIndex(s[:start], "jdbc:"); j >= 0 && j+5 == start {
				scheme = "jdbc:" + scheme
			}
			i += 3
			end := i
			for end < len(s) && !strings.ContainsRune("/?# \"',;\t\n)", rune(s[end])) {
				end++
			}
			auth := s[i:end]
			if at := strings.LastIndexByte(auth, '@'); at >= 0 {
				auth = auth[at+1:]
			}
			name, port, _ := strings.Cut(auth, ":")
			out = appendHost(out, host{name: strings.ToLower(strings.Trim(name, ".")), scheme: scheme, port: digitsOnly(port)})
			// A path or a query is not a host; it ends at a space, a quote or a separator of lists.
			for end < len(s) && !strings.ContainsRune(" \"',;\t\n)", rune(s[end])) {
				end++
			}
			i = end
			continue
		}
		name := strings.ToLower(strings.Trim(w, ".-_"))
		if dot := strings.IndexByte(name, '.'); dot <= 0 || strings.Contains(name, "..") {
			continue
		}
		h := host{name: name}
		if i < len(s) && (s[i] == ':' || s[i] == ',') {
			end := i + 1
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			if end > i+1 && end-i <= 6 && (end == len(s) || !hostByte(s[end])) {
				h.port = s[i+1 : end]
			}
		}
		out = appendHost(out, h)
	}
	return out
}

func appendHost(list []host, h host) []host {
	if h.name == "" {
		return list
	}
	for i := range list {
		if list[i].name == h.name {
			return list
		}
	}
	return append(list, h)
}

func digitsOnly(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return s[:i]
		}
	}
	return s
}
