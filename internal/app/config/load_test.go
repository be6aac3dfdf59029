package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/keys/source"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

func TestDocument(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "configuration.md")
	if *update {
		if err := os.WriteFile(path, Document(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Document()) {
		t.Error("docs/configuration.md is not what the table says: go test ./internal/app/config -run TestDocument -update")
	}
}

func TestExampleIsGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c4arch.yaml")
	if err := os.WriteFile(path, []byte(Example), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := load(t, "--config="+path)
	if err != nil {
		t.Fatal(err)
	}
	if l.Database.URL.Place() != "file:/run/secrets/database" || l.LedgerOrigin() != "arch.contoso.example" || l.Origin() != "https://arch.contoso.example" || !l.Encrypted() {
		t.Errorf("%+v", l.Config)
	}
}

func TestTableIsConsistent(t *testing.T) {
	flags, keys := map[string]bool{FileFlag: true}, map[string]bool{}
	for _, s := range settings() {
		if flags[s.flag] || keys[s.key] || s.what == "" || !strings.HasSuffix(s.what, ".") {
			t.Errorf("%s: named twice, or not explained", s.key)
		}
		flags[s.flag], keys[s.key] = true, true
		for k := range keys {
			if strings.HasPrefix(s.key, k+".") {
				t.Errorf("%s is a value and a mapping", k)
			}
		}
	}
	if got := len(Flags()); got != len(settings())+1 {
		t.Errorf("%d flags", got)
	}
}

func TestNoSettings(t *testing.T) {
	l, err := load(t)
	if err != nil {
		t.Fatal(err)
	}
	if l.Server.Listen != "127.0.0.1:8642" || l.Encrypted() || l.Internal.Listen != "" || !l.Database.URL.Empty() || l.Origin() != "http://127.0.0.1:8642" || l.LedgerOrigin() != "localhost" {
		t.Errorf("%+v", l.Config)
	}
	if want := (RootKey{Scheme: "file", Dir: filepath.Join(l.Data.Dir, "keys")}); !slices.Equal(l.Keys.Root, []RootKey{want}) || filepath.Base(l.Data.Dir) != "c4arch" {
		t.Errorf("data %s, keys %v", l.Data.Dir, l.Keys.Root)
	}
	if err := l.Check(t.Context(), Machine{}); err != nil {
		t.Errorf("a machine without anything: %v", err)
	}
	if _, err := Load(Input{Getenv: func(string) string { return "" }}); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("no home: %v", err)
	}
}

