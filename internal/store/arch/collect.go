package arch

import (
	"context"
	"database/sql"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
)

// leftoverAge is how old what was staged must be before it counts as left over: its writer may live.
const leftoverAge = 24 * time.Hour

// Collect lets go what is not kept. See [history.Store].
func (h *Home) Collect(ctx context.Context, keep func(history.Entry) bool, now time.Time, dry bool) (history.Collected, error) {
	var out history.Collected
	err := h.change(ctx, func() error {
		s := &sweep{home: h, now: now, dropped: map[int64]row{}, out: history.Collected{Snapshots: []history.Entry{}}}
		err := h.db.Read(ctx, func(tx *sqldb.Tx) error { return s.prepare(ctx, tx, keep) })
		if err == nil && !dry {
			err = s.run(ctx)
		}
		out = s.out
		return err
	})
	if err != nil || dry {
		return out, err
	}
	if err := h.removeCondemned(ctx); err != nil {
		return out, err
	}
	return out, h.shrink(ctx)
}

// shrink gives back the room of rows that went, when that is worth writing the file anew. A full disk is no error here:
// what was asked for is done.
func (h *Home) shrink(ctx context.Context) error {
	used, free, err := h.db.Free(ctx)
	if err != nil || free < used/4 || free < 64<<10 {
		return err
	}
	if err := h.db.Vacuum(ctx); fault.KindOf(err) != fault.Unavailable {
		return err
	}
	return nil
}

// sweep is what letting go takes.
type sweep struct {
	home    *Home
	now     time.Time
	was     state
	dropped map[int64]row
	rebased map[int64]manifest
	order   []int64 // of rebased
	dead    []packRow
	thinned []packRow
	data    [][]byte // of thinned
	left    []string // what was staged and left
	out     history.Collected
}

func (s *sweep) prepare(ctx context.Context, tx *sqldb.Tx, keep func(history.Entry) bool) error {
	var err error
	if s.was, err = readState(ctx, tx); err != nil {
		return err
	}
	all, err := rows(ctx, tx, "ORDER BY s.seq")
	if err != nil {
		return err
	}
	var kept []row
	for i := range all {
		if all[i].Approved == "" && !keep(all[i].Entry) {
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
	return s.leftovers(ctx, tx)
}

// usage is which objects the snapshots that are kept need. A snapshot that cannot be read ends it: what it needs is not known.
func (s *sweep) usage(ctx context.Context, tx *sqldb.Tx, kept []row) (map[ref]bool, error) {
	u := newUsage()
	err := s.home.walk(ctx, tx, kept, func(r *row, tokens []string, err error) error {
		if err != nil {
			return inSnapshot(r, err)
		}
		u.add(tokens)
		return nil
	})
	return u.live(), err
}

// rebase tells anew the manifests that are told from one that goes: from the nearest that stays.
func (s *sweep) rebase(ctx context.Context, tx *sqldb.Tx, kept []row) error {
	s.rebased = map[int64]manifest{}
	bases, depths := map[int64]sql.NullInt64{}, map[int64]int{}
	err := tx.Each(ctx, `SELECT snapshot, base, depth FROM manifest`, func(scan func(...any) error) error {
		var seq int64
		var base sql.NullInt64
		var depth int
		err := scan(&seq, &base, &depth)
		bases[seq], depths[seq] = base, depth
		return err
	})
	if err != nil {
		return err
	}
	c := s.home.chains(tx)
	for i := range kept {
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
		list, err := c.list(ctx, seq)
		if err != nil {
			return inSnapshot(&kept[i], err)
		}
		var before []string
		if base.Valid {
			if before, err = c.list(ctx, base.Int64); err != nil {
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
	objects, err := s.home.readPack(p, nil)
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
	s.out.Bytes += s.home.blobs.Size(p.object)
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
	data := s.home.press.pack(objects)
	s.thinned, s.data = append(s.thinned, *p), append(s.data, data)
	s.out.Bytes += s.home.blobs.Size(p.object) - int64(len(data))
}

// leftovers finds what writers left that were interrupted: rows of what was staged, and files that no row knows.
func (s *sweep) leftovers(ctx context.Context, tx *sqldb.Tx) error {
	before := s.now.Add(-leftoverAge)
	known := map[string]bool{}
	err := tx.Each(ctx, `SELECT name, state, at FROM object ORDER BY name`, func(scan func(...any) error) error {
		var name, state string
		var at int64
		if err := scan(&name, &state, &at); err != nil {
			return err
		}
		known[name] = true
		if state == "staged" && at < before.UnixMicro() {
			s.leave(name, s.home.blobs.Size(name))
		}
		return nil
	})
	if err != nil {
		return err
	}
	files, err := s.home.blobs.List()
	for _, f := range files {
		if !known[f.Name] && f.At.Before(before) {
			known[f.Name] = true
			s.leave(f.Name, f.Size)
		}
	}
	return err
}

func (s *sweep) leave(name string, size int64) {
	s.left = append(s.left, name)
	s.out.Objects++
	s.out.Bytes += size
}

func (s *sweep) run(ctx context.Context) error {
	for _, name := range s.left {
		if err := s.home.blobs.Remove(name); err != nil {
			return err
		}
	}
	if len(s.left) > 0 {
		if err := s.home.blobs.Sync(); err != nil {
			return err
		}
	}
	s.home.pass("left")
	batch, err := s.home.stage(ctx, s.data, s.now)
	if err != nil {
		return err
	}
	if err := s.home.db.Transact(ctx, func(tx *sqldb.Tx) error { return s.commit(ctx, tx, batch) }); err != nil {
		batch.drop(ctx)
		return err
	}
	s.home.pass("committed")
	return nil
}

func (s *sweep) commit(ctx context.Context, tx *sqldb.Tx, b *batch) error {
	if err := move(ctx, tx, s.was, s.was); err != nil {
		return err
	}
	if err := b.live(ctx, tx); err != nil {
		return err
	}
	for i := range s.thinned {
		if err := rewrite(ctx, tx, &s.thinned[i], b.names[i]); err != nil {
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
	for _, name := range s.left {
		if _, err := tx.Exec(ctx, `DELETE FROM object WHERE name = $1 AND state = 'staged'`, name); err != nil {
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
		if _, err := tx.Exec(ctx, `UPDATE manifest SET base = $1, depth = $2, digest = $3, data = $4 WHERE snapshot = $5`,
			m.base, m.depth, m.digest, s.home.press.enc.EncodeAll(m.plain, nil), seq); err != nil {
			return err
		}
	}
	for i := len(s.out.Snapshots) - 1; i >= 0; i-- {
		if _, err := tx.Exec(ctx, `DELETE FROM manifest WHERE snapshot = (SELECT seq FROM snapshot WHERE id = $1)`, s.out.Snapshots[i].ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM snapshot WHERE id = $1`, s.out.Snapshots[i].ID); err != nil {
			return err
		}
	}
	return nil
}
