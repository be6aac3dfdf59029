package arch

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
)

// Load returns the whole, verified. See [history.Store].
func (st *Store) Load(ctx context.Context, id string) (history.Record, error) {
	var r history.Record
	err := st.again(ctx, func(tx *sqldb.Tx) error {
		s, err := entry(ctx, tx, st.project, "AND s.id = $2", id)
		if err != nil {
			return err
		}
		r, err = st.load(ctx, tx, s)
		return err
	})
	return r, err
}

// errSwept says that an object is missing that the transaction still saw.
var errSwept = errors.New("an object is missing")

// again runs a reading. Where another process removed an object after the transaction had begun, a new transaction sees what took its
// place; where the object is missing there too, it is lost.
func (st *Store) again(ctx context.Context, fn func(*sqldb.Tx) error) error {
	var err error
	for range 3 {
		if err = st.home.Read(ctx, fn); !errors.Is(err, errSwept) {
			return err
		}
	}
	return err
}

func (st *Store) load(ctx context.Context, tx *sqldb.Tx, s *row) (history.Record, error) {
	record := history.Record{OverlayName: s.overlayName, Overlay: s.Overlay, Model: s.Model}
	var err error
	if record.OverlayText, err = st.overlay(ctx, tx, s.overlayText); err != nil {
		return record, inSnapshot(s, err)
	}
	list, err := st.chains(tx).list(ctx, s.project, s.seq)
	if err != nil {
		return record, inSnapshot(s, err)
	}
	l, err := readLayout(list)
	if err != nil {
		return record, inSnapshot(s, damaged("its manifest cannot be read"))
	}
	rs, err := st.resources(ctx, tx, l.resources)
	if err != nil {
		return record, inSnapshot(s, err)
	}
	record.Snapshot = snapshotOf(s, l, rs)
	return record, verify(s, &record)
}

// snapshotOf puts a snapshot together.
func snapshotOf(s *row, l *layout, rs []evidence.Resource) *evidence.Snapshot {
	slices.SortFunc(rs, func(a, b evidence.Resource) int { return a.Compare(&b) })
	return &evidence.Snapshot{
		Format: evidence.SnapshotFormat, Version: evidence.SnapshotVersion, Name: s.Name, CollectedAt: s.CollectedAt.Format(time.RFC3339),
		Scope: s.Scope, Inputs: l.inputs, KeyID: s.KeyID, Root: s.Root, Method: s.Method, Resources: rs, NotRead: l.notRead,
	}
}

// verify holds a record to its root and to its id.
func verify(s *row, r *history.Record) error {
	if err := r.Snapshot.VerifyRoot(); err != nil {
		return inSnapshot(s, damaged("%s", err))
	}
	if r.Digest() != s.digest {
		return inSnapshot(s, damaged("what it says of itself, or where its resources stood, does not match its id"))
	}
	return nil
}

// inSnapshot names the snapshot in which something is wrong.
func inSnapshot(s *row, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Internal {
		return err
	}
	return &fault.Error{Kind: f.Kind, Msg: "the snapshot " + s.ID + ": " + f.Msg, Help: f.Help, Err: f.Err}
}

