package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"slices"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Limits of an entry. A leaf with all of them used is under MaxLeaf: 64 names and commitments are less than 9 kB.
const (
	SaltSize  = 32
	MaxFields = 64
	MaxValue  = 16 << 10
	MaxLeaf   = 64<<10 - 1 // as of c2sp.org/tlog-tiles, where the length of an entry has 16 bits
	MaxName   = 64         // of a field, and of a kind
)

// Prepare checks a draft and draws a salt for each field, before its place in the log is known. It refuses a draft whose kind is not in the catalogue, a field that
// the kind does not have, and personal data that names nobody whose erasure would remove it.
func Prepare(d Draft, c Common, random io.Reader) (Prepared, error) {
	k, known := catalogue[d.Kind]
	if !known {
		return Prepared{}, refused(d.Kind, "is not in the catalogue of kinds")
	}
	fields, err := allFields(d, c, k)
	if err != nil {
		return Prepared{}, err
	}
	salts := make([]byte, SaltSize*len(fields))
	if _, err := io.ReadFull(random, salts); err != nil {
		return Prepared{}, fault.Wrap(fault.Internal, err, "no randomness for the salts of an entry of the ledger")
	}
	p := Prepared{Kind: d.Kind, Openings: make(map[string]Opening, len(fields)), Commits: make(map[string][]byte, len(fields))}
	for i, f := range fields {
		salt := salts[i*SaltSize : (i+1)*SaltSize : (i+1)*SaltSize]
		p.Openings[f.Name] = Opening{Value: f.Value, Salt: salt, Subject: f.Subject}
		sum := Commit(salt, f.Value)
		p.Commits[f.Name] = sum[:]
	}
	return p, nil
}

// Commit is the commitment to a value: HMAC-SHA-256 with the salt as the key. Without the salt nothing can be told of the value, not even by guessing it.
func Commit(salt, value []byte) [sha256.Size]byte {
	// RFC 2104 written out: with a key of one block or less it is two hashes, and nothing is allocated for values of the usual length. Each entry has ten of them.
	if len(salt) > sha256.BlockSize {
		h := hmac.New(sha256.New, salt)
		h.Write(value)
		return [sha256.Size]byte(h.Sum(nil))
	}
	var small [1024]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	inner := append(small[:0], make([]byte, sha256.BlockSize)...)
	copy(inner, salt)
	copy(outer[:], salt)
	for i := range sha256.BlockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	sum := sha256.Sum256(append(inner, value...))
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

// Opens reports whether o is what the commitment was made of.
func (o Opening) Opens(commitment []byte) bool {
	sum := Commit(o.Salt, o.Value)
	return len(o.Salt) == SaltSize && hmac.Equal(sum[:], commitment)
}

// allFields are the fields of the draft and the common ones, checked, sorted by name.
func allFields(d Draft, c Common, k kind) ([]Field, error) {
	if len(d.Fields) > MaxFields {
		return nil, refused(d.Kind, "has more than %d fields", MaxFields)
	}
	fields := slices.Clone(d.Fields)
	for _, f := range fields {
		if err := k.allows(d.Kind, f); err != nil {
			return nil, err
		}
	}
	common, err := c.fields(d.Kind)
	if err != nil {
		return nil, err
	}
	for _, f := range common {
		// A draft may say itself what it is about, where the kind lists it; saying the same twice is saying it once.
		if !slices.ContainsFunc(d.Fields, func(own Field) bool { return own.Name == f.Name && bytes.Equal(own.Value, f.Value) }) {
			fields = append(fields, f)
		}
	}
	if len(fields) > MaxFields {
		return nil, refused(d.Kind, "has more than %d fields", MaxFields)
	}
	slices.SortFunc(fields, func(a, b Field) int { return canon.CompareNames(a.Name, b.Name) })
	for i, f := range fields {
		if i > 0 && f.Name == fields[i-1].Name {
			return nil, refused(d.Kind, "has the field %s twice", f.Name)
		}
		if err := check(d.Kind, f); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

func check(kind string, f Field) error {
	switch {
	case !validName(f.Name):
		return refused(kind, "has a field whose name is not lower camel case of at most %d letters and digits", MaxName)
	case len(f.Value) > MaxValue:
		return fault.New(fault.Limited, "the field %s of an entry of kind %s has %d bytes, and at most %d are kept", f.Name, kind, len(f.Value), MaxValue)
	case !plain(f.Value) && canon.Check(f.Value) != nil:
		return refused(kind, "has a field %s whose value is not canonical JSON", f.Name)
	case f.Subject == "" && namesPerson(f.Value):
		return refused(kind, "has a field %s that names a person and no subject, so that erasing the person would miss it", f.Name)
	}
	return nil
}

// plain reports whether a value is a text of printable ASCII without escapes, as most are: it is canonical as it stands.
func plain(value []byte) bool {
	n := len(value)
	if n < 2 || value[0] != '"' || value[n-1] != '"' {
		return false
	}
	for _, c := range value[1 : n-1] {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// namesPerson reports whether a value holds the id of a person as a text: a list of them too.
func namesPerson(value []byte) bool {
	return bytes.Contains(value, []byte(`"`+id.PrefixPerson+`_`)) || bytes.Contains(value, []byte(`"person:`))
}

// fields are those of the common values that are there. Who, from where and what for must be.
func (c Common) fields(kind string) ([]Field, error) {
	if c.Actor == "" || c.Surface == "" || c.Purpose == "" {
		return nil, refused(kind, "has no actor, no surface or no purpose")
	}
	fields := make([]Field, 0, len(commonNames))
	for _, f := range []Field{
		Actor("actor", c.Actor), Text("surface", c.Surface), Text("purpose", c.Purpose), Text("request", c.Request),
		Text("action", c.Action), Text("policy", c.Policy), Actor("onBehalf", c.OnBehalf), Text("project", c.Project), Text("under", c.Under),
	} {
		if string(f.Value) != `""` {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

var commonNames = []string{"actor", "surface", "purpose", "request", "action", "policy", "onBehalf", "project", "under"}

// Seal gives an entry its place: the leaf and its hash. at is written to the microsecond, in UTC; the caller sees to it that it is not before that of the entry before.
func (p *Prepared) Seal(log id.Org, index int64, at time.Time) (leaf []byte, h Hash) {
	l := Leaf{Log: log, Index: index, At: at, Kind: p.Kind, Fields: make([]Commitment, 0, len(p.Commits))}
	for name, sum := range p.Commits {
		l.Fields = append(l.Fields, Commitment{Name: name, Sum: [sha256.Size]byte(sum)})
	}
	slices.SortFunc(l.Fields, func(a, b Commitment) int { return canon.CompareNames(a.Name, b.Name) })
	leaf = l.Encode()
	return leaf, LeafHash(leaf)
}

func refused(kind, format string, args ...any) error {
	return fault.New(fault.Internal, "an entry of kind %.64q "+format, append([]any{kind}, args...)...)
}
