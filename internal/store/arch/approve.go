package arch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/store/sqldb"
)

// Approve keeps a baseline. See [detect.Baselines].
func (st *Store) Approve(ctx context.Context, env *change.Envelope, b *baseline.Baseline, snapshot, expect string) error {
	a, err := st.approval(b, snapshot, expect)
	if err != nil {
		return err
	}
	_, err = st.change(ctx, env, func() (*deed, error) {
		return &deed{apply: func(ctx context.Context, tx *sqldb.Tx, _ []string, _ time.Time) error { return a.write(ctx, tx) }}, nil
	})
	return err
}

// approval is a baseline that is to be kept.
type approval struct {
	store            *Store
	baseline         *baseline.Baseline
	text             string // the approval as JSON
	snapshot, expect string
}

func (st *Store) approval(b *baseline.Baseline, snapshot, expect string) (*approval, error) {
	if err := b.VerifyApproval(nil); err != nil {
		return nil, err
	}
	if err := plainText(b.Seal, b.OverlayName); err != nil {
		return nil, err
	}
	text, err := json.Marshal(b.Approval)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the approval cannot be written")
	}
	return &approval{store: st, baseline: b, text: string(text), snapshot: snapshot, expect: expect}, nil
}

func (a *approval) write(ctx context.Context, tx *sqldb.Tx) error {
	was, err := readState(ctx, tx)
	if err != nil {
		return err
	}
	b, project := a.baseline, string(a.store.project)
	s, err := entry(ctx, tx, a.store.project, "AND s.id = $2", a.snapshot)
	if err != nil {
		return err
	}
	if s.Root != b.Approval.Snapshot {
		return fault.New(fault.Invalid, "the approval is of another snapshot than %s", a.snapshot)
	}
	current := ""
	if _, err := tx.Row(ctx, []any{&current}, `SELECT id FROM baseline WHERE project = $1 ORDER BY seq DESC LIMIT 1`, project); err != nil {
		return err
	}
	if current != a.expect {
		return fault.New(fault.Conflict, "another baseline was approved meanwhile: %s", orNone(current)).WithHelp("look at what it approves, and approve again")
	}
	next := was
	next.baseline++
	if err := move(ctx, tx, was, next); err != nil {
		return err
	}
	text, err := keepOverlay(ctx, tx, b.OverlayText)
	if err != nil {
		return err
	}
	r := baselineRow{seq: was.baseline, id: b.ID, snapshot: s.seq, approval: a.text, seal: b.Seal, overlayName: b.OverlayName}
	if text.Valid {
		r.overlayText = &text.String
	}
	if _, err := tx.Exec(ctx, `INSERT INTO baseline (project, seq, id, snapshot, approval, seal, overlay_name, overlay_text, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		project, r.seq, r.id, r.snapshot, r.approval, r.seal, r.overlayName, r.overlayText, r.sum(s.ID)); err != nil {
		return err
	}
	for _, x := range b.Seen {
		if err := a.store.insertSeen(ctx, tx, was.baseline, x); err != nil {
			return err
		}
	}
	return nil
}

func orNone(id string) string {
	if id == "" {
		return "none is left"
	}
	return id
}

// baselineRow is a baseline as its row has it.
type baselineRow struct {
	seq, snapshot             int64
	id, approval, seal        string
	overlayName, digest, root string
	overlayText               *string
	snapshotID                string
}

// sum is the digest of the row.
func (r *baselineRow) sum(snapshot string) string {
	overlay := "-"
	if r.overlayText != nil {
		overlay = *r.overlayText
	}
	var w writer
	for _, s := range []string{r.id, snapshot, r.approval, r.seal, r.overlayName, overlay} {
		w.str(s)
	}
	return string(canon.Sum(w.b))
}

const baselineQuery = `SELECT b.seq, b.id, b.snapshot, b.approval, b.seal, b.overlay_name, b.overlay_text, b.digest, s.id, s.root
	FROM baseline b JOIN snapshot s ON s.org_id = b.org_id AND s.project = b.project AND s.seq = b.snapshot `

// baselineRows reads baselines of a project, whose name is $1, or of all; rest is what follows WHERE.
func baselineRows(ctx context.Context, tx *sqldb.Tx, in id.Project, rest string, args ...any) ([]baselineRow, error) {
	var list []baselineRow
	where := "WHERE b.project = $1 "
	if args = append([]any{string(in)}, args...); in == everywhere {
		where, args = "", nil
	}
	err := tx.Each(ctx, baselineQuery+where+rest, func(scan func(...any) error) error {
		var r baselineRow
		err := scan(&r.seq, &r.id, &r.snapshot, &r.approval, &r.seal, &r.overlayName, &r.overlayText, &r.digest, &r.snapshotID, &r.root)
		list = append(list, r)
		return err
	}, args...)
	return list, err
}

// open reads and verifies what the row says: the row against its digest, the approval against its id, the overlay against
// the approval, and that the snapshot is the one that was approved.
func (st *Store) openBaseline(ctx context.Context, tx *sqldb.Tx, r *baselineRow) (*baseline.Baseline, error) {
	wrong := func(what string) error { return damaged("the baseline %s: %s", shown(r.id), what) }
	if r.sum(r.snapshotID) != r.digest {
		return nil, wrong("its row does not match its digest")
	}
	b := &baseline.Baseline{ID: r.id, Seal: r.seal, OverlayName: r.overlayName}
	if err := json.Unmarshal([]byte(r.approval), &b.Approval); err != nil {
		return nil, wrong("its approval cannot be read")
	}
	if r.root != string(b.Approval.Snapshot) {
		return nil, wrong("its snapshot is not the one that was approved")
	}
	var err error
	if b.OverlayText, err = st.overlay(ctx, tx, r.overlayText); err == nil {
		err = b.VerifyApproval(nil)
	}
	var f *fault.Error
	if errors.As(err, &f) && (f.Kind == fault.Internal || f.Kind == fault.Invalid) {
		return nil, wrong(f.Msg)
	}
	return b, err
}

// shown is an id from a row: as it is where it is one, and quoted where somebody put something else there.
func shown(id string) string {
	if baselineForm.MatchString(id) || idForm.MatchString(id) {
		return id
	}
	return fmt.Sprintf("%.40q", id)
}

// Current returns the newest baseline. See [detect.Baselines].
func (st *Store) Current(ctx context.Context) (*baseline.Baseline, string, error) {
	return st.baseline(ctx, "ORDER BY b.seq DESC LIMIT 1")
}

var baselineForm = regexp.MustCompile(`^b[0-9a-f]{3,16}$`)

// Baseline returns the one with the id. See [detect.Baselines].
func (st *Store) Baseline(ctx context.Context, ref string) (*baseline.Baseline, string, error) {
	ref = strings.ToLower(strings.TrimSpace(ref))
	if !baselineForm.MatchString(ref) {
		return nil, "", fault.New(fault.NotFound, "%.60q names no baseline", ref).WithHelp("give its id, or at least 4 characters of it: c4arch baseline list")
	}
	return st.baseline(ctx, "AND b.id >= $2 AND b.id < $3 ORDER BY b.seq DESC LIMIT 2", ref, ref+"g")
}

// baseline loads the one that rest asks for.
func (st *Store) baseline(ctx context.Context, rest string, args ...any) (*baseline.Baseline, string, error) {
	var b *baseline.Baseline
	snapshot := ""
	err := st.again(ctx, func(tx *sqldb.Tx) error {
		list, err := baselineRows(ctx, tx, st.project, rest, args...)
		switch {
		case err != nil:
			return err
		case len(list) == 0 && len(args) > 0:
			return fault.New(fault.NotFound, "there is no baseline %s", args[0]).WithHelp("c4arch baseline list lists them")
		case len(list) == 0:
			return fault.New(fault.NotFound, "nothing is approved yet").WithHelp("c4arch baseline approve makes a baseline of a snapshot")
		case len(list) > 1:
			return fault.New(fault.Conflict, "%s is the beginning of more than one baseline", args[0]).WithHelp("write more of it")
		}
		if b, err = st.openBaseline(ctx, tx, &list[0]); err != nil {
			return err
		}
		s, err := entry(ctx, tx, st.project, "AND s.seq = $2", list[0].snapshot)
		if err != nil {
			return err
		}
		record, err := st.load(ctx, tx, s)
		if err != nil {
			return err
		}
		b.Snapshot, snapshot = record.Snapshot, s.ID
		b.Seen, err = st.readSeen(ctx, tx, list[0].seq)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return b, snapshot, nil
}

// Approvals returns all without their snapshots. See [detect.Baselines].
func (st *Store) Approvals(ctx context.Context) ([]baseline.Baseline, error) {
	all := []baseline.Baseline{}
	err := st.home.Read(ctx, func(tx *sqldb.Tx) error {
		list, err := baselineRows(ctx, tx, st.project, "ORDER BY b.seq DESC")
		if err != nil {
			return err
		}
		for i := range list {
			b, err := st.openBaseline(ctx, tx, &list[i])
			if err != nil {
				return err
			}
			all = append(all, *b)
		}
		return nil
	})
	return all, err
}
