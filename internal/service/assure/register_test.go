package assure

import (
	"context"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/register"
	"c4arch/internal/trust/control"
)

func registered(t *testing.T) *register.Register {
	t.Helper()
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// TestNothingIsBare: every clause that is no text of the law has a check, a plan or an attestation of its own, and so has every control.
func TestNothingIsBare(t *testing.T) {
	reg := registered(t)
	c, err := Built(reg, Checks())
	if err != nil {
		t.Fatal(err)
	}
	if bare := c.Bare(); len(bare) > 0 {
		t.Errorf("these have nothing of their own: %s", strings.Join(bare, " "))
	}
	// Without plans and attestations there would be some: the rule can fail.
	bound, err := control.New(reg, Checks())
	if err != nil {
		t.Fatal(err)
	}
	if len(bound.Bare()) == 0 {
		t.Error("nothing is planned or attested, and nothing is bare")
	}
}

func TestRegisterCompleteFails(t *testing.T) {
	reg := registered(t)
	whole, err := Built(reg, Checks())
	if err != nil {
		t.Fatal(err)
	}
	alone, err := control.New(reg, Checks())
	if err != nil {
		t.Fatal(err)
	}
	var fewer []control.Check
	for _, c := range Checks() {
		if c.ID != RowSecurity && c.ID != KeyVault {
			fewer = append(fewer, c)
		}
	}
	here, err := Built(reg, fewer)
	if err != nil {
		t.Fatal(err)
	}
	short := *reg
	short.Clauses = append([]register.Clause{{ID: "SE-99.1"}}, reg.Clauses...)
	for _, x := range []struct {
		name  string
		parts Parts
		want  control.Outcome
		says  string
	}{
		{"whole", Parts{reg, whole, whole}, control.Pass, ""},
		{"without plans and attestations", Parts{reg, alone, alone}, control.Fail, "it has no check, no plan and no attestation"},
		{"without a probe", Parts{reg, whole, here}, control.Fail, "it is bound, and does not run here"},
		{"without a clause", Parts{&short, whole, whole}, control.Fail, "SE-99.1 is not in the register"},
	} {
		seen, err := Complete(func() (Parts, error) { return x.parts, nil })(t.Context())
		if err != nil || control.Worst(seen) != x.want {
			t.Errorf("%s: %v, %+v", x.name, err, seen)
		}
		said := ""
		for _, o := range seen {
			if o.Outcome == control.Fail {
				said += o.Subject + ": " + o.Detail + "\n"
			}
		}
		if !strings.Contains(said, x.says) || strings.Contains(said, KeyVault) {
			t.Errorf("%s: it says %q", x.name, said)
		}
	}
}

func legal() access.Actor {
	return access.Actor{
		ID: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Security}, Surface: access.Portal, Purpose: "test",
		Session: "ss_01jq8z6y5x4w3v2t1s0r9q8p7n", Fresh: true,
	}
}

func statement() Statement {
	return Statement{
		Of: "code-review", Text: "All 214 merge requests of the last quarter were approved by a second person.", Reference: "records/2026/merge-requests.csv",
		Digest: strings.Repeat("0a", 32), Until: at.Add(90 * 24 * time.Hour),
	}
}

