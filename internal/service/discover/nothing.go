package discover

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// NothingFound is the error of a scan that found no resource at all. Its Unwrap is a fault
// of kind notfound with words for people.
type NothingFound struct {
	Paths      []string
	Inputs     []evidence.InputSummary
	NotRead    []evidence.NotRead
	PassedOver int
}

// Error says what was looked at.
func (e *NothingFound) Error() string { return e.Unwrap().Error() }

// Unwrap returns the same as a fault.
func (e *NothingFound) Unwrap() error {
	broken := brokenInputs(e.NotRead)
	read := 0
	for _, in := range e.Inputs {
		if !broken[in.Name] {
			read++
		}
	}
	var looked []string
	if read > 0 {
		looked = append(looked, amount(read, "input")+" without any")
	}
	if n := len(e.Inputs) - read; n > 0 {
		looked = append(looked, amount(n, "input")+" not understood")
	}
	if e.PassedOver > 0 {
		looked = append(looked, amount(e.PassedOver, "other file")+" passed over")
	}
	if len(looked) == 0 {
		looked = []string{"there is no document in it"}
	}
	return fault.New(fault.NotFound, "no resources were found in %s: %s", strings.Join(e.Paths, ", "), strings.Join(looked, ", ")).
		WithHelp("%s", Readable)
}

func amount(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// brokenInputs are the inputs that could not be read as a whole.
func brokenInputs(nr []evidence.NotRead) map[string]bool {
	broken := map[string]bool{}
	for _, n := range nr {
		if n.Kind == evidence.InputNotUnderstood {
			broken[n.Input] = true
		}
	}
	return broken
}
