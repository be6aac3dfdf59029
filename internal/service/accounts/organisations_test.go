package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
)

func TestOrganisations(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, other := w.organisation("fabrikam")
		list, err := w.Organisations(ctx, w.operator, "", 0)
		w.check(err)
		if len(list) != 2 || list[0].Slug != "contoso" || list[1].ID != fabrikam.Organisation.ID || list[0].State != tenant.Active {
			t.Errorf("%+v", list)
		}
		if list, err = w.Organisations(ctx, w.operator, list[0].ID, 1); err != nil || len(list) != 1 || list[0].Slug != "fabrikam" {
			t.Errorf("%+v, %v", list, err)
		}
		for _, a := range []access.Actor{owner, other} {
			if _, err := w.Organisations(ctx, a, "", 0); fault.KindOf(err) != fault.Denied {
				t.Errorf("an owner lists the directory: %v", err)
			}
			if _, err := w.CreateOrganisation(ctx, a, newOrg("third")); fault.KindOf(err) != fault.Denied {
				t.Errorf("an owner makes an organisation: %v", err)
			}
		}
		if _, err := w.Organisation(ctx, w.operator); fault.KindOf(err) != fault.Denied {
			t.Errorf("the operator reads an organisation: %v", err)
		}
		org, err := w.Organisation(ctx, owner)
		w.check(err)
		if org != contoso.Organisation || org.Version != 1 || org.Approvals != 1 || org.State != tenant.Active {
			t.Errorf("%+v is not %+v", org, contoso.Organisation)
		}
		if got := w.kinds(org.ID); !slices.Equal(got, []string{"organisation.created", "member.added", "token.created"}) {
			t.Errorf("the ledger begins with %v", got)
		}
		if got := w.last(id.Platform); got.kind != "organisation.finished" || got.values["organisation"] != string(fabrikam.Organisation.ID) || got.values["outcome"] != "active" || got.values["actor"] != string(w.operator.ID) {
			t.Errorf("%+v", got)
		}
		_, err = w.CreateOrganisation(ctx, w.operator, newOrg("contoso"))
		w.refused(err, fault.Conflict, "short name contoso")
		for field, in := range map[string]accounts.NewOrganisation{
			"short name":               {Slug: "Contoso", Name: "x", OwnerName: "x", OwnerEmail: "x@y.example"},
			"platform":                 {Slug: "platform", Name: "x", OwnerName: "x", OwnerEmail: "x@y.example"},
			"name of the organisation": {Slug: "third", Name: "a\u202eb", OwnerName: "x", OwnerEmail: "x@y.example"},
			"name of the owner":        {Slug: "third", Name: "x", OwnerEmail: "x@y.example"},
			"e-mail":                   {Slug: "third", Name: "x", OwnerName: "x", OwnerEmail: "x@y@z"},
			"1 or 2":                   {Slug: "third", Name: "x", OwnerName: "x", OwnerEmail: "x@y.example", Approvals: 3},
		} {
			_, err := w.CreateOrganisation(ctx, w.operator, in)
			w.refused(err, fault.Invalid, field)
		}
	})
}

func TestChangeOrganisation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		m, owner := w.organisation("contoso")
		_, admin := w.member(owner, "admin", access.Admin)
		_, reader := w.member(owner, "reader", access.Viewer)
		org, err := w.ChangeOrganisation(ctx, admin, accounts.OrganisationChange{Name: ptr("Contoso SA"), Approvals: ptr(2)})
		w.check(err)
		read, err := w.Organisation(ctx, reader)
		w.check(err)
		if org != read || read.Name != "Contoso SA" || read.Approvals != 2 {
			t.Errorf("%+v, and %+v", org, read)
		}
		if e := w.last(m.Organisation.ID); e.kind != "organisation.changed" || e.values["approvals"] != "2" || e.values["actor"] != string(admin.ID) {
			t.Errorf("%+v", e)
		}
		_, err = w.ChangeOrganisation(ctx, admin, accounts.OrganisationChange{Approvals: ptr(1)})
		w.refused(err, fault.Denied, "owner")
		_, err = w.ChangeOrganisation(ctx, reader, accounts.OrganisationChange{Name: ptr("x")})
		w.refused(err, fault.Denied, "")
		_, err = w.ChangeOrganisation(ctx, owner, accounts.OrganisationChange{Name: ptr("x"), Version: read.Version - 1})
		w.refused(err, fault.Conflict, "changed meanwhile")
		_, err = w.ChangeOrganisation(ctx, owner, accounts.OrganisationChange{Approvals: ptr(1), Version: read.Version})
		w.check(err)
		for _, in := range []accounts.OrganisationChange{{Name: ptr("")}, {Approvals: ptr(0)}} {
			_, err = w.ChangeOrganisation(ctx, owner, in)
			w.refused(err, fault.Invalid, "")
		}
	})
}

