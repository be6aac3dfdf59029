package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// TestBreakGlassIsLoud seals the account at the console, opens it over HTTP, and reads of it wherever whoever runs the service looks.
func TestBreakGlassIsLoud(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	console := s.without("listen", "log-level")
	code, out := runs(t, console, "breakglass", "seal")
	found := regexp.MustCompile(`c4b_[a-z2-7]{52}`).FindString(out)
	if code != 0 || found == "" {
		t.Fatalf("%d\n%s", code, out)
	}
	r := serves(t, s)
	open := func() *http.Response {
		t.Helper()
		answer, err := http.Post(r.url+"/api/v1/break-glass/session", "application/json", strings.NewReader(`{"code":"`+found+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	if a := open(); a.StatusCode != http.StatusNoContent || !strings.HasPrefix(a.Header.Get("Set-Cookie"), "__Host-c4arch-staff=") {
		t.Fatal(a.Status, a.Header)
	}
	if a := open(); a.StatusCode != http.StatusForbidden || a.Header.Get("Set-Cookie") != "" {
		t.Error("the code works twice:", a.Status)
	}
	if !strings.Contains(r.out.String(), "the sealed account was opened") {
		t.Error("the log does not say so")
	}
	r.end()
	if code, out := runs(t, console, "breakglass", "seal"); code == 0 || !strings.Contains(out, "nobody has said why") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out := runs(t, console.with("reason", "the provider was away"), "breakglass", "acknowledge"); code != 0 {
		t.Errorf("%d\n%s", code, out)
	}
}

// TestTheServiceExportsForTwo takes the way of an export that two agreed to: the scope that the service itself has, and what comes of it.
func TestTheServiceExportsForTwo(t *testing.T) {
	a := access.System("og_01h00000000000000000000000", "an export that two people of the platform agreed to", access.Actor{ID: "person:pn_x", Kind: access.Staff, Org: id.Platform})
	if _, err := access.Decide(a, access.LedgerExport, access.Resource{}); err != nil {
		t.Error(err)
	}
	for _, who := range []access.Actor{
		{ID: "person:pn_x", Kind: access.Staff, Org: a.Org, Grant: "gr_x", Roles: []access.Role{access.Administrator}, Session: "ss_x", Fresh: true},
		{ID: "person:pn_x", Kind: access.Staff, Org: a.Org, Roles: []access.Role{access.Legal}, Session: "ss_x", Fresh: true},
	} {
		if _, err := access.Decide(who, access.LedgerExport, access.Resource{}); err == nil {
			t.Errorf("%+v exports", who)
		}
	}
}
