package accounts_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/task"
)

// idle does the daily look for service accounts that nobody uses.
func (w *world) idle(org id.Org) {
	w.t.Helper()
	w.check(w.ask(org, newJob(task.DisableIdle, struct{}{})))
	w.work()
}

func (w *world) account(by access.Actor, name string) accounts.Account {
	w.t.Helper()
	all, err := w.ServiceAccounts(w.t.Context(), by)
	w.check(err)
	i := slices.IndexFunc(all, func(x accounts.Account) bool { return x.Name == name })
	if i < 0 {
		w.t.Fatalf("there is no %s among %+v", name, all)
	}
	return all[i]
}

// TestIdleAccountsAreDisabled: after 30 days without use, not before, whether it was ever used or not; enabled again it has 30 days again.
func TestIdleAccountsAreDisabled(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		org := made.Organisation.ID
		used, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "used", Purpose: access.CI, Expires: w.clock.now().AddDate(0, 6, 0)})
		w.check(err)
		_, err = w.CreateToken(ctx, owner, accounts.NewToken{Name: "never", Purpose: access.CI, Expires: w.clock.now().AddDate(0, 6, 0)})
		w.check(err)
		w.clock.add(20 * 24 * time.Hour)
		w.who(used.Text)
		w.idle(org)
		if w.account(owner, "used").Disabled || w.account(owner, "never").Disabled {
			t.Error("one is disabled after 20 days")
		}
		w.clock.add(11 * 24 * time.Hour)
		w.idle(org)
		never := w.account(owner, "never")
		if !never.Disabled || never.Why == "" || never.Tokens != 1 || w.account(owner, "used").Disabled {
			t.Errorf("after 31 days: %+v, and the one that is used %+v", never, w.account(owner, "used"))
		}
		if e := w.last(org); e.kind != "service.disabled" || e.values["reason"] == "" || e.values["account"] != never.ID {
			t.Errorf("the ledger ends with %+v", e)
		}
		if u := w.account(owner, "used").Used; u.IsZero() || w.clock.now().Sub(u) < 10*24*time.Hour {
			t.Errorf("it was used at %s", u)
		}
		_, err = w.ChangeServiceAccount(ctx, owner, never.ID, accounts.AccountChange{Disabled: ptr(false)})
		w.check(err)
		w.idle(org)
		if w.account(owner, "never").Disabled {
			t.Error("it is disabled at once after it was enabled")
		}
		w.clock.add(31 * 24 * time.Hour)
		w.idle(org)
		if !w.account(owner, "never").Disabled || !w.account(owner, "used").Disabled {
			t.Error("one is enabled after 31 days more")
		}
		if _, err := w.Authenticate(ctx, accounts.Attempt{Token: string(used.Text.Expose())}); !errors.Is(err, accounts.ErrUnauthenticated) {
			t.Errorf("a token of a disabled account: %v", err)
		}
		_, err = w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.CI, Account: never.ID, Expires: w.clock.now().Add(time.Hour)})
		w.refused(err, fault.Conflict, "disabled")
	})
}

// TestAccountsOfWhoHasLeft: they go on, are shown as orphaned, and take another owner who is a member.
func TestAccountsOfWhoHasLeft(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		m, admin := w.member(owner, "admin", access.Admin)
		tk, err := w.CreateToken(ctx, admin, accounts.NewToken{Name: "pipeline", Purpose: access.CI, Expires: w.clock.now().Add(time.Hour)})
		w.check(err)
		if x := w.account(owner, "pipeline"); x.Owner != m.Person || x.Orphaned {
			t.Errorf("%+v", x)
		}
		w.check(w.RemoveMember(ctx, owner, m.Person, "left"))
		x := w.account(owner, "pipeline")
		if !x.Orphaned || x.Disabled {
			t.Errorf("%+v", x)
		}
		w.who(tk.Text)
		gone, _ := w.member(owner, "gone", access.Viewer)
		w.check(w.RemoveMember(ctx, owner, gone.Person, "left"))
		_, err = w.ChangeServiceAccount(ctx, owner, x.ID, accounts.AccountChange{Owner: &gone.Person})
		w.refused(err, fault.NotFound, "no such member") // who has left cannot answer for it
		_, err = w.ChangeServiceAccount(ctx, owner, x.ID, accounts.AccountChange{Owner: &made.Owner.Person, Version: 7})
		w.refused(err, fault.Conflict, "")
		_, err = w.ChangeServiceAccount(ctx, owner, x.ID, accounts.AccountChange{Owner: &made.Owner.Person})
		w.check(err)
		if x := w.account(owner, "pipeline"); x.Orphaned || x.Owner != made.Owner.Person {
			t.Errorf("%+v", x)
		}
		_, err = w.ChangeServiceAccount(ctx, owner, x.ID, accounts.AccountChange{Disabled: ptr(true)})
		w.refused(err, fault.Invalid, "reason")
	})
}

