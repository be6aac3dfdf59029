package discover

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/terms"
)

// Hosted are the use cases of scans of projects: what was handed over, or what a connection names, is scanned as a job. Every field but Workers and Example must be set.
type Hosted struct {
	Projects Projects
	Readers  []Reader
	// Unpack opens what was handed over; Directory opens a path below a directory that the operator allows.
	Unpack    func(data []byte) (Place, error)
	Directory func(path string) (Place, error)
	// Live reads what a live connection names, and how it did, in words; nil where there can be none. tell is told how many answers came, and with how many things.
	Live      func(ctx context.Context, org id.Org, c tenant.Connection, credential secret.Value, tell func(answers, things int)) (Place, string, error)
	Now       func() time.Time
	Random    io.Reader
	MaxUpload int64 // bytes
	Workers   int   // of one scan; 0 means GOMAXPROCS
	// Room says why an organisation cannot have one more of what its order form bounds; nil bounds nothing.
	Room func(ctx context.Context, org id.Org, of terms.Limit) error
	// Example are the inputs of the example, the oldest first; nil where there is none.
	Example func() ([]Example, error)
}

// Start is what to scan: what Data holds, or what the connection names.
type Start struct {
	Project    id.Project
	Name       string
	At         time.Time // when the evidence was collected; the zero time is now
	Connection string
	Data       io.Reader
	Key        *change.Idempotency
}

// limits of what is said with a scan, and of what waits
const (
	maxName    = 200
	maxError   = 1000
	maxWaiting = 50        // scans of a project that are not over
	ahead      = time.Hour // how far the clock of whoever collected may go before ours
)

// Start asks for a scan. What was handed over is durable when it returns.
func (h *Hosted) Start(ctx context.Context, a access.Actor, req Start) (Run, error) {
	s, err := access.Decide(a, access.ScanStart, access.Resource{Project: req.Project})
	if err != nil {
		return Run{}, err
	}
	if len(req.Name) > maxName || (req.Connection == "") == (req.Data == nil) {
		return Run{}, fault.New(fault.Invalid, "a scan has a name of at most %d bytes, and either inputs that are handed over or a connection", maxName)
	}
	p, err := h.Projects.Discover(ctx, s)
	if err != nil {
		return Run{}, err
	}
	defer p.Close()                           //nolint:errcheck // what was committed is durable
	now := h.Now().Truncate(time.Microsecond) // as it is kept: a request that is sent again is answered the same
	// What was taken before is answered as it was, whatever would be refused by now.
	taken := false
	if req.Key != nil {
		if taken, err = p.Asked(ctx, a.ID, req.Key.Key, now.Add(-24*time.Hour)); err != nil {
			return Run{}, err
		}
	}
	if !taken {
		if err := writable(ctx, p); err != nil {
			return Run{}, err
		}
		if err := room(ctx, p); err != nil {
			return Run{}, err
		}
		if h.Room != nil {
			if err := h.Room(ctx, s.Org(), terms.Scans); err != nil {
				return Run{}, err
			}
		}
	}
	if req.At.After(now.Add(ahead)) {
		return Run{}, fault.New(fault.Invalid, "the evidence says that it was collected in the future").WithHelp("set the clock of the machine that collects, or leave the time out")
	}
	r := Run{Project: req.Project, Name: req.Name, State: Queued, Actor: a.ID, Collected: orNow(req.At, now), Created: now}
	if r.ID, err = id.Mint(id.PrefixScan, h.Random, now); err != nil {
		return Run{}, err
	}
	c := RunChange{Envelope: change.New(s, now)}
	queued := ledger.Draft{Kind: "scan.queued", Fields: []ledger.Field{ledger.Text("scan", r.ID), ledger.Text("name", r.Name)}}
	if req.Connection != "" {
		con, err := p.Connection(ctx, req.Connection)
		if err != nil {
			return Run{}, err
		}
		if con.Kind == tenant.Upload || con.Kind.Live() && h.Live == nil {
			return Run{}, fault.New(fault.Invalid, "the connection takes what is handed over with the scan").WithHelp("hand over the inputs")
		}
		r.Connection = con.ID
		queued.Fields = append(queued.Fields, ledger.Text("connection", con.ID))
	} else {
		u, err := p.Stage(ctx, req.Data, h.MaxUpload, now)
		if err != nil {
			return Run{}, err
		}
		r.Upload, c.Uploads = u.ID, []Upload{u} // the store makes its object live
		queued.Fields = append(queued.Fields, ledger.Text("upload", u.ID), ledger.Text("digest", string(u.Digest)))
		if req.Key != nil { // the same request is one with the same content
			req.Key.Digest = canon.Sum([]byte(string(req.Key.Digest) + string(u.Digest)))
		}
	}
	r.Version = 1
	if err := change.Remember(&c.Envelope, req.Key, r); err != nil {
		return Run{}, err
	}
	r.Version = 0
	c.Runs, c.Drafts = []Run{r}, []ledger.Draft{queued}
	c.Jobs = []job.New{{Kind: task.RunScan, Args: task.Encode(task.ScanArgs{Project: req.Project, Scan: r.ID}), Key: r.ID, MaxAttempts: 4}}
	done, err := p.Change(ctx, &c)
	if err != nil {
		return Run{}, err
	}
	r.Version = 1
	return r, change.Replayed(done, &r)
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		t = now
	}
	return t.UTC().Truncate(time.Second)
}

