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
