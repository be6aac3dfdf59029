package arch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
)

// Check reads everything. See [history.Store].
func (st *Store) Check(ctx context.Context, progress func(done, total int)) (history.Checked, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	c := &checker{store: st, progress: progress, out: history.Checked{Faults: []string{}}, facts: map[ref]evidence.Resource{}, forms: map[ref]*object{}}
	var faults []string
	var err error
	if st.file() {
		faults, err = st.home.DB().Check(ctx)
	}
	for _, f := range faults {
		c.fault("the database: %s", f)
	}
	if err == nil {
		// Nobody writes meanwhile, so that what is missing is missing.
		err = st.home.Exclusive(ctx, patience, func() error { return c.whole(ctx) })
	}
	if ctx.Err() != nil {
		return c.out, ctx.Err()
	}
	if fault.KindOf(err) == fault.Internal { // the database itself cannot be read on
		c.fault("%s", err)
		err = nil
	}
	return c.out, err
}

// checker reads each object once, and then what each snapshot makes of them.
type checker struct {
	store    *Store
	progress func(done, total int)
	done     int
	total    int
	out      history.Checked
	packs    []packRow
	facts    map[ref]evidence.Resource // what a root is over, of each content that is sound
	forms    map[ref]*object
	usage    *usage
	bad      map[int64]bool // snapshots whose manifest is damaged
	names    []string       // of the objects that are there
}

func (c *checker) fault(format string, args ...any) {
	c.out.Faults = append(c.out.Faults, fmt.Sprintf(format, args...))
}

// note turns an error about what is kept into a fault, and returns any other.
func (c *checker) note(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	text := f.Msg
	if f.Err != nil && !errors.Is(f.Err, errSwept) {
		text += ": " + f.Err.Error()
	} else if f.Err != nil {
		text += " is missing"
	}
	c.fault("%s", text)
	return nil
}

func (c *checker) tick() {
	c.done++
	c.progress(c.done, c.total)
}

// whole reads one state of the home.
func (c *checker) whole(ctx context.Context) error {
	var err error
	if c.names, err = c.store.home.Objects().List(ctx); err != nil { // before the rows are read: whoever stages an object writes its row first
		return err
	}
	return c.store.home.Read(ctx, func(tx *sqldb.Tx) error { return c.all(ctx, tx) })
}

func (c *checker) all(ctx context.Context, tx *sqldb.Tx) error {
	bad := func(err error) error { return c.note(ctx, err) }
	list, err := soundRows(ctx, tx, bad, everywhere, "ORDER BY s.seq")
	if err != nil {
		return err
	}
	if c.packs, err = soundPacks(ctx, tx, bad); err != nil {
		return err
	}
	c.total = 2*len(c.packs) + 2*len(list)
	c.out.Snapshots = len(list)
	for _, step := range []func(context.Context, *sqldb.Tx, []row) error{c.manifests, c.objects, c.pairs, c.snapshots, c.baselines, c.files, c.ledger} {
		if err := step(ctx, tx, list); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) manifests(ctx context.Context, tx *sqldb.Tx, list []row) error {
	c.usage, c.bad = newUsage(), map[int64]bool{}
	return c.store.walk(ctx, tx, list, func(s *row, tokens []string, err error) error {
		c.tick()
		if err != nil {
			c.bad[s.seq] = true
			return c.note(ctx, inSnapshot(s, err))
		}
		c.usage.add(tokens, nil)
		return nil
	})
}

// objects reads every object, needed or not.
func (c *checker) objects(ctx context.Context, _ *sqldb.Tx, _ []row) error {
	for i := range c.packs {
		p := &c.packs[i]
		c.tick()
		objects, err := c.store.readPack(ctx, p, []want{})
		if err != nil {
			if err := c.note(ctx, err); err != nil {
				return err
			}
			continue
		}
		for slot := range objects {
			c.object(p, slot, &objects[slot])
		}
	}
	return ctx.Err()
}

func (c *checker) object(p *packRow, slot int, o *object) {
	at := refOf(p.seq, slot)
	r, err := evidence.Resource{}, error(nil)
	switch o.kind {
	case content:
		r, err = o.plain()
		if err == nil {
			err = canon.Check(r.Props)
		}
		c.out.Versions++
	case erased:
		r, err = o.erased()
		c.out.Versions++
	case form:
		c.forms[at] = o
	}
	switch {
	case !o.sound():
		c.fault("the object %d of the pack number %d (%s) does not match its digest%s", slot, p.seq, p.object, whose(r.ID))
	case err != nil:
		c.fault("the object %d of the pack number %d (%s) is not what a resource is made of", slot, p.seq, p.object)
	case r.ID != "":
		c.facts[at] = evidence.Resource{ID: r.ID, Form: r.Form, Side: r.Side, Commitment: r.Commitment, Erased: r.Erased}
	}
}

func whose(id string) string {
	if id == "" {
		return ""
	}
	return fmt.Sprintf("; it calls itself %.200q", id)
}

// pairs puts each content together with each form that it has somewhere.
func (c *checker) pairs(ctx context.Context, _ *sqldb.Tx, _ []row) error {
	forms := map[ref][]ref{}
	for at := range c.usage.pairs {
		forms[at.content] = append(forms[at.content], at.form)
	}
	for i := range c.packs {
		p := &c.packs[i]
		c.tick()
		objects, err := c.store.readPack(ctx, p, []want{})
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue // named above
		}
		for slot := range objects {
			c.pair(p, slot, &objects[slot], forms[refOf(p.seq, slot)])
		}
	}
	return ctx.Err()
}