// flaky is all ports that write, of which one call fails: before it does anything, or after.
type flaky struct {
	accounts.Directory
	accounts.Writer
	accounts.Homes
	accounts.Subjects
	at    int // the call that fails
	after bool
	calls int
}

var errCrash = errors.New("the process was killed")

func (f *flaky) pass(do func() error) error {
	f.calls++
	if f.calls-1 != f.at {
		return do()
	}
	if f.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errCrash
}

func (f *flaky) Operate(ctx context.Context, c *accounts.PlatformChange) (done change.Committed, err error) {
	err = f.pass(func() error { done, err = f.Directory.Operate(ctx, c); return err })
	return done, err
}

func (f *flaky) Commit(ctx context.Context, c *accounts.Change) (done change.Committed, err error) {
	err = f.pass(func() error { done, err = f.Writer.Commit(ctx, c); return err })
	return done, err
}

func (f *flaky) Create(ctx context.Context, s access.Scope, org id.Org) error {
	return f.pass(func() error { return f.Homes.Create(ctx, s, org) })
}

func (f *flaky) Forget(ctx context.Context, s access.Scope, org id.Org) error {
	return f.pass(func() error { return f.Homes.Forget(ctx, s, org) })
}

func (f *flaky) EraseSubject(ctx context.Context, env *change.Envelope, subject string) (gone accounts.Erased, err error) {
	err = f.pass(func() error { gone, err = f.Subjects.EraseSubject(ctx, env, subject); return err })
	return gone, err
}

// crashing runs fn with a service that is killed at each of its calls in turn, until there is none left; then gets the number of the crash.
func (w *world) crashing(fn func(s *accounts.Service) error, then func(n int, s *accounts.Service)) {
	w.t.Helper()
	for n := 0; ; n++ {
		f := &flaky{Directory: w.store, Writer: w.store, Homes: w.homes, at: n / 2, after: n%2 == 1}
		s := *w.Service
		s.Directory, s.Writer, s.Homes = f, f, f
		err := fn(&s)
		if f.calls <= f.at {
			w.check(err)
			if n < 4 {
				w.t.Errorf("%d crashes", n)
			}
			return
		}
		if !errors.Is(err, errCrash) {
			w.t.Fatalf("crash %d: %v", n, err)
		}
		then(n, w.Service)
	}
}

// TestCreationThatIsInterrupted: wherever it is, nothing of the organisation is left after a while, and its short name is free again.
func TestCreationThatIsInterrupted(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.crashing(func(s *accounts.Service) error {
			_, err := s.CreateOrganisation(ctx, w.operator, newOrg("contoso"))
			return err
		}, func(n int, s *accounts.Service) {
			if did := w.work(); len(did) > 0 {
				t.Errorf("crash %d: %v is done too early", n, did)
			}
			w.clock.add(11 * time.Minute)
			w.check(w.homes.Upkeep(ctx))
			w.work()
			list, err := s.Organisations(ctx, w.operator, "", 0)
			w.check(err)
			for _, o := range list {
				if o.State != tenant.Destroyed && !(o.State == tenant.Active && n == 7) { // the last crash is after the last commit: it is whole
					t.Errorf("crash %d leaves %+v", n, o)
				}
				if o.State == tenant.Destroyed {
					if err := w.homes.Create(ctx, w.inside(id.Platform), o.ID); fault.KindOf(err) != fault.NotFound {
						t.Errorf("crash %d: a home without a key: %v", n, err)
					}
				} else {
					w.destroyAs(o)
				}
			}
		})
		for _, person := range w.rows(id.Platform, `SELECT email FROM person p WHERE NOT EXISTS (SELECT 1 FROM membership_hint h WHERE h.person = p.id)`) {
			if person != "" {
				t.Errorf("%s is known and belongs nowhere", person)
			}
		}
	})
}

// destroyAs takes an organisation away whose owner's token nobody has, as an operator with the database in hand would.
func (w *world) destroyAs(o accounts.Listed) {
	w.t.Helper()
	s, err := access.Decide(access.System(o.ID, "test", access.Actor{}), access.OrganisationDestroy, access.Resource{})
	w.check(err)
	c := &accounts.Change{Envelope: change.New(s, w.clock.now(), draft("destruction.asked"))}
	c.Jobs = append(c.Jobs, newJob(task.ApplyDestroy, task.OrgArgs{Org: o.ID}))
	_, err = w.store.Commit(w.t.Context(), c)
	w.check(err)
	w.work()
}

