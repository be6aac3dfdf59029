package accounts_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/task"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

const (
	leaverName  = "Departing Auditor"
	leaverEmail = "departing@people.example"
)

// leaver is somebody who is a member, has done something, and whose token has a name that tells.
func (w *world) leaver(by access.Actor) (tenant.Member, access.Actor) {
	w.t.Helper()
	m, err := w.AddMember(w.t.Context(), by, accounts.NewMember{Name: leaverName, Email: leaverEmail, Role: access.Admin})
	w.check(err)
	t, err := w.IssueInteractive(w.t.Context(), accounts.Interactive{Org: by.Org, Person: m.Person, Name: "of " + leaverName})
	w.check(err)
	a := w.who(t.Text)
	_, err = w.CreateProject(w.t.Context(), a, accounts.NewProject{Slug: "left-behind", Name: "Left behind"})
	w.check(err)
	_, err = w.ChangeMember(w.t.Context(), by, m.Person, accounts.MemberChange{Name: ptr(leaverName + " II")})
	w.check(err)
	return m, a
}

// nothingOf sees that a home has neither name nor address of the leaver, and names the person nowhere but in the record that was emptied and in the entry that says so.
func (w *world) nothingOf(org id.Org, person string) {
	w.t.Helper()
	for _, text := range []string{leaverName, leaverEmail} {
		if hits := w.find(org, text); len(hits) > 0 {
			w.t.Errorf("%s: %q stands in %v", org, text, hits)
		}
	}
	for i, e := range w.ledger(org) {
		for name, v := range e.values {
			if strings.Contains(v, person) && e.kind != "person.erased" {
				w.t.Errorf("%s: entry %d %s names the person as %s", org, i, e.kind, name)
			}
		}
	}
}

func TestErasePersonOfAnOrganisation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, other := w.organisation("fabrikam")
		m, a := w.leaver(owner)
		same, err := w.AddMember(ctx, other, accounts.NewMember{Name: leaverName, Email: leaverEmail, Role: access.Viewer})
		w.check(err)
		if same.Person != m.Person {
			t.Errorf("%s is %s elsewhere", m.Person, same.Person)
		}
		before := len(w.ledger(contoso.Organisation.ID))
		w.check(w.ErasePerson(ctx, owner, m.Person, "request of 23 November"))
		_, err = w.Projects(ctx, a)
		w.check(err) // the actor was authenticated before; the next request is not
		if did := w.work(); !slices.Equal(did, []string{task.Erase}) {
			t.Errorf("%v was done", did)
		}
		w.nothingOf(contoso.Organisation.ID, m.Person)
		log := w.ledger(contoso.Organisation.ID)
		i := slices.IndexFunc(log, func(e entry) bool { return e.kind == "person.erased" })
		if i < 0 {
			t.Fatalf("%v", w.kinds(contoso.Organisation.ID))
		}
		if e := log[i]; e.values["reason"] != "request of 23 November" || e.values["person"] != m.Person {
			t.Errorf("%+v", e)
		}
		if got := w.kinds(contoso.Organisation.ID)[before:]; !slices.Equal(got[:3], []string{"erasure.asked", "token.revoked", "person.erased"}) {
			t.Errorf("%v", got)
		}
		all, err := w.Members(ctx, owner, true)
		w.check(err)
		i = slices.IndexFunc(all, func(x tenant.Member) bool { return x.Person == m.Person })
		if x := all[i]; x.Name != "" || x.Email != "" || !x.Removed || !x.Erased {
			t.Errorf("%+v", x)
		}
		// The other organisation decides about its own data.
		if hits := w.find(fabrikam.Organisation.ID, leaverEmail); len(hits) == 0 {
			t.Error("the other organisation's data are gone")
		}
		if mails := w.rows(id.Platform, `SELECT email FROM person`); !slices.Contains(mails, leaverEmail) {
			t.Errorf("the platform knows %v", mails)
		}
		w.check(w.ErasePerson(ctx, other, m.Person, "request of 24 November"))
		w.work()
		w.nothingOf(fabrikam.Organisation.ID, m.Person)
		if mails := w.rows(id.Platform, `SELECT email FROM person`); slices.Contains(mails, leaverEmail) {
			t.Errorf("the platform knows %v", mails)
		}
		w.refused(w.ErasePerson(ctx, owner, "pn_00000000000000000000000000", "because"), fault.NotFound, "no such member")
		w.refused(w.ErasePerson(ctx, owner, m.Person, ""), fault.Invalid, "reason")
		again, err := w.AddMember(ctx, owner, accounts.NewMember{Name: leaverName, Email: leaverEmail, Role: access.Viewer})
		w.check(err)
		if again.Person == m.Person {
			t.Error("who comes again is known as the one who was erased")
		}
	})
}

