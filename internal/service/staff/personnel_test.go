package staff_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
	"c4arch/internal/trust/ledger"
)

func TestNoRoleWithoutARecordASignatureAndAContract(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		if !slices.Equal(admin.Roles, []access.Role{access.Administrator}) {
			t.Fatal(admin.Roles)
		}
		stranger := w.known("somebody@contoso.example")
		_, err := w.RolesOf(ctx, stranger)
		w.refused(err, fault.NotFound, "no record")
		until := w.now().Add(30 * 24 * time.Hour)
		made, err := w.AddPersonnel(ctx, admin, staff.NewPersonnel{
			Name: "A contractor", Email: "somebody@contoso.example", Roles: []access.Role{access.Support}, Contractor: true, Contract: "C-7", Until: until,
		})
		w.check(err)
		if made.Record.Person != stranger || made.Proposal != nil {
			t.Errorf("the person was known: %+v", made)
		}
		if roles, err := w.RolesOf(ctx, stranger); err != nil || roles != nil {
			t.Error("who has not signed has a role", roles, err)
		}
		st, err := w.Standing(ctx, stranger)
		if err != nil || !st.Sign || !strings.Contains(st.Missing, "undertaking") || st.Document.Digest != undertaking.Current().Digest {
			t.Errorf("%+v %v", st, err)
		}
		_, err = w.Sign(ctx, colleague(stranger), "0", undertaking.Current().Digest)
		w.refused(err, fault.Conflict, "another version")
		_, err = w.Sign(ctx, colleague(stranger), undertaking.Current().Version, strings.Repeat("0", 64))
		w.refused(err, fault.Conflict, "another version")
		w.signs(stranger)
		if e := w.last(id.Platform, "staff.signed"); e["digest"] != undertaking.Current().Digest || e["person"] != stranger {
			t.Error(e)
		}
		if roles, err := w.RolesOf(ctx, stranger); err != nil || !slices.Equal(roles, []access.Role{access.Support}) {
			t.Error(roles, err)
		}
		w.pass(31 * 24 * time.Hour)
		_, err = w.RolesOf(ctx, stranger)
		w.refused(err, fault.NotFound, "contract has ended")
		_, err = w.ChangePersonnel(ctx, admin, stranger, staff.PersonnelChange{Until: ptr(w.now().Add(time.Hour))})
		w.check(err)
		if roles, _ := w.RolesOf(ctx, stranger); len(roles) != 1 {
			t.Error("a contract that goes on gives nothing")
		}
		w.check(w.Leave(ctx, admin, stranger, "the work is done"))
		_, err = w.RolesOf(ctx, stranger)
		w.refused(err, fault.NotFound, "has left")
		if !slices.Equal(w.sessions.ended, []string{stranger}) {
			t.Error("sessions go on:", w.sessions.ended)
		}
		back, err := w.AddPersonnel(ctx, admin, staff.NewPersonnel{Name: "Again", Email: "somebody@contoso.example", Roles: []access.Role{access.Security}})
		w.check(err)
		if roles, err := w.RolesOf(ctx, back.Record.Person); err != nil || roles != nil || back.Record.Person != stranger {
			t.Error("who comes back did not have to sign again", roles, err)
		}
	})
}

// TestAnOldSignatureGivesNothing has a record that was signed in a version, or with a digest, that is not the one in force.
func TestAnOldSignatureGivesNothing(t *testing.T) {
	w := newWorld(t, "SQLite")
	d := undertaking.Current()
	for name, signed := range map[string]identity.Undertaking{
		"another version": {Document: "0", Digest: d.Digest, At: w.now()},
		"another text":    {Document: d.Version, Digest: strings.Repeat("0", 64), At: w.now()},
		"no day":          {Document: d.Version, Digest: d.Digest},
	} {
		person := w.known("p" + w.id("xx")[20:] + "@platform.example")
		p := identity.Personnel{Person: person, Name: name, Email: name[:2] + "@x.example", Roles: []access.Role{access.Administrator}, Created: w.now(), Signed: signed}
		_, version, err := w.Store.Personnel(t.Context(), w.scope(id.Platform, access.StaffList))
		w.check(err)
		_, err = w.Store.Operate(t.Context(), &staff.PlatformChange{Envelope: change.New(w.scope(id.Platform, access.StaffChange), w.now(), ledger.Draft{Kind: "staff.added"}), List: &version, Personnel: &p})
		w.check(err)
		if roles, err := w.RolesOf(t.Context(), person); err != nil || roles != nil {
			t.Errorf("%s: %v %v", name, roles, err)
		}
	}
}

