package arch

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// leftoverAge is how old what was staged must be before it counts as left over: its writer may live.
const leftoverAge = 24 * time.Hour

// Collect lets go what is not kept. See [history.Store].
func (st *Store) Collect(ctx context.Context, env *change.Envelope, keep func(history.Entry) bool, say func(history.Collected) ledger.Draft) (history.Collected, error) {
	var out history.Collected
	_, err := st.change(ctx, env, func() (*deed, error) {
		s := &sweep{store: st, now: env.At, sizes: map[string]int64{}, dropped: map[int64]row{}, out: history.Collected{Snapshots: []history.Entry{}}}
		err := s.find(ctx, keep)
		out = s.out
		if err != nil || say == nil {
			return nil, err
		}
		if err := s.clean(ctx); err != nil {
			return nil, err
		}
		if len(s.dropped)+len(s.dead)+len(s.thinned) == 0 {
			return nil, nil //nolint:nilnil // nothing is to be done
		}
		return &deed{packs: s.data, said: []ledger.Draft{say(out)}, apply: s.write}, nil
	})
	if err != nil || say == nil {
		return out, err
	}
	if err := st.removeCondemned(ctx); err != nil {
		return out, err
	}
	return out, st.shrink(ctx)
}

func (st *Store) removeCondemned(ctx context.Context) error {
	if err := st.home.RemoveCondemned(ctx); err != nil {
		return err
	}
	st.pass("removed")
	return nil
}

// shrink gives back the room of rows that went, when that is worth writing the file anew. A full disk is no error here:
// what was asked for is done.
func (st *Store) shrink(ctx context.Context) error {
	if !st.file() {
		return nil
	}
	used, free, err := st.home.DB().Free(ctx)
	if err != nil || free < used/4 || free < 64<<10 {
		return err
	}
	if err := st.home.DB().Vacuum(ctx); fault.KindOf(err) != fault.Unavailable {
		return err
	}
	return nil
}

// sweep is what letting go takes.
type sweep struct {
	store   *Store
	now     time.Time
	was     state
	dropped map[int64]row
	rebased map[int64]manifest
	order   []int64 // of rebased
	dead    []packRow
	thinned []packRow
	data    [][]byte // of thinned
	sizes   map[string]int64
	left    []string // objects that nobody finished
	strange []string // objects that no row knows
	out     history.Collected
}

// find finds out what goes.
func (s *sweep) find(ctx context.Context, keep func(history.Entry) bool) error {
	names, err := s.store.home.Objects().List(ctx) // before the rows are read: whoever stages an object writes its row first
	if err != nil {
		return err
	}
	return s.store.home.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.leftovers(ctx, tx, names); err != nil {
			return err
		}
		return s.prepare(ctx, tx, keep)
	})
}

func (s *sweep) prepare(ctx context.Context, tx *sqldb.Tx, keep func(history.Entry) bool) error {
	var err error
	if s.was, err = readState(ctx, tx); err != nil {
		return err
	}
	all, err := rows(ctx, tx, everywhere, "ORDER BY s.seq") // what other projects need stays
	if err != nil {
		return err
	}
	var kept []row
	for i := range all {
		if all[i].project == s.store.project && all[i].Approved == "" && !keep(all[i].Entry) {
			s.dropped[all[i].seq] = all[i]
			s.out.Snapshots = append(s.out.Snapshots, all[i].Entry)
			continue
		}
		kept = append(kept, all[i])
	}
	live, err := s.usage(ctx, tx, kept)
	if err != nil {
		return err
	}
	if err := s.rebase(ctx, tx, kept); err != nil {
		return err
	}
	packs, err := readPacks(ctx, tx)
	if err != nil {
		return err
	}
	for i := range packs {
		if err := s.pack(ctx, &packs[i], live); err != nil {
			return err
		}
	}
	return nil
}

// usage is which objects the snapshots that are kept need. A snapshot that cannot be read ends it: what it needs is not known.
func (s *sweep) usage(ctx context.Context, tx *sqldb.Tx, kept []row) (map[ref]bool, error) {
	u := newUsage()
	err := s.store.walk(ctx, tx, kept, func(r *row, tokens []string, err error) error {
		if err != nil {
			return inSnapshot(r, err)
		}
		u.add(tokens, nil)
		return nil
	})
	return u.live(), err
}

// rebase tells anew the manifests that are told from one that goes: from the nearest that stays.
func (s *sweep) rebase(ctx context.Context, tx *sqldb.Tx, kept []row) error {
	s.rebased = map[int64]manifest{}
	bases, depths := map[int64]sql.NullInt64{}, map[int64]int{}
	err := tx.Each(ctx, `SELECT snapshot, base, depth FROM manifest WHERE project = $1`, func(scan func(...any) error) error {
		var seq int64
		var base sql.NullInt64
		var depth int
		err := scan(&seq, &base, &depth)
		bases[seq], depths[seq] = base, depth
		return err
	}, string(s.store.project))
	if err != nil {
		return err
	}
	c := s.store.chains(tx)
	for i := range kept {
		if kept[i].project != s.store.project {
			continue
		}
		seq := kept[i].seq
		base := bases[seq]
		for steps := 0; base.Valid && steps < len(bases); steps++ {
			if _, goes := s.dropped[base.Int64]; !goes {
				break
			}
			base = bases[base.Int64]
		}
		if base == bases[seq] {
			continue
		}
		list, err := c.list(ctx, s.store.project, seq)
		if err != nil {
			return inSnapshot(&kept[i], err)
		}
		var before []string
		if base.Valid {
			if before, err = c.list(ctx, s.store.project, base.Int64); err != nil {
				return inSnapshot(&kept[i], err)
			}
		}
		s.rebased[seq], s.order = manifestOf(list, base.Int64, depths[base.Int64], before), append(s.order, seq)
	}
	return nil
}

