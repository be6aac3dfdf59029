package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/observe"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/route"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

type dict = map[string]any

// tracer collects the statements of one request, which its context carries.
type tracer struct {
	mu   sync.Mutex
	said []string
}

type tracerKey struct{}

func traced(ctx context.Context, statement string) {
	if t, ok := ctx.Value(tracerKey{}).(*tracer); ok {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.said = append(t.said, statement)
	}
}

// stage is an instance of the service with organisations that have something of everything, asked in process.
type stage struct {
	t       *testing.T
	in      *instance
	handler http.Handler // all that the public listener answers
	api     *api.Handler
	scim    *scim.Handler
	site    *web.Site
	log     *said
	start   time.Time     // its clock stands, so that nothing is written because time has passed between two questions
	ahead   time.Duration // how far it was put on
	actor   access.Actor  // whom the last request was of
	ours    *party        // asks
	theirs  *party        // has what is asked for
	staff   map[access.Role]credential
	expired map[string]credential // good once: 401
	ended   map[string]credential // sessions of staff in an organisation that lets them in no more: 401, or 403 on pages
	people  map[access.Role]string
	third   *party // that nobody asks about
	user    any    // of SCIM, that was made last for a twin
	count   int
}

// party is an organisation with what it has.
type party struct {
	org     id.Org
	slug    string
	owner   string // its token
	members map[access.Role]string
	callers map[string]credential
	ids     map[string][]string // by kind, the first is what is named
	words   []string            // by which it would be recognised
}

// credential is how somebody asks.
type credential struct {
	token, cookie, staff string // staff is the cookie of the other realm
}

// reply is an answer with the statements that it took.
type answerOf struct {
	status     int
	meant      int // the status, and of a page that leads elsewhere the one that it stands for
	header     http.Header
	body       []byte
	statements []string
	actor      access.Actor
}

