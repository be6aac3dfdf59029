// Package assure runs the checks of the controls and keeps what they found: a check is code beside what it checks, offered as a [Probe]; the register of commitments is
// told by the runs alone, never typed by hand.
//
// It promises: every run is kept and its digest stands in the ledger of the instance, in one change; a probe that panics, ends with an error or does not end is a
// failure and no pass; a failure is logged, counted and returned as an error besides. It leaves out what the checks look at.
package assure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/register"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// Probe is a check as code.
type Probe interface {
	// Check says what it is for. It is asked once.
	Check() control.Check
	// Run looks, and says what it saw. An error means that it could not look at all, which is a failure, unless the error is [ErrUnknown]; what cannot be told of
	// one thing is an observation that is unknown.
	Run(ctx context.Context) ([]control.Observation, error)
}

// ErrUnknown wraps the error of a probe that can tell nothing here, as of a platform that does not answer. It is no pass.
var ErrUnknown = errors.New("unknown")

// Change is what the runs of a round are kept by.
type Change struct {
	change.Envelope
	Runs []Kept
}

// Kept is a run as it is kept: its canonical JSON, of which the ledger has the digest.
type Kept struct {
	Run    control.Run
	JSON   []byte
	Digest string
}

// Store is the port to the runs, in the platform's home.
type Store interface {
	Keep(ctx context.Context, c *Change) (change.Committed, error)
	// Newest is the newest run of each check.
	Newest(ctx context.Context, s access.Scope) (map[string]control.Run, error)
	// Past are the newest runs of one check, the last one first.
	Past(ctx context.Context, s access.Scope, check string, limit int) ([]Kept, error)
	// Old counts the runs that Prune would remove.
	Old(ctx context.Context, s access.Scope, old Age) (int64, error)
	// Prune commits the change and removes runs that are older; the newest of each check stays.
	Prune(ctx context.Context, c *Pruning) (change.Committed, error)
	// Attestations are all that were made, the last one first.
	Attestations(ctx context.Context, s access.Scope) ([]control.Attestation, error)
	Attest(ctx context.Context, c *Attested) (change.Committed, error)
	Withdraw(ctx context.Context, c *Withdrawn) (change.Committed, error)
	// Entries is what the ledger has of the newest runs and of all attestations, by their ids.
	Entries(ctx context.Context, s access.Scope) (map[string]Entry, error)
}

// Age is before when a run is old: one that passed, and any other.
type Age struct{ Passed, Other time.Time }

// Pruning is runs that are removed.
type Pruning struct {
	change.Envelope
	Age
}

// How long runs are kept. Of each one that is gone the outcome and the digest stay in the ledger; what did not pass is kept with all that was seen until it is a year old, and
// some, so that a year can be looked back on.
const (
	PassedFor = 40 * 24 * time.Hour
	OtherFor  = 400 * 24 * time.Hour
)

// Meter is the port to metrics.
type Meter interface {
	ControlRan(check string, outcome control.Outcome, took time.Duration)
}

// Config is what the service needs. Meter may be nil.
type Config struct {
	Register *register.Register
	Probes   []Probe
	Store    Store
	Meter    Meter
	Log      *slog.Logger
	Now      func() time.Time
	Random   io.Reader
	Version  string        // of the program
	Limit    time.Duration // how long one probe may take; 0 means one minute
}

// Service runs checks.
type Service struct {
	Config
	catalogue *control.Catalogue
	probes    map[string]Probe
	turn      chan struct{} // one round at a time: a probe that another round has begun is no failure
	mu        sync.Mutex
	busy      map[string]bool // probes that did not end in their time, and have not since
	last      read            // what was read last
}

// New binds the probes to the register; a binding that is wrong is an error.
func New(c Config) (*Service, error) {
	if c.Limit == 0 {
		c.Limit = time.Minute
	}
	s := &Service{Config: c, probes: map[string]Probe{}, busy: map[string]bool{}, turn: make(chan struct{}, 1)}
	var checks []control.Check
	for _, p := range c.Probes {
		x := p.Check()
		checks = append(checks, x)
		s.probes[x.ID] = p
	}
	var err error
	if s.catalogue, err = Built(c.Register, checks); err != nil {
		return nil, err
	}
	return s, nil
}

// Catalogue is the register with the checks.
func (s *Service) Catalogue() *control.Catalogue { return s.catalogue }

// Every is how often all checks run. A failure is told by the next round, which is within the hour; where rounds stop, what they found counts until [fresh] is over, which is within
// an hour of the first round that did not come.
const Every = time.Hour

