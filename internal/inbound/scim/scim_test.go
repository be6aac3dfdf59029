package scim_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/route"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/provision"
	"c4arch/internal/store/account"
	store "c4arch/internal/store/federate"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// keys wraps keys of organisations under one root key that lies in memory.
type keys struct{}

func (keys) root() *secret.Key {
	r, err := secret.NewKey(id.Platform, []byte(strings.Repeat("root", secret.Size))[:secret.Size])
	if err != nil {
		panic(err)
	}
	return r
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

// ended are sessions that were ended: organisation and person.
type ended struct{ all []string }

func (e *ended) End(_ context.Context, cause access.Actor, person, _ string) error {
	e.all = append(e.all, string(cause.Org)+" "+person)
	return nil
}

func (e *ended) EndIn(context.Context, id.Org, string, string) error { return nil }
func (e *ended) Forget(context.Context, string) error                { return nil }

// world is an installation on one engine with two organisations and what answers SCIM. Sessions are played, the rest is real.
type world struct {
	t        *testing.T
	homes    *home.Homes
	accounts *accounts.Service
	store    *store.Store
	ended    *ended
	clock    *clock
	handler  *scim.Handler
	contoso  access.Actor // its owner
	fabrikam access.Actor
	actors   map[string]access.Actor // by token
	allow    bool
	told     []string // of the access log
}

func engines(t *testing.T, run func(*testing.T, *world)) {
	t.Helper()
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(tb testing.TB, engine string) *world {
	tb.Helper()
	t, _ := tb.(*testing.T)
	w := &world{t: t, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, ended: &ended{}, actors: map[string]access.Actor{}, allow: true}
	c := home.Config{Dir: filepath.Join(tb.TempDir(), "data"), Keys: keys{}, Now: w.clock.now, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	hs, err := home.Open(tb.Context(), c)
	w.check(err)
	tb.Cleanup(func() { w.check(hs.Close()) })
	st := account.New(hs)
	w.homes, w.store = hs, store.New(hs)
	w.accounts = &accounts.Service{
		Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: hs, Keys: keys{}, Subjects: trust.New(hs), Now: w.clock.now, Random: rand.Reader, Sessions: w.ended,
		Failed: func(_ context.Context, err error) { tb.Error(err) },
	}
	users := &provision.Service{Store: store.NewUsers(hs), People: w.accounts, Sessions: w.ended, Role: federate.RoleOf, Now: w.clock.now, Random: rand.Reader}
	w.handler = scim.New(scim.Services{
		Users: users, Origin: func() string { return "https://c4arch.example" }, Allow: func(context.Context, access.Actor) bool { return w.allow },
		Access: func(_ context.Context, a access.Actor, r route.Route, status int) {
			w.told = append(w.told, fmt.Sprintf("%s|%s %s|%d", a.ID, r.Method, r.Path, status))
		},
		Authenticate: func(_ context.Context, token string) (access.Actor, error) {
			if a, ok := w.actors[token]; ok {
				return a, nil
			}
			return access.Actor{}, accounts.ErrUnauthenticated
		},
		Failed: func(_ context.Context, err error) { tb.Error(err) },
	})
	w.contoso, w.fabrikam = w.organisation("contoso"), w.organisation("fabrikam")
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// organisation makes one, with a token for provisioning of its name and a proven domain.
func (w *world) organisation(slug string) access.Actor {
	w.t.Helper()
	console := access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test", Request: "rq_test"}
	made, err := w.accounts.CreateOrganisation(w.t.Context(), console, accounts.NewOrganisation{Slug: slug, Name: "The " + slug, OwnerName: "First Owner", OwnerEmail: "owner@" + slug + ".example"})
	w.check(err)
	org := made.Organisation.ID
	w.actors[slug] = access.Actor{ID: "token:tk_" + id.Actor(slug), Kind: access.Token, Org: org, Surface: access.API, Purpose: "directory", For: access.Provisioning, Request: "rq_test"}
	owner := access.Actor{ID: id.Actor("person:" + made.Owner.Person), Kind: access.Person, Org: org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "test", Session: "ss_1", Fresh: true, Request: "rq_test"}
	s, err := access.Decide(access.System(org, "test", access.Actor{}), access.SessionBegin, access.Resource{})
	w.check(err)
	env := change.New(s, w.clock.now(), ledger.Draft{Kind: "domain.verified"}, ledger.Draft{Kind: "policy.changed"})
	_, err = w.store.Commit(w.t.Context(), &federate.Change{
		Envelope: env, Domains: []identity.Domain{{ID: "dm_1", Name: slug + ".example", Proof: "p", Verified: env.At, Created: env.At}},
		Policy: &identity.Policy{Groups: []identity.GroupMapping{{Group: "Architects", Role: access.Architect}, {Group: "Admins", Role: access.Admin}}},
	})
	w.check(err)
	return owner
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answer) text(path ...string) string {
	var v any = a.body
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return fmt.Sprint(v)
}

func (a answer) total() int { n, _ := a.body["totalResults"].(float64); return int(n) }

func (w *world) do(token, method, path, body string, headers ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, "/scim/v2"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/scim+json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	a := answer{status: rec.Code, header: rec.Header()}
	if rec.Body.Len() > 0 {
		if !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/scim+json") {
			w.t.Errorf("%s %s answers %s", method, path, rec.Header().Get("Content-Type"))
		}
		w.check(json.Unmarshal(rec.Body.Bytes(), &a.body))
	}
	return a
}

// must is do, whose answer has that status.
func (w *world) must(status int, token, method, path, body string, headers ...string) answer {
	w.t.Helper()
	a := w.do(token, method, path, body, headers...)
	if a.status != status {
		w.t.Fatalf("%s %s: %d, not %d: %v", method, path, a.status, status, a.body)
	}
	return a
}

// sent is a request of testdata.
func (w *world) sent(name string, pairs ...string) string {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	w.check(err)
	return strings.NewReplacer(pairs...).Replace(string(bytes.TrimSpace(b)))
}

func filtered(path, filter string) string { return path + "?filter=" + url.QueryEscape(filter) }

func (w *world) member(owner access.Actor, person string) tenant.Member {
	w.t.Helper()
	all, err := w.accounts.Members(w.t.Context(), owner, true)
	w.check(err)
	for _, m := range all {
		if m.Person == person {
			return m
		}
	}
	return tenant.Member{}
}

// TestAsEntraSends is the life of a user and a group as Entra ID provisions them.
func TestAsEntraSends(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const me = "contoso"
		if a := w.must(200, me, "GET", filtered("/Users", `userName eq "Test_User_1@contoso.example"`), ""); a.total() != 0 {
			t.Errorf("%v", a.body)
		}
		made := w.must(201, me, "POST", "/Users", w.sent("entra-create-user"))
		user := made.text("id")
		if made.text("userName") != "test_user_1@contoso.example" || made.text("active") != "true" || made.text("name", "familyName") != "familyName" || made.text("meta", "resourceType") != "User" ||
			made.header.Get("Location") != "https://c4arch.example/scim/v2/Users/"+user || made.header.Get("ETag") == "" {
			t.Errorf("%v %v", made.body, made.header)
		}
		if m := w.member(w.contoso, user); m.Role != access.Viewer || m.External != tenant.BySCIM || m.Email != "test_user_1@contoso.example" || m.Name != "Test User One" {
			t.Errorf("%+v", m)
		}
		for _, f := range []string{`userName eq "TEST_user_1@contoso.example"`, `externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"`, `id eq "` + user + `"`, `emails[type eq "work"].value pr`, `displayName co "one" and active eq True`} {
			if strings.Contains(f, "].value") {
				w.must(400, me, "GET", filtered("/Users", f), "")
				continue
			}
			if a := w.must(200, me, "GET", filtered("/Users", f), ""); a.total() != 1 {
				t.Errorf("%s: %v", f, a.body)
			}
		}
		again := w.must(409, me, "POST", "/Users", w.sent("entra-create-user"))
		if again.text("scimType") != "uniqueness" || again.text("status") != "409" {
			t.Errorf("%v", again.body)
		}
		a := w.must(200, me, "PATCH", "/Users/"+user, w.sent("entra-patch-multi"))
		if a.text("name", "familyName") != "updatedFamilyName" || !strings.Contains(a.text("emails"), "updated@contoso.example") || w.member(w.contoso, user).Email != "updated@contoso.example" {
			t.Errorf("%v", a.body)
		}
		a = w.must(200, me, "PATCH", "/Users/"+user, w.sent("entra-patch-object"))
		if a.text("displayName") != "Bjfe" || a.text("name", "givenName") != "Kkom" || !strings.Contains(a.text("emails"), "other@contoso.example") || w.member(w.contoso, user).Name != "Bjfe" {
			t.Errorf("%v", a.body)
		}

		group := w.must(201, me, "POST", "/Groups", w.sent("entra-create-group")).text("id")
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("entra-add-member", "USER", user))
		if m := w.member(w.contoso, user); m.Role != access.Architect {
			t.Errorf("%+v", m)
		}
		if a := w.must(200, me, "GET", filtered("/Groups", `displayName eq "architects"`)+"&excludedAttributes=members", ""); a.total() != 1 || strings.Contains(fmt.Sprint(a.body), user) {
			t.Errorf("%v", a.body)
		}
		if a := w.must(200, me, "GET", filtered("/Groups", `members eq "`+user+`"`), ""); a.total() != 1 {
			t.Errorf("%v", a.body)
		}
		if a := w.must(200, me, "GET", "/Users/"+user, ""); !strings.Contains(a.text("groups"), group) {
			t.Errorf("%v", a.body)
		}
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("entra-remove-member-value", "USER", user))
		if m := w.member(w.contoso, user); m.Role != access.Viewer {
			t.Errorf("%+v", m)
		}
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("entra-add-member", "USER", user))
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("entra-remove-member-path", "USER", user))
		if m := w.member(w.contoso, user); m.Role != access.Viewer {
			t.Errorf("%+v", m)
		}
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("entra-add-member", "USER", user))

		for _, off := range []string{"entra-disable", "entra-disable-text", "okta-disable"} {
			w.ended.all = nil
			body, began := w.sent(off), time.Now()
			a := w.must(200, me, "PATCH", "/Users/"+user, body)
			t.Logf("membership, tokens and sessions of the person ended within %s, the answer included", time.Since(began).Round(time.Microsecond))
			if a.text("active") != "false" || !w.member(w.contoso, user).Removed {
				t.Errorf("%s: %v", off, a.body)
			}
			if want := string(w.contoso.Org) + " " + user; !slices.Equal(w.ended.all, []string{want}) {
				t.Errorf("%s: %v was ended", off, w.ended.all)
			}
			if a := w.must(200, me, "PATCH", "/Users/"+user, w.sent("entra-enable")); a.text("active") != "true" {
				t.Errorf("%v", a.body)
			}
			if m := w.member(w.contoso, user); m.Removed || m.Role != access.Architect {
				t.Errorf("%+v", m)
			}
		}
		w.must(204, me, "DELETE", "/Users/"+user, "")
		w.must(404, me, "GET", "/Users/"+user, "")
		w.must(404, me, "DELETE", "/Users/"+user, "")
		// Once when they were disabled, once before they were taken in again, so that nothing of before counts, and once now.
		if !w.member(w.contoso, user).Removed || len(w.ended.all) != 3 {
			t.Errorf("%v", w.ended.all)
		}
		back := w.must(201, me, "POST", "/Users", w.sent("entra-create-user", "Test_User_1", "updated"))
		if back.text("id") != user || w.member(w.contoso, user).Removed {
			t.Errorf("%v", back.body)
		}
		w.must(204, me, "DELETE", "/Groups/"+group, "")
	})
}

