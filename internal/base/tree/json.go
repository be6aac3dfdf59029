package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits bound what a parser accepts. The zero value means [DefaultLimits].
type Limits struct {
	Depth int // nesting of arrays and objects
	Nodes int // values in one document, YAML aliases expanded
}

// DefaultLimits are far above what the formats that we read need: Kubernetes and ARM
// documents nest below 40 deep.
var DefaultLimits = Limits{Depth: 200, Nodes: 20_000_000}

func (l Limits) orDefault() Limits {
	if l.Depth == 0 {
		l.Depth = DefaultLimits.Depth
	}
	if l.Nodes == 0 {
		l.Nodes = DefaultLimits.Nodes
	}
	return l
}

// Error says what is wrong with a document and where.
type Error struct {
	Line   int // 1-based; 0 where unknown
	Column int // 1-based; 0 where unknown, or where the line says enough
	Msg    string
}

// Error returns "line N: what is wrong" or "line N, column M: what is wrong".
func (e *Error) Error() string {
	switch {
	case e.Line <= 0:
		return e.Msg
	case e.Column <= 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// JSON reads one JSON text step by step, so that a large document need not stand in
// memory as a tree. Lines are counted as it goes.
type JSON struct {
	dec   *jsontext.Decoder
	data  []byte
	lim   Limits
	off   int // data[:off] has been counted
	line  int32
	open  int32 // line of the bracket that was opened last
	nodes int
}

// NewJSON starts reading data, which must be UTF-8 (see [Decode]).
func NewJSON(data []byte, lim Limits) *JSON {
	return &JSON{dec: jsontext.NewDecoder(bytes.NewBuffer(data)), data: data, lim: lim.orDefault(), line: 1}
}

// Line returns the line of what was read last.
func (j *JSON) Line() int32 {
	if off := min(int(j.dec.InputOffset()), len(j.data)); off > j.off {
		j.line += int32(bytes.Count(j.data[j.off:off], []byte{'\n'}))
		j.off = off
	}
	return j.line
}

func (j *JSON) fail(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	line := int(j.Line())
	msg := err.Error()
	var syn *jsontext.SyntacticError
	if errors.As(err, &syn) {
		if off := min(int(syn.ByteOffset), len(j.data)); off >= 0 {
			line = 1 + bytes.Count(j.data[:off], []byte{'\n'})
		}
		if syn.Err != nil {
			msg = syn.Err.Error()
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		line, msg = 1+bytes.Count(j.data, []byte{'\n'}), "the JSON text ends in the middle: the file is cut off or still being written"
	} else {
		// The library's text may quote the input, which may be a secret.
		if errors.Is(err, jsontext.ErrDuplicateName) {
			msg = "an object has the same name twice"
		} else if i := strings.IndexAny(msg, "`'\""); i >= 0 {
			msg = strings.TrimRight(msg[:i], " ")
		}
		msg = "not valid JSON: " + strings.TrimPrefix(msg, "jsontext: ")
	}
	return &Error{Line: line, Msg: msg}
}

// Kind tells what stands next.
func (j *JSON) Kind() Kind {
	switch j.dec.PeekKind() {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case '0':
		return Number
	case 't', 'f':
		return Bool
	}
	return Null
}

// Object reads an object; each is called at each member's value and must read it
// whole. What stands next must be an object.
func (j *JSON) Object(each func(name string) error) error {
	tok, err := j.dec.ReadToken()
	if err != nil {
		return j.fail(err)
	}
	if tok.Kind() != '{' {
		return &Error{Line: int(j.Line()), Msg: "an object was expected here"}
	}
	j.open = j.Line()
	if j.dec.StackDepth() > j.lim.Depth {
		return &Error{Line: int(j.Line()), Msg: fmt.Sprintf("nested more than %d deep", j.lim.Depth)}
	}
	for j.dec.PeekKind() != '}' {
		name, err := j.dec.ReadToken()
		if err != nil {
			return j.fail(err)
		}
		if err := each(name.String()); err != nil {
			return err
		}
	}
	if _, err := j.dec.ReadToken(); err != nil {
		return j.fail(err)
	}
	return nil
}

// Array reads an array; each is called at each item and must read it whole.
func (j *JSON) Array(each func(i int) error) error {
	tok, err := j.dec.ReadToken()
	if err != nil {
		return j.fail(err)
	}
	if tok.Kind() != '[' {
		return &Error{Line: int(j.Line()), Msg: "an array was expected here"}
	}
	j.open = j.Line()
	if j.dec.StackDepth() > j.lim.Depth {
		return &Error{Line: int(j.Line()), Msg: fmt.Sprintf("nested more than %d deep", j.lim.Depth)}
	}
	for i := 0; j.dec.PeekKind() != ']'; i++ {
		if err := each(i); err != nil {
			return err
		}
	}
	if _, err := j.dec.ReadToken(); err != nil {
		return j.fail(err)
	}
	return nil
}

// Skip passes over the next value.
func (j *JSON) Skip() error {
	if err := j.dec.SkipValue(); err != nil {
		return j.fail(err)
	}
	return nil
}

// Value reads the next value whole.
func (j *JSON) Value() (Value, error) {
	if j.nodes++; j.nodes > j.lim.Nodes {
		return Value{}, &Error{Line: int(j.Line()), Msg: fmt.Sprintf("more than %d values in one document", j.lim.Nodes)}
	}
	switch j.dec.PeekKind() {
	case '{':
		v := Value{Kind: Object}
		err := j.Object(func(name string) error {
			if v.Line == 0 {
				v.Line = j.open
			}
			m, err := j.Value()
			if err != nil {
				return err
			}
			v.Members = append(v.Members, Member{name, m})
			return nil
		})
		if v.Line == 0 {
			v.Line = j.open
		}
		return v, err
	case '[':
		v := Value{Kind: Array}
		err := j.Array(func(int) error {
			if v.Line == 0 {
				v.Line = j.open
			}
			it, err := j.Value()
			if err != nil {
				return err
			}
			v.Items = append(v.Items, it)
			return nil
		})
		if v.Line == 0 {
			v.Line = j.open
		}
		return v, err
	}
	tok, err := j.dec.ReadToken()
	if err != nil {
		return Value{}, j.fail(err)
	}
	v := Value{Line: j.Line()}
	switch tok.Kind() {
	case '"':
		v.Kind, v.Text = String, tok.String()
	case '0':
		v.Kind, v.Text = Number, tok.String()
	case 't':
		v.Kind, v.Text = Bool, "true"
	case 'f':
		v.Kind, v.Text = Bool, "false"
	case 'n':
	default:
		return Value{}, &Error{Line: int(j.Line()), Msg: "a value was expected here"}
	}
	return v, nil
}

// End reports an error unless only white space is left.
func (j *JSON) End() error {
	_, err := j.dec.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return j.fail(err)
	}
	return &Error{Line: int(j.Line()), Msg: "more text stands after the end of the JSON value"}
}

// More reports whether another value follows, as in kubectl's concatenated output.
func (j *JSON) More() bool { return j.dec.PeekKind() > 0 }

// ParseJSON reads one JSON text whole.
func ParseJSON(data []byte, lim Limits) (Value, error) {
	j := NewJSON(data, lim)
	v, err := j.Value()
	if err != nil {
		return Value{}, err
	}
	return v, j.End()
}

// Raw returns the text of the next value as it stands, in a copy.
func (j *JSON) Raw() ([]byte, error) {
	v, err := j.dec.ReadValue()
	if err != nil {
		return nil, j.fail(err)
	}
	return bytes.Clone(v), nil
}
