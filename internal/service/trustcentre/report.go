package trustcentre

import (
	"fmt"
	"strings"

	"c4arch/internal/base/canon"
	"c4arch/internal/content/statement"
)

// report is what people read of a pack, as Markdown.
func (c *contents) report(manifest canon.Digest, entry int64, origin string) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Trust pack\n\n%s\n", escaped(c.mark()))
	line("- Service: %s", c.origin)
	line("- How things stood at: %s", stamp(c.page.At))
	line("- Newest evidence: %s", stamp(c.page.Newest))
	line("- Words last changed: %s", c.page.Changed.Format("2006-01-02"))
	line("- Manifest: `%s`, entry %d of the log `%s`", manifest, entry, origin)
	line("\n## Measures, as they stand\n\nEach sentence stands as the checks that look at it. A check over nothing is \"not exercised\", and is no pass.")
	for _, s := range statement.Subjects() {
		line("\n### %s\n", strings.ToUpper(string(s)[:1])+string(s)[1:])
		for _, x := range c.page.About(s) {
			line("- **%s** %s (%s; as of %s)", x.State, x.Text, x.ID, stamp(x.AsOf))
		}
	}
	line("\n## Controls\n\n%s\n", c.matrix.Note)
	for _, r := range c.matrix.Rows {
		line("- `%s` %s: %s", r.Control, r.State, r.Statement)
	}
	c.lists(line)
	return []byte(b.String())
}

func (c *contents) lists(line func(string, ...any)) {
	line("\n## Legal documents in force\n")
	for _, d := range c.documents {
		line("- %s, version %s, from %s, `%s`", escaped(d.Title), d.Version, stamp(d.Effective), d.Digest)
		if d.Template {
			line("  (a starter text: counsel of the operator has to review it)")
		}
	}
	none(line, len(c.documents))
	line("\n## Subprocessors\n\n%d are on the list: see subprocessors.json.", c.subprocessed)
	line("\n## Certifications\n")
	for _, x := range c.badges {
		line("- %s by %s, %s to %s, `%s`: %s", escaped(x.Name), escaped(x.Issuer), x.From.Format("2006-01-02"), x.To.Format("2006-01-02"), x.Digest, escaped(x.Scope))
	}
	none(line, len(c.badges))
	line("\n## Annexes\n")
	for _, t := range c.texts {
		line("- annexes/%s: %s", t.Name, escaped(t.About))
	}
	none(line, len(c.texts))
}

func none(line func(string, ...any), n int) {
	if n == 0 {
		line("None.")
	}
}

// escaped keeps a text of one line from being more than text in Markdown.
func escaped(s string) string {
	return strings.NewReplacer("\n", " ", "\r", " ", "`", "'", "*", `\*`, "_", `\_`, "[", `\[`, "<", `\<`, "#", `\#`).Replace(s)
}