func TestWhoChangesRecords(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		support := w.joins(admin, "support", access.Support)
		in := staff.NewPersonnel{Name: "One more", Email: "more@platform.example", Roles: []access.Role{access.Legal}}
		for name, a := range map[string]access.Actor{
			"support": support, "a member": w.member(admin.ID.Person(), access.Owner), "nobody": {},
			"no fresh proof": func() access.Actor { a := admin; a.Fresh = false; return a }(),
		} {
			if _, err := w.AddPersonnel(ctx, a, in); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s adds somebody: %v", name, err)
			}
			if err := w.Leave(ctx, a, support.ID.Person(), "why not"); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s takes somebody out: %v", name, err)
			}
		}
		console := access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "staff", Request: "rq_c"}
		_, err := w.AddPersonnel(ctx, console, in)
		w.refused(err, fault.Denied, "only where there is none")
		_, err = w.ChangePersonnel(ctx, admin, admin.ID.Person(), staff.PersonnelChange{Roles: []access.Role{access.Security}})
		w.refused(err, fault.Denied, "their own record")
		for _, x := range []struct {
			in   staff.NewPersonnel
			kind fault.Kind
			says string
		}{
			{staff.NewPersonnel{Name: "A", Email: "no address", Roles: in.Roles}, fault.Invalid, "e-mail"},
			{staff.NewPersonnel{Name: " ", Email: "a@x.example", Roles: in.Roles}, fault.Invalid, "space"},
			{staff.NewPersonnel{Name: "A", Email: "a@x.example"}, fault.Invalid, "a role at least"},
			{staff.NewPersonnel{Name: "A", Email: "a@x.example", Roles: []access.Role{access.Owner}}, fault.Invalid, "no such role"},
			{staff.NewPersonnel{Name: "A", Email: "a@x.example", Roles: []access.Role{access.Operator}}, fault.Invalid, "no such role"},
			{staff.NewPersonnel{Name: "A", Email: "a@x.example", Roles: []access.Role{access.Legal, access.Legal}}, fault.Invalid, "named twice"},
			{staff.NewPersonnel{Name: "A", Email: "a@x.example", Roles: in.Roles, Contractor: true}, fault.Invalid, "name the contract"},
			{staff.NewPersonnel{Name: "A", Email: "a@x.example", Roles: in.Roles, Contract: "C-1"}, fault.Invalid, "for a contractor alone"},
			{staff.NewPersonnel{Name: "A", Email: "support@platform.example", Roles: in.Roles}, fault.Conflict, "already"},
		} {
			_, err := w.AddPersonnel(ctx, admin, x.in)
			w.refused(err, x.kind, x.says)
		}
		_, err = w.ChangePersonnel(ctx, admin, support.ID.Person(), staff.PersonnelChange{Name: ptr("Other"), Version: 99})
		w.refused(err, fault.Conflict, "meanwhile")
		_, err = w.ChangePersonnel(ctx, admin, "pn_nobody", staff.PersonnelChange{Name: ptr("Other")})
		w.refused(err, fault.NotFound, "no such record")
		_, err = w.Sign(ctx, w.member(support.ID.Person(), access.Owner), undertaking.Current().Version, undertaking.Current().Digest)
		w.refused(err, fault.Denied, "of the platform")
		if person, err := w.ByEmail(ctx, "Support@Platform.example"); err != nil || person != support.ID.Person() {
			t.Error(person, err)
		}
		_, err = w.ByEmail(ctx, "nobody@platform.example")
		w.refused(err, fault.NotFound, "nobody")
		err = w.Found(ctx, w.known("second@platform.example"), "Second", "second@platform.example", "rq_setup")
		w.refused(err, fault.Conflict, "already")
		w.check(w.Found(ctx, admin.ID.Person(), "First Administrator", "founder@platform.example", "rq_setup"))
	})
}

