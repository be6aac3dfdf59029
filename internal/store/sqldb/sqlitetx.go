package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// fileTx is a transaction on a file.
type fileTx struct {
	tx *sql.Tx
}

func (f *file) begin(ctx context.Context, readOnly bool) (session, error) {
	tx, err := f.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	return &fileTx{tx: tx}, nil
}

func (t *fileTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	res, err := t.tx.ExecContext(ctx, numbered(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *fileTx) queue(ctx context.Context, query string, args []any) error {
	_, err := t.exec(ctx, query, args)
	return err
}

func (t *fileTx) query(ctx context.Context, query string, args []any) (rows, error) {
	r, err := t.tx.QueryContext(ctx, numbered(query), args...)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// fileMark is a savepoint on a file.
type fileMark struct {
	t    *fileTx
	name string
}

func (t *fileTx) save(ctx context.Context, depth int) (mark, error) {
	m := fileMark{t, fmt.Sprintf("s%d", depth)}
	_, err := t.tx.ExecContext(ctx, "SAVEPOINT "+m.name)
	return m, err
}

func (m fileMark) release(ctx context.Context) error {
	_, err := m.t.tx.ExecContext(ctx, "RELEASE "+m.name)
	return err
}

// rollback fails where SQLite has ended the whole transaction by itself, as it does when the disk is full: then there is no such savepoint.
func (m fileMark) rollback(ctx context.Context) error {
	_, err := m.t.tx.ExecContext(ctx, "ROLLBACK TO "+m.name)
	if err == nil {
		err = m.release(ctx)
	}
	return err
}

// commit fails with an unknown outcome when the disk did not say that it has the log: what was written of it may be there after a crash.
func (t *fileTx) commit(context.Context) error {
	err := t.tx.Commit()
	if errors.Is(err, sqlite3.IOERR_FSYNC) {
		return errors.Join(ErrUnknownOutcome, err)
	}
	return err
}

func (t *fileTx) rollback() { _ = t.tx.Rollback() } // after a commit it does nothing; before, the error that counts is another

// numbered writes $1 as ?1. SQLite takes $1 for a name and numbers names by their first appearance, so that $2 before $1
// would silently get the other one's value (sqlite.org/lang_expr.html#varparam). Texts in quotes are left alone.
func numbered(query string) string {
	if !strings.Contains(query, "$") {
		return query
	}
	b := []byte(query)
	var quote byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '$' && i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '9':
			b[i] = '?'
		}
	}
	return string(b)
}
