package plantuml

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"c4arch/internal/render/scene"
)

// quote returns s as a quoted argument.
func quote(s string) string { return `"` + plain(s) + `"` }

// plain returns s as text that is neither code of the preprocessor nor markup (Creole) wherever it stands, on one line.
//
// A character that could be either is written as a numeric reference (&#40;), which PlantUML resolves last, when it draws, so
// that nothing is lost. It resolves those first and references of its other notation (<U+005C>) after them, each once: hence
// the second is taken for <, with which it begins, and for the backslash and the dollar, at which PlantUML 1.2020.2 breaks off
// when they are written in the first. Written so are:
//   - the quote, the backslash, and & and < themselves;
//   - % and $, with which functions of the preprocessor (%getenv) and variables begin; ! at a directive; @ at @enduml;
//   - ( and _, since the classic macros are textual definitions: a text with "Person(a, b)" or "CONTAINER_BG_COLOR" would be
//     replaced, within quotes too;
//   - whatever Creole reads: * _ ~ ` # | = [ ] { } < > ^ and pairs of / - . " '.
//
// A text that looks like a reference itself gets a joiner of no width (U+2060), since PlantUML resolves them once more in texts that it has
// broken into lines.
func plain(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range resolved.ReplaceAllString(scene.OneLine(s), "$1$3\u2060$2$4") {
		if r == '\\' || r == '$' || r == '<' {
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

var resolved = regexp.MustCompile(`(&)(#\d+;)|(<)([uU]\+)`)

func markup(r rune) bool { return strings.ContainsRune("\"&<>%!@(_*~`#|=[]{}^'", r) }

func pair(r rune) bool { return strings.ContainsRune("/-.,:;+", r) }
