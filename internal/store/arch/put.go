package arch

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
)

// Put keeps a snapshot. See [history.Store].
func (st *Store) Put(ctx context.Context, env *change.Envelope, r history.Record) (history.Entry, error) {
	if err := check(&r); err != nil {
		return history.Entry{}, err
	}
	sum := r.Digest()
	var e history.Entry
	done, err := st.change(ctx, env, func() (*deed, error) {
		p, there, err := st.plan(ctx, &r, sum, env.At)
		switch {
		case err != nil:
			return nil, err
		case there == nil:
			e = p.entry
			return &deed{packs: p.packs, apply: p.write}, nil
		}
		if e = *there; env.Done == nil && env.Key == nil && env.Inbox == nil && len(env.Jobs) == 0 {
			return nil, nil //nolint:nilnil // nothing is to be done
		}
		return &deed{apply: func(context.Context, *sqldb.Tx, []string, time.Time) error { return nil }}, nil
	})
	if err != nil {
		return history.Entry{}, err
	}
	if done.Known || done.Replay != nil {
		return st.Find(ctx, history.IDOf(sum))
	}
	return e, nil
}

// plan decides what keeping a record takes; there is its entry where it is kept already.
func (st *Store) plan(ctx context.Context, r *history.Record, sum canon.Digest, now time.Time) (p *plan, there *history.Entry, err error) {
	p = &plan{store: st, record: r, sum: sum, spots: spotsOf(r.Snapshot.Resources), refs: make([]refs, len(r.Snapshot.Resources)), gone: make([]bool, len(r.Snapshot.Resources))}
	err = st.home.Read(ctx, func(tx *sqldb.Tx) error {
		if there, err = st.same(ctx, tx, sum); err != nil || there != nil {
			return err
		}
		return p.prepare(ctx, tx)
	})
	if err == nil && there == nil {
		p.entry = p.entryAt(now)
	}
	return p, there, err
}

// same is the entry of a record that is kept already.
func (st *Store) same(ctx context.Context, tx *sqldb.Tx, sum canon.Digest) (*history.Entry, error) {
	e, err := entry(ctx, tx, st.project, "AND s.id = $2", history.IDOf(sum))
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil //nolint:nilnil // that it is new is the usual case
	}
	if err != nil {
		return nil, err
	}
	if e.digest != sum {
		return nil, fault.New(fault.Conflict, "another snapshot is called %s", e.ID)
	}
	return &e.Entry, nil
}

// plan is what keeping a record takes.
type plan struct {
	store  *Store
	record *history.Record
	sum    canon.Digest
	entry  history.Entry
	spots  []spot
	refs   []refs
	gone   []bool // resources whose content is withdrawn

	was, next state
	index     map[key]ref
	withdrawn map[key]string
	objects   []object // of the pack that is being filled
	size      int
	packs     [][]byte
	rows      []packRow
	fresh     int
	manifest  manifest
	series    string
}

func (p *plan) prepare(ctx context.Context, tx *sqldb.Tx) error {
	var err error
	if p.was, err = readState(ctx, tx); err != nil {
		return err
	}
	p.next = p.was
	rows, err := readPacks(ctx, tx)
	if err != nil {
		return err
	}
	p.index = indexOf(rows)
	if p.withdrawn, err = withdrawals(ctx, tx); err != nil {
		return err
	}
	if err := p.place(ctx); err != nil {
		return err
	}
	p.series = seriesOf(p.record.Snapshot)
	list := layoutOf(p.record.Snapshot, p.spots, p.refs)
	var base sql.NullInt64
	var depth int
	if _, err = tx.Row(ctx, []any{&base, &depth}, `SELECT s.seq, m.depth FROM snapshot s JOIN manifest m ON m.org_id = s.org_id AND m.project = s.project AND m.snapshot = s.seq
		WHERE s.project = $1 AND s.series = $2 ORDER BY s.seq DESC LIMIT 1`, string(p.store.project), p.series); err != nil {
		return err
	}
	var before []string
	if base.Valid {
		if before, err = p.store.chains(tx).list(ctx, p.store.project, base.Int64); err != nil {
			// What is damaged is no ground for what is new.
			if fault.KindOf(err) != fault.Internal {
				return err
			}
			base, before = sql.NullInt64{}, nil
		}
	}
	p.manifest = manifestOf(list, base.Int64, depth, before)
	p.next.snapshot++
	return nil
}

