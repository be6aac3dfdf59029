package drawio

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"c4arch/internal/render/figure"
)

// printer writes indented XML. Errors stay in the buffered writer until it is flushed.
type printer struct {
	w      *bufio.Writer
	indent int
}

func (p *printer) text(s string) { _, _ = p.w.WriteString(s) }

func (p *printer) open(name string, attrs ...string) {
	p.start(name, attrs)
	p.text(">\n")
	p.indent++
}

func (p *printer) leaf(name string, attrs ...string) {
	p.start(name, attrs)
	p.text("/>\n")
}

func (p *printer) start(name string, attrs []string) {
	p.text(strings.Repeat(" ", p.indent) + "<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		p.text(" " + attrs[i] + `="` + attribute(attrs[i+1]) + `"`)
	}
}

func (p *printer) close(names ...string) {
	for _, n := range names {
		p.indent--
		p.text(strings.Repeat(" ", p.indent) + "</" + n + ">\n")
	}
}

// attribute makes s inert in an attribute of XML 1.0. What XML has no place for (most control characters, and the two last
// characters of the plane) becomes U+FFFD; line breaks are written as references, since a reader makes spaces of others.
func attribute(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\n' || r == '\r' || r == '\t':
			fmt.Fprintf(&b, "&#%d;", r)
		case r < ' ' || r == 0xfffe || r == 0xffff:
			b.WriteRune(unicode.ReplacementChar)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// markup makes s text in a label or tooltip, which draw.io takes for HTML. A "%" would begin a placeholder.
func markup(s string) string {
	return inert.Replace(s)
}

var inert = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "%", "&#37;", "\n", "<br>")

func orElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func number(n int) string { return strconv.Itoa(n) }

// hundredths is n/100 in the shortest form.
func hundredths(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// style is a list of key=value of draw.io. No text from outside is ever in one.
type style struct{ strings.Builder }

func (st *style) add(s string) {
	if s != "" {
		st.WriteString(s + ";")
	}
}

// paint adds colours, opacity, width and dashes.
func (st *style) paint(s figure.Style) {
	if s.Fill.A > 0 {
		st.add("fillColor=" + hexOf(s.Fill))
		if s.Fill.A < 255 {
			st.add("fillOpacity=" + number(int(s.Fill.A)*100/255))
		}
	} else {
		st.add("fillColor=none")
	}
	if s.Stroke.A > 0 {
		st.add("strokeColor=" + hexOf(s.Stroke))
	} else {
		st.add("strokeColor=none")
	}
	st.add("strokeWidth=" + hundredths(s.Width))
	if len(s.Dash) > 0 {
		out := make([]string, len(s.Dash))
		for i, n := range s.Dash {
			out[i] = hundredths(max(n, 100))
		}
		st.add("dashed=1;fixDash=1;dashPattern=" + strings.Join(out, " "))
	}
}

func hexOf(c figure.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
