package cli

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exception"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
	"c4arch/internal/trust/ledger"
)

// remoteStore is a project of a server, seen as the commands see a local history. What is read is verified here again, as if it came from a file. Scans and approvals
// have requests of their own; when a finding was first seen is the server's to know.
type remoteStore struct {
	remote Remote
	path   string // of the project
}

var _ Store = (*remoteStore)(nil)

// remoteStore opens the project of --project.
func (r *run) remoteStore(ctx context.Context) (*remoteStore, error) {
	c, path, err := r.hosted(ctx, r.projectFlag)
	if err != nil {
		return nil, err
	}
	return &remoteStore{remote: c, path: path}, nil
}

func (s *remoteStore) get(ctx context.Context, path string, into any) error {
	return s.remote.Call(ctx, http.MethodGet, s.path+path, "", nil, into)
}

// file fetches a file of one of our formats, of at most so many bytes.
func (s *remoteStore) file(ctx context.Context, path string) ([]byte, error) {
	b := bounded{most: baseline.MaxSize}
	err := s.remote.Fetch(ctx, s.path+path, &b)
	return b.Bytes(), err
}

// bounded is a buffer that refuses what is too much.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, fault.New(fault.Limited, "the server sends more than %d bytes", b.most)
	}
	return b.Buffer.Write(p)
}

// List returns the newest; what the server gives at once is the most.
func (s *remoteStore) List(ctx context.Context, limit int) ([]history.Entry, error) {
	if limit <= 0 || limit > 500 {
		limit = 500
	}
	var page pageOf[history.Entry]
	err := s.get(ctx, "/snapshots?limit="+strconv.Itoa(limit), &page)
	return page.Items, err
}

// snapshotOf is a snapshot as the server has it, without its resources.
type snapshotOf struct {
	history.Entry
	OverlayName string `json:"overlayName"`
	OverlayText []byte `json:"overlayText"`
}

func (s *remoteStore) find(ctx context.Context, ref string) (snapshotOf, error) {
	var e snapshotOf
	err := s.get(ctx, "/snapshots/"+pathSegment(strings.TrimSpace(ref)), &e)
	return e, err
}

// Find resolves what people write.
func (s *remoteStore) Find(ctx context.Context, ref string) (history.Entry, error) {
	e, err := s.find(ctx, ref)
	return e.Entry, err
}

// Load fetches a snapshot and verifies it.
func (s *remoteStore) Load(ctx context.Context, id string) (history.Record, error) {
	e, err := s.find(ctx, id)
	if err != nil {
		return history.Record{}, err
	}
	data, err := s.file(ctx, "/snapshots/"+pathSegment(e.ID)+"/snapshot.json")
	if err != nil {
		return history.Record{}, err
	}
	snap, err := evidence.DecodeSnapshot(data)
	if err != nil {
		return history.Record{}, err
	}
	if snap.Root != e.Root {
		return history.Record{}, fault.New(fault.Unavailable, "the server sends another snapshot than %s", e.ID)
	}
	return history.Record{Snapshot: snap, OverlayName: e.OverlayName, OverlayText: e.OverlayText, Overlay: e.Overlay, Model: e.Model}, nil
}

// Current is the newest baseline.
func (s *remoteStore) Current(ctx context.Context) (*baseline.Baseline, string, error) {
	return s.fetchBaseline(ctx, "current")
}

// Baseline is one by its id or a beginning of it.
func (s *remoteStore) Baseline(ctx context.Context, ref string) (*baseline.Baseline, string, error) {
	return s.fetchBaseline(ctx, ref)
}

func (s *remoteStore) fetchBaseline(ctx context.Context, ref string) (*baseline.Baseline, string, error) {
	data, err := s.file(ctx, "/baselines/"+pathSegment(ref)+"/"+baseline.FileName)
	if err != nil {
		return nil, "", err
	}
	b, err := baseline.Decode(data)
	if err != nil {
		return nil, "", err
	}
	e, err := s.find(ctx, string(b.Approval.Snapshot))
	return b, e.ID, err
}

// Approvals are all, the newest first.
func (s *remoteStore) Approvals(ctx context.Context) ([]baseline.Baseline, error) {
	items, err := all[struct {
		ID       string            `json:"id"`
		Approval baseline.Approval `json:"approval"`
	}](ctx, s.remote, s.path+"/baselines")
	list := []baseline.Baseline{}
	for _, x := range items {
		list = append(list, baseline.Baseline{ID: x.ID, Approval: x.Approval})
	}
	return list, err
}

// Saw keeps nothing: the server's own comparisons do.
func (s *remoteStore) Saw(ctx context.Context, _ *change.Envelope, id string, findings []string, _ func(string) bool, at time.Time) ([]baseline.Seen, error) {
	b, _, err := s.fetchBaseline(ctx, id)
	if err != nil {
		return nil, err
	}
	now := at.UTC().Format(time.RFC3339)
	var list []baseline.Seen
	for _, f := range findings {
		seen := baseline.Seen{Finding: f, First: now, Last: now}
		if i := slices.IndexFunc(b.Seen, func(x baseline.Seen) bool { return x.Finding == f }); i >= 0 {
			seen.First = min(b.Seen[i].First, now)
		}
		list = append(list, seen)
	}
	return list, nil
}

// Collect asks the server to let go what the retention does not keep; see [run.collectRemote] for how it is told to.
func (s *remoteStore) Collect(context.Context, *change.Envelope, func(history.Entry) bool, func(history.Collected) ledger.Draft) (history.Collected, error) {
	return history.Collected{}, notHere("gc")
}

// Redact withdraws a resource.
func (s *remoteStore) Redact(ctx context.Context, _ *change.Envelope, resource, reason string, _ func(history.Redacted) ledger.Draft) (history.Redacted, error) {
	var d history.Redacted
	err := s.remote.Call(ctx, http.MethodPost, s.path+"/redactions", "", map[string]string{"resource": resource, "reason": reason}, &d)
	return d, err
}

// collect lets go what the retention does not keep.
func (s *remoteStore) collect(ctx context.Context, keep history.Retention, dry bool) (history.Collected, error) {
	var c history.Collected
	err := s.remote.Call(ctx, http.MethodPost, s.path+"/retention", "", map[string]any{"days": keep.Days, "newest": keep.Newest, "dry": dry}, &c)
	return c, err
}

func notHere(what string) error {
	return fault.New(fault.Invalid, "%s of a project is the server's own work", what)
}

// Put is scan --project.
func (s *remoteStore) Put(context.Context, *change.Envelope, history.Record) (history.Entry, error) {
	return history.Entry{}, fault.New(fault.Invalid, "a snapshot is not put into a project").WithHelp("hand over what it was made from: c4arch scan --project PROJECT PATH...")
}

// Approve is baseline approve --project.
func (s *remoteStore) Approve(context.Context, *change.Envelope, *baseline.Baseline, string, string) error {
	return notHere("an approval")
}

// Check is done by the server, every night and on demand.
func (s *remoteStore) Check(context.Context, func(done, total int)) (history.Checked, error) {
	return history.Checked{}, notHere("fsck")
}

// Close ends nothing: each request is one.
func (s *remoteStore) Close() error { return nil }

// beside gives the exceptions of the project as the file that they would be beside a baseline, and other files from the working directory.
func (s *remoteStore) beside(ctx context.Context) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if name != exception.FileName {
			return readIfThere(name)
		}
		rows, err := all[detect.ExceptionRow](ctx, s.remote, s.path+"/exceptions")
		if err != nil {
			return nil, err
		}
		return detect.ExceptionFile(rows), nil
	}
}
