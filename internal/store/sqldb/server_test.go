package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

// A connection that goes back to the pool carries no organisation, however its transaction ended.
func TestCarriesNothing(t *testing.T) {
	s := pg.Start(t).Connect(t, func(o *sqldb.ServerOptions) { o.MaxConns = 1 })
	db := s.Home(org)
	ctx := t.Context()
	var first, pid int
	if err := s.Bare(ctx, &first, `SELECT pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	put := func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, insertSchedule, schedule("a")...)
		return err
	}
	same := true // a cancelled statement costs its connection
	for _, x := range []struct {
		name string
		run  func() error
	}{
		{"commit", func() error { return db.Transact(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx) }) }},
		{"reading", func() error {
			return db.Read(ctx, func(tx *sqldb.Tx) error { _, err := tx.Row(ctx, []any{new(int)}, `SELECT 1`); return err })
		}},
		{"error", func() error {
			return db.Transact(ctx, func(tx *sqldb.Tx) error { return errors.Join(put(ctx, tx), errors.New("stop")) })
		}},
		{"error of a statement", func() error {
			return db.Transact(ctx, func(tx *sqldb.Tx) error { return errors.Join(put(ctx, tx), put(ctx, tx)) })
		}},
		{"savepoint", func() error {
			return db.Transact(ctx, func(tx *sqldb.Tx) error {
				_ = tx.Savepoint(ctx, func(tx *sqldb.Tx) error { return errors.Join(put(ctx, tx), put(ctx, tx)) })
				return nil
			})
		}},
		{"panic", func() error {
			defer func() { _ = recover() }()
			return db.Transact(ctx, func(tx *sqldb.Tx) error {
				return tx.Each(ctx, `SELECT generate_series(1, 1000)`, func(func(...any) error) error { panic("oh") })
			})
		}},
		{"cancelled", func() error {
			same = false
			ctx, cancel := context.WithCancel(ctx)
			return db.Transact(ctx, func(tx *sqldb.Tx) error {
				err := tx.Each(ctx, `SELECT generate_series(1, 100000)`, func(func(...any) error) error { cancel(); return nil })
				return errors.Join(err, put(ctx, tx))
			})
		}},
	} {
		ended := x.run()
		var setting string
		if err := s.Bare(ctx, &setting, `SELECT coalesce(current_setting('app.org_id', true), '')`); err != nil || setting != "" {
			t.Errorf("after %s (%v) the organisation is %q: %v", x.name, ended, setting, err)
		}
		var n int
		if err := s.Bare(ctx, &n, `SELECT count(*) FROM schedule`); err != nil || n != 0 {
			t.Errorf("after %s %d rows are seen: %v", x.name, n, err)
		}
		if err := s.Bare(ctx, &pid, `SELECT pg_backend_pid()`); err != nil || same && pid != first {
			t.Errorf("after %s it is another connection: %v", x.name, err)
		}
	}
	if list := keys(t, db); !slices.Equal(list, []string{"a"}) {
		t.Errorf("%q", list)
	}
	if list := keys(t, s.Home(other)); len(list) > 0 {
		t.Errorf("another organisation sees %q", list)
	}
	if list := keys(t, s.Nobody()); len(list) > 0 {
		t.Errorf("nobody sees %q", list)
	}
	for _, none := range []id.Org{"", "x", "og_1", "'"} {
		err := s.Home(none).Read(ctx, func(*sqldb.Tx) error { t.Error("it runs"); return nil })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", none, err)
		}
	}
	if err := s.Nobody().Transact(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx) }); fault.KindOf(err) != fault.Denied || sqldb.Code(err) != "42501" {
		t.Errorf("nobody writes: %v", err)
	}
}

// tapped is a connection of which a test can lose what is written or what is answered.
type tapped struct {
	net.Conn
	deaf, mute *atomic.Bool
}

func (c *tapped) Write(b []byte) (int, error) {
	if c.mute.Load() {
		_ = c.Close()
		return 0, io.ErrClosedPipe
	}
	return c.Conn.Write(b)
}

func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.deaf.Load() { // the server has answered, so that it is done
		_ = c.Close()
		return 0, io.EOF
	}
	return n, err
}

// When the connection is lost during a commit, nobody can say whether it was done: both are seen here.
func TestUnknownOutcome(t *testing.T) {
	d := pg.Start(t)
	for name, want := range map[string][]string{"deaf": {"a", "b"}, "mute": {"a"}} {
		t.Run(name, func(t *testing.T) {
			var deaf, mute atomic.Bool
			home := id.Org("og_01hzzzzzzzzzzzzzzzzzzzzzd" + name[:1])
			if name == "mute" {
				home = other
			}
			s := d.Connect(t, func(o *sqldb.ServerOptions) {
				dial := o.Dial
				o.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
					c, err := dial(ctx, network, addr)
					return &tapped{c, &deaf, &mute}, err
				}
				o.Observe = func(_ context.Context, text string) {
					if text == "COMMIT" && deaf.CompareAndSwap(true, false) {
						map[string]*atomic.Bool{"deaf": &deaf, "mute": &mute}[name].Store(true)
					}
				}
			})
			put := func(key string) error {
				return s.Home(home).Transact(t.Context(), func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), insertSchedule, schedule(key)...)
					if key == "b" {
						deaf.Store(true) // Observe moves it to the right one
					}
					return err
				})
			}
			if err := put("a"); err != nil { // now all statements are prepared
				t.Fatal(err)
			}
			err := put("b")
			if !errors.Is(err, sqldb.ErrUnknownOutcome) || fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%v", err)
			}
			deaf.Store(false)
			mute.Store(false)
			if list := keys(t, s.Home(home)); !slices.Equal(list, want) {
				t.Errorf("%q", list)
			}
		})
	}
}

// A server that was killed and started again is used as before: what was idle is replaced, what was in the middle of something is told.
func TestRestart(t *testing.T) {
	server := pg.Run(t, pg.Options{})
	d := server.Database(t)
	var s *sqldb.Server
	restart := func() {
		if err := errors.Join(server.Kill(), server.Start()); err != nil {
			t.Fatal(err)
		}
	}
	s = d.Connect(t, nil)
	db := s.Home(org)
	put := func(tx *sqldb.Tx, k string) error {
		_, err := tx.Exec(t.Context(), insertSchedule, schedule(k)...)
		return err
	}
	for _, k := range []string{"a", "b"} {
		if err := db.Transact(t.Context(), func(tx *sqldb.Tx) error { return put(tx, k) }); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		restart()
	}
	err := db.Transact(t.Context(), func(tx *sqldb.Tx) error {
		if err := put(tx, "c"); err != nil {
			return err
		}
		restart()
		if err := tx.Savepoint(t.Context(), func(tx *sqldb.Tx) error { return put(tx, "d") }); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("in a lost transaction: %v", err)
		}
		return put(tx, "e")
	})
	if fault.KindOf(err) != fault.Unavailable || errors.Is(err, sqldb.ErrUnknownOutcome) {
		t.Errorf("lost in the middle: %v", err)
	}
	err = db.Transact(t.Context(), func(tx *sqldb.Tx) error {
		defer restart()
		return put(tx, "f")
	})
	if !errors.Is(err, sqldb.ErrUnknownOutcome) {
		t.Errorf("lost before the commit: %v", err)
	}
	if list := keys(t, db); !slices.Equal(list, []string{"a", "b"}) {
		t.Errorf("%q", list)
	}
	// A server that is gone, and a connection that does not know it yet: all of a transaction goes with its end, and there is nobody to take it.
	if err := db.Read(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Row(t.Context(), []any{new(int)}, `SELECT 1`); return err }); err != nil {
		t.Error(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	err = db.Transact(t.Context(), func(tx *sqldb.Tx) error { return tx.Queue(t.Context(), insertSchedule, schedule("g")...) })
	if fault.KindOf(err) != fault.Unavailable || errors.Is(err, sqldb.ErrUnknownOutcome) {
		t.Errorf("nobody takes it: %v", err)
	}
	err = db.Read(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Row(t.Context(), []any{new(int)}, `SELECT 1`); return err })
	if fault.KindOf(err) != fault.Unavailable || fault.KindOf(s.Ping(t.Context())) != fault.Unavailable {
		t.Errorf("nobody answers: %v", err)
	}
}

// Errors of a server have kinds, and show no value.
func TestServerFaults(t *testing.T) {
	d := pg.Start(t)
	s := d.Connect(t, nil)
	ctx := t.Context()
	member := `INSERT INTO member (id, name, email, role, removed, erased, created_at, version) VALUES ($1, $2, $3, 'owner', 0, 0, 1, 1)`
	const private = "ada-private@example.com"
	for _, x := range []struct {
		name, code string
		kind       fault.Kind
		run        func(tx *sqldb.Tx) error
	}{
		{"unique", "23505", fault.Conflict, func(tx *sqldb.Tx) error {
			for _, n := range []string{"1", "2"} {
				if _, err := tx.Exec(ctx, member, n, private, private); err != nil {
					return err
				}
			}
			return nil
		}},
		{"reference", "23503", fault.Conflict, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO membership_hint (person, organisation) VALUES ($1, $1)`, private)
			return err
		}},
		{"check", "23514", fault.Conflict, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (name, state, size, at) VALUES ($1, $1, 1, 1)`, private)
			return err
		}},
		{"null", "23502", fault.Internal, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (name, state, size) VALUES ($1, 'live', 1)`, private)
			return err
		}},
		{"another organisation", "42501", fault.Denied, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (org_id, name, state, size, at) VALUES ($1, $2, 'live', 1, 1)`, other, private)
			return err
		}},
		{"no type", "22P02", fault.Internal, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (name, state, size, at) VALUES ('a', 'live', $1, 1)`, private)
			return err
		}},
		{"cast", "22P02", fault.Internal, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (name, state, size, at) VALUES ('a', 'live', CAST(CAST($1 AS TEXT) AS BIGINT), 1)`, private)
			return err
		}},
		{"too large for its type", "", fault.Internal, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (name, state, size, at) VALUES ('a', 'live', $1 * 4, 1)`, int64(1)<<62)
			return err
		}},
		{"too large", "22003", fault.Invalid, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO object (name, state, size, at) VALUES ('a', 'live', CAST($1 AS BIGINT) * 4, 1)`, int64(1)<<62)
			return err
		}},
		{"no such table", "42P01", fault.Internal, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, `DELETE FROM nothing`); return err }},
		{"truncate", "42501", fault.Denied, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, `TRUNCATE ledger_entry`); return err }},
		{"terminated", "57P01", fault.Unavailable, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
			return err
		}},
	} {
		db := s.Home(org)
		if x.name == "reference" {
			db = s.Home(id.Platform)
		}
		err := db.Transact(ctx, x.run)
		if fault.KindOf(err) != x.kind || sqldb.Code(err) != x.code {
			t.Errorf("%s: %s %q %v", x.name, fault.KindOf(err), sqldb.Code(err), err)
		}
		if err != nil && strings.Contains(err.Error(), "ada") {
			t.Errorf("%s: a value is shown: %v", x.name, err)
		}
	}
	for code, want := range map[string]fault.Kind{
		"53100": fault.Unavailable, "53300": fault.Unavailable, "40001": fault.Unavailable, "40P01": fault.Unavailable, "55P03": fault.Unavailable, "57P03": fault.Unavailable,
		"57014": fault.Unavailable, "08006": fault.Unavailable, "28P01": fault.Denied, "3D000": fault.NotFound, "54000": fault.Limited, "XX001": fault.Internal, "58030": fault.Unavailable,
		"23001": fault.Denied, "99999": fault.Internal, "": fault.Internal,
	} {
		if got, help := sqldb.StateOf(code); got != want || help == "" {
			t.Errorf("%s is %s (%s), not %s", code, got, help, want)
		}
	}
}

func TestConnectErrors(t *testing.T) {
	d := pg.Start(t)
	nowhere := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no") }
	for _, x := range []struct {
		name, url string
		dial      pgconn.DialFunc
		plain     bool
		kind      fault.Kind
	}{
		{"no URL", "postgres://u:hunter2@[/x", nowhere, false, fault.Invalid},
		{"no dialer", "postgres://u:hunter2@127.0.0.1/x", nil, false, fault.Internal},
		{"plain text", "postgres://u:hunter2@db.example.com/x?sslmode=disable", nowhere, false, fault.Invalid},
		{"plain text when TLS fails", "postgres://u:hunter2@db.example.com/x", nowhere, false, fault.Invalid},
		{"whoever answers", "postgres://u:hunter2@db.example.com/x?sslmode=require", nowhere, false, fault.Invalid},
		{"a second host", "postgres://u:hunter2@127.0.0.1,db.example.com/x?sslmode=disable", nowhere, false, fault.Invalid},
		{"nobody there", "postgres://u:hunter2@db.example.com/x?sslmode=verify-full", nowhere, false, fault.Unavailable},
		{"allowed", "postgres://u:hunter2@db.example.com/x?sslmode=disable", nowhere, true, fault.Unavailable},
		{"here", "postgres://u:hunter2@[::1]/x", nowhere, false, fault.Unavailable},
		{"no database", d.Server.URL(pg.App, "nothing"), (&net.Dialer{}).DialContext, false, fault.NotFound},
		{"no role", d.Server.URL("hunter2", d.Name), (&net.Dialer{}).DialContext, false, fault.Denied},
	} {
		_, err := sqldb.Connect(t.Context(), sqldb.ServerOptions{URL: secret.New([]byte(x.url)), Dial: x.dial, Plain: x.plain})
		if fault.KindOf(err) != x.kind {
			t.Errorf("%s: %s %v", x.name, fault.KindOf(err), err)
		}
		if err != nil && x.name != "no role" && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "hunter2") {
			t.Errorf("%s: the password is shown: %v", x.name, err)
		}
	}
	asked := ""
	_, err := sqldb.Connect(t.Context(), sqldb.ServerOptions{
		URL: secret.New([]byte("postgres://u@db.invalid:7777/x?sslmode=verify-full")),
		Dial: func(_ context.Context, network, addr string) (net.Conn, error) {
			asked = network + " " + addr
			return nil, errors.New("no")
		},
	})
	if asked != "tcp db.invalid:7777" {
		t.Errorf("the dialer was asked for %q: %v", asked, err)
	}
}

// As a role that could pass by row security nothing starts.
func TestCheckRole(t *testing.T) {
	d := pg.Start(t)
	if err := d.Connect(t, nil).CheckRole(t.Context()); err != nil {
		t.Error(err)
	}
	create := "CREATE ROLE %s LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT"
	for role, statements := range map[string][]string{
		"postgres":                   nil,
		pg.Owner:                     nil,
		"r_bypass_" + d.Name:         {create, "ALTER ROLE %s BYPASSRLS"},
		"r_member_" + d.Name:         {create, "GRANT " + pg.Owner + " TO %s"},
		"r_member_of_super" + d.Name: {create, "GRANT postgres TO %s"},
		"r_roles_" + d.Name:          {create, "ALTER ROLE %s CREATEROLE"},
		"r_creates_" + d.Name:        {create, "GRANT CREATE ON SCHEMA c4arch TO %s"},
	} {
		for _, text := range statements {
			if err := d.Server.Exec(t.Context(), d.Name, fmt.Sprintf(text, role)); err != nil {
				t.Fatal(err)
			}
		}
		s, err := sqldb.Connect(t.Context(), d.Options(role))
		if err != nil {
			t.Fatal(err)
		}
		err = s.CheckRole(t.Context())
		s.Close()
		if fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), role) {
			t.Errorf("%s: %v", role, err)
		}
		if len(statements) > 0 {
			if err := d.Server.Exec(t.Context(), d.Name, "REVOKE ALL ON SCHEMA c4arch FROM "+role, "DROP ROLE "+role); err != nil {
				t.Error(err)
			}
		}
	}
}
