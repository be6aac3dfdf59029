package function

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/url"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func encodings() map[string]definition {
	return map[string]definition{
		"base64decode":     {f: ofText(base64decode)},
		"base64encode":     {f: ofText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil })},
		"base64gzip":       {f: ofText(base64gzip)},
		"base64gunzip":     {f: ofText(base64gunzip)},
		"urlencode":        {f: ofText(func(s string) (string, error) { return url.QueryEscape(s), nil })},
		"urldecode":        {f: ofText(urldecode)},
		"csvdecode":        {f: stdlib.CSVDecodeFunc, before: csvSize},
		"jsonencode":       {f: stdlib.JSONEncodeFunc},
		"jsondecode":       {f: stdlib.JSONDecodeFunc, before: jsonSize},
		"textencodebase64": {f: ofTexts("string", "encoding", textencode)},
		"textdecodebase64": {f: ofTexts("source", "encoding", textdecode)},
		"yamlencode":       {f: yamlencode},
		"yamldecode":       {f: yamldecode},
	}
}

func base64decode(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	switch {
	case err != nil:
		return "", function.NewArgErrorf(0, "not valid base64")
	case !utf8.Valid(b):
		return "", function.NewArgErrorf(0, "the result of decoding is not valid UTF-8")
	}
	return string(b), nil
}

func base64gzip(s string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Flush() // as Terraform does, which shows in the result
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// base64gunzip is OpenTofu's.
func base64gunzip(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", function.NewArgErrorf(0, "not valid base64")
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return "", function.NewArgErrorf(0, "not gzip")
	}
	b, err = io.ReadAll(io.LimitReader(r, maxText+1))
	switch {
	case len(b) > maxText:
		return "", tooMuchText(maxRough + 1)
	case err != nil:
		return "", function.NewArgErrorf(0, "not gzip")
	case !utf8.Valid(b):
		return "", function.NewArgErrorf(0, "the result of unpacking is not valid UTF-8")
	}
	return string(b), nil
}

// urldecode is OpenTofu's.
func urldecode(s string) (string, error) {
	s, err := url.QueryUnescape(s)
	switch {
	case err != nil:
		return "", function.NewArgErrorf(0, "not a valid URL encoding")
	case !utf8.ValidString(s):
		return "", function.NewArgErrorf(0, "the result of decoding is not valid UTF-8")
	}
	return s, nil
}
