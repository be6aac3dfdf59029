package webtest

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
)

func desk(body func(ctx context.Context) string) web.Desk {
	return func(s *web.Site) {
		s.Page("/home", "home", access.OrganisationRead, func(c *web.Call) error {
			return c.Show(web.View{Title: say.T(c.Context(), "Home"), Section: "/home"}, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				_, err := io.WriteString(w, body(ctx))
				return err
			}))
		})
	}
}

func TestCheck(t *testing.T) {
	s := New(t, Options{Desks: []web.Desk{desk(func(ctx context.Context) string {
		return `<h2>` + say.T(ctx, "Projects") + `</h2><p translate="no">Contoso</p><label for="a">` + say.T(ctx, "Name") + `</label><input id="a">`
	})}})
	s.Unread = 3
	p := s.Check("/home")
	for _, want := range []string{"Projects", `aria-current`, "3 new", `lang="en"`} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("without %q:\n%s", want, p.Body)
		}
	}
	if to := s.Get("/").To; to != "/home" {
		t.Errorf("the start leads to %q", to)
	}
	if strings.Contains(p.Body, `href="/projects"`) {
		t.Error("the navigation names a page that is not there")
	}
}

// TestFaults: each fault is seen.
func TestFaults(t *testing.T) {
	for body, want := range map[string]string{
		`<input name="q">`: "has no label", `<p id="a"></p><p id="a"></p>`: "is there twice", `<p style="x">`: "the policy refuses", `<a href="/"></a>`: "says nothing",
		`<img src="/x">`: "alternative text", `<time datetime="2026-11-23">x</time>`: "without its zone", `<h3>x</h3>`: "follows a heading", `<form action="https://x" method="post">`: "a form goes to",
		`<p aria-describedby="z">`: "which is not there", `<table><tr><th>x</th></tr></table>`: "has no scope", `<h1>x</h1>`: "2 <h1>",
	} {
		s := New(t, Options{Desks: []web.Desk{desk(func(context.Context) string { return body })}})
		all := Faults(s.Get("/home").Body)
		if !slices.ContainsFunc(all, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("%s: %q", body, all)
		}
	}
	for _, body := range []string{`<p>Text</p>`, `<button title="Text">⟦x⟧</button>`} {
		s := New(t, Options{Desks: []web.Desk{desk(func(context.Context) string { return body })}})
		if all := Unsaid(s.Get("/home", "Accept-Language", say.Pseudo).Body); len(all) != 1 {
			t.Errorf("%s: %q", body, all)
		}
	}
}
