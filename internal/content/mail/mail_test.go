package mail

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestSentences: everything that happens has words of its own.
func TestSentences(t *testing.T) {
	seen := map[string]string{}
	for _, what := range []string{
		"comment.mention", "baseline.proposed", "exception.proposed", "proposal.approved", "proposal.rejected", "finding.new", "scan.failed", "exception.soon", "exception.over",
		"stream.disabled", "stream.dead", "connection.broken", "token.soon", "member.added", "member.changed", "grant.asked", "grant.used", "subprocessor.noticed", "something else",
	} {
		s := Sentence(context.Background(), Item{What: what, Project: "Shop", By: "Ada", Count: 3, Role: "viewer", When: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)})
		if s == "" || seen[s] != "" || strings.Contains(s, "%!") {
			t.Errorf("%s is %q, as %s", what, s, seen[s])
		}
		seen[s] = what
	}
	if s := Sentence(context.Background(), Item{What: "finding.new", Project: "Shop", Count: 1}); s != "A new critical or high finding in Shop" {
		t.Error(s)
	}
	if s := Sentence(context.Background(), Item{What: "finding.new", Project: "Shop", Count: 3}); s != "3 new critical or high findings in Shop" {
		t.Error(s)
	}
	if s := Sentence(context.Background(), Item{What: "comment.mention"}); s != "Somebody mentioned you in a comment in a project" {
		t.Error(s)
	}
}

// TestWrite: a name is a name, whatever it is made of.
func TestWrite(t *testing.T) {
	evil := "Eve\r\nBcc: x@fabrikam.example\r\n\r\n<script>alert(1)</script>\u202e"
	w, err := Write(context.Background(), Letter{
		Name: evil, Organisation: evil, Unsubscribe: "https://a.example/u", Settings: "https://a.example/s",
		Items: []Item{{What: "comment.mention", By: evil, Project: evil, URL: "javascript:alert(1)"}, {What: "scan.failed", Project: "Shop", URL: "https://a.example/n"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(w.Subject, "\r\n") || !strings.HasPrefix(w.Subject, "2 notifications from Eve Bcc") {
		t.Errorf("%q", w.Subject)
	}
	if strings.Contains(w.HTML, "<script") || strings.Contains(w.HTML, `href="javascript`) || !strings.Contains(w.HTML, `href="https://a.example/n"`) {
		t.Error(w.HTML)
	}
	if strings.Contains(w.Text, "\nBcc") || strings.Contains(w.Text, "\u202e") || !strings.Contains(w.Text, "https://a.example/u") {
		t.Error(w.Text)
	}
	one, err := Write(context.Background(), Letter{Items: []Item{{What: "scan.failed", Project: "Shop"}}})
	if err != nil || one.Subject != "A scan of Shop failed" {
		t.Errorf("%q, %v", one.Subject, err)
	}
	if long := Line(strings.Repeat("ä", 500)); len([]rune(long)) != 120 {
		t.Error(len([]rune(long)))
	}
}
