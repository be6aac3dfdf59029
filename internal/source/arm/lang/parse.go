package lang

import (
	"strconv"
	"strings"
)

// Limits of one expression. Resource Manager takes 24,576 characters; what is longer is read too, so that what is wrong
// is told by the one who deploys it.
const (
	maxText    = 256 << 10
	maxNesting = 100
)

// Parse reads the whole text of a property, brackets included. The error is a *[SyntaxError].
func Parse(text string) (*Expr, error) {
	if len(text) > maxText {
		return nil, &SyntaxError{maxText, "the expression is longer than 256 kB"}
	}
	if !IsExpression(text) {
		return nil, &SyntaxError{1, "an expression stands in [ and ]"}
	}
	p := &parser{text: text, at: 1, end: len(text) - 1}
	root := p.expression(0)
	if p.skip(); p.err == nil && p.at < p.end {
		p.fail(p.at, "the expression ends before "+strconv.Quote(p.text[p.at:p.at+1]))
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Expr{text: text, plain: unbraced.Replace(text), root: root}, nil
}

type parser struct {
	text    string
	at, end int
	err     error
}

func (p *parser) fail(at int, message string) *node {
	if p.err == nil {
		p.err = &SyntaxError{at + 1, message}
	}
	p.at = p.end
	return nil
}

func (p *parser) skip() {
	for p.at < p.end && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next skips space and reports whether that byte follows, and takes it.
func (p *parser) next(c byte) bool {
	p.skip()
	if p.at < p.end && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// expression reads a literal or a call, and the accesses behind it.
func (p *parser) expression(deep int) *node {
	p.skip()
	if deep > maxNesting {
		return p.fail(p.at, "the expression nests deeper than 100")
	}
	if p.at >= p.end {
		return p.fail(p.at, "a value is missing")
	}
	var n *node
	switch c := p.text[p.at]; {
	case c == '\'':
		n = p.quoted()
	case c == '-' || digit(c):
		n = p.number()
	case letter(c):
		n = p.call(deep)
	default:
		return p.fail(p.at, "a function, a 'text' or a number is expected")
	}
	if n == nil {
		return nil
	}
	return p.path(n, deep)
}

// quoted reads a text in single quotes; a quote inside is doubled.
func (p *parser) quoted() *node {
	from := p.at
	for i := from + 1; i < p.end; i++ {
		if p.text[i] != '\'' {
			continue
		}
		if i+1 < p.end && p.text[i+1] == '\'' {
			i++
			continue
		}
		p.at = i + 1
		text := strings.ReplaceAll(p.text[from+1:i], "''", "'")
		return &node{op: opString, text: text, from: int32(from), to: int32(p.at)}
	}
	return p.fail(from, "the text is not closed by a single quote")
}

func (p *parser) number() *node {
	from := p.at
	p.at++
	p.digits()
	if p.at+1 < p.end && p.text[p.at] == '.' && digit(p.text[p.at+1]) {
		p.at++
		p.digits()
	}
	if p.at+1 < p.end && p.text[p.at]|0x20 == 'e' && (digit(p.text[p.at+1]) || strings.IndexByte("+-", p.text[p.at+1]) >= 0) {
		p.at += 2
		p.digits()
	}
	text := p.text[from:p.at]
	n := &node{op: opInt, text: text, from: int32(from), to: int32(p.at)}
	var err error
	if n.num, err = strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err != nil || !strings.ContainsAny(text, ".eE") || f-f != 0 {
		return p.fail(from, "not a number of 64 bits")
	}
	n.op = opFloat
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func (p *parser) digits() {
	for p.at < p.end && digit(p.text[p.at]) {
		p.at++
	}
}

// call reads name(arguments) or namespace.name(arguments).
func (p *parser) call(deep int) *node {
	n := &node{op: opCall, from: int32(p.at)}
	n.text = p.name()
	if p.skip(); p.at+1 < p.end && p.text[p.at] == '.' {
		p.at++
		p.skip()
		n.space, n.text = n.text, p.name()
	}
	if !p.next('(') {
		if n.space == "" && (strings.EqualFold(n.text, "true") || strings.EqualFold(n.text, "false") || strings.EqualFold(n.text, "null")) {
			return p.fail(int(n.from), n.text+" is a function: write "+strings.ToLower(n.text)+"()")
		}
		return p.fail(p.at, "( is missing after the name of a function")
	}
	for !p.next(')') {
		if len(n.args) > 0 && !p.next(',') {
			return p.fail(p.at, "a comma or ) is missing")
		}
		arg := p.expression(deep + 1)
		if arg == nil {
			return nil
		}
		n.args = append(n.args, arg)
	}
	n.to = int32(p.at)
	if n.space == "" || strings.EqualFold(n.space, "sys") {
		if n.fn = lookup(n.text); n.fn != nil {
			n.space = ""
		}
	}
	return n
}

func (p *parser) name() string {
	from := p.at
	for p.at < p.end && (letter(p.text[p.at]) || p.at > from && digit(p.text[p.at])) {
		p.at++
	}
	if p.at == from {
		p.fail(p.at, "a name is missing")
		return ""
	}
	return p.text[from:p.at]
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
}

// path reads .name and [index] behind a value.
func (p *parser) path(base *node, deep int) *node {
	n := &node{op: opPath, base: base, from: base.from}
	for p.err == nil {
		var s step
		switch {
		case p.next('.'):
			s.safe = p.next('?')
			p.skip()
			s.name = p.name()
		case p.next('['):
			s.safe = p.next('?')
			if s.index = p.expression(deep + 1); s.index != nil && !p.next(']') {
				return p.fail(p.at, "] is missing")
			}
		default:
			if len(n.steps) == 0 {
				return base
			}
			n.to = n.steps[len(n.steps)-1].to
			return n
		}
		s.to = int32(p.at)
		n.steps = append(n.steps, s)
	}
	return nil
}
