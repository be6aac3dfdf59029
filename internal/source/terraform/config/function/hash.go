package function

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty/function"
)

// digest is a hash function and the way its result is written.
type digest struct {
	new   func() hash.Hash
	write func([]byte) string
}

// digests by the end of the names of the functions. MD5 and SHA-1 are the language's, not a choice.
var digests = map[string]digest{
	"md5":          {md5.New, hex.EncodeToString},
	"sha1":         {sha1.New, hex.EncodeToString},
	"sha256":       {sha256.New, hex.EncodeToString},
	"sha512":       {sha512.New, hex.EncodeToString},
	"base64sha256": {sha256.New, base64.StdEncoding.EncodeToString},
	"base64sha512": {sha512.New, base64.StdEncoding.EncodeToString},
}

func (d digest) of(data []byte) string {
	h := d.new()
	h.Write(data)
	return d.write(h.Sum(nil))
}

func hashes() map[string]definition {
	all := map[string]definition{"uuidv5": {f: ofTexts("namespace", "name", uuidv5)}}
	for name, d := range digests {
		all[name] = definition{f: ofText(func(s string) (string, error) { return d.of([]byte(s)), nil })}
	}
	return all
}

// spaces are the name spaces of RFC 9562, section 6.6.
var spaces = map[string]string{
	"dns":  "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	"url":  "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
	"oid":  "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
	"x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}

// uuidv5 makes a name-based identifier (RFC 9562, section 5.5).
func uuidv5(space, name string) (string, error) {
	if s, ok := spaces[space]; ok {
		space = s
	}
	ns, err := hex.DecodeString(strings.ReplaceAll(strings.ToLower(space), "-", ""))
	if err != nil || len(ns) != 16 || len(space) != 36 {
		return "", function.NewArgErrorf(0, "the name space is neither dns, url, oid, x500 nor a UUID: %s", strconv.Quote(space))
	}
	h := sha1.New()
	h.Write(ns)
	h.Write([]byte(name))
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	x := hex.EncodeToString(u)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:], nil
}
