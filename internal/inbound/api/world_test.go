package api

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/register"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/service/task"
	"c4arch/internal/service/upkeep"
	"c4arch/internal/source/azure"
	"c4arch/internal/source/files"
	"c4arch/internal/store/account"
	"c4arch/internal/store/arch"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"

	"c4arch/internal/service/change"
)

// keys wraps keys of organisations under a root key that lies in memory.
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

func (keys) Rewrap(_ context.Context, _ id.Org, wrapped []byte, root string) ([]byte, string, bool, error) {
	return wrapped, root, false, nil
}

// Signer makes the signer of a log.
func (keys) Signer(_ context.Context, org id.Org) (*ledger.Signer, error) {
	origin, err := ledger.Origin("arch.contoso.example", org)
	if err != nil {
		return nil, err
	}
	seed := sha256.Sum256([]byte(org))
	return ledger.NewSigner(origin, seed[:])
}

// clock goes on by a second each time it is asked.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Second)
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// inputs is a place as the service sees it.
type inputs struct{ *files.Set }

func (p inputs) All() iter.Seq2[discover.Found, error] {
	return func(yield func(discover.Found, error) bool) {
		for f, err := range p.Set.All() {
			if !yield(discover.Found(f), err) {
				return
			}
		}
	}
}

func (p inputs) Overlays() (all []discover.Overlay) {
	for _, o := range p.Set.Overlays() {
		all = append(all, discover.Overlay(o))
	}
	return all
}

// kept is a home as package upkeep sees it.
type kept struct{ *home.Home }

func (k kept) Sweep(ctx context.Context, now time.Time) (objects int, keys int64, err error) {
	done, err := k.Home.Sweep(ctx, now)
	return done.Objects, done.Keys, err
}

func (k kept) Commit(ctx context.Context, env *change.Envelope) (change.Committed, error) {
	return k.Home.Commit(ctx, env, nil)
}

func (k kept) Work(ctx context.Context, state job.State, limit int) ([]upkeep.Work, error) {
	found, err := k.Home.Work(ctx, state, limit)
	all := make([]upkeep.Work, len(found))
	for i, x := range found {
		all[i] = upkeep.Work{ID: x.ID, Kind: x.Kind, State: x.State, Due: x.Due, Made: x.Made, Attempt: x.Attempt, Attempts: x.Attempts}
	}
	return all, err
}

// world is the service behind its API on one engine, without listeners: requests are handed to the handler, and jobs are done when a test says so.
type world struct {
	Services
	t       *testing.T
	api     *api
	handler http.Handler
	homes   *home.Homes
	keys    keys
	clock   *clock
	root    string // what connections may read
	data    string
	unpack  func(data []byte) (discover.Place, error)
	said    bytes.Buffer // answers and their headers

	operator, owner, second, third, reader, program, foreign string // tokens
	org                                                      id.Org
	people                                                   []string
	project, other, theirs                                   string // projects; the last is of the foreign organisation
}

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	root, err := secret.NewKey(id.Platform, bytes.Repeat([]byte{7}, secret.Size))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, keys: keys{root}, root: t.TempDir(), data: filepath.Join(t.TempDir(), "data")}
	w.check(os.Mkdir(w.data, 0o700))
	c := home.Config{Dir: w.data, Keys: w.keys, Now: w.clock.now, Random: rand.Reader}
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	w.homes, err = home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(w.homes.Close()) })
	w.build()
	w.settle()
	return w
}

