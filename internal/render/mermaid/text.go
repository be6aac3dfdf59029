package mermaid

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"

	"c4arch/internal/arch/c4"
)

// joiner is U+2060: no width, no line break, and to Mermaid neither a space nor a letter.
const joiner = "\u2060"

var (
	// Mermaid's C4 lexer takes a whole line for a direction statement if this stands anywhere in it.
	direction = regexp.MustCompile(`(?i)direction(\s+)(TB|BT|RL|LR)`)
	// An entity of Mermaid's own; its names may be those of HTML.
	entity = regexp.MustCompile(`#(\w+;)`)
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
	var b strings.Builder
	space := false
	for _, r := range s {
		if unicode.Is(unicode.Bidi_Control, r) {
			continue // would turn around the text after it, up to the end of the line
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	s = look.Replace(b.String())
	s = entity.ReplaceAllString(s, "#"+joiner+"$1")
	return direction.ReplaceAllString(s, "direction"+joiner+"$1$2")
}

// title returns s as the rest of a title statement, which ends at a "#" or ";".
func title(s string) string {
	return strings.NewReplacer("#", "\uff03", ";", ",").Replace(plain(s))
}

// aliases gives every node a name of letters, digits and underscores, made from its element's
// name. Equal ones all get a digest of their node's id, so that the order plays no part.
func aliases(nodes []c4.Node, element map[string]*c4.Element) map[string]string {
	out, count := map[string]string{}, map[string]int{}
	for _, n := range nodes {
		out[n.ID] = "n_" + word(element[n.ID].Name)
		count[out[n.ID]]++
	}
	for _, n := range nodes {
		if a := out[n.ID]; count[a] > 1 || a == "n_" {
			sum := sha256.Sum256([]byte(n.ID))
			out[n.ID] = strings.TrimSuffix(a, "_") + "_" + hex.EncodeToString(sum[:4])
		}
	}
	return out
}

func word(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
		if b.Len() >= 40 {
			break
		}
	}
	return b.String()
}
