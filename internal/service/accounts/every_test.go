package accounts_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/task"
)

// stage is what every use case finds.
type stage struct {
	owner, reader  access.Actor
	org            id.Org
	project        id.Project
	connection     tenant.Connection
	person, leaver string
	code, token    string
	tokenID        string
	account        string
	expires        time.Time
}

func (w *world) stage() *stage {
	ctx := w.t.Context()
	made, owner := w.organisation("contoso")
	g := &stage{owner: owner, org: made.Organisation.ID, expires: w.clock.now().Add(time.Hour)}
	m, reader := w.member(owner, "reader", access.Viewer)
	g.reader, g.person = reader, m.Person
	l, _ := w.member(owner, "leaver", access.Viewer)
	g.leaver = l.Person
	p, err := w.CreateProject(ctx, owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
	w.check(err)
	g.project = p.ID
	g.connection, err = w.CreateConnection(ctx, owner, accounts.NewConnection{Project: p.ID, Kind: tenant.Upload, Name: "x", Credential: secret.New([]byte("s"))})
	w.check(err)
	t, err := w.CreateToken(ctx, owner, accounts.NewToken{Name: "x", Purpose: access.CI, Expires: g.expires})
	w.check(err)
	g.token, g.tokenID, g.account = string(t.Text.Expose()), t.Token.ID, t.Token.Account
	w.who(t.Text) // the first use is noted
	return g
}

// claim gives the job of that kind that ask asks for.
func (w *world) claim(kind string, ask func() error) *task.Claimed {
	w.t.Helper()
	w.work()
	w.check(ask())
	c, err := w.homes.Queue().Claim(w.t.Context(), "worker", time.Minute)
	w.check(err)
	if c == nil || c.Lease.Kind != kind {
		w.t.Fatalf("%+v is no %s", c, kind)
	}
	return c
}

// useCase is one method of the service. before prepares, do is the method itself; as is who may, and reader or the operator is who may not.
type useCase struct {
	changes bool
	before  func(w *world, g *stage)
	do      func(w *world, g *stage, a access.Actor) error
	as      func(w *world, g *stage) access.Actor // nil: it takes no actor
}

func byOwner(_ *world, g *stage) access.Actor    { return g.owner }
func byOperator(w *world, _ *stage) access.Actor { return w.operator }

var claimed *task.Claimed

var useCases = map[string]useCase{
	"Begin": {
		changes: true, before: func(w *world, _ *stage) { w.clock.add(identity.MaxProgramLife) },
		do: func(w *world, _ *stage, _ access.Actor) error { _, err := w.Begin(w.t.Context()); return err },
	},
	"Complete": {
		changes: true, before: func(w *world, g *stage) {
			w.clock.add(identity.MaxProgramLife)
			code, err := w.Begin(w.t.Context())
			w.check(err)
			g.code = string(code.Expose())
		},
		do: func(w *world, g *stage, _ access.Actor) error {
			_, err := w.Complete(w.t.Context(), g.code, "rq")
			return err
		},
	},
	"Authenticate": {do: func(w *world, g *stage, _ access.Actor) error {
		_, err := w.Authenticate(w.t.Context(), accounts.Attempt{Token: g.token, Surface: access.API})
		return err
	}},
	"Belong": {changes: true, do: func(w *world, g *stage, _ access.Actor) error {
		_, err := w.Belong(w.t.Context(), access.System(g.org, "test", access.Actor{}), "somebody@contoso.example")
		return err
	}},
	"DropToken": {changes: true, do: func(w *world, g *stage, _ access.Actor) error {
		return w.DropToken(w.t.Context(), accounts.Attempt{Token: g.token, Surface: access.CLI}, "logged out")
	}},
	"CreateOrganisation": {changes: true, as: byOperator, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.CreateOrganisation(w.t.Context(), a, newOrg("third"))
		return err
	}},
	"Organisations": {as: byOperator, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.Organisations(w.t.Context(), a, "", 0)
		return err
	}},
	"Organisation": {as: byOwner, do: func(w *world, _ *stage, a access.Actor) error { _, err := w.Organisation(w.t.Context(), a); return err }},
	"ChangeOrganisation": {changes: true, as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.ChangeOrganisation(w.t.Context(), a, accounts.OrganisationChange{Name: ptr("Other")})
		return err
	}},
	"DestroyOrganisation": {changes: true, as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		return w.DestroyOrganisation(w.t.Context(), a, "contoso", "closing")
	}},
	"ApplyDestroy": {
		changes: true,
		before: func(w *world, g *stage) {
			claimed = w.claim(task.ApplyDestroy, func() error { return w.DestroyOrganisation(w.t.Context(), g.owner, "contoso", "closing") })
		},
		do: func(w *world, _ *stage, _ access.Actor) error { return w.ApplyDestroy(w.t.Context(), claimed) },
	},
	"FinishOrganisation": {
		changes: true,
		before: func(w *world, _ *stage) {
			claimed = w.claim(task.FinishOrg, func() error {
				w.clock.add(time.Hour)
				return w.homes.Upkeep(w.t.Context())
			})
		},
		do: func(w *world, _ *stage, _ access.Actor) error { return w.FinishOrganisation(w.t.Context(), claimed) },
	},
	"SweepOrganisations": {
		changes: true,
		before: func(w *world, _ *stage) {
			f := &flaky{Directory: w.store, Writer: w.store, Homes: w.homes, at: 1}
			s := *w.Service
			s.Homes, s.Directory, s.Writer = f, f, f
			_, _ = s.CreateOrganisation(w.t.Context(), w.operator, newOrg("third"))
			w.clock.add(time.Hour)
		},
		do: func(w *world, _ *stage, _ access.Actor) error {
			_, err := w.SweepOrganisations(w.t.Context())
			return err
		},
	},
	"RotateKeys": {
		changes: true, as: byOperator, before: func(w *world, _ *stage) { w.keys.newest = "root2" },
		do: func(w *world, _ *stage, a access.Actor) error { _, err := w.RotateKeys(w.t.Context(), a); return err },
	},
	"CreateProject": {changes: true, as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.CreateProject(w.t.Context(), a, accounts.NewProject{Slug: "web", Name: "Web"})
		return err
	}},
	"Projects": {as: byOwner, do: func(w *world, _ *stage, a access.Actor) error { _, err := w.Projects(w.t.Context(), a); return err }},
	"Project": {as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.Project(w.t.Context(), a, g.project)
		return err
	}},
	"ChangeProject": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.ChangeProject(w.t.Context(), a, g.project, accounts.ProjectChange{Name: ptr("Other")})
		return err
	}},
	"AddMember": {changes: true, as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.AddMember(w.t.Context(), a, accounts.NewMember{Name: "x", Email: "x@contoso.example", Role: access.Viewer})
		return err
	}},
	"Members": {as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.Members(w.t.Context(), a, true)
		return err
	}},
	"ChangeMember": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.ChangeMember(w.t.Context(), a, g.person, accounts.MemberChange{Name: ptr("Other")})
		return err
	}},
	"RemoveMember": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		return w.RemoveMember(w.t.Context(), a, g.leaver, "because")
	}},
	"ErasePerson": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		return w.ErasePerson(w.t.Context(), a, g.leaver, "because")
	}},
	"Erase": {
		changes: true,
		before: func(w *world, g *stage) {
			claimed = w.claim(task.Erase, func() error { return w.ErasePerson(w.t.Context(), g.owner, g.leaver, "because") })
		},
		do: func(w *world, _ *stage, _ access.Actor) error { return w.Erase(w.t.Context(), claimed) },
	},
	"CreateToken": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.CreateToken(w.t.Context(), a, accounts.NewToken{Name: "x", Purpose: access.CI, Expires: w.clock.now().Add(time.Hour)})
		return err
	}},
	"IssueInteractive": {changes: true, do: func(w *world, g *stage, _ access.Actor) error {
		_, err := w.IssueInteractive(w.t.Context(), accounts.Interactive{Org: g.org, Person: g.person, Name: "a laptop"})
		return err
	}},
	"PrepareInteractive": {do: func(w *world, g *stage, _ access.Actor) error {
		_, _, err := w.PrepareInteractive(w.t.Context(), accounts.Interactive{Org: g.org, Person: g.person, Name: "a laptop"})
		return err
	}},
	"Reach": {as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.Reach(w.t.Context(), a, g.tokenID)
		return err
	}},
	"ServiceAccounts": {as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.ServiceAccounts(w.t.Context(), a)
		return err
	}},
	"CreateServiceAccount": {changes: true, as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.CreateServiceAccount(w.t.Context(), a, accounts.NewAccount{Name: "x"})
		return err
	}},
	"ChangeServiceAccount": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.ChangeServiceAccount(w.t.Context(), a, g.account, accounts.AccountChange{Disabled: ptr(true), Reason: "because"})
		return err
	}},
	"DisableIdle": {
		changes: true,
		before: func(w *world, g *stage) {
			claimed = w.claim(task.DisableIdle, func() error {
				w.clock.add(accounts.IdleAfter)
				return w.ask(g.org, newJob(task.DisableIdle, struct{}{}))
			})
		},
		do: func(w *world, _ *stage, _ access.Actor) error { return w.DisableIdle(w.t.Context(), claimed) },
	},
	"Tokens": {as: byOwner, do: func(w *world, _ *stage, a access.Actor) error { _, err := w.Tokens(w.t.Context(), a); return err }},
	"RevokeToken": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		return w.RevokeToken(w.t.Context(), a, g.tokenID, "because")
	}},
	"CreateConnection": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.CreateConnection(w.t.Context(), a, accounts.NewConnection{Project: g.project, Kind: tenant.Upload, Name: "y"})
		return err
	}},
	"Connections": {as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.Connections(w.t.Context(), a, g.project)
		return err
	}},
	"AllConnections": {as: byOwner, do: func(w *world, _ *stage, a access.Actor) error {
		_, err := w.AllConnections(w.t.Context(), a)
		return err
	}},
	"VerifyConnection": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		con, err := w.CreateConnection(w.t.Context(), a, aCluster(g.project))
		if err != nil {
			return err
		}
		_, err = w.VerifyConnection(w.t.Context(), a, g.project, con.ID)
		return err
	}},
	"ReplaceCredential": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.ReplaceCredential(w.t.Context(), a, g.project, g.connection.ID, secret.New([]byte("t")))
		return err
	}},
	"RemoveConnection": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		return w.RemoveConnection(w.t.Context(), a, g.project, g.connection.ID)
	}},
	"OpenSecret": {changes: true, as: byOwner, do: func(w *world, g *stage, a access.Actor) error {
		_, err := w.OpenSecret(w.t.Context(), a, g.connection.Secret, "because")
		return err
	}},
}

