package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// ParseYAML reads all documents of a YAML stream. Empty documents are left out. Merge
// keys (<<) are resolved; a timestamp stays text; an integer in any base becomes its
// decimal literal. Each value's line and column are those of the place where it is written, so what
// an alias brings keeps those of its anchor.
func ParseYAML(data []byte, lim Limits) ([]Value, error) {
	lim = lim.orDefault()
	// An alias may repeat what it names, but not blow a small file up.
	lim.Nodes = min(lim.Nodes, 100_000+4*len(data))
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var docs []Value
	y := yamlReader{lim: lim, last: lineCount(data)}
	if wide(data) {
		y.lines, y.steps = lineTexts(data), 1<<20+8*len(data)
	}
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, yamlError(err)
		}
		v, err := y.value(&n, 0)
		if err != nil {
			return docs, err
		}
		if v.Kind != Null {
			docs = append(docs, v)
		}
	}
}

var yamlLine = regexp.MustCompile(`line (\d+): ?`)

// yamlError turns the library's message into ours; what it quotes of the input is
// left out, since it may be a secret.
func yamlError(err error) error {
	msg, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = strings.Replace(msg, m[0], "", 1)
	}
	if i := strings.IndexAny(msg, "`'\""); i >= 0 {
		msg = strings.TrimRight(msg[:i], " ")
	}
	return &Error{Line: line, Msg: "not valid YAML: " + msg}
}

type yamlReader struct {
	lim   Limits
	nodes int
	last  int      // line of the text
	lines [][]byte // the lines, where one of them has letters of more than one byte
	at    place    // in lines, where the last column was counted
	steps int      // letters that may still be counted
}

// line is the line of n; a value that is left out at the end of the text stands on its last line, not
// behind it.
func (y *yamlReader) line(n *yaml.Node) int32 { return int32(min(n.Line, y.last)) }

// column is the column of n in bytes; the library counts letters.
func (y *yamlReader) column(n *yaml.Node) uint16 {
	at := n.Column
	if n.Line < 1 || n.Line > y.last || at < 1 || at > math.MaxUint16 {
		return 0
	}
	if y.lines != nil {
		at = y.bytes(n.Line, at-1) + 1
	}
	if at > math.MaxUint16 {
		return 0
	}
	return uint16(at)
}

// bytes is how many bytes the first letters of a line take. It goes on from where it was asked last, since
// what follows on a long line would otherwise be counted from its start each time.
func (y *yamlReader) bytes(line, letters int) int {
	if line != y.at.line || letters < y.at.letters {
		y.at = place{line: line}
	}
	for text := y.lines[line-1]; y.at.letters < letters && y.at.bytes < len(text); y.at.letters++ {
		_, size := utf8.DecodeRune(text[y.at.bytes:])
		y.at.bytes += size
		if y.steps--; y.steps < 0 {
			return math.MaxUint16 // aliases that jump to and fro on long lines: no column is worth that
		}
	}
	return y.at.bytes
}

// place is a position on a line.
type place struct{ line, letters, bytes int }

// wide reports whether a letter takes more than one byte.
func wide(data []byte) bool {
	return slices.ContainsFunc(data, func(b byte) bool { return b >= utf8.RuneSelf })
}

// lineTexts returns the lines as lineCount counts them.
func lineTexts(data []byte) [][]byte {
	var lines [][]byte
	start := 0
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch i += size; r {
		case '\r':
			if i < len(data) && data[i] == '\n' {
				continue
			}
		case '\n', '\u0085', '\u2028', '\u2029':
		default:
			continue
		}
		lines = append(lines, data[start:i])
		start = i
	}
	return append(lines, data[start:])
}

// lineCount counts lines as YAML breaks them (YAML 1.1 section 5.4).
func lineCount(data []byte) int {
	n := 1 + bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) - bytes.Count(data, []byte("\r\n"))
	for _, other := range []string{"\u0085", "\u2028", "\u2029"} {
		n += bytes.Count(data, []byte(other))
	}
	return n
}

func (y *yamlReader) value(n *yaml.Node, depth int) (Value, error) {
	if depth > y.lim.Depth {
		return Value{}, &Error{Line: n.Line, Msg: fmt.Sprintf("nested more than %d deep (or an alias that contains itself)", y.lim.Depth)}
	}
	if y.nodes++; y.nodes > y.lim.Nodes {
		return Value{}, &Error{Line: n.Line, Msg: fmt.Sprintf("aliases expand to more than %d values", y.lim.Nodes)}
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 0 {
			return Value{}, nil
		}
		return y.value(n.Content[0], depth)
	case yaml.AliasNode:
		return y.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		v := Value{Kind: Array, Line: y.line(n), Column: y.column(n)}
		for _, c := range n.Content {
			it, err := y.value(c, depth+1)
			if err != nil {
				return Value{}, err
			}
			v.Items = append(v.Items, it)
		}
		return v, nil
	case yaml.MappingNode:
		return y.mapping(n, depth)
	}
	return y.scalar(n), nil
}

func (y *yamlReader) mapping(n *yaml.Node, depth int) (Value, error) {
	v := Value{Kind: Object, Line: y.line(n), Column: y.column(n)}
	seen := make(map[string]bool, len(n.Content)/2)
	var merges []Value
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		for k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return Value{}, &Error{Line: k.Line, Msg: "a key that is not a plain word"}
		}
		val, err := y.value(n.Content[i+1], depth+1)
		if err != nil {
			return Value{}, err
		}
		if k.ShortTag() == "!!merge" {
			if val.Kind == Array {
				merges = append(merges, val.Items...)
			} else {
				merges = append(merges, val)
			}
			continue
		}
		if seen[k.Value] {
			return Value{}, &Error{Line: k.Line, Msg: "a mapping has the same key twice"}
		}
		seen[k.Value] = true
		v.Members = append(v.Members, Member{k.Value, val})
	}
	for _, m := range merges {
		for _, f := range m.Fields() {
			if !seen[f.Name] {
				seen[f.Name] = true
				v.Members = append(v.Members, f)
			}
		}
	}
	return v, nil
}

func (y *yamlReader) scalar(n *yaml.Node) Value {
	v := Value{Kind: String, Line: y.line(n), Column: y.column(n), Text: n.Value}
	switch n.ShortTag() {
	case "!!null":
		v.Kind, v.Text = Null, ""
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			v.Kind, v.Text = Bool, strconv.FormatBool(b)
		}
	case "!!int":
		if IsNumber(n.Value) {
			v.Kind = Number
		} else if i, ok := new(big.Int).SetString(strings.ReplaceAll(n.Value, "_", ""), 0); ok {
			v.Kind, v.Text = Number, i.String()
		}
	case "!!float":
		if IsNumber(n.Value) {
			v.Kind = Number
		} else if f, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64); err == nil {
			if s := strconv.FormatFloat(f, 'g', -1, 64); IsNumber(s) {
				v.Kind, v.Text = Number, s
			}
		}
	}
	return v
}
