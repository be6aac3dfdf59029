// Package secret finds secrets in configuration and takes them out: by the name that a
// value stands under, by the shape of the value, and by shape inside of longer text. What is
// replaced is the secret part alone; the host and the name of a setting survive, since
// relationships are read from them.
//
// It promises that what has the shape of a published credential format, stands under a name that
// speaks of a secret, or is a random string of usual length does not survive. It
// cannot promise more: a password that is a word of the dictionary, under a name that says nothing, looks
// like any other word, and a secret in the shape of a GUID looks like an id.
//
// When in doubt it replaces. What must survive is listed in the tests: resource ids, GUIDs, hosts,
// names with hash suffixes, image digests, commit hashes, certificates.
package secret

import (
	"strings"
	"sync"
	"sync/atomic"

	"c4arch/internal/base/tree"
)

// Mark begins the text that stands in place of a secret; 32 hexadecimal digits follow.
const Mark = "secret:hmac-sha256:"

const markLength = len(Mark) + 32

// Cleaner replaces secrets by what its fingerprint function makes of them. It may be
// used by several goroutines at once.
type Cleaner struct {
	fingerprint func(string) string
	names       sync.Map // of name to trait: few names, seen very often
	known       atomic.Int32
}

// mostNames bounds the memory for names; input may hold any number of them.
const mostNames = 50_000

// NewCleaner makes a cleaner. The function must return [Mark] and 32 hexadecimal digits, and be safe for
// use by several goroutines.
func NewCleaner(fingerprint func(string) string) *Cleaner {
	return &Cleaner{fingerprint: fingerprint}
}

func (c *Cleaner) traits(name string) trait {
	if t, ok := c.names.Load(name); ok {
		return t.(trait)
	}
	t := traits(name)
	if c.known.Add(1) <= mostNames {
		c.names.Store(strings.Clone(name), t)
	}
	return t
}

// Text returns text without the secrets that it shows by their shape.
func (c *Cleaner) Text(text string) string {
	out, _ := c.text(text, trait{}, 0)
	return out
}

// Identity is [Cleaner.Text] for what a thing is called, where hex is a part of names.
func (c *Cleaner) Identity(text string) string {
	out, _ := c.text(text, trait{id: true}, 0)
	return out
}

// Pair cleans a name and a value that stands under it, such as a tag.
func (c *Cleaner) Pair(name, value string) (string, string) {
	v := tree.Str(value)
	w := walker{c: c}
	w.scalar(&v, c.traits(name), inherited{})
	return c.name(name), v.Text
}

// name cleans the name of a member.
func (c *Cleaner) name(name string) string {
	if len(name) < shortest && strings.IndexByte(name, ':') < 0 && strings.IndexByte(name, '=') < 0 {
		return name
	}
	return c.Text(name)
}

// maxNesting is how deep text within text is looked into: JSON in a string in JSON.
const maxNesting = 5

// text returns s without its secrets, and false where it had to be replaced unread.
func (c *Cleaner) text(s string, t trait, depth int) (out string, read bool) {
	if !worthwhile(s) {
		return s, true
	}
	if depth > maxNesting {
		return c.whole(s), false
	}
	if k := firstByte(s); (k == '{' || k == '[') && len(s) > 8 {
		if out, read, ok := c.json(s, depth); ok {
			return out, read
		}
	}
	f := finder{c: c, s: s, trait: t, depth: depth}
	f.find()
	out = c.replace(s, f.found)
	if strings.IndexByte(s, '\n') >= 0 && depth < maxNesting {
		out = c.document(out, depth)
	}
	return out, true
}

// whole replaces all of s, unless that has been done.
func (c *Cleaner) whole(s string) string {
	if isMark(s) {
		return s
	}
	return c.fingerprint(s)
}

func isMark(s string) bool {
	return len(s) == markLength && strings.HasPrefix(s, Mark) && allHex(s[len(Mark):])
}

func allHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&isHex == 0 {
			return false
		}
	}
	return true
}

func firstByte(s string) byte {
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" {
		return 0
	}
	return s[0]
}

// worthwhile reports whether s can hold a secret at all by its shape: almost all values
// of a configuration cannot, and one look at each byte says so.
func worthwhile(s string) bool {
	if len(s) < 5 {
		return false
	}
	run := 0
	for i := 0; i < len(s); i++ {
		k := class[s[i]]
		if k&isSignal != 0 {
			return true
		}
		if k&isToken == 0 {
			run = 0
			// Flags and words before a quoted password: --password x, PASSWORD 'x'.
			if k&isSpace != 0 {
				return true
			}
			continue
		}
		if run++; run >= shortest {
			return true
		}
	}
	return false
}

// replace puts a fingerprint in the place of each span.
func (c *Cleaner) replace(s string, found spans) string {
	switch {
	case len(found) == 0:
		return s
	case len(found) > mostSpans:
		return c.whole(s)
	}
	var b strings.Builder
	at := 0
	for _, sp := range found {
		b.WriteString(s[at:sp.from])
		b.WriteString(c.whole(s[sp.from:sp.to]))
		at = sp.to
	}
	b.WriteString(s[at:])
	return b.String()
}
