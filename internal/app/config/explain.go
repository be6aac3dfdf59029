package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
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
		if s.hide && line.Value != "" {
			line.Value = l.hidden(s.key)
		}
		all = append(all, line)
	}
	return all
}

// hidden is how the value of a setting that may be a secret is shown.
func (l *Loaded) hidden(key string) string {
	at := map[string]Secret{"database.url": l.Database.URL, "database.owner": l.Database.Owner}[key]
	if at.Empty() {
		return "[secret]" // what was written is no place: it may be the secret itself
	}
	return "[secret] in " + at.Place()
}

// WriteText writes an explanation as a table.
func WriteText(w io.Writer, lines []Line) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "SETTING\tVALUE\tFROM\tMEANING")
	for _, l := range lines {
		value := l.Value
		if value == "" {
			value = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", l.Key, shown(value), shown(l.Source), l.Meaning)
	}
	return t.Flush()
}

// shown escapes what would make a terminal lie.
func shown(s string) string {
	q := fmt.Sprintf("%q", s)
	if inner := q[1 : len(q)-1]; inner != strings.ReplaceAll(s, `"`, `\"`) {
		return q
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
