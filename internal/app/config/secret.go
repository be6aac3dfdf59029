package config

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// Secret names the place of a secret. Its text can be shown; the secret is fetched by [Openers.Open].
type Secret struct{ kind, ref string }

// The places of secrets.
const (
	inFile    = "file"
	inEnv     = "env"
	inVault   = "keyvault"
	inSetting = "literal" // allowed where there is no password in it
)

// Empty reports whether none is named.
func (s Secret) Empty() bool { return s.kind == "" }

// Place is where it lies: file:PATH, env:NAME, keyvault:URL; "the setting itself" where it needs no hiding.
func (s Secret) Place() string {
	switch s.kind {
	case "":
		return ""
	case inSetting:
		return "the setting itself"
	}
	return s.kind + ":" + s.ref
}

// String is the place, never the secret.
func (s Secret) String() string { return s.Place() }

// GoString is the place: a literal may be the address of a database.
func (s Secret) GoString() string { return s.Place() }

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// parseSecret reads a place. What it says about a wrong one quotes nothing: it may be the secret.
func parseSecret(text string) (Secret, error) {
	kind, ref, _ := strings.Cut(text, ":")
	switch kind {
	case inFile:
		if ref == "" || strings.ContainsRune(ref, 0) {
			return Secret{}, errors.New("file: needs the path of a file")
		}
		return Secret{inFile, ref}, nil
	case inEnv:
		if !variableName.MatchString(ref) {
			return Secret{}, errors.New("env: needs the name of a variable")
		}
		return Secret{inEnv, ref}, nil
	case inVault:
		u, err := url.Parse(ref)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || !strings.HasPrefix(u.Path, "/secrets/") {
			return Secret{}, errors.New("keyvault: needs the address of a secret, https://NAME.vault.azure.net/secrets/NAME")
		}
		return Secret{inVault, ref}, nil
	case "postgres", "postgresql":
		u, err := url.Parse(text)
		if err != nil {
			return Secret{}, errors.New("that is not the address of a database: postgres://ROLE@HOST/DATABASE")
		}
		if _, has := u.User.Password(); has || u.Query().Has("password") {
			return Secret{}, errors.New("a password must not stand in a setting: write the whole address into a file that only the service can read, and name it as file:PATH")
		}
		return Secret{inSetting, text}, nil
	}
	return Secret{}, errors.New("that is no place of a secret: name it as file:PATH, env:NAME or keyvault:URL, or give postgres://ROLE@HOST/DATABASE without a password")
}

// Openers fetch secrets.
type Openers struct {
	Getenv func(string) string
	// Vault fetches a secret of a key vault; nil where there is no way out.
	Vault func(ctx context.Context, address string) (secret.Value, error)
}

// maxSecret is far above any address or password.
const maxSecret = 16 << 10

// Open fetches a secret. White space around it is left out, since editors add it.
func (o Openers) Open(ctx context.Context, s Secret) (secret.Value, error) {
	var b []byte
	switch s.kind {
	case "":
		return secret.Value{}, nil
	case inSetting:
		b = []byte(s.ref)
	case inEnv:
		b = []byte(o.Getenv(s.ref))
	case inFile:
		var err error
		if b, err = readSecret(s.ref); err != nil {
			return secret.Value{}, err
		}
	case inVault:
		if o.Vault == nil {
			return secret.Value{}, fault.New(fault.Unavailable, "no key vault can be asked for %s", s.ref)
		}
		v, err := o.Vault(ctx, s.ref)
		if err != nil {
			return secret.Value{}, fault.Wrap(fault.Unavailable, err, "the secret %s cannot be fetched", s.ref)
		}
		b = v.Expose()
	}
	v := secret.New([]byte(strings.TrimSpace(string(b))))
	if v.Empty() {
		return v, fault.New(fault.Invalid, "the secret in %s is missing or empty", s.Place())
	}
	return v, nil
}

func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "a secret cannot be read")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "a secret cannot be read")
	}
	if why := exposed(path, info); why != "" {
		return nil, fault.New(fault.Invalid, "%s", why)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "a secret cannot be read")
	}
	if len(b) > maxSecret {
		return nil, fault.New(fault.Limited, "%s is larger than %d bytes: that is no secret", path, maxSecret)
	}
	return b, nil
}

// wellKnown are passwords that stand in examples, images and lists of the first to try.
var wellKnown = []string{
	"postgres", "postgresql", "password", "passw0rd", "changeme", "change-me", "change_me", "secret", "admin", "root", "test", "example",
	"default", "c4arch", "letmein", "qwerty", "123456", "12345678", "123456789",
}

// leastPassword is the least length of a password that a program uses: NIST SP 800-63B-4 asks 15 of one that stands alone.
const leastPassword = 15

// weak says why a password is none; "" where it can be used.
func weak(password, user string) string {
	low := strings.ToLower(password)
	for _, w := range wellKnown {
		if low == w {
			return "its password is one of those that everybody tries first"
		}
	}
	switch {
	case user != "" && low == strings.ToLower(user):
		return "its password is the name of the role"
	case len(password) < leastPassword:
		return "its password is shorter than 15 characters"
	case len(letters(password)) < 5:
		return "its password repeats a few characters"
	}
	return ""
}

func letters(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}

// checkURL looks at the address of a database that a secret holds. No error quotes it.
func checkURL(v secret.Value) string {
	u, err := url.Parse(string(v.Expose()))
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "it is not the address of a PostgreSQL database: write postgres://ROLE:PASSWORD@HOST/DATABASE"
	}
	password, has := u.User.Password()
	if q := u.Query().Get("password"); q != "" {
		password, has = q, true
	}
	if !has {
		return ""
	}
	return weak(password, u.User.Username())
}
