package arch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"c4arch/internal/arch/drift"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/detect"
	"c4arch/internal/store/sqldb"
)

// detection is a project as package detect sees it.
type detection struct{ *Store }

var _ detect.Project = detection{}

// Change commits. See [detect.Project].
func (v detection) Change(ctx context.Context, c *detect.Change) (change.Committed, error) {
	d := decision{detection: v, c: c}
	var packs [][]byte
	if c.Approve != nil {
		var err error
		if d.approval, err = v.approval(c.Approve, c.Snapshot, c.Current); err != nil {
			return change.Committed{}, err
		}
	}
	if c.Compared != nil {
		if c.Report == nil {
			return change.Committed{}, fault.New(fault.Internal, "a comparison has a report")
		}
		var b bytes.Buffer
		if err := c.Report.Encode(&b); err != nil {
			return change.Committed{}, err
		}
		packs = [][]byte{b.Bytes()}
	}
	return v.change(ctx, &c.Envelope, func() (*deed, error) { return &deed{packs: packs, apply: d.write}, nil })
}

// Answered is what a request was answered before. See [detect.Project].
func (v detection) Answered(ctx context.Context, actor id.Actor, key *change.Idempotency, now time.Time) (*change.Replay, error) {
	return v.home.Answered(ctx, actor, key, now)
}

// decision is a change that is to be written.
type decision struct {
	detection
	c        *detect.Change
	approval *approval
}

func (d *decision) write(ctx context.Context, tx *sqldb.Tx, names []string, _ time.Time) error {
	if d.approval != nil {
		if err := d.approval.write(ctx, tx); err != nil {
			return err
		}
	}
	if err := d.inTurn(ctx, tx); err != nil {
		return err
	}
	if d.c.Compared != nil {
		if err := d.compared(ctx, tx, names[0]); err != nil {
			return err
		}
	}
	for i := range d.c.Exceptions {
		if err := d.writeException(ctx, tx, &d.c.Exceptions[i]); err != nil {
			return err
		}
	}
	for i := range d.c.Proposals {
		if err := d.writeProposal(ctx, tx, &d.c.Proposals[i]); err != nil {
			return err
		}
	}
	return nil
}

// compared writes a comparison, its findings, and since when they have been there.
func (d *decision) compared(ctx context.Context, tx *sqldb.Tx, object string) error {
	c := d.c.Compared
	if c.Project != d.project {
		return noProject()
	}
	counts, err := json.Marshal(c.Counts)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the counts of a comparison cannot be written")
	}
	if _, err := tx.Exec(ctx, `INSERT INTO comparison (project, id, baseline, snapshot, at, counts, findings, object) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(c.Project), c.ID, c.Baseline, c.Snapshot, micro(c.At), string(counts), c.Findings, object); err != nil {
		return err
	}
	if err := d.findings(ctx, tx); err != nil {
		return err
	}
	return d.dates(ctx, tx)
}

// inTurn counts one change of the home, so that comparisons and what they depend on are never written at the same time, and refuses a comparison that came too late.
func (d *decision) inTurn(ctx context.Context, tx *sqldb.Tx) error {
	if d.c.Compared == nil && d.c.Judged == nil && len(d.c.Exceptions) == 0 {
		return nil
	}
	was, err := readState(ctx, tx)
	if err != nil {
		return err
	}
	if err := move(ctx, tx, was, was); err != nil || d.c.Judged == nil {
		return err
	}
	now, err := d.judged(ctx, tx)
	if err == nil && now != *d.c.Judged {
		err = fault.New(fault.Conflict, "the project has gone on since it was looked at for the comparison")
	}
	return err
}

// Judged is where the project stands. See [detect.Project].
func (v detection) Judged(ctx context.Context) (j detect.Judged, err error) {
	err = v.home.Read(ctx, func(tx *sqldb.Tx) error {
		j, err = v.judged(ctx, tx)
		return err
	})
	return j, err
}

// judged reads it. No exception is ever deleted, and each change of one raises its version, so that their sum with their number tells every change.
func (v detection) judged(ctx context.Context, tx *sqldb.Tx) (detect.Judged, error) {
	var j detect.Judged
	p := string(v.project)
	for _, q := range []struct {
		to   []any
		text string
	}{
		{[]any{&j.Baseline, &j.Approved}, `SELECT b.id, s.id FROM baseline b JOIN snapshot s ON s.project = b.project AND s.seq = b.snapshot WHERE b.project = $1 ORDER BY b.seq DESC LIMIT 1`},
		{[]any{&j.Newest}, `SELECT id FROM snapshot WHERE project = $1 ORDER BY seq DESC LIMIT 1`},
		{[]any{&j.Compared, &j.Against, &j.Of}, `SELECT id, baseline, snapshot FROM comparison WHERE project = $1 ORDER BY id DESC LIMIT 1`},
		{[]any{&j.Exceptions}, `SELECT count(*) + coalesce(sum(version), 0) FROM exception WHERE project = $1`},
	} {
		if _, err := tx.Row(ctx, q.to, q.text, p); err != nil {
			return j, err
		}
	}
	return j, nil
}

// dates puts those of the change in the place of those that the baseline has.
func (d *decision) dates(ctx context.Context, tx *sqldb.Tx) error {
	var seq int64
	found, err := tx.Row(ctx, []any{&seq}, `SELECT seq FROM baseline WHERE project = $1 AND id = $2`, string(d.project), d.c.Compared.Baseline)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "there is no baseline %.40q", d.c.Compared.Baseline)
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM seen WHERE project = $1 AND baseline = $2`, string(d.project), seq); err != nil {
		return err
	}
	for _, s := range d.c.Seen {
		if err := d.insertSeen(ctx, tx, seq, s); err != nil {
			return err
		}
	}
	return nil
}

