package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/api"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/scim"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/federate"
	"c4arch/internal/service/signin"
	streams "c4arch/internal/service/stream"
	federation "c4arch/internal/store/federate"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
	"c4arch/test/softkey"
)

var benchOrgs = flag.Int("orgs", 5, "organisations that the benchmarks of requests have beside the one that is asked")

// bench is an instance of the service, asked in process.
type bench struct {
	b      *testing.B
	in     *instance
	key    *softkey.Key
	signed signin.Signed
	org    id.Org
	owner  access.Actor
	token  string // of the owner, for a command line
	others []id.Org
	path   string // of a project
}

// durable is a PostgreSQL server whose commits are on the disk when they are acknowledged.
var durable = sync.OnceValues(func() (*pg.Server, error) {
	return pg.Launch(pg.Options{Fsync: true})
})

// benches runs a benchmark on both engines, each with one instance for all that is measured on it.
func benches(b *testing.B, run func(s *bench)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) { run(newBench(b, engine)) })
	}
}

func newBench(b *testing.B, engine string) *bench {
	b.Helper()
	s := settings{flags: map[string][]string{"data": {filepath.Join(b.TempDir(), "data")}, "listen": {"127.0.0.1:0"}}}
	if engine == "PostgreSQL" {
		server, err := durable()
		if err != nil {
			b.Skip(err)
		}
		d := server.Database(b)
		s = s.with("database", "env:DATABASE").with("database-owner", "env:OWNER")
		s.env = map[string]string{"DATABASE": d.URL(pg.App), "OWNER": d.URL(pg.Owner)}
	}
	env := cli.Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Now: time.Now, Getenv: func(name string) string { return s.env[name] }, Environ: func() []string { return nil }}
	in, err := loaded(b.Context(), env, s.flags)
	x := &bench{b: b, in: in}
	x.check(err)
	in.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	x.check(in.open(b.Context(), meters{}))
	b.Cleanup(func() { x.check(in.Close()) })
	x.furnish()
	return x
}

func (s *bench) check(err error) {
	s.b.Helper()
	if err != nil {
		s.b.Fatal(err)
	}
}

// furnish sets the instance up with a passkey, and gives its organisation a token and a project.
func (s *bench) furnish() {
	ctx, origin := s.b.Context(), s.in.pageOrigin()
	s.key = softkey.New(origin, strings.Split(strings.TrimPrefix(origin, "http://"), ":")[0])
	code, err := s.in.accounts.Begin(ctx)
	s.check(err)
	c, err := s.in.signIn.BeginSetup(ctx, string(code.Expose()), signin.Founder{Name: "First Owner", Email: "owner@contoso.example", Organisation: "Contoso", Slug: "contoso"}, signin.Cause{Request: "rq_bench"})
	s.check(err)
	response, err := s.key.Create(c.Options)
	s.check(err)
	s.signed, err = s.in.signIn.FinishSetup(ctx, signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Name: "first", Device: "Firefox on Linux", Request: "rq_bench"})
	s.check(err)
	s.owner, _, err = s.in.signIn.Authenticate(ctx, signin.Attempt{Cookie: string(s.signed.Cookie.Expose()), Realm: identity.Members, Surface: access.Portal, Request: "rq_bench"})
	s.check(err)
	s.org = s.owner.Org
	issued, err := s.in.accounts.IssueInteractive(ctx, accounts.Interactive{Org: s.org, Person: s.owner.ID.Person(), Name: "command line", Surface: access.CLI, Request: "rq_bench"})
	s.check(err)
	s.token = string(issued.Text.Expose())
	project, err := s.in.accounts.CreateProject(ctx, s.owner, accounts.NewProject{Slug: "shop", Name: "Shop"})
	s.check(err)
	s.path = api.Prefix + "/projects/" + string(project.ID)
	console := access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "bench", Request: "rq_bench"}
	for n := range *benchOrgs {
		slug := fmt.Sprintf("org-%d", n)
		made, err := s.in.accounts.CreateOrganisation(ctx, console, accounts.NewOrganisation{Slug: slug, Name: slug, OwnerName: "Owner", OwnerEmail: "owner@" + slug + ".example", Tokenless: true})
		s.check(err)
		s.others = append(s.others, made.Organisation.ID)
	}
}

// parts are the services of the API as they are served, without rates.
func (s *bench) parts() api.Services {
	p := s.in.publicParts()
	p.Limit = nil
	return p
}

