package app

import (
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/notify"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/subprocessor"
	"c4arch/test/pg"
)

// relay is a server of mail on this machine, which counts what it takes by recipient.
type relay struct {
	mu    sync.Mutex
	mails map[string]int
}

func (r *relay) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &relayed{relay: r}, nil }

func (r *relay) took(to string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mails[to]
}

type relayed struct {
	*relay
	to string
}

func (r *relayed) Mail(string, *gosmtp.MailOptions) error      { return nil }
func (r *relayed) Rcpt(to string, _ *gosmtp.RcptOptions) error { r.to = to; return nil }
func (r *relayed) Reset()                                      {}
func (r *relayed) Logout() error                               { return nil }

func (r *relayed) Data(body io.Reader) error {
	if _, err := io.ReadAll(body); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mails[r.to]++
	return nil
}

// relays starts one, and says where.
func relays(t *testing.T) (*relay, string) {
	t.Helper()
	r := &relay{mails: map[string]int{}}
	srv := gosmtp.NewServer(r)
	srv.Domain = "localhost"
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return r, strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// TestOldPath: the relay of mail is replaced. Of two organisations one objects; when the window is over the mail of the other goes by the new relay, and its own by the old.
func TestOldPath(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			old, oldPort := relays(t)
			next, nextPort := relays(t)
			s := mailStage(t, engine, oldPort, nextPort)
			s.replaceRelay(old, next)
			s.brokenSupply()
		})
	}
}

// mailStage is an instance with two organisations and two relays.
func mailStage(t *testing.T, engine, oldPort, nextPort string) *stage {
	t.Helper()
	settings := fresh(t)
	if engine == "PostgreSQL" {
		settings = onPostgreSQL(t, pg.Start(t))
	}
	settings = settings.with("mail-server", "smtp://localhost:"+oldPort).with("mail-next-server", "smtp://127.0.0.1:"+nextPort).with("mail-from", "c4arch <no-reply@contoso.example>")
	s := &stage{t: t, log: newSaid(), start: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), staff: map[access.Role]credential{}, people: map[access.Role]string{access.Legal: "pn_1", access.Administrator: "pn_2"}}
	in, err := loaded(t.Context(), cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: s.log, Now: func() time.Time { return s.start.Add(s.ahead) }, Getenv: func(name string) string { return settings.env[name] },
		Environ: func() []string { return nil },
	}, settings.flags)
	s.check(err)
	in.log = slog.New(slog.NewTextHandler(s.log, nil))
	s.check(in.open(t.Context(), meters{}))
	t.Cleanup(func() { s.check(in.Close()) })
	s.in = in
	s.serves()
	code, err := in.accounts.Begin(t.Context())
	s.check(err)
	s.staff[access.Operator] = credential{token: s.must("", "POST", "/setup", dict{"code": string(code.Expose())}).text("token")}
	s.ours, s.theirs = s.found("contoso"), s.found("fabrikam")
	return s
}

func (s *stage) proposed(c subprocessor.Change) string {
	s.t.Helper()
	made, err := s.in.supply.Propose(s.t.Context(), s.programmer(access.Legal), c)
	s.check(err)
	s.check(s.in.supply.Decide(s.t.Context(), s.programmer(access.Administrator), made.ID, true, ""))
	return made.ID
}

func (s *stage) aRelay(name, host string) []subprocessor.Entry {
	return []subprocessor.Entry{{
		Name: name, Entity: name + " NV, Belgium", Purpose: "delivers mail", Data: []string{"mail addresses"}, Regions: []string{"EU"}, Status: subprocessor.Core, Hosts: []string{host},
		Evidence: "DPA-1", Contracted: s.in.now().AddDate(-1, 0, 0), Reviewer: "privacy officer",
	}}
}

// advance does what the job does with a change, after a time.
func (s *stage) advance(name string, d time.Duration) {
	s.t.Helper()
	s.ahead += d
	s.check(s.in.supply.Advance(s.t.Context(), access.System(id.Platform, "test", access.Actor{}), name))
}

