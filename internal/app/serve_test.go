package app

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// engines runs a test on both engines, with settings that serve needs no more than.
func engines(t *testing.T, test func(t *testing.T, s settings)) {
	t.Run("embedded", func(t *testing.T) { t.Parallel(); test(t, fresh(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); test(t, onPostgreSQL(t, pg.Empty(t))) })
}

// TestServeWithoutConfiguration: nothing is set but a home and a port that is free.
func TestServeWithoutConfiguration(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	s := settings{flags: map[string][]string{"listen": {"127.0.0.1:0"}}, env: map[string]string{"HOME": home}}
	r := serves(t, s)
	data := filepath.Join(home, ".local", "share", "c4arch")
	for path, want := range map[string]os.FileMode{"": 0o700, "keys": 0o700, "orgs": 0o700, "checkpoints": 0o700, "platform.db": 0o600, "platform.key": 0o600, "keys/0-first.root": 0o600} {
		if got := modeOf(t, filepath.Join(data, path)); got != want {
			t.Errorf("%s has mode %04o, not %04o", path, got, want)
		}
	}
	r.out.wait(t, r.ended, `A root key was made in `+regexp.QuoteMeta(filepath.Join(data, "keys")))
	if !strings.HasPrefix(r.url, "http://127.0.0.1:") {
		t.Errorf("it serves on %s", r.url)
	}
	link := r.out.wait(t, r.ended, `(?m)^  (http\S+/setup#code=c4s_\S+)$`)[1]
	if !strings.HasPrefix(link, strings.Replace(r.url, "127.0.0.1", "localhost", 1)+"/") {
		t.Errorf("the link is %s", link)
	}
	if text := refused(t, s); !strings.Contains(text, "another c4arch uses the data directory") {
		t.Errorf("a second process on one directory:\n%s", text)
	}
	// A restart before anybody has set it up prints another link, and the older one is good as long as it lasts.
	r.end()
	r = serves(t, s)
	operator := r.setUp()
	var who struct{ Organisation string }
	if operator.must("GET", "/whoami", nil, &who); who.Organisation != "platform" {
		t.Errorf("the operator is of %q", who.Organisation)
	}
	for _, code := range []string{strings.SplitAfter(link, "#code=")[1], "c4s_x", ""} {
		if status := (caller{r: r}).call("POST", "/setup", map[string]string{"code": code}, nil); status < 400 {
			t.Errorf("a second operator by %q: %d", code, status)
		}
	}
	r.end()
	r = serves(t, s)
	if strings.Contains(r.out.String(), "/setup") || strings.Contains(r.out.String(), "root key") {
		t.Errorf("there is an operator already:\n%s", r.out)
	}
	operator.at(r).must("GET", "/whoami", nil, &who)
	r.end()
}

func keptIn(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask says
		t.Fatal(err)
	}
	return path
}

