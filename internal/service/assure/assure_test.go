package assure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/register"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

var at = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func operator() access.Actor {
	return access.Actor{ID: "operator:test", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "test"}
}

// probe is a check whose Run is the test's.
type probe struct {
	check control.Check
	run   func(context.Context) ([]control.Observation, error)
}

func (p probe) Check() control.Check                                   { return p.check }
func (p probe) Run(ctx context.Context) ([]control.Observation, error) { return p.run(ctx) }

func check(name string) control.Check {
	return control.Check{ID: name, Title: name, Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5"}, Fresh: 2 * time.Hour, Mutation: "TestOutcomes"}
}

func says(o ...control.Outcome) func(context.Context) ([]control.Observation, error) {
	return func(context.Context) (list []control.Observation, err error) {
		for i, x := range o {
			list = append(list, control.Observation{Subject: fmt.Sprintf("thing %d", i), Outcome: x, Detail: "seen"})
		}
		return list, nil
	}
}

// kept is a store that works: it prepares the entries as a home does, and gives back what was kept.
type kept struct {
	changes []*Change
	runs    map[string]control.Run
	err     error
	old     int64 // runs that are old
	pruned  []*Pruning
	made    []control.Attestation
	reads   int // how often the newest runs were read
}

func (k *kept) Attestations(context.Context, access.Scope) ([]control.Attestation, error) {
	return slices.Clone(k.made), k.err
}

func (k *kept) Attest(_ context.Context, c *Attested) (change.Committed, error) {
	k.made = append([]control.Attestation{c.Made}, k.made...)
	return change.Committed{}, prepared(&c.Envelope)
}

func (k *kept) Withdraw(_ context.Context, c *Withdrawn) (change.Committed, error) {
	for i := range k.made {
		if k.made[i].ID == c.Made.ID {
			k.made[i] = c.Made
		}
	}
	return change.Committed{}, prepared(&c.Envelope)
}

func (k *kept) Entries(context.Context, access.Scope) (map[string]Entry, error) { return nil, k.err }

// prepared sees that the entries of a change are ones that the catalogue of kinds takes.
func prepared(e *change.Envelope) error {
	a := e.Scope.Actor()
	for _, d := range e.Drafts {
		if _, err := ledger.Prepare(d, ledger.Common{Actor: a.ID, Surface: string(a.Surface), Purpose: a.Purpose}, rand.NewChaCha8([32]byte{})); err != nil {
			return err
		}
	}
	return nil
}

func (k *kept) Keep(_ context.Context, c *Change) (change.Committed, error) {
	if k.err != nil {
		return change.Committed{}, k.err
	}
	a := c.Scope.Actor()
	for _, d := range c.Drafts {
		if _, err := ledger.Prepare(d, ledger.Common{Actor: a.ID, Surface: string(a.Surface), Purpose: a.Purpose}, rand.NewChaCha8([32]byte{})); err != nil {
			return change.Committed{}, err
		}
	}
	if len(c.Drafts) == 0 {
		return change.Committed{}, errors.New("no draft")
	}
	k.changes = append(k.changes, c)
	for _, r := range c.Runs {
		run, err := Decode(r.JSON, r.Digest)
		if err != nil {
			return change.Committed{}, err
		}
		k.runs[run.Check] = run
	}
	return change.Committed{Index: 7}, nil
}

func (k *kept) Past(context.Context, access.Scope, string, int) ([]Kept, error) { return nil, nil }

func (k *kept) Newest(context.Context, access.Scope) (map[string]control.Run, error) {
	k.reads++
	return k.runs, k.err
}

func (k *kept) Old(context.Context, access.Scope, Age) (int64, error) { return k.old, k.err }

func (k *kept) Prune(_ context.Context, c *Pruning) (change.Committed, error) {
	a := c.Scope.Actor()
	for _, d := range c.Drafts {
		if _, err := ledger.Prepare(d, ledger.Common{Actor: a.ID, Surface: string(a.Surface), Purpose: a.Purpose}, rand.NewChaCha8([32]byte{})); err != nil {
			return change.Committed{}, err
		}
	}
	if len(c.Drafts) != 1 {
		return change.Committed{}, errors.New("no draft")
	}
	k.pruned = append(k.pruned, c)
	return change.Committed{}, k.err
}

type meter map[string]control.Outcome

func (m meter) ControlRan(check string, o control.Outcome, _ time.Duration) { m[check] = o }

func service(t *testing.T, probes ...Probe) (*Service, *kept, meter, *bytes.Buffer) {
	t.Helper()
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	store, m, log := &kept{runs: map[string]control.Run{}}, meter{}, &bytes.Buffer{}
	s, err := New(Config{
		Register: reg, Probes: probes, Store: store, Meter: m, Log: slog.New(slog.NewTextHandler(log, nil)),
		Now: func() time.Time { return at }, Random: rand.NewChaCha8(sha256.Sum256(nil)), Version: "1.2.3",
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, store, m, log
}

func TestOutcomes(t *testing.T) {
	for _, x := range []struct {
		name string
		run  func(context.Context) ([]control.Observation, error)
		want control.Outcome
		kind fault.Kind
		says string
	}{
		{"all pass", says(control.Pass, control.Pass), control.Pass, "", ""},
		{"one fails", says(control.Pass, control.Fail), control.Fail, fault.Drift, "thing 1: seen"},
		{"one is unknown", says(control.Pass, control.Unknown), control.Unknown, fault.Incomplete, "thing 1: seen"},
		{"it looks at nothing", says(), control.Empty, "", ""},
		{"it says that there is nothing", says(control.Pass, control.Empty), control.Empty, "", "thing 1: seen"},
		{"one fails beside one that is not there", says(control.Empty, control.Fail), control.Fail, fault.Drift, "thing 1: seen"},
		{"it says something else", says("good"), control.Fail, fault.Drift, "thing 0: seen"},
		{"it ends with an error", func(context.Context) ([]control.Observation, error) { return nil, errors.New("the door is shut") }, control.Fail, fault.Drift, "the check itself: the door is shut"},
		{"it cannot tell", func(context.Context) ([]control.Observation, error) {
			return nil, fmt.Errorf("%w: the platform does not answer", ErrUnknown)
		}, control.Unknown, fault.Incomplete, "the check itself: the platform does not answer"},
		{"it panics", func(context.Context) ([]control.Observation, error) { panic("a customer's name") }, control.Fail, fault.Drift, "the check itself: it panicked, which is a defect of c4arch"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s, store, m, log := service(t, probe{check("a-check"), x.run})
			round, err := s.Run(t.Context(), operator())
			if fault.KindOf(err) != x.kind || round == nil || len(round.Runs) != 1 || round.Index != 7 {
				t.Fatalf("%v, %+v", err, round)
			}
			run := round.Runs[0]
			if run.Outcome != x.want || m["a-check"] != x.want || run.Version != "1.2.3" || !id.Is(id.PrefixRun, run.ID) {
				t.Errorf("%+v, metric %s", run, m["a-check"])
			}
			if x.want != control.Pass && x.says != "" {
				if got := run.Observations[0].Subject + ": " + run.Observations[0].Detail; got != x.says {
					t.Errorf("says %q", got)
				}
			}
			if loud := strings.Contains(log.String(), "a control does not hold"); loud != (x.want != control.Pass && x.want != control.Empty) {
				t.Errorf("log is %q", log)
			}
			if strings.Contains(log.String()+string(store.changes[0].Runs[0].JSON), "customer's name") {
				t.Error("the value of a panic is shown")
			}
			// What the ledger has is the digest of what is kept.
			d := store.changes[0].Drafts[0]
			if got := field(d, "digest"); got != `"`+store.changes[0].Runs[0].Digest+`"` || field(d, "outcome") != `"`+string(x.want)+`"` {
				t.Errorf("the draft is %+v", d)
			}
			rep, err := s.States(t.Context(), operator())
			if err != nil {
				t.Fatal(err)
			}
			if holds := rep.Checks[0].State == control.Holds; holds != (x.want == control.Pass) {
				t.Errorf("the check is %s", rep.Checks[0].State)
			}
		})
	}
}

func field(d ledger.Draft, name string) string {
	for _, f := range d.Fields {
		if f.Name == name {
			return string(f.Value)
		}
	}
	return ""
}

// A probe that never ends costs its own check alone, and is not begun a second time while it goes on.
func TestAProbeThatDoesNotEnd(t *testing.T) {
	release := make(chan struct{})
	var begun atomic.Int32
	s, _, _, _ := service(t, probe{check("endless"), func(context.Context) ([]control.Observation, error) {
		begun.Add(1)
		<-release
		return says(control.Pass)(nil) //nolint:staticcheck // it does not look at the context
	}}, probe{check("quick"), says(control.Pass)})
	s.Limit = time.Millisecond
	for i, want := range []string{"it did not end within 1ms", "it has not ended since it was begun the last time"} {
		round, err := s.Run(t.Context(), operator(), "endless")
		if fault.KindOf(err) != fault.Drift || round.Runs[0].Observations[0].Detail != want {
			t.Errorf("round %d: %v, %+v", i, err, round)
		}
	}
	s.Limit = time.Minute
	if round, err := s.Run(t.Context(), operator(), "quick"); err != nil || len(round.Runs) != 1 {
		t.Errorf("%v, %+v", err, round)
	}
	close(release)
	if n := begun.Load(); n > 1 {
		t.Errorf("begun %d times", n)
	}
}

// TestRoundsTakeTurns: a round that is asked for while another one runs waits for it: a probe that has begun is no failure of the second.
func TestRoundsTakeTurns(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	var once atomic.Bool
	s, store, _, _ := service(t, probe{check("slow"), func(context.Context) ([]control.Observation, error) {
		if once.CompareAndSwap(false, true) {
			close(began)
			<-release
		}
		return says(control.Pass)(nil) //nolint:staticcheck // it does not look at the context
	}})
	errs := make(chan error, 2)
	go func() { _, err := s.Run(t.Context(), operator()); errs <- err }()
	<-began
	go func() { _, err := s.Run(t.Context(), operator()); errs <- err }()
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Run(gone, operator()); !errors.Is(err, context.Canceled) {
		t.Errorf("who does not wait: %v", err)
	}
	close(release)
	for range 2 {
		if err := <-errs; err != nil {
			t.Errorf("a round: %v", err)
		}
	}
	if len(store.changes) != 2 {
		t.Errorf("%d rounds were kept", len(store.changes))
	}
}

func TestWhoMay(t *testing.T) {
	s, store, _, _ := service(t, probe{check("a-check"), says(control.Pass)})
	other := operator()
	other.Org = "og_00000000000000000000000000"
	other.Kind, other.Roles = access.Person, []access.Role{access.Owner}
	if _, err := s.Run(t.Context(), other); fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v", err)
	}
	if _, err := s.States(t.Context(), other); fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v", err)
	}
	if _, err := s.Run(t.Context(), operator(), "no-such"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
	if len(store.changes) != 0 {
		t.Error("something was kept")
	}
}

func TestTheJobEndsWithItsRuns(t *testing.T) {
	s, store, _, _ := service(t, probe{check("a-check"), says(control.Fail)})
	worker := operator()
	worker.Kind = access.Worker
	c := &task.Claimed{Lease: &job.Lease{Org: id.Platform, ID: "jb"}, Actor: worker}
	if err := s.Handle(t.Context(), c); err != nil {
		t.Fatalf("a failure that is kept is no reason to try again: %v", err)
	}
	if len(store.changes) != 1 || store.changes[0].Done != c.Lease {
		t.Errorf("%+v", store.changes)
	}
	if len(store.pruned) > 0 {
		t.Error("nothing is old, and something was removed")
	}
	store.old = 3
	if err := s.Handle(t.Context(), c); err != nil || len(store.pruned) != 1 || !store.pruned[0].Passed.After(store.pruned[0].Other) {
		t.Errorf("what is old: %v, %+v", err, store.pruned)
	}
	store.err = fault.New(fault.Unavailable, "the disk is full")
	if err := s.Handle(t.Context(), c); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	empty, store, _, _ := service(t)
	if err := empty.Handle(t.Context(), c); err != nil || len(store.changes) != 1 {
		t.Errorf("with no check: %v, %+v", err, store.changes)
	}
}

// When the program ends meanwhile, nothing is found and nothing kept.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, store, _, _ := service(t, probe{check("a-check"), func(context.Context) ([]control.Observation, error) {
		cancel()
		return nil, errors.New("interrupted")
	}})
	if _, err := s.Run(ctx, operator()); !errors.Is(err, context.Canceled) || len(store.changes) != 0 {
		t.Errorf("%v, %+v", err, store.changes)
	}
}

