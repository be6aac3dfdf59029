package markdown

import (
	"html"
	"regexp"
	"strings"

	"c4arch/internal/render/report"
)

// pause is a space of no width. It stands between a sign and what follows it where GitHub and GitLab would make
// the two into a mention, a reference or a link: a backslash does not help, since they look at the text that is left when
// the Markdown is done.
const pause = "&#8203;"

var (
	// active is a sign that begins a mention or a reference when a word follows: @name, #1, !1, $1, %"x", ~label, &1, ^alert.
	active = regexp.MustCompile("[@#!$%~&^](?:[\\pL\\pN_\"\\[({`-])")
	// issue is GH-1, the older way to write #1.
	issue = regexp.MustCompile(`(?i)\bGH-\d`)
	// address is what is linked by itself.
	address = regexp.MustCompile(`(?i)[a-z0-9+.-]:/|(?:mailto|xmpp):|www\.`)
	// emoji is :name:. The parts of a time of day are none, but some have digits only.
	emoji = regexp.MustCompile(`:(?:[A-Za-z0-9_+-]*[A-Za-z_][A-Za-z0-9_+-]*|[+-]1|100|1234):`)
)

// inert puts marks into text, which is on one line, where a sign must not do anything. The caller turns the marks into pauses at
// last, so that no escape touches them.
func inert(text string) string {
	text = strings.ReplaceAll(text, mark, "\uFFFD")
	first := func(s string) string {
		at := 1
		for at < len(s) && s[at]&0xC0 == 0x80 {
			at++
		}
		return s[:at] + mark + s[at:]
	}
	// Before a dot and behind a colon: what follows the mark is no host then, and what stands before it no scheme.
	last := func(s string) string {
		if at := strings.LastIndexByte(s, '.'); at > 0 && at == len(s)-1 {
			return s[:at] + mark + s[at:]
		}
		at := strings.LastIndexAny(s, ":-")
		return s[:at+1] + mark + s[at+1:]
	}
	text = emoji.ReplaceAllStringFunc(text, first)
	text = address.ReplaceAllStringFunc(text, last)
	text = issue.ReplaceAllStringFunc(text, last)
	// Twice: of @@name the first match takes the second sign.
	text = active.ReplaceAllStringFunc(text, first)
	return active.ReplaceAllStringFunc(text, first)
}

// mark is a character that report.Line lets through nowhere.
const mark = "\uE000"

// specials are the signs that mean something to Markdown within a line.
var specials = func() *strings.Replacer {
	var pairs []string
	for _, c := range "\\`*_[]~$" {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	// As entities: a bar would end the cell of a table whatever stands before it.
	return strings.NewReplacer(append(pairs, "|", "&#124;", "&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", mark, pause)...)
}()

// prose is text from outside as words in a line of Markdown: no sign in it does anything. It must not begin a line.
func prose(text string, n int) string {
	return specials.Replace(inert(strings.TrimSpace(report.Line(text, n))))
}

// short is prose of at most so many bytes: escapes can make it many times as long as the text.
func short(text string, n, bytes int) string {
	for {
		if out := prose(text, n); len(out) <= bytes || n <= 1 {
			return out
		}
		n /= 2
	}
}

// inHTML is text from outside as words within HTML, where Markdown is not looked for.
func inHTML(text string, n int) string {
	return strings.ReplaceAll(html.EscapeString(inert(report.Line(text, n))), mark, pause)
}

// code is text from outside between backticks, in which nothing does anything. In a table a bar ends the cell even there, and
// the backslash that would save it is lost behind another backslash; a sign that looks alike stands for it.
func code(text string, n int) string {
	text = strings.ReplaceAll(report.Line(text, n), "|", "∣")
	if strings.TrimSpace(text) == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longest(text)+1)
	if fence == "`" {
		return fence + text + fence
	}
	return fence + " " + text + " " + fence
}

// fenced is text of several lines as a block of code.
func fenced(text, language string, n int) string {
	text = strings.TrimRight(report.Lines(text, n), "\n")
	fence := strings.Repeat("`", max(3, longest(text)+1))
	return fence + language + "\n" + text + "\n" + fence
}

// longest is the length of the longest run of backticks.
func longest(text string) int {
	most, run := 0, 0
	for _, c := range text {
		if c == '`' {
			run++
			most = max(most, run)
		} else {
			run = 0
		}
	}
	return most
}
