package notify_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/talk"
	"c4arch/internal/service/task"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	store "c4arch/internal/store/talk"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// keys wraps keys of organisations under one that lies in memory.
type keys struct{}

func (keys) root() *secret.Key {
	k, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	if err != nil {
		panic(err)
	}
	return k
}

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	key, err := secret.NewKey(org, slices.Clone(raw))
	return key, k.root().Seal(secret.ForRecords, string(org), raw), "root", err
}

func (k keys) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	raw, err := k.root().Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (keys) Rewrap(_ context.Context, _ id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	return wrapped, root, false, nil
}

// clock stands still until it is told to go on.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// post takes mails and requests.
type post struct {
	letters  []notify.Letter
	requests []notify.Request
	fail     error
	status   int
}

func (p *post) Mail(_ context.Context, _ id.Org, l notify.Letter) error {
	if p.fail != nil {
		return p.fail
	}
	p.letters = append(p.letters, l)
	return nil
}

func (p *post) Post(_ context.Context, _ id.Org, r notify.Request) (int, error) {
	p.requests = append(p.requests, r)
	return p.status, p.fail
}

// world is an installation on one engine with one organisation, one project and some members.
type world struct {
	*notify.Service
	t        *testing.T
	talk     *talk.Service
	homes    *home.Homes
	accounts *account.Store
	trust    *trust.Store
	clock    *clock
	post     *post
	org      id.Org
	project  id.Project
}

const (
	ada = "pn_01jq8z6y5x4w3v2t1s0r9q8p7a" // owner
	bob = "pn_01jq8z6y5x4w3v2t1s0r9q8p7b" // architect
	eve = "pn_01jq8z6y5x4w3v2t1s0r9q8p7c" // viewer
	kim = "pn_01jq8z6y5x4w3v2t1s0r9q8p7d" // billing
)

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, post: &post{status: 204}}
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{}, Now: w.clock.now, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	hs, err := home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(hs.Close()) })
	w.homes, w.accounts, w.trust = hs, account.New(hs), trust.New(hs)
	st := store.New(hs)
	w.Service = &notify.Service{
		Store: store.Notices{Store: st}, Ledger: entries{w.trust}, Tenancy: w.accounts, Mailer: w.post, Hooker: w.post, Now: w.clock.now, Random: rand.Reader,
		Base: func() string { return "https://arch.contoso.example" },
	}
	w.talk = &talk.Service{Store: st, People: w.accounts, Things: things{}, Now: w.clock.now, Random: rand.Reader}
	w.organisation()
	return w
}

// things are elements that begin with "el", and a finding.
type things struct{}

func (things) Thing(_ context.Context, _ access.Actor, s talk.Subject) (talk.Thing, error) {
	if strings.HasPrefix(s.ID, "el") {
		return talk.Thing{Label: "Shop", There: true}, nil
	}
	return talk.Thing{}, fault.New(fault.NotFound, "there is no such element")
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, k fault.Kind) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != k {
		w.t.Errorf("%v, which is %s, and not %s", err, fault.KindOf(err), k)
	}
}

func (w *world) organisation() {
	w.t.Helper()
	ctx := w.t.Context()
	name, err := id.Mint(id.PrefixOrg, rand.Reader, w.clock.now())
	w.check(err)
	w.org = id.Org(name)
	platform, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.OrganisationCreate, access.Resource{})
	w.check(err)
	_, wrapped, root, err := keys{}.New(ctx, w.org)
	w.check(err)
	env := change.New(platform, w.clock.now(), ledger.Draft{Kind: "organisation.created", Fields: []ledger.Field{ledger.Text("organisation", name)}})
	_, err = w.accounts.Operate(ctx, &accounts.PlatformChange{Envelope: env, Entry: &accounts.Entry{
		ID: w.org, Slug: "contoso", State: tenant.Active, Wrapped: wrapped, Root: root, Created: w.clock.now().UnixMicro(),
	}})
	w.check(err)
	w.check(w.homes.Create(ctx, platform, w.org))
	name, err = id.Mint(id.PrefixProject, rand.Reader, w.clock.now())
	w.check(err)
	w.project = id.Project(name)
	c := &accounts.Change{
		Organisation: &tenant.Organisation{ID: w.org, Slug: "contoso", Name: "Contoso", Approvals: 1, Created: w.clock.now()},
		Projects:     []tenant.Project{{ID: w.project, Slug: "shop", Name: "Shop", Created: w.clock.now()}},
		Members: []tenant.Member{
			{Person: ada, Name: "Ada Owner", Email: "ada@contoso.example", Role: access.Owner, Created: w.clock.now()},
			{Person: bob, Name: "Bob Architect", Email: "bob.a@contoso.example", Role: access.Architect, Created: w.clock.now()},
			{Person: eve, Name: "Eve Viewer", Email: "eve@contoso.example", Role: access.Viewer, Created: w.clock.now()},
			{Person: kim, Name: "Kim Billing", Email: "kim@contoso.example", Role: access.Billing, Created: w.clock.now()},
		},
	}
	c.Envelope = change.New(w.inside(access.OrganisationBegin), w.clock.now(), ledger.Draft{Kind: "organisation.created", Fields: []ledger.Field{ledger.Text("organisation", string(w.org))}})
	_, err = w.accounts.Commit(ctx, c)
	w.check(err)
	w.minutes(1)
}

