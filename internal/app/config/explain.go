package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Line explains one setting.
type Line struct {
	Key      string `json:"key"`
	Value    string `json:"value"`
	Source   string `json:"source"` // "flag --listen", "environment C4ARCH_LISTEN", "FILE line 12", "default"
	Secret   bool   `json:"secret,omitempty"`
	Flag     string `json:"flag"`
	Variable string `json:"variable"`
	Default  string `json:"default,omitempty"`
	Meaning  string `json:"meaning"`
}

// Explain says of every setting what it is and where it comes from. It works on what [Load] returned with an error too.
func (l *Loaded) Explain() []Line {
	var all []Line
	for i, s := range settings() {
		line := Line{
			Key: s.key, Value: strings.Join(l.from[i].values, ","), Source: l.from[i].source, Secret: s.hide,
			Flag: "--" + s.flag, Variable: s.variable(), Default: s.def, Meaning: s.what,
		}
		switch {
		case l.from[i].bad:
			line.Value = "[cannot be used]" // and may be a secret that was written into the wrong place
		case s.hide && line.Value != "":
			line.Value = l.hidden(s.key)
		}
		all = append(all, line)
	}
	return all
}

// hidden is how a setting that names the place of a secret is shown.
func (l *Loaded) hidden(key string) string {
	return "[secret] in " + map[string]Secret{"database.url": l.Database.URL, "database.owner": l.Database.Owner, "staff.secret": l.Staff.Secret}[key].Place()
}

// WriteText writes an explanation for people.
func WriteText(w io.Writer, lines []Line) error {
	for i, l := range lines {
		value, gap := l.Value, "\n"
		if value == "" {
			value = "-"
		}
		if i == 0 {
			gap = ""
		}
		if _, err := fmt.Fprintf(w, "%s%s: %s\n    from: %s (%s, %s)\n    %s\n", gap, l.Key, shown(value), shown(l.Source), l.Flag, l.Variable, l.Meaning); err != nil {
			return err
		}
	}
	return nil
}

// shown escapes what would make a terminal lie.
func shown(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar
	}) {
		return fmt.Sprintf("%q", s)
	}
	return s
}

// WriteJSON writes an explanation for programs.
func WriteJSON(w io.Writer, lines []Line) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Settings []Line `json:"settings"`
	}{lines})
}
