package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// pgMark is a savepoint. Its statement is pending like any other that nobody waits for.
type pgMark struct {
	t    *pgTx
	name string
	set  bool // the server has heard of it
}

func (t *pgTx) save(_ context.Context, depth int) (mark, error) {
	if err := t.free(); err != nil {
		return nil, err
	}
	m := &pgMark{t: t, name: fmt.Sprintf("s%d", depth)}
	t.pending = append(t.pending, statement{text: "SAVEPOINT " + m.name, mark: m})
	return m, nil
}

// at is where in pending its statement is, or -1.
func (m *pgMark) at() int {
	return slices.IndexFunc(m.t.pending, func(s statement) bool { return s.mark == m })
}

func (m *pgMark) release(ctx context.Context) error {
	t := m.t
	// A statement of the caller that nobody waited for must fail here, and not what comes after the savepoint.
	if slices.ContainsFunc(t.pending[m.at()+1:], func(s statement) bool { return s.own }) {
		if err := t.flush(ctx); err != nil {
			return err
		}
	}
	if !m.set { // nothing was done in it
		t.pending = t.pending[:m.at()]
		return nil
	}
	t.pending = append(t.pending, statement{text: "RELEASE SAVEPOINT " + m.name})
	return nil
}

var errGone = errors.New("the transaction is over")

func (m *pgMark) rollback(ctx context.Context) error {
	t := m.t
	if t.over || t.conn.Conn().IsClosed() || t.free() != nil {
		return errGone
	}
	if !m.set {
		if t.status() == 'E' { // it failed before the savepoint was there: all of it is lost
			return errGone
		}
		t.pending = t.pending[:m.at()]
		return nil
	}
	t.pending = t.pending[:0]
	// At once: in a failed transaction the server prepares no other statement.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	for _, text := range []string{"ROLLBACK TO SAVEPOINT ", "RELEASE SAVEPOINT "} {
		if _, err := t.conn.Conn().PgConn().Exec(ctx, text+m.name).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}
