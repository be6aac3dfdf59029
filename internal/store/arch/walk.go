package arch

import (
	"context"

	"c4arch/internal/store/sqldb"
)

// pair reads the objects of the token of a resource at its first origin, or without one: each resource has one such token.
func pair(token string) (at refs, ok bool) {
	in := reader{s: token}
	switch in.uint() {
	case firstToken, nowhereToken:
		at = refs{content: ref(in.uint()), form: ref(in.uint())}
		return at, !in.bad
	}
	return at, false
}

// usage is which objects snapshots need.
type usage struct {
	pairs map[refs]struct{}
	seen  map[string]struct{} // tokens that were read already: two snapshots have most of them in common
}

func newUsage() *usage { return &usage{pairs: map[refs]struct{}{}, seen: map[string]struct{}{}} }

// add takes in a layout; fn, which may be nil, is told what each token that was not read before is about.
func (u *usage) add(list []string, fn func(token string, at refs)) {
	for _, token := range list {
		if _, ok := u.seen[token]; ok {
			continue
		}
		u.seen[token] = struct{}{}
		if at, ok := pair(token); ok {
			u.pairs[at] = struct{}{}
			if fn != nil {
				fn(token, at)
			}
		}
	}
}

// live are the objects that are needed.
func (u *usage) live() map[ref]bool {
	live := make(map[ref]bool, 2*len(u.pairs))
	for at := range u.pairs {
		live[at.content], live[at.form] = true, true
	}
	delete(live, 0)
	return live
}

// walk calls fn with the layout of each snapshot, the oldest first. What is damaged comes as an error to fn, which may go on.
func (st *Store) walk(ctx context.Context, tx *sqldb.Tx, list []row, fn func(s *row, tokens []string, err error) error) error {
	c := st.chains(tx)
	for i := range list {
		tokens, err := c.list(ctx, list[i].project, list[i].seq)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := fn(&list[i], tokens, err); err != nil {
			return err
		}
	}
	return nil
}

// rewrite replaces the object of a pack, in the transaction of a change, and condemns the old one.
func rewrite(ctx context.Context, tx *sqldb.Tx, p *packRow, object string) error {
	if _, err := tx.Exec(ctx, `UPDATE pack SET object = $1, digests = $2 WHERE seq = $3`, object, p.digests(), p.seq); err != nil {
		return err
	}
	return condemn(ctx, tx, p.object)
}

// condemn says that nothing needs the object any more; it is removed after the change.
func condemn(ctx context.Context, tx *sqldb.Tx, object string) error {
	_, err := tx.Exec(ctx, `UPDATE object SET state = 'condemned' WHERE name = $1`, object)
	return err
}