func (st *Store) overlay(ctx context.Context, tx *sqldb.Tx, d *string) ([]byte, error) {
	if d == nil {
		return nil, nil
	}
	text := []byte{}
	found, err := tx.Row(ctx, []any{&text}, `SELECT text FROM overlay WHERE digest = $1`, *d)
	if err != nil {
		return nil, err
	}
	if !found || string(canon.Sum(text)) != *d {
		return nil, damaged("the overlay %.80q is missing or does not match its digest", *d)
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

// want is an object that is needed: by which resources as their content, or as their form.
type want struct{ resource, slot int }

// resources reads the objects of all resources and puts them together: first the forms, which are few, then pack by pack the
// contents, on all processors.
func (st *Store) resources(ctx context.Context, tx *sqldb.Tx, list []placed) ([]evidence.Resource, error) {
	contents, forms := map[int64][]want{}, map[int64][]want{}
	for i := range list {
		c, f := list[i].content, list[i].form
		contents[c.pack()] = append(contents[c.pack()], want{i, c.slot()})
		if f != 0 {
			forms[f.pack()] = append(forms[f.pack()], want{i, f.slot()})
		}
	}
	packs, err := readPacks(ctx, tx)
	if err != nil {
		return nil, err
	}
	byForm := map[ref]*object{}
	var mu sync.Mutex
	err = st.each(ctx, packs, forms, func(p *packRow, objects []object, wants []want) error {
		mu.Lock()
		defer mu.Unlock()
		for _, w := range wants {
			if w.slot >= len(objects) {
				return missingObject(p, w.slot)
			}
			byForm[refOf(p.seq, w.slot)] = &objects[w.slot]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rs := make([]evidence.Resource, len(list))
	err = st.each(ctx, packs, contents, func(p *packRow, objects []object, wants []want) error {
		for _, w := range wants {
			if w.slot >= len(objects) || objects[w.slot].kind == gone {
				return missingObject(p, w.slot)
			}
			var err error
			if rs[w.resource], err = together(&objects[w.slot], byForm[list[w.resource].form], list[w.resource].origins); err != nil {
				return damaged("the object %d of the pack number %d (%s) is not what a resource is made of", w.slot, p.seq, p.object)
			}
		}
		return nil
	})
	return rs, err
}

// together makes a resource of its objects and its places.
func together(c, f *object, origins []evidence.Origin) (evidence.Resource, error) {
	line := 0
	if len(origins) > 0 {
		line = origins[0].Line
	}
	if f != nil && f.kind == gone && c.kind == erased {
		f = nil
	}
	r, err := c.resource(f, line)
	r.Origins = origins
	return r, err
}

func missingObject(p *packRow, slot int) error {
	return damaged("the pack number %d (%s) has no object %d", p.seq, p.object, slot)
}

// each reads the packs that are wanted, verifies the objects that are, and calls fn for each pack, on all processors.
func (st *Store) each(ctx context.Context, packs []packRow, wanted map[int64][]want, fn func(p *packRow, objects []object, wants []want) error) error {
	var work []*packRow
	for i := range packs {
		if len(wanted[packs[i].seq]) > 0 {
			work = append(work, &packs[i])
		}
	}
	if len(work) < len(wanted) {
		for seq := range wanted {
			if !slices.ContainsFunc(packs, func(p packRow) bool { return p.seq == seq }) {
				return damaged("the pack number %d is missing", seq)
			}
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan *packRow)
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(work)) {
		all.Go(func() {
			for p := range queue {
				objects, err := st.readPack(ctx, p, wanted[p.seq])
				if err == nil {
					err = fn(p, objects, wanted[p.seq])
				}
				if err != nil {
					stop(err)
				}
			}
		})
	}
	for _, p := range work {
		select {
		case queue <- p:
		case <-ctx.Done():
		}
	}
	close(queue)
	all.Wait()
	return context.Cause(ctx)
}

// readPack reads a pack and verifies the objects that are wanted, or all of them when wants is nil.
func (st *Store) readPack(ctx context.Context, p *packRow, wants []want) ([]object, error) {
	data, err := st.home.Objects().Read(ctx, p.object)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, &fault.Error{Kind: fault.Internal, Msg: "the object " + p.object + " of the pack number " + number(p.seq), Help: helpDamaged, Err: errSwept}
		}
		return nil, err
	}
	objects, err := st.press.unpack(data)
	if err != nil || len(objects) != len(p.keys) {
		return nil, damaged("the pack number %d (%s) cannot be read", p.seq, p.object)
	}
	for i := range objects {
		objects[i].key = p.keys[i]
	}
	if wants == nil {
		for i := range objects {
			wants = append(wants, want{slot: i})
		}
	}
	for _, w := range wants {
		if w.slot < len(objects) && !objects[w.slot].sound() {
			return nil, damaged("the object %d of the pack number %d (%s) does not match its digest", w.slot, p.seq, p.object)
		}
	}
	return objects, nil
}