// TestMistakes gives one wrong setting each, and reads what is said.
func TestMistakes(t *testing.T) {
	good := []string{"--tls-certificate=/c", "--tls-key=/k"}
	for _, x := range []struct{ settings, says string }{
		{"--listen=8642", "HOST:PORT"},
		{"--listen=127.0.0.1:99999", "0 to 65535"},
		{"--listen=127.0.0.1:0080", "0 to 65535"},
		{"--listen=a b:1", "an IP address or a name"},
		{"--name-server=dns.contoso.example:53", "192.0.2.53:53"},
		{"--name-server=192.0.2.53", "192.0.2.53:53"},
		{"--name-server=192.0.2.53:0", "192.0.2.53:53"},
		{"--listen=0.0.0.0:8642", "there is no TLS"},
		{"--listen=:8642", "there is no TLS"},
		{"--listen=arch.contoso.example:8642", "there is no TLS"},
		{"--listen=127.0.0.1.contoso.example:1", "there is no TLS"},
		{"--external-url=https://arch.contoso.example", "nobody ends TLS"},
		{"--external-url=http://arch.contoso.example", "this machine alone"},
		{"--external-url=https://ada:pw@arch.contoso.example", "must not hold a user"},
		{"--external-url=https://arch.contoso.example/app", "no path"},
		{"--external-url=ftp://arch", "https:// or http://"},
		{"--external-url=https://arch?x=1", "no ?"},
		{"--redirect=127.0.0.1:80", "no TLS to redirect to"},
		{"--proxy-pin=abc", "64 hexadecimal digits"},
		{"--proxy-pin=" + strings.Repeat("0a", 32), "there is no proxy"},
		{"--root-key=file:/a,file:/b", "there are two of file"},
		{"--root-key=vault:https://v.vault.azure.net/keys/a,vault:https://v.vault.azure.net/keys/b", "there are two of vault"},
		{"--tls-certificate=/c", "go together"},
		{"--acme-domains=arch.contoso.example", "accept-terms"},
		{"--acme-domains=Arch.contoso.example", "lower case"},
		{"--acme-domains=10.0.0.1", "not for IP addresses"},
		{"--acme-domains=*.contoso.example", "full names"},
		{"--acme-email=Ada <ada@contoso.example>", "mail alone"},
		{"--acme-accept-terms=yes", "true or false"},
		{"--trusted-proxy=10.0.0.1", "who runs it"},
		{"--proxy-owner=Contoso", "go together"},
		{"--trusted-proxy=0.0.0.0/0", "at least /8"},
		{"--trusted-proxy=::/0", "at least /16"},
		{"--trusted-proxy=proxy.contoso.example", "addresses or ranges"},
		{"--internal-listen=0.0.0.0:9090", "internal.client-ca"},
		{"--internal-certificate=/c", "go together"},
		{"--internal-client-ca=/ca", "certificate of the listener"},
		{"--database=postgres://app:hunter2hunter2@db/x", "must not stand in a setting"},
		{"--database=postgres://app@db/x?password=hunter2hunter2", "must not stand in a setting"},
		{"--database=hunter2hunter2", "named by where it is kept"},
		{"--database=keyvault:http://x/secrets/y", "keyvault:https"},
		{"--database=env:1BAD", "env:NAME"},
		{"--database=file:relative", "whole path"},
		{"--database-owner=env:OWNER", "database.url is not set"},
		{"--database-connections=1", "2 to 1000"},
		{"--objects=/data", "no kind of store"},
		{"--objects=mem://memory", "gone at the next start"},
		{"--objects=s3://key:hunter2hunter2@bucket", "holds a user"},
		{"--root-key=hunter2hunter2", "begins with file:, vault: or kms:"},
		{"--root-key=file:keys", "whole path"},
		{"--root-key=vault:https://v.vault.azure.net/secrets/x", "/keys/KEY"},
		{"--root-key=vault:http://v/keys/x", "/keys/KEY"},
		{"--root-key=kms:alias/x", "ARN"},
		{"--root-key=,", "at least one root key"},
		{"--otlp=collector:4318", "begins with https:// or http://"},
		{"--otlp-sample=2", "0 to 1"},
		{"--otlp-sample=NaN", "0 to 1"},
		{"--log-level=loud", "debug, info"},
		{"--workers=-1", "0 to 64"},
		{"--limit-body=1PiB", "such as 512KiB"},
		{"--limit-body=1", "from 1024"},
		{"--limit-upload=9223372036854775807GiB", "from 1048576"},
		{"--limit-read-time=1d", "such as 30s"},
		{"--limit-read-time=0s", "1s to 1h"},
		{"--scan-roots=data", "whole paths"},
		{"--scan-roots=/", "the data directory lies in /"},
		{"--ledger-origin=a b", "write a name"},
		{"--witnesses=https://witness.example", "verifier key"},
		{"--witnesses=w+1a2b3c4d+AAAA http://witness.example", "by https"},
		{"--staff-issuer=https://id.contoso.example", "go together"},
		{"--staff-client=c4arch", "go together"},
		{"--staff-issuer=http://id.contoso.example", "by https"},
		{"--staff-issuer=id.contoso.example", "begins with https://"},
		{"--staff-issuer=https://id.contoso.example?tenant=1", "no ?"},
		{"--staff-acr=phr", "name it"},
		{"--staff-amr=h wk", "no spaces"},
		{"--staff-secret=hunter2hunter2", "named by where it is kept"},
		{"--staff-secret=file:/run/secrets/staff", "name it"},
		{"--staff-hardware=maybe", "auto, yes, no"},
		{"--staff-hardware=yes", "nothing proves one"},
		{"--staff-aaguids=00000000-0000-0000-0000-000000000000", "not all zero"},
		{"--staff-aaguids=cb69481e8ff7403993ec0a2729a154a8", "8-4-4-4-12"},
		{"--staff-aaguids=cb69481e-8ff7-4039-93ec-0a2729a154a8", "go together"},
		{"--staff-vendor-roots=/roots.pem", "go together"},
		{"C4ARCH_LISTEN=x", "environment C4ARCH_LISTEN"},
		{"C4ARCH_CONFIG=/nowhere.yaml", "/nowhere.yaml"},
	} {
		t.Run(strings.ReplaceAll(x.settings, "hunter2", "_"), func(t *testing.T) {
			l, err := load(t, x.settings)
			if err == nil || !strings.Contains(err.Error(), x.says) || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v, want %q", err, x.says)
			}
			var text bytes.Buffer
			if e := WriteText(&text, l.Explain()); e != nil {
				t.Fatal(e)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(text.String(), "hunter2") || strings.Contains(text.String(), "ada:pw") {
				t.Errorf("a password is shown: %v\n%s", err, text.String())
			}
		})
	}
	if _, err := load(t, append(good, "--redirect=0.0.0.0:80")...); err == nil || !strings.Contains(err.Error(), "where to redirect to") {
		t.Errorf("a redirect to nowhere: %v", err)
	}
	for _, all := range [][]string{
		append(good, "--listen=0.0.0.0:8642", "--external-url=https://arch.contoso.example"),
		{"--listen=0.0.0.0:8642", "--acme-domains=arch.contoso.example", "--acme-accept-terms=true"},
		{"--trusted-proxy=127.0.0.1", "--proxy-owner=Contoso", "--external-url=https://arch.contoso.example", "--proxy-pin=" + strings.Repeat("0A", 32)},
		{"--root-key=kms:arn:aws:kms:eu-west-1:123456789012:key/a,kms:arn:aws:kms:eu-west-1:123456789012:key/b,file:/k"},
		append(good, "--external-url=https://arch.contoso.example", "--redirect=0.0.0.0:80"),
		{"--listen=0.0.0.0:8642", "--trusted-proxy=10.0.0.7,fd00::/64", "--proxy-owner=Contoso", "--external-url=https://arch.contoso.example"},
		{"--listen=[::1]:1", "--external-url=http://localhost:1"},
		{"--listen=127.9.9.9:1"},
		{"--witnesses=w+1a2b3c4d+AA+A/= https://witness.example", "--witnesses=v+1a2b3c4d+AAAA http://127.0.0.1:99/w"},
		{"--database=postgres://app@/x?host=/run/postgresql"},
	} {
		if _, err := load(t, all...); err != nil {
			t.Errorf("%v: %v", all, err)
		}
	}
}