func writable(ctx context.Context, p Project) error {
	about, err := p.About(ctx)
	if err != nil {
		return err
	}
	if about.Archived {
		return fault.New(fault.Conflict, "the project is archived").WithHelp("it is read and not written; take it out of the archive first")
	}
	return nil
}

// room refuses one scan more of a project where many wait: nobody fills the queue and the disk before anything is looked at.
func room(ctx context.Context, p Project) error {
	newest, err := p.Runs(ctx, "", maxWaiting)
	if err != nil || len(newest) < maxWaiting {
		return err
	}
	for i := range newest {
		if s := newest[i].State; s == Done || s == Failed {
			return nil
		}
	}
	return fault.New(fault.Limited, "%d scans of the project wait already", maxWaiting).WithHelp("wait for them, and scan again")
}

// Get is one scan.
func (h *Hosted) Get(ctx context.Context, a access.Actor, project id.Project, run string) (Run, error) {
	p, err := h.open(ctx, a, access.ScanRead, project)
	if err != nil {
		return Run{}, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	return p.Run(ctx, run)
}

// List are the scans of a project, the newest first.
func (h *Hosted) List(ctx context.Context, a access.Actor, project id.Project, before string, limit int) ([]Run, error) {
	p, err := h.open(ctx, a, access.ScanRead, project)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // it was read only
	return p.Runs(ctx, before, limit)
}

func (h *Hosted) open(ctx context.Context, a access.Actor, act access.Action, project id.Project) (Project, error) {
	s, err := access.Decide(a, act, access.Resource{Project: project})
	if err != nil {
		return nil, err
	}
	return h.Projects.Discover(ctx, s)
}

// RunScan does the work of the job task.RunScan: it reads the inputs, keeps the snapshot and asks for the comparison, all in the change that ends the job. A scan that cannot
// be done, for what its inputs are, has failed; what may be better later is tried again.
func (h *Hosted) RunScan(ctx context.Context, c *task.Claimed) error {
	var args task.ScanArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	s, err := access.Decide(c.Actor, access.ScanRun, access.Resource{Project: args.Project})
	if err != nil {
		return err
	}
	p, err := h.Projects.Discover(ctx, s)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	run, err := p.Run(ctx, args.Scan)
	if err != nil {
		return err
	}
	end := RunChange{Envelope: change.New(s, h.Now())}
	end.Done = c.Lease
	if run.State == Done || run.State == Failed {
		end.Drafts = []ledger.Draft{{Kind: "job.finished", Fields: []ledger.Field{ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", "the scan was over")}}}
		_, err := p.Change(ctx, &end)
		return err
	}
	return h.perform(ctx, p, run, end, c.Lease)
}

// perform reads the inputs of a run and commits what came of it in the change end.
func (h *Hosted) perform(ctx context.Context, p Project, run Run, end RunChange, lease *job.Lease) error {
	if err := p.Progress(ctx, run.ID, Progress{Stage: Reading}); err != nil {
		return err
	}
	res, err := h.scan(ctx, p, end.Scope, &run)
	if err != nil && (ctx.Err() != nil || passing(err) && lease.Attempt < lease.MaxAttempts) {
		return err
	}
	end.At = h.Now()
	ended := end.At
	run.Stage, run.Ended = "", &ended
	if run.Upload != "" {
		end.Over = []string{run.Upload}
	}
	if err != nil {
		run.State, run.Error = Failed, short(err)
		end.Drafts = []ledger.Draft{{Kind: "scan.failed", Fields: []ledger.Field{ledger.Text("scan", run.ID), ledger.Text("error", string(fault.KindOf(err))), ledger.Int("attempt", int64(lease.Attempt))}}}
	} else {
		end.Keep = &Kept{Result: res, Run: run.ID, Model: baseline.ModelDigest(res.Model)}
		snapshot, err := p.Identify(end.Keep)
		if err != nil {
			return err
		}
		run.State, run.Snapshot, run.Resources, run.NotRead = Done, snapshot, len(res.Snapshot.Resources), len(res.Snapshot.NotRead)
		end.Jobs = []job.New{{Kind: task.Compare, Args: task.Encode(task.CompareArgs{Project: run.Project, Snapshot: snapshot}), Key: string(run.Project) + "/" + snapshot}}
		end.Drafts = []ledger.Draft{{Kind: "scan.finished", Fields: []ledger.Field{
			ledger.Text("scan", run.ID), ledger.Text("snapshot", snapshot), ledger.Text("root", string(res.Snapshot.Root)),
			ledger.Int("resources", int64(run.Resources)), ledger.Int("notRead", int64(run.NotRead)),
		}}}
	}
	end.Runs = []Run{run}
	_, err = p.Change(ctx, &end)
	return err
}

// passing reports whether another attempt may do better.
func passing(err error) bool {
	if nothing := (*NothingFound)(nil); errors.As(err, &nothing) {
		return false
	}
	switch fault.KindOf(err) {
	case fault.Unavailable, fault.Internal, fault.Conflict:
		return true
	}
	return false
}

// short is an error for a person, cut where it is too long. Where what is wrong is ours, its cause is not for them.
func short(err error) string {
	text := err.Error()
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable:
		text, _ = fault.Public(err)
	}
	if len(text) > maxError {
		text = text[:maxError-len("…")] + "…"
	}
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
}

// scan reads what the run is of. Progress is told each second at most.
func (h *Hosted) scan(ctx context.Context, p Project, s access.Scope, run *Run) (*Result, error) {
	told := h.Now()
	seldom := func(g Progress) {
		if now := h.Now(); now.Sub(told) >= time.Second {
			told = now
			_ = p.Progress(ctx, run.ID, g) // the next one tells it again
		}
	}
	began := orNow(time.Time{}, h.Now())
	at, err := h.place(ctx, p, s, *run, seldom)
	if err != nil {
		return nil, err
	}
	if at.method != "" {
		run.Collected = began // what is live is as it is now, however long the scan waited
	}
	svc := Service{Readers: h.Readers, Finder: found{at}, Key: p.Key(), Workers: h.Workers}
	return svc.Scan(ctx, Request{Paths: []string{at.what}, Name: run.Name, DefaultName: h.called(ctx, p), At: run.Collected, Method: at.method, Progress: seldom})
}

// called is the name of the project, for an architecture that nobody has named.
func (h *Hosted) called(ctx context.Context, p Project) string {
	about, err := p.About(ctx)
	if err != nil {
		return ""
	}
	return cmp.Or(about.Name, about.Slug)
}

// where is a place, what it is called, and how it was read.
type where struct {
	Place
	what, method string
}

func (h *Hosted) place(ctx context.Context, p Project, s access.Scope, run Run, tell func(Progress)) (where, error) {
	if run.Connection == "" {
		data, err := p.Handed(ctx, run.Upload)
		if err != nil {
			return where{}, err
		}
		at, err := h.Unpack(data)
		return where{Place: at, what: "what was handed over"}, err
	}
	con, err := p.Connection(ctx, run.Connection)
	if err != nil {
		return where{}, err
	}
	if con.Kind.Live() && h.Live != nil {
		return h.live(ctx, p, s, run, con, tell)
	}
	at, err := h.Directory(con.Path)
	return where{Place: at, what: "the directory of the connection"}, err
}

// found is the port to where inputs are, when they are found already.
type found struct{ place Place }

func (f found) Find(Request) (Place, error) { return f.place, nil }