func TestErasePersonEverywhere(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, other := w.organisation("fabrikam")
		third, _ := w.organisation("third")
		m, a := w.leaver(owner)
		_, err := w.AddMember(ctx, other, accounts.NewMember{Name: leaverName, Email: leaverEmail, Role: access.Viewer})
		w.check(err)
		untouched := len(w.ledger(third.Organisation.ID))
		w.refused(w.ErasePerson(ctx, w.operator, "pn_00000000000000000000000000", "because"), fault.NotFound, "no such person")
		w.check(w.ErasePerson(ctx, w.operator, m.Person, "request of 23 November"))
		if did := w.work(); !slices.Equal(did, []string{task.Erase}) {
			t.Errorf("%v was done", did)
		}
		for _, org := range []id.Org{contoso.Organisation.ID, fabrikam.Organisation.ID} {
			w.nothingOf(org, m.Person)
			if got := w.kinds(org); !slices.Contains(got, "person.erased") {
				t.Errorf("%s has %v", org, got)
			}
		}
		for _, e := range w.ledger(id.Platform) {
			for name, v := range e.values {
				if strings.Contains(v, m.Person) && e.kind != "person.erased" {
					t.Errorf("the instance's ledger names the person in %s: %s", e.kind, name)
				}
			}
		}
		if len(w.ledger(third.Organisation.ID)) != untouched {
			t.Error("an organisation that never had the person was written to")
		}
		if mails := w.rows(id.Platform, `SELECT email FROM person`); slices.Contains(mails, leaverEmail) {
			t.Errorf("the platform knows %v", mails)
		}
		if hints := w.rows(id.Platform, `SELECT person FROM membership_hint`); slices.Contains(hints, m.Person) {
			t.Error("a hint is left")
		}
		if token := w.rows(contoso.Organisation.ID, `SELECT id FROM token WHERE revoked = 0`); len(token) != 1 {
			t.Errorf("%v are good, of %s", token, a.ID)
		}
	})
}

// TestErasureThatIsInterrupted: wherever it is, the next attempt ends it, and no home is told twice.
// TestErasureOfHowOneSignedIn: what one organisation erases takes with it how the person signed in there, and nothing of how the person signs in elsewhere.
func TestErasureOfHowOneSignedIn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, other := w.organisation("fabrikam")
		m, _ := w.leaver(owner)
		_, err := w.AddMember(ctx, other, accounts.NewMember{Name: leaverName, Email: leaverEmail, Role: access.Viewer})
		w.check(err)
		here, there := string(contoso.Organisation.ID), string(fabrikam.Organisation.ID)
		for i, org := range []string{here, there} {
			n := strconv.Itoa(i)
			for _, query := range []string{
				`INSERT INTO subject (issuer, subject, organisation, person, created_at) VALUES ('https://login.example', 'of ' || '` + org + `', '` + org + `', '` + m.Person + `', 1)`,
				`INSERT INTO passkey (id, person, name, handle, public_key, aaguid, format, trusted, eligible, backed_up, count, used_at, removed, created_at, version)
					VALUES ('pk_` + n + `', '` + m.Person + `', 'telephone of ` + org + `', '` + n + `', '', '', 'none', 0, 0, 0, 0, 0, 0, 1, 1)`,
				`INSERT INTO passkey_trust (passkey, organisation, created_at) VALUES ('pk_` + n + `', '` + org + `', 1)`,
				`INSERT INTO session (id, hash, realm, person, organisation, support, method, strength, device, created_at, seen_at, proven_at, expires_at, ended, version)
					VALUES ('ss_` + n + `', '` + n + `', 'members', '` + m.Person + `', '` + org + `', '', 'passkey', '{"passkey":"pk_` + n + `"}', 'Firefox in ` + org + `', 1, 1, 1, 2, 0, 1)`,
			} {
				w.write(id.Platform, query)
			}
		}
		w.check(w.ErasePerson(ctx, owner, m.Person, "request of 23 November"))
		w.work()
		for _, query := range []string{`SELECT subject FROM subject`, `SELECT name FROM passkey`, `SELECT device FROM session WHERE device <> ''`, `SELECT organisation FROM passkey_trust`} {
			if all := w.rows(id.Platform, query); len(all) != 1 || !strings.HasSuffix(all[0], there) {
				t.Errorf("%s: %v", query, all)
			}
		}
	})
}

