package c4

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// MaxSize bounds a model.json that is read, in bytes.
const MaxSize = 1 << 30

// Decode reads model.json. It refuses another format, a later major version, duplicate names and
// text that is not UTF-8; a member that it does not know is passed over, since a later
// minor version may add some. Whether the model is sound is for [Model.Validate] to say. Errors
// name the line and never quote the text.
func Decode(data []byte) (*Model, error) {
	if len(data) > MaxSize {
		return nil, fault.New(fault.Limited, "a model of more than %d MiB", MaxSize>>20).WithHelp("render it in parts: scan fewer inputs")
	}
	data, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "not a model.json")
	}
	format, version, err := head(data)
	switch {
	case err != nil:
		return nil, err
	case format != Format:
		return nil, fault.New(fault.Invalid, `not a model.json: its format is not %q`, Format).
			WithHelp("give the model.json that c4arch scan wrote")
	case major(version) != FormatVersion:
		return nil, fault.New(fault.Invalid, "a model.json of a version that this c4arch does not know; it knows version %s", FormatVersion).
			WithHelp("use the c4arch that wrote it, or scan again")
	}
	m := &Model{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, located(data, err)
	}
	return m, nil
}

func major(version string) string {
	v, _, _ := strings.Cut(version, ".")
	return v
}

// head reads format and version, wherever they stand, so that a model of another version is
// told as such and not as one with odd members.
func head(data []byte) (format, version string, err error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	if dec.PeekKind() != '{' {
		return "", "", fault.New(fault.Invalid, "not a model.json: it is not a JSON object")
	}
	if _, err := dec.ReadToken(); err != nil {
		return "", "", located(data, err)
	}
	for found := 0; found < 2 && dec.PeekKind() != '}'; {
		name, err := dec.ReadToken()
		if err != nil {
			return "", "", located(data, err)
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
				return "", "", located(data, err)
			}
			continue
		}
		text, err := dec.ReadToken()
		if err != nil {
			return "", "", located(data, err)
		}
		*to = text.String()
		found++
	}
	return format, version, nil
}

// located turns the library's error into ours.
func located(data []byte, err error) error {
	at := func(offset int64) int {
		return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte{'\n'})
	}
	var sem *json.SemanticError
	var syn *jsontext.SyntacticError
	cause := &tree.Error{Msg: "not valid JSON"}
	switch {
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
		// The pointer is made of our names and positions only: an unknown member has no wrong type.
		if p := strings.TrimPrefix(string(sem.JSONPointer), "/"); p != "" {
			cause.Msg += " at " + p
		}
	}
	return fault.Wrap(fault.Invalid, cause, "not a model.json")
}
