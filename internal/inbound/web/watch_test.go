package web

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

// pathOf is the path of a route with an id at every place.
func pathOf(r route.Route) string {
	return strings.NewReplacer("{session}", "ss_1", "{passkey}", "pk_1", "{token}", "tk_1", "{member}", other, "{invitation}", "iv_1", "{recovery}", "rc_1", "{account}", "sa_1",
		"{provider}", "ip_1", "{domain}", "dm_1", "{grant}", "gr_1", "{person}", other, "{slug}", "contoso", "{organisation}", string(contoso)).Replace(r.Path)
}

func cookieFor(r route.Route) string {
	if strings.HasPrefix(r.Path, "/staff") {
		return staffOne
	}
	return memberOne
}

// TestReadsAreRecordedFirst: a page that somebody is signed in for is written down before it is shown, and not shown where it cannot be.
func TestReadsAreRecordedFirst(t *testing.T) {
	var looked []string
	var fails error
	s := site(t, &world{role: access.Auditor})
	s.Looked = func(_ context.Context, a access.Actor, route, subject string) error {
		if a.ID == "" {
			t.Error("nobody has looked")
		}
		looked = append(looked, route+" "+subject)
		return fails
	}
	n := 0
	for _, r := range s.Routes() {
		if r.Who == route.Everybody || r.Method != http.MethodGet {
			continue
		}
		n++
		path := pathOf(r)
		looked, fails = nil, nil
		ask(t, s, r.Method, path, cookieFor(r), nil)
		if want := []string{r.String() + " " + path}; !slices.Equal(looked, want) {
			t.Errorf("%s: recorded are %q", path, looked)
		}
		fails = fault.New(fault.Unavailable, "the database is away")
		if res := ask(t, s, r.Method, path, cookieFor(r), nil); res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s is answered with %d, and was not recorded", path, res.StatusCode)
		}
	}
	if n < 10 {
		t.Errorf("only %d pages", n)
	}
	looked = nil
	if ask(t, s, "GET", "/sign-in", "", nil); len(looked) > 0 {
		t.Errorf("a stranger's visit is a read: %q", looked)
	}
}

// TestEveryAnswerIsTold asks every route with and without a session: each answer is in the access log once, with its status, and who was let in with their name.
func TestEveryAnswerIsTold(t *testing.T) {
	var told []Accessed
	s := site(t, &world{})
	s.Access = func(_ context.Context, x Accessed) { told = append(told, x) }
	for _, r := range s.Routes() {
		for _, cookie := range []string{"", cookieFor(r)} {
			told = nil
			var form url.Values
			if r.Method == http.MethodPost {
				form = url.Values{}
			}
			res := ask(t, s, r.Method, pathOf(r), cookie, form)
			if len(told) != 1 || told[0].Status != res.StatusCode || told[0].Route != r.Path || told[0].Method != r.Method || told[0].Action != r.Action {
				t.Errorf("%s with %q: %d, and told %+v", r, cookie, res.StatusCode, told)
				continue
			}
			if known := told[0].Actor.ID != ""; known && cookie == "" || !known && cookie != "" && r.Who != route.Everybody {
				t.Errorf("%s with %q is of %q", r, cookie, told[0].Actor.ID)
			}
		}
	}
	told = nil
	if ask(t, s, "POST", "/organisation/tokens/new", memberOne, url.Values{}, "Sec-Fetch-Site", "cross-site"); len(told) != 1 || told[0].Status != http.StatusForbidden {
		t.Errorf("a forged form is told as %+v", told)
	}
	told = nil
	if ask(t, s, "GET", "/", "", nil, "Accept", "application/json"); len(told) != 0 {
		t.Errorf("what the API answers, it tells itself: %+v", told)
	}
}