// readable are those that a reader may too.
var readable = []string{"Organisation", "Projects", "Project", "Members", "Connections", "AllConnections"}

// state is all that the rows of both homes are, but for the ledger: so what changes without an entry is seen.
func (w *world) state(org id.Org) (all []string) {
	w.t.Helper()
	for home, queries := range map[id.Org][]string{
		org: {
			`SELECT 'organisation ' || id || ' ' || version FROM organisation`, `SELECT 'project ' || id || ' ' || version FROM project`, `SELECT 'member ' || id || ' ' || version FROM member`,
			`SELECT 'token ' || id || ' ' || version FROM token`, `SELECT 'account ' || id || ' ' || version FROM service_account`, `SELECT 'secret ' || id || ' ' || version FROM secret`, `SELECT 'connection ' || id || ' ' || version FROM connection`,
			`SELECT 'job ' || id FROM job`, `SELECT 'inbox ' || key FROM inbox`, `SELECT 'idem ' || key FROM idem`,
		},
		id.Platform: {
			`SELECT 'directory ' || id || ' ' || version FROM directory`, `SELECT 'person ' || id || ' ' || version FROM person`, `SELECT 'hint ' || person || organisation FROM membership_hint`,
			`SELECT 'setup ' || COALESCE(used_at, 0) || ' ' || expires_at FROM setup`, `SELECT 'operator ' || id || ' ' || version FROM operator_token`,
			`SELECT 'job ' || id FROM job`, `SELECT 'inbox ' || key FROM inbox`, `SELECT 'idem ' || key FROM idem`,
		},
	} {
		for _, q := range queries {
			all = append(all, w.rows(home, q)...)
		}
	}
	slices.Sort(all)
	return all
}