// TestReachedUnderAName: whoever can be reached from other machines says under which name.
func TestReachedUnderAName(t *testing.T) {
	for _, all := range [][]string{
		{"--tls-certificate=/c", "--tls-key=/k", "--listen=0.0.0.0:8642"},
		{"--listen=0.0.0.0:8642", "--trusted-proxy=10.0.0.7", "--proxy-owner=Contoso"},
		{"--trusted-proxy=127.0.0.1", "--proxy-owner=Contoso"},
	} {
		if _, err := load(t, all...); err == nil || !strings.Contains(err.Error(), "external: the service can be reached from other machines") {
			t.Errorf("%v: %v", all, err)
		}
	}
}

// TestVariables: what is nearly a setting is refused, what Kubernetes sets beside a service of that name is let by, and the rest is told.
func TestVariables(t *testing.T) {
	unknown := func(environ ...string) ([]string, error) {
		l, err := Load(Input{
			Getenv: func(name string) string {
				if name == "C4ARCH_DATABASE" {
					return "env:C4ARCH_DATABASE_WORD"
				}
				return map[string]string{"HOME": "/home/x"}[name]
			},
			Environ: func() []string { return environ },
		})
		return l.Unknown, err
	}
	for text, want := range map[string]string{
		"C4ARCH_LISEN=x": "C4ARCH_LISTEN", "C4ARCH_LISTENS=x": "C4ARCH_LISTEN", "C4ARCH_TRUSTED_PROXIES=x": "", "C4ARCH_ROOT_KEYS=x": "C4ARCH_ROOT_KEY", "C4ARCH_DATABSE=x": "C4ARCH_DATABASE",
		"C4ARCH_INTERNAL_CLIENT_AC=x": "C4ARCH_INTERNAL_CLIENT_CA", "C4ARCH_CONFG=x": "C4ARCH_CONFIG", "C4ARCH_TOKENS=x": "C4ARCH_TOKEN",
	} {
		_, err := unknown(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s is far from everything: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), "write "+want+",")):
			t.Errorf("%s: %v", text, err)
		case err != nil && strings.Contains(err.Error(), "=x"):
			t.Errorf("%s: the value is quoted", text)
		}
	}
	list, err := unknown("C4ARCH_LISTEN=", "C4ARCH_PORT=tcp://10.0.0.1:80", "C4ARCH_SERVICE_HOST=10.0.0.1", "C4ARCH_SERVICE_PORT_HTTPS=443", "C4ARCH_PORT_8642_TCP_ADDR=10.0.0.1",
		"C4ARCH_PORT_8642_TCP=tcp://10.0.0.1", "C4ARCH_KEY=x", "C4ARCH_DATABASE_WORD=postgres://a@/b", "PATH=/bin", "C4ARCH_OWN_THINGS=1", "C4ARCH_ANOTHER_THING_OF_MINE=1", "odd")
	if err != nil || !slices.Equal(list, []string{"C4ARCH_ANOTHER_THING_OF_MINE", "C4ARCH_OWN_THINGS"}) {
		t.Errorf("told: %v, %v", list, err)
	}
}

