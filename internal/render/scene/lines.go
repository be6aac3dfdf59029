package scene

import (
	"bufio"
	"io"
	"strings"
)

// Lines writes a text of indented lines, with blocks in braces. The first error of the writer is kept until Flush.
type Lines struct {
	out   *bufio.Writer
	unit  string
	depth int
}

// NewLines writes to w; unit is what a line is indented by for each block around it.
func NewLines(w io.Writer, unit string) *Lines { return &Lines{out: bufio.NewWriter(w), unit: unit} }

// Line writes words, with a space between them, on a line.
func (l *Lines) Line(words ...string) {
	for range l.depth {
		_, _ = l.out.WriteString(l.unit)
	}
	for i, w := range words {
		if i > 0 {
			_ = l.out.WriteByte(' ')
		}
		_, _ = l.out.WriteString(w)
	}
	_ = l.out.WriteByte('\n')
}

// Blank writes an empty line.
func (l *Lines) Blank() { _ = l.out.WriteByte('\n') }

// In indents what follows by one more unit, Out by one less.
func (l *Lines) In() { l.depth++ }

// Out is the end of In.
func (l *Lines) Out() { l.depth-- }

// Open begins a block: words and an opening brace.
func (l *Lines) Open(words ...string) {
	l.Line(strings.Join(words, " "), "{")
	l.In()
}

// Close ends a block.
func (l *Lines) Close() {
	l.Out()
	l.Line("}")
}

// Flush writes what is left and returns the first error of any write.
func (l *Lines) Flush() error { return l.out.Flush() }
