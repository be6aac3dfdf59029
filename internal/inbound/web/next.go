package web

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// ownPath is where to go on, as somebody sent it, if it is a path of this service, and else "/": nobody is led to another site from here (OWASP ASVS 5.0, 3.7.2). Browsers
// take "//host", "/\host" and blanks between for a host, so what is not written plainly is none.
func ownPath(text string) string {
	const home = "/"
	if len(text) > 500 || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") {
		return home
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return home
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" || u.EscapedPath() != u.Path {
		return home
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(u.Path, "/"), "/") {
		if part == "" && u.Path != "/" || part == "." || part == ".." {
			return home
		}
	}
	return text
}

// localName is the name of the host of a request that came to an address of this machine, or "".
func localName(host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, ""
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if err != nil || !addr.IsLoopback() {
		return ""
	}
	if port == "" {
		return "localhost"
	}
	return "localhost:" + port
}
