package sqldb

import (
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pgRows are the rows of a query. A connection can do one thing at a time: when another statement comes before they have been read to their end, the rest is
// kept in memory and read from there.
type pgRows struct {
	t      *pgTx
	res    pgx.BatchResults
	rows   pgx.Rows
	fields []pgconn.FieldDescription
	kept   [][][]byte // rows not read yet; nil while they are read from the connection
	now    [][]byte   // the row that Next moved to, of those that were kept
	closed bool
	err    error
}

func (r *pgRows) Next() bool {
	if r.closed {
		if len(r.kept) == 0 {
			r.now = nil
			return false
		}
		r.now, r.kept = r.kept[0], r.kept[1:]
		return true
	}
	if r.rows.Next() {
		return true
	}
	r.shut()
	return false
}

// keep reads the rest, the row that Next moved to among it.
func (r *pgRows) keep() error {
	if r.closed {
		return nil
	}
	r.fields = append([]pgconn.FieldDescription(nil), r.rows.FieldDescriptions()...)
	r.now = clone(r.rows.RawValues())
	for r.rows.Next() {
		r.kept = append(r.kept, clone(r.rows.RawValues()))
	}
	r.shut()
	return r.err
}

func clone(row [][]byte) [][]byte {
	c := make([][]byte, len(row))
	for i, v := range row {
		if v != nil {
			c[i] = append([]byte{}, v...)
		}
	}
	return c
}

// shut ends the reading from the connection.
func (r *pgRows) shut() {
	r.closed = true
	r.t.open = nil
	r.rows.Close()
	err := r.rows.Err()
	if e := r.res.Close(); err == nil {
		err = e
	}
	r.err = err
}

func (r *pgRows) drop() {
	if !r.closed {
		r.shut()
	}
	r.kept = nil
}

func (r *pgRows) Scan(to ...any) error {
	list := make([]any, len(to))
	for i, t := range to {
		list[i] = t
		if b, ok := t.(*bool); ok {
			list[i] = truth{b}
		}
	}
	var err error
	if r.closed {
		err = pgx.ScanRow(r.t.conn.Conn().TypeMap(), r.fields, r.now, list...)
	} else {
		err = r.rows.Scan(list...)
	}
	if err != nil {
		return errMeaning
	}
	return nil
}

func (r *pgRows) Err() error { return r.err }

func (r *pgRows) Close() error { r.drop(); return r.err }

// truth reads a bool that is kept as 0 or 1.
type truth struct{ to *bool }

// Scan converts as database/sql does.
func (t truth) Scan(v any) error {
	var n sql.Null[bool]
	if err := n.Scan(v); err != nil {
		return err
	}
	if !n.Valid {
		return errMeaning
	}
	*t.to = n.V
	return nil
}