// TestCreationIsTakenUpAgain: the same request with the same key goes on where the first one stopped, and gives the same organisation, with a token that works.
func TestCreationIsTakenUpAgain(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		try := 0
		slug := func() string { return fmt.Sprintf("contoso%d", try) }
		in := func() accounts.NewOrganisation {
			o := newOrg(slug())
			o.Key = w.key(slug())
			return o
		}
		w.crashing(func(s *accounts.Service) error {
			try++
			_, err := s.CreateOrganisation(ctx, w.operator, in())
			return err
		}, func(n int, s *accounts.Service) {
			made, err := s.CreateOrganisation(ctx, w.operator, in())
			w.check(err)
			twice, err := s.CreateOrganisation(ctx, w.operator, in())
			w.check(err)
			if made.Organisation.ID != twice.Organisation.ID || string(made.Token.Text.Expose()) != string(twice.Token.Text.Expose()) || made.Owner != twice.Owner {
				t.Errorf("crash %d: %+v, and then %+v", n, made, twice)
			}
			org, err := s.Organisation(ctx, w.who(twice.Token.Text))
			w.check(err)
			if org.ID != made.Organisation.ID {
				t.Errorf("crash %d: %+v", n, org)
			}
			w.clock.add(11 * time.Minute)
			w.check(w.homes.Upkeep(ctx))
			w.work()
			w.who(twice.Token.Text)
		})
	})
}

// TestSlowCreation: what was removed meanwhile is not made active.
func TestSlowCreation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		f := &flaky{Directory: w.store, Writer: w.store, Homes: w.homes, at: -1}
		s := *w.Service
		s.Writer = slow{f, func() {
			w.clock.add(time.Hour)
			w.check(w.homes.Upkeep(t.Context()))
			w.work()
		}}
		_, err := s.CreateOrganisation(t.Context(), w.operator, newOrg("contoso"))
		if err == nil {
			t.Error("an organisation without a key was made")
		}
		w.organisation("contoso")
	})
}

type slow struct {
	accounts.Writer
	wait func()
}

func (s slow) Commit(ctx context.Context, c *accounts.Change) (change.Committed, error) {
	done, err := s.Writer.Commit(ctx, c)
	s.wait()
	return done, err
}

// TestSweepOrganisations finds what has lost its job.
func TestSweepOrganisations(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.organisation("fabrikam")
		f := &flaky{Directory: w.store, Writer: w.store, Homes: w.homes, at: 1}
		s := *w.Service
		s.Homes, s.Directory, s.Writer = f, f, f
		if _, err := s.CreateOrganisation(ctx, w.operator, newOrg("contoso")); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		if n, err := w.SweepOrganisations(ctx); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
		w.clock.add(time.Hour)
		if n, err := w.SweepOrganisations(ctx); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		w.work()
		if n, err := w.SweepOrganisations(ctx); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
		w.organisation("contoso")
	})
}

func TestDestroyOrganisation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, other := w.organisation("fabrikam")
		_, admin := w.member(owner, "admin", access.Admin)
		w.refused(w.DestroyOrganisation(ctx, admin, "contoso", "closing"), fault.Denied, "")
		w.refused(w.DestroyOrganisation(ctx, w.operator, "contoso", "closing"), fault.Denied, "")
		w.refused(w.DestroyOrganisation(ctx, owner, "fabrikam", "closing"), fault.Invalid, "cannot be undone")
		w.refused(w.DestroyOrganisation(ctx, owner, "contoso", ""), fault.Invalid, "reason")
		before := w.ledger(fabrikam.Organisation.ID)
		w.check(w.DestroyOrganisation(ctx, owner, "contoso", "closing"))
		if e := w.last(contoso.Organisation.ID); e.kind != "destruction.asked" || e.values["reason"] != "closing" {
			t.Errorf("%+v", e)
		}
		w.check(w.DestroyOrganisation(ctx, owner, "contoso", "closing"))
		if did := w.work(); !slices.Equal(did, []string{task.ApplyDestroy, task.ApplyDestroy}) {
			t.Errorf("%v was done", did)
		}
		w.clock.add(time.Minute)
		if _, err := w.Authenticate(ctx, accounts.Attempt{Token: string(contoso.Token.Text.Expose()), Surface: access.API}); !errors.Is(err, accounts.ErrUnauthenticated) {
			t.Errorf("its token: %v", err)
		}
		_, err := w.Organisation(ctx, owner)
		w.refused(err, fault.NotFound, "no such organisation")
		_, err = w.homes.For(ctx, w.inside(contoso.Organisation.ID))
		w.refused(err, fault.NotFound, "no such organisation")
		if kept := w.rows(id.Platform, `SELECT id FROM directory WHERE state = 'active'`); slices.Contains(kept, string(contoso.Organisation.ID)) {
			t.Error("its key is kept")
		}
		kinds := w.kinds(id.Platform)
		if !slices.Contains(kinds, "organisation.destroyed") || !slices.Contains(kinds, "key.destroyed") {
			t.Errorf("the instance's ledger has %v", kinds)
		}
		if mails := w.rows(id.Platform, `SELECT email FROM person WHERE email <> ''`); !slices.Equal(mails, []string{"owner@fabrikam.example"}) {
			t.Errorf("the platform knows %v", mails)
		}
		if after := w.ledger(fabrikam.Organisation.ID); len(after) != len(before) {
			t.Error("the other organisation's ledger has changed")
		}
		if _, err := w.Organisation(ctx, other); err != nil {
			t.Error(err)
		}
		w.organisation("contoso") // the short name is free
	})
}

