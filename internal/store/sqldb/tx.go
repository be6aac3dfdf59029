package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// Tx is a transaction. Statements have $1, $2 for their arguments, in any order and more than once.
type Tx struct {
	tx *sql.Tx
	db *DB
}

// Transact runs fn in a transaction that may write: it has the database for itself among writers from its beginning. When fn
// returns an error, or the commit fails, nothing happened.
func (db *DB) Transact(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, nil, fn)
}

// Read runs fn in a transaction that sees one state of the database, whatever others write meanwhile.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, &sql.TxOptions{ReadOnly: true}, fn)
}

func (db *DB) run(ctx context.Context, o *sql.TxOptions, fn func(*Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, o)
	if err != nil {
		return db.fault(ctx, err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; before, the error that counts is fn's
	if err := fn(&Tx{tx: tx, db: db}); err != nil {
		return err
	}
	return db.fault(ctx, tx.Commit())
}

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, numbered(query), args...)
	if err != nil {
		return 0, tx.db.fault(ctx, err)
	}
	n, err := res.RowsAffected()
	return n, tx.db.fault(ctx, err)
}

// Row reads the one row of a query; found is false when there is none.
func (tx *Tx) Row(ctx context.Context, to []any, query string, args ...any) (found bool, err error) {
	err = tx.tx.QueryRowContext(ctx, numbered(query), args...).Scan(to...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, tx.db.fault(ctx, err)
}

// Each calls fn for each row of a query.
func (tx *Tx) Each(ctx context.Context, query string, fn func(scan func(...any) error) error, args ...any) error {
	rows, err := tx.tx.QueryContext(ctx, numbered(query), args...)
	if err != nil {
		return tx.db.fault(ctx, err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		if err := fn(func(to ...any) error { return tx.db.fault(ctx, rows.Scan(to...)) }); err != nil {
			return err
		}
	}
	return tx.db.fault(ctx, rows.Err())
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
