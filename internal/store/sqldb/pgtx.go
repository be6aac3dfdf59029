package sqldb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The first words of a transaction. The organisation is set for the transaction only (third argument), so that the connection forgets it at its end.
const (
	beginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	setOrg     = "SELECT set_config('app.org_id', $1, true)"
)

// ending is how long the end of a transaction may take, whatever became of the context of the caller: an end that is cut off halfway would leave open
// whether it was a commit.
const ending = 30 * time.Second

// idle is the state of a connection that is in no transaction (the byte of ReadyForQuery, postgresql.org/docs/15/protocol-message-formats.html).
const idle = 'I'

// pgTx is a transaction on a server. What nobody waits for is kept in pending and goes with the next statement, in one round trip.
type pgTx struct {
	server  *Server
	conn    *pgxpool.Conn
	pending []statement
	flushes int // how often pending was sent
	open    *pgRows
	over    bool
}

type statement struct {
	text string
	args []any
	own  bool // of the caller, and not ours: it can fail
}

func (p *part) begin(ctx context.Context, readOnly bool) (session, error) {
	conn, err := p.server.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	t := &pgTx{server: p.server, conn: conn, pending: []statement{{text: beginWrite}}}
	if readOnly {
		t.pending[0].text = beginRead
	}
	if p.org != "" {
		t.pending = append(t.pending, statement{text: setOrg, args: []any{string(p.org)}})
	}
	return t, nil
}

func (t *pgTx) status() byte { return t.conn.Conn().PgConn().TxStatus() }

// send sends what is pending and one more statement, and returns the results at that of the last one. A connection that turns out to be dead before the server
// has said anything in this transaction, as all are after the server was started again, is replaced once: nothing can have been done on it.
func (t *pgTx) send(ctx context.Context, last *statement) (pgx.BatchResults, error) {
	if err := t.free(); err != nil {
		return nil, err
	}
	res, err := t.try(ctx, last)
	if err == nil || t.flushes > 0 || ctx.Err() != nil || errors.Is(err, errMeaning) || !t.conn.Conn().IsClosed() {
		return res, err
	}
	t.conn.Release()
	t.server.pool.Reset()
	conn, again := t.server.pool.Acquire(ctx)
	if again != nil {
		t.over = true
		return nil, again
	}
	t.conn = conn
	return t.try(ctx, last)
}

// try is one try of send. Where the beginning of the transaction itself was not reached, all stays pending.
func (t *pgTx) try(ctx context.Context, last *statement) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	for i := range t.pending {
		b.Queue(t.pending[i].text, t.pending[i].args...)
	}
	if last != nil {
		b.Queue(last.text, last.args...)
	}
	res := t.conn.SendBatch(ctx, b)
	for range t.pending {
		if _, err := res.Exec(); err != nil {
			return nil, t.lost(res, err)
		}
	}
	t.pending = t.pending[:0]
	t.flushes++
	return res, nil
}

// lost closes results after an error.
func (t *pgTx) lost(res pgx.BatchResults, err error) error {
	_ = res.Close() // it says the same again
	var said *pgconn.PgError
	if !errors.As(err, &said) && !wire(err) {
		err = errMeaning // pgx itself could not write an argument
	}
	if !t.conn.Conn().IsClosed() && t.status() != idle {
		t.pending = t.pending[:0]
		t.flushes++
	}
	return err
}

func (t *pgTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	res, err := t.send(ctx, &statement{text: query, args: args})
	if err != nil {
		return 0, err
	}
	tag, err := res.Exec()
	if err != nil {
		return 0, t.lost(res, err)
	}
	return tag.RowsAffected(), res.Close()
}

func (t *pgTx) queue(_ context.Context, query string, args []any) error {
	t.pending = append(t.pending, statement{query, args, true})
	return nil
}

func (t *pgTx) query(ctx context.Context, query string, args []any) (rows, error) {
	res, err := t.send(ctx, &statement{text: query, args: args})
	if err != nil {
		return nil, err
	}
	r, err := res.Query()
	if err != nil {
		return nil, t.lost(res, err)
	}
	t.open = &pgRows{t: t, res: res, rows: r}
	return t.open, nil
}