func TestAsOktaSends(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const me = "contoso"
		made := w.must(201, me, "POST", "/Users", w.sent("okta-create-user"))
		if strings.Contains(fmt.Sprint(made.body), "1mz050nq") {
			t.Error("a password comes back")
		}
		user := made.text("id")
		put := strings.Replace(w.sent("okta-create-user"), `"Okta User"`, `"Another Name"`, 1)
		if a := w.must(200, me, "PUT", "/Users/"+user, put); a.text("displayName") != "Another Name" {
			t.Errorf("%v", a.body)
		}
		group := w.must(201, me, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Admins","members":[{"value":"`+user+`","display":"x"}]}`).text("id")
		if m := w.member(w.contoso, user); m.Role != access.Admin {
			t.Errorf("%+v", m)
		}
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("okta-rename-group", "GROUP", group))
		if m := w.member(w.contoso, user); m.Role != access.Viewer {
			t.Errorf("%+v", m)
		}
		w.must(200, me, "PUT", "/Users/"+user, strings.Replace(put, `"active":true`, `"active":false`, 1))
		if !w.member(w.contoso, user).Removed {
			t.Error("the user is a member still")
		}
		// Erasing the person takes what the provisioner knows too.
		w.check(w.accounts.ErasePerson(t.Context(), w.contoso, user, "request"))
		w.must(404, me, "GET", "/Users/"+user, "")
		if a := w.must(200, me, "GET", filtered("/Users", `userName eq "okta.user@contoso.example"`), ""); a.total() != 0 {
			t.Errorf("%v", a.body)
		}
	})
}