// TestEveryUseCase walks the methods of the service. One that is not listed here fails; one that changes a row and leaves no entry in a ledger fails; one that
// says that it reads and changes something fails; who may not is told so, and nothing has changed.
func TestEveryUseCase(t *testing.T) {
	typ := reflect.TypeFor[*accounts.Service]()
	for m := range typ.Methods() {
		if _, ok := useCases[m.Name]; !ok {
			t.Errorf("the use case %s is not listed", m.Name)
		}
	}
	if typ.NumMethod() != len(useCases) {
		t.Errorf("%d use cases, and %d are listed", typ.NumMethod(), len(useCases))
	}
	for name, u := range useCases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "SQLite")
			g := w.stage()
			if u.before != nil {
				u.before(w, g)
			}
			rows, entries := w.state(g.org), w.entries(g.org)
			if u.as != nil && !slices.Contains(readable, name) {
				for _, nobody := range []access.Actor{g.reader, {}, {ID: "person:x", Kind: access.Person, Org: "og_01jq8z6y5x4w3v2t1s0r9q8p7n"}} {
					k := fault.KindOf(u.do(w, g, nobody))
					if k != fault.Denied && (name != "RevokeToken" && name != "Reach" || k != fault.NotFound) {
						t.Errorf("%+v: %s", nobody, k)
					}
				}
				if !slices.Equal(w.state(g.org), rows) || w.entries(g.org) != entries {
					t.Error("what was denied has changed something")
				}
			}
			var a access.Actor
			if u.as != nil {
				a = u.as(w, g)
			}
			w.check(u.do(w, g, a))
			after, more := w.state(g.org), w.entries(g.org)-entries
			changed := !slices.Equal(after, rows)
			switch {
			case changed && more == 0:
				t.Error("it changes state and leaves no entry in the ledger")
			case u.changes && more == 0:
				t.Error("it leaves no entry in the ledger")
			case !u.changes && (changed || more != 0):
				t.Error("it says that it reads, and has changed something")
			}
		})
	}
}
