package examples

import (
	"fmt"
	"regexp"
	"strings"
)

var form = regexp.MustCompile(`^/((?:[^/\\]|\\.)+)/,/((?:[^/\\]|\\.)+)/ s\|([^|]+)\|([^|]*)\|$`)

// edit changes the first OLD of each line from one that has FROM to the next one that has TO.
type edit struct{ from, to, old, new string }

func parsed(line string) (edit, error) {
	m := form.FindStringSubmatch(line)
	if m == nil {
		return edit{}, fmt.Errorf("%s: the line %q is of no form that is read here", changesFile, line)
	}
	plain := strings.NewReplacer(`\/`, "/", `\.`, ".")
	return edit{plain.Replace(m[1]), plain.Replace(m[2]), plain.Replace(m[3]), m[4]}, nil
}

func (e edit) apply(text string) string {
	lines := strings.SplitAfter(text, "\n")
	inside := false
	for i, line := range lines {
		begins := !inside && strings.Contains(line, e.from)
		inside = inside || begins
		if !inside {
			continue
		}
		lines[i] = strings.Replace(line, e.old, e.new, 1)
		if !begins && strings.Contains(line, e.to) { // a range has two lines at least
			inside = false
		}
	}
	return strings.Join(lines, "")
}
