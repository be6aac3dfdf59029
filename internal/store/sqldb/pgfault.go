package sqldb

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"c4arch/internal/base/fault"
)

// errMeaning says that an argument cannot be written as what a statement takes, or a column not be read as what the program expects. What pgx says of it may quote the value.
var errMeaning = errors.New("another type")

// serverError is what a server said, without the values that its own words may quote.
type serverError struct{ code, constraint, table, words string }

func (e *serverError) Error() string {
	s := "SQLSTATE " + e.code
	if e.constraint != "" {
		s += fmt.Sprintf(" (%s of %s)", e.constraint, e.table)
	}
	if e.words != "" {
		s += ": " + e.words
	}
	return s
}

// Code is the SQLSTATE of an error of a server, else "".
func Code(err error) string {
	var e *serverError
	if errors.As(err, &e) {
		return e.code
	}
	return ""
}

// The kinds by SQLSTATE (postgresql.org/docs/15/errcodes-appendix.html): a code, or a class of two letters.
var states = []struct {
	code string
	kind fault.Kind
	help string
}{
	{"23502", fault.Internal, "this should not happen"},
	{"23514", fault.Conflict, "something else was written first: try again"},
	{"23", fault.Conflict, "something else was written first: try again"},
	{"40001", fault.Unavailable, "another transaction was first: try again"},
	{"40P01", fault.Unavailable, "two transactions waited for each other: try again"},
	{"55P03", fault.Unavailable, "another c4arch is writing: try again when it is done"},
	{"55006", fault.Unavailable, "another c4arch is writing: try again when it is done"},
	{"42501", fault.Denied, "the role of the database does not allow it"},
	{"25006", fault.Denied, "this transaction only reads"},
	{"28", fault.Denied, "check the role and its password"},
	{"3D000", fault.NotFound, "make the database, or correct its URL"},
	{"53100", fault.Unavailable, "the disk is full: nothing was changed; make room and try again"},
	{"53", fault.Unavailable, "the database has no room for it now: try again later"},
	{"54", fault.Limited, "it is too large"},
	{"57014", fault.Unavailable, "it took too long"},
	{"57", fault.Unavailable, "the database is going down or coming up: try again later"},
	{"58", fault.Unavailable, "the disk of the database does not take it"},
	{"08", fault.Unavailable, "the connection to the database was lost: try again"},
	{"22021", fault.Invalid, "write the text in UTF-8"},
	{"22003", fault.Invalid, "the number is too large"},
	{"XX", fault.Internal, "the database is damaged: restore it from a backup"},
}

// raised is what a trigger of ours that keeps the past as it is says.
const raised = "23001"

func stateOf(code string) (fault.Kind, string) {
	if code == raised {
		return fault.Denied, "what is kept for good is not changed"
	}
	for _, s := range states {
		if strings.HasPrefix(code, s.code) {
			return s.kind, s.help
		}
	}
	return fault.Internal, "this should not happen"
}

// wire reports whether err is of the connection.
func wire(err error) bool {
	var of net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &of) || errors.As(err, &connect) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) || pgconn.Timeout(err)
}

// pgFault gives an error of a server its kind. What is no answer of the server is a connection that was lost or not made.
func pgFault(name string, err error) error {
	if errors.Is(err, ErrUnknownOutcome) {
		return fault.Wrap(fault.Unavailable, &at{name, ErrUnknownOutcome}, cannot)
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		e := &serverError{code: pg.Code, constraint: pg.ConstraintName, table: pg.TableName}
		if class := pg.Code[:min(2, len(pg.Code))]; class != "22" && class != "23" {
			e.words = pg.Message // of these two classes the words quote values
		}
		kind, help := stateOf(pg.Code)
		return fault.Wrap(kind, &at{name, e}, cannot).WithHelp("%s", help)
	}
	switch {
	case errors.Is(err, errRolledBack):
		return fault.New(fault.Internal, "the database %s rolled a transaction back that should have been committed", name)
	case errors.Is(err, errBusy):
		return fault.Wrap(fault.Unavailable, errors.New(name), "all connections to the database are in use").WithHelp("try again later, or allow more connections")
	case errors.Is(err, errMeaning):
		return fault.New(fault.Internal, "the database %s: an argument or a column is not of the type that the program says", name)
	}
	return fault.Wrap(fault.Unavailable, errors.New(name), "the database does not answer").WithHelp("see that it runs and can be reached, and try again")
}
