package home

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Limits of one change. They are far above what a use case needs, and keep one change from holding everybody else up.
const (
	maxDrafts    = 512
	maxExpect    = 1024
	maxJobs      = 512
	maxBlobs     = 16384
	maxSchedules = 64
	maxKey       = 200       // bytes of an idempotency key, of a job's, of an inbox key
	maxArgs      = 16 << 10  // bytes of a job's arguments
	maxBody      = 256 << 10 // bytes of an answer that is kept for replay
)

// prepared is a change that is ready for a transaction: everything in it was checked, salts are drawn and what is kept sealed is sealed. Nothing that can wait for
// something else, as a key service, happens after this.
type prepared struct {
	env     *change.Envelope
	at      time.Time // to the microsecond
	entries []ledger.Prepared
	jobs    []newJob
	expect  []change.Expect
	blobs   []string
	body    []byte // sealed
	apply   Apply
}

type newJob struct {
	job.New
	id string
}

func refuse(format string, args ...any) error {
	return fault.New(fault.Internal, "a change cannot be committed: "+format, args...)
}

// prepare checks a change and draws its salts, before any transaction.
func (c *core) prepare(env *change.Envelope, apply Apply) (*prepared, error) {
	if env == nil || env.Scope.Zero() || env.Scope.Org() != c.org {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	if err := c.checkEnvelope(env); err != nil {
		return nil, err
	}
	p := &prepared{env: env, at: env.At.UTC().Truncate(time.Microsecond), apply: apply, blobs: slices.Sorted(slices.Values(env.Blobs)), expect: slices.Clone(env.Expect)}
	slices.SortFunc(p.expect, compareExpect)
	common := commonFields(env)
	for _, d := range env.Drafts {
		e, err := ledger.Prepare(d, common, c.random)
		if err != nil {
			return nil, err
		}
		p.entries = append(p.entries, e)
	}
	for _, n := range env.Jobs {
		j, err := c.newJob(n, p.at)
		if err != nil {
			return nil, err
		}
		p.jobs = append(p.jobs, j)
	}
	if k := env.Key; k != nil {
		p.body = c.key.Seal(secret.ForRecords, idemRecord(env.Scope.Actor().ID, k.Key), k.Body)
	}
	return p, nil
}

func (c *core) checkEnvelope(env *change.Envelope) error {
	switch k := env.Key; {
	case env.At.IsZero():
		return refuse("it has no time")
	case len(env.Drafts) == 0:
		return refuse("it drafts no entry of the ledger")
	case len(env.Drafts) > maxDrafts || len(env.Expect) > maxExpect || len(env.Jobs) > maxJobs || len(env.Blobs) > maxBlobs || len(env.Schedules) > maxSchedules:
		return fault.New(fault.Limited, "a change is larger than one transaction takes")
	case k != nil && (k.Key == "" || len(k.Key) > maxKey || k.Digest == ""):
		return fault.New(fault.Invalid, "an idempotency key has 1 to %d bytes", maxKey)
	case k != nil && len(k.Body) > maxBody:
		return fault.New(fault.Limited, "an answer is too large to be kept for a request that is sent twice")
	case env.Inbox != nil && (!env.Inbox.Source.Valid() || env.Inbox.Key == "" || len(env.Inbox.Key) > maxKey):
		return refuse("what it applies of another home has no name")
	case env.Done != nil && (env.Done.Org != c.org || env.Done.ID == "" || env.Done.Owner == ""):
		return fault.New(fault.NotFound, "there is no such job")
	case len(env.Blobs) > 0 && c.org == id.Platform:
		return refuse("the platform's home has no objects")
	}
	for _, e := range env.Expect {
		if !c.versioned(e.Kind) || e.Version < 0 {
			return refuse("%.40q has no version that could be expected", e.Kind)
		}
	}
	for _, s := range env.Schedules {
		if s.Kind == "" || s.Key == "" || len(s.Key) > maxKey || s.Every < 0 || s.Every > 0 && s.Every < time.Second || s.Every > 0 && s.Next.IsZero() || !okArgs(s.Args) {
			return refuse("the schedule of %.40q is not one", s.Kind)
		}
	}
	return nil
}

func okArgs(args []byte) bool { return len(args) <= maxArgs && (len(args) == 0 || json.Valid(args)) }

// newJob gives a job its id, and its defaults.
func (c *core) newJob(n job.New, at time.Time) (newJob, error) {
	if n.Kind == "" || len(n.Kind) > maxKey || len(n.Key) > maxKey || n.MaxAttempts < 0 || !okArgs(n.Args) {
		return newJob{}, refuse("the job %.40q has no kind, a key that is too long, or arguments that are no JSON of at most %d bytes", n.Kind, maxArgs)
	}
	if n.RunAt.IsZero() {
		n.RunAt = at
	}
	if n.MaxAttempts == 0 {
		n.MaxAttempts = job.Attempts
	}
	if len(n.Args) == 0 {
		n.Args = []byte("{}")
	}
	name, err := id.Mint(id.PrefixJob, c.random, at)
	if err != nil {
		return newJob{}, fault.Wrap(fault.Internal, err, "a job cannot be named")
	}
	return newJob{New: n, id: name}, nil
}

// cause is who a job is for: whoever caused the job that leaves it, else the actor.
func cause(env *change.Envelope) id.Actor {
	if a := env.Scope.Actor(); a.OnBehalf != "" {
		return a.OnBehalf
	}
	return env.Scope.Actor().ID
}

func commonFields(env *change.Envelope) ledger.Common {
	a := env.Scope.Actor()
	return ledger.Common{
		Actor: a.ID, Surface: string(a.Surface), Purpose: a.Purpose, Request: a.Request, Action: string(env.Scope.Action()),
		Policy: env.Scope.Policy(), OnBehalf: a.OnBehalf, Project: string(env.Scope.Project()), Under: a.Under,
	}
}

func compareExpect(a, b change.Expect) int {
	if n := strings.Compare(a.Kind, b.Kind); n != 0 {
		return n
	}
	return strings.Compare(a.ID, b.ID)
}

// The tables that have versions, by home. A name that is not here never gets into a statement.
var (
	versionedByOrg      = []string{"connection", "delivery", "exception", "home", "member", "organisation", "project", "proposal", "scan", "secret", "service_account", "stream", "token"}
	versionedByPlatform = []string{"directory", "operator_token", "person"}
)

func (c *core) versioned(table string) bool {
	if c.org == id.Platform {
		return slices.Contains(versionedByPlatform, table)
	}
	return slices.Contains(versionedByOrg, table)
}

func idemRecord(actor id.Actor, key string) string { return "idem/" + string(actor) + "/" + key }

// Commit commits a change: all of it in one transaction, or nothing. It returns when the change is durable. Changes that wait at the same time share
// a transaction, each under a savepoint of its own.
//
// apply writes the records; it may be nil. It runs in the transaction and may run on another goroutine; it does nothing but write with tx, and
// it may be run again when nothing of its first run was kept. A caller whose ctx ends before its change was begun has changed nothing; one whose change was begun is
// told the true outcome.
func (h *Home) Commit(ctx context.Context, env *change.Envelope, apply Apply) (out change.Committed, err error) {
	if hs := h.core.homes; hs != nil && hs.cfg.Around != nil {
		var end func(error)
		ctx, end = hs.cfg.Around(ctx, env.Scope)
		defer func() { end(err) }()
	}
	return h.commit(ctx, env, apply, time.Time{})
}

// commit is Commit of a change that makes a job due besides those that it names, unless due is zero.
func (h *Home) commit(ctx context.Context, env *change.Envelope, apply Apply, due time.Time) (change.Committed, error) {
	p, err := h.core.prepare(env, apply)
	if err != nil {
		return change.Committed{}, err
	}
	at := p.due(due)
	if err := h.core.mark(ctx); err != nil {
		return change.Committed{}, err
	}
	out, err := h.core.committer.submit(ctx, p)
	if err == nil && out.Replay == nil && !out.Known {
		h.core.hint(ctx, at)
	}
	return out, err
}

// due is when the first of the jobs of a change is due, or the time given; zero when there is none.
func (p *prepared) due(first time.Time) time.Time {
	earlier := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	for _, j := range p.jobs {
		earlier(j.RunAt)
	}
	for _, s := range p.env.Schedules {
		if s.Every > 0 {
			earlier(s.Next)
		}
	}
	return first
}
