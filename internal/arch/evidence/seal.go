package evidence

import (
	"cmp"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"
	"sync"

	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// MinKey is the fewest bytes that a key may have.
const MinKey = 32

// Sealer takes secrets out of drafts and commits to what is left, under one key. It may be
// used by several goroutines at once.
type Sealer struct {
	id      string
	macs    sync.Pool // of hash.Hash under the commitment key
	prints  sync.Pool // of hash.Hash under the fingerprint key
	buffers sync.Pool // of *[]byte
	cleaner *secret.Cleaner
}

// NewSealer makes a sealer from the organisation's key. The key itself is used for nothing
// but deriving three others from it (HKDF, RFC 5869): a fingerprint must not help
// anyone to a salt, nor the public id of the key to either.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) < MinKey {
		return nil, fault.New(fault.Invalid, "the key has %d bytes, fewer than %d", len(key), MinKey).
			WithHelp("make one with: openssl rand -base64 32")
	}
	var sub [3][]byte
	for i, purpose := range []string{"c4arch commitment v1", "c4arch fingerprint v1", "c4arch key id v1"} {
		k, err := hkdf.Key(sha256.New, key, nil, purpose, sha256.Size)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "deriving a key")
		}
		sub[i] = k
	}
	s := &Sealer{id: hex.EncodeToString(sub[2][:8])}
	s.macs.New = func() any { return hmac.New(sha256.New, sub[0]) }
	s.prints.New = func() any { return hmac.New(sha256.New, sub[1]) }
	s.buffers.New = func() any { b := make([]byte, 0, 4096); return &b }
	s.cleaner = secret.NewCleaner(s.fingerprint)
	return s, nil
}

// KeyID names the key without giving anything of it away. Fingerprints and salts of two
// snapshots can be compared only where it is the same.
func (s *Sealer) KeyID() string { return s.id }

// fingerprint stands for a secret: the same one under the same key, and nothing that
// can be guessed at without the key.
func (s *Sealer) fingerprint(text string) string {
	h := s.prints.Get().(hash.Hash)
	defer s.prints.Put(h)
	h.Reset()
	h.Write([]byte(text))
	var sum [sha256.Size]byte
	return secret.Mark + hex.EncodeToString(h.Sum(sum[:0])[:16])
}

// Text returns free text, such as an error message, without the secrets that it shows by
// their shape.
func (s *Sealer) Text(text string) string { return s.cleaner.Text(text) }

// NotRead returns n with its words cleaned as by [Sealer.Text].
func (s *Sealer) NotRead(n NotRead) NotRead {
	n.Input, n.Thing, n.Reason, n.Help = s.Text(n.Input), s.Text(n.Thing), s.Text(n.Reason), s.Text(n.Help)
	return n
}

// Seal takes the secrets out of d, makes its properties canonical and commits to the whole.
// It takes d over: what d points to is changed and must not be shared with another
// draft that is sealed at the same time. The second result says what had to be replaced
// unread.
func (s *Sealer) Seal(d Draft) (Resource, []NotRead, error) {
	r := Resource{
		Form: d.Form, Side: d.Side, Provider: s.Text(d.Provider), Type: s.Text(d.Type), Data: d.Data,
		Location: s.Text(d.Location),
	}
	if d.Side == Declared {
		closeLiterals(&d)
	}
	found := s.cleaner.Tree(&d.Props, secret.About{
		Type: d.Type, Kubernetes: d.Form == Kubernetes, Compose: d.Form == Compose, Sensitive: d.Sensitive,
	})
	r.Redacted = found.Places
	s.clean(&r, &d)
	props, lines, columns, err := canon.EncodePlaces(&d.Props)
	if err != nil {
		return Resource{}, nil, fault.New(fault.Invalid, "%s has properties that cannot be written as JSON", s.Text(place(&d)))
	}
	r.Props, r.Lines, r.Columns = props, lines, columns
	slices.Sort(r.Redacted)
	r.Redacted = slices.Compact(r.Redacted)
	r.Expressions = s.expressions(d.Expressions, r.Redacted)
	s.commit(&r)
	var nr []NotRead
	for _, p := range found.Unread {
		nr = append(nr, NotRead{
			Kind: PropertyWithheld, Input: d.Origin.Input, Line: d.Origin.Line, Thing: r.ID + " " + string(p),
			Reason: "text within text, too deep to look for secrets in: all of it was replaced by a fingerprint",
		})
	}
	return r, nr, nil
}