// Schedule is when they run.
func Schedule(from time.Time) change.Schedule {
	return change.Schedule{Kind: task.RunControls, Key: "all", Args: []byte("{}"), Every: Every, Next: from}
}

// Round is what one round of runs found.
type Round struct {
	Runs  []control.Run `json:"runs"`
	Index int64         `json:"ledgerIndex"` // of the first entry in the ledger of the instance
}

// Failed are the ids of the checks that failed or could not tell. One that was not exercised is not among them: it found nothing that is wrong, and proves nothing.
func (r *Round) Failed() (ids []string) {
	for _, x := range r.Runs {
		if x.Outcome != control.Pass && x.Outcome != control.Empty {
			ids = append(ids, x.Check)
		}
	}
	return ids
}

// Run runs the checks with those ids, or all when there are none, and keeps what they found. When one failed or could not tell the round is returned with an error of the
// kind drift (what is true is not what was promised) or incomplete (unknown). A check that had nothing to look at is no pass and no error: its runs say so.
func (s *Service) Run(ctx context.Context, a access.Actor, ids ...string) (*Round, error) {
	return s.round(ctx, a, nil, ids)
}

// Handle is the handler of the job [task.RunControls]. A failure is no reason to try again: it is kept, logged and counted, and the job is done.
func (s *Service) Handle(ctx context.Context, c *task.Claimed) error {
	round, err := s.round(ctx, c.Actor, c.Lease, nil)
	if round == nil {
		return err
	}
	if err := s.Prune(ctx, c.Actor); err != nil {
		s.Log.ErrorContext(ctx, "old runs of checks cannot be removed", "why", err)
	}
	return nil
}

// Prune removes runs that are old, when there are any.
func (s *Service) Prune(ctx context.Context, a access.Actor) error {
	scope, err := access.Decide(a, access.ControlRun, access.Resource{})
	if err != nil {
		return err
	}
	now := s.Now()
	old := Age{Passed: now.Add(-PassedFor), Other: now.Add(-OtherFor)}
	n, err := s.Store.Old(ctx, scope, old)
	if err != nil || n == 0 {
		return err
	}
	c := &Pruning{Age: old, Envelope: change.New(scope, now, ledger.Draft{Kind: "control.pruned", Fields: []ledger.Field{
		ledger.Int("runs", n), ledger.Time("passedBefore", old.Passed), ledger.Time("othersBefore", old.Other),
	}})}
	_, err = s.Store.Prune(ctx, c)
	return err
}