func TestDistance(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"abc", "acb", 2}, {"abcdef", "a", 4}, {"same", "same", 0}} {
		if got := distance(x.a, x.b, 4); got != x.want {
			t.Errorf("%q and %q: %d", x.a, x.b, got)
		}
		if distance(x.a, x.b, 4) != distance(x.b, x.a, 4) {
			t.Errorf("%q and %q: not the same both ways", x.a, x.b)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := load(t, "--listen=x", "--log-level=loud", "--workers=many", "--tls-key=/k")
	for _, want := range []string{"listen (flag --listen)", "log.level", "work.workers", "tls: a certificate and its key"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("lacks %q: %v", want, err)
		}
	}
}

func TestFileIsStrict(t *testing.T) {
	for text, says := range map[string]string{
		"listen: 127.0.0.1:1\nlisen: x\n":      "line 2",
		"log:\n  levle: info\n":                "did you mean level",
		"log: info\n":                          "log must be a mapping",
		"listen: [a, b]\n":                     "one value, not a list",
		"listen:\n":                            "no value",
		"acme:\n  domains:\n    - {a: b}\n":    "plain value",
		"- listen\n":                           "must be a mapping",
		"listen: a\n---\nlisten: b\n":          "one document",
		"listen: \"a\\u202eb\"\n":              "control character",
		"listen: a\nlisten: b\n":               "twice",
		"limits:\n  body: &a [*a]\n":           "",
		"database: postgres://a:hunter2@b/c\n": "mapping",
		strings.Repeat("#", maxFile+1):         "larger than",
		"work:\n  workers: {a: hunter2}\n":     "line 2",
		"keys:\n  root: [" + strings.Repeat("a,", maxItems+1) + "a]": "more than 1000",
	} {
		_, err := parseFile("c4arch.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%.60q: got %v, want %q", text, err, says)
		}
	}
	got, err := parseFile("c4arch.yaml", []byte("work:\n  workers: 3\n  scan-roots: /a,b\nacme: {accept-terms: true, domains: [a.example, b.example]}\n"))
	if err != nil || !slices.Equal(got["work.scan-roots"].values, []string{"/a,b"}) || !slices.Equal(got["acme.domains"].values, []string{"a.example", "b.example"}) || got["acme.accept-terms"].line != 4 {
		t.Errorf("%v %v", got, err)
	}
	if got, err := parseFile("empty", []byte("# nothing\n")); err != nil || len(got) != 0 {
		t.Errorf("an empty file: %v %v", got, err)
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(Example))
	f.Add([]byte("log: {level: info}\nkeys: {root: [file:a]}\n"))
	f.Add([]byte("a: &a {<<: *a}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parseFile("x", data)
		if err == nil {
			for k, e := range got {
				if e.line < 1 || !slices.ContainsFunc(settings(), func(s setting) bool { return s.key == k }) {
					t.Errorf("%s at line %d", k, e.line)
				}
			}
		}
	})
}