// TestOwners: SCIM takes no last owner out, and makes none.
func TestOwners(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const me = "contoso"
		owner := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"owner@contoso.example","active":true}`
		user := w.must(201, me, "POST", "/Users", owner).text("id") // it is adopted: its domain is proven
		if m := w.member(w.contoso, user); m.Role != access.Owner || user != w.contoso.ID.Person() {
			t.Fatalf("%+v", m)
		}
		for _, x := range [][2]string{{"PATCH", w.sent("entra-disable")}, {"PUT", strings.Replace(owner, "true", "false", 1)}, {"DELETE", ""}} {
			if a := w.must(409, me, x[0], "/Users/"+user, x[1]); !strings.Contains(a.text("detail"), "last owner") {
				t.Errorf("%v", a.body)
			}
		}
		if m := w.member(w.contoso, user); m.Removed {
			t.Error("the last owner is gone")
		}
		// Whoever has the address signs in by the provider as the owner, so a directory does not give it to somebody else: only owners make owners.
		moved := strings.Replace(owner, `"active"`, `"emails":[{"value":"admin@contoso.example","type":"work","primary":true}],"active"`, 1)
		for _, x := range [][2]string{
			{"PUT", moved},
			{"PUT", strings.Replace(owner, "owner@", "admin@", 1)},
			{"PATCH", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"userName","value":"admin@contoso.example"}]}`},
		} {
			if a := w.must(409, me, x[0], "/Users/"+user, x[1]); !strings.Contains(a.text("detail"), "owner") {
				t.Errorf("%v", a.body)
			}
		}
		if m := w.member(w.contoso, user); m.Email != "owner@contoso.example" {
			t.Errorf("%+v", m)
		}
		group := w.must(201, me, "POST", "/Groups", w.sent("entra-create-group")).text("id")
		w.must(200, me, "PATCH", "/Groups/"+group, w.sent("entra-add-member", "USER", user))
		if m := w.member(w.contoso, user); m.Role != access.Owner {
			t.Errorf("%+v", m)
		}
		second, err := w.accounts.AddMember(t.Context(), w.contoso, accounts.NewMember{Name: "Second Owner", Email: "second@elsewhere.example", Role: access.Owner})
		w.check(err)
		// Whom a person made outside of the proven domains is not SCIM's to take.
		if a := w.must(409, me, "POST", "/Users", `{"userName":"second@elsewhere.example"}`); a.text("scimType") != "uniqueness" {
			t.Errorf("%v", a.body)
		}
		w.must(404, me, "GET", "/Users/"+second.Person, "")
		w.must(404, me, "DELETE", "/Users/"+second.Person, "")
		w.must(204, me, "DELETE", "/Users/"+user, "") // there is another owner now
		if !w.member(w.contoso, user).Removed {
			t.Error("the owner is there still")
		}
		if m := w.member(w.contoso, w.must(201, me, "POST", "/Users", owner).text("id")); m.Role != access.Viewer || m.Removed {
			t.Errorf("who comes back by SCIM is %+v", m)
		}
	})
}

