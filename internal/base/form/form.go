// Package form reads files that people write by hand in YAML as a form to fill in: mappings with known keys, texts with a
// limit, lists with a limit.
//
// It collects every problem rather than stopping at the first, each with its place, and tells a misspelt key from a stranger.
// A message quotes no more of the file than a short word without control characters. What a key means, and which of them go
// together, is for the package that owns the format.
package form

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// maxReport is how many problems one error lists.
const maxReport = 20

// Format is what sort of file is read, and how much of it.
type Format struct {
	Name    string // as in "is not a valid rule file"
	Bytes   int    // the most that a file may have
	Limits  tree.Limits
	Columns bool // problems name the column too: for files with expressions in them
}

// File is a file that is being read, with what is wrong in it so far.
type File struct {
	Top   *tree.Value // nil where the file says nothing
	Lines []string

	name     string
	format   Format
	problems []*tree.Error
}

// Open reads a file of one document, which name names in errors.
func Open(name string, data []byte, format Format) (*File, error) {
	if len(data) > format.Bytes {
		return nil, fault.New(fault.Limited, "%s is larger than %d bytes", name, format.Bytes)
	}
	text, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s cannot be read", name)
	}
	docs, err := tree.ParseYAML(text, format.Limits)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%s cannot be read", name)
	}
	f := &File{name: name, format: format, Lines: strings.Split(string(text), "\n")}
	switch len(docs) {
	case 0:
	case 1:
		f.Top = &docs[0]
	default:
		return nil, fault.Wrap(fault.Invalid, &tree.Error{Line: int(docs[1].Line), Msg: "a second document begins here"},
			"%s must hold one document", name).WithHelp("put everything under one set of keys, without ---")
	}
	return f, nil
}

// Say adds what is wrong with a value.
func (f *File) Say(v *tree.Value, format string, args ...any) {
	f.SayAt(int(v.Line), int(v.Column), format, args...)
}

// SayAt adds what is wrong at a place; 0 is a line or a column that is not known.
func (f *File) SayAt(line, column int, format string, args ...any) {
	if !f.format.Columns {
		column = 0
	}
	f.problems = append(f.problems, &tree.Error{Line: line, Column: column, Msg: fmt.Sprintf(format, args...)})
}

// Err joins the problems in the order of the file; nil where there is none.
func (f *File) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b *tree.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var all []error
	for i, e := range f.problems {
		if i == maxReport {
			all = append(all, fmt.Errorf("and %d more", len(f.problems)-maxReport))
			break
		}
		all = append(all, e)
	}
	return fault.Wrap(fault.Invalid, errors.Join(all...), "%s is not a valid %s", f.name, f.format.Name)
}

// lineOfKey finds the line of a key: the tree knows that of its value only, which in a block mapping stands below.
func (f *File) lineOfKey(m tree.Member) int {
	last := int(m.Value.Line)
	for l := last; l > 0 && l > last-50 && l <= len(f.Lines); l-- {
		text := strings.TrimLeft(f.Lines[l-1], " -\t\"'{?")
		if strings.HasPrefix(text, m.Name) || strings.Contains(f.Lines[l-1], m.Name+":") {
			return l
		}
	}
	return last
}

// Quote shows a word of the file in a message, short and without control characters.
func Quote(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
