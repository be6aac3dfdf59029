package function

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty/function"
)

// charset is a way to write texts as bytes.
type charset struct {
	encode func(string) ([]byte, bool)
	decode func([]byte) string
}

// charsets by the names that the Internet Assigned Numbers Authority keeps ("Character Sets"), in lower case. Of the many
// that Terraform knows these are the ones that configurations are seen to use, UTF-16LE for Windows PowerShell first.
var charsets = map[string]charset{
	"utf-8":        {func(s string) ([]byte, bool) { return []byte(s), true }, func(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }},
	"utf-16le":     wide(binary.LittleEndian),
	"utf-16be":     wide(binary.BigEndian),
	"us-ascii":     narrow(0x7f, nil),
	"iso-8859-1":   narrow(0xff, nil),
	"latin1":       narrow(0xff, nil),
	"windows-1252": narrow(0xff, windows1252),
}

// windows1252 are the characters 0x80 to 0x9f where they differ from ISO 8859-1.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func wide(order binary.ByteOrder) charset {
	return charset{
		func(s string) ([]byte, bool) {
			units := utf16.Encode([]rune(s))
			b := make([]byte, 2*len(units))
			for i, u := range units {
				order.PutUint16(b[2*i:], u)
			}
			return b, true
		},
		func(b []byte) string {
			units := make([]uint16, 0, len(b)/2+1)
			for ; len(b) > 1; b = b[2:] {
				units = append(units, order.Uint16(b))
			}
			if len(b) == 1 {
				units = append(units, utf8.RuneError)
			}
			return string(utf16.Decode(units))
		},
	}
}

// narrow is a set with one byte for each character: those up to top, but for what is in high from 0x80 on.
func narrow(top rune, high []rune) charset {
	char := func(c byte) rune {
		switch i := int(c) - 0x80; {
		case rune(c) > top:
			return utf8.RuneError
		case i >= 0 && i < len(high):
			return high[i]
		}
		return rune(c)
	}
	back := map[rune]byte{}
	for c := range 256 {
		if r := char(byte(c)); r != utf8.RuneError {
			back[r] = byte(c)
		}
	}
	return charset{
		func(s string) ([]byte, bool) {
			b := make([]byte, 0, len(s))
			for _, r := range s {
				c, ok := back[r]
				if !ok {
					return nil, false
				}
				b = append(b, c)
			}
			return b, true
		},
		func(b []byte) string {
			var s strings.Builder
			for _, c := range b {
				s.WriteRune(char(c))
			}
			return s.String()
		},
	}
}

func textencode(s, name string) (string, error) {
	set, ok := charsets[strings.ToLower(name)]
	if !ok {
		return "", function.NewArgErrorf(1, "the encoding %q is not known here", name)
	}
	b, ok := set.encode(s)
	if !ok {
		return "", function.NewArgErrorf(0, "the text has characters that %s cannot represent", name)
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

func textdecode(s, name string) (string, error) {
	set, ok := charsets[strings.ToLower(name)]
	if !ok {
		return "", function.NewArgErrorf(1, "the encoding %q is not known here", name)
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", function.NewArgErrorf(0, "not valid base64")
	}
	return set.decode(b), nil
}
