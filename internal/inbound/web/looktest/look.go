// Package looktest looks at pages: at what every page has to have, and at texts that nobody could translate.
package looktest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"c4arch/internal/content/say"
)

// Faults are what is wrong with a page whatever it says.
func Faults(page string) []string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	l := look{ids: map[string]int{}, labels: map[string]bool{}, count: map[string]int{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			l.note(n)
		}
	}
	for element, want := range map[string]int{"h1": 1, "main": 1, "header": 1, "footer": 1, "style": 0, "title": 1, "iframe": 0, "object": 0} {
		if inSVG := element == "title"; !inSVG && l.count[element] != want {
			l.say("%d <%s>, not %d", l.count[element], element, want)
		}
	}
	level := 1
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			l.look(n)
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				if now := int(n.Data[1] - '0'); now > level+1 {
					l.say("<%s> %q follows a heading of level %d", n.Data, words(n), level)
				} else {
					level = now
				}
			}
		}
	}
	return l.wrong
}

type look struct {
	ids    map[string]int
	labels map[string]bool
	count  map[string]int
	wrong  []string
}

func (l *look) say(format string, args ...any) {
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

func (l *look) note(n *html.Node) {
	l.count[n.Data]++
	if one := attr(n, "id"); one != "" {
		if l.ids[one]++; l.ids[one] == 2 {
			l.say("the id %s is there twice", one)
		}
	}
	if n.Data == "label" {
		l.labels[attr(n, "for")] = true
	}
}

func (l *look) look(n *html.Node) {
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
			l.say("<%s> has %s, which the policy refuses", n.Data, a.Key)
		}
	}
	for _, name := range []string{"aria-labelledby", "aria-describedby", "aria-controls", "data-copy"} {
		for to := range strings.FieldsSeq(attr(n, name)) {
			if l.ids[to] == 0 {
				l.say("<%s %s> names %s, which is not there", n.Data, name, to)
			}
		}
	}
	switch n.Data {
	case "form":
		if to, by := attr(n, "action"), attr(n, "method"); by != "post" && by != "get" || !strings.HasPrefix(to, "/") {
			l.say("a form goes to %q by %q", to, by)
		}
	case "input", "select", "textarea":
		if !l.labels[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" && attr(n, "type") != "hidden" && !within(n, "label") {
			l.say("<%s name=%s> has no label", n.Data, attr(n, "name"))
		}
	case "button", "a", "summary":
		if words(n) == "" && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
			l.say("a <%s> says nothing", n.Data)
		}
	case "img":
		if !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "alt" }) {
			l.say("a picture has no alternative text")
		}
	case "time":
		if !strings.HasSuffix(attr(n, "datetime"), "Z") {
			l.say("a time without its zone: %q", words(n))
		}
	case "th":
		if attr(n, "scope") == "" {
			l.say("the heading %q of a table has no scope", words(n))
		}
	}
}

// Unsaid are the texts of the page's own part, and of its attributes that people read, that were not said in the made-up language. What is data stands in an element with
// translate="no", in code or in a time.
func Unsaid(page string) (wrong []string) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "main" {
			wrong = unsaid(n, wrong)
		}
	}
	return wrong
}

func unsaid(n *html.Node, wrong []string) []string {
	if n.Type == html.ElementNode {
		if attr(n, "translate") == "no" || slices.Contains([]string{"code", "time", "pre", "kbd", "script", "samp"}, n.Data) {
			return wrong
		}
		for _, name := range []string{"title", "aria-label", "placeholder", "alt", "data-name", "data-confirm"} {
			if text := attr(n, name); spoken(text) {
				wrong = append(wrong, fmt.Sprintf("%s=%q of <%s> is not ready for translation", name, text, n.Data))
			}
		}
	}
	if n.Type == html.TextNode && spoken(n.Data) {
		wrong = append(wrong, fmt.Sprintf("%q in <%s> is not ready for translation", strings.TrimSpace(n.Data), n.Parent.Data))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		wrong = unsaid(c, wrong)
	}
	return wrong
}

// spoken reports whether a text has words, and none that was said in the made-up language.
func spoken(text string) bool {
	text = strings.TrimSpace(text)
	run := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			run = 0
			continue
		}
		if run++; run == 2 {
			return !say.Marked(text) && !strings.Contains(text, "⟦")
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func within(n *html.Node, element string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == element {
			return true
		}
	}
	return false
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
