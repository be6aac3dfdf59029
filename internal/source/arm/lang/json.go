package lang

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// appendJSON writes a value as JSON without spaces, as string() does. What is open is the text ${...}.
func appendJSON(b []byte, v *Value) []byte {
	switch v.Kind {
	case Null:
		return append(b, "null"...)
	case Bool:
		return strconv.AppendBool(b, v.Bool)
	case Int:
		return strconv.AppendInt(b, v.Int, 10)
	case Float:
		return append(b, v.Text...)
	case String, Open:
		b, _ = jsontext.AppendQuote(b, v.Str()) // the error tells of bytes that are no UTF-8; they are replaced
		return b
	case Array:
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
