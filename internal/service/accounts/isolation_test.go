package accounts_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/store/account"
)

// names are the ids of things: those that another organisation has, or those that nobody has.
type names struct {
	org                               id.Org
	project                           id.Project
	person, token, connection, secret string
	account                           string
	hash                              []byte
}

var nobodys = names{
	org: "og_01jq8z6y5x4w3v2t1s0r9q8p7n", project: "pj_01jq8z6y5x4w3v2t1s0r9q8p7n", person: "pn_01jq8z6y5x4w3v2t1s0r9q8p7n", token: "tk_01jq8z6y5x4w3v2t1s0r9q8p7n",
	account: "sa_01jq8z6y5x4w3v2t1s0r9q8p7n", connection: "cn_01jq8z6y5x4w3v2t1s0r9q8p7n", secret: "sk_01jq8z6y5x4w3v2t1s0r9q8p7n", hash: make([]byte, 32),
}

// theirs makes an organisation that has one of everything.
func (w *world) theirs() names {
	ctx := w.t.Context()
	made, owner := w.organisation("fabrikam")
	p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
	w.check(err)
	c, err := w.CreateConnection(ctx, owner, accounts.NewConnection{Project: p.ID, Kind: tenant.Upload, Name: "x", Credential: secret.New([]byte(credential))})
	w.check(err)
	x, err := w.CreateServiceAccount(ctx, owner, accounts.NewAccount{Name: "x"})
	w.check(err)
	return names{
		account: x.ID, org: made.Organisation.ID, project: p.ID, person: made.Owner.Person, token: made.Token.Token.ID, connection: c.ID, secret: c.Secret, hash: identity.Hash(made.Token.Text.Expose()),
	}
}

// asks are the methods of the store that take an id, as an organisation that has nothing of that id calls them.
var asks = map[string]func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error{
	"Project": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		_, err := st.Project(ctx, s(access.ProjectRead, n.project), n.project)
		return err
	},
	"Member": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		_, err := st.Member(ctx, s(access.MemberList, ""), n.person)
		return err
	},
	"Credential": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		_, err := st.Credential(ctx, s(access.TokenList, ""), n.hash)
		return err
	},
	"Used": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		return st.Used(ctx, s(access.TokenList, ""), n.token, n.account, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	},
	"AllConnections": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		list, err := st.AllConnections(ctx, s(access.ProjectList, ""))
		if slices.ContainsFunc(list, func(c tenant.Connection) bool { return c.ID == n.connection }) {
			return fmt.Errorf("%v", list)
		}
		return err
	},
	"Connections": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		list, err := st.Connections(ctx, s(access.ConnectionList, n.project))
		if len(list) > 0 {
			return fmt.Errorf("%v", list)
		}
		return err
	},
	"Connection": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		_, err := st.Connection(ctx, s(access.ConnectionList, n.project), n.connection)
		return err
	},
	"Secret": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		_, err := st.Secret(ctx, s(access.SecretOpen, ""), n.secret)
		return err
	},
	"Unseal": func(ctx context.Context, st *account.Store, s func(access.Action, id.Project) access.Scope, n names) error {
		_, err := st.Unseal(ctx, s(access.SecretOpen, ""), n.secret)
		return err
	},
}

// without are the methods that take no id of a thing of an organisation: they give the scope's own, or are of the platform.
var without = []string{"Organisation", "Projects", "Members", "Tokens", "ServiceAccounts", "Commit", "Entry", "Entries", "PersonByEmail", "Person", "Operators", "Operate"}

