package accounts_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/service/accounts"
	"c4arch/internal/store/account"
	"c4arch/internal/store/home"
	"c4arch/internal/store/trust"
)

// bench is an installation on the embedded engine with one organisation.
func bench(b *testing.B) (*accounts.Service, accounts.Made) {
	b.Helper()
	ck := &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	ks := &keys{newest: "root1"}
	dir := filepath.Join(b.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	hs, err := home.Open(b.Context(), home.Config{Dir: dir, Keys: ks, Now: ck.now, Random: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = hs.Close() })
	st := account.New(hs)
	s := &accounts.Service{Tenancy: st, Credentials: st, Writer: st, Directory: st, Homes: hs, Keys: ks, Subjects: trust.New(hs), Now: func() time.Time { return ck.at }, Random: rand.Reader}
	made, err := s.CreateOrganisation(b.Context(), access.Actor{ID: "operator", Kind: access.Staff, Org: "platform", Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "bench"}, newOrg("contoso"))
	if err != nil {
		b.Fatal(err)
	}
	return s, made
}

func BenchmarkAuthenticate(b *testing.B) {
	s, made := bench(b)
	try := accounts.Attempt{Token: string(made.Token.Text.Expose()), Surface: access.API}
	for b.Loop() {
		if _, err := s.Authenticate(b.Context(), try); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChangeOrganisation(b *testing.B) {
	s, made := bench(b)
	a, err := s.Authenticate(b.Context(), accounts.Attempt{Token: string(made.Token.Text.Expose()), Surface: access.API})
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		name := fmt.Sprint("Contoso ", n)
		if _, err := s.ChangeOrganisation(b.Context(), a, accounts.OrganisationChange{Name: &name}); err != nil {
			b.Fatal(err)
		}
	}
}