// as is a member with a session.
func (w *world) as(person string, role access.Role) access.Actor {
	return access.Actor{ID: id.Actor("person:" + person), Kind: access.Person, Org: w.org, Roles: []access.Role{role}, Surface: access.Portal, Purpose: "portal", Fresh: true, Session: "ss_1"}
}

func (w *world) inside(act access.Action) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.System(w.org, "test", access.Actor{}), act, access.Resource{})
	w.check(err)
	return s
}

// did writes an entry into the ledger of the organisation, of somebody's doing in the project.
func (w *world) did(a access.Actor, act access.Action, drafts ...ledger.Draft) {
	w.t.Helper()
	s, err := access.Decide(a, act, access.Resource{Project: w.project})
	w.check(err)
	env := change.New(s, w.clock.now(), drafts...)
	_, err = w.trust.Append(w.t.Context(), &env)
	w.check(err)
}

// rows writes what the ledger refers to.
func (w *world) rows(query string, args ...any) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.inside(access.JobRun))
	w.check(err)
	defer h.Release()
	w.check(h.Upkeep(w.t.Context(), home.Indexes, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), query, args...)
		return err
	}))
}

// job does the work once.
func (w *world) job() {
	w.t.Helper()
	ctx := w.t.Context()
	env := change.New(w.inside(access.JobRun), w.clock.now(), ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{ledger.Text("kind", "test")}})
	env.Schedules = []change.Schedule{notify.Schedule(w.clock.now().Add(-time.Minute))}
	h, err := w.homes.For(ctx, w.inside(access.JobRun))
	w.check(err)
	_, err = h.Commit(ctx, &env, nil)
	h.Release()
	w.check(err)
	for range 10 {
		c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
		w.check(err)
		if c == nil {
			return
		}
		if c.Lease.Kind != task.Notify {
			w.t.Fatalf("a job %s", c.Lease.Kind)
		}
		w.check(w.Handle(ctx, c))
	}
	w.t.Fatal("the work does not end")
}

// minutes lets time pass, a minute at a time, and does what is due.
func (w *world) minutes(n int) {
	w.t.Helper()
	for range n {
		w.clock.add(time.Minute)
		w.job()
	}
}

// told is what somebody is told, the newest first.
func (w *world) told(person string, role access.Role) (all []notify.What) {
	w.t.Helper()
	items, err := w.List(w.t.Context(), w.as(person, role), notify.Query{})
	w.check(err)
	for _, it := range items {
		all = append(all, it.What)
	}
	return all
}

func (w *world) want(person string, role access.Role, want ...notify.What) {
	w.t.Helper()
	got := w.told(person, role)
	slices.Sort(got) // what was noticed at once has no order
	slices.Sort(want)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s is told %v, not %v", role, got, want)
	}
}

// entries is the ledger as it is followed.
type entries struct{ log *trust.Store }

func (l entries) Entries(ctx context.Context, s access.Scope, from int64, limit int) (all []ledger.Entry, err error) {
	rows, err := l.log.Rows(ctx, s, auditing.Query{From: from, Limit: limit})
	for _, r := range rows {
		all = append(all, r.Entry)
	}
	return all, err
}
