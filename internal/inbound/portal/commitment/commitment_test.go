package commitment

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

type stated struct {
	all       []assure.Stand
	made      []assure.Statement
	withdrawn []string
	err       error
}

func (s *stated) Attestations(context.Context, access.Actor) ([]assure.Stand, error) {
	return s.all, nil
}

func (s *stated) Attest(_ context.Context, _ access.Actor, x assure.Statement) (control.Attestation, error) {
	s.made = append(s.made, x)
	return control.Attestation{}, s.err
}

func (s *stated) Withdraw(_ context.Context, _ access.Actor, id, why string) error {
	s.withdrawn = append(s.withdrawn, id+" "+why)
	return s.err
}

func (s *stated) Recorded(context.Context, access.Actor) (map[string]assure.Entry, error) {
	return map[string]assure.Entry{"at_1": {Index: 41}}, nil
}

func site(t *testing.T, role access.Role) (*webtest.Site, *stated) {
	w := func(id, title string) control.Wanted {
		return control.Wanted{ID: id, Title: title, Ask: "What has to be true.", Controls: []string{"ARC-SDL-01"}, Clauses: []string{"SE-7.2"}, Counts: 90 * 24 * time.Hour}
	}
	made := control.Attestation{ID: "at_1", Of: "code-review", Person: "pn_1", Text: "Each change has two names.", Reference: "records/changes.csv", Digest: strings.Repeat("0a", 32), At: webtest.Noon.Add(-time.Hour), Until: webtest.Noon.Add(48 * time.Hour)}
	gone := made
	gone.ID, gone.Person, gone.Withdrawn, gone.Why = "at_0", "pn_2", webtest.Noon.Add(-2*time.Hour), "of another quarter"
	s := &stated{all: []assure.Stand{
		{AttestedState: control.AttestedState{Wanted: w("code-review", "Changes are reviewed"), State: control.Attested, Made: &made}, Past: []control.Attestation{made, gone}, Soon: true},
		{AttestedState: control.AttestedState{Wanted: w("training", "Everybody was trained"), State: control.NotYet, Reason: "nobody has attested it"}},
	}}
	names := func(context.Context, access.Actor) (map[string]string, error) {
		return map[string]string{"pn_1": "Head of security"}, nil
	}
	return webtest.New(t, webtest.Options{Role: role, Staff: true, Desks: []web.Desk{Desk(Parts{Register: s, Names: names, Now: func() time.Time { return webtest.Noon }})}}), s
}

func TestPages(t *testing.T) {
	s, _ := site(t, access.Security)
	for path, words := range map[string][]string{
		listPath:                  {"Changes are reviewed", "ends soon", "Everybody was trained", "never made", "Head of security"},
		listPath + "/code-review": {"What has to be true.", "Each change has two names.", "entry 41", "withdrawn", "of another quarter", "not of the platform any more", "90 days at most"},
		listPath + "/training":    {"Nobody has attested it", "State it"},
	} {
		page := s.Check(path)
		for _, w := range words {
			if !strings.Contains(page.Body, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
	}
	if got := s.Get(listPath + "/weather").Status; got != 404 {
		t.Errorf("what nobody asks is answered with %d", got)
	}
	operations, _ := site(t, access.Operations)
	if strings.Contains(operations.Get(listPath+"/training").Body, "State it") {
		t.Error("somebody who may not attest is offered the form")
	}
}

func TestAttest(t *testing.T) {
	s, r := site(t, access.Security)
	form := url.Values{"text": {"Each change has two names."}, "reference": {"records"}, "digest": {strings.Repeat("0a", 32)}, "until": {"2027-01-31"}}
	if got := s.Post(listPath+"/code-review", form); got.Status != 303 || got.To != listPath+"/code-review?done=attested" {
		t.Errorf("it is answered with %d to %s", got.Status, got.To)
	}
	if len(r.made) != 1 || r.made[0].Of != "code-review" || !r.made[0].Until.Equal(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("it states %+v", r.made)
	}
	r.err = fault.New(fault.Invalid, "the digest of the evidence is no SHA-256")
	if got := s.Post(listPath+"/code-review", form); got.Status != 400 || !strings.Contains(got.Body, "no SHA-256") || !strings.Contains(got.Body, "Each change has two names.") {
		t.Errorf("a refused form is answered with %d", got.Status)
	}
	form.Set("until", "soon")
	if got := s.Post(listPath+"/code-review", form); got.Status != 400 || !strings.Contains(got.Body, "the day is not a date") {
		t.Errorf("a form without a day is answered with %d", got.Status)
	}
	r.err = nil
	if got := s.Post(listPath+"/code-review/withdraw", url.Values{"attestation": {"at_1"}, "why": {"of another quarter"}}); got.Status != 303 || len(r.withdrawn) != 1 || r.withdrawn[0] != "at_1 of another quarter" {
		t.Errorf("withdrawing is answered with %d: %q", got.Status, r.withdrawn)
	}
}
