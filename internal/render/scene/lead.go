package scene

import "c4arch/internal/arch/c4"

// Lead is the description of a line on one line, without how many more descriptions there are, for a place that says how many
// relationships it stands for.
func Lead(l *c4.Line) string {
	s := OneLine(l.Description)
	if len(l.Relationships) < 2 {
		return s
	}
	return others.ReplaceAllString(s, "")
}
