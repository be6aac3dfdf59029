package api

import (
	"net/http"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// TestAnotherSite: what a page of another site makes a browser send with a person's cookie changes nothing, whatever form it has; the person's own page does the same with
// success. A token is nothing that a browser sends by itself.
func TestAnotherSite(t *testing.T) {
	w := newWorld(t, "SQLite")
	s := w.Services
	s.Origin = "https://service.example"
	s.Session = func(r *http.Request) (access.Actor, error) {
		if c, err := r.Cookie(MemberCookie); err != nil || c.Value != "good" {
			return access.Actor{}, fault.New(fault.Denied, "nobody is signed in")
		}
		return access.Actor{
			ID: id.Actor("person:" + w.people[0]), Kind: access.Person, Org: w.org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "ss_1", Fresh: true, Request: "rq_test",
		}, nil
	}
	w.handler = New(s)
	const cookie = MemberCookie + "=good"
	body := func(slug string) dict { return dict{"slug": slug, "name": "Shop"} }
	before := len(w.entries(w.org))
	for _, from := range [][]string{
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.service.example"},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"},
	} {
		for _, method := range []string{"POST", "PATCH", "PUT", "DELETE"} {
			r := w.call("", method, "/projects", body("forged"), append([]string{"Cookie", cookie}, from...)...).must(403)
			if r.head.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%v may read the answer", from)
			}
		}
	}
	if n := len(w.entries(w.org)); n != before {
		t.Errorf("%d entries of what another site has sent", n-before)
	}
	w.call("", "OPTIONS", "/projects", nil, "Origin", "https://evil.example", "Access-Control-Request-Method", "POST", "Cookie", cookie).must(405) // no preflight lets anybody in
	w.call("", "GET", "/projects", nil, "Cookie", cookie, "Sec-Fetch-Site", "same-origin").must(200)
	w.call("", "POST", "/projects", body("own"), "Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Origin", "https://service.example").must(201)
	w.call("", "POST", "/projects", body("old-browser"), "Cookie", cookie, "Origin", "https://service.example").must(201)
	w.call(w.owner, "POST", "/projects", body("program"), "Sec-Fetch-Site", "cross-site").must(201)
	w.call(w.owner, "GET", "/projects", nil, "Cookie", cookie).must(401) // both: who is it?
	w.call("", "GET", "/projects", nil, "Cookie", MemberCookie+"=bad").must(401)
}