// TestServeRefuses: a secret that is missing, well known or readable by others, a machine that is open, and what else must not run. Each says which setting it is about and
// what to do.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address := func(word string) string { return "postgres://app:" + word + "@127.0.0.1/db" }
	weak := keptIn(t, filepath.Join(dir, "weak"), address("changeme"), 0o600)
	short := keptIn(t, filepath.Join(dir, "short"), address("Ab3-Ab3-Ab3"), 0o600)
	open := keptIn(t, filepath.Join(dir, "open"), address("q7Zt-9fK2-vbW1-xx83"), 0o644)
	group := keptIn(t, filepath.Join(dir, "group"), address("q7Zt-9fK2-vbW1-xx83"), 0o640)
	empty := keptIn(t, filepath.Join(dir, "empty"), "\n", 0o600)
	wide := filepath.Join(dir, "wide")
	for _, d := range []string{wide, filepath.Join(wide, "data")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(d, 0o755); err != nil { // a service of another test has set the process's umask
			t.Fatal(err)
		}
	}
	for name, x := range map[string]struct {
		flag, value string
		env         map[string]string
		says        []string
	}{
		"a missing secret":           {"database", "file:" + filepath.Join(dir, "none"), nil, []string{"database.url", "is missing"}},
		"a variable that is not set": {"database", "env:NOTHING", nil, []string{"database.url", "NOTHING is not set"}},
		"an empty secret":            {"database", "file:" + empty, nil, []string{"database.url", "is empty"}},
		"a well-known password":      {"database", "file:" + weak, nil, []string{"database.url", "everybody tries first"}},
		"a short password":           {"database", "file:" + short, nil, []string{"database.url", "shorter than 15"}},
		"a secret for everybody":     {"database", "file:" + open, nil, []string{"database.url", "0644", "chmod 600"}},
		"a secret for a group":       {"database", "file:" + group, nil, []string{"database.url", "0640"}},
		"a password in a flag":       {"database", address("q7Zt-9fK2-vbW1-xx83"), nil, []string{"must not stand in a setting", "file:/PATH"}},
		"an owner alone":             {"database-owner", "env:OWNER", nil, []string{"database.owner", "database.url is not set"}},
		"a data directory for all":   {"data", filepath.Join(wide, "data"), nil, []string{"data", "0755", "chmod 700"}},
		"beyond this machine":        {"listen", "0.0.0.0:0", nil, []string{"listen", "there is no TLS", "external"}},
		"metrics beyond it":          {"internal-listen", "0.0.0.0:0", nil, []string{"internal.listen", "client-ca"}},
		"a misspelt variable":        {"log-level", "warn", map[string]string{"C4ARCH_INTERNAL_CLIENTCA": "/ca"}, []string{"write C4ARCH_INTERNAL_CLIENT_CA"}},
		"two folders of root keys":   {"root-key", "file:/a,file:/b", nil, []string{"keys.root", "there are two of file"}},
		"a port that is taken":       {"listen", "", nil, []string{"cannot listen", "--listen"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh(t)
			if x.value == "" {
				x.value = strings.TrimPrefix(serves(t, fresh(t)).url, "http://")
			}
			s = s.with(x.flag, x.value)
			s.env = x.env
			text := refused(t, s)
			for _, want := range x.says {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q:\n%s", want, text)
				}
			}
			if strings.Contains(text, "q7Zt-9fK2") || strings.Contains(text, "changeme") || strings.Contains(text, "Ab3-Ab3") {
				t.Errorf("it quotes a secret:\n%s", text)
			}
		})
	}
}

// TestRootKeysAreNotMadeTwice: where data is wrapped under a root key, another one is not made in its place.
func TestRootKeysAreNotMadeTwice(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	serves(t, s).end()
	keys := filepath.Join(s.data(), "keys")
	if err := os.Rename(keys, keys+".away"); err != nil {
		t.Fatal(err)
	}
	if text := refused(t, s); !strings.Contains(text, "the root keys in "+keys+" are missing") || !strings.Contains(text, "keys.root") {
		t.Errorf("it says:\n%s", text)
	}
	if _, err := os.Stat(keys); err == nil {
		t.Error("a root key was made")
	}
	if code, out := runs(t, s.without("listen", "log-level"), "doctor"); code != 1 || !strings.Contains(out, "it is missing, and the data is wrapped under it") {
		t.Errorf("doctor: %d\n%s", code, out)
	}
	if err := os.Rename(keys+".away", keys); err != nil {
		t.Fatal(err)
	}
	serves(t, s).end()
}

// TestOriginStays: the name by which an instance has signed is that of its log, whatever its address is later.
func TestOriginStays(t *testing.T) {
	t.Parallel()
	s := fresh(t).with("ledger-origin", "arch.contoso.example")
	r := serves(t, s)
	operator := r.setUp()
	var note []byte
	if operator.must("GET", "/ledger/checkpoint", nil, &note); !bytes.HasPrefix(note, []byte("arch.contoso.example/audit/platform\n")) {
		t.Fatalf("the checkpoint is %s", note)
	}
	r.end()
	if text := refused(t, s.with("ledger-origin", "elsewhere.example")); !strings.Contains(text, "ledger.origin") || !strings.Contains(text, "set ledger.origin to arch.contoso.example") {
		t.Errorf("another name:\n%s", text)
	}
	r = serves(t, s.without("ledger-origin"))
	if operator.at(r).must("GET", "/ledger/checkpoint", nil, &note); !bytes.HasPrefix(note, []byte("arch.contoso.example/audit/platform\n")) {
		t.Errorf("without the setting the checkpoint is %s", note)
	}
	r.end()
}