// TestWhoIsLetIn: nothing but a token for provisioning is let in, and what another organisation has is what exists nowhere.
func TestWhoIsLetIn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		user := w.must(201, "contoso", "POST", "/Users", w.sent("entra-create-user")).text("id")
		group := w.must(201, "contoso", "POST", "/Groups", w.sent("entra-create-group")).text("id")
		for _, p := range []access.Purpose{access.Interactive, access.CI, access.Reporting, access.Streaming, access.Operation, ""} {
			a := w.actors["contoso"]
			a.For, a.Kind, a.Roles = p, access.Person, []access.Role{access.Owner}
			w.actors["wrong"] = a
			for _, r := range w.handler.Routes() {
				path := strings.NewReplacer(scim.Prefix, "", "{user}", user, "{group}", group, "{type}", "User", "{schema}", "x").Replace(r.Path)
				if got := w.do("wrong", r.Method, path, "{}"); got.status != 403 || got.text("schemas") != "[urn:ietf:params:scim:api:messages:2.0:Error]" {
					t.Errorf("%s with a token for %q: %d %v", r, p, got.status, got.body)
				}
				if got := w.do("", r.Method, path, "{}"); got.status != 401 || got.header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s without one: %d", r, got.status)
				}
			}
		}
		nowhere := strings.NewReplacer(user, "pn_00000000000000000000000000", group, "gp_00000000000000000000000000")
		for _, x := range [][3]string{
			{"GET", "/Users/" + user},
			{"PUT", "/Users/" + user, w.sent("okta-create-user")},
			{"PATCH", "/Users/" + user, w.sent("entra-disable")},
			{"DELETE", "/Users/" + user},
			{"GET", "/Groups/" + group},
			{"PUT", "/Groups/" + group, `{"displayName":"Theirs"}`},
			{"PATCH", "/Groups/" + group, w.sent("okta-rename-group")},
			{"DELETE", "/Groups/" + group},
			{"POST", "/Groups", `{"displayName":"Mine","members":[{"value":"` + user + `"}]}`},
		} {
			theirs, none := w.do("fabrikam", x[0], x[1], x[2]), w.do("fabrikam", x[0], nowhere.Replace(x[1]), nowhere.Replace(x[2]))
			if theirs.status != none.status || fmt.Sprint(theirs.body) != fmt.Sprint(none.body) || fmt.Sprint(theirs.header) != fmt.Sprint(none.header) || theirs.status != 404 && theirs.status != 400 {
				t.Errorf("%v: %d %v, and of what is nowhere %d %v", x, theirs.status, theirs.body, none.status, none.body)
			}
		}
		if m := w.member(w.contoso, user); m.Removed {
			t.Error("another organisation took the member out")
		}
		w.must(404, "contoso", "GET", "/Nothing", "")
		w.must(405, "contoso", "POST", "/Schemas", "{}")
		w.must(404, "contoso", "POST", "/Bulk", "{}")
		w.allow = false
		w.must(429, "contoso", "GET", "/Users", "")
		w.must(429, "a token that is guessed", "GET", "/Users", "")
		w.allow, w.told = true, nil
		w.must(200, "contoso", "GET", "/Users", "")
		w.must(401, "a token that is guessed", "GET", "/Users", "")
		w.must(404, "contoso", "GET", "/Nothing", "")
		if want := []string{string(w.actors["contoso"].ID) + "|GET /scim/v2/Users|200", "|GET /scim/v2/Users|401", string(w.actors["contoso"].ID) + "| |404"}; !slices.Equal(w.told, want) {
			t.Errorf("the access log is told %q", w.told)
		}
	})
}

