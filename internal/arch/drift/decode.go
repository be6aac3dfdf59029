package drift

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// MaxSize bounds a report that is read, in bytes.
const MaxSize = 1 << 29

// Decode reads what [Report.Encode] wrote. It refuses another format, a later major version, duplicate names, text that is
// not UTF-8, a severity, direction, change or mode that it does not know, and a value that is not canonical JSON; a member
// that it does not know is passed over, since a later minor version may add some. Errors name the line and never quote
// the text.
func Decode(data []byte) (*Report, error) {
	if len(data) > MaxSize {
		return nil, fault.New(fault.Limited, "a report of more than %d MiB", MaxSize>>20).WithHelp("compare fewer inputs at a time")
	}
	data, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "not a report of drift")
	}
	format, version, err := head(data)
	switch {
	case err != nil:
		return nil, err
	case format != Format:
		return nil, fault.New(fault.Invalid, `not a report of drift: its format is not %q`, Format).
			WithHelp("give what c4arch drift --format json wrote")
	case major(version) != Version:
		return nil, fault.New(fault.Invalid, "a report of drift of a version that this c4arch does not know; it knows version %s", Version).
			WithHelp("use the c4arch that wrote it, or compare again")
	}
	r := &Report{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, located(data, err)
	}
	if err := r.check(); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "not a report of drift")
	}
	return r, nil
}

func major(version string) string {
	v, _, _ := strings.Cut(version, ".")
	return v
}

// The words that a report may use.
var (
	modes      = []Mode{ModeBaseline, ModeSnapshots, ModePlan, ModeCode, ModeEnvironments}
	severities = []severity.Severity{severity.Critical, severity.High, severity.Medium, severity.Low}
	directions = []severity.Direction{severity.Loosened, severity.Tightened, severity.Neutral}
	changes    = []diff.Kind{diff.Added, diff.Removed, diff.Changed, diff.Moved, diff.Replaced}
)

// check says what a reader of the report could not make sense of.
func (r *Report) check() error {
	if !slices.Contains(modes, r.Mode) {
		return errors.New("mode is none that is known")
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		bad := ""
		switch {
		case f.ID == "":
			bad = "id is empty"
		case !slices.Contains(severities, f.Severity):
			bad = "severity is none that is known"
		case !slices.Contains(directions, f.Direction):
			bad = "direction is none that is known"
		case !slices.Contains(changes, f.Change):
			bad = "change is none that is known"
		case canon.Check(null(f.Old)) != nil:
			bad = "old is not canonical JSON"
		case canon.Check(null(f.New)) != nil:
			bad = "new is not canonical JSON"
		}
		if bad != "" {
			return fmt.Errorf("findings[%d]: %s", i, bad)
		}
	}
	return nil
}

// null is raw, or null where there is none.
func null(raw canon.Raw) canon.Raw {
	if len(raw) == 0 {
		return canon.Raw("null")
	}
	return raw
}

// head reads format and version, wherever they stand, so that a report of another version is told as such and
// not as one with odd members.
func head(data []byte) (format, version string, err error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	if dec.PeekKind() != '{' {
		return "", "", fault.New(fault.Invalid, "not a report of drift: it is not a JSON object")
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
	}
	return fault.Wrap(fault.Invalid, cause, "not a report of drift")
}
