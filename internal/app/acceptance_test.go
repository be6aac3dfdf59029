package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/route"
	"c4arch/internal/service/acceptance"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/legal"
)

// staysOpen are the routes of pages inside an organisation that are not behind the gate; of the API those that read the ledger, evidence and what is pulled are not.
var staysOpen = strings.Fields(`agreements agreements-read agreements-accept acceptance-receipt evidence evidence-pack evidence-download ledger ledger-entry ledger-entry-bundle ledger-bundle ledger-key
	processing-record processing-record-json processing-record-md processing-data processing-data-csv processing-annex processing-annex-md processing-pack architecture-export duties-csv duties-json`)

// TestGateOfRoutes: of the whole table exactly what is listed stays open, and it reads but for accepting; pages of a person and of everybody are nobody's organisation.
func TestGateOfRoutes(t *testing.T) {
	s := newStage(t, "SQLite")
	p := s.in.doors()
	var open []string
	for _, r := range p.pages.Routes() {
		if r.Ungated {
			if open = append(open, r.Name); !r.Reads() && r.Name != "agreements-accept" {
				t.Errorf("%s changes something and stays open", r.Name)
			}
		}
	}
	slices.Sort(open)
	want := slices.Sorted(slices.Values(staysOpen))
	if !slices.Equal(open, want) {
		t.Errorf("open are %v and not %v", open, want)
	}
	for _, r := range p.api.Routes() {
		if act := []access.Action{access.LedgerRead, access.LedgerExport, access.EvidenceRead, access.StreamPull}; r.Ungated != (r.Method == "GET" && slices.Contains(act, r.Action)) {
			t.Errorf("%s %s: open is %v", r.Method, r.Path, r.Ungated)
		}
	}
	for name, who := range map[string]route.Who{"account": route.Person, "sign-out": route.Person, "legal": route.Everybody} {
		if i := slices.IndexFunc(p.pages.Routes(), func(r route.Route) bool { return r.Name == name }); i < 0 || p.pages.Routes()[i].Who != who {
			t.Errorf("%s is not there for whoever is %s", name, who)
		}
	}
}

// TestGateStops publishes a version that asks, sees pages and API stopped at once and exports open, accepts it, and goes on; the checks then agree.
func TestGateStops(t *testing.T) {
	s := newStage(t, "SQLite")
	c, _ := s.browser(s.ours, s.ours.members[access.Owner])
	if a := s.page(c, "/organisation/members"); a.status != 200 {
		t.Fatalf("before anything asks: %d", a.status)
	}
	d, err := s.in.legal.Write(t.Context(), s.programmer(access.Legal), legal.Version{
		Slug: legal.Addendum, Title: "Addendum", Summary: "the first", Body: "## One\n\nWords.", Audience: legal.Enterprise, Material: true, Accept: true, Rank: legal.RankPolicy,
	}, 0)
	s.check(err)
	s.check(s.in.legal.Ask(t.Context(), s.programmer(access.Legal), d.Text.ID, d.Version, time.Time{}))
	v, err := s.in.legal.Approve(t.Context(), s.programmer(access.Administrator), d.Text.ID, d.Version+1)
	s.check(err)
	if a := s.page(c, "/organisation/members"); a.status != 303 || !strings.HasPrefix(a.header.Get("Location"), acceptance.Path) {
		t.Errorf("a page is shown: %d %v", a.status, a.header)
	}
	if a := s.send(s.handler, credential{token: s.ours.owner}, request{method: "GET", path: api.Prefix + "/projects"}); a.status != 403 || !strings.Contains(string(a.body), "unaccepted") {
		t.Errorf("the API answers: %d %s", a.status, a.body)
	}
	if out := s.ran(assure.DutiesPage); out[assure.DutiesPage] != control.Pass {
		t.Errorf("that an organisation is stopped says something of its page of duties: %v", out)
	}
	for _, path := range []string{acceptance.Path, "/organisation/agreements", "/organisation/ledger/bundle", "/organisation/duties/export.json", "/legal", "/account"} {
		if a := s.page(c, path); a.status != 200 {
			t.Errorf("%s is closed: %d %v", path, a.status, a.header)
		}
	}
	owner := s.send(s.handler, c, request{method: "GET", path: api.Prefix + "/whoami"}).actor
	owner.Fresh = true
	_, err = s.in.acceptance.Accept(t.Context(), owner, acceptance.Give{Documents: []acceptance.Seen{{Slug: v.Slug, Version: v.Version, Digest: v.Digest}}, Authority: "director", Authorised: true, Method: "click"})
	s.check(err)
	if a := s.page(c, "/organisation/members"); a.status != 200 {
		t.Errorf("after it was accepted: %d", a.status)
	}
	out := s.ran(assure.AcceptanceReceipts, assure.AcceptanceCurrent, assure.LegalRegistry)
	if out[assure.AcceptanceReceipts] != control.Pass || out[assure.LegalRegistry] != control.Pass || out[assure.AcceptanceCurrent] == control.Fail {
		t.Errorf("%v", out)
	}
	if n, err := s.in.acceptedBy(t.Context()); err != nil || n[[2]string{v.Slug, v.Version}] != 1 {
		t.Errorf("%v %v", n, err)
	}
}