// TestMigrateAndServe: the owner's secret is kept away from the service, and what the application's role must not be able to is seen before anything is served.
func TestMigrateAndServe(t *testing.T) {
	t.Parallel()
	d := pg.Empty(t)
	both := onPostgreSQL(t, d)
	alone := both.without("database-owner")
	if text := refused(t, alone); !strings.Contains(text, "c4arch migrate") {
		t.Errorf("a database without a schema:\n%s", text)
	}
	commands := both.without("listen", "log-level", "data")
	if code, out := runs(t, alone.without("listen", "log-level"), "migrate"); code == 0 || !strings.Contains(out, "--database-owner") {
		t.Errorf("nobody may migrate: %d\n%s", code, out)
	}
	commands.env["HOME"] = t.TempDir()
	if code, out := runs(t, commands, "doctor"); code != 1 || !strings.Contains(out, "PostgreSQL, schema and role") {
		t.Errorf("doctor before: %d\n%s", code, out)
	}
	if text := refused(t, alone); !strings.Contains(text, "c4arch migrate") {
		t.Errorf("doctor has migrated:\n%s", text)
	}
	if code, out := runs(t, commands, "migrate"); code != 0 || !strings.Contains(out, "has the newest schema") {
		t.Fatalf("migrate: %d\n%s", code, out)
	}
	if code, out := runs(t, commands, "doctor", "--json"); code != 3 && code != 1 || !strings.Contains(out, `"subject": "PostgreSQL, schema and role",
      "state": "ok"`) {
		t.Errorf("doctor after: %d\n%s", code, out)
	}
	serves(t, alone).end()
	for name, x := range map[string]struct{ do, undo, role, says string }{
		"the owner":      {"", "", pg.Owner, "database"},
		"a superuser":    {"", "", "postgres", "database"},
		"one above rows": {"ALTER ROLE c4arch_app BYPASSRLS", "ALTER ROLE c4arch_app NOBYPASSRLS", pg.App, "database"},
	} {
		if name == "one above rows" {
			continue // the role is that of every test of this process: package sqldb sees to it, on a server of its own
		}
		s := settings{alone.flags, map[string]string{"DATABASE": d.URL(x.role)}}
		if text := refused(t, s.with("data", filepath.Join(t.TempDir(), "data"))); !strings.Contains(text, "is not ready for the service") || !strings.Contains(text, x.says) {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// TestReplicas: two processes on one database with the same root keys are one service; one with root keys of its own is told so.
func TestReplicas(t *testing.T) {
	t.Parallel()
	s := onPostgreSQL(t, pg.Empty(t))
	bucket := filepath.Join(t.TempDir(), "bucket")
	if err := os.Mkdir(bucket, 0o700); err != nil {
		t.Fatal(err)
	}
	s = s.with("root-key", "file:"+filepath.Join(s.data(), "keys")).with("objects", "file://"+bucket)
	one := serves(t, s)
	two := serves(t, s.with("data", filepath.Join(t.TempDir(), "data")))
	operator := one.setUp()
	owner := operator.organisation("contoso")
	path := owner.at(two).project("shop")
	var project struct{ Slug string }
	if owner.must("GET", path, nil, &project); project.Slug != "shop" {
		t.Errorf("one replica does not see what the other made: %+v", project)
	}
	var note []byte
	owner.at(two).must("GET", "/ledger/checkpoint", nil, &note)
	list, err := os.ReadDir(filepath.Join(bucket, "checkpoints"))
	if err != nil || len(list) < 2 {
		t.Errorf("copies of checkpoints in the bucket: %v, %v", list, err)
	}
	stranger := s.without("root-key").with("data", filepath.Join(t.TempDir(), "data"))
	if text := refused(t, stranger); !strings.Contains(text, "wrapped under other root keys than the one that was just made") || !strings.Contains(text, "keys.root") {
		t.Errorf("a replica with root keys of its own:\n%s", text)
	}
	two.end()
	one.end()
}

// TestRootKeyIsRotated: a new root key, a restart, and every key is wrapped under it: then the older one can go.
func TestRootKeyIsRotated(t *testing.T) {
	engines(t, func(t *testing.T, s settings) {
		r := serves(t, s)
		operator := r.setUp()
		owner := operator.organisation("contoso")
		path := owner.project("shop")
		r.end()
		code, out := runs(t, s.without("listen", "log-level"), "key", "new")
		if code != 0 || !strings.Contains(out, "Restart the service") {
			t.Fatalf("key new: %d\n%s", code, out)
		}
		r = serves(t, s)
		for _, want := range []int{2, 0} { // the platform's and the organisation's; then none
			var done struct{ Changed int }
			if operator.at(r).must("POST", "/keys/rotation", nil, &done); done.Changed != want {
				t.Errorf("%d keys were wrapped anew, not %d", done.Changed, want)
			}
		}
		r.end()
		if err := os.Remove(filepath.Join(s.data(), "keys", "0-first.root")); err != nil {
			t.Fatal(err)
		}
		r = serves(t, s)
		owner.at(r).must("GET", path, nil, nil)
		r.end()
	})
}

// TestOperatorLooks: controls are run and listed through the API, and whom the service spoke to.
func TestOperatorLooks(t *testing.T) {
	engines(t, func(t *testing.T, s settings) {
		r := serves(t, s)
		operator := r.setUp()
		for _, slug := range []string{"contoso", "fabrikam"} {
			operator.organisation(slug).project("shop")
		}
		var round struct {
			Runs []struct {
				Check, Outcome string
				Observations   []struct{ Subject, Outcome, Detail string }
			}
			LedgerIndex int64
		}
		operator.must("POST", "/controls/runs", map[string]any{}, &round)
		unknown := map[string]bool{"storage-encryption": true, "canary-routes": true, "build-traced": true} // no platform can be asked here, no organisation is kept to be asked, and a test is no build of a commit
		core := []string{"route-walk", "foreign-ids", "tenant-canary", "ledger-access", "token-terms", "tls-hops", "row-security", "access-policies", "session-realms", "token-purposes", "staff-access", "personnel", "access-ends", "sign-in-rules", "customer-duties", "access-log"}
		short := map[string]bool{"staff-sign-in": true} // there is no provider here, and the register says so
		ran := map[string]bool{}
		for _, x := range round.Runs {
			ran[x.Check] = true
			if x.Outcome == "pass" || unknown[x.Check] && x.Outcome == "unknown" || short[x.Check] && x.Outcome == "fail" || x.Check == "secret-sources" && len(s.env) > 0 {
				continue // of secrets in variables, as the tests have them, the check says what it is there for
			}
			if x.Outcome == "not exercised" && !slices.Contains(core, x.Check) {
				continue // nothing of the programme was done here yet, and the check says so
			}
			t.Errorf("%s: %s %+v", x.Check, x.Outcome, x.Observations)
		}
		for _, want := range core {
			if !ran[want] {
				t.Errorf("%s did not run", want)
			}
		}
		operator.must("POST", "/controls/runs", map[string]any{"checks": []string{"route-walk"}}, &round)
		if len(round.Runs) != 1 || round.Runs[0].Outcome != "pass" || round.LedgerIndex == 0 {
			t.Errorf("one check: %+v", round)
		}
		if status := operator.call("POST", "/controls/runs", map[string]any{"checks": []string{"nothing"}}, nil); status != 404 {
			t.Errorf("a check that is not there: %d", status)
		}
		if status := operator.organisation("tailspin").call("POST", "/controls/runs", map[string]any{}, nil); status != 403 {
			t.Errorf("an owner runs checks of the platform: %d", status)
		}
		asked := settings{env: map[string]string{"C4ARCH_SERVER": r.url, "C4ARCH_TOKEN": operator.token}}
		if code, out := runs(t, asked, "control", "run", "--server", "route-walk", "tls-hops"); code != 0 || !strings.Contains(out, "pass  route-walk") {
			t.Errorf("through the service: %d\n%s", code, out)
		}
		if code, out := runs(t, asked, "control", "run", "--server", "storage-encryption"); code != 3 || !strings.Contains(out, "could not tell") {
			t.Errorf("what is unknown: %d\n%s", code, out)
		}
		if code, out := runs(t, asked, "control", "list", "--server", "--clauses"); code != 0 || !regexp.MustCompile(`(?m)^SE-3.1 +holds`).MatchString(out) {
			t.Errorf("the list: %d\n%s", code, out)
		} else {
			t.Log(regexp.MustCompile(`[0-9]+ clauses: .*`).FindString(out))
		}
		if code, out := runs(t, asked, "control", "list", "--server", "--data", "x"); code != 1 || !strings.Contains(out, "one or the other") {
			t.Errorf("both: %d\n%s", code, out)
		}
		if len(s.env) == 0 {
			if code, out := runs(t, s.without("listen", "log-level"), "control", "list"); code != 1 || !strings.Contains(out, "--server") {
				t.Errorf("a directory that is in use: %d\n%s", code, out)
			}
		}
		var report struct {
			Clauses []struct{ ID, State string }
		}
		operator.must("GET", "/controls", nil, &report)
		for _, c := range report.Clauses {
			want := map[string]string{"SE-3.1": "holds", "SE-3.2": "holds", "SE-3.4": "holds", "SE-12.1": "holds", "MSP-ACC-7": "holds", "MSP-SOC-6": "holds", "MSP-ACC-1": "failing", "MSP-ACC-2": "failing", "MSP-ACC-8": "not yet"}
			if state, ok := want[c.ID]; ok && c.State != state {
				t.Errorf("%s is %s, not %s", c.ID, c.State, state)
			}
		}
		r.end()
		r = serves(t, s) // what was spoken to is written down at the end at the latest
		var spoken struct {
			Items []struct {
				Host, Purpose, Outcome string
				Count                  int64
			}
		}
		operator.at(r).must("GET", "/destinations", nil, &spoken)
		found := false
		for _, d := range spoken.Items {
			found = found || d.Purpose == "database" && d.Outcome == "opened" && d.Count > 0
		}
		if found != (len(s.env) > 0) {
			t.Errorf("destinations: %+v", spoken)
		}
		asked.env["C4ARCH_SERVER"] = r.url
		if code, out := runs(t, asked, "destinations"); code != 0 || found != regexp.MustCompile(`database +opened +platform`).MatchString(out) {
			t.Errorf("destinations: %d\n%s", code, out)
		}
		r.end()
	})
}

// TestWitnessEndToEnd: a witness of somebody else's cosigns what the service signs, and a bundle is verified by the witness's key alone.
func TestWitnessEndToEnd(t *testing.T) {
	t.Parallel()
	s := fresh(t).with("ledger-origin", "arch.contoso.example")
	r := serves(t, s)
	operator := r.setUp()
	owner := operator.organisation("contoso")
	owner.project("shop")
	var mine, platform []byte
	owner.must("GET", "/ledger/key", nil, &mine)
	operator.must("GET", "/ledger/key", nil, &platform)
	r.end()

	keys := keptIn(t, filepath.Join(t.TempDir(), "logs"), string(mine)+string(platform), 0o644)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	out, ended := newSaid(), make(chan struct{})
	var code int
	go func() {
		defer close(ended)
		w := settings{flags: map[string][]string{"dir": {filepath.Join(t.TempDir(), "witness")}, "name": {"witness.fabrikam.example"}, "log": {keys}, "listen": {"127.0.0.1:0"}}}
		code = w.run(ctx, new(bytes.Buffer), out, "witness")
	}()
	defer func() {
		if stop(); true {
			<-ended
		}
		if code != 0 {
			t.Errorf("the witness ends with %d\n%s", code, out)
		}
	}()
	witness := out.wait(t, ended, `--witness(?:es)? '([^']+)'`)[1]
	key, err := ledger.ParseKey(strings.Fields(witness)[0])
	if err != nil {
		t.Fatal(err)
	}

	r = serves(t, s.with("witnesses", witness))
	owner = owner.at(r)
	owner.project("warehouse") // so that there is something new to sign
	var note, bundle []byte
	owner.must("GET", "/ledger/checkpoint", nil, &note)
	if !bytes.Contains(note, []byte("witness.fabrikam.example")) {
		t.Errorf("the checkpoint is not cosigned:\n%s\n%s", note, out)
	}
	owner.must("GET", "/ledger/bundle?values=true", nil, &bundle)
	trusted, err := ledger.Verify(bytes.NewReader(bundle), int64(len(bundle)), ledger.Trust{WitnessKeys: []ledger.Key{key}})
	if err != nil || trusted.Verdict != ledger.Proven || trusted.Entries < 3 {
		t.Errorf("with the witness's key: %v, %+v", err, trusted)
	}
	alone, err := ledger.Verify(bytes.NewReader(bundle), int64(len(bundle)), ledger.Trust{})
	if err != nil || alone.Verdict == ledger.Proven {
		t.Errorf("without any key: %v, %+v", err, alone)
	}
	if _, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle))); err != nil {
		t.Error(err)
	}
	r.end()
	if text := refused(t, s.with("witnesses", "witness.example+x+y http://127.0.0.1:1")); !strings.Contains(text, "witness") {
		t.Errorf("a key that is none:\n%s", text)
	}
}