func TestAnotherAdministratorTakesTwo(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, first := t.Context(), w.founder()
		err := w.Leave(ctx, colleague("pn_other", access.Administrator), first.ID.Person(), "the last one")
		w.refused(err, fault.Conflict, "last administrator")
		second := w.joins(first, "second", access.Administrator) // there is one: the first adds the second alone
		if len(second.Roles) != 1 {
			t.Fatal(second.Roles)
		}
		made, err := w.AddPersonnel(ctx, first, staff.NewPersonnel{Name: "Third", Email: "third@platform.example", Roles: []access.Role{access.Legal, access.Administrator}})
		w.check(err)
		w.signs(made.Record.Person)
		third := w.as(made.Record.Person)
		if made.Proposal == nil || !slices.Equal(third.Roles, []access.Role{access.Legal}) {
			t.Fatalf("a third administrator took one: %+v, %v", made, third.Roles)
		}
		yes := staff.Decision{Approve: true}
		_, err = w.DecideProposal(ctx, first, made.Proposal.ID, yes)
		w.refused(err, fault.Denied, "who proposed it")
		third.Roles = []access.Role{access.Administrator} // whatever the session says
		_, err = w.DecideProposal(ctx, third, made.Proposal.ID, yes)
		w.refused(err, fault.Denied, "about you")
		_, err = w.DecideProposal(ctx, second, made.Proposal.ID, staff.Decision{Approve: true, Version: 9})
		w.refused(err, fault.Conflict, "meanwhile")
		x, err := w.DecideProposal(ctx, second, made.Proposal.ID, yes)
		w.check(err)
		if roles, _ := w.RolesOf(ctx, made.Record.Person); !slices.Contains(roles, access.Administrator) || x.State != staff.Approved {
			t.Error(roles, x)
		}
		_, err = w.DecideProposal(ctx, second, made.Proposal.ID, yes)
		w.refused(err, fault.Conflict, "approved already")
		again, err := w.AddPersonnel(ctx, first, staff.NewPersonnel{Name: "Fourth", Email: "fourth@platform.example", Roles: []access.Role{access.Legal, access.Administrator}})
		w.check(err)
		w.pass(8 * 24 * time.Hour)
		_, err = w.DecideProposal(ctx, second, again.Proposal.ID, yes)
		w.refused(err, fault.Conflict, "too old")
		_, err = w.DecideProposal(ctx, second, again.Proposal.ID, staff.Decision{})
		w.refused(err, fault.Invalid, "the reason is missing")
		_, err = w.DecideProposal(ctx, second, again.Proposal.ID, staff.Decision{Reason: "not needed"})
		w.check(err)
		w.last(id.Platform, "staff.declined")
	})
}

// TestTwoAtOnce has two administrators take each other out: one of them stays.
func TestTwoAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first := w.founder()
		second := w.joins(first, "second", access.Administrator)
		done := make(chan error, 2)
		go func() { done <- w.Leave(t.Context(), first, second.ID.Person(), "to see") }()
		go func() { done <- w.Leave(t.Context(), second, first.ID.Person(), "to see") }()
		a, b := <-done, <-done
		if (a == nil) == (b == nil) {
			t.Errorf("%v, %v", a, b)
		}
		if x, err := w.StaffState(t.Context()); err != nil || x.Administrators != 1 {
			t.Error(x, err)
		}
	})
}
