// Package arch keeps the architecture of projects in the homes of their organisations: snapshots, baselines, when findings were seen, scans, comparisons,
// exceptions and proposals. A [Store] is the view of one project of one home.
//
// It promises: what a write acknowledged is durable and whole, and a write that was interrupted anywhere leaves the home as it was; each write is one change
// of the home, with its entries in the ledger; several processes may use a local home at once; a version of a resource is kept once, however many snapshots and
// projects have it; whatever is read was verified: each content against its commitment, each snapshot against its root and its id, each baseline against
// its own; what does not match is an error that names it. A version that was withdrawn stays so, and the roots still verify. What another project or
// organisation has is notfound, told in the same words and by the same queries as what nobody has.
// It leaves out who may do what (package access), and where homes are and how they are sealed (package home; see docs/formats/store.md).
package arch

import (
	"context"
	"errors"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/change"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// patience is how long a writer waits for another one.
const patience = 2 * time.Minute

// Store is the view of one project of a home.
type Store struct {
	home    *home.Home
	project id.Project
	press   *press
	close   func() error
	// step is called between the steps of a write, by name: tests interrupt there. It is nil otherwise.
	step func(name string)
}

// Create makes a local history in the folder dir, which must not be there or be empty. It is there whole or not at all.
func Create(ctx context.Context, scope access.Scope, dir string, key *secret.Key, now time.Time) (*Store, error) {
	return local(ctx, scope, dir, true, key, now)
}

// Open opens the local history in the folder dir, and brings it to the newest schema.
func Open(ctx context.Context, scope access.Scope, dir string, key *secret.Key, now time.Time) (*Store, error) {
	return local(ctx, scope, dir, false, key, now)
}

func local(ctx context.Context, scope access.Scope, dir string, create bool, key *secret.Key, now time.Time) (*Store, error) {
	h, err := home.Local(ctx, dir, create, key, now)
	if err != nil {
		return nil, err
	}
	st, err := begin(ctx, h, scope, now)
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	st.close = func() error {
		st.press.dec.Close()
		return h.Close()
	}
	if err := h.RemoveCondemned(ctx); err != nil { // ends what an interrupted process had decided already
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

// begin is the view of the project of a local home. In a new home it is made, as the first entry of its ledger.
func begin(ctx context.Context, h *home.Home, scope access.Scope, now time.Time) (*Store, error) {
	st, err := Of(ctx, h, scope)
	if fault.KindOf(err) != fault.NotFound || scope.Org() != id.Local || scope.Project() != id.LocalProject {
		return st, err
	}
	name := string(id.LocalProject)
	env := change.New(scope, now, ledger.Draft{Kind: "project.created", Fields: []ledger.Field{ledger.Text("project", name), ledger.Text("slug", name), ledger.Text("name", name)}})
	_, err = h.Commit(ctx, &env, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		_, err := tx.Exec(ctx, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($1, $1, $1, 0, $2, 1)`, name, at.UnixMicro())
		return err
	})
	if err != nil && fault.KindOf(err) != fault.Conflict { // another process was first
		return nil, err
	}
	return Of(ctx, h, scope)
}

// Of is the view of the scope's project in its home, which it does not let go. notfound where the home has no such project.
func Of(ctx context.Context, h *home.Home, scope access.Scope) (*Store, error) {
	p, err := newPress()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "zstd")
	}
	return of(ctx, h, scope, p)
}

func of(ctx context.Context, h *home.Home, scope access.Scope, p *press) (*Store, error) {
	if scope.Zero() || scope.Org() != h.Org() {
		return nil, noProject()
	}
	st := &Store{home: h, project: scope.Project(), press: p, close: func() error { return nil }}
	return st, h.Read(ctx, func(tx *sqldb.Tx) error {
		_, err := st.open(ctx, tx)
		return err
	})
}

func noProject() error { return fault.New(fault.NotFound, "there is no such project") }

// open finds the project, and tells whether it is archived.
func (st *Store) open(ctx context.Context, tx *sqldb.Tx) (archived bool, err error) {
	var n int
	found, err := tx.Row(ctx, []any{&n}, `SELECT archived FROM project WHERE id = $1`, string(st.project))
	if err == nil && !found {
		err = noProject()
	}
	return n != 0, err
}

// Dir is the folder of the home, and "" where it is in a server.
func (st *Store) Dir() string { return st.home.Dir() }

// Close lets the home go.
func (st *Store) Close() error { return st.close() }

// file reports whether the home is a file of its own, which can be checked and emptied as one. A server looks after its files itself.
func (st *Store) file() bool { return st.home.DB().Engine() == sqldb.SQLite }

func (st *Store) pass(name string) {
	if st.step != nil {
		st.step(name)
	}
}

// errMoved says that the home is not any more what a change was decided on.
var errMoved = errors.New("the store was changed meanwhile")

// deed is what a change was decided to do.
type deed struct {
	packs [][]byte // objects to write first
	said  []ledger.Draft
	// apply writes the records; names are those of the objects.
	apply func(ctx context.Context, tx *sqldb.Tx, names []string, at time.Time) error
}

// change decides and commits as the only writer. Where the lock does not hold everybody off, the transaction finds out that the home has moved, and it is
// decided again, at most three times. Where nothing is to be done decide returns nil.
func (st *Store) change(ctx context.Context, env *change.Envelope, decide func() (*deed, error)) (change.Committed, error) {
	if err := st.allows(env.Scope); err != nil {
		return change.Committed{}, err
	}
	var done change.Committed
	err := st.home.Exclusive(ctx, patience, func() error {
		for range 4 {
			d, err := decide()
			if err != nil || d == nil {
				return err
			}
			if done, err = st.commit(ctx, env, d); !errors.Is(err, errMoved) {
				return err
			}
		}
		return fault.New(fault.Conflict, "another c4arch changes the store all the time").WithHelp("try again")
	})
	return done, err
}

// allows refuses a scope of another organisation or project, as if there were none.
func (st *Store) allows(s access.Scope) error {
	if s.Zero() || s.Org() != st.home.Org() || s.Project() != st.project {
		return noProject()
	}
	return nil
}

// commit does a deed. The order keeps the home whole wherever it ends: first a row that says that an object is being staged, then the object, synced, then
// the transaction that refers to it, in which it becomes live.
func (st *Store) commit(ctx context.Context, env *change.Envelope, d *deed) (change.Committed, error) {
	names, err := st.stage(ctx, d.packs, env.At)
	if err != nil {
		return change.Committed{}, err
	}
	st.pass("ready")
	e := *env
	e.Blobs = slices.Concat(env.Blobs, names)
	e.Drafts = slices.Concat(env.Drafts, d.said)
	done, err := st.home.Commit(ctx, &e, func(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
		archived, err := st.open(ctx, tx)
		if err == nil && archived {
			err = fault.New(fault.Conflict, "the project is archived: nothing is written to it any more")
		}
		if err != nil {
			return err
		}
		return d.apply(ctx, tx, names, at)
	})
	if err != nil || done.Known || done.Replay != nil {
		st.home.Drop(ctx, names)
		return done, err
	}
	st.pass("committed")
	return done, nil
}

// stage writes objects that a change is going to make live.
func (st *Store) stage(ctx context.Context, packs [][]byte, now time.Time) ([]string, error) {
	if len(packs) == 0 {
		return nil, nil
	}
	names := make([]string, len(packs))
	list := make([]home.Staged, len(packs))
	for i, p := range packs {
		names[i] = blob.Name()
		list[i] = home.Staged{Name: names[i], Data: p}
	}
	if err := st.home.Stage(ctx, list, now); err != nil {
		return nil, err
	}
	st.pass("written")
	return names, nil
}

// state is what a change is decided on.
type state struct{ version, pack, snapshot, baseline int64 }

func readState(ctx context.Context, tx *sqldb.Tx) (state, error) {
	var s state
	found, err := tx.Row(ctx, []any{&s.version, &s.pack, &s.snapshot, &s.baseline}, `SELECT version, next_pack, next_snapshot, next_baseline FROM home`)
	if err == nil && !found {
		err = damaged("the store has no home")
	}
	return s, err
}

// move writes the next state, unless the home is no longer in the version that the change was decided on.
func move(ctx context.Context, tx *sqldb.Tx, was, next state) error {
	n, err := tx.Exec(ctx, `UPDATE home SET version = $1, next_pack = $2, next_snapshot = $3, next_baseline = $4 WHERE version = $5`,
		was.version+1, next.pack, next.snapshot, next.baseline, was.version)
	if err == nil && n != 1 {
		return errMoved
	}
	return err
}

func parseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err == nil && at.UTC().Format(time.RFC3339) != text {
		err = errBytes
	}
	return at, err
}
