// Package markdown writes the Markdown of legal documents and statements as HTML. It reads a small part of CommonMark 0.31: headings with numbers signs, paragraphs, lists of both
// kinds to four levels, quotations, fenced code, rules, tables with pipes, emphasis, strong words, code, and links.
//
// It promises: what it writes holds no HTML of the text's own, no address but of http, https, mailto and of this site, no script and no style, and every element that it opens it
// closes; any text is written somehow, in time that grows with its length. It leaves out pictures, references, HTML, and hard line breaks.
package markdown

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Heading is a heading of a text, for a table of contents.
type Heading struct {
	Level int
	ID    string
	Text  string
}

// Document is a text as HTML, with its headings.
type Document struct {
	HTML     string
	Headings []Heading
}

// Most is the longest text that is written; of what is longer the rest is left out, since every store of ours bounds it before.
const Most = 1 << 20

// Render writes a text. Headings begin at h2, since a page has one h1 of its own; ids of headings begin with prefix.
func Render(text, prefix string) Document {
	if len(text) > Most {
		text = strings.ToValidUTF8(text[:Most], "")
	}
	text = strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD").Replace(text), "\uFFFD")
	w := &writer{prefix: prefix, seen: map[string]int{}}
	w.blocks(strings.Split(text, "\n"), 0)
	return Document{HTML: w.b.String(), Headings: w.headings}
}

type writer struct {
	b        strings.Builder
	prefix   string
	headings []Heading
	seen     map[string]int
}

// deepest is how many lists and quotations may stand in each other.
const deepest = 4

var (
	heading = regexp.MustCompile(`^(#{1,6})[ \t]+(.*?)[ \t]*#*$`)
	rule    = regexp.MustCompile(`^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:\*[ \t]*){3,}$|^ {0,3}(?:_[ \t]*){3,}$`)
	item    = regexp.MustCompile(`^( {0,3})([-*+]|\d{1,4}[.)])[ \t]+(.*)$`)
	fence   = regexp.MustCompile("^ {0,3}```([A-Za-z0-9+-]*)[ \t]*$")
	divider = regexp.MustCompile(`^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
)

// blocks writes lines that stand at depth.
func (w *writer) blocks(lines []string, depth int) {
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
			i++
		case heading.MatchString(line):
			m := heading.FindStringSubmatch(line)
			w.heading(len(m[1]), m[2])
			i++
		case rule.MatchString(line):
			w.b.WriteString("<hr/>\n")
			i++
		case fence.MatchString(line):
			i = w.code(lines, i)
		case strings.HasPrefix(line, ">") && depth < deepest:
			i = w.quote(lines, i, depth)
		case item.MatchString(line) && depth < deepest:
			i = w.list(lines, i, depth)
		case isTable(lines, i):
			i = w.table(lines, i)
		default:
			i = w.paragraph(lines, i, depth)
		}
	}
}

func (w *writer) heading(level int, text string) {
	level = max(2, level)
	id := w.name(text)
	w.headings = append(w.headings, Heading{level, id, plain(text)})
	n := strconv.Itoa(level)
	w.b.WriteString("<h" + n + ` id="` + id + `">` + inline(text, 0) + "</h" + n + ">\n")
}

// name is an id for a heading, which no other has.
func (w *writer) name(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(plain(text)) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	id := w.prefix + strings.Trim(b.String(), "-")
	w.seen[id]++
	if n := w.seen[id]; n > 1 || id == w.prefix {
		id += "--" + strconv.Itoa(n)
	}
	return id
}

func (w *writer) code(lines []string, i int) int {
	w.b.WriteString("<pre><code>")
	for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
		w.b.WriteString(html.EscapeString(lines[i]) + "\n")
	}
	w.b.WriteString("</code></pre>\n")
	return i + 1
}

func (w *writer) quote(lines []string, i, depth int) int {
	var inner []string
	for ; i < len(lines) && strings.HasPrefix(lines[i], ">"); i++ {
		inner = append(inner, strings.TrimPrefix(strings.TrimPrefix(lines[i], ">"), " "))
	}
	w.b.WriteString("<blockquote>\n")
	w.blocks(inner, depth+1)
	w.b.WriteString("</blockquote>\n")
	return i
}

// list writes a list: items of one kind one below the other, each with what is indented below it.
func (w *writer) list(lines []string, i, depth int) int {
	first := item.FindStringSubmatch(lines[i])[2]
	tag, open := "ul", "<ul>\n"
	if len(first) > 1 {
		tag, open = "ol", "<ol>\n"
		if n, err := strconv.Atoi(first[:len(first)-1]); err == nil && n != 1 {
			open = `<ol start="` + strconv.Itoa(n) + "\">\n"
		}
	}
	w.b.WriteString(open)
	for i < len(lines) {
		m := item.FindStringSubmatch(lines[i])
		if m == nil || rule.MatchString(lines[i]) || (len(m[2]) > 1) != (tag == "ol") {
			break
		}
		width := len(lines[i]) - len(m[3])
		inner := []string{m[3]}
		for i++; i < len(lines); i++ {
			if blank(lines[i]) && i+1 < len(lines) && indent(lines[i+1]) >= 2 && !blank(lines[i+1]) {
				inner = append(inner, "")
				continue
			}
			if blank(lines[i]) || indent(lines[i]) < 2 {
				break
			}
			inner = append(inner, lines[i][min(indent(lines[i]), width):])
		}
		w.b.WriteString("<li>")
		w.item(inner, depth)
		w.b.WriteString("</li>\n")
		for i+1 < len(lines) && blank(lines[i]) && item.MatchString(lines[i+1]) && indent(lines[i+1]) < 2 {
			i++
		}
	}
	w.b.WriteString("</" + tag + ">\n")
	return i
}

// item writes what stands in an item: its first words as they are, what follows as blocks.
func (w *writer) item(lines []string, depth int) {
	n := 0
	for n < len(lines) && !blank(lines[n]) && (n == 0 || !item.MatchString(lines[n]) && !fence.MatchString(lines[n])) {
		n++
	}
	w.b.WriteString(inline(strings.Join(trimmed(lines[:n]), " "), 0))
	if n < len(lines) {
		w.b.WriteString("\n")
		w.blocks(lines[n:], depth+1)
	}
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimSpace(l)
	}
	return out
}

func (w *writer) paragraph(lines []string, i, depth int) int {
	start := i
	for i++; i < len(lines) && !blank(lines[i]) && !w.begins(lines, i, depth); i++ {
	}
	w.b.WriteString("<p>" + inline(strings.Join(trimmed(lines[start:i]), " "), 0) + "</p>\n")
	return i
}

// begins reports whether a line ends the paragraph before it. An ordered list does so from 1 on only, since a line may begin with a year.
func (w *writer) begins(lines []string, i, depth int) bool {
	line := lines[i]
	if m := item.FindStringSubmatch(line); m != nil && depth < deepest && (len(m[2]) == 1 || m[2] == "1.") {
		return true
	}
	return heading.MatchString(line) || rule.MatchString(line) || fence.MatchString(line) || strings.HasPrefix(line, ">") && depth < deepest || isTable(lines, i)
}