// ask sends a GET, and says how long it took.
func (s *bench) ask(h http.Handler, header, value string) time.Duration {
	r := httptest.NewRequestWithContext(s.b.Context(), http.MethodGet, "http://localhost"+s.path, nil)
	r.Header.Set(header, value)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	from := time.Now()
	h.ServeHTTP(w, r)
	took := time.Since(from)
	if w.Code != http.StatusOK {
		s.b.Fatalf("%d %s", w.Code, w.Body)
	}
	return took
}

// series are durations of one thing.
type series []time.Duration

// report tells the median and the 99th percentile, in µs.
func (l series) report(b *testing.B, name string) {
	slices.Sort(l)
	b.ReportMetric(float64(l[len(l)/2].Nanoseconds())/1000, name+"-p50-µs")
	b.ReportMetric(float64(l[len(l)*99/100].Nanoseconds())/1000, name+"-p99-µs")
}

// BenchmarkAuthorised is a call whose authentication, with membership and policy, and whose decision are made, beside the same call by an actor that is known beforehand. The
// handler's own decision cannot be taken out, so the first has one more. The three calls of a turn come in changing order: the third is the second again, and its difference from it is what the
// machine makes of nothing. "added" is read from a clock between the start of the call and its handler.
func BenchmarkAuthorised(b *testing.B) {
	benches(b, func(s *bench) {
		for _, by := range []struct{ name, header, value string }{
			{"token", "Authorization", "Bearer " + s.token}, {"session", "Cookie", api.MemberCookie + "=" + string(s.signed.Cookie.Expose())},
		} {
			s.b.Run(by.name, func(b *testing.B) {
				t := *s
				t.b = b
				t.authorised(by.header, by.value)
			})
		}
	})
}

func (s *bench) authorised(header, value string) {
	var known access.Actor
	var from time.Time
	var added time.Duration
	parts := s.parts()
	parts.Access = nil // it has a benchmark of its own
	tell := parts.Actor
	parts.Actor = func(ctx context.Context, a access.Actor) {
		if _, err := access.Decide(a, access.ProjectRead, access.Resource{Project: id.Project(s.path[strings.LastIndexByte(s.path, '/')+1:])}); err != nil {
			s.b.Error(err)
		}
		known, added = a, time.Since(from)
		tell(ctx, a)
	}
	with := api.New(parts)
	s.ask(with, header, value)
	fixed := s.parts()
	fixed.Access, fixed.Session = nil, func(*http.Request) (access.Actor, error) { return known, nil }
	without := api.New(fixed)
	ways := []func() time.Duration{
		func() time.Duration { from = time.Now(); return s.ask(with, header, value) },
		func() time.Duration { return s.ask(without, "Cookie", api.MemberCookie+"=x") },
		func() time.Duration { return s.ask(without, "Cookie", api.MemberCookie+"=x") },
	}
	var all [3]series
	var inside, difference, noise series
	for n := 0; s.b.Loop(); n++ {
		var took [3]time.Duration
		for i := range ways {
			way := (i + n) % len(ways)
			took[way] = ways[way]()
			all[way] = append(all[way], took[way])
		}
		inside, difference, noise = append(inside, added), append(difference, took[0]-took[1]), append(noise, took[2]-took[1])
	}
	all[0].report(s.b, "with")
	all[1].report(s.b, "without")
	difference.report(s.b, "difference")
	noise.report(s.b, "of-nothing")
	inside.report(s.b, "added")
}

// BenchmarkAccessLog is what a request pays for its line of the access log, and what its writing behind the requests costs: where all lines are of one home, and where each four are of one.
func BenchmarkAccessLog(b *testing.B) {
	benches(b, func(s *bench) {
		ctx := s.b.Context()
		s.b.Run("call", func(b *testing.B) {
			t := *s
			t.b = b
			parts := t.parts()
			with := api.New(parts)
			parts.Access = nil
			without := api.New(parts)
			var all [2]series
			var difference, flush series
			for n := 0; b.Loop(); n++ {
				var took [2]time.Duration
				for i := range 2 {
					way := (i + n) % 2
					took[way] = t.ask([]http.Handler{with, without}[way], "Authorization", "Bearer "+t.token)
					all[way] = append(all[way], took[way])
				}
				difference = append(difference, took[0]-took[1])
				if n%streams.BatchSize == streams.BatchSize-1 {
					from := time.Now()
					t.in.streams.Access.Flush(ctx)
					flush = append(flush, time.Since(from)/streams.BatchSize)
				}
			}
			t.in.streams.Access.Flush(ctx)
			all[0].report(b, "with")
			all[1].report(b, "without")
			difference.report(b, "difference")
			if len(flush) > 0 {
				flush.report(b, "written")
			}
		})
		s.b.Run("spread", func(b *testing.B) {
			t := *s
			t.b = b
			orgs := t.others[:min(len(t.others), streams.BatchSize/4)]
			var logged, flush series
			for b.Loop() {
				for n := range streams.BatchSize {
					x := api.Accessed{Actor: t.owner, Method: http.MethodGet, Route: api.Prefix + "/projects/{project}", Action: access.ProjectRead, Status: http.StatusOK}
					x.Actor.Org = orgs[n%len(orgs)]
					from := time.Now()
					t.in.accessed(ctx, x)
					logged = append(logged, time.Since(from))
				}
				from := time.Now()
				t.in.streams.Access.Flush(ctx)
				flush = append(flush, time.Since(from)/streams.BatchSize)
			}
			logged.report(b, "logged")
			flush.report(b, "written")
		})
	})
}