func (w *world) build() {
	st, tr := account.New(w.homes), trust.New(w.homes)
	projects, err := arch.NewProjects(w.homes)
	w.check(err)
	copies, err := trust.OpenCopies(filepath.Join(w.data, "checkpoints"))
	w.check(err)
	reg, err := register.Builtin()
	w.check(err)
	checks, err := assure.New(assure.Config{Register: reg, Store: tr.Runs(), Log: slog.New(slog.DiscardHandler), Now: w.clock.now, Random: rand.Reader, Version: "test"})
	w.check(err)
	w.unpack = func(data []byte) (discover.Place, error) {
		set, err := files.OpenPacked(data, files.PackedLimits{})
		if err != nil {
			return nil, err
		}
		return inputs{set}, nil
	}
	w.Services = Services{
		Accounts: &accounts.Service{
			Prover:  answers{},
			Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: w.homes, Keys: w.keys, Subjects: tr, Now: w.clock.now, Random: rand.Reader,
		},
		Scans: &discover.Hosted{
			Projects: projects, Readers: []discover.Reader{azure.Export()}, Unpack: func(data []byte) (discover.Place, error) { return w.unpack(data) }, Now: w.clock.now, Random: rand.Reader,
			MaxUpload: 1 << 20, Workers: 1, Directory: func(path string) (discover.Place, error) {
				set, err := files.OpenWithin(w.root, path, files.Limits{})
				if err != nil {
					return nil, err
				}
				return inputs{set}, nil
			},
		},
		Drift:   &detect.Hosted{Projects: projects, Rules: severity.Builtin, Now: w.clock.now, Random: rand.Reader},
		History: &history.Hosted{Projects: projects, Now: w.clock.now},
		Audit:   auditing.New(auditing.Config{Log: tr, Checkpoints: tr, Signers: w.keys, Copies: copies, Heads: tr, Now: w.clock.now}),
		Assure:  checks,
		Jobs: &upkeep.Service{Now: w.clock.now, Open: func(ctx context.Context, s access.Scope) (upkeep.Home, error) {
			h, err := w.homes.For(ctx, s)
			if err != nil {
				return nil, err
			}
			return kept{h}, nil
		}},
		LedgerKey: func(ctx context.Context, a access.Actor) ([]byte, error) {
			if _, err := access.Decide(a, access.LedgerRead, access.Resource{}); err != nil {
				return nil, err
			}
			s, err := w.keys.Signer(ctx, a.Org)
			if err != nil {
				return nil, err
			}
			return []byte(s.Key().String() + "\n"), nil
		},
		Destinations: func(_ context.Context, a access.Actor, _ int) ([]Destination, error) {
			_, err := access.Decide(a, access.PlatformRead, access.Resource{})
			return nil, err
		},
		Request: func(context.Context) string { return "rq_test" }, Actor: func(context.Context, access.Actor) {}, Route: func(context.Context, string) {}, Version: "test",
	}
	w.api = build(w.Services)
	w.handler = w.api.handler()
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// settle makes two organisations with people and projects.
func (w *world) settle() {
	ctx := w.t.Context()
	code, err := w.Accounts.Begin(ctx)
	w.check(err)
	w.operator = w.post("", "/setup", dict{"code": string(code.Expose())}).must(201).text("token")
	one := w.post(w.operator, "/organisations", dict{"slug": "contoso", "name": "Contoso", "ownerName": "First owner", "ownerEmail": "first@contoso.example"}).must(201)
	w.owner, w.org = one.text("token"), id.Org(one.text("organisation.id"))
	w.foreign = w.post(w.operator, "/organisations", dict{"slug": "fabrikam", "name": "Fabrikam", "ownerName": "Their owner", "ownerEmail": "ops@fabrikam.example"}).must(201).text("token")
	w.second, w.third, w.reader = w.member("second", "architect"), w.member("third", "architect"), w.member("reader", "viewer")
	w.project = w.post(w.owner, "/projects", dict{"slug": "shop", "name": "Shop"}).must(201).text("id")
	w.other = w.post(w.owner, "/projects", dict{"slug": "other", "name": "Other"}).must(201).text("id")
	w.theirs = w.post(w.foreign, "/projects", dict{"slug": "web", "name": "Web"}).must(201).text("id")
	w.program = w.post(w.owner, "/tokens", dict{"name": "ci", "purpose": "ci", "expires": w.later(100 * 24 * time.Hour)}).must(201).text("text")
}

func (w *world) later(d time.Duration) string { return w.clock.now().Add(d).Format(time.RFC3339) }

// signIn is the token of a member who has signed in at the command line.
func (w *world) signIn(person string) string {
	w.t.Helper()
	made, err := w.Accounts.IssueInteractive(w.t.Context(), accounts.Interactive{Org: w.org, Person: person, Name: "a laptop", Surface: access.CLI})
	w.check(err)
	return string(made.Text.Expose())
}

func (w *world) member(name, role string) (token string) {
	w.t.Helper()
	person := w.post(w.owner, "/members", dict{"name": "Member " + name, "email": name + "@contoso.example", "role": role}).must(201).text("id")
	w.people = append(w.people, person)
	return w.signIn(person)
}

type dict map[string]any

// reply is an answer.
type reply struct {
	w    *world
	what string
	code int
	head http.Header
	body []byte
}

// send hands a request to the service.
func (w *world) send(token, method, path string, body []byte, heads ...string) *reply {
	w.t.Helper()
	r := httptest.NewRequest(method, "http://service.example"+Prefix+path, bytes.NewReader(body)).WithContext(w.t.Context())
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(heads); i += 2 {
		r.Header.Set(heads[i], heads[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	fmt.Fprintf(&w.said, "%v\n%s\n", rec.Header(), rec.Body.Bytes())
	return &reply{w: w, what: method + " " + path, code: rec.Code, head: rec.Header(), body: rec.Body.Bytes()}
}

func (w *world) call(token, method, path string, body any, heads ...string) *reply {
	w.t.Helper()
	var text []byte
	if body != nil {
		var err error
		text, err = json.Marshal(body)
		w.check(err)
	}
	return w.send(token, method, path, text, heads...)
}

func (w *world) get(token, path string) *reply { w.t.Helper(); return w.call(token, "GET", path, nil) }

func (w *world) post(token, path string, body any, heads ...string) *reply {
	w.t.Helper()
	return w.call(token, "POST", path, body, heads...)
}

// must sees that the answer has that status, and that an error is a problem.
func (r *reply) must(code int) *reply {
	r.w.t.Helper()
	if r.code != code {
		r.w.t.Fatalf("%s: %d, not %d: %s", r.what, r.code, code, r.body)
	}
	if code >= 400 {
		r.problem()
	}
	return r
}

// problem sees that an error is one of RFC 9457 with what ours have.
func (r *reply) problem() {
	r.w.t.Helper()
	var p struct {
		Title, Detail, Kind string
		Status              int
	}
	if r.head.Get("Content-Type") != "application/problem+json" || json.Unmarshal(r.body, &p) != nil || p.Title != http.StatusText(r.code) || p.Status != r.code || p.Detail == "" || p.Kind == "" {
		r.w.t.Errorf("%s: %d is no problem of ours: %s %s", r.what, r.code, r.head.Get("Content-Type"), r.body)
	}
	if r.head.Get("Cache-Control") != "no-store" {
		r.w.t.Errorf("%s: %d may be kept by a cache", r.what, r.code)
	}
}

// text is a value of the answer, by its path.
func (r *reply) text(path string) string {
	r.w.t.Helper()
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		r.w.t.Fatalf("%s: %v: %s", r.what, err, r.body)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				return ""
			}
			v = x[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (r *reply) items() []map[string]any {
	r.w.t.Helper()
	var l struct{ Items []map[string]any }
	if err := json.Unmarshal(r.body, &l); err != nil || r.code != 200 {
		r.w.t.Fatalf("%s: %d %v: %s", r.what, r.code, err, r.body)
	}
	return l.Items
}

// claim takes a job of that kind, doing those before it.
func (w *world) claim(kind string) *task.Claimed {
	w.t.Helper()
	for range 100 {
		c, err := w.homes.Queue().Claim(w.t.Context(), "worker", time.Minute)
		w.check(err)
		if c == nil {
			break
		}
		if c.Lease.Kind == kind {
			return c
		}
		w.check(w.handle(w.t.Context(), c))
	}
	w.t.Fatalf("there is no job %s", kind)
	return nil
}

// work does what is due, until nothing is. What fails is given back as the worker does.
func (w *world) work() (kinds []string) {
	w.t.Helper()
	ctx := w.t.Context()
	for range 1000 {
		c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
		w.check(err)
		if c == nil {
			return kinds
		}
		kinds = append(kinds, c.Lease.Kind)
		if err := w.handle(ctx, c); err != nil {
			w.check(w.homes.Queue().Fail(ctx, c.Lease, string(fault.KindOf(err)), time.Microsecond))
		}
	}
	w.t.Fatal("the work does not end")
	return nil
}

func (w *world) handle(ctx context.Context, c *task.Claimed) error {
	switch c.Lease.Kind {
	case task.RunScan:
		return w.Scans.RunScan(ctx, c)
	case task.Compare:
		return w.Drift.RunCompare(ctx, c)
	case task.Sweep:
		return w.Jobs.RunSweep(ctx, c)
	case task.FinishOrg:
		return w.Accounts.FinishOrganisation(ctx, c)
	case task.ApplyDestroy:
		return w.Accounts.ApplyDestroy(ctx, c)
	case task.Erase:
		return w.Accounts.Erase(ctx, c)
	}
	return errors.New("no handler for " + c.Lease.Kind)
}

// estate is an export of Azure Resource Graph with a network security group; open lets the Internet reach a port of administration, and tag is a value of it.
func estate(open bool, tag string) []byte {
	source := "10.20.0.0/24"
	if open {
		source = "*"
	}
	group := "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg"
	data, err := json.Marshal(dict{"data": []any{
		dict{
			"id": group, "name": "nsg", "type": "microsoft.network/networksecuritygroups", "location": "westeurope", "resourceGroup": "rg", "subscriptionId": "00000000-0000-0000-0000-000000000001",
			"tags": dict{"owner": tag}, "properties": dict{"securityRules": []any{dict{
				"id": group + "/securityRules/ssh", "name": "ssh", "properties": dict{
					"access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp", "sourcePortRange": "*", "destinationPortRange": "22", "sourceAddressPrefix": source, "destinationAddressPrefix": "*",
				},
			}}},
		},
		dict{
			"id":   "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stcontoso",
			"name": "stcontoso", "type": "microsoft.storage/storageaccounts", "location": "westeurope", "resourceGroup": "rg", "subscriptionId": "00000000-0000-0000-0000-000000000001",
			"properties": dict{"supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_2"},
		},
	}})
	if err != nil {
		panic(err)
	}
	return data
}

// packed is what c4arch scan --project hands over.
func packed(files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	files = append([]string{"c4arch-upload.json", `{"version":1,"paths":[{"name":".","root":0,"path":"."}]}`}, files...)
	for i := 0; i < len(files); i += 2 {
		out, err := z.Create(files[i])
		if err == nil {
			_, err = out.Write([]byte(files[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// upload hands inputs over and returns the scan's id.
func (w *world) upload(token, project string, data []byte) string {
	w.t.Helper()
	return w.send(token, "POST", "/projects/"+project+"/uploads", data, "Content-Type", "application/zip").must(201).text("id")
}

// scan hands an estate over, does what is due and returns the snapshot.
func (w *world) scan(data []byte) string {
	w.t.Helper()
	run := w.upload(w.owner, w.project, packed("0/graph.json", string(data)))
	w.work()
	r := w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200)
	if r.text("state") != "done" {
		w.t.Fatalf("the scan: %s", r.body)
	}
	return r.text("snapshot")
}

// rows are what a query gives in a home.
func (w *world) rows(org id.Org, query string) (all []string) {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), access.LedgerRead, access.Resource{})
	w.check(err)
	h, err := w.homes.For(w.t.Context(), s)
	w.check(err)
	defer h.Release()
	w.check(h.Read(w.t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(w.t.Context(), query, func(scan func(...any) error) error {
			var text string
			err := scan(&text)
			all = append(all, text)
			return err
		})
	}))
	return all
}

// entries are the kinds of a ledger, in order.
func (w *world) entries(org id.Org) []string {
	w.t.Helper()
	return w.rows(org, `SELECT kind FROM ledger_entry ORDER BY idx`)
}

// answers is a look at a connection whose far side answers, with a right too many: nothing goes out.
type answers struct{}

func (answers) Prove(context.Context, id.Org, tenant.Connection, secret.Value) tenant.Verification {
	return tenant.Verification{Reached: true, Rights: []tenant.Right{{Name: "write", Verdict: tenant.Excess}}}
}