// FuzzSettings sets everything to the same text: no panic, and a text that may be a secret is not quoted.
func FuzzSettings(f *testing.F) {
	for _, s := range []string{"", "127.0.0.1:1", "postgres://a:hunter2@b/c", "https://x", "1MiB", "10.0.0.0/8", "\x00", "file:/a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range settings() {
			var c Config
			err := s.set(&c, []string{text})
			if err != nil && s.hide && len(text) > 60 && strings.Contains(err.Error(), text) {
				t.Errorf("%s quotes its value: %v", s.key, err)
			}
		}
	})
}

func TestExplain(t *testing.T) {
	l, err := load(t, "--database=file:/run/secrets/db", "C4ARCH_LOG_FORMAT=text")
	if err != nil {
		t.Fatal(err)
	}
	var text, asJSON bytes.Buffer
	if err := errors.Join(WriteText(&text, l.Explain()), WriteJSON(&asJSON, l.Explain())); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "[secret] in file:/run/secrets/db") {
		t.Errorf("the place of the secret is not said:\n%s", text.String())
	}
	var got struct{ Settings []Line }
	if err := json.Unmarshal(asJSON.Bytes(), &got); err != nil || len(got.Settings) != len(settings()) {
		t.Fatal(err, len(got.Settings))
	}
	for _, line := range got.Settings {
		if line.Meaning == "" || line.Source == "" || line.Secret != (line.Key == "database.url" || line.Key == "database.owner" || line.Key == "staff.secret" || line.Key == "mail.password" || line.Key == "mail.next.password") {
			t.Errorf("%+v", line)
		}
	}
	if got := shown("a\x1b[2Jb"); strings.Contains(got, "\x1b") {
		t.Errorf("%q reaches the terminal", got)
	}
	if got := shown(`/a "b"`); got != `/a "b"` {
		t.Errorf("%q", got)
	}
}

func TestSecretsOpen(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode fs.FileMode) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
		return p
	}
	r := &source.Reader{Getenv: func(k string) string { return map[string]string{"DB": " from-env\n"}[k] }}
	for place, want := range map[string]string{"file:" + file("good", "from-file\n", 0o600): "from-file", "env:DB": "from-env", "postgres://app@db/x": "postgres://app@db/x"} {
		s, err := parseSecret(place)
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Open(t.Context(), r)
		if err != nil || string(v.Expose()) != want {
			t.Errorf("%s: %v, %v", place, string(v.Expose()), err)
		}
	}
	bad := map[string]string{"env:NONE": "not set", "file:" + filepath.Join(dir, "none"): "missing", "keyvault:https://v.vault.azure.net/secrets/db": "no way to key vaults"}
	if runtime.GOOS != "windows" {
		bad["file:"+file("open", "hunter2", 0o644)] = "chmod 600"
	}
	for place, says := range bad {
		s, err := parseSecret(place)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(t.Context(), r); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", place, err, says)
		}
	}
	if v, err := (Secret{}).Open(t.Context(), r); err != nil || !v.Empty() {
		t.Errorf("none: %v %v", v, err)
	}
}

