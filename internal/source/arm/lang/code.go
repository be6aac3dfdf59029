package lang

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// codeFunctions are those of the page "string" of the reference that encode texts and decode them.
func codeFunctions() []function {
	return []function{
		{name: "base64", min: 1, max: 1, call: oneText(func(_ *eval, s string) (string, error) {
			return base64.StdEncoding.EncodeToString([]byte(s)), nil
		})},
		{name: "base64ToString", min: 1, max: 1, call: oneText(fromBase64)},
		{name: "base64ToJson", min: 1, max: 1, call: func(e *eval, args []Value) (Value, error) {
			v, err := oneText(fromBase64)(e, args)
			if err != nil {
				return v, err
			}
			return e.json([]Value{v})
		}},
		// The page has charset=utf8; the tests that Microsoft publishes with Bicep have what is made in fact.
		{name: "dataUri", min: 1, max: 1, call: oneText(func(_ *eval, s string) (string, error) {
			return "data:text/plain;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(s)), nil
		})},
		{name: "dataUriToString", min: 1, max: 1, call: oneText(fromDataURI)},
		{name: "uriComponent", min: 1, max: 1, call: oneText(func(_ *eval, s string) (string, error) { return escape(s), nil })},
		{name: "uriComponentToString", min: 1, max: 1, call: oneText(func(_ *eval, s string) (string, error) {
			return unescape(s), nil
		})},
		{name: "uri", min: 2, max: 2, need: needNothing, call: (*eval).uri},
	}
}

// oneText makes a function of one text. No code makes more than three bytes of one.
func oneText(do func(*eval, string) (string, error)) func(*eval, []Value) (Value, error) {
	return func(e *eval, args []Value) (Value, error) {
		text, err := str(args, 0)
		if err != nil {
			return Value{}, err
		}
		if !e.b.Room(3*len(text) + 64) {
			return Value{}, errLimit
		}
		out, err := do(e, text)
		return Str(out), err
	}
}

func fromBase64(_ *eval, text string) (string, error) {
	data, err := base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, text))
	if err != nil {
		return "", errors.New("the text is not in base64")
	}
	return strings.ToValidUTF8(string(data), "\uFFFD"), nil
}

// fromDataURI reads data:[media type][;base64],data (RFC 2397).
func fromDataURI(e *eval, text string) (string, error) {
	media, data, ok := strings.Cut(text, ",")
	if !ok || len(media) < 5 || !strings.EqualFold(media[:5], "data:") {
		return "", errors.New("the text is no data URI")
	}
	if strings.HasSuffix(strings.ToLower(media), ";base64") {
		return fromBase64(e, unescape(data))
	}
	return unescape(data), nil
}

// escape writes all but the unreserved characters of RFC 3986, section 2.3, as percent codes.
func escape(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

// unescape decodes percent codes; what is none stands as it is.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if high, low := hexValue(s[i+1]), hexValue(s[i+2]); high >= 0 && low >= 0 {
				b = append(b, byte(high<<4|low))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// uri resolves a relative URI as RFC 3986, section 5, does. With open parts it is known where both sides of the place at
// which they join are.
func (e *eval) uri(args []Value) (Value, error) {
	base, relative := &args[0], &args[1]
	if base.Kind == Open || relative.Kind == Open {
		return Value{}, errOpen
	}
	texts, err := strs(args)
	if err != nil {
		return Value{}, err
	}
	if base.Why != "" || relative.Why != "" {
		return e.uriOpen(base, relative)
	}
	from, err := url.Parse(texts[0])
	if err != nil || from.Scheme == "" || from.Host == "" {
		return Value{}, errors.New("the base is no absolute URI")
	}
	to, err := url.Parse(texts[1])
	if err != nil {
		return Value{}, errors.New("the relative URI is none")
	}
	if from.Path == "" {
		from.Path = "/"
	}
	return e.text(from.ResolveReference(to).String())
}

func (e *eval) uriOpen(base, relative *Value) (Value, error) {
	start, end := head(relative), tail(base)
	slash := strings.LastIndexByte(end, '/')
	// The last slash must be of the path, not of "https://", and no query may stand behind the path.
	if slash < 0 || strings.HasSuffix(end[:slash+1], "//") || strings.ContainsAny(base.Text[:len(base.Text)-len(end)], "?#") || strings.ContainsAny(end, "?#") {
		return Value{}, errOpen
	}
	segment, _, _ := strings.Cut(start, "/")
	if segment == "" || segment[0] == '.' || strings.ContainsAny(segment, ":?#") || strings.Contains(start, "/.") {
		return Value{}, errOpen
	}
	known := *base
	known.Text = base.Text[:len(base.Text)-len(end)+slash+1]
	return e.splice([]Value{known, *relative})
}