func (s *Service) round(ctx context.Context, a access.Actor, done *job.Lease, ids []string) (*Round, error) {
	scope, err := access.Decide(a, access.ControlRun, access.Resource{})
	if err != nil {
		return nil, err
	}
	if ids, err = s.chosen(ids); err != nil {
		return nil, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	round := &Round{Runs: make([]control.Run, 0, len(ids))}
	for _, check := range ids {
		run, err := s.one(ctx, check)
		if err != nil {
			return nil, err
		}
		round.Runs = append(round.Runs, run)
	}
	if round.Index, err = s.keep(ctx, scope, done, round.Runs); err != nil {
		return nil, err
	}
	return round, s.tell(ctx, round)
}

func (s *Service) chosen(ids []string) ([]string, error) {
	if len(ids) == 0 {
		for _, x := range s.catalogue.Checks() {
			ids = append(ids, x.ID)
		}
		return ids, nil
	}
	for _, check := range ids {
		if s.probes[check] == nil {
			return nil, fault.New(fault.NotFound, "there is no check %.64q", check).WithHelp("c4arch control list lists them")
		}
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// one runs one probe.
func (s *Service) one(ctx context.Context, check string) (control.Run, error) {
	x, _ := s.catalogue.Check(check)
	at := s.Now()
	name, err := id.Mint(id.PrefixRun, s.Random, at)
	if err != nil {
		return control.Run{}, fault.Wrap(fault.Internal, err, "no randomness for the id of a run")
	}
	seen := s.look(ctx, check)
	if err := ctx.Err(); err != nil {
		return control.Run{}, err // the program ends: that is no finding
	}
	run := control.Run{
		ID: name, Check: check, Controls: listed(x.Controls), Clauses: listed(x.Clauses), At: at.UTC().Truncate(time.Microsecond),
		Duration: max(0, s.Now().Sub(at)), Outcome: control.Worst(seen), Observations: bounded(seen), Version: s.Version,
	}
	return run, nil
}

func listed(l []string) []string { return append([]string{}, l...) }

// look runs a probe in a goroutine of its own, so that one that never ends, or panics, costs one check and not all. While it has not ended it is not begun again.
func (s *Service) look(ctx context.Context, check string) []control.Observation {
	if !s.begin(check) {
		return failed("it has not ended since it was begun the last time")
	}
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	defer cancel()
	seen := make(chan []control.Observation, 1)
	go func() {
		defer s.end(check)
		seen <- guarded(ctx, s.probes[check])
	}()
	select {
	case list := <-seen:
		return list
	case <-ctx.Done():
		return failed(fmt.Sprintf("it did not end within %s", s.Limit))
	}
}

func (s *Service) begin(check string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[check] {
		return false
	}
	s.busy[check] = true
	return true
}

func (s *Service) end(check string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, check)
}

func failed(why string) []control.Observation {
	return []control.Observation{{Subject: "the check itself", Outcome: control.Fail, Detail: why}}
}

// guarded runs a probe and turns a panic and an error into what was seen. The value of a panic may quote data and is not shown.
func guarded(ctx context.Context, p Probe) (seen []control.Observation) {
	defer func() {
		if recover() != nil {
			seen = failed("it panicked, which is a defect of c4arch")
		}
	}()
	list, err := p.Run(ctx)
	switch {
	case errors.Is(err, ErrUnknown):
		return append(list, control.Observation{Subject: "the check itself", Outcome: control.Unknown, Detail: strings.TrimPrefix(err.Error(), ErrUnknown.Error()+": ")})
	case err != nil:
		return append(list, failed(err.Error())...)
	}
	return list
}

// Err is drift when one failed, incomplete when one could not tell, which is no pass, and else nil: what was not exercised is no failure.
func (r *Round) Err() error {
	ids := strings.Join(r.Failed(), ", ")
	if ids == "" {
		return nil
	}
	if slices.ContainsFunc(r.Runs, func(run control.Run) bool { return run.Outcome == control.Fail }) {
		return fault.New(fault.Drift, "did not pass: %s", ids)
	}
	return fault.New(fault.Incomplete, "could not tell, which is no pass: %s", ids)
}

// tell makes what did not pass loud.
func (s *Service) tell(ctx context.Context, r *Round) error {
	for _, run := range r.Runs {
		if s.Meter != nil {
			s.Meter.ControlRan(run.Check, run.Outcome, run.Duration)
		}
		if run.Outcome == control.Pass {
			continue
		}
		level, what := slog.LevelError, "a control does not hold"
		switch run.Outcome {
		case control.Unknown:
			level = slog.LevelWarn
		case control.Empty:
			level, what = slog.LevelInfo, "a control was not exercised: there is nothing that its check could look at"
		}
		s.Log.Log(ctx, level, what, "check", run.Check, "outcome", run.Outcome, "run", run.ID, "controls", run.Controls)
	}
	return r.Err()
}

// States tells where every check, control and clause stands now.
func (s *Service) States(ctx context.Context, a access.Actor) (*control.Report, error) {
	scope, err := access.Decide(a, access.ControlRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	now := s.Now()
	all, err := s.read(ctx, scope, now)
	if err != nil {
		return nil, err
	}
	return s.catalogue.Report(all.newest, now, all.made...), nil
}

// pastRuns is how many runs of a check are shown.
const pastRuns = 20

// Past are the newest runs of a check, each with the digest that the ledger has of it.
func (s *Service) Past(ctx context.Context, a access.Actor, check string) ([]Kept, error) {
	scope, err := access.Decide(a, access.ControlRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	if _, ok := s.catalogue.Check(check); !ok {
		return nil, fault.New(fault.NotFound, "there is no check %.64q", check)
	}
	return s.Store.Past(ctx, scope, check, pastRuns)
}

// keep writes the runs with an entry for each.
func (s *Service) keep(ctx context.Context, scope access.Scope, done *job.Lease, runs []control.Run) (int64, error) {
	c := &Change{Envelope: change.New(scope, s.Now())}
	c.Done = done
	for _, run := range runs {
		kept, err := Encode(run)
		if err != nil {
			return 0, err
		}
		c.Runs = append(c.Runs, kept)
		c.Drafts = append(c.Drafts, ledger.Draft{Kind: "control.ran", Fields: []ledger.Field{
			ledger.Text("run", run.ID), ledger.Text("check", run.Check), ledger.Text("outcome", string(run.Outcome)),
			ledger.Text("digest", kept.Digest), ledger.Int("observations", int64(len(run.Observations))),
		}})
	}
	if len(runs) == 0 {
		c.Drafts = append(c.Drafts, ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{
			ledger.Text("kind", task.RunControls), ledger.Text("outcome", "there is no check"),
		}})
	}
	committed, err := s.Store.Keep(ctx, c)
	s.forget()
	return committed.Index, err
}
