package discover

import (
	"bytes"
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// Example is what the example of an organisation is made from: inputs as they are handed over, and how long before it was made they were collected.
type Example struct {
	Data []byte
	Age  time.Duration
}

// FillExample does the work of the job task.FillExample: it hands the inputs of the example over and scans them, one after the other, so that the last of them is the newest snapshot.
// What an attempt before has done is not done again.
func (h *Hosted) FillExample(ctx context.Context, c *task.Claimed) error {
	var args task.ExampleArgs
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
	all, err := h.Example()
	if err != nil {
		return err
	}
	runs, err := p.Runs(ctx, "", len(all)+1)
	if err != nil {
		return err
	}
	for n := range all {
		run := Run{}
		if n < len(runs) {
			run = runs[len(runs)-1-n]
		} else if run, err = h.handOver(ctx, p, s, all[n]); err != nil {
			return err
		}
		if run.State == Done || run.State == Failed {
			continue
		}
		if err := h.perform(ctx, p, run, RunChange{Envelope: change.New(s, h.Now())}, c.Lease); err != nil {
			return err
		}
	}
	end := RunChange{Envelope: change.New(s, h.Now(), ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{
		ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", "the example is there"),
	}})}
	end.Done = c.Lease
	_, err = p.Change(ctx, &end)
	return err
}

// handOver keeps inputs and a scan of them that nobody has to be asked to do.
func (h *Hosted) handOver(ctx context.Context, p Project, s access.Scope, x Example) (Run, error) {
	now := h.Now().Truncate(time.Microsecond)
	name, err := id.Mint(id.PrefixScan, h.Random, now)
	if err != nil {
		return Run{}, err
	}
	u, err := p.Stage(ctx, bytes.NewReader(x.Data), h.MaxUpload, now)
	if err != nil {
		return Run{}, err
	}
	r := Run{ID: name, Project: s.Project(), Upload: u.ID, State: Queued, Actor: s.Actor().OnBehalf, Collected: orNow(now.Add(-x.Age), now), Created: now}
	c := RunChange{Envelope: change.New(s, now, ledger.Draft{Kind: "scan.queued", Fields: []ledger.Field{
		ledger.Text("scan", r.ID), ledger.Text("name", r.Name), ledger.Text("upload", u.ID), ledger.Text("digest", string(u.Digest)),
	}}), Runs: []Run{r}, Uploads: []Upload{u}}
	if _, err := p.Change(ctx, &c); err != nil {
		return Run{}, err
	}
	r.Version = 1
	return r, nil
}
