package lang

import (
	"fmt"
	"strings"
)

// Expr is an expression that was read.
type Expr struct {
	text  string // with its brackets
	plain string // the same without braces, byte for byte
	root  *node
}

// Source returns the expression without its brackets.
func (e *Expr) Source() string { return strings.TrimSpace(e.text[1 : len(e.text)-1]) }

// op tells what a node is.
type op uint8

const (
	opString op = iota
	opInt
	opFloat
	opCall
	opPath
)

// node is a part of an expression.
type node struct {
	op       op
	from, to int32 // where it stands in the text
	num      int64
	text     string    // of a literal; of a call, the name
	space    string    // of a call: the namespace of a user's function
	fn       *function // of a call: nil of a user's function and of one that does not exist
	args     []*node
	base     *node // of a path
	steps    []step
}

// step is one access of a path: .name, [index], and the safe forms .?name and [?index].
type step struct {
	name  string
	index *node // nil of a name
	safe  bool
	to    int32 // where the path up to here ends
}

func (e *Expr) source(n *node) string { return e.text[n.from:n.to] }

// words is the source of a node fit to stand in ${ }. Nothing is made for it.
func (e *Expr) words(n *node) string {
	if s := e.source(n); paired(s) {
		return s
	}
	return e.plain[n.from:n.to]
}

// SyntaxError says what is wrong with the text of an expression, and where.
type SyntaxError struct {
	Column  int // 1-based, in bytes of the whole text
	Message string
}

// Error returns "column N: what is wrong".
func (e *SyntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Message) }

// IsExpression reports whether a text is an expression: it stands in brackets, and the first is not doubled
// (Template expressions, "Escape characters").
func IsExpression(text string) bool {
	return len(text) > 1 && text[0] == '[' && text[1] != '[' && text[len(text)-1] == ']'
}

// Literal returns the text that a text that is no expression stands for: "[[x]" is "[x]".
func Literal(text string) string {
	if strings.HasPrefix(text, "[[") && text[len(text)-1] == ']' {
		return text[1:]
	}
	return text
}
