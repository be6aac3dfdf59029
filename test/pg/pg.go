// Package pg starts a real PostgreSQL for tests: one server for each test binary, and a new database from a template for each test.
//
// It promises that nothing listens on a network (the server has a unix socket in a folder of its own), and that server and folder are gone when the process ends, however it
// ends. It needs Debian's package postgresql; where that is missing a test fails in CI (CI=true) and is skipped, visibly, elsewhere.
package pg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"c4arch/internal/base/secret"
	"c4arch/internal/store/schema"
	"c4arch/internal/store/sqldb"
)

// The roles that a database has: as which it is prepared, and as which the program runs.
const (
	Owner = "c4arch_owner"
	App   = "c4arch_app"
)

// Database is a database of a test.
type Database struct {
	Server *Server
	Name   string
}

// shared is the server of this process. It is ended with it.
var shared = sync.OnceValues(func() (*Server, error) {
	s, err := start(Options{})
	if err != nil {
		return nil, err
	}
	return s, s.template()
})

var names atomic.Int64

// Start gives a test a database of its own, with the newest schema and the roles Owner and App.
func Start(tb testing.TB) *Database {
	tb.Helper()
	s, err := shared()
	missing(tb, err)
	return s.Database(tb)
}

// Empty gives a test a database of its own that has not been prepared.
func Empty(tb testing.TB) *Database {
	tb.Helper()
	s, err := shared()
	missing(tb, err)
	return s.create(tb, "template0")
}

// Run gives a test a server of its own, which can be killed and started again.
func Run(tb testing.TB, o Options) *Server {
	tb.Helper()
	s, err := start(o)
	missing(tb, err)
	tb.Cleanup(s.Stop)
	missing(tb, s.template())
	return s
}

// Launch starts a server outside a test, with the template in it. The caller stops it.
func Launch(o Options) (*Server, error) {
	s, err := start(o)
	if err != nil {
		return nil, err
	}
	if err := s.template(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// missing ends the test when the server could not be had.
func missing(tb testing.TB, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case errors.Is(err, ErrMissing) && os.Getenv("CI") == "":
		tb.Skipf("SKIPPED: %v", err)
	default:
		tb.Fatal(err)
	}
}

const templateName = "c4arch_template"

// template makes the roles, and the prepared database that others are copied from.
func (s *Server) template() error {
	ctx := context.Background()
	if err := s.Exec(ctx, "postgres",
		"CREATE ROLE "+Owner+" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE",
		"CREATE ROLE "+App+" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT",
		"CREATE DATABASE "+templateName+" OWNER "+Owner+" TEMPLATE template0"); err != nil {
		return err
	}
	return (&Database{Server: s, Name: templateName}).Prepare(ctx)
}

// Database makes a prepared database, which is dropped at the end of the test.
func (s *Server) Database(tb testing.TB) *Database {
	tb.Helper()
	return s.create(tb, templateName)
}

func (s *Server) create(tb testing.TB, template string) *Database {
	tb.Helper()
	d, err := s.Create(tb.Context(), template)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if s.Running() {
			_ = s.Exec(context.Background(), "postgres", "DROP DATABASE "+d.Name+" WITH (FORCE)") // the folder goes too
		}
	})
	return d
}

// Create makes a database from a template; "" is the prepared one.
func (s *Server) Create(ctx context.Context, template string) (*Database, error) {
	if template == "" {
		template = templateName
	}
	d := &Database{Server: s, Name: fmt.Sprintf("t%d", names.Add(1))}
	s.copying.Lock() // a template must not be used by two at once
	defer s.copying.Unlock()
	return d, s.Exec(ctx, "postgres", "CREATE DATABASE "+d.Name+" OWNER "+Owner+" TEMPLATE "+template,
		"REVOKE CREATE, TEMPORARY ON DATABASE "+d.Name+" FROM PUBLIC") // preparing does so, but a copy does not have it
}

// Prepare brings the database to the newest schema.
func (d *Database) Prepare(ctx context.Context) error {
	return schema.Prepare(ctx, d.Options(Owner), App)
}

// Options are how a role reaches the database.
func (d *Database) Options(role string) sqldb.ServerOptions {
	return sqldb.ServerOptions{URL: secret.New([]byte(d.Server.URL(role, d.Name))), Dial: (&net.Dialer{}).DialContext}
}

// URL is how a role reaches the database: Owner, App or the superuser "postgres". There is no password: only this user reaches the socket.
func (d *Database) URL(role string) string { return d.Server.URL(role, d.Name) }

// Connect connects as the application role; it ends with the test. change may be nil.
func (d *Database) Connect(tb testing.TB, change func(*sqldb.ServerOptions)) *sqldb.Server {
	tb.Helper()
	o := d.Options(App)
	if change != nil {
		change(&o)
	}
	s, err := sqldb.Connect(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// Exec runs statements as the superuser, to whom row security does not apply.
func (s *Server) Exec(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres", database))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is over
	for _, text := range statements {
		if _, err := conn.Exec(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}
