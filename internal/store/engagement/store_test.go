package engagement_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	service "c4arch/internal/service/engagement"
	"c4arch/internal/store/engagement"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	pure "c4arch/internal/trust/engagement"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

const (
	contoso  = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")
	fabrikam = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7p")
)

// keys wrap keys of homes under one that lies in memory.
type keys struct{ root *secret.Key }

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	key, err := secret.NewKey(org, slices.Clone(raw))
	return key, k.root.Seal(secret.ForRecords, string(org), raw), "root", err
}

func (k keys) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	raw, err := k.root.Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (k keys) Rewrap(context.Context, id.Org, []byte, string) ([]byte, string, bool, error) {
	return nil, "root", false, nil
}

// world is two organisations, and what the ledger would say.
type world struct {
	*service.Service
	t       *testing.T
	homes   *home.Homes
	at      time.Time
	written map[string]map[string]string
	removed []string
}

func engines(t *testing.T, run func(*world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), written: map[string]map[string]string{}}
	root, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	w.check(err)
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{root}, Now: func() time.Time { return w.at }, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	w.homes, err = home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(w.homes.Close()) })
	for _, org := range []id.Org{contoso, fabrikam} {
		w.organisation(org, keys{root})
	}
	w.Service = &service.Service{Store: engagement.New(w.homes), Directory: w, Members: w, Now: func() time.Time { return w.at }, Random: rand.Reader}
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) Customers(context.Context, access.Actor, id.Org, int) ([]service.Customer, error) {
	return []service.Customer{{Org: contoso, Name: "Contoso"}, {Org: fabrikam, Name: "Fabrikam"}}, nil
}

func (w *world) Customer(_ context.Context, _ access.Actor, org id.Org) (service.Customer, error) {
	return service.Customer{Org: org}, nil
}

func (w *world) Note(context.Context, *change.Envelope) (change.Committed, error) {
	return change.Committed{}, nil
}

func (w *world) Add(_ context.Context, a access.Actor, name, email string, until time.Time) (string, error) {
	return "pn_7", w.exec(a.Org, `INSERT INTO member (id, name, email, role, removed, erased, created_at, until, version) VALUES ('pn_7', $1, $2, 'auditor', 0, 0, 1, $3, 1)`, name, email, until.UnixMicro())
}

func (w *world) Invite(context.Context, access.Actor, string) (service.Invited, error) {
	return service.Invited{Text: secret.New([]byte("text"))}, nil
}

func (w *world) Remove(_ context.Context, _ access.Actor, person, _ string) error {
	w.removed = append(w.removed, person)
	return nil
}

func (w *world) Names(context.Context, access.Actor) (map[string]string, error) { return nil, nil }

