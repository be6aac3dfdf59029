package mermaid

import (
	"regexp"
	"strings"

	"c4arch/internal/render/scene"
)

// joiner is U+2060: no width, no line break, and to Mermaid neither a space nor a letter.
const joiner = "\u2060"

var (
	// Mermaid's C4 lexer takes a whole line for a direction statement if this stands anywhere in it.
	direction = regexp.MustCompile(`(?i)direction(\s+)(TB|BT|RL|LR)`)
	// An entity of Mermaid's own; its names may be those of HTML.
	entity = regexp.MustCompile(`#(\w+;)`)
	// One of HTML, which Mermaid resolves though the text around it is escaped.
	reference = regexp.MustCompile(`&(\w+;)`)
)

// look maps what would be read as syntax to what looks like it. Entities (#quot;) are not used:
// Mermaid's own cleaning of "style" lines damages them, and readers of the text see them.
var look = strings.NewReplacer(
	`"`, "\u201d", // ends a string
	"<", "\u2039", ">", "\u203a", // markup, and <br> is a line break
	"%%", "%"+joiner+"%", // a comment or, as %%{...}%%, a change of configuration
	"`", "\u2018", // a Markdown string
	"\\n", "\\"+joiner+"n", // a line break
	"$$", "$"+joiner+"$", // a formula
)

// text returns s as a quoted string of Mermaid, on one line.
func text(s string) string { return `"` + plain(s) + `"` }

func plain(s string) string {
	s = look.Replace(scene.OneLine(s))
	s = entity.ReplaceAllString(s, "#"+joiner+"$1")
	s = reference.ReplaceAllString(s, "&"+joiner+"$1")
	return direction.ReplaceAllString(s, "direction"+joiner+"$1$2")
}

// title returns s as the rest of a title statement, which ends at a "#" or ";".
func title(s string) string {
	return strings.NewReplacer("#", "\uff03", ";", ",").Replace(plain(s))
}
