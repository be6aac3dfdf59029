package sqldb

import (
	"context"
	"errors"
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

// acquiring is how long a transaction waits for a connection.
const acquiring = 30 * time.Second

var errBusy = errors.New("all connections are in use")

// idle is the state of a connection that is in no transaction (the byte of ReadyForQuery, postgresql.org/docs/15/protocol-message-formats.html).
const idle = 'I'

// pgTx is a transaction on a server. What nobody waits for is kept in pending and goes with the next statement, in one round trip.
type pgTx struct {
	server  *Server
	conn    *pgxpool.Conn
	pending []statement
	begun   bool // the server has heard of the transaction
	final   bool // the next query is the last
	ended   bool // COMMIT was sent with it
	open    *pgRows
	over    bool
}

type statement struct {
	text string
	args []any
	own  bool    // of the caller, and not ours: it can fail
	ends bool    // the transaction ends with it
	mark *pgMark // the savepoint that it sets
}

func (p *part) begin(ctx context.Context, readOnly bool) (session, error) {
	// A transaction inside another one takes a second connection: many of them could wait for each other for ever.
	waiting, cancel := context.WithTimeout(ctx, acquiring)
	defer cancel()
	conn, err := p.server.pool.Acquire(waiting)
	if err != nil {
		if ctx.Err() == nil && waiting.Err() != nil {
			return nil, errBusy
		}
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

// send sends what is pending and one more statement (nil is none), and returns the results at that of the last one. A connection that turns out to be dead before
// the server has said anything in this transaction, as all are after the server was started again, is replaced once: nothing can have been done on it.
func (t *pgTx) send(ctx context.Context, last *statement) (pgx.BatchResults, error) {
	if err := t.free(); err != nil {
		return nil, err
	}
	if t.ended {
		return nil, errAfterLast
	}
	if err := t.ahead(ctx, last); err != nil {
		return nil, err
	}
	res, err := t.try(ctx, len(t.pending), last)
	if err == nil || t.begun || ctx.Err() != nil || errors.Is(err, errMeaning) || !t.conn.Conn().IsClosed() {
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
	return t.try(ctx, len(t.pending), last)
}

// known are the statements that a connection has prepared, as far as is known here: pgx forgets the oldest of 512. Where it has forgotten more, and what it
// prepares again is wrong, the transaction fails as a whole.
const (
	known    = "c4arch.known"
	knownMax = 400
)

// ahead sends pending savepoints ahead of a statement that pgx has to prepare. It prepares before it sends any of a batch: what cannot be prepared would fail the
// transaction before its savepoint is set. (Before BEGIN it fails nothing.)
func (t *pgTx) ahead(ctx context.Context, last *statement) error {
	if t.status() == idle {
		return nil
	}
	texts, _ := t.conn.Conn().PgConn().CustomData()[known].(map[string]bool)
	fresh := last != nil && !texts[last.text]
	for i := len(t.pending) - 1; i >= 0; i-- {
		s := &t.pending[i]
		if fresh && s.mark != nil {
			res, err := t.try(ctx, i+1, nil)
			if err != nil {
				return err
			}
			return res.Close()
		}
		fresh = fresh || s.own && !texts[s.text]
	}
	return nil
}

// try sends the first n of pending and last. Those that were run are pending no more.
func (t *pgTx) try(ctx context.Context, n int, last *statement) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	for i := range n {
		b.Queue(t.pending[i].text, t.pending[i].args...)
	}
	if last != nil {
		b.Queue(last.text, last.args...)
		if last.ends {
			b.Queue("COMMIT")
		}
	}
	res := t.conn.SendBatch(ctx, b)
	for range n {
		if _, err := res.Exec(); err != nil {
			return nil, t.lost(res, err)
		}
		t.ran()
	}
	return res, nil
}

// ran takes the first of pending away.
func (t *pgTx) ran() {
	s := t.pending[0]
	t.pending = t.pending[1:]
	if s.mark != nil {
		s.mark.set = true
	}
	t.heard(s.text)
}

// heard notes that the server has run a statement.
func (t *pgTx) heard(text string) {
	t.begun = true
	data := t.conn.Conn().PgConn().CustomData()
	texts, _ := data[known].(map[string]bool)
	if texts == nil || len(texts) >= knownMax {
		texts = map[string]bool{}
		data[known] = texts
	}
	texts[text] = true
}

// lost closes results after an error.
func (t *pgTx) lost(res pgx.BatchResults, err error) error {
	_ = res.Close()                                    // it says the same again
	delete(t.conn.Conn().PgConn().CustomData(), known) // pgx forgets what stood in a batch that failed
	var said *pgconn.PgError
	if !errors.As(err, &said) && !wire(err) {
		err = errMeaning // pgx itself could not write an argument
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
	t.heard(query)
	return tag.RowsAffected(), res.Close()
}

func (t *pgTx) queue(_ context.Context, query string, args []any) error {
	t.pending = append(t.pending, statement{text: query, args: args, own: true})
	return nil
}

func (t *pgTx) query(ctx context.Context, query string, args []any) (rows, error) {
	res, err := t.send(ctx, &statement{text: query, args: args, ends: t.final})
	if err != nil {
		return nil, err
	}
	t.ended = t.final
	r, err := res.Query()
	if err != nil {
		return nil, t.lost(res, err)
	}
	t.heard(query)
	t.open = &pgRows{t: t, res: res, rows: r}
	return t.open, nil
}

// errAfterLast says that something was asked for behind what was said to be the last.
var errAfterLast = errors.New("the transaction has ended with the statement before")

func (t *pgTx) last() { t.final = true }

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

// commit waits for the answer even when the caller has gone: only a lost connection leaves the outcome unknown.
func (t *pgTx) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.ended { // with the last query
		if t.open != nil {
			t.open.drop()
		}
		if t.status() != idle {
			return errRolledBack
		}
		return t.end()
	}
	if !t.begun && !t.owed() { // the server was never asked anything
		return t.end()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	res, err := t.send(ctx, &statement{text: "COMMIT"})
	switch {
	case t.over: // there was no connection to be had, and nothing was begun
		return err
	case err != nil:
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
