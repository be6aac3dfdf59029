package cli

import (
	"context"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/auditing"
	"c4arch/internal/trust/ledger"
)

func TestRestoreAccept(t *testing.T) {
	var err error
	known := int64(12)
	p := &Program{}
	p.Operator.AcceptRollback = func(_ context.Context, _ Env, at Instance, organisation, reason string) (*auditing.Accepted, error) {
		if at.Data != "here" || organisation != "contoso" || reason != "the disk failed" {
			t.Errorf("asked for %+v %q %q", at, organisation, reason)
		}
		return &auditing.Accepted{
			Log: id.Org("og_00000000000000000000000001"), Known: ledger.Tree{Size: known}, Kept: ledger.Tree{Size: 7},
			Origin: "localhost/audit/og_00000000000000000000000001/20261123T093000Z", Index: 7,
		}, err
	}
	ask := []string{"restore", "accept", "contoso", "--data", "here", "--reason", "the disk failed"}
	code, out, errs := runCommand(p, ask...)
	if code != 0 || !strings.Contains(out, "goes on after 7 entries. Lost: entries 7 to 11.") || !strings.Contains(out, "/20261123T093000Z.") || errs != "" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	known = 7
	if _, out, _ = runCommand(p, ask...); !strings.Contains(out, "Lost: another history of as many.") {
		t.Errorf("%q", out)
	}
	err = fault.New(fault.Conflict, "there is nothing to accept")
	if code, out, errs = runCommand(p, ask...); code != 1 || out != "" || !strings.Contains(errs, "there is nothing to accept") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	for _, bad := range [][]string{{"restore", "accept", "--reason", "x"}, {"restore", "accept", "contoso"}, {"restore", "accept", "a", "b", "--reason", "x"}} {
		if code, _, _ := runCommand(p, bad...); code != 1 {
			t.Errorf("%v is taken: %d", bad, code)
		}
	}
}
