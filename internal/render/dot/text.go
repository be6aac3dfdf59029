package dot

import (
	"strings"

	"c4arch/internal/render/scene"
)

// quote returns s as a quoted identifier. In one nothing but a quote needs a backslash; what a backslash means is up to the
// attribute (escape).
func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// escape makes s plain in an attribute that Graphviz takes for text with escapes (escString): a backslash would begin one
// (\N is the node's name), and an ampersand would begin an entity of HTML.
func escape(s string) string { return escapes.Replace(s) }

var escapes = strings.NewReplacer(`\`, `\\`, "&", "&amp;")

// wrap breaks s into lines with br between them, since Graphviz breaks none.
func wrap(s string, width int, br string) string {
	lines := scene.Wrap(s, width)
	for i, l := range lines {
		lines[i] = escape(l)
	}
	return strings.Join(lines, br)
}

// attributes returns a statement of names and values, those without a value left out.
func attributes(of string, pairs ...string) string {
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, pairs[i]+"="+quote(pairs[i+1]))
		}
	}
	return strings.TrimSpace(of + " [" + strings.Join(list, ", ") + "]")
}
