package arm

import (
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"c4arch/internal/base/tree"
)

// What Azure Resource Manager accepts is JSON (RFC 8259) with comments and with strings that run over several lines
// (learn.microsoft.com/azure/azure-resource-manager/templates/syntax, "Comments and metadata" and "Multi-line strings").
// Names are compared without regard to case there, so two that differ in nothing else are one name twice.

// limits of one file. Templates are 4 MB at most (azure-subscription-service-limits).
const (
	maxDepth = 200
	maxNodes = 2_000_000
)

// parseJSON reads one text whole. Every value has its line and its column.
func parseJSON(data []byte) (tree.Value, error) {
	p := parser{data: data, line: 1}
	v, err := p.value(0)
	if err != nil {
		return tree.Value{}, err
	}
	if err := p.space(); err != nil {
		return tree.Value{}, err
	}
	if p.at < len(p.data) {
		return tree.Value{}, p.fail("more text stands after the end of the JSON value")
	}
	return v, nil
}

// parser reads data from at on. Lines are counted as it goes.
type parser struct {
	data  []byte
	at    int
	line  int32
	start int // where the line begins
	nodes int
}

func (p *parser) fail(msg string) error { return &tree.Error{Line: int(p.line), Msg: msg} }

func (p *parser) cut() error {
	return p.fail("the JSON text ends in the middle: the file is cut off or still being written")
}

func (p *parser) newline() {
	p.line++
	p.start = p.at + 1
}

// column is that of the next byte; 0 where it is too large to be told.
func (p *parser) column() uint16 {
	if c := p.at - p.start + 1; c <= math.MaxUint16 {
		return uint16(c)
	}
	return 0
}

// space passes over white space and comments.
func (p *parser) space() error {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case '\n':
			p.newline()
		case ' ', '\t', '\r':
		case '/':
			if err := p.comment(); err != nil {
				return err
			}
			continue
		default:
			return nil
		}
		p.at++
	}
	return nil
}

func (p *parser) comment() error {
	switch next := p.peek(1); next {
	case '/':
		for p.at < len(p.data) && p.data[p.at] != '\n' {
			p.at++
		}
		return nil
	case '*':
		for p.at += 2; p.at < len(p.data); p.at++ {
			switch {
			case p.data[p.at] == '\n':
				p.newline()
			case p.data[p.at] == '*' && p.peek(1) == '/':
				p.at += 2
				return nil
			}
		}
		return p.fail("a comment is not closed")
	}
	return p.fail("not valid JSON: a slash that begins no comment")
}

func (p *parser) peek(n int) byte {
	if p.at+n < len(p.data) {
		return p.data[p.at+n]
	}
	return 0
}

func (p *parser) value(depth int) (tree.Value, error) {
	if err := p.space(); err != nil {
		return tree.Value{}, err
	}
	if p.at >= len(p.data) {
		return tree.Value{}, p.cut()
	}
	if p.nodes++; p.nodes > maxNodes {
		return tree.Value{}, p.fail("more than 2000000 values in one document")
	}
	v := tree.Value{Line: p.line, Column: p.column()}
	var err error
	switch c := p.data[p.at]; {
	case c == '{' || c == '[':
		if depth++; depth > maxDepth {
			return v, p.fail("nested more than 200 deep")
		}
		p.at++
		if c == '{' {
			v.Kind = tree.Object
			v.Members, err = p.members(depth)
		} else {
			v.Kind = tree.Array
			v.Items, err = p.items(depth)
		}
	case c == '"':
		v.Kind = tree.String
		v.Text, err = p.text()
	default:
		v.Kind, v.Text, err = p.word()
	}
	return v, err
}

func (p *parser) members(depth int) ([]tree.Member, error) {
	var list []tree.Member
	var names folded
	for {
		end, err := p.next('}', len(list) == 0)
		if end || err != nil {
			return list, err
		}
		if p.data[p.at] != '"' {
			return nil, p.fail("not valid JSON: a name in double quotes was expected here")
		}
		line := p.line
		name, err := p.text()
		if err != nil {
			return nil, err
		}
		if !names.add(name, list) {
			return nil, &tree.Error{Line: int(line), Msg: "an object has the same name twice (names are compared without regard to case)"}
		}
		if err := p.space(); err != nil {
			return nil, err
		}
		if p.at >= len(p.data) {
			return nil, p.cut()
		}
		if p.data[p.at] != ':' {
			return nil, p.fail("not valid JSON: a colon was expected after a name")
		}
		p.at++
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, tree.Member{Name: name, Value: v})
	}
}

