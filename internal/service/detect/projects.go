package detect

import (
	"context"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Hosted are the use cases of drift in projects: a snapshot becomes the baseline when as many people as the organisation asks for have approved it, each
// new snapshot is held against it as a job, and what is found can be accepted for a time by two people. Every field must be set.
type Hosted struct {
	Projects Projects
	// Rules are asked for when something is compared: they are large.
	Rules func() (*severity.Table, error)
	// Log is the ledger, of which a decision shows its entry.
	Log    Log
	Now    func() time.Time
	Random io.Reader
	// Screen looks at a text that somebody wrote before it is kept, and gives what may be kept; nil keeps all.
	Screen func(ctx context.Context, a access.Actor, field, text string) (string, error)
}

// open decides and opens the project.
func (h *Hosted) open(ctx context.Context, a access.Actor, act access.Action, project id.Project) (Project, access.Scope, error) {
	s, err := access.Decide(a, act, access.Resource{Project: project})
	if err != nil {
		return nil, s, err
	}
	p, err := h.Projects.Detect(ctx, s)
	return p, s, err
}

// writable opens the project to write in it.
func (h *Hosted) writable(ctx context.Context, a access.Actor, act access.Action, project id.Project) (Project, access.Scope, error) {
	p, s, err := h.open(ctx, a, act, project)
	if err != nil {
		return nil, s, err
	}
	about, err := p.About(ctx)
	if err == nil && about.Archived {
		err = fault.New(fault.Conflict, "the project is archived").WithHelp("it is read and not written; take it out of the archive first")
	}
	if err != nil {
		_ = p.Close()
		return nil, s, err
	}
	return p, s, nil
}

// person refuses programs: what a person approves is not approved by a pipeline.
func person(a access.Actor) error {
	if a.ID.Person() == "" {
		return fault.New(fault.Denied, "this takes a person, and the token is a program's").WithHelp("use a token of a member")
	}
	return nil
}

// ApproveSnapshot is an approval as a member asks for it.
type ApproveSnapshot struct {
	Project  id.Project
	Snapshot string // what history.Store.Find takes
	Reason   string
	// Expect is the id of the baseline that the person saw as the current one, "" for none.
	Expect string
	Key    *change.Idempotency
}

// Approved is what came of an approval: a baseline, or a proposal that waits for another person.
type Approved struct {
	Baseline *baseline.Baseline
	Proposal *Proposal
	// Entry is the index of the entry in the ledger; -1 of the answer to a request that was sent before.
	Entry int64
}

// answer is an approval as it is told: without the snapshot.
type answer struct {
	Baseline *baseline.Approval
	Proposal *Proposal
}

// commit commits an approval; a request that was sent before gets the answer of then.
func commit(ctx context.Context, p Project, c *Change, key *change.Idempotency, out Approved) (Approved, error) {
	told := answer{Proposal: out.Proposal}
	if out.Baseline != nil {
		told.Baseline = &out.Baseline.Approval
	}
	if err := change.Remember(&c.Envelope, key, told); err != nil {
		return Approved{}, err
	}
	done, err := p.Change(ctx, c)
	if err != nil || done.Replay == nil {
		out.Entry = done.Index
		return out, err
	}
	told = answer{}
	err = change.Replayed(done, &told)
	return told.approved(), err
}

func (t *answer) approved() Approved {
	out := Approved{Proposal: t.Proposal, Entry: -1}
	if t.Baseline != nil {
		out.Baseline = &baseline.Baseline{ID: t.Baseline.ID(), Approval: *t.Baseline}
	}
	return out
}

// before reads into result what the actor was answered to a request with that key, and reports whether there was one: what it asked for is refused by now because it was done.
func before(ctx context.Context, p Project, actor id.Actor, key *change.Idempotency, now time.Time, result any) (bool, error) {
	r, err := p.Answered(ctx, actor, key, now)
	if err != nil || r == nil {
		return false, err
	}
	return true, change.Replayed(change.Committed{Replay: r}, result)
}

// Approve makes a snapshot the baseline, or proposes it where the organisation asks for two people. When something else was approved meanwhile it is a conflict, and nothing is
// decided again: the person looks first.
func (h *Hosted) Approve(ctx context.Context, a access.Actor, req ApproveSnapshot) (Approved, error) {
	p, s, err := h.writable(ctx, a, access.BaselineApprove, req.Project)
	if err != nil {
		return Approved{}, err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	if err := person(a); err != nil {
		return Approved{}, err
	}
	if err := said(req.Reason); err != nil {
		return Approved{}, err
	}
	if err := h.screened(ctx, a, access.BaselineApprove, req.Project, &req.Reason); err != nil {
		return Approved{}, err
	}
	var told answer
	if done, err := before(ctx, p, a.ID, req.Key, h.Now(), &told); err != nil || done {
		return told.approved(), err
	}
	people, version, err := p.Required(ctx)
	if err != nil {
		return Approved{}, err
	}
	sub, snapshot, err := p.Snapshot(ctx, req.Snapshot)
	if err != nil {
		return Approved{}, err
	}
	now := h.Now().Truncate(time.Microsecond) // as it is kept
	c := Change{Envelope: change.New(s, now)}
	c.Expect = []change.Expect{{Kind: "organisation", ID: string(s.Org()), Version: version}}
	if people < 2 {
		return h.makeBaseline(ctx, p, c, req.Key, sub, snapshot, req.Expect, a.ID, req.Reason)
	}
	if err := h.current(ctx, p, req.Expect); err != nil {
		return Approved{}, err
	}
	if err := proposable(ctx, p); err != nil {
		return Approved{}, err
	}
	prop := Proposal{Project: req.Project, Kind: "baseline", Subject: snapshot, Expect: req.Expect, Reason: req.Reason, Actor: a.ID, State: ProposalOpen, Created: now}
	if prop.ID, err = id.Mint(id.PrefixProposal, h.Random, now); err != nil {
		return Approved{}, err
	}
	c.Proposals = []Proposal{prop}
	c.Drafts = []ledger.Draft{{Kind: "baseline.proposed", Fields: []ledger.Field{
		ledger.Text("proposal", prop.ID), ledger.Text("snapshot", snapshot), ledger.Digest("root", sub.Snapshot.Root), ledger.Text("expect", req.Expect), ledger.Text("reason", req.Reason),
	}}}
	open := prop
	open.Version = 1
	return commit(ctx, p, &c, req.Key, Approved{Proposal: &open})
}

const maxReason = 2000

func said(reason string) error {
	if reason == "" || len(reason) > maxReason {
		return fault.New(fault.Invalid, "a reason is needed, of at most %d bytes", maxReason)
	}
	return nil
}

// current is a conflict unless the current baseline is the one that the person saw.
func (h *Hosted) current(ctx context.Context, p Project, expect string) error {
	id := ""
	b, _, err := p.Current(ctx)
	switch {
	case err == nil:
		id = b.ID
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	if id != expect {
		return stale(id)
	}
	return nil
}

func stale(current string) error {
	if current == "" {
		current = "none"
	}
	return fault.New(fault.Conflict, "the current baseline is another than you say: %s", current).WithHelp("look at what it approves, and approve again")
}

// makeBaseline approves a subject in the change c, and asks for a comparison with the newest snapshot.
func (h *Hosted) makeBaseline(ctx context.Context, p Project, c Change, key *change.Idempotency, sub Subject, snapshot, expect string, by id.Actor, reason string, more ...ledger.Field) (Approved, error) {
	var seen []baseline.Seen
	current, _, err := p.Current(ctx)
	switch {
	case err == nil && current.ID != expect:
		return Approved{}, stale(current.ID)
	case err == nil:
		seen = current.Seen
	case fault.KindOf(err) != fault.NotFound:
		return Approved{}, err
	case expect != "":
		return Approved{}, stale("")
	}
	b, err := (&Service{}).Approve(ctx, sub, Approval{By: string(by), Known: true, Reason: reason, At: c.At, Key: p.Key(), Supersedes: expect, Seen: seen})
	if err != nil {
		return Approved{}, err
	}
	c.Approve, c.Snapshot, c.Current = b, snapshot, expect
	c.Drafts = []ledger.Draft{{Kind: "baseline.approved", Fields: append([]ledger.Field{
		ledger.Text("baseline", b.ID), ledger.Text("snapshot", snapshot), ledger.Digest("root", b.Approval.Snapshot), ledger.Text("previous", expect), ledger.Text("reason", reason),
	}, more...)}}
	j, err := p.Judged(ctx)
	if err != nil {
		return Approved{}, err
	}
	c.Jobs = []job.New{compareJob(c.Scope.Project(), j.Newest)}
	return commit(ctx, p, &c, key, Approved{Baseline: b})
}

func compareJob(p id.Project, snapshot string) job.New {
	return job.New{Kind: task.Compare, Args: task.Encode(task.CompareArgs{Project: p, Snapshot: snapshot}), Key: string(p) + "/" + snapshot}
}

// ApproveProposal is another person's approval of what one has proposed.
func (h *Hosted) ApproveProposal(ctx context.Context, a access.Actor, project id.Project, proposal string) (Approved, error) {
	p, s, err := h.writable(ctx, a, access.BaselineApprove, project)
	if err != nil {
		return Approved{}, err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	if err := person(a); err != nil {
		return Approved{}, err
	}
	prop, err := h.openProposal(ctx, p, proposal)
	if err != nil {
		return Approved{}, err
	}
	if prop.Actor == a.ID {
		return Approved{}, fault.New(fault.Denied, "whoever proposes does not approve").WithHelp("another member with the right to approve has to")
	}
	c := Change{Envelope: change.New(s, h.Now().Truncate(time.Microsecond))} // as it is kept
	c.Expect = []change.Expect{{Kind: "proposal", ID: prop.ID, Version: prop.Version}}
	prop.decided(ProposalApproved, a.ID, "", c.At)
	c.Proposals = []Proposal{prop}
	more := []ledger.Field{ledger.Text("proposal", prop.ID), ledger.Actor("proposer", prop.Actor)}
	if prop.Kind == "exception" {
		return h.acceptProposed(ctx, p, c, prop, a, more)
	}
	sub, snapshot, err := p.Snapshot(ctx, prop.Subject)
	if err != nil {
		return Approved{}, err
	}
	return h.makeBaseline(ctx, p, c, nil, sub, snapshot, prop.Expect, a.ID, prop.Reason, more...)
}

func (h *Hosted) openProposal(ctx context.Context, p Project, proposal string) (Proposal, error) {
	list, err := p.Proposals(ctx)
	if err != nil {
		return Proposal{}, err
	}
	for _, x := range list {
		if x.ID == proposal {
			if x.State != ProposalOpen {
				return x, fault.New(fault.Conflict, "the proposal is %s already", x.State)
			}
			return x, nil
		}
	}
	return Proposal{}, fault.New(fault.NotFound, "there is no such proposal")
}
