package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/tree"
)

// hints are the parts of a setting's name that say that its value is an address.
var hints = []string{"ADDR", "HOST", "URL", "URI", "ENDPOINT", "SERVER", "SERVICE", "BROKER", "DSN", "CONNECTION", "UPSTREAM", "BACKEND", "PROXY", "BOOTSTRAP", "TARGET"}

// denials end the names of settings whose values are names of other kinds than addresses.
var denials = []string{"USER", "USERNAME", "PASSWORD", "DATABASE", "DB", "NAME", "ROLE", "TOPIC", "QUEUE", "GROUP", "TAG", "VERSION", "IMAGE", "LABEL", "REALM", "SCHEMA", "ID"}

// denied reports whether a setting's name says that a bare word in it is no address.
func denied(name string) bool {
	up := strings.ToUpper(name)
	return !strings.HasSuffix(up, "HOSTNAME") && slices.ContainsFunc(denials, func(d string) bool { return up == d || strings.HasSuffix(up, "_"+d) })
}

func hinted(name string) bool {
	up := strings.ToUpper(name)
	return slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(up, h) })
}

// setting reads one setting of a workload: its value may be an address, a list of
// addresses, or a connection string.
func (rd *reader) setting(name, value string, vars map[string]string, p tree.Path, line int, users []*thing) {
	if strings.HasPrefix(value, "secret:") || rd.googleSetting(value, p, line, users) || rd.awsSetting(value, p, line, users) {
		return
	}
	port := ""
	if up := strings.ToUpper(name); strings.HasSuffix(up, "HOST") || strings.HasSuffix(up, "HOSTNAME") {
		stem := strings.TrimSuffix(strings.TrimSuffix(up, "NAME"), "HOST")
		for k, val := range vars {
			if strings.ToUpper(k) == stem+"PORT" && digits(val) {
				port = val
			}
		}
	}
	for f := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" \t,;|", r) }) {
		key, val, ok := strings.Cut(f, "=")
		if ok && !strings.Contains(key, "://") && !strings.ContainsAny(key, ":@/") {
			rd.address(key, val, hinted(key) || strings.EqualFold(key, "data source"), p, line, users, "")
			continue
		}
		rd.address(name, f, hinted(name), p, line, users, port)
	}
}

// command reads the word at position i of a command line.
func (rd *reader) command(words []string, i int, p tree.Path, line int, users []*thing) {
	if rd.googleSetting(words[i], p, line, users) {
		return
	}
	parts := strings.FieldsFunc(words[i], func(r rune) bool { return strings.ContainsRune(" \t\n\"'(),;|&", r) })
	for j, w := range parts {
		key, val, ok := strings.Cut(w, "=")
		if ok && !strings.Contains(key, "://") {
			w = val
		}
		next := ""
		if j+1 < len(parts) {
			next = parts[j+1]
		} else if len(parts) == 1 && i+1 < len(words) {
			next = words[i+1]
		}
		if digits(next) && len(next) >= 2 && len(next) <= 5 && rd.known(w) { // nc -z rabbitmq 5672
			rd.address("", w, true, p, line, users, next)
		} else if strings.ContainsAny(w, ":.") || ok && hinted(key) {
			rd.address("", w, ok && hinted(key), p, line, users, "")
		}
	}
}

// known reports whether a word is the name of a service or a host that was scanned.
func (rd *reader) known(w string) bool {
	return rd.b.names.Service(scopeOf(rd.r), w) != nil || rd.b.names.Host(w) != nil
}

// address claims one word that may name a service or a host. likely says that its place tells that it is
// an address; port is a port that another setting gives.
func (rd *reader) address(name, w string, likely bool, p tree.Path, line int, users []*thing, port string) {
	h := parseAddress(w)
	if h.name == "" || h.name[0] == '-' || h.name == "localhost" || strings.HasPrefix(h.name, "$") {
		return
	}
	rule := "K3"
	if rd.compoForm() {
		rule = "C1"
	}
	if port != "" && h.port == "" {
		h.port = port
		if rule == "K3" {
			rule = "K4"
		}
	}
	c := claim{path: p, line: line, value: h.name, rule: rule, act: relate, label: "calls", tech: h.tech(), conf: c4.High, from: users}
	ns := rd.b.names.Service(scopeOf(rd.r), h.name)
	if ns == nil {
		ns = rd.b.names.Host(h.name)
	}
	if slices.Contains(ns, rd.t.n) {
		return // it names itself
	}
	switch {
	case ns != nil && h.scheme == "" && h.port == "" && strings.IndexByte(h.name, '.') < 0 && denied(name):
		c.rule, c.act, c.targets = "H-WORD", ignore, rd.things(ns)
	case ns != nil:
		c.targets = rd.things(ns)
		if h.scheme == "" && h.port == "" && !likely && strings.IndexByte(h.name, '.') < 0 {
			c.conf = c4.May
		}
		if len(c.targets) == 1 && rd.r.Form != "compose" {
			rd.named(&c, w)
		}
		rd.settingLabel(&c, w)
	case h.external() && (likely || h.scheme != "" || strings.Count(h.name, ".") >= 2 && name != ""):
		c.host = h.name
	case strings.IndexByte(h.name, '.') < 0 && (h.scheme != "" || h.port != "") && likely && validName(h.name):
		c.reason = "no service of that name is among what was scanned"
	default:
		return
	}
	rd.add(c)
}

func (rd *reader) compoForm() bool { return rd.r.Form == "compose" }

func validName(s string) bool {
	letters := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		letters = letters || c >= 'a' && c <= 'z'
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return letters && len(s) <= 63
}

// parseAddress cuts scheme, user and path off an address.
func parseAddress(w string) host {
	h := host{}
	w = strings.Trim(w, `"'`)
	if i := strings.Index(w, "://"); i >= 0 {
		h.scheme, w = strings.ToLower(w[:i]), w[i+3:]
	}
	if i := strings.LastIndexByte(w, '@'); i >= 0 {
		w = w[i+1:]
	}
	if i := strings.IndexByte(w, '('); i >= 0 { // user:pass@tcp(host:port)/db
		w = strings.TrimSuffix(w[i+1:], ")")
	}
	if i := strings.IndexAny(w, "/?#)"); i >= 0 {
		if h.scheme == "" && !strings.ContainsAny(w[:i], ":.") {
			return host{} // a path
		}
		w = w[:i]
	}
	name, port, ok := strings.Cut(w, ":")
	if ok && port != "" && !digits(port) && h.scheme == "" {
		return host{}
	}
	h.name, h.port = strings.ToLower(strings.TrimSuffix(name, ".")), digitsOnly(port)
	for i := 0; i < len(h.name); i++ {
		if !hostByte(h.name[i]) {
			return host{}
		}
	}
	return h
}