// pack finds out what of a pack is needed. One without anything goes; one with something that is not needed is written anew
// without it. What stays keeps its place, so that no manifest changes.
func (s *sweep) pack(ctx context.Context, p *packRow, live map[ref]bool) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	needed, idle := 0, 0
	for slot, k := range p.keys {
		switch {
		case live[refOf(p.seq, slot)]:
			needed++
		case k != key{}:
			idle++
		}
	}
	if needed > 0 && idle == 0 {
		return nil
	}
	objects, err := s.store.readPack(ctx, p, nil)
	if err != nil {
		if needed > 0 {
			return nil // what is damaged stays for fsck to name
		}
		s.drop(p, nil)
		return nil
	}
	if needed == 0 {
		s.drop(p, objects)
		return nil
	}
	s.thin(p, objects, live)
	return nil
}

func (s *sweep) drop(p *packRow, objects []object) {
	for i := range objects {
		if objects[i].kind == content {
			s.out.Versions++
		}
	}
	s.dead = append(s.dead, *p)
	s.out.Objects++
	s.out.Bytes += s.sizes[p.object]
}

func (s *sweep) thin(p *packRow, objects []object, live map[ref]bool) {
	for slot := range objects {
		if live[refOf(p.seq, slot)] {
			continue
		}
		if objects[slot].kind == content {
			s.out.Versions++
		}
		objects[slot], p.keys[slot] = object{}, key{}
	}
	data := s.store.press.pack(objects)
	s.thinned, s.data = append(s.thinned, *p), append(s.data, data)
	s.out.Bytes += s.sizes[p.object] - int64(len(data))
}

// leftovers finds what writers left that were interrupted: rows of what was staged a day ago, and objects that no row knows.
func (s *sweep) leftovers(ctx context.Context, tx *sqldb.Tx, names []string) error {
	before := s.now.Add(-leftoverAge).UnixMicro()
	err := tx.Each(ctx, `SELECT name, state, size, at FROM object ORDER BY name`, func(scan func(...any) error) error {
		var name, state string
		var size, at int64
		if err := scan(&name, &state, &size, &at); err != nil {
			return err
		}
		s.sizes[name] = size
		if state == "staged" && at < before {
			s.leave(name, true)
		}
		return nil
	})
	for _, name := range names {
		if _, known := s.sizes[name]; !known {
			s.leave(name, false)
		}
	}
	return err
}

// leave counts what is left over.
func (s *sweep) leave(name string, known bool) {
	if known {
		s.left = append(s.left, name)
	} else {
		s.strange = append(s.strange, name)
	}
	s.out.Objects++
	s.out.Bytes += s.sizes[name]
}

// clean removes what is left over. It is no decision: nothing ever referred to it.
func (s *sweep) clean(ctx context.Context) error {
	s.store.home.Drop(ctx, s.left)
	objects := s.store.home.Objects()
	for _, name := range s.strange {
		if err := objects.Remove(ctx, name); err != nil {
			return err
		}
	}
	if len(s.strange) > 0 {
		if err := objects.Sync(ctx); err != nil {
			return err
		}
	}
	s.store.pass("left")
	return ctx.Err()
}

func (s *sweep) write(ctx context.Context, tx *sqldb.Tx, names []string, _ time.Time) error {
	if err := move(ctx, tx, s.was, s.was); err != nil {
		return err
	}
	for i := range s.thinned {
		if err := rewrite(ctx, tx, &s.thinned[i], names[i]); err != nil {
			return err
		}
	}
	if err := s.dropManifests(ctx, tx); err != nil {
		return err
	}
	for i := range s.dead {
		if _, err := tx.Exec(ctx, `DELETE FROM pack WHERE seq = $1`, s.dead[i].seq); err != nil {
			return err
		}
		if err := condemn(ctx, tx, s.dead[i].object); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM overlay WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.org_id = overlay.org_id AND s.overlay_text = overlay.digest)
		AND NOT EXISTS (SELECT 1 FROM baseline b WHERE b.org_id = overlay.org_id AND b.overlay_text = overlay.digest)`)
	return err
}

// dropManifests tells anew what stays, and then deletes what goes, the newest first: each is told from an older one.
func (s *sweep) dropManifests(ctx context.Context, tx *sqldb.Tx) error {
	for _, seq := range s.order {
		m := s.rebased[seq]
		if _, err := tx.Exec(ctx, `UPDATE manifest SET base = $1, depth = $2, digest = $3, data = $4 WHERE project = $5 AND snapshot = $6`,
			m.base, m.depth, m.digest, s.store.press.encode(m.plain, nil), string(s.store.project), seq); err != nil {
			return err
		}
	}
	for _, seq := range slices.Backward(slices.Sorted(maps.Keys(s.dropped))) {
		if _, err := tx.Exec(ctx, `DELETE FROM manifest WHERE project = $1 AND snapshot = $2`, string(s.store.project), seq); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM snapshot WHERE project = $1 AND seq = $2`, string(s.store.project), seq); err != nil {
			return err
		}
	}
	return nil
}