func (p *parser) items(depth int) ([]tree.Value, error) {
	var list []tree.Value
	for {
		end, err := p.next(']', len(list) == 0)
		if end || err != nil {
			return list, err
		}
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

// next goes to the next member or item, past a comma unless it is the first, or past the closing bracket.
func (p *parser) next(closing byte, first bool) (end bool, err error) {
	if err := p.space(); err != nil {
		return false, err
	}
	if p.at >= len(p.data) {
		return false, p.cut()
	}
	if p.data[p.at] == closing {
		p.at++
		return true, nil
	}
	if first {
		return false, nil
	}
	if p.data[p.at] != ',' {
		return false, p.fail("not valid JSON: a comma or the closing bracket was expected here")
	}
	line := p.line
	p.at++
	if err := p.space(); err != nil {
		return false, err
	}
	if p.at >= len(p.data) {
		return false, p.cut()
	}
	if p.data[p.at] == closing {
		return false, &tree.Error{Line: int(line), Msg: "not valid JSON: a comma stands before a closing bracket"}
	}
	return false, nil
}

// word reads a number, true, false or null.
func (p *parser) word() (tree.Kind, string, error) {
	from := p.at
	for p.at < len(p.data) && isWord(p.data[p.at]) {
		p.at++
	}
	switch w := string(p.data[from:p.at]); {
	case w == "true" || w == "false":
		return tree.Bool, w, nil
	case w == "null":
		return tree.Null, "", nil
	case tree.IsNumber(w):
		return tree.Number, w, nil
	case p.at == len(p.data) && w != "":
		return 0, "", p.cut()
	}
	return 0, "", p.fail("not valid JSON: a value was expected here")
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// text reads a string. Line breaks and tabs may stand in it as they are.
func (p *parser) text() (string, error) {
	p.at++
	from := p.at
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c == '"':
			s := string(p.data[from:p.at])
			p.at++
			return s, nil
		case c == '\\':
			return p.escaped(from)
		case c == '\n':
			p.newline()
		case c < 0x20 && c != '\t' && c != '\r':
			return "", p.fail("not valid JSON: a control character in a string")
		}
		p.at++
	}
	return "", p.cut()
}

// escaped goes on with a string that began at from and has its first escape here.
func (p *parser) escaped(from int) (string, error) {
	b := append(make([]byte, 0, 2*(p.at-from)+32), p.data[from:p.at]...)
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return string(b), nil
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
			continue
		case c == '\n':
			p.newline()
			b = append(b, c)
		case c < 0x20 && c != '\t' && c != '\r':
			return "", p.fail("not valid JSON: a control character in a string")
		default:
			b = append(b, c)
		}
		p.at++
	}
	return "", p.cut()
}

const (
	escapes = `"\/bfnrt`
	meant   = "\"\\/\b\f\n\r\t"
)

// escape reads a backslash and what belongs to it. Half of a surrogate pair is the replacement character.
func (p *parser) escape() (rune, error) {
	c := p.peek(1)
	if i := strings.IndexByte(escapes, c); i >= 0 && c != 0 {
		p.at += 2
		return rune(meant[i]), nil
	}
	if c != 'u' {
		return 0, p.fail("not valid JSON: an unknown escape in a string")
	}
	r, ok := p.unit()
	if !ok {
		return 0, p.fail("not valid JSON: \\u without four hexadecimal digits in a string")
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	back := *p
	if second, ok := p.unit(); ok {
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			return pair, nil
		}
	}
	*p = back
	return utf8.RuneError, nil
}

// unit reads \uXXXX.
func (p *parser) unit() (rune, bool) {
	if p.at+6 > len(p.data) || p.data[p.at] != '\\' || p.data[p.at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range p.data[p.at+2 : p.at+6] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	p.at += 6
	return r, true
}

// folded remembers names without regard to case. Few are compared one by one.
type folded map[string]struct{}

const fewNames = 12

// add reports whether name is new beside the members before it.
func (f *folded) add(name string, before []tree.Member) bool {
	if len(before) < fewNames {
		for i := range before {
			if strings.EqualFold(before[i].Name, name) {
				return false
			}
		}
		return true
	}
	if *f == nil {
		*f = make(folded, 2*len(before))
		for i := range before {
			(*f)[foldName(before[i].Name)] = struct{}{}
		}
	}
	key := foldName(name)
	if _, ok := (*f)[key]; ok {
		return false
	}
	(*f)[key] = struct{}{}
	return true
}

// foldName is equal for names that [strings.EqualFold] takes for equal, but for a few letters of other scripts.
func foldName(name string) string { return strings.ToLower(name) }
