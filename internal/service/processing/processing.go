// Package processing are the use cases of instructions, records of processing and transfers.
//
// It promises: work with data of an organisation is asked about before it is done, and is held, not lost, where no instruction in force covers it or where the one that does is
// flagged; what an act of the organisation says is written down as an instruction once, however often it is looked at; a flag of which the law forbids to tell leaves no reason in the
// organisation's home; a text of the record is kept as a new version when what it says has changed, and only then; a destination without a valid mechanism is refused, and the refusal
// is an entry. It leaves out doing the work, and what the controls and the list of subprocessors say, which it is told.
package processing

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/processing"
)

// Service is the use cases. Store, DataMap, Now and Random must be set; a port that is nil says nothing.
type Service struct {
	Store   Store
	DataMap []processing.Datum
	// Measures are the controls and the baseline measures with where they stand.
	Measures func(ctx context.Context) ([]processing.Measure, []processing.Baseline, error)
	// Recipients are the subprocessors that are active.
	Recipients func(ctx context.Context) ([]processing.Recipient, error)
	// Ordered is what an organisation has ordered that concerns processing.
	Ordered func(ctx context.Context, org id.Org) (Ordered, error)
	// Accepted are the documents and orders that authorise processing for an organisation.
	Accepted func(ctx context.Context, org id.Org) ([]Fact, error)
	// Name is what an organisation is called.
	Name func(ctx context.Context, org id.Org) (string, error)
	// Screen looks at free text before it is kept; nil keeps it as it is.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
	Now    func() time.Time
	Random io.Reader
}

// Ordered is what an order says of processing.
type Ordered struct {
	Residency []string
	Models    string // what of the organisation a model may see, in words
	Role      string
}

// Fact is something that an organisation did, or agreed to, which is an instruction.
type Fact struct {
	Source    processing.Source
	Reference string
	Title     string
	Narrow    bool
	Purposes  []processing.Purpose
	From      time.Time
	Until     time.Time
}

// Version is a text of the record in one of its versions.
type Version struct {
	Kind   string // "a", "b", or "own"
	N      int    // from 1
	Digest string
	Body   string
	Actor  string
	At     time.Time
}

// The kinds of texts.
const (
	AnnexA = "a"
	AnnexB = "b"
	Own    = "own"
)

// Flag is one of the platform on an instruction.
type Flag struct {
	Organisation id.Org
	Instruction  string
	Title        string
	Reason       string
	Barred       bool
	Actor        string
	At           time.Time
	Lifted       time.Time
	Version      int64
}

// Change is what a use case does in one transaction.
type Change struct {
	change.Envelope
	Instructions []processing.Instruction // version 0 is new, any other must be the one that is kept
	Text         *Version
	Transfer     *processing.Transfer
	Flag         *Flag
	// Wake has what was held asked about again at once.
	Wake bool
}

// Store is the port to what is kept.
type Store interface {
	// Instructions are those of the scope's organisation, the newest first.
	Instructions(ctx context.Context, s access.Scope) ([]processing.Instruction, error)
	// Facts are what the records of the organisation say that it did: that it was taken on, connections, streams, grants, projects to which inputs are handed over.
	Facts(ctx context.Context, s access.Scope) ([]Fact, error)
	// Scanned is what a scan reads: the id of a connection, or that of the project to which inputs are handed over.
	Scanned(ctx context.Context, s access.Scope, scan string) (string, error)
	// Versions are those of a text, the newest first.
	Versions(ctx context.Context, s access.Scope, kind string, limit int) ([]Version, error)
	Transfers(ctx context.Context, s access.Scope) ([]processing.Transfer, error)
	Flags(ctx context.Context, s access.Scope) ([]Flag, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func entry(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

func (s *Service) mint(prefix string, now time.Time) (string, error) {
	name, err := id.Mint(prefix, s.Random, now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return name, nil
}

func (s *Service) screened(ctx context.Context, a access.Actor, field, text string) (string, error) {
	if s.Screen == nil || text == "" {
		return text, nil
	}
	return s.Screen(ctx, a, field, text)
}

// inside is the scope of the service itself in the home of an organisation, or on the platform.
func inside(org id.Org, act access.Action, cause access.Actor) (access.Scope, error) {
	return access.Decide(access.System(org, "processing", cause), act, access.Resource{})
}

func digest(text string) string { return string(canon.Sum([]byte(text))) }

// Schedule is when the record of a home is looked at anew.
func Schedule(from time.Time, every time.Duration) change.Schedule {
	return change.Schedule{Kind: task.KeepProcessing, Key: "keep", Args: []byte("{}"), Every: every, Next: from.Add(time.Minute)}
}

// Handle is the handler of the job [task.KeepProcessing]: instructions follow what there is, and texts that say something else than before become new versions.
func (s *Service) Handle(ctx context.Context, c *task.Claimed) error {
	org := c.Lease.Org
	step := s.keepOrganisation
	if org == id.Platform {
		step = s.keepPlatform
	}
	if err := step(ctx, c.Actor); err != nil {
		return err
	}
	act := access.InstructionKeep
	if org == id.Platform {
		act = access.JobRun
	}
	scope, err := access.Decide(c.Actor, act, access.Resource{})
	if err != nil {
		return err
	}
	ch := &Change{Envelope: change.New(scope, s.now(), entry("job.finished", ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", "kept")))}
	ch.Done = c.Lease
	_, err = s.Store.Commit(ctx, ch)
	return err
}

func wake(ch *Change) {
	ch.Wake = true
	ch.Jobs = append(ch.Jobs, job.New{Kind: task.KeepProcessing, Key: "keep", Args: []byte("{}")})
}

// newest is the last version of a text, or version 0.
func (s *Service) newest(ctx context.Context, scope access.Scope, kind string) (Version, error) {
	all, err := s.Store.Versions(ctx, scope, kind, 1)
	if err != nil || len(all) == 0 {
		return Version{Kind: kind}, err
	}
	return all[0], nil
}

// own is the part that the organisation has completed.
func (s *Service) own(ctx context.Context, scope access.Scope) (o processing.Own, err error) {
	v, err := s.newest(ctx, scope, Own)
	if err == nil && v.N > 0 {
		if err = json.Unmarshal([]byte(v.Body), &o); err != nil {
			err = fault.Wrap(fault.Internal, err, "the organisation's part of the record cannot be read")
		}
	}
	o.Version = v.N
	return o, err
}

func (s *Service) processor(ctx context.Context, scope access.Scope) (p processing.Processor, err error) {
	v, err := s.newest(ctx, scope, Own)
	if err == nil && v.N > 0 {
		if err = json.Unmarshal([]byte(v.Body), &p); err != nil {
			err = fault.Wrap(fault.Internal, err, "the platform's part of the record cannot be read")
		}
	}
	p.Version = int64(v.N)
	return p, err
}

func checkReason(reason string) error { return tenant.CheckReason(reason) }
