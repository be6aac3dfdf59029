package layering

import (
	"fmt"
	"slices"
	"strings"
)

// pkg is a package as its files without tests import it.
type pkg struct {
	path    string // below the module
	imports []use
	calls   []use // selectors on imported packages: time.Now
	inits   []string
}

// use is a name and where it stands.
type use struct{ name, at string }

const module = "c4arch"

// under reports whether p is dir or lies below it.
func under(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

func underAny(p string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(d string) bool { return under(p, d) })
}

// floorOf returns the floor of the longest dir that fits.
func floorOf(p string, table []floor) *floor {
	var best *floor
	for i := range table {
		if under(p, table[i].dir) && (best == nil || len(table[i].dir) > len(best.dir)) {
			best = &table[i]
		}
	}
	return best
}

// room is the part of a floor that a package is in: internal/render/svg of internal/render/svg/path.
func room(p string, f *floor) string {
	rest, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p, f.dir), "/"), "/")
	if rest == "" {
		return f.dir
	}
	return f.dir + "/" + rest
}

// testHelp reports whether the package is there for tests: slogtest, rendertest.
func testHelp(p string) bool {
	last := p[strings.LastIndexByte(p, '/')+1:]
	return len(last) > 4 && strings.HasSuffix(last, "test")
}

// check returns a sentence for each import and call that the table does not allow.
func check(pkgs []pkg, table []floor, deps []dependency) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	for _, p := range pkgs {
		f := floorOf(p.path, table)
		if f == nil {
			say("%s is on no floor: give it a place in the table of internal/layering", p.path)
			continue
		}
		for _, at := range p.inits {
			say("%s: func init: what happens at start is written out in internal/app", at)
		}
		for _, u := range p.imports {
			if own, ok := strings.CutPrefix(u.name, module+"/"); ok {
				if why := ours(p.path, own, f, table); why != "" {
					say("%s: %s imports %s: %s", u.at, p.path, own, why)
				}
				continue
			}
			if why := foreign(p.path, u.name, f, deps); why != "" {
				say("%s: %s imports %s: %s", u.at, p.path, u.name, why)
			}
		}
		for _, c := range p.calls {
			if why := call(p.path, c, f); why != "" {
				say("%s: %s uses %s: %s", c.at, p.path, strings.TrimSuffix(c.name, "!"), why)
			}
		}
	}
	return bad
}

// ours says what is wrong with an import of a package of this module.
func ours(from, to string, f *floor, table []floor) string {
	if testHelp(to) && !testHelp(from) && !under(from, "test") {
		return "it is there for tests"
	}
	for dir, by := range closed {
		if under(to, dir) && !underAny(from, by) {
			return "only " + strings.Join(by, ", ") + " may"
		}
	}
	other := floorOf(to, table)
	switch {
	case other == nil:
		return "it is on no floor"
	case other == f && (f.siblings || room(from, f) == room(to, f) || underAny(to, f.shared)):
		return ""
	case other == f:
		return "one room of " + f.dir + " never imports another"
	case underAny(to, f.may):
		return ""
	}
	return "that floor (" + f.why + ") may import " + strings.Join(append([]string{"itself"}, f.may...), ", ")
}

// foreign says what is wrong with an import of the standard library or another module.
func foreign(from, name string, f *floor, deps []dependency) string {
	if first, _, _ := strings.Cut(name, "/"); !strings.Contains(first, ".") {
		return std(from, name, f)
	}
	for _, d := range deps {
		if !under(name, d.module) {
			continue
		}
		switch {
		case d.tests && !under(from, "test") && !testHelp(from):
			return "that module is for tests only"
		case len(d.where) > 0 && !underAny(from, d.where):
			return "that module belongs to " + strings.Join(d.where, ", ")
		}
		return ""
	}
	return "that module is not in the table of dependencies"
}

func std(from, name string, f *floor) string {
	switch {
	case underAny(name, nowhere) && !under(from, "test") && !slices.Contains(f.alone, name):
		return "nothing here may"
	case slices.Contains(values, name):
		return ""
	case underAny(name, f.never):
		return "that floor (" + f.why + ") may not"
	case f.pure && underAny(name, random):
		return "pure code has no randomness of its own"
	}
	return ""
}

func call(from string, u use, f *floor) string {
	name, value := strings.CutSuffix(u.name, "!")
	pack, fn, _ := strings.Cut(name, ".")
	file, _, _ := strings.Cut(u.at, ":")
	switch {
	case outward(pack, fn, value) && !under(from, "internal/egress") && !under(from, "test") && !testHelp(from) && !slices.Contains(outwards[file].names, name):
		return "all that goes out goes through internal/egress: hand in its client or its dialer"
	case f.pure && pack == "time" && slices.Contains(clock, fn):
		return "pure code is handed the time"
	case name == "os.Exit" && !under(from, "cmd") && !under(from, "test"):
		return "only main may"
	}
	return ""
}

// outward reports whether a name of the standard library opens a connection, asks a name server, or makes a client that does without being handed a
// transport. value says that the name does not stand behind a star: *http.Client is how a client is handed in, http.Client{} makes one.
func outward(pack, fn string, value bool) bool {
	if fn == "" && pack != "time" && pack != "os" {
		return true // imported with a dot
	}
	has := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(fn, p) })
	}
	switch pack {
	case "net":
		return has("Dial", "Lookup", "Resolve", "DefaultResolver")
	case "http":
		return slices.Contains([]string{"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "ProxyFromEnvironment"}, fn) ||
			value && (fn == "Client" || fn == "Transport")
	case "tls":
		return has("Dial") || fn == unchecked
	case "smtp":
		return has("Dial", "SendMail")
	case "rpc":
		return has("Dial")
	case "httputil":
		return fn == "NewSingleHostReverseProxy" || value && fn == "ReverseProxy" // without a transport it takes the default one
	case "syscall":
		return slices.Contains([]string{"Connect", "Socket", "Sendto", "Sendmsg"}, fn)
	}
	return false
}
