package config

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"

	"c4arch/internal/base/secret"
	"c4arch/internal/keys/source"
)

// Secret names the place of a secret, or is the address of a database without a password. It can be shown.
type Secret struct {
	ref     source.Reference
	address string
}

// Empty reports whether none is named.
func (s Secret) Empty() bool { return s.address == "" && s.ref.Empty() }

// Place is where it lies: file:PATH, env:NAME, keyvault:URL; "the setting itself" where it needs no hiding.
func (s Secret) Place() string {
	switch {
	case s.Empty():
		return ""
	case s.address != "":
		return "the setting itself"
	}
	return s.ref.String()
}

// parseSecret reads a place. What it says about a wrong one quotes nothing: it may be the secret.
func parseSecret(text string) (Secret, error) {
	if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
		u, err := url.Parse(text)
		if err != nil {
			return Secret{}, errors.New("that is not the address of a database: postgres://ROLE@HOST/DATABASE")
		}
		if _, has := u.User.Password(); has || u.Query().Has("password") || u.Query().Has("sslpassword") {
			return Secret{}, errors.New("a password must not stand in a setting: write the whole address into a file that only the service can read, and name it as file:/PATH")
		}
		return Secret{address: text}, nil
	}
	ref, err := source.Parse(text)
	return Secret{ref: ref}, err
}

// Open fetches a secret; empty where none is named. White space around it is left out, since editors add it.
func (s Secret) Open(ctx context.Context, r *source.Reader) (secret.Value, error) {
	switch {
	case s.Empty():
		return secret.Value{}, nil
	case s.address != "":
		return secret.New([]byte(s.address)), nil
	}
	v, err := r.Read(ctx, s.ref, 1)
	if err != nil {
		return secret.Value{}, err
	}
	return secret.New(bytes.TrimSpace(v.Expose())), nil
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
	case kinds(password) < 5:
		return "its password repeats a few characters"
	}
	return ""
}

// kinds is how many different characters a text has.
func kinds(s string) int {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return len(m)
}

// checkURL looks at the address of a database that a secret holds. What it says quotes nothing.
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
