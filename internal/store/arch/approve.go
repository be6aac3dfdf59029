package arch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/store/sqldb"
)

// Approve keeps a baseline. See [detect.Baselines].
func (h *Home) Approve(ctx context.Context, b *baseline.Baseline, snapshot, expect string) error {
	if err := b.VerifyApproval(nil); err != nil {
		return err
	}
	approval, err := json.Marshal(b.Approval)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the approval cannot be written")
	}
	return h.change(ctx, func() error {
		return h.db.Transact(ctx, func(tx *sqldb.Tx) error { return h.approve(ctx, tx, b, string(approval), snapshot, expect) })
	})
}

func (h *Home) approve(ctx context.Context, tx *sqldb.Tx, b *baseline.Baseline, approval, snapshot, expect string) error {
	was, err := readState(ctx, tx)
	if err != nil {
		return err
	}
	s, err := entry(ctx, tx, "WHERE s.id = $1", snapshot)
	if err != nil {
		return err
	}
	if s.Root != b.Approval.Snapshot {
		return fault.New(fault.Invalid, "the approval is of another snapshot than %s", snapshot)
	}
	current := ""
	if _, err := tx.Row(ctx, []any{&current}, `SELECT id FROM baseline ORDER BY seq DESC LIMIT 1`); err != nil {
		return err
	}
	if current != expect {
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
	r := baselineRow{seq: was.baseline, id: b.ID, snapshot: s.seq, approval: approval, seal: b.Seal, overlayName: b.OverlayName}
	if text.Valid {
		r.overlayText = &text.String
	}
	if _, err := tx.Exec(ctx, `INSERT INTO baseline (seq, id, snapshot, approval, seal, overlay_name, overlay_text, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.seq, r.id, r.snapshot, r.approval, r.seal, r.overlayName, r.overlayText, r.sum(s.ID)); err != nil {
		return err
	}
	for _, x := range b.Seen {
		if err := insertSeen(ctx, tx, was.baseline, x); err != nil {
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
	FROM baseline b JOIN snapshot s ON s.org_id = b.org_id AND s.seq = b.snapshot `

func baselineRows(ctx context.Context, tx *sqldb.Tx, rest string, args ...any) ([]baselineRow, error) {
	var list []baselineRow
	err := tx.Each(ctx, baselineQuery+rest, func(scan func(...any) error) error {
		var r baselineRow
		err := scan(&r.seq, &r.id, &r.snapshot, &r.approval, &r.seal, &r.overlayName, &r.overlayText, &r.digest, &r.snapshotID, &r.root)
		list = append(list, r)
		return err
	}, args...)
	return list, err
}

// open reads and verifies what the row says: the row against its digest, the approval against its id, the overlay against
// the approval, and that the snapshot is the one that was approved.
func (h *Home) openBaseline(ctx context.Context, tx *sqldb.Tx, r *baselineRow) (*baseline.Baseline, error) {
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
	if b.OverlayText, err = h.overlay(ctx, tx, r.overlayText); err == nil {
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
func (h *Home) Current(ctx context.Context) (*baseline.Baseline, string, error) {
	return h.baseline(ctx, "ORDER BY b.seq DESC LIMIT 1")
}

var baselineForm = regexp.MustCompile(`^b[0-9a-f]{3,16}$`)

// Baseline returns the one with the id. See [detect.Baselines].
func (h *Home) Baseline(ctx context.Context, ref string) (*baseline.Baseline, string, error) {
	ref = strings.ToLower(strings.TrimSpace(ref))
	if !baselineForm.MatchString(ref) {
		return nil, "", fault.New(fault.NotFound, "%.60q names no baseline", ref).WithHelp("give its id, or at least 4 characters of it: c4arch baseline list")
	}
	return h.baseline(ctx, "WHERE b.id >= $1 AND b.id < $2 ORDER BY b.seq DESC LIMIT 2", ref, ref+"g")
}

// baseline loads the one that rest asks for.
func (h *Home) baseline(ctx context.Context, rest string, args ...any) (*baseline.Baseline, string, error) {
	var b *baseline.Baseline
	snapshot := ""
	err := h.again(ctx, func(tx *sqldb.Tx) error {
		list, err := baselineRows(ctx, tx, rest, args...)
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
		if b, err = h.openBaseline(ctx, tx, &list[0]); err != nil {
			return err
		}
		s, err := entry(ctx, tx, "WHERE s.seq = $1", list[0].snapshot)
		if err != nil {
			return err
		}
		record, err := h.load(ctx, tx, s)
		if err != nil {
			return err
		}
		b.Snapshot, snapshot = record.Snapshot, s.ID
		b.Seen, err = readSeen(ctx, tx, list[0].seq)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return b, snapshot, nil
}

// Approvals returns all without their snapshots. See [detect.Baselines].
func (h *Home) Approvals(ctx context.Context) ([]baseline.Baseline, error) {
	all := []baseline.Baseline{}
	err := h.db.Read(ctx, func(tx *sqldb.Tx) error {
		list, err := baselineRows(ctx, tx, "ORDER BY b.seq DESC")
		if err != nil {
			return err
		}
		for i := range list {
			b, err := h.openBaseline(ctx, tx, &list[i])
			if err != nil {
				return err
			}
			all = append(all, *b)
		}
		return nil
	})
	return all, err
}