// TestErasureOfStaff: a record of the platform's people is emptied too, once the person has left.
func TestErasureOfStaff(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, owner := w.organisation("contoso")
		m, _ := w.leaver(owner)
		w.write(id.Platform, `INSERT INTO personnel (person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version)
			VALUES ('`+m.Person+`', '`+leaverName+`', '`+leaverEmail+`', '["administrator"]', 0, '', 0, '1', 'd', 1, 0, 1, 1)`)
		w.refused(w.ErasePerson(ctx, w.operator, m.Person, "request of 23 November"), fault.Conflict, "platform's own people")
		w.write(id.Platform, `UPDATE personnel SET gone = 1`)
		w.check(w.ErasePerson(ctx, w.operator, m.Person, "request of 23 November"))
		w.work()
		w.nothingOf(id.Platform, m.Person)
		if all := w.rows(id.Platform, `SELECT name || email FROM personnel`); len(all) != 1 || all[0] != "" {
			t.Errorf("%v", all)
		}
	})
}

func TestErasureThatIsInterrupted(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, other := w.organisation("fabrikam")
		m, _ := w.leaver(owner)
		_, err := w.AddMember(ctx, other, accounts.NewMember{Name: leaverName, Email: leaverEmail, Role: access.Viewer})
		w.check(err)
		w.check(w.ErasePerson(ctx, w.operator, m.Person, "request of 23 November"))
		crashes := 0
		// Each attempt dies at its next write, some before it and some after; what a home was told already is a call that does nothing.
		dies := []flaky{{at: 0}, {at: 0, after: true}, {at: 0, after: true}, {at: 1}, {at: 1, after: true}, {at: 1, after: true}, {at: 2, after: true}}
		for n := 0; n < len(dies); {
			c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
			w.check(err)
			if c == nil {
				break
			}
			if c.Lease.Kind != task.Erase {
				w.check(w.handle(ctx, c))
				continue
			}
			f := &flaky{Directory: w.store, Writer: w.store, Homes: w.homes, Subjects: w.Subjects, at: dies[n].at, after: dies[n].after}
			s := *w.Service
			s.Directory, s.Writer, s.Subjects = f, f, f
			if err := s.Erase(ctx, c); err != nil {
				if !errors.Is(err, errCrash) {
					t.Fatal(err)
				}
				_ = w.homes.Queue().Fail(ctx, c.Lease, "killed", time.Second) // after the last write there is no lease any more
				w.clock.add(time.Hour)
				crashes++
			}
			n++
		}
		if crashes != len(dies) {
			t.Errorf("%d crashes", crashes)
		}
		w.work()
		for _, org := range []id.Org{contoso.Organisation.ID, fabrikam.Organisation.ID} {
			w.nothingOf(org, m.Person)
			n := 0
			for _, k := range w.kinds(org) {
				if k == "person.erased" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s was told %d times", org, n)
			}
		}
	})
}

// write runs a statement that no use case of accounts has.
func (w *world) write(org id.Org, query string) {
	w.t.Helper()
	h, err := w.homes.For(w.t.Context(), w.inside(org))
	w.check(err)
	defer h.Release()
	w.check(h.Upkeep(w.t.Context(), home.LastSeen, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), query)
		return err
	}))
}
