// Package census counts the cross-resource references in the evidence without knowing any
// rule about them. It knows only who is called what: ids, host names, service names. Any string of a
// resource that holds another's name counts as a mention.
//
// Derivation accounts for references by its rules; what the census counts and no rule
// claims is unresolved. So the extractor cannot mark its own homework: this package has its
// own way of cutting strings up and imports nothing of derivation.
package census

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Thing is the number of a thing in the caller's list.
type Thing = int

// Names tells which things answer to a name. It is filled once, then only read.
type Names struct {
	ids      map[string][]Thing
	hosts    map[string][]Thing
	services map[serviceKey][]Thing
	scopes   map[string]bool
	open     map[string]string
}

type serviceKey struct{ scope, name string }

// NewNames returns an empty index.
func NewNames() *Names {
	return &Names{ids: map[string][]Thing{}, hosts: map[string][]Thing{}, services: map[serviceKey][]Thing{}, scopes: map[string]bool{}, open: map[string]string{}}
}

// AddID lets t answer to an id: an Azure Resource Manager id without regard to case, a Google resource's relative
// name, any other as it is.
// An id too short or too plain to be told from a word is not taken.
func (n *Names) AddID(id string, t Thing) {
	if evidence.IsARM(id) {
		id = n.Normal(id)
	} else if name := evidence.GoogleName(id); name != "" {
		id = name
	} else if !telling(id) {
		return
	}
	add(n.ids, id, t)
}

// AddScope lets ids below an open scope, as code states them, mean those below another: the live one.
func (n *Names) AddScope(open, means string) { n.open[open] = means }

// Normal returns an id as it is looked up: normalised, with its open scope replaced, the group's or else the
// subscription's.
func (n *Names) Normal(id string) string {
	id = evidence.NormalizeARM(id)
	if len(n.open) == 0 || !evidence.HasBlank(id) {
		return id
	}
	for _, segments := range []int{4, 2} {
		scope := head(id, segments)
		if means, ok := n.open[scope]; ok {
			return means + id[len(scope):]
		}
	}
	return id
}

// head returns the first segments of a path that begins with a slash, or all of it.
func head(path string, segments int) string {
	for i := 0; i < len(path); i++ {
		if path[i] == '/' {
			if segments--; segments < 0 {
				return path[:i]
			}
		}
	}
	return path
}

// AddHost lets t answer to a host name.
func (n *Names) AddHost(host string, t Thing) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if strings.IndexByte(host, '.') > 0 {
		add(n.hosts, host, t)
	}
}

// AddService lets t answer to a bare name inside a scope (a namespace, a compose project).
func (n *Names) AddService(scope, name string, t Thing) {
	if name == "" {
		return
	}
	n.scopes[scope] = true
	add(n.services, serviceKey{scope, name}, t)
}

func add[K comparable](m map[K][]Thing, k K, t Thing) {
	if !slices.Contains(m[k], t) {
		m[k] = append(m[k], t)
	}
}

// telling reports whether a text is unlikely to be an ordinary word.
func telling(id string) bool {
	return len(id) >= 6 && strings.ContainsAny(id, "0123456789-/:_.")
}

// maxARN is how long an Amazon Resource Name may be (docs.aws.amazon.com/IAM, "IAM and AWS STS quotas", gives 2048 for the longest).
const maxARN = 2048

// ID returns who answers to the longest id that s equals or begins with, and how much of s that is.
func (n *Names) ID(s string) ([]Thing, string) {
	if evidence.IsARM(s) {
		for id := n.Normal(s); id != ""; {
			if t := n.ids[id]; t != nil {
				return t, id
			}
			i := strings.LastIndexByte(id, '/')
			if i <= 0 {
				return nil, ""
			}
			id = id[:i]
		}
		return nil, ""
	}
	if t := n.ids[s]; t != nil {
		return t, s
	}
	if id := evidence.GoogleName(s); id != "" {
		for t := n.ids[id]; ; t = n.ids[id] {
			if t != nil {
				return t, id
			}
			if strings.Count(id, "/") < 3 {
				return nil, "" // what would be left is the project: where something is, not what
			}
			id = id[:strings.LastIndexByte(id, '/')]
		}
	}
	if strings.HasPrefix(s, "arn:") && len(s) <= maxARN {
		for id := s; strings.Count(id, ":") >= 5; {
			i := strings.LastIndexAny(id, "/:")
			id = id[:i]
			if t := n.ids[id]; t != nil {
				return t, id
			}
		}
	}
	return nil, ""
}

// Host returns who answers to a host name.
func (n *Names) Host(h string) []Thing {
	return n.hosts[strings.TrimSuffix(strings.ToLower(h), ".")]
}

// Service returns who answers to a bare name in a scope.
func (n *Names) Service(scope, name string) []Thing { return n.services[serviceKey{scope, name}] }

// Mention is one place where one resource holds the name of others.
type Mention struct {
	Path    tree.Path
	Line    int32
	Name    string // the name that was found
	Targets []Thing
}

// Count returns all mentions of other things in v, a resource of the thing self whose
// bare names belong to scope. Names of members count as well as strings: Azure keeps ids there.
func Count(v *tree.Value, self Thing, scope string, n *Names) []Mention {
	c := counter{names: n, self: self, scope: scope, bare: n.scopes[scope]}
	c.walk(v, "")
	return c.found
}

type counter struct {
	names *Names
	self  Thing
	scope string
	bare  bool
	found []Mention
}

