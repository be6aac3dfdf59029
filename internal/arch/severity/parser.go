package severity

import (
	"slices"
	"strings"
	"unicode/utf8"

	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

type parser struct {
	*form.File
	name    string
	table   *Table
	seen    map[string]int32 // ids of this file, with their lines
	trusted bool             // the file comes with the program: its conditions are compiled when they are asked
}

// expressionOf returns the text of a condition as it stands. A lone true or false need not be quoted.
func expressionOf(f form.Fields, name string) string {
	v := f.Get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	if v.Kind != tree.String && v.Kind != tree.Bool {
		f.Say(v, "%s of %s must be an expression: put it in quotes", name, f.Place)
		return ""
	}
	if strings.TrimSpace(v.Text) == "" {
		f.Say(v, "%s of %s is empty: leave the key out", name, f.Place)
		return ""
	}
	if utf8.RuneCountInString(v.Text) > maxExpression {
		f.Say(v, "%s of %s is longer than %d characters", name, f.Place, maxExpression)
		return ""
	}
	return v.Text
}

// severities are the severities from grave to light.
var severities = []Severity{Critical, High, Medium, Low}

func gradeOf(f form.Fields, name string) Severity {
	v := f.Get(name)
	if v == nil || v.Kind == tree.Null {
		return ""
	}
	if s := Severity(v.Str()); slices.Contains(severities, s) {
		return s
	}
	f.Say(v, "%s of %s must be critical, high, medium or low", name, f.Place)
	return ""
}
