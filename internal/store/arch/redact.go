package arch

import (
	"context"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
)

// maxReason is the length of a reason, in bytes.
const maxReason = 2000

// Redact withdraws the content of a resource from every snapshot. See [history.Store]. A version that was withdrawn stays so:
// a later snapshot that brings it again is kept without it.
func (h *Home) Redact(ctx context.Context, resource, reason string, now time.Time) (history.Redacted, error) {
	if reason == "" || len(reason) > maxReason {
		return history.Redacted{}, fault.New(fault.Invalid, "a reason for withdrawing is needed, of at most %d bytes", maxReason)
	}
	var out history.Redacted
	err := h.change(ctx, func() error {
		var err error
		out, err = h.redact(ctx, resource, reason, now)
		return err
	})
	if err != nil {
		return out, err
	}
	if err := h.removeCondemned(ctx); err != nil {
		return out, err
	}
	return out, h.db.Flush(ctx)
}

// redaction is what withdrawing takes.
type redaction struct {
	home     *Home
	reason   string
	ids      map[string]bool
	was      state
	packs    []packRow
	hits     map[ref]bool // contents to withdraw
	known    bool         // the resource was found at all
	forms    map[ref]bool // forms that only those have
	keys     []key
	changed  []*packRow
	data     [][]byte
	snapshot map[int64]bool
	out      history.Redacted
}

func (h *Home) redact(ctx context.Context, resource, reason string, now time.Time) (history.Redacted, error) {
	r := &redaction{
		home: h, reason: reason, ids: map[string]bool{resource: true}, hits: map[ref]bool{}, forms: map[ref]bool{}, snapshot: map[int64]bool{},
		out: history.Redacted{Resource: resource, Snapshots: []string{}, Baselines: []string{}},
	}
	if evidence.IsARM(resource) {
		r.ids[evidence.NormalizeARM(resource)] = true
	}
	if err := h.db.Read(ctx, func(tx *sqldb.Tx) error { return r.prepare(ctx, tx) }); err != nil {
		return r.out, err
	}
	if !r.known {
		return r.out, fault.New(fault.NotFound, "no snapshot has the resource %.200q", resource).WithHelp("give its id as c4arch show prints it")
	}
	if len(r.hits) == 0 {
		return r.out, nil
	}
	batch, err := h.stage(ctx, r.data, now)
	if err != nil {
		return r.out, err
	}
	err = h.db.Transact(ctx, func(tx *sqldb.Tx) error {
		if err := move(ctx, tx, r.was, r.was); err != nil {
			return err
		}
		if err := batch.live(ctx, tx); err != nil {
			return err
		}
		for _, k := range r.keys {
			if err := insertWithdrawal(ctx, tx, k, reason, now); err != nil {
				return err
			}
		}
		for i, p := range r.changed {
			if err := rewrite(ctx, tx, p, batch.names[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		batch.drop(ctx)
		return r.out, err
	}
	h.pass("committed")
	return r.out, nil
}

func (r *redaction) prepare(ctx context.Context, tx *sqldb.Tx) error {
	var err error
	if r.was, err = readState(ctx, tx); err != nil {
		return err
	}
	if r.packs, err = readPacks(ctx, tx); err != nil {
		return err
	}
	for i := range r.packs {
		if err := r.find(ctx, &r.packs[i]); err != nil {
			return err
		}
	}
	if len(r.hits) == 0 {
		return nil
	}
	if err := r.concerned(ctx, tx); err != nil {
		return err
	}
	for i := range r.packs {
		if err := r.withdraw(ctx, &r.packs[i]); err != nil {
			return err
		}
	}
	return nil
}

// find looks for the versions of the resource in a pack.
func (r *redaction) find(ctx context.Context, p *packRow) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	objects, err := r.home.readPack(p, nil)
	if err != nil {
		return err
	}
	for slot := range objects {
		o := &objects[slot]
		if o.kind != content && o.kind != erased {
			continue
		}
		id, err := o.id()
		if err != nil {
			return damaged("the object %d of the pack number %d (%s) is not what a resource is made of", slot, p.seq, p.object)
		}
		if r.ids[id] {
			r.known = true
			if o.kind == content {
				r.hits[refOf(p.seq, slot)] = true
			}
		}
	}
	return nil
}

// id is whose content it is.
func (o *object) id() (string, error) {
	if o.kind == erased {
		r, err := o.erased()
		return r.ID, err
	}
	id := ""
	err := members(o.body, func(name, value []byte) error {
		if string(name) == `"id"` {
			return text(value, &id)
		}
		return nil
	})
	return id, err
}

// concerned tells which snapshots and baselines have the versions, and which forms nothing else has.
func (r *redaction) concerned(ctx context.Context, tx *sqldb.Tx) error {
	list, err := rows(ctx, tx, "ORDER BY s.seq")
	if err != nil {
		return err
	}
	others := map[ref]bool{}
	hit := map[string]bool{} // tokens of the resource; one that is not is there with false
	err = r.home.walk(ctx, tx, list, func(s *row, tokens []string, err error) error {
		if err != nil {
			return inSnapshot(s, err)
		}
		found := false
		for _, token := range tokens {
			yes, known := hit[token]
			if !known {
				if at, ok := pair(token); ok {
					if yes = r.hits[at.content]; yes {
						r.forms[at.form] = true
					} else {
						others[at.form] = true
					}
				}
				hit[token] = yes
			}
			found = found || yes
		}
		if found {
			r.snapshot[s.seq] = true
			r.out.Snapshots = append(r.out.Snapshots, s.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for f := range r.forms {
		if others[f] || f == 0 {
			delete(r.forms, f)
		}
	}
	bs, err := baselineRows(ctx, tx, "ORDER BY b.seq")
	for i := range bs {
		if r.snapshot[bs[i].snapshot] {
			r.out.Baselines = append(r.out.Baselines, bs[i].id)
		}
	}
	return err
}

// withdraw makes a pack without the versions and their forms.
func (r *redaction) withdraw(ctx context.Context, p *packRow) error {
	concerned := false
	for slot := range p.keys {
		at := refOf(p.seq, slot)
		concerned = concerned || r.hits[at] || r.forms[at]
	}
	if !concerned || ctx.Err() != nil {
		return ctx.Err()
	}
	objects, err := r.home.readPack(p, nil)
	if err != nil {
		return err
	}
	for slot := range objects {
		switch at := refOf(p.seq, slot); {
		case r.forms[at]:
			objects[slot] = object{}
		case r.hits[at]:
			full, err := objects[slot].plain()
			if err != nil {
				return err
			}
			short := full.Redact(r.reason)
			left, ok := erasedOf(&short)
			if !ok {
				return damaged("the object %d of the pack number %d (%s) is not what a resource is made of", slot, p.seq, p.object)
			}
			r.keys = append(r.keys, p.keys[slot])
			objects[slot] = left
			r.out.Versions++
		}
		p.keys[slot] = objects[slot].key
	}
	r.changed, r.data = append(r.changed, p), append(r.data, r.home.press.pack(objects))
	return nil
}

// plain is a content without its form, with its commitment.
func (o *object) plain() (evidence.Resource, error) {
	var r evidence.Resource
	if err := readContent(o.body, &r); err != nil {
		return r, damaged("a content cannot be read")
	}
	r.Commitment = digest(o.commitment())
	return r, nil
}
