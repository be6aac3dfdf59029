package detect

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/exception"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// RunCompare does the work of the job task.Compare: the snapshot is held against the baseline, and what is found becomes the findings of the project, in the change that ends the job.
func (h *Hosted) RunCompare(ctx context.Context, c *task.Claimed) error {
	var args task.CompareArgs
	if err := task.Decode(c.Lease.Args, &args); err != nil {
		return err
	}
	p, s, err := h.open(ctx, c.Actor, access.DriftCompare, args.Project)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what was committed is durable
	// What is approved or accepted while a comparison runs asks for another one, which is the same job and so is none: the comparison is made again when it was made of
	// what is not so any more.
	return change.Again(func() error { return h.compare(ctx, p, s, c, args.Snapshot) })
}

// compare compares once.
func (h *Hosted) compare(ctx context.Context, p Project, s access.Scope, c *task.Claimed, ref string) error {
	end := Change{Envelope: change.New(s, h.Now())}
	end.Done = c.Lease
	j, err := p.Judged(ctx)
	if err != nil {
		return err
	}
	end.Judged = &j
	switch {
	case j.Baseline == "":
		return finish(ctx, p, end, c, "nothing is approved yet")
	case ref != j.Newest && j.Of == j.Newest && j.Against == j.Baseline:
		return finish(ctx, p, end, c, "a newer snapshot was compared already")
	}
	b, _, err := p.Baseline(ctx, j.Baseline)
	if err != nil {
		return err
	}
	sub, snapshot, err := p.Snapshot(ctx, ref)
	if fault.KindOf(err) == fault.NotFound {
		return finish(ctx, p, end, c, "the snapshot was let go")
	}
	if err != nil {
		return err
	}
	set, err := exceptionSet(ctx, p)
	if err != nil {
		return err
	}
	rules, err := h.Rules()
	if err != nil {
		return err
	}
	old := Subject{Label: "baseline " + b.ID, Snapshot: b.Snapshot, OverlayName: b.OverlayName, OverlayText: b.OverlayText, Baseline: b}
	res, err := (&Service{}).Compare(ctx, Request{
		Mode: drift.ModeBaseline, Old: old, New: sub, Rules: rules, Exceptions: set, Seen: b.Seen, Now: h.Now(),
	})
	if res == nil {
		return err // with a result, err names rules that could not be asked, which the report says too
	}
	if res.Seen, err = stillThere(ctx, p, res, b.Snapshot, sub.Snapshot); err != nil {
		return err
	}
	if err := h.compared(&end, res, snapshot, b.ID); err != nil {
		return err
	}
	_, err = p.Change(ctx, &end)
	return err
}

func finish(ctx context.Context, p Project, end Change, c *task.Claimed, outcome string) error {
	end.Drafts = []ledger.Draft{{Kind: "job.finished", Fields: []ledger.Field{ledger.Text("job", c.Lease.ID), ledger.Text("kind", c.Lease.Kind), ledger.Text("outcome", outcome)}}}
	_, err := p.Change(ctx, &end)
	return err
}

// compared fills in what a comparison changes.
func (h *Hosted) compared(end *Change, res *Result, snapshot, base string) error {
	end.At = h.Now()
	n := res.Report.Summary
	cmp := Comparison{
		Project: end.Scope.Project(), Baseline: base, Snapshot: snapshot, At: end.At, Findings: len(res.Report.Findings),
		Counts: map[string]int{"critical": n.Critical, "high": n.High, "medium": n.Medium, "low": n.Low, "excepted": n.Excepted, "unknown": n.Unknown},
	}
	var err error
	if cmp.ID, err = id.Mint(id.PrefixComparison, h.Random, end.At); err != nil {
		return err
	}
	var text strings.Builder
	if err := res.Report.Encode(&text); err != nil {
		return err
	}
	counts := fmt.Appendf(nil, `{"critical":%d,"high":%d,"low":%d,"medium":%d}`, n.Critical, n.High, n.Low, n.Medium) // canonical: sorted, whole numbers
	end.Compared, end.Report, end.Seen = &cmp, res.Report, res.Seen
	end.Drafts = []ledger.Draft{{Kind: "drift.compared", Fields: []ledger.Field{
		ledger.Text("comparison", cmp.ID), ledger.Text("baseline", base), ledger.Text("snapshot", snapshot), ledger.Int("findings", int64(cmp.Findings)),
		{Name: "counts", Value: counts},
		ledger.Digest("report", canon.Sum([]byte(text.String()))),
	}}}
	return nil
}

// exceptionSet is what the project has accepted: the entries as one file of docs/formats/exceptions.md. An entry is a JSON object, which is YAML too.
func exceptionSet(ctx context.Context, p Project) (*exception.Set, error) {
	rows, err := p.Exceptions(ctx)
	if err != nil {
		return nil, err
	}
	text := ExceptionFile(rows)
	if text == nil {
		return nil, nil //nolint:nilnil // a comparison without exceptions is the usual case
	}
	return exception.Parse("the exceptions of the project", text)
}

// ExceptionFile is what is in force of exceptions, as one file of docs/formats/exceptions.md; nil where there is nothing.
func ExceptionFile(rows []ExceptionRow) []byte {
	text := []byte("version: 1\nexceptions:\n")
	head := len(text)
	for _, r := range rows {
		if !r.Revoked {
			text = append(text, "- "+r.Entry+"\n"...)
		}
	}
	if len(text) == head {
		return nil
	}
	return text
}

// Entry is an exception as members write it; who wrote it and who approved it the service says.
type Entry struct {
	Scope   string           `json:"scope"`
	Path    string           `json:"path,omitempty"`
	Rule    string           `json:"rule"`
	Allow   *json.RawMessage `json:"allow,omitempty"`
	Owner   string           `json:"owner" thing:"-"` // a name in words, not of a member
	Reason  string           `json:"reason"`
	Expires string           `json:"expires"` // RFC 3339 date
}

// full is an entry as it is kept.
type full struct {
	ID string `json:"id"`
	Entry
	CreatedBy  string   `json:"createdBy"`
	ApprovedBy []string `json:"approvedBy"`
	Created    string   `json:"created"`
}

const maxEntry = 16 << 10

// text is the entry on one line; it is refused when a comparison could not read it.
func (f full) text() (string, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return "", fault.New(fault.Invalid, "the exception cannot be written")
	}
	if len(b) > maxEntry {
		return "", fault.New(fault.Limited, "an exception has at most %d bytes", maxEntry)
	}
	if len(f.ApprovedBy) == 0 { // a proposal: as if somebody else had approved it
		f.ApprovedBy = []string{"somebody else"}
	}
	try, err := json.Marshal(f)
	if err == nil {
		_, err = exception.Parse("the exception", []byte("version: 1\nexceptions:\n- "+string(try)+"\n"))
	}
	return string(b), err
}