func (c *checker) pair(p *packRow, slot int, o *object, forms []ref) {
	if _, sound := c.facts[refOf(p.seq, slot)]; !sound || o.kind != content {
		return
	}
	for _, f := range forms {
		if _, err := o.resource(c.forms[f], 0); err != nil || f != 0 && c.forms[f] == nil {
			c.fault("the object %d of the pack number %d (%s) does not fit its form", slot, p.seq, p.object)
			return
		}
	}
}

// snapshots puts each snapshot together from what was verified, and holds it to its root and its id.
func (c *checker) snapshots(ctx context.Context, tx *sqldb.Tx, list []row) error {
	return c.store.walk(ctx, tx, list, func(s *row, tokens []string, err error) error {
		c.tick()
		if err != nil || c.bad[s.seq] {
			return nil
		}
		return c.note(ctx, c.snapshot(ctx, tx, s, tokens))
	})
}

func (c *checker) snapshot(ctx context.Context, tx *sqldb.Tx, s *row, tokens []string) error {
	record := history.Record{OverlayName: s.overlayName, Overlay: s.Overlay, Model: s.Model}
	var err error
	if record.OverlayText, err = c.store.overlay(ctx, tx, s.overlayText); err != nil {
		return inSnapshot(s, err)
	}
	l, err := readLayout(tokens)
	if err != nil {
		return inSnapshot(s, damaged("its manifest cannot be read"))
	}
	rs := make([]evidence.Resource, len(l.resources))
	for i := range l.resources {
		fact, ok := c.facts[l.resources[i].content]
		if !ok {
			at := l.resources[i].content
			return inSnapshot(s, damaged("the object %d of the pack number %d, which it needs, is missing or damaged", at.slot(), at.pack()))
		}
		rs[i] = fact
		rs[i].Origins = l.resources[i].origins
	}
	record.Snapshot = snapshotOf(s, l, rs)
	if len(rs) != s.Resources || evidence.Things(l.notRead) != s.NotRead {
		return inSnapshot(s, damaged("it has another number of resources than its row says"))
	}
	return verify(s, &record)
}

func (c *checker) baselines(ctx context.Context, tx *sqldb.Tx, _ []row) error {
	list, err := baselineRows(ctx, tx, everywhere, "ORDER BY b.seq")
	if err != nil {
		return err
	}
	c.out.Baselines = len(list)
	for i := range list {
		if _, err := c.store.openBaseline(ctx, tx, &list[i]); err != nil {
			if err := c.note(ctx, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// files compares the objects that are there with what the database knows. What no pack refers to is read here, so that its seal is held to.
func (c *checker) files(ctx context.Context, tx *sqldb.Tx, _ []row) error {
	type known struct {
		live bool
		size int64
	}
	rows := map[string]known{}
	err := tx.Each(ctx, `SELECT name, state, size FROM object ORDER BY name`, func(scan func(...any) error) error {
		var name, state string
		var size int64
		err := scan(&name, &state, &size)
		rows[name] = known{live: state == "live", size: size}
		if state != "live" {
			c.out.Staged++
		}
		return err
	})
	if err != nil {
		return err
	}
	packed := map[string]bool{}
	for i := range c.packs {
		packed[c.packs[i].object] = true
		if !rows[c.packs[i].object].live {
			c.fault("the object %s of the pack number %d is not marked as live", c.packs[i].object, c.packs[i].seq)
		}
	}
	for _, name := range c.names {
		switch row, ok := rows[name]; {
		case !ok:
			c.out.Staged++
		case row.live:
			c.out.Objects++
			c.out.Bytes += row.size
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		if !rows[name].live || packed[name] {
			continue
		}
		if _, err := c.store.home.Objects().Read(ctx, name); err != nil {
			if err := c.note(ctx, err); err != nil {
				return err
			}
		}
	}
	return nil
}