// newStage opens an instance on an engine; what the service says is kept.
func newStage(t *testing.T, engine string) *stage {
	t.Helper()
	s := fresh(t)
	if engine == "PostgreSQL" {
		s = onPostgreSQL(t, pg.Start(t))
	}
	st := &stage{t: t, log: newSaid(), start: time.Now().UTC().Truncate(time.Microsecond), expired: map[string]credential{}, ended: map[string]credential{}, staff: map[access.Role]credential{}, people: map[access.Role]string{}}
	env := cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: st.log, Now: func() time.Time { return st.start.Add(st.ahead) }, Getenv: func(name string) string { return s.env[name] },
		Environ: func() []string { return nil },
	}
	in, err := loaded(t.Context(), env, s.flags)
	st.check(err)
	in.statements = traced
	in.log = slog.New(slog.NewTextHandler(st.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	st.check(in.open(t.Context(), meters{}))
	t.Cleanup(func() { st.check(in.Close()) })
	st.in = in
	st.serves()
	st.settle()
	return st
}

// serves builds what the public listener answers, as the service does. Of rates there are tests of their own: the suite asks as fast as it can.
func (s *stage) serves() {
	free := func(context.Context, access.Actor, netip.Addr, int) (api.Allowance, error) {
		return api.Allowance{}, nil
	}
	note := func(_ context.Context, a access.Actor) { s.actor = a }
	parts := s.in.publicParts()
	parts.Limit, parts.Actor = nil, note
	s.api = api.New(parts)
	s.scim, s.site = s.in.provisioner(free), s.in.pages(s.api, free)
	s.scim.Actor, s.site.Actor = note, note
	mux := http.NewServeMux()
	mux.Handle(scim.Prefix+"/", s.scim)
	mux.Handle(api.Prefix+"/", s.api)
	mux.Handle("/", s.site)
	s.handler = mux
}

// routes are all that there are.
func (s *stage) routes() []route.Route {
	return slices.Concat(s.api.Routes(), s.scim.Routes(), s.site.Routes())
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// request is what is sent.
type request struct {
	method, path, query, kind string
	body                      []byte
	page                      bool     // a browser asks
	named                     []string // what was put in the place of a thing
}

func (r request) String() string {
	text := r.method + " " + r.path
	if r.query != "" {
		text += "?" + r.query
	}
	if len(r.body) > 0 && r.kind != "application/zip" {
		text += " " + string(r.body[:min(len(r.body), 300)])
	}
	return text
}

// send asks, and says what came of it and which statements it took.
func (s *stage) send(h http.Handler, c credential, r request) *answerOf {
	s.t.Helper()
	trace := &tracer{}
	at := "http://localhost" + r.path
	if r.query != "" {
		at += "?" + r.query
	}
	ctx, cancel := context.WithTimeout(context.WithValue(s.t.Context(), tracerKey{}, trace), 20*time.Second)
	defer cancel()
	ctx, _ = observe.WithRequest(ctx, "rq_test")
	req := httptest.NewRequest(r.method, at, bytes.NewReader(r.body)).WithContext(ctx)
	if len(r.body) > 0 {
		req.Header.Set("Content-Type", r.kind)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, text := range map[string]string{api.MemberCookie: c.cookie, api.StaffCookie: c.staff} {
		if text != "" {
			req.AddCookie(&http.Cookie{Name: name, Value: text})
		}
	}
	if r.page {
		req.Header.Set("Accept", "text/html,application/xhtml+xml")
	}
	if r.page || c.cookie != "" || c.staff != "" {
		req.Header.Set("Origin", "http://localhost")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	s.actor = access.Actor{}
	rec := httptest.NewRecorder()
	func() {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				rec.Code = http.StatusInternalServerError
				fmt.Fprint(rec.Body, p)
			}
		}()
		h.ServeHTTP(rec, req)
	}()
	trace.mu.Lock()
	defer trace.mu.Unlock()
	a := &answerOf{status: rec.Code, meant: meaning(rec), header: rec.Header(), body: rec.Body.Bytes(), statements: slices.DeleteFunc(slices.Clone(trace.said), ofLength), actor: s.actor}
	a.mask(r)
	return a
}

// ofLength reports whether a statement is there because of how long a ledger is: a read that is recorded makes it longer, and every 256th entry begins another tile. Whatever else a
// record of a read takes is compared.
func ofLength(statement string) bool {
	return strings.Contains(statement, "ledger_tile") || strings.HasPrefix(statement, "SELECT leaf_hash FROM ledger_entry WHERE idx >=")
}

// meaning is the status that a page would have for whoever is no browser: to be led to the page of signing in is 401, to be asked for proof or for an organisation first 403, and to be
// led on after a form is that it was done.
func meaning(rec *httptest.ResponseRecorder) int {
	to := rec.Header().Get("Location")
	switch path, query, _ := strings.Cut(to, "?"); {
	case rec.Code != http.StatusSeeOther:
		return rec.Code
	case (path == "/sign-in" || path == "/staff/sign-in") && strings.HasPrefix(query, "next="):
		return http.StatusUnauthorized
	case (path == "/step-up" || path == "/staff/step-up") && strings.HasPrefix(query, "next="), to == "/account?done=choose":
		return http.StatusForbidden
	}
	return http.StatusOK
}

var nonces = regexp.MustCompile(`'nonce-([^']+)'`)

// mask takes what is of the moment out of the answer of a page, and what whoever asked has itself put into the address, where it was sent back.
func (a *answerOf) mask(r request) {
	if !r.page {
		return
	}
	var pairs []string
	if m := nonces.FindStringSubmatch(a.header.Get("Content-Security-Policy")); m != nil {
		pairs = append(pairs, m[1], "(nonce)")
	}
	for _, x := range r.named {
		pairs = append(pairs, url.QueryEscape(x), "(named)", x, "(named)")
	}
	masked := strings.NewReplacer(pairs...)
	a.body = []byte(masked.Replace(string(a.body)))
	for _, values := range a.header {
		for i := range values {
			values[i] = masked.Replace(values[i])
		}
	}
}

// must sends JSON as a token and gets an answer of success.
func (s *stage) must(token, method, path string, body any) *answerOf {
	s.t.Helper()
	r := request{method: method, path: api.Prefix + path, kind: "application/json"}
	switch b := body.(type) {
	case nil:
	case []byte:
		r.body, r.kind = b, "application/zip"
	default:
		text, err := json.Marshal(body)
		s.check(err)
		r.body = text
	}
	a := s.send(s.handler, credential{token: token}, r)
	if a.status >= 300 {
		s.t.Fatalf("%s: %d %s\n%s", r, a.status, a.body, s.log)
	}
	return a
}

// text is a member of an answer, by its path.
func (a *answerOf) text(path string) string {
	var v any
	if json.Unmarshal(a.body, &v) != nil {
		return ""
	}
	for step := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[step]
	}
	text, _ := v.(string)
	return text
}

// settle makes the organisations.
func (s *stage) settle() {
	ctx := s.t.Context()
	code, err := s.in.accounts.Begin(ctx)
	s.check(err)
	operator := s.must("", "POST", "/setup", dict{"code": string(code.Expose())}).text("token")
	s.staff[access.Operator] = credential{token: operator}
	s.ours, s.theirs = s.found("contoso"), s.found("fabrikam")
	for _, p := range []*party{s.ours, s.theirs} {
		s.furnish(p)
	}
	s.third = s.found("platforms")
	s.signIns()
	s.harvest(s.ours)
	s.harvest(s.theirs)
	for kind, ids := range s.theirs.ids {
		for _, x := range ids {
			if slices.Contains(s.ours.ids[kind], x) && kind != "person" {
				s.t.Fatalf("both organisations have the %s %s: it tells nothing apart", kind, x)
			}
		}
	}
}

func (s *stage) found(slug string) *party {
	made := s.must(s.staff[access.Operator].token, "POST", "/organisations", dict{"slug": slug, "name": "The " + slug, "ownerName": "Owner of " + slug, "ownerEmail": "owner@" + slug + ".example"})
	p := &party{
		org: id.Org(made.text("organisation.id")), slug: slug, owner: made.text("token"), members: map[access.Role]string{}, callers: map[string]credential{}, ids: map[string][]string{},
		words: []string{slug, made.text("organisation.id")},
	}
	p.members[access.Owner] = made.text("owner.id")
	p.callers["owner"] = credential{token: p.owner}
	return p
}

// person makes somebody a member and signs in as it, as the command line does.
func (s *stage) person(p *party, role access.Role, name string) (person, token string) {
	s.t.Helper()
	person = s.must(p.owner, "POST", "/members", dict{"name": name + " of " + p.slug, "email": name + "@" + p.slug + ".example", "role": role}).text("id")
	return person, s.signIn(p, person, time.Hour*24*60)
}

func (s *stage) signIn(p *party, person string, life time.Duration) string {
	s.t.Helper()
	made, err := s.in.accounts.IssueInteractive(s.t.Context(), accounts.Interactive{Org: p.org, Person: person, Name: "command line at " + p.slug, Life: life, Surface: access.CLI, Request: "rq_test"})
	s.check(err)
	return string(made.Text.Expose())
}

func (s *stage) later(d time.Duration) string { return s.in.now().Add(d).UTC().Format(time.RFC3339) }

// program makes a token of a program.
func (s *stage) program(p *party, purpose access.Purpose, project string, life time.Duration) string {
	s.t.Helper()
	s.count++
	body := dict{"name": fmt.Sprintf("%s %d of %s", purpose, s.count, p.slug), "purpose": purpose, "expires": s.later(life)}
	if project != "" {
		body["project"] = project
	}
	return s.must(p.owner, "POST", "/tokens", body).text("text")
}

// furnish gives an organisation something of everything.
func (s *stage) furnish(p *party) {
	ctx := s.t.Context()
	for _, role := range access.Roles {
		if role == access.Owner {
			continue
		}
		person, token := s.person(p, role, string(role))
		p.members[role], p.callers[string(role)] = person, credential{token: token}
	}
	_, second := s.person(p, access.Architect, "second")
	p.callers["second"] = credential{token: second}
	project := s.must(p.owner, "POST", "/projects", dict{"slug": p.slug + "-shop", "name": "Shop of " + p.slug}).text("id")
	p.ids["project"] = []string{project}
	at := "/projects/" + project
	s.must(p.owner, "POST", at+"/connections", dict{"kind": "upload", "name": "Inputs of " + p.slug, "credential": "credential of " + p.slug})
	for _, open := range []bool{false, true, false} {
		s.must(p.owner, "POST", at+"/uploads", zipped(inputsOf(p.slug, open)))
		s.work(ctx)
		if !open && p.ids["approved"] == nil {
			p.ids["approved"] = []string{s.must(p.owner, "POST", at+"/baselines", dict{"snapshot": "latest", "reason": "the first of " + p.slug}).text("baseline.id")}
		}
		if open {
			first := s.must(p.callers["second"].token, "POST", at+"/exceptions", s.exception(p)).text("id")
			s.must(p.callers["architect"].token, "POST", at+"/proposals/"+first+"/approval", nil)
			s.must(p.callers["second"].token, "POST", at+"/exceptions", s.exception(p))
		}
	}
	for _, purpose := range []access.Purpose{access.CI, access.Reporting, access.Provisioning, access.Streaming} {
		p.callers["token "+string(purpose)] = credential{token: s.program(p, purpose, "", 100*24*time.Hour)}
	}
	p.callers["token ci of one project"] = credential{token: s.program(p, access.CI, project, 100*24*time.Hour)}
	if p == s.ours {
		s.expired["an expired token"] = credential{token: s.program(p, access.CI, "", time.Hour)}
		s.expired["an expired sign-in"] = credential{token: s.signIn(p, p.members[access.Admin], time.Hour)}
		s.ahead += 2 * time.Hour
	}
	s.furnishMore(p)
	s.furnishTalk(p)
	s.furnishEvidence(p)
	s.furnishTrust(p)
	s.furnishAudit(p)
	s.deadJob(p)
	s.work(ctx)
}

// deadJob leaves a job that died.
func (s *stage) deadJob(p *party) {
	s.must(p.owner, "POST", "/projects/"+p.ids["project"][0]+"/uploads", zipped([]byte("{}")))
	for range 200 {
		if s.rows(p.org, harvested["job"]) != nil {
			return
		}
		c, err := s.in.homes.Queue().Claim(s.t.Context(), "worker", time.Minute)
		s.check(err)
		if c == nil {
			s.ahead += time.Second
			continue
		}
		if c.Lease.Kind != "scan.run" {
			if err := s.in.handlers()[c.Lease.Kind](s.t.Context(), c); err != nil { // what is sent goes nowhere
				s.check(s.in.homes.Queue().Fail(s.t.Context(), c.Lease, string(fault.KindOf(err)), time.Microsecond))
				s.ahead += time.Second
			}
			continue
		}
		s.check(s.in.homes.Queue().Fail(s.t.Context(), c.Lease, "killed", time.Microsecond))
		s.ahead += time.Second
	}
}

// work does what is due.
func (s *stage) work(ctx context.Context) {
	s.t.Helper()
	handlers := s.in.handlers()
	for range 1000 {
		c, err := s.in.homes.Queue().Claim(ctx, "worker", time.Minute)
		s.check(err)
		if c == nil {
			return
		}
		h := handlers[c.Lease.Kind]
		if h == nil {
			s.t.Fatalf("nothing does %s", c.Lease.Kind)
		}
		if err := h(ctx, c); err != nil {
			s.check(s.in.homes.Queue().Fail(ctx, c.Lease, string(fault.KindOf(err)), time.Microsecond))
			s.ahead += time.Second
		}
	}
	s.t.Fatal("the work does not end")
}

// harvested says for each kind of thing what has its id.
var harvested = map[string]string{
	"project": `SELECT id FROM project ORDER BY id`, "member": `SELECT id FROM member ORDER BY id`, "token": `SELECT id FROM token ORDER BY id`, "connection": `SELECT id FROM connection ORDER BY id`,
	"scan": `SELECT id FROM scan ORDER BY id`, "snapshot": `SELECT id FROM snapshot ORDER BY id`, "baseline": `SELECT id FROM baseline ORDER BY id`,
	"comparison": `SELECT id FROM comparison ORDER BY id`, "finding": `SELECT id FROM finding ORDER BY id`, "exception": `SELECT id FROM exception ORDER BY id`,
	"proposal": `SELECT id FROM proposal WHERE state = 'open' ORDER BY id`, "job": `SELECT id FROM job WHERE state = 'dead' ORDER BY id`, "service_account": `SELECT id FROM service_account ORDER BY id`,
	"secret": `SELECT id FROM secret ORDER BY id`, "comment": `SELECT id FROM comment ORDER BY id`, "instruction": `SELECT id FROM instruction ORDER BY id`, "engagement": `SELECT id FROM engagement ORDER BY id`,
	"notice": `SELECT n.id FROM notice n JOIN member m ON m.org_id = n.org_id AND m.id = n.person WHERE m.role = 'owner' ORDER BY n.id`,
}

func (s *stage) harvest(p *party) {
	for kind, query := range harvested {
		for _, x := range s.rows(p.org, query) {
			if !slices.Contains(p.ids[kind], x) {
				p.ids[kind] = append(p.ids[kind], x)
			}
		}
		if len(p.ids[kind]) == 0 {
			s.t.Errorf("%s has no %s", p.slug, kind)
		}
		p.words = append(p.words, p.ids[kind]...)
	}
	p.ids["slug"], p.ids["org"], p.ids["person"] = []string{p.slug}, []string{string(p.org)}, p.ids["member"]
	p.ids["cursor"], p.ids["account"], p.ids["service"], p.ids["organisation"] = p.ids["scan"], p.ids["service_account"], p.ids["service_account"], p.ids["org"]
}

// rows are what a query gives in a home.
func (s *stage) rows(org id.Org, query string) (all []string) {
	s.t.Helper()
	scope, err := access.Decide(access.System(org, "test", access.Actor{}), access.LedgerRead, access.Resource{})
	s.check(err)
	h, err := s.in.homes.For(s.t.Context(), scope)
	s.check(err)
	defer h.Release()
	s.check(h.Read(s.t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(s.t.Context(), query, func(scan func(...any) error) error {
			var text string
			err := scan(&text)
			all = append(all, text)
			return err
		})
	}))
	return all
}

