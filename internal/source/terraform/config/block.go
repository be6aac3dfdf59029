package config

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// text is what the byte offsets of expressions count in: a file, or one decoded string of a JSON file.
type text struct {
	name  string // the file's path in FS
	bytes []byte
	lines []int32 // the offset of each line
}

func newText(name string, b []byte) *text {
	t := &text{name: name, bytes: b, lines: []int32{0}}
	for i, c := range b {
		if c == '\n' {
			t.lines = append(t.lines, int32(i)+1)
		}
	}
	return t
}

// slice returns the text of a range, or nothing where the range is not one of it.
func (t *text) slice(r hcl.Range) string {
	if t == nil || r.Start.Byte < 0 || r.End.Byte > len(t.bytes) || r.Start.Byte > r.End.Byte {
		return ""
	}
	return string(t.bytes[r.Start.Byte:r.End.Byte])
}

// spot is a place in a file; columns count bytes.
type spot struct {
	line int32
	col  uint16
}

func (t *text) spot(p hcl.Pos) spot {
	s := spot{line: int32(p.Line)}
	if i := p.Line - 1; i >= 0 && i < len(t.lines) {
		if col := p.Byte - int(t.lines[i]) + 1; col > 0 && col < 1<<16 {
			s.col = uint16(col)
		}
	}
	return s
}

// attribute is one argument of a block.
type attribute struct {
	name string
	// raw is the expression as parsed, for what is read without being evaluated: types, references. It must not be used
	// once the expression has been traced.
	raw hcl.Expression
	// expr is what is evaluated; see [reader.traced].
	expr   hclsyntax.Expression
	in     *text
	at     spot
	traced bool
}

// block is a block of either syntax.
type block struct {
	kind   string
	labels []string
	attrs  []*attribute
	blocks []*block
	in     *text // the file that it begins in; after a merge its attributes may be from others
	at     spot
}

func (b *block) attr(name string) *attribute {
	for _, a := range b.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

func (b *block) label(i int) string {
	if i < len(b.labels) {
		return b.labels[i]
	}
	return ""
}

// native turns a parsed body into blocks, in the order of the file.
func native(body *hclsyntax.Body, in *text) (attrs []*attribute, blocks []*block) {
	for _, a := range body.Attributes {
		attrs = append(attrs, &attribute{
			name: a.Name, raw: a.Expr, expr: a.Expr, in: in, at: in.spot(a.Expr.Range().Start),
		})
	}
	slices.SortFunc(attrs, func(a, b *attribute) int {
		return cmp.Or(cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.col, b.at.col), cmp.Compare(a.name, b.name))
	})
	for _, b := range body.Blocks {
		inner := &block{kind: b.Type, labels: b.Labels, in: in, at: in.spot(b.TypeRange.Start)}
		inner.attrs, inner.blocks = native(b.Body, in)
		blocks = append(blocks, inner)
	}
	return attrs, blocks
}
