package schema

import (
	"regexp"
	"strings"

	"c4arch/internal/store/sqldb"
)

// part is a stretch of a step for one engine, or for both ("").
type part struct {
	engine sqldb.Engine
	text   string
}

var engineLine = regexp.MustCompile(`^-- engine: (sqlite|postgresql|all)$`)

// parts cuts a step at the lines that name an engine.
func parts(text string) []part {
	var list []part
	var now part
	begin, at := 0, 0
	for line := range strings.Lines(text) {
		end := at + len(line)
		if strings.HasPrefix(line, "-- engine:") {
			if m := engineLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
				now.text = text[begin:at]
				list = append(list, now)
				now, begin = part{}, end
				if m[1] != "all" {
					now.engine = sqldb.Engine(m[1])
				}
			}
		}
		at = end
	}
	now.text = text[begin:]
	return append(list, now)
}

// sentence is a statement without comments, and what a line before it grants.
type sentence struct{ text, grant string }

// split cuts a text at the semicolons that stand outside quotes, comments and dollar quotes (postgresql.org/docs/15/sql-syntax-lexical.html).
func split(text string) []sentence {
	var list []sentence
	var b strings.Builder
	grant := ""
	for len(text) > 0 {
		n, comment := token(text)
		piece := text[:n]
		text = text[n:]
		switch {
		case comment:
			if g, ok := strings.CutPrefix(piece, "-- grant:"); ok {
				grant = strings.TrimSpace(g)
			}
		case piece == ";":
			if s := strings.TrimSpace(b.String()); s != "" {
				list = append(list, sentence{s, grant})
				grant = ""
			}
			b.Reset()
		default:
			b.WriteString(piece)
		}
	}
	if s := strings.TrimSpace(b.String()); s != "" {
		list = append(list, sentence{s, grant})
	}
	return list
}

var dollar = regexp.MustCompile(`^\$[A-Za-z_]*\$`)

// token is how long the piece at the beginning of text is: a comment without its line end, something in quotes, or one byte.
func token(text string) (n int, comment bool) {
	until := func(start int, end string) int {
		if i := strings.Index(text[start:], end); i >= 0 {
			return start + i + len(end)
		}
		return len(text)
	}
	switch {
	case strings.HasPrefix(text, "--"):
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			return i, true
		}
		return len(text), true
	case text[0] == '\'' || text[0] == '"':
		return until(1, text[:1]), false
	case text[0] == '$':
		if m := dollar.FindString(text); m != "" {
			return until(len(m), m), false
		}
	}
	return 1, false
}