// writes are changes of things by their ids, and of what refers to them.
func writes(s func(access.Action, id.Project) access.Scope, n names, at time.Time) map[string]*accounts.Change {
	env := func(expect ...change.Expect) change.Envelope {
		e := change.New(s(access.OrganisationChange, ""), at, draft("organisation.changed"))
		e.Expect = expect
		return e
	}
	account := identity.Service{ID: "sa_00000000000000000000000000", Name: "x", Owner: n.person, Created: at, Enabled: at}
	t := identity.Token{ID: "tk_00000000000000000000000000", Name: "x", Role: access.Viewer, Purpose: access.CI, Hash: make([]byte, 32), Created: at, Expires: at}
	of, narrowed := t, t
	of.Person, narrowed.Project = n.person, n.project
	con := tenant.Connection{ID: "cn_00000000000000000000000000", Project: n.project, Kind: tenant.Upload, Name: "x", Created: at}
	return map[string]*accounts.Change{
		"organisation":        {Envelope: env(), Organisation: &tenant.Organisation{ID: n.org, Slug: "x", Name: "x", Approvals: 1, Version: 1}},
		"project":             {Envelope: env(), Projects: []tenant.Project{{ID: n.project, Slug: "x", Name: "x", Version: 1}}},
		"member":              {Envelope: env(), Members: []tenant.Member{{Person: n.person, Name: "x", Email: "x", Role: access.Owner, Version: 1}}},
		"token":               {Envelope: env(), Tokens: []identity.Token{{ID: n.token, Name: "x", Revoked: true, Version: 1}}},
		"account":             {Envelope: env(), Accounts: []identity.Service{{ID: n.account, Name: "x", Owner: n.person, Created: at, Enabled: at, Version: 1}}},
		"account of a member": {Envelope: env(), Accounts: []identity.Service{account}},
		"expected account":    {Envelope: env(change.Expect{Kind: "service_account", ID: n.account, Version: 1})},
		"token of a member":   {Envelope: env(), Tokens: []identity.Token{of}},
		"token of a project":  {Envelope: env(), Tokens: []identity.Token{narrowed}},
		"secret":              {Envelope: env(), Secrets: []accounts.Secret{{ID: n.secret, Version: 1}}},
		"no secret":           {Envelope: env(), GoneSecrets: []accounts.Secret{{ID: n.secret, Version: 1}}},
		"connection":          {Envelope: env(), Connections: []tenant.Connection{{ID: n.connection, Project: n.project, Name: "x", Version: 1}}},
		"new connection":      {Envelope: env(), Connections: []tenant.Connection{con}},
		"no connection":       {Envelope: env(), GoneConnections: []tenant.Connection{{ID: n.connection, Project: n.project, Version: 1}}},
		"expected project":    {Envelope: env(change.Expect{Kind: "project", ID: string(n.project), Version: 1})},
		"expected member":     {Envelope: env(change.Expect{Kind: "member", ID: n.person, Version: 1})},
	}
}

// TestIsolation: what another organisation has is, for every method of the store, what nobody has: the same error, and the same statements in the same order.
func TestIsolation(t *testing.T) {
	for m := range reflect.TypeFor[*account.Store]().Methods() {
		if _, ok := asks[m.Name]; !ok && !slices.Contains(without, m.Name) {
			t.Errorf("the method %s of the store is not listed", m.Name)
		}
	}
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		theirs := w.theirs()
		ours, owner := w.organisation("contoso")
		before := w.state(theirs.org)
		own := w.state(ours.Organisation.ID)
		scope := func(act access.Action, p id.Project) access.Scope {
			s, err := access.Decide(owner, act, access.Resource{Project: p})
			w.check(err)
			return s
		}
		same := func(what string, ask func(names) error, want ...fault.Kind) {
			t.Helper()
			var errs [2]string
			var said [2][]string
			for i, n := range []names{nobodys, theirs} {
				w.clock.add(time.Minute)
				said[i] = w.statements(func() {
					err := ask(n)
					errs[i] = fmt.Sprint(err)
					if !slices.Contains(want, fault.KindOf(err)) {
						t.Errorf("%s: %v is %q", what, err, fault.KindOf(err))
					}
				})
			}
			if errs[0] != errs[1] {
				t.Errorf("%s: %s, and of what nobody has %s", what, errs[1], errs[0])
			}
			if !slices.Equal(said[0], said[1]) || len(said[0]) == 0 {
				t.Errorf("%s: the statements are\n%s\nand for what nobody has\n%s", what, strings.Join(said[1], "\n"), strings.Join(said[0], "\n"))
			}
		}
		for name, ask := range asks {
			want := fault.NotFound
			if name == "Connections" || name == "AllConnections" || name == "Used" {
				want = ""
			}
			same(name, func(n names) error { return ask(ctx, w.store, scope, n) }, want)
		}
		for name := range writes(scope, nobodys, w.clock.now()) {
			same("write "+name, func(n names) error {
				_, err := w.store.Commit(ctx, writes(scope, n, w.clock.now())[name])
				return err
			}, fault.Conflict, fault.Invalid)
		}
		if !slices.Equal(w.state(theirs.org), before) {
			t.Error("what another organisation has was changed")
		}
		if !slices.Equal(w.state(ours.Organisation.ID), own) {
			t.Error("what was refused has changed something")
		}
	})
}