func TestVersionsPagesAndWhatIsWrong(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const me = "contoso"
		for i := range 7 {
			w.must(201, me, "POST", "/Users", fmt.Sprintf(`{"userName":"user%d@contoso.example","name":{"givenName":"User","familyName":"%d"}}`, i, i))
		}
		a := w.must(200, me, "GET", "/Users?startIndex=3&count=2", "")
		if a.total() != 7 || a.text("itemsPerPage") != "2" || a.text("startIndex") != "3" {
			t.Errorf("%v", a.body)
		}
		for query, n := range map[string]string{"count=0": "0", "count=1000000": "7", "startIndex=0&count=3": "3", "startIndex=100": "0", "count=-5": "0", "startIndex=-1": "7"} {
			if a := w.must(200, me, "GET", "/Users?"+query, ""); a.text("itemsPerPage") != n || a.total() != 7 {
				t.Errorf("%s: %v", query, a.body)
			}
		}
		w.must(400, me, "GET", "/Users?count=many", "")
		user := w.must(200, me, "GET", filtered("/Users", `userName eq "user0@contoso.example"`), "").body["Resources"].([]any)[0].(map[string]any)["id"].(string)
		tag := w.must(200, me, "GET", "/Users/"+user, "").header.Get("ETag")
		next := w.must(200, me, "PATCH", "/Users/"+user, w.sent("entra-patch-object"), "If-Match", tag).header.Get("ETag")
		if next == tag {
			t.Error("the version stays")
		}
		w.must(412, me, "PATCH", "/Users/"+user, w.sent("entra-patch-object"), "If-Match", tag)
		w.must(412, me, "DELETE", "/Users/"+user, "", "If-Match", tag)
		w.must(412, me, "DELETE", "/Users/"+user, "", "If-Match", `"made up"`)
		w.must(200, me, "PATCH", "/Users/"+user, w.sent("entra-patch-object"), "If-Match", "*")
		patch := func(ops string) string {
			return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + ops + `]}`
		}
		for body, kind := range map[string]string{
			patch(``): "invalidSyntax", `{"Operations":[{"op":"add"}]}`: "invalidSyntax", `[]`: "invalidSyntax", `{`: "invalidSyntax", patch(`{"op":"move","path":"active","value":true}`): "invalidSyntax",
			patch(`{"op":"remove"}`): "noTarget", patch(`{"op":"replace","path":"id","value":"x"}`): "mutability", patch(`{"op":"replace","path":"active","value":"perhaps"}`): "invalidValue",
			patch(`{"op":"replace","path":"emails[type eq","value":"x"}`): "invalidPath", patch(`{"op":"replace","path":"userName","value":""}`): "invalidValue",
			patch(`{"op":"replace","path":"userName","value":{"a":1}}`): "invalidValue", patch(`{"op":"replace","path":"emails","value":[{"value":"not an address"}]}`): "invalidValue",
			patch(`{"op":"replace","path":"userName[type eq \"x\"]","value":"x"}`): "invalidPath", patch(`{"op":"replace","path":"emails[type co \"nothing\"].value","value":"x@contoso.example"}`): "noTarget",
			patch(`{"op":"replace","path":"userName","value":"user1@contoso.example"}`): "uniqueness",
			// An address outside of what is proven could be somebody else's.
			patch(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"victim@fabrikam.example"},{"op":"replace","path":"emails[type eq \"work\"].primary","value":true}`): "invalidValue",
		} {
			a := w.do(me, "PATCH", "/Users/"+user, body)
			if a.text("scimType") != kind || a.status != 400 && a.status != 409 {
				t.Errorf("%s: %d %v", body, a.status, a.body)
			}
		}
		for _, f := range []string{`userName eq`, `userName eq x`, `(userName eq "x"`, `eq "x"`, `userName eq "x" or`, `not userName eq "x"`, strings.Repeat("(", 50) + `userName pr`, strings.Repeat("a", 3000), `userName eq {"a":1}`, `emails[type eq "work"`} {
			if a := w.do(me, "GET", filtered("/Users", f), ""); a.status != 400 || a.text("scimType") != "invalidFilter" {
				t.Errorf("%q: %d %v", f, a.status, a.body)
			}
		}
		w.must(413, me, "POST", "/Users", `{"userName":"`+strings.Repeat("a", 2<<20)+`"}`)
		w.must(415, me, "POST", "/Users", `{}`, "Content-Type", "text/plain")
		w.must(409, me, "POST", "/Users", `{"userName":"USER1@contoso.example"}`)
		for path, says := range map[string]string{"/ServiceProviderConfig": "oauthbearertoken", "/ResourceTypes": "/Groups", "/Schemas": "familyName", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User": "userName", "/ResourceTypes/Group": "/Groups"} {
			if a := w.must(200, me, "GET", path, ""); !strings.Contains(fmt.Sprint(a.body), says) {
				t.Errorf("%s: %v", path, a.body)
			}
		}
		if a := w.must(200, me, "GET", "/ServiceProviderConfig", ""); a.text("bulk", "supported") != "false" || a.text("patch", "supported") != "true" {
			t.Errorf("%v", a.body)
		}
		w.must(404, me, "GET", "/Schemas/urn:none", "")
	})
}
