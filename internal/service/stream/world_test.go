package stream_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/outbound/syslog"
	"c4arch/internal/outbound/webhook"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/change"
	"c4arch/internal/service/stream"
	"c4arch/internal/service/task"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	store "c4arch/internal/store/stream"
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

// world is an installation on one engine, with a way out to this machine alone.
type world struct {
	*stream.Service
	t     *testing.T
	homes *home.Homes
	store *store.Store
	trust *trust.Store
	clock *clock
	book  *egress.Book
	// posted is called before and after each request is sent.
	posted func(stream.Request, int, error)
}

// engines runs a test on both engines.
func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, book: &egress.Book{}}
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{}, Now: w.clock.now, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	hs, err := home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(hs.Close()) })
	w.homes, w.store, w.trust = hs, store.New(hs), trust.New(hs)
	w.Service = &stream.Service{
		Store: w.store, Ledger: entries{w.trust}, Sender: nobody{}, Now: w.clock.now, Random: rand.Reader, Host: "arch.contoso.example",
		Access: stream.NewAccessLog(w.store, w.clock.now, time.After, slog.New(slog.DiscardHandler), nil),
	}
	return w
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

// organisation makes a home, and returns its owner.
func (w *world) organisation(slug string) access.Actor {
	w.t.Helper()
	ctx := w.t.Context()
	name, err := id.Mint(id.PrefixOrg, rand.Reader, w.clock.now())
	w.check(err)
	org := id.Org(name)
	platform, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.OrganisationCreate, access.Resource{})
	w.check(err)
	_, wrapped, root, err := keys{}.New(ctx, org)
	w.check(err)
	env := change.New(platform, w.clock.now(), ledger.Draft{Kind: "organisation.created", Fields: []ledger.Field{ledger.Text("organisation", name)}})
	_, err = account.New(w.homes).Operate(ctx, &accounts.PlatformChange{Envelope: env, Entry: &accounts.Entry{
		ID: org, Slug: slug, State: tenant.Active, Wrapped: wrapped, Root: root, Created: w.clock.now().UnixMicro(),
	}})
	w.check(err)
	w.check(w.homes.Create(ctx, platform, org))
	return access.Actor{ID: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.API, Purpose: "api", Fresh: true, Session: "ss_1"}
}

func (w *world) inside(org id.Org, act access.Action) access.Scope {
	w.t.Helper()
	s, err := access.Decide(access.System(org, "test", access.Actor{}), act, access.Resource{})
	w.check(err)
	return s
}

// note writes entries into the ledger of an organisation.
func (w *world) note(org id.Org, drafts ...ledger.Draft) {
	w.t.Helper()
	env := change.New(w.inside(org, access.LedgerRead), w.clock.now(), drafts...)
	_, err := w.trust.Append(w.t.Context(), &env)
	w.check(err)
}

func failedScan(text string) ledger.Draft {
	return ledger.Draft{Kind: "scan.failed", Fields: []ledger.Field{ledger.Text("scan", "sc_x"), ledger.Text("error", text)}}
}

func added(name string) ledger.Draft {
	const person = "pn_01jq8z6y5x4w3v2t1s0r9q8p7m"
	return ledger.Draft{Kind: "member.added", Fields: []ledger.Field{
		ledger.Personal("person", person, person), ledger.Personal("name", name, person), ledger.Text("role", "viewer"),
	}}
}

// work does what is due, until nothing is, and returns the errors of the jobs.
func (w *world) work() (failed []error) {
	w.t.Helper()
	ctx := w.t.Context()
	for range 1000 {
		c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
		w.check(err)
		if c == nil {
			return failed
		}
		handle := w.HandleDeliver
		if c.Lease.Kind == task.Redeliver {
			handle = w.HandleRedeliver
		}
		if err := handle(ctx, c); err != nil {
			failed = append(failed, err)
			w.check(w.homes.Queue().Fail(ctx, c.Lease, err.Error(), 0))
		}
	}
	w.t.Fatal("the work does not end")
	return nil
}

// minutes lets time pass, a minute at a time, and does what is due.
func (w *world) minutes(n int) {
	w.t.Helper()
	for range n {
		w.clock.add(time.Minute)
		w.work()
	}
}

// kinds are those of the entries of a ledger.
func (w *world) kinds(org id.Org) (all []string) {
	w.t.Helper()
	rows, err := w.trust.Rows(w.t.Context(), w.inside(org, access.LedgerRead), auditing.Query{})
	w.check(err)
	for _, r := range rows {
		all = append(all, r.Kind)
	}
	return all
}

// entries is the ledger as streams read it.
type entries struct{ log *trust.Store }

func (l entries) Size(ctx context.Context, s access.Scope) (int64, error) {
	head, err := l.log.Head(ctx, s)
	return head.Size, err
}

func (l entries) Entries(ctx context.Context, s access.Scope, from int64, limit int) (all []ledger.Entry, err error) {
	rows, err := l.log.Rows(ctx, s, auditing.Query{From: from, Limit: limit})
	for _, r := range rows {
		all = append(all, r.Entry)
	}
	return all, err
}

func (l entries) Checkpoints(ctx context.Context, s access.Scope, from int64) (all []stream.Checkpoint, err error) {
	kept, err := l.log.Checkpoints(ctx, s, from)
	for _, k := range kept {
		all = append(all, stream.Checkpoint{Size: k.Size, Note: k.Note, At: k.At})
	}
	return all, err
}

