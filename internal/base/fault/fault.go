// Package fault is the short closed list of error kinds and the tables that map
// them to a process exit code and to a status of HTTP. It imports nothing of ours.
//
// A fault's message is written for the person who reads it: what, where, what to do.
// It never quotes input that may hold a secret.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what sort of error it is: what a caller branches on.
type Kind string

// The kinds.
const (
	Invalid     Kind = "invalid"     // the input or the request is wrong
	Denied      Kind = "denied"      // not allowed
	NotFound    Kind = "notfound"    // no such thing, or not yours to know of
	Conflict    Kind = "conflict"    // something else changed first
	Limited     Kind = "limited"     // a size, depth or rate limit was met
	Unavailable Kind = "unavailable" // a thing we depend on does not answer
	Internal    Kind = "internal"    // our fault
	Incomplete  Kind = "incomplete"  // done, but something could not be read
	Drift       Kind = "drift"       // done, and what is live is not what was approved
	Unaccepted  Kind = "unaccepted"  // documents have to be accepted for the organisation first
)

// Error is an error of a kind, with words for a person.
type Error struct {
	Kind Kind
	Msg  string
	Help string // what to do, or ""
	Err  error  // cause, or nil
}

// Error returns the message with the cause behind it, and what to do.
func (e *Error) Error() string {
	s := e.Msg
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Help != "" {
		s += " (" + e.Help + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind.
func New(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Msg: fmt.Sprintf(format, args...)}
}

// Wrap makes an error of a kind with a cause.
func Wrap(k Kind, err error, format string, args ...any) *Error {
	return &Error{Kind: k, Msg: fmt.Sprintf(format, args...), Err: err}
}

// WithHelp adds what to do and returns the error.
func (e *Error) WithHelp(format string, args ...any) *Error {
	e.Help = fmt.Sprintf(format, args...)
	return e
}

// KindOf returns the kind of err: Internal for an error without one, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// ExitCode is the exit code of the command line for err: 0 done, 1 error, 2 done and there is
// drift at or above the threshold, 3 done but something could not be read.
func ExitCode(err error) int {
	switch KindOf(err) {
	case "":
		return 0
	case Drift:
		return 2
	case Incomplete:
		return 3
	}
	return 1
}

// Status is the status of HTTP (RFC 9110) for err: 200 for nil, 500 for what has no kind.
func Status(err error) int {
	switch KindOf(err) {
	case "":
		return 200
	case Invalid:
		return 400
	case Denied, Unaccepted:
		return 403
	case NotFound:
		return 404
	case Conflict:
		return 409
	case Limited:
		return 413
	case Unavailable:
		return 503
	}
	return 500
}

// Public is what a person outside may read of err: what an error of ours says, without its cause, and nothing of any other.
func Public(err error) (msg, help string) {
	var f *Error
	if !errors.As(err, &f) || f.Kind == Internal {
		return "something went wrong here", ""
	}
	return f.Msg, f.Help
}