// place finds each content and form among what is kept, or puts it into a new pack: first all contents, in the order
// of the files, since neighbours there are alike, then all forms.
func (p *plan) place(ctx context.Context) error {
	rs := p.record.Snapshot.Resources
	for n, s := range p.spots {
		if s.origin > 0 {
			continue
		}
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.content(s.resource); err != nil {
			return err
		}
	}
	for _, s := range p.spots {
		if s.origin > 0 || p.gone[s.resource] {
			continue
		}
		if f := formOf(&rs[s.resource]); f != nil {
			var err error
			if p.refs[s.resource].form, err = p.add(f); err != nil {
				return err
			}
		}
	}
	p.flush()
	return nil
}

// content finds or adds the content of a resource. What was withdrawn stays so when it is read again.
func (p *plan) content(i int) error {
	r := &p.record.Snapshot.Resources[i]
	var o object
	ok := r.Erased != ""
	if !ok {
		o, ok = contentOf(r)
	}
	reason, gone := p.withdrawn[o.key]
	if gone = ok && (gone || r.Erased != ""); gone {
		short := r.Redact(cmp.Or(r.Erased, reason))
		o, ok = erasedOf(&short)
	}
	if !ok {
		return fault.New(fault.Invalid, "the content of the resource %.200q does not match its commitment", r.ID).WithHelp("scan again")
	}
	before := len(p.index)
	var err error
	p.refs[i].content, err = p.add(&o)
	if p.gone[i] = gone; !gone && len(p.index) > before {
		p.fresh++
	}
	return err
}

// add returns where the object is.
func (p *plan) add(o *object) (ref, error) {
	if at, ok := p.index[o.key]; ok {
		return at, nil
	}
	if len(o.body) > maxRaw/2 {
		return 0, fault.New(fault.Limited, "a resource has more than %d bytes", maxRaw/2)
	}
	if len(p.objects) == packSlots || p.size+len(o.body) > packBytes && p.size > 0 {
		p.flush()
	}
	at := refOf(p.next.pack, len(p.objects))
	p.objects, p.size = append(p.objects, *o), p.size+len(o.body)
	p.index[o.key] = at
	return at, nil
}

// flush makes a pack of what was added.
func (p *plan) flush() {
	if len(p.objects) == 0 {
		return
	}
	row := packRow{seq: p.next.pack}
	for i := range p.objects {
		row.keys = append(row.keys, p.objects[i].key)
	}
	p.rows, p.packs = append(p.rows, row), append(p.packs, p.store.press.pack(p.objects))
	p.next.pack++
	p.objects, p.size = p.objects[:0], 0
}

func (p *plan) entryAt(now time.Time) history.Entry {
	s := p.record.Snapshot
	at, _ := parseTime(s.CollectedAt) // checked
	return history.Entry{
		ID: history.IDOf(p.sum), Root: s.Root, CollectedAt: at.UTC(), RecordedAt: now.UTC().Truncate(time.Microsecond), Name: s.Name, Method: s.Method, KeyID: s.KeyID,
		Scope: s.Scope, Resources: len(s.Resources), NotRead: evidence.Things(s.NotRead), Overlay: p.record.Overlay, Model: p.record.Model, Fresh: p.fresh,
	}
}

// write writes the rows.
func (p *plan) write(ctx context.Context, tx *sqldb.Tx, names []string, _ time.Time) error {
	if err := move(ctx, tx, p.was, p.next); err != nil {
		return err
	}
	for i := range p.rows {
		p.rows[i].object = names[i]
		if err := insertPack(ctx, tx, &p.rows[i]); err != nil {
			return err
		}
	}
	e := &p.entry
	text, err := keepOverlay(ctx, tx, p.record.OverlayText)
	if err != nil {
		return err
	}
	scope, err := json.Marshal(e.Scope)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO snapshot (project, seq, id, digest, root, series, name, collected_at, recorded_at, method, key_id, scope, resources, not_read, fresh,
		overlay, overlay_name, overlay_text, model) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		string(p.store.project), p.was.snapshot, e.ID, string(p.sum), string(e.Root), p.series, e.Name, e.CollectedAt.UnixMicro(), e.RecordedAt.UnixMicro(), e.Method, e.KeyID, string(scope),
		e.Resources, e.NotRead, e.Fresh, string(e.Overlay), p.record.OverlayName, text, string(e.Model))
	if err != nil {
		return err
	}
	return p.store.insertManifest(ctx, tx, p.was.snapshot, p.manifest)
}

// keepOverlay keeps the text of an overlay once, and returns its digest, or NULL where there is none.
func keepOverlay(ctx context.Context, tx *sqldb.Tx, text []byte) (sql.NullString, error) {
	if text == nil {
		return sql.NullString{}, nil
	}
	d := string(canon.Sum(text))
	_, err := tx.Exec(ctx, `INSERT INTO overlay (digest, text) VALUES ($1, $2) ON CONFLICT (org_id, digest) DO NOTHING`, d, text)
	return sql.NullString{String: d, Valid: true}, err
}
