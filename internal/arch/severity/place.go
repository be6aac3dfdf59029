package severity

import (
	"strconv"
	"strings"

	"c4arch/internal/base/glob"
)

// step is one step of a path: a name, or any item of an array.
type step struct {
	name    string
	any     bool // []
	pattern bool // of a rule: the name has * or ?
}

// ruleSteps are the steps of the path of a rule.
func ruleSteps(path string) []step {
	steps := stepsOf(path)
	for i := range steps {
		steps[i].pattern = strings.ContainsAny(steps[i].name, "*?")
	}
	return steps
}

// stepsOf takes a path, a pattern or the path of a rule apart. A position or an identity in brackets is any item; a name quoted in
// brackets is that name. A malformed rest is one name.
func stepsOf(path string) []step {
	var out []step
	for rest := path; rest != ""; {
		rest = strings.TrimPrefix(rest, ".")
		switch {
		case strings.HasPrefix(rest, `["`):
			quoted, err := strconv.QuotedPrefix(rest[1:])
			name, bad := strconv.Unquote(quoted)
			if err != nil || bad != nil {
				return append(out, step{name: rest})
			}
			out = append(out, step{name: name})
			rest = strings.TrimPrefix(rest[1+len(quoted):], "]")
		case strings.HasPrefix(rest, "["):
			out = append(out, step{any: true})
			rest = rest[closing(rest):]
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			out = append(out, step{name: rest[:end]})
			rest = rest[end:]
		}
	}
	return out
}

// closing is where the bracket that s begins with is closed, behind it; a quoted value in it may hold brackets.
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case ']':
			return i + 1
		case '"':
			if quoted, err := strconv.QuotedPrefix(s[i:]); err == nil {
				i += len(quoted) - 1
			}
		}
	}
	return len(s)
}

// matchSteps reports whether the place, cut to as many steps as the rule's path has, is what the rule's path means.
func matchSteps(rule, place []step) bool {
	if len(place) < len(rule) {
		return false
	}
	for i, r := range rule {
		switch {
		case r.any != place[i].any:
			return false
		case r.any:
		case r.pattern && !glob.Match(r.name, place[i].name, true), !r.pattern && !strings.EqualFold(r.name, place[i].name):
			return false
		}
	}
	return true
}

func matchName(pattern, name string) bool {
	if strings.ContainsAny(pattern, "*?") {
		return glob.Match(pattern, name, true)
	}
	return strings.EqualFold(pattern, name)
}
