// Package document reads and writes the files of ours that are one JSON object with a format and a version.
//
// What is written puts each item of a long list on a line of its own, so that two files can be compared with any tool; the
// same value gives the same bytes. What is read is refused where it is of another format or a later major version, has a name
// twice or is not UTF-8; a member that is not known is passed over, since a later minor version may add some. An error names
// the line and quotes no value. Whether what was read makes sense is for the package that owns the format.
package document

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Kind is what sort of file it is, and what to do where one cannot be taken.
type Kind struct {
	Name    string // as in "not a model.json", with its article
	Format  string // what its member format says
	Version string // the major version that is known
	Bytes   int    // the most that a file may have
	Smaller string // how to get a smaller one
	Origin  string // which file to give instead of one of another format
	Again   string // how to get one of this version
}

// Read reads a file into v. Nothing of v counts where there is an error.
func (k *Kind) Read(data []byte, v any) error {
	if len(data) > k.Bytes {
		return fault.New(fault.Limited, "%s of more than %d MiB", k.Name, k.Bytes>>20).WithHelp("%s", k.Smaller)
	}
	data, err := tree.Decode(data)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "not %s", k.Name)
	}
	format, version, err := head(data)
	if err != nil {
		return fault.Wrap(fault.Invalid, located(data, err), "not %s", k.Name)
	}
	switch {
	case format != k.Format:
		return fault.New(fault.Invalid, `not %s: its format is not %q`, k.Name, k.Format).WithHelp("%s", k.Origin)
	case Major(version) != k.Version:
		return fault.New(fault.Invalid, "%s of a version that this c4arch does not know; it knows version %s", k.Name, k.Version).
			WithHelp("use the c4arch that wrote it, or %s", k.Again)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fault.Wrap(fault.Invalid, located(data, err), "not %s", k.Name)
	}
	return nil
}

// Major returns the first part of a version.
func Major(version string) string {
	major, _, _ := strings.Cut(version, ".")
	return major
}

var errNoObject = &tree.Error{Msg: "it is not a JSON object"}

// head reads format and version, wherever they stand, so that a file of another version is told as such and not as one
// with odd members.
func head(data []byte) (format, version string, err error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	if dec.PeekKind() != '{' {
		return "", "", errNoObject
	}
	if _, err := dec.ReadToken(); err != nil {
		return "", "", err
	}
	for found := 0; found < 2 && dec.PeekKind() != '}'; {
		name, err := dec.ReadToken()
		if err != nil {
			return "", "", err
		}
		var to *string
		switch name.String() {
		case "format":
			to = &format
		case "version":
			to = &version
		}
		if to == nil || dec.PeekKind() != '"' {
			if err := dec.SkipValue(); err != nil {
				return "", "", err
			}
			continue
		}
		text, err := dec.ReadToken()
		if err != nil {
			return "", "", err
		}
		*to = text.String()
		found++
	}
	return format, version, nil
}

// plain is a place that can be told. A name of a map is the word of whoever wrote the file.
var plain = regexp.MustCompile(`^/[A-Za-z0-9/]{1,100}$`)

// located turns the library's error into ours.
func located(data []byte, err error) error {
	at := func(offset int64) int {
		return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte{'\n'})
	}
	var sem *json.SemanticError
	var syn *jsontext.SyntacticError
	cause := &tree.Error{Msg: "not valid JSON"}
	switch {
	case errors.Is(err, errNoObject):
		return err
	case errors.As(err, &syn):
		cause.Line = at(syn.ByteOffset)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			cause.Msg = "an object has the same name twice"
		} else if strings.Contains(err.Error(), "EOF") {
			cause.Msg = "the text ends in the middle: the file is cut off"
		}
	case errors.As(err, &sem):
		cause.Line = at(sem.ByteOffset)
		cause.Msg = "a value of the wrong type"
		if p := string(sem.JSONPointer); plain.MatchString(p) {
			cause.Msg += " at " + p[1:]
		}
	}
	return cause
}
