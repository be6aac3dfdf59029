package accounts_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
)

func TestSetup(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if got := w.kinds(id.Platform); !slices.Equal(got, []string{"setup.created", "setup.used", "token.created"}) {
			t.Errorf("the ledger has %v", got)
		}
		if w.operator.Kind != access.Staff || w.operator.Org != id.Platform || !slices.Equal(w.operator.Roles, []access.Role{access.Operator}) {
			t.Errorf("the operator is %+v", w.operator)
		}
		if again, err := w.Begin(ctx); err != nil || !again.Empty() {
			t.Errorf("with an operator there is another code, %v", err)
		}
		w.clock.add(identity.MaxProgramLife)
		first, err := w.Begin(ctx)
		w.check(err)
		second, err := w.Begin(ctx)
		w.check(err)
		if first.Empty() || string(first.Expose()) == string(second.Expose()) {
			t.Error("each start makes another code")
		}
		never, err := identity.NewSetup(rand.Reader)
		w.check(err)
		for _, code := range []string{"", "c4s_", string(never.Expose()), string(first.Expose())[:62] + "u", strings.ToUpper(string(first.Expose()))} {
			if _, err := w.Complete(ctx, code, "rq"); !errors.Is(err, accounts.ErrSetup()) {
				t.Errorf("%q: %v", code, err)
			}
		}
		if _, err := w.Complete(ctx, string(first.Expose()), "rq"); err != nil {
			t.Error(err)
		}
		for _, code := range []string{string(first.Expose()), string(second.Expose())} {
			if _, err := w.Complete(ctx, code, "rq"); !errors.Is(err, accounts.ErrSetup()) {
				t.Errorf("after one was used: %v", err)
			}
		}
	})
}

func TestSetupExpires(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.clock.add(identity.MaxProgramLife)
		code, err := w.Begin(t.Context())
		w.check(err)
		w.clock.add(accounts.SetupLasts)
		if _, err := w.Complete(t.Context(), string(code.Expose()), "rq"); !errors.Is(err, accounts.ErrSetup()) {
			t.Error(err)
		}
		if _, err := w.Begin(t.Context()); err != nil {
			t.Error(err)
		}
		if left := w.rows(id.Platform, `SELECT 'x' FROM setup WHERE used_at IS NULL`); len(left) != 1 {
			t.Errorf("%d codes are kept", len(left))
		}
	})
}

// TestSetupIsUsedOnce: of many that come at once with two codes, one gets a token.
func TestSetupIsUsedOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.clock.add(identity.MaxProgramLife)
		var codes []string
		for range 2 {
			code, err := w.Begin(t.Context())
			w.check(err)
			codes = append(codes, string(code.Expose()))
		}
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() { _, errs[i] = w.Complete(t.Context(), codes[i%2], "rq") })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, accounts.ErrSetup()) {
				t.Error(err)
			}
		}
		if done != 1 {
			t.Errorf("%d tokens", done)
		}
	})
}