func TestWrongBindingsAreRefused(t *testing.T) {
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	x := check("a-check")
	x.Clauses = []string{"SE-5.1"}
	if _, err := New(Config{Register: reg, Probes: []Probe{probe{x, says()}}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}

func TestBounded(t *testing.T) {
	var many []control.Observation
	for i := range 3 * maxObservations {
		o := control.Observation{Subject: strings.Repeat("ä", maxSubject), Outcome: control.Pass, Detail: "two\nlines\x1b \xff"}
		if i == 3*maxObservations-1 {
			o.Outcome = control.Fail
		}
		many = append(many, o)
	}
	list := bounded(many)
	if len(list) != maxObservations || list[0].Outcome != control.Fail || control.Worst(list) != control.Fail {
		t.Fatalf("%d, first %+v", len(list), list[0])
	}
	if len(list[0].Subject) > maxSubject || list[0].Detail != "two lines \uFFFD" {
		t.Errorf("%+v", list[0])
	}
	run := control.Run{Check: "x", Observations: list}
	k, err := Encode(run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(append(k.JSON[:len(k.JSON)-1:len(k.JSON)-1], ' ', '}'), k.Digest); fault.KindOf(err) != fault.Internal {
		t.Errorf("changed bytes were read: %v", err)
	}
}

// What is read is what was kept, or nothing.
func FuzzDecode(f *testing.F) {
	k, err := Encode(control.Run{ID: "rn_x", Check: "a-check", At: at, Outcome: control.Pass, Observations: []control.Observation{{Subject: "s", Outcome: control.Pass}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(k.JSON), k.Digest)
	f.Add([]byte("{}"), "")
	f.Add([]byte(`{"at":7}`), string(canon.Sum([]byte(`{"at":7}`))))
	f.Fuzz(func(t *testing.T, data []byte, digest string) {
		for _, d := range []string{digest, string(canon.Sum(data))} {
			run, err := Decode(data, d)
			if err != nil {
				continue
			}
			if string(canon.Sum(data)) != d {
				t.Fatal("another digest was accepted")
			}
			if _, err := Encode(run); err != nil && run.At.Year() <= 9999 && run.At.Year() >= 0 {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
	})
}