// TestUseCasesAreIsolated: the same for the use cases, with the rights of an owner.
func TestUseCasesAreIsolated(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		theirs := w.theirs()
		_, owner := w.organisation("contoso")
		mine, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "mine", Name: "Mine"})
		w.check(err)
		expires := w.clock.now().Add(24 * time.Hour)
		before := w.state(theirs.org)
		for name, ask := range map[string]func(names) error{
			"Project": func(n names) error { _, err := w.Project(ctx, owner, n.project); return err },
			"ChangeProject": func(n names) error {
				_, err := w.ChangeProject(ctx, owner, n.project, accounts.ProjectChange{Name: ptr("x")})
				return err
			},
			"ChangeMember": func(n names) error {
				_, err := w.ChangeMember(ctx, owner, n.person, accounts.MemberChange{Name: ptr("x")})
				return err
			},
			"RemoveMember": func(n names) error { return w.RemoveMember(ctx, owner, n.person, "because") },
			"ErasePerson":  func(n names) error { return w.ErasePerson(ctx, owner, n.person, "because") },
			"token of a service account": func(n names) error {
				_, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Account: n.account, Purpose: access.CI, Expires: expires})
				return err
			},
			"ChangeServiceAccount": func(n names) error {
				_, err := w.ChangeServiceAccount(ctx, owner, n.account, accounts.AccountChange{Name: ptr("x")})
				return err
			},
			"service account of a member": func(n names) error {
				_, err := w.CreateServiceAccount(ctx, owner, accounts.NewAccount{Name: "x", Owner: n.person})
				return err
			},
			"IssueInteractive": func(n names) error {
				_, err := w.IssueInteractive(ctx, accounts.Interactive{Org: owner.Org, Person: n.person, Name: "x"})
				return err
			},
			"token, narrowed": func(n names) error {
				_, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Project: n.project, Purpose: access.CI, Expires: expires})
				return err
			},
			"RevokeToken": func(n names) error { return w.RevokeToken(ctx, owner, n.token, "because") },
			"Connections": func(n names) error { _, err := w.Connections(ctx, owner, n.project); return err },
			"CreateConnection": func(n names) error {
				_, err := w.CreateConnection(ctx, owner, accounts.NewConnection{Project: n.project, Kind: tenant.Upload, Name: "x"})
				return err
			},
			"ReplaceCredential": func(n names) error {
				_, err := w.ReplaceCredential(ctx, owner, n.project, n.connection, secret.New([]byte("x")))
				return err
			},
			"their connection": func(n names) error { return w.RemoveConnection(ctx, owner, mine.ID, n.connection) },
			"RemoveConnection": func(n names) error { return w.RemoveConnection(ctx, owner, n.project, n.connection) },
			"OpenSecret":       func(n names) error { _, err := w.OpenSecret(ctx, owner, n.secret, "because"); return err },
		} {
			w.clock.add(time.Minute)
			var nobody, other error
			want := w.statements(func() { nobody = ask(nobodys) })
			w.clock.add(time.Minute)
			got := w.statements(func() { other = ask(theirs) })
			if fault.KindOf(other) != fault.NotFound || nobody == nil || other.Error() != nobody.Error() {
				t.Errorf("%s: %v, and of what nobody has %v", name, other, nobody)
			}
			if !slices.Equal(got, want) || len(got) == 0 {
				t.Errorf("%s: the statements are\n%s\nand for what nobody has\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		if !slices.Equal(w.state(theirs.org), before) {
			t.Error("what another organisation has was changed")
		}
	})
}

// TestAddingSomebodyTellsNothing: whether other organisations have the person or not, the same statements are run, and the id holds no time.
func TestAddingSomebodyTellsNothing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, other := w.organisation("fabrikam")
		_, owner := w.organisation("contoso")
		_, err := w.AddMember(ctx, other, accounts.NewMember{Name: "Known", Email: "known@people.example", Role: access.Viewer})
		w.check(err)
		w.clock.add(365 * 24 * time.Hour / 2)
		add := func(email string) (m tenant.Member, said []string) {
			w.clock.add(time.Minute)
			said = w.statements(func() {
				var err error
				m, err = w.AddMember(ctx, owner, accounts.NewMember{Name: "x", Email: email, Role: access.Viewer})
				w.check(err)
			})
			return m, said
		}
		add("first@people.example") // what is done once, for the home
		known, a := add("known@people.example")
		fresh, b := add("fresh@people.example")
		if !slices.Equal(a, b) {
			t.Errorf("the statements are\n%s\nand for somebody new\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
		if known.Person[:13] != fresh.Person[:13] {
			t.Errorf("%s and %s hold a time", known.Person, fresh.Person)
		}
	})
}