// exception accepts everything for a month.
func (s *stage) exception(p *party) dict {
	return dict{"scope": "*", "rule": "*", "owner": "team of " + p.slug, "reason": "until it is mended", "expires": s.in.now().AddDate(0, 0, 30).Format(time.DateOnly)}
}

// inputsOf is an estate whose names are those of an organisation, with a port open to everybody or not.
func inputsOf(slug string, open bool) []byte {
	source := "10.20.0.0/24"
	if open {
		source = "*"
	}
	at := "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-" + slug + "/providers/"
	resource := func(kind, name string, properties dict) dict {
		return dict{"id": at + kind + "/" + name, "name": name, "type": strings.ToLower(kind), "location": "westeurope", "resourceGroup": "rg-" + slug, "subscriptionId": "00000000-0000-0000-0000-000000000001", "properties": properties}
	}
	text, err := json.Marshal(dict{"data": []any{
		resource("Microsoft.Network/networkSecurityGroups", "nsg-"+slug, dict{"securityRules": []any{dict{
			"id": at + "Microsoft.Network/networkSecurityGroups/nsg-" + slug + "/securityRules/ssh", "name": "ssh", "properties": dict{
				"access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp", "sourcePortRange": "*", "destinationPortRange": "22", "sourceAddressPrefix": source, "destinationAddressPrefix": "*",
			},
		}}}),
		resource("Microsoft.Storage/storageAccounts", "st"+slug, dict{"supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_2"}),
	}})
	if err != nil {
		panic(err)
	}
	return text
}

// zipped is an input as it is handed over.
func zipped(input []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"c4arch-upload.json", `{"version":1,"paths":[{"name":".","root":0,"path":"."}]}`}, {"0/graph.json", string(input)}} {
		out, err := z.Create(f[0])
		if err == nil {
			_, err = out.Write([]byte(f[1]))
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