// TestAuthenticate: whatever is wrong with a token, the answer is the same, and so are the statements where it names an organisation that is there.
func TestAuthenticate(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		m, owner := w.organisation("contoso")
		org := m.Organisation.ID
		if owner.Kind != access.Person || owner.ID.Person() != m.Owner.Person || owner.Org != org || !slices.Equal(owner.Roles, []access.Role{access.Owner}) || owner.Request != "rq_test" {
			t.Errorf("the owner is %+v", owner)
		}
		make1 := func(person string, life time.Duration) (string, string) {
			var tk accounts.Issued
			var err error
			if person == "" {
				tk, err = w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.CI, Expires: w.clock.now().Add(life)})
			} else {
				tk, err = w.IssueInteractive(ctx, accounts.Interactive{Org: org, Person: person, Name: "x", Life: life})
			}
			w.check(err)
			return string(tk.Text.Expose()), tk.Token.ID
		}
		try := func(text string) error {
			_, err := w.Authenticate(ctx, accounts.Attempt{Token: text, Surface: access.API})
			return err
		}
		revoked, name := make1("", time.Hour)
		w.check(w.RevokeToken(ctx, owner, name, "it leaked"))
		expired, _ := make1("", time.Minute)
		leaver, err := w.AddMember(ctx, owner, accounts.NewMember{Name: "Leaver", Email: "leaver@contoso.example", Role: access.Admin})
		w.check(err)
		left, _ := make1(leaver.Person, time.Hour)
		w.check(try(left))
		w.check(w.RemoveMember(ctx, owner, leaver.Person, "left the company"))
		// One whose tokens were not revoked with the membership: the membership itself counts.
		quiet, err := w.AddMember(ctx, owner, accounts.NewMember{Name: "Quiet", Email: "quiet@contoso.example", Role: access.Admin})
		w.check(err)
		unrevoked, _ := make1(quiet.Person, time.Hour)
		w.check(try(unrevoked))
		scope, err := access.Decide(owner, access.MemberChange, access.Resource{})
		w.check(err)
		quiet.Removed = true
		_, err = w.store.Commit(ctx, &accounts.Change{Envelope: change.New(scope, w.clock.now(), draft("organisation.changed")), Members: []tenant.Member{quiet}})
		w.check(err)
		good, _ := make1("", time.Hour)
		w.clock.add(2 * time.Minute)
		never, err := identity.NewToken(org, rand.Reader)
		w.check(err)

		w.clock.add(time.Minute)
		w.check(try(good)) // that it was used is noted the first time
		w.clock.add(time.Minute)
		want := w.statements(func() { w.check(try(good)) })
		if len(want) == 0 {
			t.Fatal("no statement was heard")
		}
		for what, text := range map[string]string{"revoked": revoked, "expired": expired, "left": left, "left quietly": unrevoked, "never": string(never.Expose())} {
			w.clock.add(time.Minute) // the directory is asked again after a while, and then by everybody
			got := w.statements(func() {
				if err := try(text); err != accounts.ErrUnauthenticated { //nolint:errorlint // it is that very value
					t.Errorf("%s: %v", what, err)
				}
			})
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, and not %q", what, got, want)
			}
		}
		nowhere, err := identity.NewToken("og_01jq8z6y5x4w3v2t1s0r9q8p7n", rand.Reader)
		w.check(err)
		other, err := identity.NewToken(id.Platform, rand.Reader)
		w.check(err)
		for _, text := range []string{"", "c4a_", good + "x", good[1:], string(nowhere.Expose()), string(other.Expose()), strings.Replace(good, string(org), "platform", 1), "c4a_local_" + good[len(good)-59:]} {
			if err := try(text); err != accounts.ErrUnauthenticated { //nolint:errorlint // it is that very value
				t.Errorf("%q: %v", text, err)
			}
		}
		if fault.KindOf(accounts.ErrUnauthenticated) != fault.Denied {
			t.Error("it is not denied")
		}
	})
}

// TestRoleOfAToken: a token that a person has never does more than the person.
func TestRoleOfAToken(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, owner := w.organisation("contoso")
		m, err := w.AddMember(ctx, owner, accounts.NewMember{Name: "Someone", Email: "someone@contoso.example", Role: access.Admin})
		w.check(err)
		tk, err := w.IssueInteractive(ctx, accounts.Interactive{Org: owner.Org, Person: m.Person, Name: "x"})
		w.check(err)
		for role, want := range map[access.Role]access.Role{access.Owner: access.Admin, access.Viewer: access.Viewer, access.Auditor: access.Auditor, access.Admin: access.Admin} {
			_, err := w.ChangeMember(ctx, owner, m.Person, accounts.MemberChange{Role: &role})
			w.check(err)
			if got := w.who(tk.Text).Roles; !slices.Equal(got, []access.Role{want}) {
				t.Errorf("an admin's token of somebody who is %s by now is %v", role, got)
			}
		}
	})
}
