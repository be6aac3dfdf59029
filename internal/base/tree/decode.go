package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// Decode returns data as UTF-8 text without a byte order mark. UTF-16 with a byte
// order mark (what PowerShell's > writes) is converted. NUL bytes and text that is not
// valid are refused with the line.
func Decode(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return fromUTF16(data[2:], binary.BigEndian)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, &Error{Line: 1 + bytes.Count(data[:i], []byte{'\n'}), Msg: "a NUL byte: this is not a text file"}
	}
	if !utf8.Valid(data) {
		off := 0
		for off < len(data) {
			r, n := utf8.DecodeRune(data[off:])
			if r == utf8.RuneError && n <= 1 {
				break
			}
			off += n
		}
		return nil, &Error{Line: 1 + bytes.Count(data[:off], []byte{'\n'}), Msg: "not UTF-8 text: save the file as UTF-8"}
	}
	return data, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) ([]byte, error) {
	if len(data)%2 != 0 {
		return nil, &Error{Msg: "UTF-16 text with an odd number of bytes: the file is cut off"}
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	out := []byte(string(utf16.Decode(units)))
	if i := bytes.IndexByte(out, 0); i >= 0 {
		return nil, &Error{Line: 1 + bytes.Count(out[:i], []byte{'\n'}), Msg: "a NUL character: this is not a text file"}
	}
	return out, nil
}

// Outline is what a document looks like from outside: enough to tell formats apart
// without reading all of it.
type Outline struct {
	Format string // "json", "yaml" or ""
	Root   Kind
	// Keys are the names of the root object, or of the first object of a root array,
	// with the text of short scalars (others have "").
	Keys  map[string]string
	Empty bool // a root array or object with nothing in it
}

// Has reports whether all those keys are there.
func (o Outline) Has(keys ...string) bool {
	for _, k := range keys {
		if _, ok := o.Keys[k]; !ok {
			return false
		}
	}
	return true
}

// Sketch outlines decoded data. A document that breaks off is outlined as far as it
// goes, so that a reader can claim it and say what is wrong with it.
func Sketch(data []byte) Outline {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 {
		return Outline{}
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		return sketchJSON(trimmed)
	}
	return sketchYAML(trimmed)
}

func sketchJSON(data []byte) Outline {
	o := Outline{Format: "json", Root: Object, Keys: map[string]string{}, Empty: true}
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	tok, err := dec.ReadToken()
	if err != nil {
		return o
	}
	if tok.Kind() == '[' {
		o.Root = Array
		if dec.PeekKind() != '{' {
			o.Empty = dec.PeekKind() == ']'
			return o
		}
		if _, err := dec.ReadToken(); err != nil {
			return o
		}
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return o
		}
		key := name.String()
		o.Empty = false
		o.Keys[key] = ""
		if k := dec.PeekKind(); k == '"' || k == '0' {
			v, err := dec.ReadToken()
			if err != nil {
				return o
			}
			if s := v.String(); len(s) <= 200 {
				o.Keys[key] = s
			}
			continue
		}
		if dec.SkipValue() != nil {
			return o
		}
	}
	return o
}

func sketchYAML(data []byte) Outline {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return Outline{}
		}
		if err != nil {
			return lineKeys(data)
		}
		if len(n.Content) == 0 || n.Content[0].ShortTag() == "!!null" {
			continue
		}
		root := n.Content[0]
		o := Outline{Format: "yaml", Keys: map[string]string{}}
		switch root.Kind {
		case yaml.MappingNode:
			o.Root = Object
		case yaml.SequenceNode:
			o.Root, o.Empty = Array, len(root.Content) == 0
			if o.Empty || root.Content[0].Kind != yaml.MappingNode {
				return o
			}
			root = root.Content[0]
		default:
			return Outline{} // a plain text file is valid YAML, but no document of ours
		}
		o.Empty = len(root.Content) == 0
		for i := 0; i+1 < len(root.Content); i += 2 {
			v := ""
			if c := root.Content[i+1]; c.Kind == yaml.ScalarNode && len(c.Value) <= 200 {
				v = c.Value
			}
			o.Keys[root.Content[i].Value] = v
		}
		return o
	}
}

// lineKeys outlines a YAML text that does not parse by its unindented "key:" lines.
func lineKeys(data []byte) Outline {
	o := Outline{Keys: map[string]string{}}
	for line := range bytes.Lines(data) {
		i := bytes.IndexByte(line, ':')
		if i <= 0 || line[0] == ' ' || line[0] == '#' || line[0] == '-' || bytes.IndexByte(line[:i], ' ') >= 0 {
			continue
		}
		if v := string(bytes.TrimSpace(line[i+1:])); len(v) <= 200 {
			o.Keys[string(line[:i])] = v
			o.Format, o.Root = "yaml", Object
		}
	}
	return o
}