// Comparisons are the newest: ids sort by the time of their minting. See [detect.Project].
func (v detection) Comparisons(ctx context.Context, before string, limit int) ([]detect.Comparison, error) {
	rest, args := "ORDER BY id DESC LIMIT $2", []any{string(v.project), pageSize(limit)}
	if before != "" {
		rest, args = "AND id < $3 ORDER BY id DESC LIMIT $2", append(args, before)
	}
	list := []detect.Comparison{}
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT id, baseline, snapshot, at, counts, findings FROM comparison WHERE project = $1 `+rest, func(scan func(...any) error) error {
			c := detect.Comparison{Project: v.project}
			var at int64
			var counts string
			if err := scan(&c.ID, &c.Baseline, &c.Snapshot, &at, &counts, &c.Findings); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(counts), &c.Counts); err != nil {
				return damaged("the counts of the comparison %.40q cannot be read", c.ID)
			}
			c.At = fromMicro(at)
			list = append(list, c)
			return nil
		}, args...)
	})
	return list, err
}

// Report is the report of a comparison. See [detect.Project].
func (v detection) Report(ctx context.Context, comparison string) (*drift.Report, error) {
	var object string
	err := v.home.Read(ctx, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&object}, `SELECT object FROM comparison WHERE project = $1 AND id = $2`, string(v.project), comparison)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "there is no such comparison")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	data, err := v.home.Objects().Read(ctx, object)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, damaged("the object %s of a report is missing", object)
		}
		return nil, err
	}
	r, err := drift.Decode(data)
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return nil, damaged("the object %s is no report: %s", object, f.Msg)
	}
	return r, err
}

// Snapshot loads a snapshot to compare. See [detect.Project].
func (v detection) Snapshot(ctx context.Context, ref string) (detect.Subject, string, error) {
	e, err := v.Find(ctx, ref)
	if err != nil {
		return detect.Subject{}, "", err
	}
	r, err := v.Load(ctx, e.ID)
	if err != nil {
		return detect.Subject{}, "", err
	}
	return detect.Subject{Label: "snapshot " + e.ID, Snapshot: r.Snapshot, OverlayName: r.OverlayName, OverlayText: r.OverlayText}, e.ID, nil
}

// Required is how many people an approval takes. See [detect.Project].
func (v detection) Required(ctx context.Context) (people int, version int64, err error) {
	err = v.home.Read(ctx, func(tx *sqldb.Tx) error {
		found, err := tx.Row(ctx, []any{&people, &version}, `SELECT approvals, version FROM organisation`)
		if err == nil && !found {
			err = damaged("the home has no organisation")
		}
		return err
	})
	return people, version, err
}