func TestRootKeys(t *testing.T) {
	for _, text := range []string{
		"file:/var/lib/keys", "vault:https://contoso.vault.azure.net/keys/root", "vault:https://contoso.vault.azure.net/keys/root/0123456789abcdef0123456789abcdef",
		"kms:arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	} {
		if k, err := parseRoot(text); err != nil || k.String() != text {
			t.Errorf("%s: %v, %v", text, k, err)
		}
	}
}

func TestWeakPasswords(t *testing.T) {
	for address, want := range map[string]bool{
		"postgres://app:postgres@db/x": false, "postgres://app:PassWord@db/x": false, "postgres://app:app@db/x": false, "postgres://c4arch-app-role:c4arch-app-role@db/x": false,
		"postgres://app:abababababababababab@db/x": false, "postgres://app:shorter14chars@db/x": false, "postgres://app@db/x?password=short": false, "mysql://app@db/x": false, "::": false,
		"postgres://app:7hq-Zk2-mm9-Xw4@db/x": true, "postgresql://app@/x?host=/run/postgresql": true,
	} {
		why := checkURL(secret.New([]byte(address)))
		if (why == "") != want {
			t.Errorf("%s: %q", address, why)
		}
	}
}

func TestMachine(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes are not looked at on Windows")
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "k.pem")
	if err := os.WriteFile(key, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	settings := []string{"--data=" + data, "--database=env:DB", "--root-key=file:" + filepath.Join(dir, "none"), "--tls-certificate=" + key, "--tls-key=" + key, "--scan-roots=" + key}
	l, err := load(t, settings...)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(data, 0o750); err != nil {
		t.Fatal(err)
	}
	m := Machine{Secrets: &source.Reader{Getenv: func(string) string { return "postgres://app:changeme@db/x" }}}
	err = l.Check(t.Context(), m)
	for _, want := range []string{"chmod 700", "everybody tries first", "keys.root", "tls.key", "not a directory"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("lacks %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "changeme") {
		t.Errorf("the password is shown: %v", err)
	}
	if err := os.Chmod(data, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err = load(t, "--data="+data)
	if err != nil {
		t.Fatal(err)
	}
	m.Busy = func(string) error { return fault.New(fault.Conflict, "another process has it") }
	if err := l.Check(t.Context(), m); err == nil || !strings.Contains(err.Error(), "another process has it") {
		t.Errorf("busy: %v", err)
	}
	if err := os.Mkdir(filepath.Join(data, "keys"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(t.Context(), Machine{}); err == nil || !strings.Contains(err.Error(), "keys.root") {
		t.Errorf("a folder of root keys that the group reads: %v", err)
	}
	open := filepath.Join(dir, "c4arch.yaml")
	if err := os.WriteFile(open, []byte("listen: 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, "--config="+open); err == nil || !strings.Contains(err.Error(), "chmod o-w") {
		t.Errorf("a file that everybody can change: %v", err)
	}
}

// TestSwitches: what is true or false may be given as a flag alone, and nothing else may.
func TestSwitches(t *testing.T) {
	var got []string
	for _, f := range Flags() {
		if f.Switch {
			got = append(got, f.Name)
		}
	}
	want := []string{"demo", "acme-accept-terms", "internal-profiling", "canaries"}
	if !slices.Equal(got, want) {
		t.Errorf("switches are %v, not %v", got, want)
	}
}