// TestDestructionThatIsInterrupted: each step can be done again.
func TestDestructionThatIsInterrupted(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for n := 0; n < 12; n++ {
			slug := fmt.Sprintf("contoso%d", n)
			_, owner := w.organisation(slug)
			w.check(w.DestroyOrganisation(ctx, owner, slug, "closing"))
			f := &flaky{Directory: w.store, Writer: w.store, Homes: w.homes, at: n / 2, after: n%2 == 1}
			s := *w.Service
			s.Directory, s.Writer, s.Homes = f, f, f
			for range 4 {
				c, err := w.homes.Queue().Claim(ctx, "worker", time.Minute)
				w.check(err)
				if c == nil || c.Lease.Kind != task.ApplyDestroy {
					break
				}
				if err := s.ApplyDestroy(ctx, c); err != nil && !errors.Is(err, errCrash) {
					t.Fatal(err)
				} else if err != nil {
					_ = w.homes.Queue().Fail(ctx, c.Lease, "killed", time.Second) // after the last step there is no lease any more
				}
			}
			w.clock.add(time.Hour)
			w.check(w.homes.Upkeep(ctx))
			w.work()
			if _, err := w.Organisation(ctx, owner); fault.KindOf(err) != fault.NotFound {
				t.Errorf("crash %d: %v", n, err)
			}
			if left := w.rows(id.Platform, `SELECT id FROM directory WHERE state <> 'destroyed' AND id <> 'platform'`); len(left) > 0 {
				t.Errorf("crash %d: %v are left", n, left)
			}
			if n/2 > f.calls {
				break
			}
		}
		destroyed := 0
		for _, k := range w.kinds(id.Platform) {
			if k == "organisation.destroyed" {
				destroyed++
			}
		}
		if all := w.rows(id.Platform, `SELECT id FROM directory WHERE id <> 'platform'`); destroyed != len(all) {
			t.Errorf("%d entries for %d organisations", destroyed, len(all))
		}
	})
}

func TestRotateKeys(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		contoso, owner := w.organisation("contoso")
		fabrikam, _ := w.organisation("fabrikam")
		_, err := w.RotateKeys(ctx, owner)
		w.refused(err, fault.Denied, "")
		if n, err := w.RotateKeys(ctx, w.operator); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		w.keys.newest = "root2"
		if n, err := w.RotateKeys(ctx, w.operator); n != 3 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if roots := w.rows(id.Platform, `SELECT DISTINCT root_key FROM directory`); !slices.Equal(roots, []string{"root2"}) {
			t.Errorf("%v", roots)
		}
		told := map[string]string{}
		for _, e := range w.ledger(id.Platform) {
			if e.kind == "key.rotated" {
				told[e.values["key"]] = e.values["from"] + ">" + e.values["to"]
			}
		}
		for _, org := range []id.Org{contoso.Organisation.ID, fabrikam.Organisation.ID} {
			if told[string(org)] != "root1>root2" {
				t.Errorf("%s: %v", org, told)
			}
		}
		if _, ok := told["platform"]; !ok {
			t.Errorf("the platform's own key: %v", told)
		}
		if _, err := w.Organisation(ctx, owner); err != nil {
			t.Error(err)
		}
		w.keys.newest, w.keys.broken = "root3", fault.New(fault.Unavailable, "the key service does not answer")
		_, err = w.RotateKeys(ctx, w.operator)
		w.refused(err, fault.Unavailable, "")
		_, err = w.CreateOrganisation(ctx, w.operator, newOrg("third"))
		w.refused(err, fault.Unavailable, "")
		if slugs := w.rows(id.Platform, `SELECT slug FROM directory WHERE slug = 'third'`); len(slugs) > 0 {
			t.Error("an organisation without a key is in the directory")
		}
		if strings.Contains(fmt.Sprint(w.rows(id.Platform, `SELECT DISTINCT root_key FROM directory`)), "root3") {
			t.Error("a key is under a root key that does not answer")
		}
	})
}
