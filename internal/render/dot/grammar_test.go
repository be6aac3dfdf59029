package dot_test

import (
	"fmt"
	"html"
	"strings"
	"unicode"
)

// parsed is what the test's own reader of the language understood: its subset without HTML, ports and undirected edges, by the
// grammar at graphviz.org/doc/info/lang.html. Labels and tooltips are as Graphviz shows them: escapes and entities undone.
type parsed struct{ nodes, clusters, edges []map[string]string }

type reader struct {
	in  string
	out parsed
}

func parse(text string) (*parsed, error) {
	r := &reader{in: text}
	if err := r.expect("digraph"); err != nil {
		return nil, err
	}
	if _, err := r.word(); err != nil {
		return nil, err
	}
	if err := r.block(nil); err != nil {
		return nil, err
	}
	r.space()
	if r.in != "" {
		return nil, fmt.Errorf("behind the graph stands %.40q", r.in)
	}
	return &r.out, nil
}

func (r *reader) space() { r.in = strings.TrimLeft(r.in, " \t\n") }

func (r *reader) next(s string) bool {
	r.space()
	if !strings.HasPrefix(r.in, s) {
		return false
	}
	r.in = r.in[len(s):]
	return true
}

func (r *reader) expect(s string) error {
	if !r.next(s) {
		return fmt.Errorf("%s is missing at %.40q", s, r.in)
	}
	return nil
}

// word reads an identifier, quoted or not. In a quoted one `\"` is a quote, and any other backslash stays.
func (r *reader) word() (string, error) {
	r.space()
	if !strings.HasPrefix(r.in, `"`) {
		end := strings.IndexFunc(r.in, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
		if end <= 0 {
			return "", fmt.Errorf("no word at %.40q", r.in)
		}
		w := r.in[:end]
		r.in = r.in[end:]
		return w, nil
	}
	var b strings.Builder
	for i := 1; i < len(r.in); i++ {
		switch {
		case r.in[i] == '\\' && i+1 < len(r.in) && r.in[i+1] == '"':
			b.WriteByte('"')
			i++
		case r.in[i] == '"':
			r.in = r.in[i+1:]
			return b.String(), nil
		case r.in[i] == '\\' && i+1 < len(r.in) && r.in[i+1] == '\\':
			b.WriteString(`\\`)
			i++
		default:
			b.WriteByte(r.in[i])
		}
	}
	return "", fmt.Errorf("a quote is not closed")
}

func (r *reader) block(cluster map[string]string) error {
	if err := r.expect("{"); err != nil {
		return err
	}
	for !r.next("}") {
		if err := r.statement(cluster); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) statement(cluster map[string]string) error {
	r.space()
	quoted := strings.HasPrefix(r.in, `"`)
	w, err := r.word()
	if err != nil {
		return err
	}
	switch {
	case !quoted && w == "subgraph":
		id, err := r.word()
		if err != nil || !strings.HasPrefix(id, "cluster_") {
			return fmt.Errorf("subgraph %q: %v", id, err)
		}
		c := map[string]string{"id": id}
		if err := r.block(c); err != nil {
			return err
		}
		r.out.clusters = append(r.out.clusters, c)
		return nil
	case !quoted && (w == "graph" || w == "node" || w == "edge"):
		a, err := r.attributes()
		for k, v := range a {
			if cluster != nil {
				cluster[k] = v
			}
		}
		return err
	case !quoted:
		return fmt.Errorf("%s at the beginning of a statement", w)
	}
	to := ""
	if r.next("->") {
		if to, err = r.word(); err != nil {
			return err
		}
	}
	a, err := r.attributes()
	if err != nil {
		return err
	}
	if to == "" {
		r.out.nodes = append(r.out.nodes, a)
		return nil
	}
	a["from"], a["to"] = w, to
	r.out.edges = append(r.out.edges, a)
	return nil
}

func (r *reader) attributes() (map[string]string, error) {
	if err := r.expect("["); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for !r.next("]") {
		k, err := r.word()
		if err == nil {
			err = r.expect("=")
		}
		if err != nil {
			return nil, err
		}
		if out[k], err = r.word(); err != nil {
			return nil, err
		}
		if k == "label" || k == "tooltip" {
			if out[k], err = shown(out[k]); err != nil {
				return nil, err
			}
		}
		r.next(",")
	}
	return out, nil
}

// shown undoes the escapes of a label (escString) and the entities of HTML that Graphviz knows in it.
func shown(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", fmt.Errorf("a backslash at the end of %q", s)
		}
		switch s[i] {
		case '\\':
			b.WriteByte('\\')
		case 'n', 'l':
			b.WriteByte('\n')
		default:
			return "", fmt.Errorf(`\%c in %q`, s[i], s)
		}
	}
	return html.UnescapeString(b.String()), nil
}

// squeeze drops what no format promises to keep: white space, control characters and those that turn directions.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, s)
}
