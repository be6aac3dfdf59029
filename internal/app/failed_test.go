package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// TestPolicyErrorsAreCounted: a denial by a policy that could not be evaluated is a mistake of ours, and no other denial is.
func TestPolicyErrorsAreCounted(t *testing.T) {
	var out bytes.Buffer
	n := 0
	in := &instance{log: slog.New(slog.NewTextHandler(&out, nil)), policyFailed: func() { n++ }}
	failed := in.failed("a request failed")
	failed(t.Context(), fault.Wrap(fault.Denied, access.ErrPolicy, "that is not allowed"))
	failed(t.Context(), fault.New(fault.Internal, "something else"))
	if n != 1 || strings.Count(out.String(), "a request failed") != 2 {
		t.Errorf("%d counted\n%s", n, out.String())
	}
	in.policyFailed = nil
	in.failed("a page failed")(t.Context(), fault.Wrap(fault.Denied, access.ErrPolicy, "that is not allowed"))
}
