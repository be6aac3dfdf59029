package markdown

import (
	"html"
	"net/url"
	"strings"
)

func attribute(s string) string { return html.EscapeString(s) }

// nested is how deep emphasis and links may stand in each other.
const nested = 6

// inline writes words with their emphasis, code and links.
func inline(s string, depth int) string {
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexAny(s, "\\`*_[")
		if i < 0 || depth >= nested {
			b.WriteString(html.EscapeString(s))
			break
		}
		b.WriteString(html.EscapeString(s[:i]))
		s = s[i:]
		if written, rest, ok := marked(s, depth); ok {
			b.WriteString(written)
			s = rest
			continue
		}
		b.WriteString(html.EscapeString(s[:1]))
		s = s[1:]
	}
	return b.String()
}

// longest is how far the end of a mark is looked for, so that a text of openings alone takes no square of its length.
const longest = 4 << 10

// marked writes what a mark at the beginning of s stands for.
func marked(s string, depth int) (written, rest string, ok bool) {
	switch s[0] {
	case '\\':
		if len(s) > 1 && strings.IndexByte("\\`*_[](){}#+-.!|<>", s[1]) >= 0 {
			return html.EscapeString(s[1:2]), s[2:], true
		}
	case '`':
		if end := within(s[1:], "`"); end > 0 {
			return "<code>" + html.EscapeString(s[1:1+end]) + "</code>", s[end+2:], true
		}
	case '[':
		return link(s, depth)
	case '*', '_':
		return emphasis(s, depth)
	}
	return "", "", false
}

func within(s, end string) int { return strings.Index(s[:min(len(s), longest)], end) }

func emphasis(s string, depth int) (written, rest string, ok bool) {
	for _, x := range []struct{ mark, tag string }{{"**", "strong"}, {"__", "strong"}, {"*", "em"}, {"_", "em"}} {
		inner, found := strings.CutPrefix(s, x.mark)
		if !found || inner == "" || inner[0] == ' ' {
			continue
		}
		end := within(inner, x.mark)
		if end <= 0 || inner[end-1] == ' ' || x.mark[0] == '_' && wordly(inner[end+len(x.mark):]) {
			continue
		}
		return "<" + x.tag + ">" + inline(inner[:end], depth+1) + "</" + x.tag + ">", inner[end+len(x.mark):], true
	}
	return "", "", false
}

// wordly reports whether a word goes on: an underscore in a word is no mark.
func wordly(s string) bool {
	return s != "" && (s[0] == '_' || s[0] >= '0' && s[0] <= '9' || s[0]|32 >= 'a' && s[0]|32 <= 'z')
}

func link(s string, depth int) (written, rest string, ok bool) {
	end := within(s, "](")
	if end <= 0 {
		return "", "", false
	}
	shut := within(s[end:], ")")
	if shut < 0 {
		return "", "", false
	}
	name, to := s[1:end], strings.TrimSpace(s[end+2:end+shut])
	if name == "" || strings.ContainsAny(name, "[]") || !safe(to) {
		return "", "", false
	}
	more := ""
	if strings.HasPrefix(to, "http") {
		more = ` rel="noopener noreferrer nofollow"`
	}
	return `<a href="` + attribute(to) + `"` + more + ">" + inline(name, depth+1) + "</a>", s[end+shut+1:], true
}

// safe reports whether an address can stand in a page: of http, https or mailto, or a path or a place of this site.
func safe(to string) bool {
	if to == "" || strings.ContainsAny(to, " \t\"'<>\\`") || strings.HasPrefix(to, "//") {
		return false
	}
	for _, r := range to {
		if r < 0x20 || r == 0x7f {
			return false
		}
	}
	u, err := url.Parse(to)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https":
		return u.Host != "" && u.User == nil
	case "mailto":
		return u.Opaque != ""
	case "":
		return strings.HasPrefix(to, "/") || strings.HasPrefix(to, "#")
	}
	return false
}

// plain is a text without its marks.
func plain(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		if s[0] == '[' {
			if end := within(s, "]("); end > 0 {
				if shut := within(s[end:], ")"); shut > 0 {
					b.WriteString(plain(s[1:end]))
					s = s[end+shut+1:]
					continue
				}
			}
		}
		if strings.IndexByte("\\`*", s[0]) < 0 {
			b.WriteByte(s[0])
		}
		s = s[1:]
	}
	return b.String()
}