func TestAttest(t *testing.T) {
	s, store, _, _ := service(t)
	now := at
	s.Now = func() time.Time { return now }
	state := func() (control.State, control.State) {
		t.Helper()
		rep, err := s.Standing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var made, clause control.State
		for _, x := range rep.Attestations {
			if x.Wanted.ID == "code-review" {
				made = x.State
			}
		}
		for _, x := range rep.Clauses {
			if x.ID == "SE-7.2" {
				clause = x.State
			}
		}
		return made, clause
	}
	expect := func(when string, want control.State) {
		t.Helper()
		if made, clause := state(); made != want || clause != want {
			t.Errorf("%s: the attestation is %q and its clause %q, not %q", when, made, clause, want)
		}
	}
	expect("before", control.NotYet)
	made, err := s.Attest(t.Context(), legal(), statement())
	if err != nil {
		t.Fatal(err)
	}
	if made.Seal != Seal(made) || made.Person != "pn_01jq8z6y5x4w3v2t1s0r9q8p7n" || !id.Is(id.PrefixAttestation, made.ID) {
		t.Errorf("%+v", made)
	}
	expect("made", control.Attested)
	now = at.Add(61 * 24 * time.Hour)
	stands, err := s.Attestations(t.Context(), legal())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range stands {
		if soon := x.Wanted.ID == "code-review"; x.Soon != soon || len(x.Past) > 0 != soon {
			t.Errorf("%s ends soon: %t, %d made", x.Wanted.ID, x.Soon, len(x.Past))
		}
	}
	now = at.Add(90 * 24 * time.Hour)
	expect("on its last day", control.Stale) // by time alone
	now = at.Add(time.Hour)
	expect("within its time", control.Attested)
	if err := s.Withdraw(t.Context(), legal(), made.ID, "the export was of another repository"); err != nil {
		t.Fatal(err)
	}
	expect("withdrawn", control.NotYet)
	if err := s.Withdraw(t.Context(), legal(), made.ID, "once more"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v", err)
	}
	if err := s.Withdraw(t.Context(), legal(), "at_nothing", "once more"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	if len(store.made) != 1 || Seal(store.made[0]) != made.Seal {
		t.Error("what was stated changed when it was withdrawn")
	}
}

func TestAttestRefuses(t *testing.T) {
	s, store, _, _ := service(t)
	for name, x := range map[string]struct {
		change func(*Statement)
		kind   fault.Kind
	}{
		"something that nobody asks":      {func(x *Statement) { x.Of = "weather" }, fault.NotFound},
		"a word":                          {func(x *Statement) { x.Text = "done" }, fault.Invalid},
		"a book":                          {func(x *Statement) { x.Text = strings.Repeat("a ", 3000) }, fault.Invalid},
		"no text":                         {func(x *Statement) { x.Text += "\xff" }, fault.Invalid},
		"no evidence":                     {func(x *Statement) { x.Reference = " " }, fault.Invalid},
		"no digest":                       {func(x *Statement) { x.Digest = "sha256" }, fault.Invalid},
		"yesterday":                       {func(x *Statement) { x.Until = at }, fault.Invalid},
		"longer than such a thing counts": {func(x *Statement) { x.Until = at.Add(200 * 24 * time.Hour) }, fault.Invalid},
	} {
		say := statement()
		x.change(&say)
		if _, err := s.Attest(t.Context(), legal(), say); fault.KindOf(err) != x.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	worker := access.System(id.Platform, "test", access.Actor{})
	if _, err := s.Attest(t.Context(), worker, statement()); fault.KindOf(err) != fault.Denied {
		t.Errorf("a program attested: %v", err)
	}
	if len(store.made) > 0 {
		t.Error("something was kept")
	}
}

// TestStandingGoesStale: a statement is stale by time alone, without anybody asking for a round: two hours after the last round, which is within an hour of the first that did
// not come. A failure is told by the next round at once.
func TestStandingGoesStale(t *testing.T) {
	c := check("a-check")
	c.Fresh = fresh
	ok := true
	s, store, _, _ := service(t, probe{c, func(ctx context.Context) ([]control.Observation, error) {
		if ok {
			return says(control.Pass)(ctx)
		}
		return says(control.Fail)(ctx)
	}})
	now := at
	s.Now = func() time.Time { return now }
	state := func() control.State {
		t.Helper()
		rep, err := s.Standing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return rep.Checks[0].State
	}
	if state() != control.Stale {
		t.Error("nothing ran, and it is not stale")
	}
	if _, err := s.Run(t.Context(), operator()); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != control.Holds {
		t.Errorf("after a round: %s", got)
	}
	for _, x := range []struct {
		after time.Duration
		want  control.State
	}{{Every, control.Holds}, {2 * Every, control.Holds}, {2*Every + time.Second, control.Stale}, {3 * Every, control.Stale}} {
		now = at.Add(x.after)
		if got := state(); got != x.want {
			t.Errorf("%s after the last round: %s, not %s", x.after, got, x.want)
		}
	}
	ok, now = false, at.Add(3*Every)
	if _, err := s.Run(t.Context(), operator()); fault.KindOf(err) != fault.Drift {
		t.Fatal(err)
	}
	if got := state(); got != control.Failing {
		t.Errorf("after a round that failed: %s", got)
	}
	// Who asks often does not read often, and is told what is new at once.
	before := store.reads
	for range 50 {
		state()
	}
	if store.reads > before+1 {
		t.Errorf("read %d times", store.reads-before)
	}
	now = now.Add(standingFor)
	if state(); store.reads == before {
		t.Error("it was never read again")
	}
}
