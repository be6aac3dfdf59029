package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestError(t *testing.T) {
	err := Wrap(Invalid, io.ErrUnexpectedEOF, "the file %q cannot be read", "a.json").WithHelp("export it %s", "again")
	if got, want := err.Error(), `the file "a.json" cannot be read: unexpected EOF (export it again)`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if got := New(Limited, "too large").Error(); got != "too large" {
		t.Error(got)
	}
}

func TestKindsAndExitCodes(t *testing.T) {
	for _, x := range []struct {
		err  error
		kind Kind
		code int
	}{
		{nil, "", 0},
		{io.EOF, Internal, 1},
		{New(Invalid, "x"), Invalid, 1},
		{New(Denied, "x"), Denied, 1},
		{New(NotFound, "x"), NotFound, 1},
		{New(Conflict, "x"), Conflict, 1},
		{New(Limited, "x"), Limited, 1},
		{New(Unavailable, "x"), Unavailable, 1},
		{New(Internal, "x"), Internal, 1},
		{New(Incomplete, "x"), Incomplete, 3},
		{New(Drift, "x"), Drift, 2},
		{fmt.Errorf("while: %w", New(Incomplete, "x")), Incomplete, 3},
		{Wrap(NotFound, New(Incomplete, "x"), "y"), NotFound, 1},
		{errors.Join(io.EOF, New(Invalid, "x")), Invalid, 1},
	} {
		if got := KindOf(x.err); got != x.kind {
			t.Errorf("%v is %s, not %s", x.err, got, x.kind)
		}
		if got := ExitCode(x.err); got != x.code {
			t.Errorf("%v exits with %d, not %d", x.err, got, x.code)
		}
	}
}

func TestStatusAndPublic(t *testing.T) {
	for err, want := range map[error]int{
		nil: 200, io.EOF: 500, New(Invalid, "x"): 400, New(Denied, "x"): 403, New(Unaccepted, "x"): 403, New(NotFound, "x"): 404, New(Conflict, "x"): 409, New(Limited, "x"): 413, New(Unavailable, "x"): 503,
		New(Internal, "x"): 500, fmt.Errorf("while: %w", New(NotFound, "x")): 404,
	} {
		if got := Status(err); got != want {
			t.Errorf("%v has the status %d, not %d", err, got, want)
		}
	}
	for _, err := range []error{io.EOF, Wrap(Internal, io.EOF, "row 7"), fmt.Errorf("dial: %w", io.EOF)} {
		if msg, help := Public(err); msg != "something went wrong here" || help != "" {
			t.Errorf("%v says %q %q outside", err, msg, help)
		}
	}
	if msg, help := Public(Wrap(Invalid, io.EOF, "no time").WithHelp("write it anew")); msg != "no time" || help != "write it anew" {
		t.Errorf("%q %q", msg, help)
	}
}
