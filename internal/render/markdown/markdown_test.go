package markdown

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestRender(t *testing.T) {
	for text, want := range map[string]string{
		"## 1. What\nOne\ntwo":              `<h2 id="s-1-what">1. What</h2>` + "\n<p>One two</p>\n",
		"# Top":                             `<h2 id="s-top">Top</h2>` + "\n",
		"a **b** _c_ `d<` e_f_g":            "<p>a <strong>b</strong> <em>c</em> <code>d&lt;</code> e_f_g</p>\n",
		"- a\n- b\n  - c\n\nd":              "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n<p>d</p>\n",
		"1. a\n\n2. b\n   more":             "<ol>\n<li>a</li>\n<li>b more</li>\n</ol>\n",
		"3) a":                              "<ol start=\"3\">\n<li>a</li>\n</ol>\n",
		"> a\n> b":                          "<blockquote>\n<p>a b</p>\n</blockquote>\n",
		"---":                               "<hr/>\n",
		"```\n<b>\n```\nx":                  "<pre><code>&lt;b&gt;\n</code></pre>\n<p>x</p>\n",
		"```\nopen":                         "<pre><code>open\n</code></pre>\n",
		"[here](/legal)":                    `<p><a href="/legal">here</a></p>` + "\n",
		"[x](https://a.example/?a=1&b=2)":   `<p><a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">x</a></p>` + "\n",
		"[x](javascript:alert(1))":          "<p>[x](javascript:alert(1))</p>\n",
		"[x](//evil.example)":               "<p>[x](//evil.example)</p>\n",
		"<script>alert(1)</script>":         "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n",
		"a \\*b\\*":                         "<p>a *b*</p>\n",
		"| a | b |\n|---|---|\n| 1 | 2\\|3": `<table class="cards"><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody>` + "\n" + `<tr><td data-name="a">1</td><td data-name="b">2|3</td></tr>` + "\n</tbody></table>\n",
		"In\n2026. it":                      "<p>In 2026. it</p>\n",
	} {
		if got := Render(text, "s-").HTML; got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestHeadings(t *testing.T) {
	d := Render("## A **b**\n## A b\n## \u00e9\n### [x](/y) z", "s-")
	want := []Heading{{2, "s-a-b", "A b"}, {2, "s-a-b--2", "A b"}, {2, "s---1", "\u00e9"}, {3, "s-x-z", "x z"}}
	if !slices.Equal(d.Headings, want) {
		t.Errorf("%+v", d.Headings)
	}
}

var elements = strings.Fields("h2 h3 h4 h5 h6 p ul ol li blockquote pre code hr table thead tbody tr th td strong em a")

var attributes = map[string]string{"h2": "id", "h3": "id", "h4": "id", "h5": "id", "h6": "id", "ol": "start", "table": "class", "th": "scope", "td": "data-name", "a": "href rel"}

// FuzzRender sees that what is written holds the elements of the list alone, with their attributes, each closed, and no address that acts.
func FuzzRender(f *testing.F) {
	for _, s := range []string{
		"", "# a\n- b\n  1. c\n> d", "| a |\n|---|\n| <b> |", "[a](javascript:x)", "[a](/b\"onclick=\")", "**a _b** c_", "```\n</code>", "<a href=x>", "- - - -", "> > > > > > a",
		"[[a](b)](c)", "*****", "\\<", "&lt;", "[a](mailto:x@y)", "\x00\xff", "a\n1. b\n- c\n\n  d",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<14 {
			return
		}
		z := html.NewTokenizer(strings.NewReader(Render(s, "s-").HTML))
		var open []string
		for {
			switch z.Next() {
			case html.ErrorToken:
				if len(open) > 0 {
					t.Errorf("%q leaves %v open", s, open)
				}
				return
			case html.StartTagToken:
				tag := z.Token()
				judge(t, s, tag)
				open = append(open, tag.Data)
			case html.SelfClosingTagToken:
				judge(t, s, z.Token())
			case html.EndTagToken:
				tag := z.Token()
				if len(open) == 0 || open[len(open)-1] != tag.Data {
					t.Fatalf("%q closes %s in %v", s, tag.Data, open)
				}
				open = open[:len(open)-1]
			case html.CommentToken, html.DoctypeToken:
				t.Errorf("%q writes a comment", s)
			}
		}
	})
}

func judge(t *testing.T, s string, tag html.Token) {
	if !slices.Contains(elements, tag.Data) {
		t.Errorf("%q writes %s", s, tag.Data)
	}
	for _, a := range tag.Attr {
		if !slices.Contains(strings.Fields(attributes[tag.Data]), a.Key) {
			t.Errorf("%q writes %s with %s", s, tag.Data, a.Key)
		}
		if a.Key == "href" && !safe(a.Val) {
			t.Errorf("%q leads to %q", s, a.Val)
		}
	}
}
