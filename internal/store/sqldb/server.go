package sqldb

import (
	"context"
	"crypto/tls"
	"net/netip"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// Schema is the PostgreSQL schema in which the tables of all homes are.
const Schema = "c4arch"

// searchPath names temporary tables last, or one could stand in the place of a table of ours.
const searchPath = Schema + ",pg_temp"

// ServerOptions are how a PostgreSQL database is reached.
type ServerOptions struct {
	// URL is postgres://role@host/database?…, with a password in it or in what libpq reads (PGPASSWORD, a password file). It stands in no error.
	URL secret.Value
	// Dial opens every connection, to the host as the URL names it: the one dialer of the program.
	Dial pgconn.DialFunc
	// Plain allows a connection without TLS, or without a check of the certificate, to another machine. It is for a private network that we own.
	Plain bool
	// MaxConns is how many connections there are at most; 0 means 8.
	MaxConns int
	Observe  Observe
}

// Server is a PostgreSQL database that holds the homes of many organisations under forced row security.
type Server struct {
	pool    *pgxpool.Pool
	name    string
	observe Observe
}

// Connect reaches a database. It does not look at the schema or the role: package schema has Check for both.
func Connect(ctx context.Context, o ServerOptions) (*Server, error) {
	config, err := serverConfig(&o)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["search_path"] = searchPath
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fault.New(fault.Internal, "the pool of connections cannot be made")
	}
	s := &Server{pool: pool, name: serverName(config.ConnConfig), observe: o.Observe}
	if err := s.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// serverName is what a message may say: host and database.
func serverName(c *pgx.ConnConfig) string { return c.Database + " on " + c.Host }

// serverConfig reads the URL. What pgx says of a bad one may quote it, so that its words are not passed on.
func serverConfig(o *ServerOptions) (*pgxpool.Config, error) {
	if o.Dial == nil {
		return nil, fault.New(fault.Internal, "a database is reached by the program's dialer")
	}
	config, err := pgxpool.ParseConfig(string(o.URL.Expose()))
	if err != nil {
		return nil, fault.New(fault.Invalid, "the URL of the database cannot be read").WithHelp("write it as postgres://role@host/database?sslmode=verify-full")
	}
	c := config.ConnConfig
	if err := transport(c, o.Plain); err != nil {
		return nil, err
	}
	c.DialFunc = o.Dial
	c.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil } // the dialer resolves
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 10 * time.Second
	}
	c.Tracer = nil
	for name, value := range map[string]string{
		"application_name":                    "c4arch",
		"timezone":                            "UTC",
		"lock_timeout":                        "30s",
		"idle_in_transaction_session_timeout": "60s",
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	config.MaxConns = int32(min(max(o.MaxConns, 0), 1000))
	if o.MaxConns == 0 {
		config.MaxConns = 8
	}
	return config, nil
}

// transport refuses a way to another machine that is not encrypted, or to a machine that has not proven who it is.
func transport(c *pgx.ConnConfig, plain bool) error {
	ways := []*pgconn.FallbackConfig{{Host: c.Host, TLSConfig: c.TLSConfig}}
	for _, w := range append(ways, c.Fallbacks...) {
		if w.TLSConfig != nil {
			w.TLSConfig.MinVersion = max(w.TLSConfig.MinVersion, tls.VersionTLS12)
		}
		if plain || here(w.Host) || w.TLSConfig != nil && !w.TLSConfig.InsecureSkipVerify {
			continue
		}
		return fault.New(fault.Invalid, "the connection to the database on %s would not be encrypted, or to whoever answers", w.Host).
			WithHelp("add sslmode=verify-full to its URL")
	}
	return nil
}

// here reports whether a host is this machine: a unix socket or a loopback address.
func here(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// Ping asks whether the database answers.
func (s *Server) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return pgFault(s.name, err)
	}
	return nil
}

// Name says which database it is, without a secret.
func (s *Server) Name() string { return s.name }

// Close ends all connections, when those in use have come back.
func (s *Server) Close() { s.pool.Close() }

// Home is the part of one organisation. What is no organisation has none, and every transaction on it is notfound.
func (s *Server) Home(org id.Org) *DB {
	if !org.Valid() {
		return &DB{name: "of no organisation", engine: noHome{}}
	}
	return &DB{name: s.name, observe: s.observe, engine: &part{server: s, org: org}}
}

// Nobody has transactions without an organisation, which see nothing and can write nothing: probes show that.
func (s *Server) Nobody() *DB {
	return &DB{name: s.name, observe: s.observe, engine: &part{server: s}}
}

// Usage is how many connections there are, and how many of them are in use.
func (s *Server) Usage() (open, used, most int) {
	st := s.pool.Stat()
	return int(st.TotalConns()), int(st.AcquiredConns()), int(st.MaxConns())
}

// part is the home of one organisation on a server.
type part struct {
	server *Server
	org    id.Org // "" for nobody
}

func (*part) kind() Engine { return PostgreSQL }
func (*part) close() error { return nil }

func (p *part) fault(err error) error { return pgFault(p.server.name, err) }