// organisation makes the home of one.
func (w *world) organisation(org id.Org, k keys) {
	w.t.Helper()
	ctx := w.t.Context()
	ops, err := access.Decide(access.Actor{ID: "person:pn_00000000000000000000000001", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Portal, Purpose: "portal", Session: "ss_x", Fresh: true, Request: "rq_test"}, access.PlatformOperate, access.Resource{})
	w.check(err)
	_, wrapped, root, err := k.New(ctx, org)
	w.check(err)
	platform, err := w.homes.For(ctx, ops)
	w.check(err)
	defer platform.Release()
	env := change.New(ops, w.at, ledger.Draft{Kind: "organisation.created"})
	_, err = platform.Commit(ctx, &env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO directory (id, slug, state, wrapped, root_key, created_at, version) VALUES ($1, $1, 'active', $2, $3, $4, 1)`, string(org), wrapped, root, at.UnixMicro())
		return err
	})
	w.check(err)
	w.check(w.homes.Create(ctx, ops, org))
}

// exec changes rows of a home behind the back of the service.
func (w *world) exec(org id.Org, query string, args ...any) error {
	s, err := access.Decide(access.System(org, "test", access.Actor{}), access.EngagementKeep, access.Resource{})
	w.check(err)
	h, err := w.homes.For(w.t.Context(), s)
	w.check(err)
	defer h.Release()
	return h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), query, args...)
		return err
	})
}

func owner(org id.Org) access.Actor {
	return access.Actor{ID: "person:pn_1", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "ss_1", Fresh: true, Request: "rq_test"}
}

func lawyer() access.Actor {
	return access.Actor{ID: "person:pn_9", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Legal}, Surface: access.Portal, Purpose: "portal", Session: "ss_9", Fresh: true, Request: "rq_test"}
}

// agreed is an engagement of Contoso to which both have agreed, on its first day.
func (w *world) agreed() pure.Engagement {
	ctx := w.t.Context()
	name, err := w.Ask(ctx, owner(contoso), "", pure.Terms{Scope: "the annex", First: "2026-11-23", Last: "2026-11-30", Confidentiality: "as agreed", Security: "read only", Cost: "each its own"})
	w.check(err)
	e, err := w.One(ctx, owner(contoso), name)
	w.check(err)
	w.check(w.Answer(ctx, lawyer(), contoso, name, service.Answer{Agree: true, Digest: e.Digest}))
	w.check(w.Agree(ctx, owner(contoso), name, e.Digest))
	w.written[name] = map[string]string{"engagement.offered": e.Digest, "engagement.agreed": e.Digest}
	return e
}

func (w *world) look() []control.Observation {
	w.t.Helper()
	l := engagement.Looks{
		Homes: w.homes, Organisations: func(context.Context) ([]id.Org, error) { return []id.Org{contoso, fabrikam}, nil },
		Written: func(context.Context, id.Org) (map[string]map[string]string, error) { return w.written, nil }, Now: func() time.Time { return w.at },
	}
	all, err := l.Agreed(w.t.Context())
	w.check(err)
	return all
}

// An organisation asks, the platform sends back and agrees, and what another organisation has is nowhere.
func TestBothAgree(t *testing.T) {
	engines(t, func(w *world) {
		ctx := w.t.Context()
		e := w.agreed()
		for name, err := range map[string]error{
			"another organisation agrees": w.Agree(ctx, owner(fabrikam), e.ID, e.Digest), "the platform answers elsewhere": w.Answer(ctx, lawyer(), fabrikam, e.ID, service.Answer{Agree: true, Digest: e.Digest}),
			"another organisation ends it": w.End(ctx, owner(fabrikam), e.ID, "so"), "another organisation withdraws it": w.Withdraw(ctx, owner(fabrikam), e.ID),
		} {
			if fault.KindOf(err) != fault.NotFound {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		all, more, err := w.Everywhere(ctx, lawyer(), "")
		if err != nil || more != "" || len(all) != 1 || all[0].Org != contoso || all[0].State != pure.Agreed {
			w.t.Errorf("%+v %q %v", all, more, err)
		}
		if _, _, err := w.Everywhere(ctx, owner(contoso), ""); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("a customer sees all: %v", err)
		}
		if err := w.Answer(ctx, owner(contoso), contoso, e.ID, service.Answer{Agree: true}); err == nil {
			w.t.Error("a customer answers for the platform")
		}
		if _, err := w.Service.Invite(ctx, owner(contoso), e.ID, "An auditor", "auditor@contoso.example"); err != nil {
			w.t.Fatal(err)
		}
		if end, err := w.Bound(ctx, contoso, "pn_7"); err != nil || !end.Equal(e.Ends()) {
			w.t.Errorf("the auditor may stay until %s %v", end, err)
		}
		w.check(w.End(ctx, owner(contoso), e.ID, "it is done"))
		if !slices.Equal(w.removed, []string{"pn_7"}) {
			w.t.Errorf("removed %v", w.removed)
		}
	})
}

// The check sees an auditor who came without all five, without a side, too early, who stays too long, or is more.
func TestAgreedFails(t *testing.T) {
	engines(t, func(w *world) {
		e := w.agreed()
		if all := w.look(); len(all) != 0 {
			w.t.Fatalf("nobody was let in, and yet: %+v", all)
		}
		_, err := w.Service.Invite(w.t.Context(), owner(contoso), e.ID, "An auditor", "auditor@contoso.example")
		w.check(err)
		if all := w.look(); len(all) != 1 || all[0].Outcome != control.Pass {
			w.t.Fatalf("%+v", all)
		}
		for _, x := range []struct{ want, breaks, mends string }{
			{"lacks scope", `UPDATE engagement SET scope = ''`, `UPDATE engagement SET scope = 'the annex'`},
			{"lacks first day", `UPDATE engagement SET first_day = ''`, `UPDATE engagement SET first_day = '2026-11-23'`},
			{"lacks last day", `UPDATE engagement SET last_day = ''`, `UPDATE engagement SET last_day = '2026-11-30'`},
			{"lacks confidentiality", `UPDATE engagement SET confidentiality = ' '`, `UPDATE engagement SET confidentiality = 'as agreed'`},
			{"lacks security", `UPDATE engagement SET security = ''`, `UPDATE engagement SET security = 'read only'`},
			{"lacks cost", `UPDATE engagement SET cost = ''`, `UPDATE engagement SET cost = 'each its own'`},
			{"not those that were agreed", `UPDATE engagement SET cost = 'nobody'`, `UPDATE engagement SET cost = 'each its own'`},
			{"it is offered", `UPDATE engagement SET state = 'offered'`, `UPDATE engagement SET state = 'agreed'`},
			{"nobody is named who agreed: engagement.offered", `UPDATE engagement SET platform_by = ''`, `UPDATE engagement SET platform_by = 'pn_9'`},
			{"nobody is named who agreed: engagement.agreed", `UPDATE engagement SET agreed_by = ''`, `UPDATE engagement SET agreed_by = 'pn_1'`},
			{"before both had agreed", `UPDATE engagement SET agreed_at = agreed_at + 1`, `UPDATE engagement SET agreed_at = agreed_at - 1`},
			{"stays after", `UPDATE member SET until = until + 1`, `UPDATE member SET until = until - 1`},
			{"role admin", `UPDATE member SET role = 'admin'`, `UPDATE member SET role = 'auditor'`},
			{"the engagement is ended", `UPDATE engagement SET state = 'ended'`, `UPDATE engagement SET state = 'agreed'`},
		} {
			w.check(w.exec(contoso, x.breaks))
			if all := w.look(); len(all) != 1 || all[0].Outcome != control.Fail || !strings.Contains(all[0].Detail, x.want) {
				w.t.Errorf("%s: %+v", x.breaks, all)
			}
			w.check(w.exec(contoso, x.mends))
		}
		w.written[e.ID]["engagement.agreed"] = "sha256:another"
		if all := w.look(); all[0].Outcome != control.Fail {
			w.t.Errorf("the ledger says something else: %+v", all)
		}
	})
}
