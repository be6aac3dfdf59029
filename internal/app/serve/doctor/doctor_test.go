package doctor

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func clockAt() time.Time { return now }

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseFiles(t *testing.T) {
	noise := strings.Repeat("\x9f\x01\xee", 100)
	for name, x := range map[string]struct {
		files map[string]string
		want  State
	}{
		"encrypted":       {map[string]string{"platform.db": noise, "orgs/og_1/home.db": noise, "orgs/og_1/home.db-wal": noise}, OK},
		"none":            {nil, Unknown},
		"a plain one":     {map[string]string{"platform.db": noise, "orgs/og_1/home.db": plainHeader + noise}, Failed},
		"a plain log":     {map[string]string{"platform.db": noise, "orgs/og_1/home.db-wal": "\x37\x7f\x06\x83" + noise}, Failed},
		"an empty log":    {map[string]string{"platform.db": noise, "platform.db-wal": ""}, OK},
		"plain platform":  {map[string]string{"platform.db": plainHeader}, Failed},
		"not a directory": {map[string]string{"orgs": "x"}, Unknown},
	} {
		p := Probes{DataDir: t.TempDir(), Now: clockAt}
		for f, text := range x.files {
			put(t, filepath.Join(p.DataDir, f), text)
		}
		if got := p.files(); got.State != x.want || got.Detail == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestVolumeIsAskedForReal(t *testing.T) {
	p := Probes{DataDir: t.TempDir(), System: "/", Now: clockAt}
	if f := p.volume(); f.State == Failed || f.Detail == "" {
		t.Errorf("%+v", f) // encrypted or unknown: that it is not encrypted below cannot be known
	}
	p.DataDir = filepath.Join(p.DataDir, "none")
	if f := p.volume(); f.State != Unknown {
		t.Errorf("%+v", f)
	}
	if f := (Probes{DataDir: t.TempDir()}).space(); runtime.GOOS == "linux" && f.State == Unknown {
		t.Errorf("%+v", f)
	}
}

func TestSpace(t *testing.T) {
	for _, x := range []struct {
		free, all uint64
		want      State
	}{{10 << 30, 100 << 30, OK}, {leastFree - 1, 2 << 30, Failed}, {4 << 30, 100 << 30, Failed}, {leastFree, 10 << 30, OK}} {
		if f := enough(Finding{State: OK}, x.free, x.all); f.State != x.want {
			t.Errorf("%d of %d: %+v", x.free, x.all, f)
		}
	}
}

func TestPostgres(t *testing.T) {
	good := map[string]string{askTLS: "TLSv1.3", askChecksums: "on", askVersion: "15.4 (Debian)"}
	for name, x := range map[string]struct {
		change map[string]string
		socket bool
		want   string
	}{
		"good":         {nil, false, "ok ok ok unknown"},
		"socket":       {map[string]string{askTLS: ""}, true, "ok ok ok unknown"},
		"plain":        {map[string]string{askTLS: ""}, false, "ok failed ok unknown"},
		"old TLS":      {map[string]string{askTLS: "TLSv1.1"}, false, "ok failed ok unknown"},
		"no checksums": {map[string]string{askChecksums: "off"}, false, "ok ok failed unknown"},
		"old":          {map[string]string{askVersion: "14.9"}, false, "failed ok ok unknown"},
		"strange":      {map[string]string{askVersion: "x"}, false, "unknown ok ok unknown"},
		"no answer":    {map[string]string{askVersion: "!", askTLS: "!", askChecksums: "!"}, false, "unknown unknown unknown unknown"},
	} {
		p := Probes{Socket: x.socket, Postgres: func(_ context.Context, q string) (string, error) {
			a, changed := x.change[q]
			if a == "!" {
				return "", errors.New("away")
			}
			if !changed {
				a = good[q]
			}
			return a, nil
		}}
		var got []string
		for _, f := range p.postgres(t.Context()) {
			got = append(got, string(f.State))
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%s: %s, want %s", name, s, x.want)
		}
	}
}

func certificate(t *testing.T, from, until time.Time) []byte {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
}

func TestCertificates(t *testing.T) {
	p := Probes{Now: clockAt}
	for name, x := range map[string]struct {
		pem  []byte
		err  error
		want State
	}{
		"good":    {certificate(t, now.Add(-time.Hour), now.Add(15*24*time.Hour)), nil, OK},
		"soon":    {certificate(t, now.Add(-time.Hour), now.Add(13*24*time.Hour)), nil, Failed},
		"over":    {certificate(t, now.Add(-2*time.Hour), now.Add(-time.Hour)), nil, Failed},
		"not yet": {certificate(t, now.Add(time.Hour), now.Add(99*24*time.Hour)), nil, Failed},
		"nothing": {[]byte("x"), nil, Failed},
		"away":    {nil, errors.New("away"), Unknown},
	} {
		if f := p.certificate(t.Context(), Certificate{"x", func(context.Context) ([]byte, error) { return x.pem, x.err }}); f.State != x.want {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := p.certificate(t.Context(), Certificate{Name: "x"}); f.State != Unknown {
		t.Errorf("cannot be asked: %+v", f)
	}
}

func TestRootKeyPlace(t *testing.T) {
	good, bad := &Finding{State: OK}, &Finding{State: Unknown}
	for name, x := range map[string]struct {
		key    RootKey
		volume *Finding
		want   State
	}{
		"beside, encrypted": {RootKey{Dir: "/data/keys"}, good, OK},
		"beside, unknown":   {RootKey{Dir: "/data/keys"}, bad, Unknown},
		"elsewhere":         {RootKey{Dir: "/dataset/keys"}, good, Unknown},
		"service":           {RootKey{Ask: func(context.Context) Finding { return Finding{State: OK} }}, bad, OK},
		"service, silent":   {RootKey{}, good, Unknown},
	} {
		if f := (Probes{DataDir: "/data"}).rootKey(t.Context(), x.key, x.volume); f.State != x.want {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestClockAndBackup(t *testing.T) {
	p := Probes{Now: clockAt}
	for name, x := range map[string]struct {
		at    time.Time
		known bool
		err   error
		want  State
	}{
		"past": {now.Add(-time.Hour), true, nil, OK}, "future": {now.Add(time.Hour), true, nil, Failed},
		"none": {time.Time{}, false, nil, Unknown}, "away": {time.Time{}, false, errors.New("away"), Unknown},
	} {
		p.Newest = func(context.Context) (time.Time, bool, error) { return x.at, x.known, x.err }
		if f := p.clock(t.Context()); len(f) != 2 || f[1].State != x.want || f[0].State == Failed {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := p.backup(t.Context()); f.State != Unknown {
		t.Errorf("no backups: %+v", f)
	}
	for age, want := range map[time.Duration]State{time.Hour: OK, 30 * time.Hour: Failed} {
		p.Backup = func(context.Context) (time.Time, error) { return now.Add(-age), nil }
		if f := p.backup(t.Context()); f.State != want {
			t.Errorf("%s: %+v", age, f)
		}
	}
}

func TestPermissions(t *testing.T) {
	if noModes {
		t.Skip("this system has no modes")
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "good"), "x")
	put(t, filepath.Join(dir, "open"), "x")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := Probes{Private: []string{filepath.Join(dir, "good"), filepath.Join(dir, "open"), filepath.Join(dir, "none")}}.permissions()
	if len(f) != 3 || f[0].State != OK || f[1].State != Failed || f[2].State != Unknown {
		t.Errorf("%+v", f)
	}
}

func TestReport(t *testing.T) {
	for code, states := range map[int][]State{0: {OK, OK}, 1: {OK, Unknown, Failed}, 3: {OK, Unknown}} {
		r := Report{At: now}
		for _, s := range states {
			r.Findings = append(r.Findings, Finding{Subject: "x", State: s, Detail: "d", Help: "h"})
		}
		if got := fault.ExitCode(r.Err()); got != code {
			t.Errorf("%v: exit code %d, want %d", states, got, code)
		}
	}
	if fault.ExitCode(Report{}.Err()) != 3 {
		t.Error("nothing was looked at, and that is ok")
	}
	p := Probes{
		Now: clockAt, DataDir: t.TempDir(), System: "/", Bucket: func(context.Context) Finding { return Finding{Subject: "bucket", State: OK} },
		Postgres: func(context.Context, string) (string, error) { return "", errors.New("away") }, RootKeys: []RootKey{{Name: "k"}}, Certificates: []Certificate{{Name: "c"}},
	}
	r := Doctor(t.Context(), p)
	var text, asJSON bytes.Buffer
	if err := errors.Join(r.WriteText(&text), r.WriteJSON(&asJSON)); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(asJSON.Bytes(), &back); err != nil || len(back.Findings) != len(r.Findings) || len(r.Findings) < 11 {
		t.Errorf("%v, %d findings:\n%s", err, len(r.Findings), text.String())
	}
	for _, f := range r.Findings {
		if f.Subject == "" || f.State == "" || !strings.Contains(text.String(), f.Subject) {
			t.Errorf("%+v", f)
		}
	}
}
