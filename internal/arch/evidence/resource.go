package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// Tree returns the properties decoded, with the lines of the input put back: a leaf has
// its own, an array or object that of its first leaf.
func (r *Resource) Tree() (tree.Value, error) { return canon.Decode(r.Props, r.Lines) }

// Line returns the line in Origins[0].Input of the property at p, of the nearest one above
// it that is there, or of the resource.
func (r *Resource) Line(p tree.Path) int { return r.Read().Line(p) }

// Code tells where the code states the property at p: the line and the column in Origins[0].Input, and the
// expression that it is written as, which is that of the nearest place above it where it has none of its own. All are zero
// where they are not known.
func (r *Resource) Code(p tree.Path) (line, column int, x Expression) { return r.Read().Code(p) }

// firstStep is how a path and all that lies below the same member of the root begin.
func firstStep(p tree.Path) string {
	if i := strings.IndexAny(string(p), ".["); i > 0 {
		return string(p[:i])
	}
	return string(p)
}

// number writes on each leaf which one it is, counted from 1, in the place of its line.
func number(v *tree.Value, n *int) {
	for i := range v.Items {
		number(&v.Items[i], n)
	}
	for i := range v.Members {
		number(&v.Members[i].Value, n)
	}
	if len(v.Items) == 0 && len(v.Members) == 0 {
		*n++
		v.Line = int32(*n)
	}
}

// Canonical returns the bytes that the commitment is to: RFC 8785 of the object of what
// the resource is, without what it is called elsewhere (aliases) and where and when it was read. With the
// salt they can be disclosed to prove one resource.
func (r *Resource) Canonical() []byte { return r.canonical(nil) }

func (r *Resource) canonical(b []byte) []byte {
	b = append(b, '{')
	if r.Data {
		b = append(b, `"data":true,`...)
	}
	b = member(b, "form", string(r.Form))
	b = member(b, "id", r.ID)
	b = member(b, "location", r.Location)
	b = member(b, "name", r.Name)
	b = append(b, `"properties":`...)
	b = append(b, r.Props...)
	b = append(b, ',')
	b = member(b, "provider", r.Provider)
	b = member(b, "scope", r.Scope)
	b = member(b, "side", string(r.Side))
	if len(r.Tags) > 0 {
		b = append(append(b, `"tags":`...), tagsJSON(r.Tags)...)
		b = append(b, ',')
	}
	b = append(b, `"type":`...)
	b, _ = jsontext.AppendQuote(b, r.Type)
	open := false
	for _, x := range r.Expressions {
		if x.Unresolved == "" {
			continue
		}
		if b = append(b, ','); !open {
			b = append(b, `"unresolved":[`...)
			open = true
		}
		b, _ = jsontext.AppendQuote(b, string(x.Path))
	}
	if open {
		b = append(b, ']')
	}
	return append(b, '}')
}

// member appends a name, a value and a comma; an empty value is left out.
func member(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, '"'), name...), `":`...)
	b, _ = jsontext.AppendQuote(b, value)
	return append(b, ',')
}

func tagsJSON(tags map[string]string) []byte {
	b := []byte{'{'}
	for i, k := range slices.SortedFunc(maps.Keys(tags), canon.CompareNames) {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, k)
		b = append(b, ':')
		b, _ = jsontext.AppendQuote(b, tags[k])
	}
	return append(b, '}')
}

// commit returns SHA-256(salt || bytes).
func commit(salt, bytes []byte) canon.Digest {
	h := sha256.New()
	h.Write(salt)
	h.Write(bytes)
	return canon.Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
}

// Verify reports whether the commitment is to this content under this salt. Content
// that has been withdrawn cannot be checked and counts as not verified.
func (r *Resource) Verify() bool {
	salt, err := hex.DecodeString(r.Salt)
	return err == nil && r.Erased == "" && len(salt) == sha256.Size && commit(salt, r.Canonical()) == r.Commitment
}

// Redact returns the resource without its content and its salt, and with the reason. The
// identity, the form, the type, the places and the commitment stay, so that the root of a snapshot still
// verifies; what is gone cannot be guessed at, since the salt is gone with it.
func (r Resource) Redact(reason string) Resource {
	if reason == "" {
		reason = "withdrawn"
	}
	r.Aliases, r.Name, r.Scope, r.Location, r.Tags = nil, "", "", "", nil
	r.Props, r.Salt, r.Redacted, r.Lines = canon.Raw("{}"), "", nil, nil
	r.Columns, r.Expressions = nil, nil
	r.Erased = reason
	return r
}