// nobody is where nothing can be sent to.
type nobody struct{}

func (nobody) Syslog(context.Context, id.Org, string, []stream.Message) error {
	return errors.New("nobody is there")
}

func (nobody) Post(context.Context, id.Org, stream.Request) (int, error) {
	return 0, errors.New("nobody is there")
}

// out goes out through package egress, as the program does.
type out struct {
	w    *world
	exit *egress.Exit
	http *http.Client
}

func (o out) Syslog(ctx context.Context, org id.Org, address string, messages []stream.Message) error {
	var all []syslog.Message
	for _, m := range messages {
		all = append(all, syslog.Message{At: m.At, Warning: m.Warning, Host: m.Host, App: "c4arch", Kind: m.Kind, Params: m.Params, Text: m.Text})
	}
	return syslog.Send(egress.For(ctx, org, egress.Syslog), func(ctx context.Context, address string) (*tls.Conn, error) {
		return o.exit.DialTLS(ctx, egress.Syslog, address)
	}, address, all)
}

func (o out) Post(ctx context.Context, org id.Org, r stream.Request) (int, error) {
	status, err := webhook.Post(egress.For(ctx, org, egress.Webhook), o.http, webhook.Request{
		Address: r.Address, Type: r.Type, Agent: "c4arch", Body: r.Body, Authorization: r.Authorization, ID: r.ID, At: r.At, Keys: r.Keys,
	})
	if o.w.posted != nil {
		o.w.posted(r, status, err)
	}
	return status, err
}

// receiver is a server of HTTPS on this machine that keeps what it is sent.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer func(n int, w http.ResponseWriter, r *http.Request) // of the request of that number; nil takes it
}

type received struct {
	header http.Header
	body   []byte
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (w *world) receiver(answer func(n int, w http.ResponseWriter, r *http.Request)) *receiver {
	w.t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.got = append(r.got, received{req.Header.Clone(), body})
		n, answer := len(r.got), r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(n, rw, req)
		}
	}))
	r.Config.ErrorLog = nil
	w.t.Cleanup(r.Close)
	w.goOut(r.Server, 0)
	return r
}

// goOut lets the world reach what is on this machine: the server, and a port of syslog with the same certificate.
func (w *world) goOut(s *httptest.Server, port uint16, limits ...func(*egress.Rule)) {
	w.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	_, text, err := net.SplitHostPort(s.Listener.Addr().String())
	w.check(err)
	n, err := strconv.ParseUint(text, 10, 16)
	w.check(err)
	rule := egress.Here(uint16(n), port)
	rule.Plain, rule.Unix, rule.TLS, rule.Wait, rule.MaxBody = false, false, &tls.Config{RootCAs: roots}, 15*time.Second, 1<<20
	for _, l := range limits {
		l(&rule)
	}
	exit, err := egress.New(egress.Config{Rules: map[egress.Purpose]egress.Rule{egress.Webhook: rule, egress.Syslog: rule}, Recorder: w.book, Now: time.Now})
	w.check(err)
	client := exit.Client(egress.Webhook)
	w.t.Cleanup(client.CloseIdleConnections)
	w.Sender = out{w, exit, client}
}

// collector is a server of syslog over TLS on this machine. It reads frames by its own code.
type collector struct {
	address string
	mu      sync.Mutex
	got     []string
	broken  []string
	// cut breaks a connection off after so many messages; 0 never does.
	cut int
}

func (c *collector) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.got)
}

func (w *world) collector() *collector {
	w.t.Helper()
	cert := httptest.NewTLSServer(http.NotFoundHandler())
	w.t.Cleanup(cert.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: cert.TLS.Certificates, MinVersion: tls.VersionTLS12})
	w.check(err)
	w.t.Cleanup(func() { _ = l.Close() })
	c := &collector{address: l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	_, text, err := net.SplitHostPort(c.address)
	w.check(err)
	n, err := strconv.ParseUint(text, 10, 16)
	w.check(err)
	w.goOut(cert, uint16(n))
	return c
}

// serve reads "LENGTH SP MESSAGE" until the other side says close_notify.
func (c *collector) serve(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // a test
	r := bufio.NewReader(conn)
	for n := 1; ; n++ {
		size, err := r.ReadString(' ')
		if errors.Is(err, io.EOF) && size == "" {
			return
		}
		length, e := strconv.Atoi(strings.TrimSuffix(size, " "))
		if err != nil || e != nil || length < 1 || length > 1<<20 || strings.HasPrefix(size, "0") {
			c.note(&c.broken, "no frame: "+strconv.Quote(size))
			return
		}
		b := make([]byte, length)
		if _, err := io.ReadFull(r, b); err != nil {
			c.note(&c.broken, "half a frame")
			return
		}
		c.note(&c.got, string(b))
		c.mu.Lock()
		cut := c.cut
		c.mu.Unlock()
		if n == cut {
			if t, ok := conn.(*tls.Conn); ok {
				if tcp, ok := t.NetConn().(*net.TCPConn); ok {
					_ = tcp.SetLinger(0) // a reset: nothing was acknowledged
					_ = tcp.Close()
				}
			}
			return
		}
	}
}

func (c *collector) note(to *[]string, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*to = append(*to, text)
}