// TestGracefulStop: a service that is asked to stop while it scans ends in order, and the next one has the scan.
func TestGracefulStop(t *testing.T) {
	engines(t, func(t *testing.T, s settings) {
		r := serves(t, s)
		owner := r.setUp().organisation("contoso")
		path := owner.project("shop")
		pack := packed(t, "../../examples/contoso")
		var scans []string
		for range 4 {
			var scan struct{ ID string }
			owner.must("POST", path+"/uploads", pack, &scan)
			scans = append(scans, scan.ID)
		}
		r.end()
		r = serves(t, s)
		// Asked at a pace that the rates of a token let through, however fast the machine is.
		pace := time.NewTicker(100 * time.Millisecond)
		defer pace.Stop()
		for _, id := range scans {
			for range pace.C {
				var scan struct{ State, Error string }
				owner.at(r).must("GET", path+"/scans/"+id, nil, &scan)
				if scan.State == "done" {
					break
				}
				if scan.State == "failed" || t.Context().Err() != nil {
					t.Fatalf("the scan is %+v\n%s", scan, r.out)
				}
			}
		}
		var v struct{ Faults []json.RawMessage }
		if owner.at(r).must("POST", "/ledger/verification", map[string]string{"depth": "full"}, &v); len(v.Faults) > 0 {
			t.Errorf("the ledger: %s", v.Faults)
		}
		r.end()
	})
}