// TestRates: every page takes from the rates of whoever asks, before it does anything, and of the address where nobody is signed in.
func TestRates(t *testing.T) {
	w := &world{}
	s := site(t, w)
	var asked []string
	s.Limit = func(_ context.Context, a access.Actor, addr netip.Addr, cost int) (time.Duration, error) {
		asked = append(asked, string(a.ID)+" "+addr.String()+strings.Repeat("+", cost))
		return 1500 * time.Millisecond, fault.New(fault.Limited, "too many")
	}
	for _, r := range s.Routes() {
		for _, cookie := range []string{"", cookieFor(r)} {
			asked, w.did = nil, nil
			var form url.Values
			if r.Method == http.MethodPost {
				form = url.Values{}
			}
			res := ask(t, s, r.Method, pathOf(r), cookie, form)
			if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "2" || len(w.did) > 0 {
				t.Errorf("%s with %q: %d, and did %q", r, cookie, res.StatusCode, w.did)
			}
			who := " 192.0.2.1"
			if cookie != "" && r.Who != route.Everybody {
				who = "person:" + person + who
			}
			if want := map[bool]string{true: who + "+", false: who + "++"}[r.Reads()]; !slices.Equal(asked, []string{want}) {
				t.Errorf("%s with %q takes from %q", r, cookie, asked)
			}
		}
	}
}

// TestSigningInAgain: who signs in where somebody is signed in ends that session, of the same realm and no other.
func TestSigningInAgain(t *testing.T) {
	fields := map[string]any{"fields": map[string]string{}, "response": map[string]string{"id": "A"}}
	for _, x := range []struct{ path, cookie, did string }{
		{"/sign-in/passkey/finish", memberOne, "signed in handle A browser|signed out"},
		{"/sign-in/passkey/finish", memberCookie + "=old", "signed in handle A browser"},
		{"/sign-in/passkey/finish", staffOne, "signed in handle A browser"},
		{"/sign-in/passkey/finish", "", "signed in handle A browser"},
		{"/staff/sign-in/passkey/finish", staffOne, "signed in handle A browser|signed out"},
		{"/staff/sign-in/passkey/finish", memberOne, "signed in handle A browser"},
		{"/step-up/passkey/finish", memberOne, "stepped up"}, // the step-up has ended it
	} {
		w := &world{}
		res := script(t, site(t, w), x.path, x.cookie+"; "+ceremonyCookie+"=handle", fields)
		if got := strings.Join(w.did, "|"); res.StatusCode != http.StatusOK || got != x.did {
			t.Errorf("%s with %q: %d, and did %q", x.path, x.cookie, res.StatusCode, got)
		}
	}
	w := &world{page: "https://login.example/authorize"}
	s := site(t, w)
	begun := cookieNamed(t, ask(t, s, "GET", "/sign-in/"+string(contoso)+"/ip_1", "", nil), ceremonyCookie)
	w.did = nil
	if res := ask(t, s, "GET", "/oidc/return/ip_1?state=st&code=co", memberOne+"; "+ceremonyCookie+"="+begun.Value, nil); res.StatusCode != http.StatusSeeOther || len(w.did) != 2 || w.did[1] != "signed out" {
		t.Errorf("by a provider: %d, and did %q", res.StatusCode, w.did)
	}
}

// TestSigningOutIsAtHand: each page that somebody is signed in on has the form that ends the session, of its own realm.
func TestSigningOutIsAtHand(t *testing.T) {
	s := site(t, &world{fresh: true})
	n := 0
	for _, p := range everyPage {
		path, _, _ := strings.Cut(p.path, "?")
		r, ok := s.table.Find("GET " + path)
		if !ok || r.Who == route.Everybody {
			continue
		}
		n++
		want := `action="/sign-out"`
		if p.cookie == staffOne {
			want = `action="/staff/sign-out"`
		}
		if body := text(t, ask(t, s, "GET", p.path, p.cookie, nil)); !strings.Contains(body, want) {
			t.Errorf("%s has no way out", p.path)
		}
	}
	if n < 8 {
		t.Errorf("only %d pages", n)
	}
}