func (s *stage) mailed(p *party, what string) {
	s.t.Helper()
	s.check(s.in.notify.Mailer.Mail(s.t.Context(), p.org, notify.Letter{ID: "mg_" + what, To: what + "@" + p.slug + ".example", Name: "Ada", Organisation: p.slug, At: s.in.now(), Items: []notify.Item{{Notice: notify.Notice{What: notify.TokenSoon}}}}))
}

func (s *stage) replaceRelay(old, next *relay) {
	s.t.Helper()
	s.proposed(subprocessor.Change{Kind: subprocessor.Stock, Reason: "who is in use already", Entries: s.aRelay("Contoso Mail", "localhost")})
	l, err := s.in.supply.List(s.t.Context())
	s.check(err)
	name := s.proposed(subprocessor.Change{Kind: subprocessor.Replace, Old: l.Entries[0].ID, Reason: "the old relay is given up", Why: "it is somebody else", Entries: s.aRelay("Fabrikam Mail", "127.0.0.1")})
	s.mailed(s.ours, "early")
	if old.took("early@contoso.example") != 1 {
		s.t.Error("mail goes another way while the change is only announced")
	}
	s.check(s.in.supply.Object(s.t.Context(), ownerOf(s.theirs), name, "the data would go to somebody new"))
	s.advance(name, 80*time.Hour)    // the portal alone counts
	s.advance(name, 45*24*time.Hour) // the window, and what it is longer by for holidays
	s.advance(name, subprocessor.AloneAfter)
	s.mailed(s.ours, "late")
	s.mailed(s.theirs, "late")
	if next.took("late@contoso.example") != 1 || old.took("late@contoso.example") != 0 {
		s.t.Error("the organisation whose time to object is over does not go by the new relay")
	}
	if old.took("late@fabrikam.example") != 1 || next.took("late@fabrikam.example") != 0 {
		s.t.Error("the organisation that objected is not on the old path")
	}
	n, err := s.in.supply.Notice(s.t.Context(), ownerOf(s.theirs), name)
	if s.check(err); n.Stage != subprocessor.Objected {
		s.t.Errorf("for the one that objected it is %s", n.Stage)
	}
	seen, err := s.in.subprocessorProbes()["activation-guard"](s.t.Context())
	if s.check(err); control.Worst(seen) != control.Pass {
		s.t.Errorf("activation-guard: %v", seen)
	}
}

// brokenSupply breaks on real rows what the checks of subprocessors look at, and sees them fail.
func (s *stage) brokenSupply() {
	s.t.Helper()
	finds := func(check, statement, mended string, args ...any) {
		s.t.Helper()
		s.altered(statement, args...)
		seen, err := s.in.subprocessorProbes()[check](s.t.Context())
		if s.check(err); control.Worst(seen) != control.Fail {
			s.t.Errorf("%s does not see %s: %v", check, statement, seen)
		}
		s.altered(mended)
		seen, err = s.in.subprocessorProbes()[check](s.t.Context())
		if s.check(err); control.Worst(seen) == control.Fail {
			s.t.Errorf("%s still fails after %s: %v", check, mended, seen)
		}
	}
	finds("activation-guard", `UPDATE supply_standing SET closes_at = closes_at + 864000000000 * 9 WHERE stage = 'activated'`, `UPDATE supply_standing SET closes_at = closes_at - 864000000000 * 9 WHERE stage = 'activated'`)
	finds("activation-guard", `UPDATE supply_standing SET stage = 'activated' WHERE stage = 'objected'`, `UPDATE supply_standing SET stage = 'objected' WHERE organisation = '`+string(s.theirs.org)+`'`)
	finds("subprocessor-egress", `INSERT INTO destination (host, port, purpose, organisation, first_at, last_at, count) VALUES ('smtp.stranger.example', 587, 'mail opened', $1, $2, $2, 1)`,
		`DELETE FROM destination WHERE host = 'smtp.stranger.example'`, string(s.ours.org), s.in.now().UnixMicro())
}

func (s *stage) altered(statement string, args ...any) {
	s.t.Helper()
	s.within(id.Platform, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(s.t.Context(), statement, args...)
		return err
	})
}