// TestSourceAddresses: from elsewhere, and from nobody knows where, a token is as one that is not there.
func TestSourceAddresses(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, owner := w.organisation("contoso")
		tk, err := w.CreateToken(ctx, owner, accounts.NewToken{
			Name: "x", Purpose: access.CI, Addresses: []string{"192.0.2.0/24", "2001:db8::/48"}, Expires: w.clock.now().Add(time.Hour),
		})
		w.check(err)
		for addr, good := range map[string]bool{"192.0.2.7": true, "::ffff:192.0.2.7": true, "2001:db8::1": true, "192.0.3.7": false, "2001:db9::1": false, "127.0.0.1": false, "": false} {
			var from netip.Addr
			if addr != "" {
				from = netip.MustParseAddr(addr)
			}
			_, err := w.Authenticate(ctx, accounts.Attempt{Token: string(tk.Text.Expose()), Addr: from})
			if good && err != nil || !good && !errors.Is(err, accounts.ErrUnauthenticated) {
				t.Errorf("from %q: %v", addr, err)
			}
		}
	})
}

// TestNetworksOfPeople: the networks that an organisation names hold for its people at the command line as in a browser. A program has its own.
func TestNetworksOfPeople(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		w.Policy = func(_ context.Context, org id.Org) (identity.Policy, error) {
			if org != owner.Org {
				t.Errorf("the policy of %s is asked for", org)
			}
			return identity.Policy{Addresses: []string{"192.0.2.0/24"}}, nil
		}
		person, err := w.IssueInteractive(ctx, accounts.Interactive{Org: owner.Org, Person: made.Owner.Person, Name: "a laptop"})
		w.check(err)
		program, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.CI, Expires: w.clock.now().Add(time.Hour)})
		w.check(err)
		for addr, good := range map[string]bool{"192.0.2.7": true, "::ffff:192.0.2.7": true, "192.0.3.7": false} {
			_, err := w.Authenticate(ctx, accounts.Attempt{Token: string(person.Text.Expose()), Addr: netip.MustParseAddr(addr)})
			if good && err != nil || !good && !errors.Is(err, accounts.ErrUnauthenticated) {
				t.Errorf("from %q: %v", addr, err)
			}
			_, err = w.Authenticate(ctx, accounts.Attempt{Token: string(program.Text.Expose()), Addr: netip.MustParseAddr(addr)})
			w.check(err)
		}
		// Whoever is elsewhere can still give the token back.
		w.check(w.DropToken(ctx, accounts.Attempt{Token: string(person.Text.Expose()), Addr: netip.MustParseAddr("192.0.3.7"), Surface: access.CLI, Purpose: "log out", Request: "rq"}, "logged out"))
		_, err = w.Authenticate(ctx, accounts.Attempt{Token: string(person.Text.Expose()), Addr: netip.MustParseAddr("192.0.2.7")})
		if !errors.Is(err, accounts.ErrUnauthenticated) {
			t.Errorf("%v", err)
		}
	})
}

