package drift

import (
	"errors"
	"fmt"
	"slices"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/document"
	"c4arch/internal/base/fault"
)

// MaxSize bounds a report that is read, in bytes.
const MaxSize = 1 << 29

var kind = document.Kind{
	Name: "a report of drift", Format: Format, Version: Version, Bytes: MaxSize,
	Smaller: "compare fewer inputs at a time", Origin: "give what c4arch drift --format json wrote", Again: "compare again",
}

// Decode reads what [Report.Encode] wrote. It refuses another format, a later major version, duplicate names, text that is
// not UTF-8, a severity, direction, change or mode that it does not know, and a value that is not canonical JSON; a member
// that it does not know is passed over, since a later minor version may add some. Errors name the line and never quote
// the text.
func Decode(data []byte) (*Report, error) {
	r := &Report{}
	if err := kind.Read(data, r); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "not a report of drift")
	}
	return r, nil
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
