package accounts_test

import (
	"errors"
	"fmt"
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
)

func TestMembers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		org := made.Organisation.ID
		in := accounts.NewMember{Name: "Site Architect", Email: "Architect@Contoso.example", Role: access.Architect}
		m, err := w.AddMember(ctx, owner, in)
		w.check(err)
		if !id.Is(id.PrefixPerson, m.Person) || m.Email != "architect@contoso.example" || m.Version != 1 {
			t.Errorf("%+v", m)
		}
		e := w.last(org)
		if e.kind != "member.added" || e.values["email"] != m.Email || e.values["person"] != m.Person || e.values["role"] != "architect" {
			t.Errorf("%+v", e)
		}
		n := w.entries(org)
		_, err = w.AddMember(ctx, owner, in)
		w.refused(err, fault.Conflict, "member already")
		if w.entries(org) != n {
			t.Error("what was refused has left an entry")
		}
		all, err := w.Members(ctx, owner, false)
		w.check(err)
		if len(all) != 2 || !slices.Contains(all, m) || !slices.Contains(all, made.Owner) {
			t.Errorf("%+v", all)
		}
		changed, err := w.ChangeMember(ctx, owner, m.Person, accounts.MemberChange{Name: ptr("Chief Architect"), Role: ptr(access.Admin), Version: 1})
		w.check(err)
		if changed.Role != access.Admin || changed.Name != "Chief Architect" || changed.Version != 2 {
			t.Errorf("%+v", changed)
		}
		_, err = w.ChangeMember(ctx, owner, m.Person, accounts.MemberChange{Role: ptr(access.Viewer), Version: 1})
		w.refused(err, fault.Conflict, "changed meanwhile")
		_, err = w.ChangeMember(ctx, owner, "pn_00000000000000000000000000", accounts.MemberChange{Role: ptr(access.Viewer)})
		w.refused(err, fault.NotFound, "no such member")
		w.check(w.RemoveMember(ctx, owner, m.Person, "left the company"))
		w.refused(w.RemoveMember(ctx, owner, m.Person, "left the company"), fault.NotFound, "no such member")
		_, err = w.ChangeMember(ctx, owner, m.Person, accounts.MemberChange{Role: ptr(access.Viewer)})
		w.refused(err, fault.NotFound, "no such member")
		if all, err = w.Members(ctx, owner, false); err != nil || len(all) != 1 {
			t.Errorf("%+v, %v", all, err)
		}
		if all, err = w.Members(ctx, owner, true); err != nil || len(all) != 2 {
			t.Errorf("%+v, %v", all, err)
		}
		back, err := w.AddMember(ctx, owner, in)
		w.check(err)
		if back.Person != m.Person || back.Removed || back.Role != access.Architect || !back.Created.Equal(m.Created) {
			t.Errorf("%+v came back as %+v", m, back)
		}
		if got, err := w.Members(ctx, owner, false); err != nil || !slices.Contains(got, back) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestRolesAreGivenDownwards: on every way to a role it is given, and taken, by those alone whose own role covers it.
func TestRolesAreGivenDownwards(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		_, admin := w.member(owner, "admin", access.Admin)
		second, _ := w.member(owner, "second", access.Owner)
		reader, _ := w.member(admin, "reader", access.Viewer)
		expires := w.clock.now().Add(time.Hour)
		for what, do := range map[string]func() error{
			"add": func() error {
				_, err := w.AddMember(ctx, admin, accounts.NewMember{Name: "x", Email: "x@contoso.example", Role: access.Owner})
				return err
			},
			"raise": func() error {
				_, err := w.ChangeMember(ctx, admin, reader.Person, accounts.MemberChange{Role: ptr(access.Owner)})
				return err
			},
			"lower": func() error {
				_, err := w.ChangeMember(ctx, admin, second.Person, accounts.MemberChange{Role: ptr(access.Viewer)})
				return err
			},
			"rename": func() error {
				_, err := w.ChangeMember(ctx, admin, second.Person, accounts.MemberChange{Name: ptr("x")})
				return err
			},
			"remove": func() error { return w.RemoveMember(ctx, admin, second.Person, "because") },
			"erase":  func() error { return w.ErasePerson(ctx, admin, second.Person, "because") },
			"somebody's token": func() error {
				_, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.Interactive, Expires: expires})
				return err
			},
			"revoke": func() error { return w.RevokeToken(ctx, admin, made.Token.Token.ID, "because") },
		} {
			before := w.entries(made.Organisation.ID)
			w.refused(do(), fault.Denied, "")
			if after := w.entries(made.Organisation.ID); after != before && what != "add" { // the platform is told before who it is
				t.Errorf("%s: %d entries of what was refused", what, after-before)
			}
		}
		for _, role := range []access.Role{"", "operator", "root"} {
			_, err := w.AddMember(ctx, owner, accounts.NewMember{Name: "x", Email: "y@contoso.example", Role: role})
			w.refused(err, fault.Invalid, "role")
		}
	})
}