// BenchmarkSignIn is signing in with a passkey, as the service sees it: the challenge, and the proof with the new session and its entry in the ledger.
func BenchmarkSignIn(b *testing.B) {
	benches(b, func(s *bench) {
		ctx := s.b.Context()
		s.b.Run("passkey", func(b *testing.B) {
			var begin, finish, next series
			for b.Loop() {
				from := time.Now()
				c, err := s.in.signIn.BeginSignIn(ctx, identity.Members, signin.Cause{Addr: netip.Addr{}, Request: "rq_bench"})
				begin = append(begin, time.Since(from))
				s.check(err)
				response, err := s.key.Get(c.Options)
				s.check(err)
				from = time.Now()
				signed, err := s.in.signIn.FinishSignIn(ctx, signin.Finish{Handle: string(c.Handle.Expose()), Response: response, Device: "Firefox on Linux", Request: "rq_bench"}, identity.Members)
				finish = append(finish, time.Since(from))
				s.check(err)
				from = time.Now()
				_, _, err = s.in.signIn.Authenticate(ctx, signin.Attempt{Cookie: string(signed.Cookie.Expose()), Realm: identity.Members, Surface: access.Portal, Request: "rq_bench"})
				next = append(next, time.Since(from))
				s.check(err)
			}
			begin.report(b, "challenge")
			finish.report(b, "proof")
			next.report(b, "request")
		})
	})
}

// BenchmarkProvision is a change of a user as Entra ID sends it over SCIM: another name, and that it may no more and may again, which ends what it has open.
func BenchmarkProvision(b *testing.B) {
	benches(b, func(s *bench) {
		ctx := s.b.Context()
		scope, err := access.Decide(access.System(s.org, "bench", access.Actor{}), access.SessionBegin, access.Resource{})
		s.check(err)
		env := change.New(scope, s.in.now(), ledger.Draft{Kind: "domain.verified"})
		_, err = federation.New(s.in.homes).Commit(ctx, &federate.Change{Envelope: env, Domains: []identity.Domain{{ID: "dm_1", Name: "contoso.example", Proof: "p", Verified: env.At, Created: env.At}}})
		s.check(err)
		made, err := s.in.accounts.CreateToken(ctx, s.owner, accounts.NewToken{Name: "directory", Purpose: access.Provisioning, Expires: s.in.now().Add(24 * time.Hour)})
		s.check(err)
		unlimited := func(context.Context, access.Actor, netip.Addr, int) (api.Allowance, error) {
			return api.Allowance{}, nil
		}
		h := s.in.provisioner(unlimited)
		send := func(method, path, body string) ([]byte, time.Duration) {
			r := httptest.NewRequestWithContext(ctx, method, "http://localhost"+scim.Prefix+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/scim+json")
			r.Header.Set("Authorization", "Bearer "+string(made.Text.Expose()))
			w := httptest.NewRecorder()
			from := time.Now()
			h.ServeHTTP(w, r)
			took := time.Since(from)
			if w.Code >= 300 {
				s.check(errors.New(w.Body.String()))
			}
			return w.Body.Bytes(), took
		}
		answer, _ := send(http.MethodPost, "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"1","userName":"user@contoso.example","displayName":"User","active":true,"emails":[{"type":"work","value":"user@contoso.example","primary":true}]}`)
		var user struct{ ID string }
		s.check(json.Unmarshal(answer, &user))
		patch := func(path, value string) time.Duration {
			_, took := send(http.MethodPatch, "/Users/"+user.ID, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"`+path+`","value":`+value+`}]}`)
			return took
		}
		s.b.Run("patch", func(b *testing.B) {
			var names, off, on series
			for n := 0; b.Loop(); n++ {
				names = append(names, patch("displayName", fmt.Sprintf(`"User %d"`, n)))
				off = append(off, patch("active", "false"))
				on = append(on, patch("active", "true"))
			}
			names.report(b, "name")
			off.report(b, "disabled")
			on.report(b, "enabled")
		})
	})
}
