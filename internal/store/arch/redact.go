package arch

import (
	"context"
	"maps"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// maxReason is the length of a reason, in bytes.
const maxReason = 2000

// Redact withdraws the content of a resource from every snapshot. See [history.Store]. A version that was withdrawn stays so:
// a later snapshot that brings it again is kept without it. A version that another project of the organisation has too is withdrawn there as well.
func (st *Store) Redact(ctx context.Context, env *change.Envelope, resource, reason string, say func(history.Redacted) ledger.Draft) (history.Redacted, error) {
	if reason == "" || len(reason) > maxReason {
		return history.Redacted{}, fault.New(fault.Invalid, "a reason for withdrawing is needed, of at most %d bytes", maxReason)
	}
	if err := plainText(reason); err != nil {
		return history.Redacted{}, err
	}
	var out history.Redacted
	_, err := st.change(ctx, env, func() (*deed, error) {
		r, err := st.redaction(ctx, resource, reason)
		out = r.out
		if err != nil || len(r.hits) == 0 {
			return nil, err
		}
		return &deed{packs: r.data, said: []ledger.Draft{say(out)}, apply: r.write}, nil
	})
	if err != nil {
		return out, err
	}
	if err := st.removeCondemned(ctx); err != nil {
		return out, err
	}
	if !st.file() {
		return out, nil
	}
	return out, st.home.DB().Flush(ctx)
}

// redaction is what withdrawing takes.
type redaction struct {
	store   *Store
	reason  string
	ids     map[string]bool
	was     state
	packs   []packRow
	found   map[ref]kind // versions of the resource
	hits    map[ref]bool // contents to withdraw
	forms   map[ref]bool // forms that only those have
	keys    []key
	changed []*packRow
	data    [][]byte
	out     history.Redacted
}

// redaction finds out what withdrawing a resource takes.
func (st *Store) redaction(ctx context.Context, resource, reason string) (*redaction, error) {
	r := &redaction{
		store: st, reason: reason, ids: map[string]bool{resource: true}, found: map[ref]kind{}, hits: map[ref]bool{}, forms: map[ref]bool{},
		out: history.Redacted{Resource: resource, Snapshots: []string{}, Baselines: []string{}},
	}
	if evidence.IsARM(resource) {
		r.ids[evidence.NormalizeARM(resource)] = true
	}
	if err := st.home.Read(ctx, func(tx *sqldb.Tx) error { return r.prepare(ctx, tx) }); err != nil {
		return r, err
	}
	if !r.known() {
		return r, fault.New(fault.NotFound, "no snapshot has the resource %.200q", resource).WithHelp("give its id as c4arch show prints it")
	}
	return r, nil
}

// write writes the rows.
func (r *redaction) write(ctx context.Context, tx *sqldb.Tx, names []string, at time.Time) error {
	if err := move(ctx, tx, r.was, r.was); err != nil {
		return err
	}
	for _, k := range r.keys {
		if err := insertWithdrawal(ctx, tx, k, r.reason, at); err != nil {
			return err
		}
	}
	for i, p := range r.changed {
		if err := rewrite(ctx, tx, p, names[i]); err != nil {
			return err
		}
	}
	return nil
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
	// Where nothing was found the rest is done all the same: what another project has must not be told by what it takes.
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
	objects, err := r.store.readPack(ctx, p, nil)
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
			r.found[refOf(p.seq, slot)] = o.kind
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

// known reports whether the project has the resource: a version of it that another one has alone is not known here.
func (r *redaction) known() bool { return len(r.found) > 0 }

// concerned tells which versions the project has, in which snapshots and baselines, and which forms nothing else has. A version that no snapshot has any more
// counts as its own.
func (r *redaction) concerned(ctx context.Context, tx *sqldb.Tx) error {
	list, err := rows(ctx, tx, everywhere, "ORDER BY s.seq")
	if err != nil {
		return err
	}
	u := newUsage()
	has := map[string]ref{} // tokens of the resource
	mine, others := map[ref]bool{}, map[ref]bool{}
	type had struct {
		row *row
		at  map[ref]bool
	}
	var in []had
	err = r.store.walk(ctx, tx, list, func(s *row, tokens []string, err error) error {
		if err != nil {
			return inSnapshot(s, err)
		}
		u.add(tokens, func(token string, at refs) {
			if _, ok := r.found[at.content]; ok {
				has[token] = at.content
			}
		})
		x := had{row: s, at: map[ref]bool{}}
		for _, token := range tokens {
			if at, ok := has[token]; ok {
				x.at[at] = true
			}
		}
		if s.project != r.store.project {
			maps.Copy(others, x.at)
			return nil
		}
		maps.Copy(mine, x.at)
		in = append(in, x)
		return nil
	})
	if err != nil {
		return err
	}
	maps.DeleteFunc(r.found, func(at ref, k kind) bool { return others[at] && !mine[at] })
	for at, k := range r.found {
		if k == content {
			r.hits[at] = true
		}
	}
	r.own(u)
	concerned := map[int64]bool{}
	for _, x := range in {
		for at := range x.at {
			if r.hits[at] && !concerned[x.row.seq] {
				concerned[x.row.seq] = true
				r.out.Snapshots = append(r.out.Snapshots, x.row.ID)
			}
		}
	}
	bs, err := baselineRows(ctx, tx, r.store.project, "ORDER BY b.seq")
	for i := range bs {
		if concerned[bs[i].snapshot] {
			r.out.Baselines = append(r.out.Baselines, bs[i].id)
		}
	}
	return err
}

// own finds the forms that only the versions to withdraw have.
func (r *redaction) own(u *usage) {
	others := map[ref]bool{0: true}
	for at := range u.pairs {
		if r.hits[at.content] {
			r.forms[at.form] = true
		} else {
			others[at.form] = true
		}
	}
	maps.DeleteFunc(r.forms, func(f ref, _ bool) bool { return others[f] })
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
	objects, err := r.store.readPack(ctx, p, nil)
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
	r.changed, r.data = append(r.changed, p), append(r.data, r.store.press.pack(objects))
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