func TestLastOwnerStays(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		w.member(owner, "admin", access.Admin)
		_, err := w.ChangeMember(ctx, owner, made.Owner.Person, accounts.MemberChange{Role: ptr(access.Admin)})
		w.refused(err, fault.Conflict, "last owner")
		w.refused(w.RemoveMember(ctx, owner, made.Owner.Person, "because"), fault.Conflict, "last owner")
		w.refused(w.ErasePerson(ctx, owner, made.Owner.Person, "because"), fault.Conflict, "last owner")
		gone, _ := w.member(owner, "gone", access.Owner)
		w.check(w.RemoveMember(ctx, owner, gone.Person, "because"))
		w.refused(w.RemoveMember(ctx, owner, made.Owner.Person, "because"), fault.Conflict, "last owner")
		if _, err := w.ChangeMember(ctx, owner, made.Owner.Person, accounts.MemberChange{Name: ptr("Another Name")}); err != nil {
			t.Error(err)
		}
	})
}

// TestOwnersWhoLeaveAtOnce: several owners step down, or remove each other, at the same moment; each time at least one is left.
func TestOwnersWhoLeaveAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for round := range 6 {
			made, owner := w.organisation(fmt.Sprintf("contoso%d", round))
			people := []string{made.Owner.Person}
			actors := []access.Actor{owner}
			for i := range 2 {
				m, a := w.member(owner, fmt.Sprintf("owner%d-%d", round, i), access.Owner)
				people, actors = append(people, m.Person), append(actors, a)
			}
			var wg sync.WaitGroup
			errs := make([]error, len(people))
			for i := range people {
				wg.Go(func() {
					if round%2 == 0 {
						_, errs[i] = w.ChangeMember(ctx, actors[i], people[i], accounts.MemberChange{Role: ptr(access.Viewer)})
					} else {
						errs[i] = w.RemoveMember(ctx, actors[(i+1)%3], people[i], "because")
					}
				})
			}
			wg.Wait()
			refused := 0
			for _, err := range errs {
				if err != nil {
					refused++
					if fault.KindOf(err) != fault.Conflict {
						t.Error(err)
					}
				}
			}
			left := w.rows(made.Organisation.ID, `SELECT id FROM member WHERE role = 'owner' AND removed = 0`)
			if len(left) == 0 || len(left) != refused {
				t.Errorf("round %d: %d owners are left, and %d were refused: %v", round, len(left), refused, errs)
			}
		}
	})
}

// TestSameRequestTwice: with an idempotency key a request is one change, and its answer is given again, secret and all; another request under that key is a conflict.
func TestSameRequestTwice(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		org := made.Organisation.ID
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
		w.check(err)
		expires := w.clock.now().Add(time.Hour)
		for name, do := range map[string]func(key string) (string, error){
			"project": func(key string) (string, error) {
				v, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "web", Name: "Web", Key: w.key(key)})
				return fmt.Sprintf("%+v", v), err
			},
			"member": func(key string) (string, error) {
				v, err := w.AddMember(ctx, owner, accounts.NewMember{Name: "x", Email: "x@contoso.example", Role: access.Viewer, Key: w.key(key)})
				return fmt.Sprintf("%+v", v), err
			},
			"token": func(key string) (string, error) {
				v, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.CI, Expires: expires, Key: w.key(key)})
				return v.Token.ID + string(v.Text.Expose()), err
			},
			"connection": func(key string) (string, error) {
				v, err := w.CreateConnection(ctx, owner, accounts.NewConnection{Project: p.ID, Kind: tenant.Upload, Name: "x", Key: w.key(key)})
				return fmt.Sprintf("%+v", v), err
			},
		} {
			first, err := do(name)
			w.check(err)
			n := len(w.ledger(org))
			again, err := do(name)
			w.check(err)
			if first != again || len(w.ledger(org)) != n {
				t.Errorf("%s: %s, and again %s", name, first, again)
			}
			other := w.key(name)
			other.Digest = "sha256:11"
			_, err = w.CreateProject(ctx, owner, accounts.NewProject{Slug: "other", Name: "x", Key: other})
			w.refused(err, fault.Conflict, "idempotency key")
		}
		op := func() string {
			v, err := w.CreateToken(ctx, w.operator, accounts.NewToken{Name: "second", Purpose: access.Operation, Expires: expires, Key: w.key("op")})
			w.check(err)
			return string(v.Text.Expose())
		}
		if a, b := op(), op(); a != b {
			t.Error("two tokens of the operator")
		}
	})
}

