package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

const (
	contoso  = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")
	fabrikam = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7m")
	person   = "pn_01jq8z6y5x4w3v2t1s0r9q8p7n"
	other    = "pn_01jq8z6y5x4w3v2t1s0r9q8p7m"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is every port, with one of each thing in it. A cookie is good when it is "member" or "staff".
type world struct {
	alone, wantsKey bool // no provider of the platform; its word is not enough

	role  access.Role // "" is owner
	stale bool        // the proof of being there is too old
	fresh bool        // the service waits to be set up
	fail  error       // of whatever is changed
	did   []string
	org   id.Org
	page  string // where a provider is
}

func (w *world) note(words ...string) error {
	w.did = append(w.did, strings.Join(words, " "))
	return w.fail
}

func (w *world) cookie(words ...string) (secret.Value, error) {
	return secret.New([]byte("rotated")), w.note(words...)
}

func (w *world) ceremony(words ...string) (Ceremony, error) {
	return Ceremony{Handle: secret.New([]byte("handle")), Options: json.RawMessage(`{"publicKey":{"challenge":"AAAA"}}`)}, w.note(words...)
}

func (w *world) Authenticate(_ context.Context, try Attempt) (Who, error) {
	ss := identity.Session{ID: "ss_1", Realm: try.Realm, Person: person, Org: w.org}
	a := access.Actor{ID: "person:" + person, Kind: access.Person, Org: w.org, Roles: []access.Role{cmp.Or(w.role, access.Owner)}, Surface: access.Portal, Purpose: "portal", Session: "ss_1", Fresh: !w.stale}
	switch {
	case try.Realm == identity.Members && try.Cookie == "member":
		return Who{Actor: a, Session: ss}, nil
	case try.Realm == identity.Staff && try.Cookie == "staff":
		a.Kind, a.Org, a.Roles = access.Staff, id.Platform, []access.Role{access.Administrator}
		return Who{Actor: a, Session: ss}, nil
	}
	return Who{}, ErrSignIn
}

func (w *world) BeginSignIn(context.Context, From) (Ceremony, error) { return w.ceremony("begin") }
func (w *world) FinishSignIn(_ context.Context, h secret.Value, _ []byte, f From) (secret.Value, error) {
	return w.cookie("signed in", string(h.Expose()), f.Device)
}

func (w *world) BeginStepUp(context.Context, Who, From) (Ceremony, error) {
	return w.ceremony("step-up")
}

func (w *world) FinishStepUp(context.Context, Who, secret.Value, []byte, From) (secret.Value, error) {
	return w.cookie("stepped up")
}

func (w *world) Switch(_ context.Context, _ Who, o id.Org) (secret.Value, error) {
	return w.cookie("switched", string(o))
}
func (w *world) SignOut(context.Context, Who) error { return w.note("signed out") }
func (w *world) Organisations(context.Context, Who) ([]Membership, error) {
	return []Membership{{contoso, "contoso", "Contoso <Ltd>", w.role}, {fabrikam, "fabrikam", "Fabrikam", access.Viewer}}, nil
}

func (w *world) Sessions(context.Context, Who) ([]identity.Session, error) {
	return []identity.Session{
		{ID: "ss_1", Device: "Firefox on Linux", Method: identity.ByPasskey, Created: noon.Add(-time.Hour), Seen: noon},
		{ID: "ss_2", Device: "Safari on iPhone", Method: identity.ByProvider, Created: noon.Add(-9 * time.Hour), Seen: noon.Add(-2 * time.Hour)},
	}, nil
}

func (w *world) EndOthers(context.Context, Who) error                { return w.note("ended others") }
func (w *world) EndSession(_ context.Context, _ Who, s string) error { return w.note("ended", s) }
func (w *world) Passkeys(context.Context, Who) ([]identity.Passkey, error) {
	return []identity.Passkey{
		{ID: "pk_1", Name: "Key on the keyring", Trusted: true, Created: noon.Add(-99 * time.Hour), Used: noon},
		{ID: "pk_2", Name: "Laptop", Eligible: true, BackedUp: true, Created: noon.Add(-99 * time.Hour)},
	}, nil
}

func (w *world) RenamePasskey(_ context.Context, _ Who, k, n string) error {
	return w.note("renamed", k, n)
}

func (w *world) RemovePasskey(_ context.Context, _ Who, k string) error { return w.note("removed", k) }

func (w *world) BeginPasskey(context.Context, Who) (Ceremony, error) { return w.ceremony("passkey") }

func (w *world) FinishPasskey(_ context.Context, _ Who, _ secret.Value, _ []byte, n string) error {
	return w.note("made", n)
}

func (w *world) BeginKey(_ context.Context, held string, _ From) (json.RawMessage, error) {
	cer, err := w.ceremony("key", held)
	return cer.Options, err
}

func (w *world) FinishKey(_ context.Context, held string, _ []byte, _ From) (secret.Value, error) {
	return w.cookie("shown", held)
}

func (w *world) BeginFirstKey(_ context.Context, held, code string, _ From) (Ceremony, error) {
	return w.ceremony("first", held, code)
}

func (w *world) FinishFirstKey(_ context.Context, h string, _ []byte, _ From) (secret.Value, error) {
	return w.cookie("registered", h)
}

func (w *world) AllowKey(_ context.Context, _ access.Actor, p string) (Told, error) {
	return Told{Text: secret.New([]byte("c4k_EXAMPLE")), Expires: noon.Add(24 * time.Hour)}, w.note("allow", p)
}

func (w *world) BeginSetup(_ context.Context, code string, f Founder, _ From) (Ceremony, error) {
	return w.ceremony("setup", code, f.Name, f.Email, f.Organisation, f.Slug)
}

func (w *world) FinishSetup(context.Context, secret.Value, []byte, From) (secret.Value, error) {
	return w.cookie("set up")
}

func (w *world) Invitation(_ context.Context, code string, _ From) (Invited, error) {
	if code != "c4i_EXAMPLE" {
		return Invited{}, fault.New(fault.Denied, "the link cannot be used")
	}
	return Invited{Organisation: "Contoso <Ltd>", Slug: "contoso", Name: "An architect", Role: access.Architect, Expires: noon.Add(time.Hour)}, nil
}

func (w *world) BeginJoin(_ context.Context, code string, _ From) (Ceremony, error) {
	return w.ceremony("join", code)
}

func (w *world) FinishJoin(context.Context, secret.Value, []byte, From) (secret.Value, error) {
	return w.cookie("joined")
}

func (w *world) Join(_ context.Context, _ Who, code string, _ From) (secret.Value, error) {
	return w.cookie("joined", code)
}

func (w *world) Device(context.Context, Who, string, From) (Asking, error) {
	return Asking{Program: "c4arch command line", Device: "build-7", Addr: "192.0.2.7"}, nil
}

func (w *world) DecideDevice(_ context.Context, _ Who, code string, yes bool, _ From) error {
	return w.note("device", code, map[bool]string{true: "in", false: "out"}[yes])
}

// organisation is the second port; the names of some methods are those of the others.
type organisation struct{ *world }

func (w organisation) Members(context.Context, access.Actor) ([]tenant.Member, error) {
	return []tenant.Member{
		{Person: person, Name: "First owner", Email: "owner@contoso.example", Role: access.Owner, Created: noon.Add(-999 * time.Hour)},
		{Person: other, Name: "An <b>auditor</b>", Email: "auditor@fabrikam.example", Role: access.Auditor, Created: noon, Until: noon.AddDate(0, 0, 30)},
	}, nil
}

func (w organisation) ChangeRole(_ context.Context, _ access.Actor, p string, r access.Role, until time.Time) error {
	return w.note("role", p, string(r), until.Format(time.DateOnly))
}

func (w organisation) RemoveMember(_ context.Context, _ access.Actor, p, why string) error {
	return w.note("remove", p, why)
}

func (w organisation) Invitations(context.Context, access.Actor) ([]identity.Invitation, error) {
	return []identity.Invitation{{ID: "iv_1", Person: other, Role: access.Auditor, Expires: noon.Add(time.Hour)}, {ID: "iv_2", Used: true, Expires: noon.Add(time.Hour)}}, nil
}

func (w organisation) Invite(_ context.Context, _ access.Actor, n, e string, r access.Role) (Told, error) {
	return Told{ID: "iv_3", Text: secret.New([]byte("c4i_EXAMPLE")), Expires: noon.Add(time.Hour)}, w.note("invite", n, e, string(r))
}

func (w organisation) RevokeInvitation(_ context.Context, _ access.Actor, i string) error {
	return w.note("withdraw", i)
}

func (w organisation) Recoveries(context.Context, access.Actor) ([]identity.Recovery, error) {
	return []identity.Recovery{{ID: "rc_1", Person: other, Reason: "the laptop was stolen", Asked: "person:" + other, Expires: noon.Add(time.Hour)}}, nil
}

func (w organisation) AskRecovery(_ context.Context, _ access.Actor, p, why string) error {
	return w.note("recover", p, why)
}

func (w organisation) ApproveRecovery(_ context.Context, _ access.Actor, r string) (Told, error) {
	return Told{Text: secret.New([]byte("c4r_EXAMPLE"))}, w.note("agree", r)
}

func (w organisation) Projects(context.Context, access.Actor) ([]tenant.Project, error) {
	return []tenant.Project{{ID: "pj_01jq8z6y5x4w3v2t1s0r9q8p7n", Name: "Shop"}}, nil
}

func (w organisation) Services(context.Context, access.Actor) ([]identity.Service, error) {
	return []identity.Service{{ID: "sa_1", Name: "Deployment pipeline", Owner: person, Created: noon, Used: noon}, {ID: "sa_2", Name: "Old one", Owner: other, Disabled: true, Why: "unused for 30 days"}}, nil
}

func (w organisation) CreateService(_ context.Context, _ access.Actor, n string) error {
	return w.note("service", n)
}

func (w organisation) DisableService(_ context.Context, _ access.Actor, s, _ string) error {
	return w.note("disable", s)
}

func (w organisation) Tokens(context.Context, access.Actor) ([]Token, error) {
	return []Token{
		{ID: "tk_1", Name: "GitHub", Service: "Deployment pipeline", Purpose: access.CI, Created: noon, Expires: noon.AddDate(0, 3, 0), Used: noon},
		{ID: "tk_2", Name: "Entra ID", Service: "Directory", Purpose: access.Provisioning, Created: noon, Expires: noon.AddDate(0, 3, 0), Revoked: true},
	}, nil
}

func (w organisation) MyTokens(ctx context.Context, a access.Actor) ([]Token, error) {
	return []Token{{ID: "tk_3", Name: "command line on build-7", Purpose: access.Interactive, Created: noon, Expires: noon.AddDate(0, 1, 0), Mine: true}}, nil
}

func (w organisation) CreateToken(_ context.Context, _ access.Actor, in NewToken) (Told, error) {
	b, _ := json.Marshal(in)
	return Told{Text: secret.New([]byte("c4a_EXAMPLE")), Expires: noon.AddDate(0, 0, in.Days)}, w.note("token", string(b))
}

func (w organisation) RevokeToken(_ context.Context, _ access.Actor, t, _ string) error {
	return w.note("revoke", t)
}

func (w organisation) Reach(_ context.Context, _ access.Actor, t string) (Reach, error) {
	if t != "tk_1" {
		return Reach{}, fault.New(fault.NotFound, "there is no such token")
	}
	return Reach{Name: "GitHub", As: "service account sa_1", Purpose: access.CI, Expires: noon.AddDate(0, 3, 0), Live: true, Actions: access.CI.Actions(), Projects: []string{"Shop"}, From: []string{"192.0.2.0/24"}}, nil
}

type federation struct{ *world }

func (w federation) Discover(_ context.Context, text string) ([]FoundProvider, error) {
	if text != "contoso" && !strings.HasSuffix(text, "@contoso.example") {
		return nil, nil
	}
	return []FoundProvider{{contoso, "ip_1", "Contoso’s Entra ID"}}, nil
}

func (w federation) Begin(context.Context, id.Org, string, From) (string, secret.Value, error) {
	return w.page, secret.New([]byte("away")), w.note("away")
}

func (w federation) Finish(_ context.Context, h secret.Value, b Back, f From) (Entered, error) {
	cookie, err := w.cookie("back", string(h.Expose()), b.Provider, b.State, b.Code, string(f.Realm))
	if w.wantsKey {
		return Entered{Held: secret.New([]byte("held"))}, err
	}
	return Entered{Cookie: cookie}, err
}

func (w federation) Providers(context.Context, access.Actor) ([]identity.Provider, error) {
	return []identity.Provider{{ID: "ip_1", Name: "Entra ID", Issuer: "https://login.example/contoso/v2.0", Client: "c4arch", Join: access.Viewer}, {ID: "ip_2", Name: "Keycloak", Issuer: "https://id.contoso.example/realms/staff", Client: "arch", Off: true}}, nil
}

func (w federation) AddProvider(_ context.Context, _ access.Actor, in NewProvider) error {
	return w.note("provider", in.Name, in.Issuer, string(in.Secret.Expose()))
}

func (w federation) SwitchProvider(_ context.Context, _ access.Actor, p string, off bool) error {
	return w.note("switch", p, map[bool]string{true: "off", false: "on"}[off])
}

func (w federation) Domains(context.Context, access.Actor) ([]identity.Domain, error) {
	return []identity.Domain{{ID: "dm_1", Name: "contoso.example", Verified: noon, Provider: "ip_1"}, {ID: "dm_2", Name: "contoso.test", Proof: "c4arch-domain=0123456789abcdef0123456789abcdef01234567"}}, nil
}

func (w federation) AddDomain(_ context.Context, _ access.Actor, n, p string) error {
	return w.note("domain", n, p)
}

func (w federation) VerifyDomain(_ context.Context, _ access.Actor, d string) error {
	return w.note("verify", d)
}

func (w federation) RemoveDomain(_ context.Context, _ access.Actor, d string) error {
	return w.note("undomain", d)
}

func (w federation) Policy(context.Context, access.Actor) (identity.Policy, error) {
	return identity.Policy{Grants: true, Addresses: []string{"192.0.2.0/24"}, Session: 8 * time.Hour, Version: 3}, nil
}

func (w federation) SetPolicy(_ context.Context, _ access.Actor, p identity.Policy) error {
	b, _ := json.Marshal(p)
	return w.note("policy", string(b))
}

type personnel struct{ *world }

func (w personnel) Grants(context.Context, access.Actor) ([]identity.Grant, error) {
	return []identity.Grant{
		{ID: "gr_1", Org: contoso, Staff: other, Reason: "A scan does not end", Ticket: "SUP-7", State: "asked", Asked: noon},
		{ID: "gr_2", Org: contoso, Staff: other, Reason: "A baseline cannot be approved", Ticket: "SUP-5", State: "active", Asked: noon, From: noon, Until: noon.Add(time.Hour), Looked: 3},
		{ID: "gr_3", Org: contoso, Staff: other, Reason: "Curiosity", Ticket: "SUP-1", State: "refused", Asked: noon},
	}, nil
}

func (w personnel) Reads(context.Context, access.Actor) ([]Read, error) {
	return []Read{{At: noon, Who: "person:" + other, Did: "/api/v1/projects/{project}", For: "pj_01jq8z6y5x4w3v2t1s0r9q8p7n"}}, nil
}

func (w personnel) ApproveGrant(_ context.Context, _ access.Actor, g string) error {
	return w.note("approve", g)
}

func (w personnel) RefuseGrant(_ context.Context, _ access.Actor, g, y string) error {
	return w.note("refuse", g, y)
}

func (w personnel) Providers(context.Context) ([]FoundProvider, error) {
	if w.alone {
		return nil, nil
	}
	return []FoundProvider{{id.Platform, "platform", "the operator’s provider"}}, nil
}

func (w personnel) Personnel(context.Context, access.Actor) (all []Employed, err error) {
	for _, p := range []identity.Personnel{
		{Person: person, Name: "First administrator", Email: "admin@operator.example", Roles: []access.Role{access.Administrator}, Signed: identity.Undertaking{Document: "1", At: noon}},
		{Person: other, Name: "A contractor", Email: "help@fabrikam.example", Roles: []access.Role{access.Support, access.Security}, Contractor: true, Contract: "C-2026-7", Until: noon.AddDate(1, 0, 0)},
	} {
		all = append(all, Employed{Personnel: p})
	}
	all[1].Missing = "the undertaking of confidentiality in force is not signed"
	return all, nil
}

func (w personnel) ChangePerson(_ context.Context, _ access.Actor, person string, p Person, version int64) error {
	return w.note("change", person, roleNames(p.Roles), p.Contract, fmt.Sprint(version))
}

func (w personnel) AddPerson(_ context.Context, _ access.Actor, p Person) error {
	return w.note("person", p.Name, roleNames(p.Roles), p.Until.Format(time.DateOnly))
}

func (w personnel) Organisations(context.Context, access.Actor) ([]TakenOn, error) {
	return []TakenOn{{ID: fabrikam, Slug: "fabrikam", State: "active"}}, nil
}

func (w personnel) TakeOn(_ context.Context, _ access.Actor, in NewOrganisation, _ From) (Told, error) {
	return Told{Text: secret.New([]byte("c4i_EXAMPLE")), Expires: noon}, w.note("take on", in.Slug, in.OwnerEmail)
}

func (w personnel) Leave(_ context.Context, _ access.Actor, p, why string) error {
	return w.note("leave", p, why)
}

func (w personnel) AskRecovery(_ context.Context, _ access.Actor, o, e, why string) (string, error) {
	return "rc_7", w.note("recover", o, e, why)
}

func (w personnel) ApproveRecovery(_ context.Context, _ access.Actor, o, r string) (Told, error) {
	return Told{Text: secret.New([]byte("c4r_EXAMPLE")), Expires: noon.Add(time.Hour)}, w.note("agree", o, r)
}

func (w personnel) OpenBreakGlass(_ context.Context, code string, _ From) (secret.Value, error) {
	return w.cookie("opened", code)
}

func (w personnel) Self(context.Context, Who) (identity.Personnel, error) {
	return identity.Personnel{Person: person, Name: "First administrator", Roles: []access.Role{access.Administrator}}, nil
}
func (w personnel) Sign(_ context.Context, _ Who, v string) error { return w.note("sign", v) }
func (w personnel) Asked(ctx context.Context, who Who) ([]identity.Grant, error) {
	return w.Grants(ctx, who.Actor)
}

func (w personnel) Ask(_ context.Context, _ Who, in Asked) error {
	return w.note("ask", in.Slug, in.Reason)
}

func (w personnel) Enter(_ context.Context, _ Who, g identity.Grant) (secret.Value, error) {
	return w.cookie("enter", g.ID)
}

// site is the pages in front of a world.
func site(t testing.TB, w *world) *Site {
	t.Helper()
	if w.role == "" {
		w.role = access.Owner
	}
	if w.org == "" {
		w.org = contoso
	}
	return New(Services{
		SignIn: w, Organisation: organisation{w}, Federation: federation{w}, Staff: personnel{w},
		API: func(context.Context) ([]byte, error) { return os.ReadFile("../../../docs/openapi.json") },
		Undertaking: func() Undertaking {
			return Undertaking{Version: "1", Text: strings.Repeat("I keep to myself what I learn.\n", 40)}
		},
		Setup:  func(context.Context) (bool, error) { return w.fresh, nil },
		Origin: "https://arch.contoso.example", Now: func() time.Time { return noon },
		Request: func(context.Context) string { return "rq_1" }, Addr: func(context.Context) netip.Addr { return netip.MustParseAddr("192.0.2.1") },
		Elsewhere: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"status":404}`)
		}),
	})
}

const (
	memberOne = memberCookie + "=member"
	staffOne  = staffCookie + "=staff"
)

// ask sends a request as a browser does.
func ask(t testing.TB, s http.Handler, method, path, cookie string, form url.Values, header ...string) *http.Response {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(t.Context(), method, "https://arch.contoso.example"+path, body)
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec.Result()
}

// script sends JSON as our scripts do.
func script(t testing.TB, s http.Handler, path, cookie string, v any) *http.Response {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "https://arch.contoso.example"+path, strings.NewReader(string(b)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", cookie)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec.Result()
}

func text(t testing.TB, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// element is one of a page.
type element struct {
	*html.Node
	attr map[string]string
}

func elements(t testing.TB, page string) (all []element) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		e := element{n, map[string]string{}}
		for _, a := range n.Attr {
			e.attr[a.Key] = a.Val
		}
		all = append(all, e)
	}
	return all
}

func (e element) words() string {
	var b strings.Builder
	for n := range e.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func newRequest(t testing.TB, at string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", at, nil)
	r.TLS = nil
	r.Header.Set("Accept", "text/html")
	return r
}

func answered(s http.Handler, r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec.Result()
}
