package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/app/serve"
	"c4arch/internal/base/id"
	"c4arch/internal/content/register"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/assure"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/control"
	"c4arch/test/pg"
)

// broken is an instance on PostgreSQL with a listener, of which the subjects of checks are broken one by one. Its clock is set by hand.
type broken struct {
	t      *testing.T
	db     *pg.Database
	now    time.Time
	in     *instance
	assure *assure.Service
}

// TestBrokenControls breaks what checks look at, and sees in the report of the next hourly round the clause and its control fail; what is mended is true again with the round after;
// and where no round comes any more, all of it goes stale by time alone.
func TestBrokenControls(t *testing.T) {
	b := breakable(t)
	b.round()
	for clause, name := range map[string]string{"SE-4.4": "ARC-TEN-01", "SE-5.1": "ARC-CRY-01"} {
		b.stands(clause, name, control.Holds, "")
	}
	if s := b.control("ARC-LOG-02"); s.State != control.Holds {
		t.Errorf("before anything was changed ARC-LOG-02 is %q (%s)", s.State, s.Reason)
	}

	b.owner("ALTER TABLE project NO FORCE ROW LEVEL SECURITY")
	b.stands("SE-4.4", "ARC-TEN-01", control.Holds, "") // nobody has looked yet
	b.round()
	b.stands("SE-4.4", "ARC-TEN-01", control.Failing, "row security is on and forced")
	b.owner("ALTER TABLE project FORCE ROW LEVEL SECURITY")
	b.round()
	b.stands("SE-4.4", "ARC-TEN-01", control.Holds, "")

	b.owner("SET session_replication_role = replica", "UPDATE ledger_entry SET at = at + 1 WHERE org_id = 'platform' AND idx = 0")
	b.round()
	if s := b.control("ARC-LOG-02"); s.State != control.Failing {
		t.Errorf("a row of the ledger was changed, and ARC-LOG-02 is %q (%s)", s.State, s.Reason)
	}
	b.owner("SET session_replication_role = replica", "UPDATE ledger_entry SET at = at - 1 WHERE org_id = 'platform' AND idx = 0")

	b.now = b.now.Add(100 * 24 * time.Hour) // the certificate lasts for 90 days
	b.round()
	b.stands("SE-5.1", "ARC-CRY-01", control.Failing, "certificate")
	b.stands("SE-4.4", "ARC-TEN-01", control.Holds, "")

	b.now = b.now.Add(3*assure.Every + time.Minute) // rounds have stopped
	b.stands("SE-4.4", "ARC-TEN-01", control.Stale, "counts for")
}

// breakable opens the instance and binds the checks whose subjects are broken, as the service does.
func breakable(t *testing.T) *broken {
	t.Helper()
	b := &broken{t: t, db: pg.Start(t), now: time.Now().UTC().Truncate(time.Microsecond)}
	s := onPostgreSQL(t, b.db)
	env := cli.Env{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Now: func() time.Time { return b.now }, Getenv: func(name string) string { return s.env[name] }, Environ: func() []string { return nil },
	}
	in, err := loaded(t.Context(), env, s.flags)
	b.check(err)
	in.log = slog.New(slog.DiscardHandler)
	b.check(in.open(t.Context(), meters{}))
	t.Cleanup(func() { b.check(in.Close()) })
	b.in = in
	looks := &trust.Looks{Homes: in.homes, Server: in.server, Now: in.now, People: in.people()}
	home, err := looks.Probes(in.audit)
	b.check(err)
	listener, err := assure.Bind(assure.TLSListener, b.listener())
	b.check(err)
	probes := []assure.Probe{listener}
	for _, p := range home {
		switch p.Check().ID {
		case assure.RowSecurity, assure.LedgerVerifies:
			probes = append(probes, p)
		}
	}
	reg, err := register.Builtin()
	b.check(err)
	b.assure, err = assure.New(assure.Config{Register: reg, Probes: probes, Store: in.trust.Runs(), Log: in.log, Now: in.now, Random: rand.Reader, Version: "test"})
	b.check(err)
	return b
}

func (b *broken) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// listener serves TLS under a certificate that lasts for 90 days, and is looked at as the service looks at its own.
func (b *broken) listener() func(context.Context) ([]control.Observation, error) {
	b.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	b.check(err)
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: b.now.Add(-time.Hour), NotAfter: b.now.Add(90 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	b.check(err)
	leaf, err := x509.ParseCertificate(der)
	b.check(err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	b.t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	at, err := url.Parse(server.URL)
	b.check(err)
	var dialer net.Dialer
	p := serve.Probe{Origin: at, Own: []serve.Pin{sha256.Sum256(leaf.RawSubjectPublicKeyInfo)}, Roots: roots, Dial: dialer.DialContext, Now: func() time.Time { return b.now }}
	return func(ctx context.Context) ([]control.Observation, error) { return p.Look(ctx), nil }
}

// owner does something to the database that the program may not do.
func (b *broken) owner(statements ...string) {
	b.t.Helper()
	b.check(b.db.Server.Exec(b.t.Context(), b.db.Name, append([]string{"SET search_path = " + sqldb.Schema}, statements...)...))
}

// round is the one of the next hour. What does not pass is an error of it, and kept.
func (b *broken) round() {
	b.t.Helper()
	b.now = b.now.Add(assure.Every)
	round, err := b.assure.Run(b.t.Context(), access.System(id.Platform, "test", access.Actor{}))
	if round == nil {
		b.t.Fatal(err)
	}
}

func (b *broken) report() *control.Report {
	b.t.Helper()
	r, err := b.assure.States(b.t.Context(), access.System(id.Platform, "test", access.Actor{}))
	b.check(err)
	return r
}

func (b *broken) control(name string) control.ControlState {
	b.t.Helper()
	for _, s := range b.report().Controls {
		if s.ID == name {
			return s
		}
	}
	b.t.Fatalf("there is no control %s", name)
	return control.ControlState{}
}

// stands says where a clause and its control are to stand, and what the reason of the clause tells.
func (b *broken) stands(clause, name string, want control.State, says string) {
	b.t.Helper()
	if s := b.control(name); s.State != want || !strings.Contains(s.Reason, says) {
		b.t.Errorf("control %s is %q (%s), not %q (%s)", name, s.State, s.Reason, want, says)
	}
	for _, s := range b.report().Clauses {
		if s.ID == clause && (s.State != want || !strings.Contains(s.Reason, says)) {
			b.t.Errorf("clause %s is %q (%s), not %q (%s)", clause, s.State, s.Reason, want, says)
		}
	}
}
