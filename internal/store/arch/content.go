package arch

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
)

// readContent takes apart what [evidence.Resource.Canonical] wrote: canonical JSON without any space. Whether it is
// exactly that, the caller finds out by writing it again.
func readContent(body []byte, r *evidence.Resource) error {
	return members(body, func(name, value []byte) error {
		var to *string
		switch string(name) {
		case `"data"`:
			r.Data = true
			return nil
		case `"form"`:
			to = (*string)(&r.Form)
		case `"id"`:
			to = &r.ID
		case `"location"`:
			to = &r.Location
		case `"name"`:
			to = &r.Name
		case `"properties"`:
			r.Props = canon.Raw(bytes.Clone(value)) // what is kept must not hold the whole pack in memory
			return nil
		case `"provider"`:
			to = &r.Provider
		case `"scope"`:
			to = &r.Scope
		case `"side"`:
			to = (*string)(&r.Side)
		case `"tags"`:
			return readTags(value, r)
		case `"type"`:
			to = &r.Type
		default: // unresolved, which the form has too
			return nil
		}
		return text(value, to)
	})
}

func readTags(value []byte, r *evidence.Resource) error {
	r.Tags = map[string]string{}
	return members(value, func(name, value []byte) error {
		var k, v string
		if text(name, &k) != nil || text(value, &v) != nil {
			return errBytes
		}
		r.Tags[k] = v
		return nil
	})
}

// text reads a JSON string.
func text(quoted []byte, to *string) error {
	if len(quoted) < 2 || quoted[0] != '"' {
		return errBytes
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		*to = string(quoted[1 : len(quoted)-1])
		return nil
	}
	plain, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return errBytes
	}
	*to = string(plain)
	return nil
}

// members calls fn for the name, in its quotes, and the value of each member of an object.
func members(b []byte, fn func(name, value []byte) error) error {
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return errBytes
	}
	for b = b[1 : len(b)-1]; len(b) > 0; {
		n := valueEnd(b)
		if n == 0 || b[0] != '"' || n >= len(b) || b[n] != ':' {
			return errBytes
		}
		name := b[:n]
		b = b[n+1:]
		if n = valueEnd(b); n == 0 {
			return errBytes
		}
		if err := fn(name, b[:n]); err != nil {
			return err
		}
		if b = b[n:]; len(b) > 0 {
			if b[0] != ',' || len(b) == 1 {
				return errBytes
			}
			b = b[1:]
		}
	}
	return nil
}

// valueEnd is where the JSON value that b begins with ends, and 0 when it does not.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringEnd(b[i:])
			if n == 0 {
				return 0
			}
			if i += n - 1; depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ':':
			if depth == 0 {
				return i
			}
		}
	}
	if depth > 0 {
		return 0
	}
	return len(b)
}

func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
