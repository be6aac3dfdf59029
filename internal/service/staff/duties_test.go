package staff_test

import (
	"slices"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
	"c4arch/internal/trust/ledger"
)

// keeps writes members and tokens of contoso.
func (w *world) keeps(members []tenant.Member, tokens ...identity.Token) {
	w.t.Helper()
	c := &accounts.Change{Envelope: change.New(w.scope(w.org, access.OrganisationBegin), w.now(), ledger.Draft{Kind: "member.added"}), Members: members, Tokens: tokens}
	_, err := w.account.Commit(w.t.Context(), c)
	w.check(err)
}

func duty(t *testing.T, all []staff.Duty, name string) staff.Duty {
	t.Helper()
	i := slices.IndexFunc(all, func(d staff.Duty) bool { return d.ID == name })
	if i < 0 {
		t.Fatalf("there is no duty %s", name)
	}
	return all[i]
}

func TestDutiesAreReadOffWhatIsThere(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, now := t.Context(), w.now()
		owner, auditor, recent := w.id(id.PrefixPerson), w.id(id.PrefixPerson), w.id(id.PrefixPerson)
		w.keeps([]tenant.Member{
			{Person: owner, Name: "Owner", Email: "owner@contoso.example", Role: access.Owner, Created: now},
			{Person: auditor, Name: "Auditor", Email: "auditor@audit.example", Role: access.Auditor, Created: now},
		}, identity.Token{
			ID: w.id(id.PrefixToken), Name: "old", Person: owner, Role: access.Owner, Purpose: access.Interactive, Hash: make([]byte, 32), Created: now, Expires: now.Add(365 * 24 * time.Hour),
		})
		a := w.member(owner, access.Owner)
		_, err := w.Duties(ctx, w.member("pn_v", access.Viewer))
		w.refused(err, fault.Denied, "not allowed")
		_, err = w.Duties(ctx, colleague("pn_v", access.Administrator))
		w.refused(err, fault.NotFound, "organisation")
		all, err := w.Duties(ctx, a)
		w.check(err)
		for name, open := range map[string]bool{
			"single-sign-on": true, "owners": true, "auditors": true, "stale-members": false, "unused-tokens": false, "broad-tokens": false, "old-credentials": false, "least-privilege": false,
			"external-members": true, "addresses": true, "review": true, "watching": true,
		} {
			d := duty(t, all, name)
			if (d.State == staff.Open) != open || d.Detail == "" || (d.Do == "") == open || len(d.Clauses) == 0 {
				t.Errorf("%+v", d)
			}
		}
		if d := duty(t, all, "auditors"); !slices.Equal(d.Items, []string{auditor}) || d.Count != 1 {
			t.Errorf("%+v", d)
		}
		w.pass(91 * 24 * time.Hour)
		w.keeps([]tenant.Member{{Person: recent, Name: "Recent", Email: "recent@contoso.example", Role: access.Owner, Created: w.now()}})
		w.policies[w.org] = identity.Policy{Grants: true, Addresses: []string{"192.0.2.0/24"}, Reviewed: w.now()}
		all, err = w.Duties(ctx, a)
		w.check(err)
		stale := duty(t, all, "stale-members")
		if slices.Sort(stale.Items); stale.Count != 2 || slices.Contains(stale.Items, recent) {
			t.Errorf("%+v", stale)
		}
		for name, open := range map[string]bool{"owners": false, "unused-tokens": true, "addresses": false, "review": false, "watching": false} {
			if d := duty(t, all, name); (d.State == staff.Open) != open {
				t.Errorf("%+v", d)
			}
		}
	})
}

// TestEachDutyCanFail gives each duty what it is open for, and what keeps it.
func TestEachDutyCanFail(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	old := now.Add(-400 * 24 * time.Hour)
	many := make([]staff.PostureMember, 5)
	for i := range many {
		many[i] = staff.PostureMember{Person: "pn", Role: access.Admin, Created: now, Email: "a@contoso.example"}
	}
	program := staff.PostureToken{ID: "tk", Purpose: string(access.CI), Created: now, Expires: now.Add(90 * 24 * time.Hour)}
	narrow := program
	narrow.Narrow = true
	ending := narrow
	ending.Expires = now.Add(24 * time.Hour)
	for _, x := range []struct {
		name   string
		open   staff.Posture
		openAt identity.Policy
		kept   staff.Posture
		keptAt identity.Policy
	}{
		{"single-sign-on", staff.Posture{Providers: 1}, identity.Policy{}, staff.Posture{Providers: 1}, identity.Policy{SSO: true}},
		{"single-sign-on", staff.Posture{}, identity.Policy{SSO: true}, staff.Posture{Providers: 1}, identity.Policy{SSO: true}},
		{"least-privilege", staff.Posture{Members: many}, identity.Policy{}, staff.Posture{Members: many[:3]}, identity.Policy{}},
		{"external-members", staff.Posture{Domains: []string{"fabrikam.example"}, Members: many}, identity.Policy{}, staff.Posture{Domains: []string{"contoso.example"}, Members: many}, identity.Policy{}},
		{"broad-tokens", staff.Posture{Tokens: []staff.PostureToken{program}}, identity.Policy{}, staff.Posture{Tokens: []staff.PostureToken{narrow}}, identity.Policy{}},
		{"expiring-tokens", staff.Posture{Tokens: []staff.PostureToken{ending}}, identity.Policy{}, staff.Posture{Tokens: []staff.PostureToken{narrow}}, identity.Policy{}},
		{"old-credentials", staff.Posture{Secrets: []staff.PostureSecret{{"sk", old}}}, identity.Policy{}, staff.Posture{Secrets: []staff.PostureSecret{{"sk", now}}}, identity.Policy{}},
		{"review", staff.Posture{}, identity.Policy{Reviewed: old}, staff.Posture{}, identity.Policy{Reviewed: now}},
		{"watching", staff.Posture{}, identity.Policy{}, staff.Posture{Streams: 1}, identity.Policy{}},
	} {
		if d := duty(t, staff.JudgeForTest(x.open, x.openAt, now), x.name); d.State != staff.Open {
			t.Errorf("%+v", d)
		}
		if d := duty(t, staff.JudgeForTest(x.kept, x.keptAt, now), x.name); d.State != staff.Kept {
			t.Errorf("%+v", d)
		}
	}
}