// expressions cleans and sorts the texts of expressions. One at a place whose value is, holds or lies within a secret
// keeps its text only if it holds no literal: var.password says nothing of the password, but abc${var.name} and
// ${NAME:-default} may.
func (s *Sealer) expressions(list []Expression, redacted []tree.Path) []Expression {
	if len(list) == 0 {
		return nil
	}
	out := slices.Clone(list)
	for i := range out {
		x := &out[i]
		if strings.ContainsAny(x.Text, `"'$`) || !strings.ContainsAny(x.Text, ".(") {
			for _, p := range redacted {
				if p == x.Path || within(p, x.Path) || within(x.Path, p) {
					x.Text = ""
				}
			}
		}
		x.Text = s.Text(x.Text)
		x.Path = tree.Path(s.Text(string(x.Path)))
	}
	slices.SortFunc(out, func(a, b Expression) int { return cmp.Compare(a.Path, b.Path) })
	return slices.CompactFunc(out, func(a, b Expression) bool { return a.Path == b.Path })
}

// within reports whether p is a place below q.
func within(p, q tree.Path) bool {
	rest, ok := strings.CutPrefix(string(p), string(q))
	return ok && rest != "" && (q == "" || rest[0] == '.' || rest[0] == '[')
}

func place(d *Draft) string {
	return fmt.Sprintf("%s line %d: the resource %s", d.Origin.Input, d.Origin.Line, d.ID)
}

// identity cleans an id. That of a Kubernetes object is looked at part by part, since no part of it holds a slash: a kind
// in mixed case and the hash at the end of a name would as one word look drawn at random.
func (s *Sealer) identity(text string) string { return identityOf(s.cleaner, text) }

func identityOf(c *secret.Cleaner, text string) string {
	if !strings.HasPrefix(text, "k8s:") {
		return c.Identity(text)
	}
	parts := strings.Split(text, "/")
	for i := range parts {
		parts[i] = c.Identity(parts[i])
	}
	return strings.Join(parts, "/")
}

// clean fills in what a resource is called, each text by its shape, tags by their names too.
func (s *Sealer) clean(r *Resource, d *Draft) {
	field := func(name tree.Path, text string) string {
		out := s.identity(text)
		if out != text {
			r.Redacted = append(r.Redacted, name)
		}
		return out
	}
	r.ID, r.Name, r.Scope = field("@id", d.ID), field("@name", d.Name), field("@scope", d.Scope)
	for _, a := range d.Aliases {
		r.Aliases = append(r.Aliases, field("@aliases", a))
	}
	slices.Sort(r.Aliases)
	r.Aliases = slices.Compact(r.Aliases)
	o := d.Origin
	o.Path, o.Address = s.cleaner.Identity(o.Path), s.cleaner.Identity(o.Address)
	o.Root = s.cleaner.Identity(o.Root)
	r.Origins = []Origin{o}
	if len(d.Tags) == 0 {
		return
	}
	r.Tags = make(map[string]string, len(d.Tags))
	for _, k := range slices.Sorted(maps.Keys(d.Tags)) {
		name, value := s.cleaner.Pair(k, d.Tags[k])
		if name != k || value != d.Tags[k] {
			r.Redacted = append(r.Redacted, tree.Path("@tags").Key(name))
		}
		r.Tags[name] = value
	}
}

// commit salts and commits to the resource as it now is.
func (s *Sealer) commit(r *Resource) {
	buf := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buf)
	*buf = r.canonical((*buf)[:0])
	h := s.macs.Get().(hash.Hash)
	defer s.macs.Put(h)
	h.Reset()
	h.Write(*buf)
	var sum [sha256.Size]byte
	salt := h.Sum(sum[:0])
	r.Salt = hex.EncodeToString(salt)
	r.Commitment = commit(salt, *buf)
}

// Owns reports whether r was sealed under this sealer's key.
func (s *Sealer) Owns(r *Resource) bool {
	again := Resource{
		ID: r.ID, Form: r.Form, Side: r.Side, Provider: r.Provider, Type: r.Type, Data: r.Data,
		Name: r.Name, Scope: r.Scope, Location: r.Location, Tags: r.Tags, Props: r.Props, Expressions: r.Expressions,
	}
	s.commit(&again)
	return r.Erased == "" && again.Commitment == r.Commitment
}

// IsFingerprint reports whether text is, or holds, what a sealer put in place of a secret.
func IsFingerprint(text string) bool { return strings.Contains(text, secret.Mark) }
