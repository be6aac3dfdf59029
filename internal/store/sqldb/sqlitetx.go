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
	file  *file
	ctx   context.Context //nolint:containedctx // of the transaction
	tx    *sql.Tx
	pool  *sql.DB
	cache *prepared
	learn []string // to be prepared when it is over
}

func (f *file) begin(ctx context.Context, readOnly bool) (session, error) {
	t := &fileTx{file: f, ctx: ctx, pool: f.sql, cache: &f.written}
	if readOnly {
		t.pool, t.cache = f.reads, &f.prepared
	}
	var err error
	if t.tx, err = t.pool.BeginTx(ctx, nil); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *fileTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	var res sql.Result
	var err error
	if s := t.known(query); s != nil {
		res, err = t.tx.StmtContext(ctx, s).ExecContext(ctx, args...)
	} else {
		res, err = t.tx.ExecContext(ctx, numbered(query), args...)
	}
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
	var r *sql.Rows
	var err error
	if s := t.known(query); s != nil {
		r, err = t.tx.StmtContext(ctx, s).QueryContext(ctx, args...)
	} else {
		r, err = t.tx.QueryContext(ctx, numbered(query), args...)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// known is the statement, when it was prepared before.
func (t *fileTx) known(query string) *sql.Stmt {
	s, learn := t.cache.get(query)
	if learn {
		t.learn = append(t.learn, query)
	}
	return s
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

// rollback ends the transaction: after a commit it only lets it go; before, the error that counts is another.
func (t *fileTx) last() {}

func (t *fileTx) rollback() {
	_ = t.tx.Rollback()
	if len(t.learn) > 0 {
		t.cache.learn(t.ctx, t.pool, t.learn)
	}
}

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