// TestWrongHome: a scope of the platform reads no organisation's tables, an organisation's none of the platform's, and the zero scope nothing.
func TestWrongHome(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, owner := w.organisation("contoso")
		s, err := access.Decide(owner, access.MemberChange, access.Resource{})
		w.check(err)
		p, err := access.Decide(w.operator, access.PlatformOperate, access.Resource{})
		w.check(err)
		for _, scope := range []access.Scope{{}, s} {
			for _, err := range []error{
				second(w.store.Entry(ctx, scope, owner.Org)), second(w.store.Entries(ctx, scope, "", 10)), second(w.store.PersonByEmail(ctx, scope, "owner@contoso.example")),
				second(w.store.Person(ctx, scope, owner.ID.Person())), second(w.store.Operators(ctx, scope)),
				second(w.store.Operate(ctx, &accounts.PlatformChange{Envelope: change.New(scope, w.clock.now(), draft("key.rotated"))})),
			} {
				w.refused(err, fault.NotFound, "no such organisation")
			}
		}
		for _, scope := range []access.Scope{{}, p} {
			for _, err := range []error{
				second(w.store.Organisation(ctx, scope)), second(w.store.Projects(ctx, scope)), second(w.store.Members(ctx, scope)), second(w.store.Tokens(ctx, scope)),
				second(w.store.Connections(ctx, scope)), second(w.store.Secret(ctx, scope, "x")), second(w.store.Unseal(ctx, scope, "x")),
				second(w.store.Commit(ctx, &accounts.Change{Envelope: change.New(scope, w.clock.now(), draft("organisation.changed"))})),
			} {
				w.refused(err, fault.NotFound, "no such organisation")
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestStoreRefusesWhatTheSchemaRefuses: values that no use case writes.
func TestStoreRefusesWhatTheSchemaRefuses(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, owner := w.organisation("contoso")
		s, err := access.Decide(owner, access.OrganisationChange, access.Resource{})
		w.check(err)
		rows := w.state(owner.Org)
		at := w.clock.now()
		org := made.Organisation
		org.Approvals = 3
		gone := made.Owner
		gone.Person, gone.Version = "pn_00000000000000000000000001", 0
		revoked := made.Token.Token
		revoked.Revoked = true
		for name, c := range map[string]*accounts.Change{
			"approvals":          {Organisation: &org},
			"the same address":   {Members: []tenant.Member{gone}},
			"the same hash":      {Tokens: []identity.Token{{ID: "tk_1", Name: "x", Role: access.Viewer, Hash: made.Token.Token.Hash, Created: at, Expires: at}}},
			"a kind":             {Connections: []tenant.Connection{{ID: "cn_1", Project: "pj_1", Kind: "ftp", Name: "x", Created: at}}},
			"no project":         {Connections: []tenant.Connection{{ID: "cn_1", Project: "pj_1", Kind: tenant.Upload, Name: "x", Created: at}}},
			"a NUL":              {Projects: []tenant.Project{{ID: "pj_1", Slug: "a\x00b", Name: "x", Created: at}}},
			"an older version":   {Members: []tenant.Member{{Person: made.Owner.Person, Name: "x", Email: "x", Role: access.Owner, Version: 7}}},
			"another's home row": {Organisation: &tenant.Organisation{ID: "og_01jq8z6y5x4w3v2t1s0r9q8p7n", Slug: "x", Name: "x", Approvals: 1, Created: at}},
		} {
			c.Envelope = change.New(s, at, draft("organisation.changed"))
			if _, err := w.store.Commit(ctx, c); err == nil {
				t.Errorf("%s is kept", name)
			} else if fault.KindOf(err) == fault.Internal && name != "approvals" && name != "a kind" && name != "another's home row" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.store.Commit(ctx, &accounts.Change{Envelope: change.New(s, at), Tokens: []identity.Token{revoked}}); err == nil {
			t.Error("a change without an entry is made")
		}
		if !slices.Equal(w.state(owner.Org), rows) {
			t.Error("something was kept")
		}
		// What is revoked stays revoked.
		if _, err := w.store.Commit(ctx, &accounts.Change{Envelope: change.New(s, at, draft("organisation.changed")), Tokens: []identity.Token{revoked}}); err != nil {
			t.Error(err)
		}
		revoked.Revoked, revoked.Version = false, 2
		_, err = w.store.Commit(ctx, &accounts.Change{Envelope: change.New(s, at, draft("organisation.changed")), Tokens: []identity.Token{revoked}})
		w.refused(err, fault.Conflict, "")
		// A key that was emptied stays so, and the platform's own is not reached.
		p, err := access.Decide(w.operator, access.PlatformOperate, access.Resource{})
		w.check(err)
		e, err := w.store.Entry(ctx, p, owner.Org)
		w.check(err)
		dead := e
		dead.State, dead.Wrapped = tenant.Destroyed, nil
		_, err = w.store.Operate(ctx, &accounts.PlatformChange{Envelope: change.New(p, at, draft("key.destroyed")), Entry: &dead})
		w.check(err)
		e.Version++
		_, err = w.store.Operate(ctx, &accounts.PlatformChange{Envelope: change.New(p, at, draft("key.rotated")), Entry: &e})
		w.refused(err, fault.Conflict, "")
		_, err = w.store.Entry(ctx, p, id.Platform)
		w.refused(err, fault.NotFound, "")
	})
}
