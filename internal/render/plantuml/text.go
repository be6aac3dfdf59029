package plantuml

import (
	"fmt"
	"strconv"
	"strings"

	"c4arch/internal/render/scene"
)

// quote returns s as a quoted argument.
func quote(s string) string { return `"` + plain(s) + `"` }

// plain returns s as text that is neither code of the preprocessor nor markup (Creole) wherever it stands, on one line.
//
// A character that could be either is written as a numeric reference (&#40;), which PlantUML resolves last, when it draws, so
// that nothing is lost. PlantUML 1.2020.2 ends with a trace of its stack at a reference to a backslash or a dollar, for which
// its other notation (<U+005C>) is taken. Such are:
//   - the quote, the backslash, and & and < themselves;
//   - % and $, with which functions of the preprocessor (%getenv) and variables begin; ! at a directive; @ at @enduml;
//   - ( and _, since the classic macros are textual definitions: a text with "Person(a, b)" or "CONTAINER_BG_COLOR" would be
//     replaced, within quotes too;
//   - whatever Creole reads: * _ ~ ` # | = [ ] { } < > ^ and pairs of / - . " '.
func plain(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range scene.OneLine(s) {
		if r == '\\' || r == '$' {
			fmt.Fprintf(&b, "<U+%04X>", r)
		} else if markup(r) || pair(r) && r == last || b.Len() == 0 && strings.ContainsRune("-+.:/,;", r) {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		} else {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

func markup(r rune) bool { return strings.ContainsRune("\"&<>%!@(_*~`#|=[]{}^'", r) }

func pair(r rune) bool { return strings.ContainsRune("/-.,:;+", r) }