// TestNoEscalation: for each role that may make tokens, each purpose and each scope, the token's actor may nothing that its maker may not.
func TestNoEscalation(t *testing.T) {
	w := newWorld(t, "SQLite")
	_, owner := w.organisation("contoso")
	_, admin := w.member(owner, "admin", access.Admin)
	programs := []access.Purpose{access.CI, access.Reporting, access.Provisioning, access.Streaming}
	asked, refused := 0, 0
	can := func(a access.Actor, act access.Action) bool {
		a.Fresh = true
		for _, p := range []id.Project{"", id.LocalProject} {
			if _, err := access.Decide(a, act, access.Resource{Project: p}); err == nil {
				return true
			}
		}
		return false
	}
	for _, maker := range []access.Actor{owner, admin} {
		for _, purpose := range programs {
			tk, err := w.CreateToken(t.Context(), maker, accounts.NewToken{Name: "x", Purpose: purpose, Expires: w.clock.now().Add(time.Hour)})
			if err != nil {
				w.refused(err, fault.Denied, "you may not")
				refused++
				continue
			}
			program := w.who(tk.Text)
			if len(program.Roles) != 0 || program.For != purpose || program.ID.Person() != "" {
				t.Errorf("%s: %+v", purpose, program)
			}
			for _, row := range access.Table() {
				if can(program, row.Action) {
					asked++
					if !can(maker, row.Action) {
						t.Errorf("a token for %s of %v may %s, and its maker may not", purpose, maker.Roles, row.Action)
					}
				}
			}
			for _, other := range programs {
				for _, act := range other.Actions() {
					if !slices.Contains(purpose.Actions(), act) && can(program, act) {
						t.Errorf("a token for %s may %s, which is of %s", purpose, act, other)
					}
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("%d rights were looked at, %d tokens refused: the test looks at nothing", asked, refused)
	}
}

// TestReach: what is shown is what the token can do, and why it cannot.
func TestReach(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
		w.check(err)
		_, err = w.CreateProject(ctx, owner, accounts.NewProject{Slug: "web", Name: "Web"})
		w.check(err)
		scope := access.Action("scan.read")
		tk, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.CI, Project: p.ID, Scopes: []access.Action{scope}, Expires: w.clock.now().Add(time.Hour)})
		w.check(err)
		r, err := w.Reach(ctx, owner, tk.Token.ID)
		w.check(err)
		if !r.Effective || !slices.Equal(r.Actions, []access.Action{scope}) || len(r.Projects) != 1 || r.Projects[0].ID != p.ID || !strings.HasPrefix(r.As, "service account sa_") {
			t.Errorf("%+v", r)
		}
		program := w.who(tk.Text)
		own, err := w.Reach(ctx, program, tk.Token.ID)
		if err == nil && !slices.Equal(own.Actions, r.Actions) || err != nil && fault.KindOf(err) != fault.Denied {
			t.Errorf("its own: %+v, %v", own, err)
		}
		if _, err := w.Reach(ctx, program, made.Token.Token.ID); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Denied {
			t.Errorf("another one's: %v", err)
		}
		mine, err := w.Reach(ctx, owner, made.Token.Token.ID)
		w.check(err)
		if !mine.Effective || len(mine.Actions) < 20 || len(mine.Projects) != 2 || !strings.Contains(mine.As, "owner") {
			t.Errorf("%+v", mine)
		}
		w.check(w.RevokeToken(ctx, owner, tk.Token.ID, "because"))
		if r, err = w.Reach(ctx, owner, tk.Token.ID); err != nil || r.Effective || !strings.Contains(r.Why, "revoked") {
			t.Errorf("%+v, %v", r, err)
		}
		op, err := w.Reach(ctx, w.operator, strings.TrimPrefix(string(w.operator.ID), "token:"))
		if err != nil || op.As != "operator" || len(op.Actions) == 0 {
			t.Errorf("%+v, %v", op, err)
		}
	})
}