func (c *counter) walk(v *tree.Value, at tree.Path) {
	switch v.Kind {
	case tree.Object:
		for i := range v.Members {
			m := &v.Members[i]
			p := at.Key(m.Name)
			if j := strings.Index(strings.ToLower(m.Name), "/subscriptions/"); j >= 0 {
				c.id(m.Name[j:], p, m.Value.Line)
			}
			c.walk(&m.Value, p)
		}
	case tree.Array:
		for i := range v.Items {
			c.walk(&v.Items[i], at.Index(i))
		}
	case tree.String:
		c.text(v.Text, at, v.Line)
	}
}

func (c *counter) note(p tree.Path, line int32, name string, targets []Thing) {
	if slices.Contains(targets, c.self) {
		return
	}
	for i := len(c.found) - 1; i >= 0 && c.found[i].Path == p; i-- {
		if slices.Equal(c.found[i].Targets, targets) {
			return
		}
	}
	// A text of a decoded resource keeps the whole resource in memory.
	c.found = append(c.found, Mention{tree.Path(strings.Clone(string(p))), line, strings.Clone(name), targets})
}

func (c *counter) id(s string, p tree.Path, line int32) bool {
	t, name := c.names.ID(s)
	if t == nil {
		return false
	}
	if own := c.names.Normal(s); slices.Contains(t, c.self) && len(own) >= len(name) && evidence.IsARM(s) {
		if len(own) > len(name) {
			return true // a part of its own
		}
		// Its own id: what it begins with is what it belongs to.
		if i := strings.LastIndexByte(name, '/'); i > 0 {
			if up, name := c.names.ID(name[:i]); up != nil {
				c.note(p, line, name, up)
			}
		}
		return true
	}
	c.note(p, line, name, t)
	return true
}

// text looks at one string: as an id from its first or any later "/subscriptions/", then word by word.
func (c *counter) text(s string, p tree.Path, line int32) {
	if s == "" || c.id(s, p, line) {
		return
	}
	for rest := s; ; {
		i := strings.Index(rest, "/subscriptions/")
		if i < 0 || i == 0 && len(rest) == len(s) {
			break
		}
		rest = rest[i:]
		end := strings.IndexAny(rest, " \"'\n\t,;}]?#")
		if end <= 0 {
			c.id(rest, p, line)
			break
		}
		c.id(rest[:end], p, line)
		rest = rest[end:]
	}
	c.addresses(s, p, line)
	c.within(s, p, line)
	c.declared(s, p, line)
	for start := 0; start < len(s); {
		for start < len(s) && !wordByte[s[start]] {
			start++
		}
		end := start
		dots := false
		for end < len(s) && wordByte[s[end]] {
			dots = dots || s[end] == '.'
			end++
		}
		if end > start {
			c.word(s[start:end], dots, p, line)
		}
		start = end
	}
}

// addresses looks for the ids that code's own resources have, in what is left of an expression: tf:…#attribute.
func (c *counter) addresses(s string, p tree.Path, line int32) {
	if !evidence.HasLeft(s) {
		return
	}
	for {
		end := strings.IndexByte(s, '#')
		if end < 0 {
			return
		}
		if start := strings.LastIndex(s[:end], "tf:"); start >= 0 {
			c.id(s[start:end], p, line)
		}
		s = s[end+1:]
	}
}

// within looks for Amazon Resource Names and addresses in the middle of a text: a policy, a definition, a list. A name may hold
// another one.
func (c *counter) within(s string, p tree.Path, line int32) {
	for _, mark := range []string{"arn:", "http"} {
		for rest := s; ; {
			start := strings.Index(rest, mark)
			if start < 0 {
				break
			}
			rest = rest[start:]
			end := min(len(rest), maxARN)
			if i := strings.IndexAny(rest[:end], " \t\n\"'\\,;|<>(){}[]?#"); i >= 0 {
				end = i
			}
			if i := strings.Index(rest[1:end], "arn:"); i >= 0 {
				end = i + 1
			}
			c.id(rest[:end], p, line)
			rest = rest[end:]
		}
	}
}

// declared looks for the ids of code's own resources in the middle of a text: tf:root//address. An address has names, dots
// and keys in brackets, which a text of JSON may write with escaped quotes.
func (c *counter) declared(s string, p tree.Path, line int32) {
	for rest := s; ; {
		start := strings.Index(rest, "tf:")
		if start < 0 {
			return
		}
		rest = rest[start:]
		root := strings.Index(rest[:min(len(rest), maxARN)], "//")
		if root < 0 {
			rest = rest[3:]
			continue
		}
		end, key := root+2, false
		for end < len(rest) && (key && rest[end] != ']' || wordByte[rest[end]] || rest[end] == '[' || rest[end] == ']') && end < maxARN {
			key = rest[end] == '[' || key && rest[end] != ']'
			end++
		}
		if end == len(rest) || rest[end] != '#' { // an attribute is looked for by addresses
			c.id(strings.TrimRight(strings.ReplaceAll(rest[:end], `\"`, `"`), "."), p, line)
		}
		rest = rest[end:]
	}
}

func (c *counter) word(w string, dots bool, p tree.Path, line int32) {
	w = strings.Trim(w, ".-_")
	if dots {
		if t := c.names.Host(w); t != nil {
			c.note(p, line, w, t)
			return
		}
	}
	if c.bare {
		if t := c.names.Service(c.scope, w); t != nil {
			c.note(p, line, w, t)
		}
	}
}

var wordByte = func() (t [256]bool) {
	for b := range t {
		t[b] = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '.' || b == '-' || b == '_'
	}
	return
}()
