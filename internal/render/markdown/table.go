package markdown

import "strings"

// isTable reports whether a table begins there: a line of names over a line of dashes with as many columns.
func isTable(lines []string, i int) bool {
	return i+1 < len(lines) && strings.Contains(lines[i], "|") && divider.MatchString(lines[i+1]) && len(cells(lines[i])) == len(cells(lines[i+1]))
}

// cells are the cells of a row. A pipe behind a backslash is one of the text.
func cells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	var out []string
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			b.WriteByte('|')
			i++
		case line[i] == '|':
			out = append(out, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(line[i])
		}
	}
	return append(out, strings.TrimSpace(b.String()))
}

// table writes a table. On a narrow page each row is a card, for which each cell says its column.
func (w *writer) table(lines []string, i int) int {
	names := cells(lines[i])
	w.b.WriteString(`<table class="cards"><thead><tr>`)
	for _, n := range names {
		w.b.WriteString(`<th scope="col">` + inline(n, 0) + "</th>")
	}
	w.b.WriteString("</tr></thead><tbody>\n")
	for i += 2; i < len(lines) && strings.Contains(lines[i], "|"); i++ {
		row := cells(lines[i])
		w.b.WriteString("<tr>")
		for n := range names {
			cell := ""
			if n < len(row) {
				cell = row[n]
			}
			w.b.WriteString(`<td data-name="` + attribute(plain(names[n])) + `">` + inline(cell, 0) + "</td>")
		}
		w.b.WriteString("</tr>\n")
	}
	w.b.WriteString("</tbody></table>\n")
	return i
}