// TestMembershipsThatEnd: from that moment on the person is refused, on every token; an auditor always has an end.
func TestMembershipsThatEnd(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		auditor, a := w.member(owner, "auditor", access.Auditor)
		if left := auditor.Until.Sub(w.clock.now()); left < 89*24*time.Hour || left > tenant.AuditorDays*24*time.Hour {
			t.Errorf("it ends at %s", auditor.Until)
		}
		text := w.signIn(a.Org, auditor.Person).Text
		_, err := w.AddMember(ctx, owner, accounts.NewMember{Name: "x", Email: "x@contoso.example", Role: access.Auditor, Until: w.clock.now().AddDate(0, 0, 400)})
		w.refused(err, fault.Invalid, "365")
		_, err = w.AddMember(ctx, owner, accounts.NewMember{Name: "x", Email: "x@contoso.example", Role: access.Viewer, Until: w.clock.now().Add(-time.Hour)})
		w.refused(err, fault.Invalid, "over already")
		m, err := w.ChangeMember(ctx, owner, auditor.Person, accounts.MemberChange{Until: &time.Time{}})
		w.check(err)
		if m.Until.IsZero() {
			t.Error("an auditor without an end")
		}
		_, err = w.ChangeMember(ctx, owner, made.Owner.Person, accounts.MemberChange{Until: ptr(w.clock.now().AddDate(0, 1, 0))})
		w.refused(err, fault.Conflict, "last owner") // who would be the owner then
		w.clock.add(86 * 24 * time.Hour)
		fresh := w.signIn(a.Org, auditor.Person).Text
		w.who(fresh)
		w.clock.add(5 * 24 * time.Hour)
		for _, x := range []string{string(text.Expose()), string(fresh.Expose())} {
			if _, err := w.Authenticate(ctx, accounts.Attempt{Token: x}); !errors.Is(err, accounts.ErrUnauthenticated) {
				t.Errorf("after the end: %v", err)
			}
		}
		_, err = w.IssueInteractive(ctx, accounts.Interactive{Org: a.Org, Person: auditor.Person, Name: "x"})
		w.refused(err, fault.NotFound, "no such member")
	})
}

// TestOperatorLeavesAnOwner: the operator's erasure of a person stops at the last owner of an organisation, before anything is changed and while the job runs.
func TestOperatorLeavesAnOwner(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		person := made.Owner.Person
		before := w.entries(made.Organisation.ID)
		err := w.ErasePerson(ctx, w.operator, person, "asked for")
		w.refused(err, fault.Conflict, "last owner")
		if !strings.Contains(err.Error(), string(made.Organisation.ID)) || w.entries(made.Organisation.ID) != before {
			t.Errorf("%v, with entries", err)
		}
		second, _ := w.member(owner, "second", access.Owner)
		w.check(w.ErasePerson(ctx, w.operator, person, "asked for"))
		c := w.claimOf(task.Erase)
		gone := second
		gone.Removed = true // the second one leaves before the job has come here
		s, err := access.Decide(owner, access.MemberChange, access.Resource{})
		w.check(err)
		ch := &accounts.Change{Members: []tenant.Member{gone}}
		ch.Envelope = envelope(s, w.clock.now())
		_, err = w.store.Commit(ctx, ch)
		w.check(err)
		w.refused(w.Erase(ctx, c), fault.Conflict, "last owner")
		if left := w.rows(made.Organisation.ID, `SELECT id FROM member WHERE role = 'owner' AND removed = 0`); len(left) != 1 || left[0] != person {
			t.Errorf("the owners are %v", left)
		}
	})
}

// TestPersonsTokensEnd: how long a token that acts as a person lives at most.
func TestPersonsTokensEnd(t *testing.T) {
	w := newWorld(t, "SQLite")
	made, _ := w.organisation("contoso")
	_, err := w.IssueInteractive(t.Context(), accounts.Interactive{Org: made.Organisation.ID, Person: made.Owner.Person, Name: "x", Life: identity.MaxInteractiveLife + time.Hour})
	w.refused(err, fault.Invalid, "90 days")
	if life := made.Token.Token.Expires.Sub(made.Token.Token.Created); life > identity.MaxInteractiveLife {
		t.Errorf("the first owner's lives for %s", life)
	}
}