// free reads the rest of rows that are still being read, so that the connection can take another statement.
func (t *pgTx) free() error {
	if t.open == nil {
		return nil
	}
	return t.open.keep()
}

func (t *pgTx) flush(ctx context.Context) error {
	if len(t.pending) == 0 {
		return nil
	}
	res, err := t.send(ctx, nil)
	if err != nil {
		return err
	}
	return res.Close()
}

// pgMark is a savepoint. Its statement is pending like any other that nobody waits for.
type pgMark struct {
	t       *pgTx
	name    string
	at      int // of its statement in pending
	flushes int
}

func (t *pgTx) save(_ context.Context, depth int) (mark, error) {
	if err := t.free(); err != nil {
		return nil, err
	}
	m := &pgMark{t: t, name: fmt.Sprintf("s%d", depth), at: len(t.pending), flushes: t.flushes}
	t.pending = append(t.pending, statement{text: "SAVEPOINT " + m.name})
	return m, nil
}

func (m *pgMark) release(ctx context.Context) error {
	// A statement of the caller that nobody waited for must fail here, and not what comes after the savepoint.
	for i := range m.t.pending {
		if m.t.pending[i].own && (m.flushes != m.t.flushes || i > m.at) {
			if err := m.t.flush(ctx); err != nil {
				return err
			}
			break
		}
	}
	if m.flushes == m.t.flushes { // nothing was done in it
		m.t.pending = m.t.pending[:m.at]
		return nil
	}
	m.t.pending = append(m.t.pending, statement{text: "RELEASE SAVEPOINT " + m.name})
	return nil
}

var errGone = errors.New("the transaction is over")

func (m *pgMark) rollback(ctx context.Context) error {
	t := m.t
	if t.over || t.conn.Conn().IsClosed() || t.free() != nil {
		return errGone
	}
	if m.flushes == t.flushes { // the server has heard nothing of it
		t.pending = t.pending[:m.at]
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

// commit waits for the answer even when the caller has gone: only a lost connection leaves the outcome unknown.
func (t *pgTx) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.flushes == 0 && !t.owed() { // the server was never asked anything
		return t.end()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	res, err := t.send(ctx, &statement{text: "COMMIT"})
	if err != nil {
		return unknown(err, t.conn.Conn().IsClosed())
	}
	tag, err := res.Exec()
	if err == nil {
		err = res.Close()
	} else {
		_ = t.lost(res, err)
	}
	if err != nil {
		return unknown(err, t.conn.Conn().IsClosed())
	}
	if tag.String() != "COMMIT" {
		return errRolledBack
	}
	return t.end()
}

var errRolledBack = errors.New("the transaction was rolled back")

// owed reports whether a statement of the caller is pending.
func (t *pgTx) owed() bool {
	for i := range t.pending {
		if t.pending[i].own {
			return true
		}
	}
	return false
}

// unknown tells an error after which the transaction is not committed (the server said so and lives) from one that says nothing about that.
func unknown(err error, closed bool) error {
	var pg *pgconn.PgError
	if errors.Is(err, errMeaning) {
		return err
	}
	if errors.As(err, &pg) && !closed && pg.Severity != "FATAL" && pg.Severity != "PANIC" {
		return err
	}
	return errors.Join(ErrUnknownOutcome, err)
}

func (t *pgTx) end() error {
	t.over = true
	t.conn.Release()
	return nil
}

// rollback gives the connection back. One on which that does not succeed is closed by the pool, and the server rolls back.
func (t *pgTx) rollback() {
	if t.over {
		return
	}
	conn := t.conn.Conn()
	if t.open != nil {
		t.open.drop()
	}
	if !conn.IsClosed() && t.status() != idle {
		ctx, cancel := context.WithTimeout(context.Background(), ending)
		defer cancel()
		_, _ = conn.PgConn().Exec(ctx, "ROLLBACK").ReadAll()
	}
	_ = t.end()
}