func TestTokens(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
		w.check(err)
		q, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "web", Name: "Web"})
		w.check(err)
		now := w.clock.now()
		for says, in := range map[string]accounts.NewToken{
			"expires":     {Name: "x", Purpose: access.CI},
			"within":      {Name: "x", Purpose: access.CI, Expires: now.Add(identity.MaxProgramLife + time.Hour)},
			"name":        {Purpose: access.CI, Expires: now.Add(time.Hour)},
			"is for":      {Name: "x", About: "a\x00b", Purpose: access.CI, Expires: now.Add(time.Hour)},
			"one purpose": {Name: "x", Purpose: "everything", Expires: now.Add(time.Hour)},
			"that person": {Name: "x", Purpose: access.Interactive, Expires: now.Add(time.Hour)},
			"not made":    {Name: "x", Purpose: access.Operation, Expires: now.Add(time.Hour)},
			"part of":     {Name: "x", Purpose: access.CI, Scopes: []access.Action{"*"}, Expires: now.Add(time.Hour)},
			"of its purp": {Name: "x", Purpose: access.CI, Scopes: []access.Action{access.MemberChange}, Expires: now.Add(time.Hour)},
			"a prefix":    {Name: "x", Purpose: access.CI, Addresses: []string{"192.0.2.1/24"}, Expires: now.Add(time.Hour)},
			"such proj":   {Name: "x", Purpose: access.CI, Project: "somebody's", Expires: now.Add(time.Hour)},
			"such serv":   {Name: "x", Purpose: access.CI, Account: "sa_00000000000000000000000000", Expires: now.Add(time.Hour)},
			"no such pr":  {Name: "x", Purpose: access.CI, Project: "pj_00000000000000000000000000", Expires: now.Add(time.Hour)},
		} {
			if _, err := w.CreateToken(ctx, owner, in); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", says, err)
			}
		}
		narrow := w.program(owner, access.CI, p.ID)
		if narrow.Kind != access.Token || narrow.Project != p.ID || narrow.ID.Person() != "" {
			t.Errorf("%+v", narrow)
		}
		if list, err := w.Projects(ctx, narrow); err != nil || len(list) != 1 || list[0].ID != p.ID {
			t.Errorf("%v, %v", list, err)
		}
		_, err = w.Project(ctx, narrow, q.ID)
		w.refused(err, fault.NotFound, "no such project")
		_, err = w.CreateToken(ctx, narrow, accounts.NewToken{Name: "x", Purpose: access.CI, Expires: now.Add(time.Hour)})
		w.refused(err, fault.Denied, "")
		all, err := w.Tokens(ctx, owner)
		w.check(err)
		if len(all) != 2 || strings.Contains(fmt.Sprintf("%+v", all), string(made.Token.Text.Expose())) {
			t.Errorf("%+v", all)
		}
		_, reader := w.member(owner, "reader", access.Viewer)
		mine := w.program(owner, access.CI, "")
		list, err := w.Tokens(ctx, owner)
		w.check(err)
		own := strings.TrimPrefix(string(mine.ID), "token:")
		w.refused(w.RevokeToken(ctx, reader, own, "because"), fault.NotFound, "no such token")
		w.check(w.RevokeToken(ctx, mine, own, "it is done")) // its own
		n := len(w.ledger(made.Organisation.ID))
		w.check(w.RevokeToken(ctx, owner, own, "again"))
		if len(w.ledger(made.Organisation.ID)) != n {
			t.Error("what is revoked is revoked once")
		}
		for _, x := range list {
			if x.Person == reader.ID.Person() {
				w.check(w.RevokeToken(ctx, reader, x.ID, "it leaked"))
			}
		}
		w.refused(w.RevokeToken(ctx, owner, "tk_00000000000000000000000000", "because"), fault.NotFound, "no such token")
		w.refused(w.RevokeToken(ctx, owner, own, ""), fault.Invalid, "reason")
	})
}

func TestOperatorsTokens(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, owner := w.organisation("contoso")
		in := accounts.NewToken{Name: "second operator", Purpose: access.Operation, Expires: w.clock.now().Add(time.Hour)}
		_, err := w.CreateToken(ctx, owner, in)
		w.refused(err, fault.Invalid, "not made here")
		tk, err := w.CreateToken(ctx, w.operator, in)
		w.check(err)
		second := w.who(tk.Text)
		if all, err := w.Tokens(ctx, second); err != nil || len(all) != 2 {
			t.Errorf("%v, %v", all, err)
		}
		in.Purpose = access.CI
		_, err = w.CreateToken(ctx, second, in)
		w.refused(err, fault.Invalid, "not made here")
		w.check(w.RevokeToken(ctx, second, strings.TrimPrefix(string(w.operator.ID), "token:"), "it leaked"))
		w.refused(w.RevokeToken(ctx, second, "tk_00000000000000000000000000", "because"), fault.NotFound, "no such token")
		w.check(w.RevokeToken(ctx, second, tk.Token.ID, "closing"))
		if _, err := w.Authenticate(ctx, accounts.Attempt{Token: string(tk.Text.Expose()), Surface: access.API}); !errors.Is(err, accounts.ErrUnauthenticated) {
			t.Error(err)
		}
		if code, err := w.Begin(ctx); err != nil || code.Empty() {
			t.Errorf("without an operator there is no code: %v", err)
		}
	})
}
