package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/egress"
	streams "c4arch/internal/service/stream"
)

// TestStreamsStayOutside: what the rules of the program refuse is refused at the form and where it is dialled.
func TestStreamsStayOutside(t *testing.T) {
	for at, want := range map[string]fault.Kind{
		"https://siem.contoso.example/x": "", "https://siem.contoso.example:8443": "", "https://siem.contoso.example:22": fault.Invalid, "https://127.0.0.1": fault.Invalid,
		"https://localhost/x": fault.Invalid, "https://10.1.2.3": fault.Invalid, "https://169.254.169.254/latest": fault.Invalid, "https://[::1]": fault.Invalid, "https://[fd00::1]": fault.Invalid, "https://1.1.1.1": "",
	} {
		if err := reachable(streams.Webhook, at); fault.KindOf(err) != want {
			t.Errorf("%s: %v", at, err)
		}
	}
	for at, want := range map[string]fault.Kind{"siem.contoso.example:6514": "", "siem.contoso.example:514": fault.Invalid, "127.0.0.1:6514": fault.Invalid, "192.168.1.1:6514": fault.Invalid} {
		if err := reachable(streams.Syslog, at); fault.KindOf(err) != want {
			t.Errorf("%s: %v", at, err)
		}
	}
	asked := 0
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer s.Close()
	book := &egress.Book{}
	exit, err := egress.New(egress.Config{Rules: egress.Defaults(), Recorder: book, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	to := newSender(exit)
	for _, at := range []string{s.URL, "https://127.0.0.1/", "https://localhost:8443/", "http://siem.contoso.example/"} {
		if _, err := to.Post(t.Context(), "og_01jq8z6y5x4w3v2t1s0r9q8p7n", streams.Request{Address: at}); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", at, err)
		}
	}
	for _, at := range []string{s.Listener.Addr().String(), "127.0.0.1:6514", "localhost:6514"} {
		if err := to.Syslog(t.Context(), "og_01jq8z6y5x4w3v2t1s0r9q8p7n", at, []streams.Message{{Text: "x"}}); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", at, err)
		}
	}
	if asked != 0 {
		t.Errorf("%d requests arrived", asked)
	}
}

func TestPolicyOf(t *testing.T) {
	a := access.Actor{ID: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: access.Person, Org: id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n"), Roles: []access.Role{access.Viewer}, Surface: access.API, Purpose: "api"}
	if got := policyOf(a, access.FindingRead); got == "" {
		t.Error("what is allowed has no policy")
	}
	if got := policyOf(a, access.MemberChange); got != "" {
		t.Errorf("what is denied has the policy %q", got)
	}
	if got := policyOf(access.Actor{}, access.FindingRead); got != "" {
		t.Errorf("nobody has the policy %q", got)
	}
}
