package sqldb

import (
	"errors"

	"github.com/ncruces/go-sqlite3"

	"c4arch/internal/base/fault"
)

// cannot is what is said of a database to whoever asked, from afar perhaps: where it is stands behind it, for logs and command lines.
const cannot = "the database cannot do that now"

// at is an error with the database that it is of.
type at struct {
	name string
	err  error
}

func (a *at) Error() string { return a.name + ": " + a.err.Error() }
func (a *at) Unwrap() error { return a.err }

// fault gives an error of SQLite its kind, by its code (sqlite.org/rescode.html), and says what to do.
func (f *file) fault(err error) error {
	if errors.Is(err, ErrUnknownOutcome) {
		return fault.Wrap(fault.Unavailable, &at{f.path, ErrUnknownOutcome}, cannot)
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	var code sqlite3.ErrorCode
	if !errors.As(err, &code) {
		return fault.Wrap(fault.Internal, &at{f.path, err}, cannot)
	}
	kind, help := kindOf(code)
	var more sqlite3.ExtendedErrorCode
	if errors.As(err, &more) && more == sqlite3.CONSTRAINT_TRIGGER {
		kind, help = fault.Denied, "what is kept for good is not changed"
	}
	return fault.Wrap(kind, &at{f.path, err}, cannot).WithHelp("%s", help)
}

func kindOf(code sqlite3.ErrorCode) (fault.Kind, string) {
	switch code {
	case sqlite3.BUSY, sqlite3.LOCKED, sqlite3.PROTOCOL:
		return fault.Unavailable, "another c4arch is writing: try again when it is done"
	case sqlite3.FULL:
		return fault.Unavailable, "the disk is full: nothing was changed; make room and try again"
	case sqlite3.IOERR, sqlite3.NOLFS:
		return fault.Unavailable, "the disk does not take it or is full: nothing was changed"
	case sqlite3.READONLY, sqlite3.PERM, sqlite3.AUTH, sqlite3.CANTOPEN:
		return fault.Denied, "the folder or a file in it cannot be written: give it to the user who runs c4arch"
	case sqlite3.CONSTRAINT:
		return fault.Conflict, "something else was written first: try again"
	case sqlite3.CORRUPT, sqlite3.NOTADB:
		return fault.Internal, "the file is damaged, or its key is another: run c4arch fsck, and restore the folder from a backup"
	case sqlite3.TOOBIG, sqlite3.NOMEM:
		return fault.Limited, "it is too large"
	}
	return fault.Internal, "this should not happen"
}
