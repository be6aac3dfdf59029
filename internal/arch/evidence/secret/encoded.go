package secret

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/tree"
)

// verdict is what decoding a word tells.
type verdict uint8

const (
	unknown verdict = iota
	public          // it holds something, and no secret
	private         // it holds a secret
)

// encoded looks into a word that may be base64.
func (f *finder) encoded(from, to, pad int) verdict {
	data, ok := decode64(f.s[from:to])
	if !ok {
		return unknown
	}
	if isPublicDER(data) {
		return public
	}
	text := string(data)
	if !printable(text) {
		return unknown
	}
	if f.depth >= maxNesting {
		return private
	}
	if isLogin(f.s[from:to]) && (pad > to || len(text) < 100) && !strings.ContainsAny(text, " \n{") {
		return private
	}
	if out, _ := f.c.text(text, f.trait, f.depth+1); out != text {
		return private
	}
	return public
}

func decode64(s string) ([]byte, bool) {
	if len(s) < shortest-4 || len(s) > 4<<20 || len(s)%4 == 1 {
		return nil, false
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.RawURLEncoding
	}
	data, err := enc.DecodeString(s)
	return data, err == nil
}

// printable reports whether decoded bytes are text.
func printable(s string) bool {
	if s == "" || !utf8.ValidString(s) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 && class[s[i]]&isSpace == 0 || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// isLogin reports whether text is base64 of user:password, as HTTP's Basic scheme and
// Docker's auths write it.
func isLogin(text string) bool {
	text = strings.TrimRight(text, "=")
	if len(text)%4 == 1 || len(text) < 4 {
		return false
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || !printable(string(data)) {
		return false
	}
	k := strings.IndexByte(string(data), ':')
	return k > 0 && k+1 < len(data) && !strings.HasPrefix(string(data[k:]), "://")
}

// isPublicDER reports whether data is a certificate, a certificate request or a public key
// in DER: a SEQUENCE of a SEQUENCE and, as second or third, a BIT STRING (RFC 5280 section 4.1). Private keys
// begin with an INTEGER or end in an OCTET STRING (RFC 5958, RFC 8017).
func isPublicDER(data []byte) bool {
	body, rest, ok := element(data, 0x30)
	if !ok || len(rest) != 0 {
		return false
	}
	_, body, ok = element(body, 0x30)
	if !ok {
		return false
	}
	if _, after, ok := element(body, 0x30); ok {
		body = after
	}
	_, rest, ok = element(body, 0x03)
	return ok && len(rest) == 0
}

// element takes one DER element with that tag off the front of data.
func element(data []byte, tag byte) (body, rest []byte, ok bool) {
	if len(data) < 2 || data[0] != tag {
		return nil, nil, false
	}
	n, head := int(data[1]), 2
	if n >= 0x80 {
		k := n & 0x7f
		if k == 0 || k > 3 || len(data) < 2+k {
			return nil, nil, false
		}
		n = 0
		for _, b := range data[2 : 2+k] {
			n = n<<8 | int(b)
		}
		head += k
	}
	if len(data) < head+n {
		return nil, nil, false
	}
	return data[head : head+n], data[head+n:], true
}

// json cleans a string that is JSON as a tree; ok is false where it is none.
func (c *Cleaner) json(s string, depth int) (out string, read, ok bool) {
	v, err := tree.ParseJSON([]byte(s), tree.Limits{Depth: 100})
	if err != nil || v.Kind != tree.Object && v.Kind != tree.Array {
		return "", false, false
	}
	w := walker{c: c, depth: depth + 1}
	w.value(&v, trait{}, inherited{})
	if len(w.found.Places) == 0 {
		return s, true, true
	}
	return string(appendJSON(nil, &v)), len(w.found.Unread) == 0, true
}

func appendJSON(b []byte, v *tree.Value) []byte {
	switch v.Kind {
	case tree.Null:
		return append(b, "null"...)
	case tree.Bool, tree.Number:
		return append(b, v.Text...)
	case tree.String:
		b, _ = jsontext.AppendQuote(b, v.Text)
		return b
	case tree.Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, &v.Items[i])
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i := range v.Members {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, v.Members[i].Name)
		b = appendJSON(append(b, ':'), &v.Members[i].Value)
	}
	return append(b, '}')
}

// mostReplaced bounds the work of replacing one secret after the other in a document.
const mostReplaced = 200

// document looks at text of several lines once more as YAML, where that is what it is: a file
// in a ConfigMap, cloud-init, Helm values. A secret that stands in the text as it is, is replaced
// there; where the text writes it in another way, all of the text is replaced.
func (c *Cleaner) document(s string, depth int) string {
	if len(s) > 1<<20 || strings.IndexByte(s, ':') < 0 {
		return s
	}
	docs, err := tree.ParseYAML([]byte(s), tree.Limits{Depth: 60})
	if err != nil {
		return s
	}
	for i := range docs {
		if docs[i].Kind != tree.Object && docs[i].Kind != tree.Array {
			continue
		}
		before := docs[i].Clone()
		w := walker{c: c, depth: depth + 1}
		w.value(&docs[i], trait{}, inherited{})
		if len(w.found.Places) > mostReplaced {
			return c.whole(s)
		}
		for _, p := range w.found.Places {
			was, is := before.At(p), docs[i].At(p)
			switch {
			case was == nil || is == nil:
				return c.whole(s)
			case was.Text == is.Text:
			case len(was.Text) < 4 || !strings.Contains(s, was.Text):
				return c.whole(s)
			default:
				s = strings.ReplaceAll(s, was.Text, is.Text)
			}
		}
	}
	return s
}