// TestConfigExplain: it says what is, from where, and what cannot be used, and never a secret.
func TestConfigExplain(t *testing.T) {
	t.Parallel()
	file := keptIn(t, filepath.Join(t.TempDir(), "c4arch.yaml"), "log:\n  level: warn\n", 0o600)
	word := make([]byte, 12)
	if _, err := rand.Read(word); err != nil {
		t.Fatal(err)
	}
	secret := hex.EncodeToString(word)
	s := settings{
		flags: map[string][]string{"config": {file}, "listen": {"127.0.0.1:9"}},
		env:   map[string]string{"HOME": "/home/x", "C4ARCH_WORKERS": "7", "C4ARCH_DATABASE": "env:WORD", "WORD": secret, "C4ARCH_MY_OWN_THING": "1"},
	}
	code, out := runs(t, s, "config", "explain")
	for _, want := range []string{
		"listen: 127.0.0.1:9\n    from: flag --listen", "work.workers: 7\n    from: environment C4ARCH_WORKERS", "log.level: warn\n    from: " + file + " line 2",
		"database.url: [secret] in env:WORD", "nothing reads the variable C4ARCH_MY_OWN_THING", "keys.root: file:/home/x/.local/share/c4arch/keys",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != 0 || strings.Contains(out, secret) {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out = runs(t, s.with("log-level", "loud"), "config", "explain", "--json"); code != 1 || !strings.Contains(out, "[cannot be used]") || !strings.Contains(out, "debug, info") {
		t.Errorf("what is wrong is explained too: %d\n%s", code, out)
	}
}
