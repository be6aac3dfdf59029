package drift_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/exception"
)

// An exception that accepts everything makes any run clean: the report says so before anything else.
func TestBlankCheque(t *testing.T) {
	old, now := snapshot(t, day1, "", []thing{store("a", closedStore)}), snapshot(t, day2, "", []thing{store("a", openBlobs)})
	for _, c := range []struct {
		scope, rule, path, expires string
		want                       bool
	}{
		{"*", "*", "", "2026-12-31", true},
		{"**", "?*", "*", "2026-12-31", true},
		{"*", "*", "", "2026-10-31", false},
		{"*", "AZ-*", "", "2026-12-31", false},
		{"*/storageaccounts/*", "*", "", "2026-12-31", false},
		{"*", "*", "properties.*", "2026-12-31", false},
	} {
		x := exception.Exception{
			ID: "any", Scope: c.scope, Rule: c.rule, Path: c.path, Owner: "shop-team", Reason: "later", CreatedBy: "shop-team",
			ApprovedBy: []string{"security-team", "platform-team"}, Created: "2026-10-01", Expires: c.expires,
		}
		r := compare(t, old, now, func(q *drift.Request) { q.Exceptions = &exception.Set{Exceptions: []exception.Exception{x}} })
		if got := len(r.Notes) > 0 && strings.HasPrefix(r.Notes[0], "The exception any accepts every finding"); got != c.want {
			t.Errorf("%+v: notes %q", c, r.Notes)
		}
	}
}

// One resource with very much in it costs as much as many with little: nothing is read anew for each place. Were it so, this would not end within
// the time that a test has.
func TestOneHugeResource(t *testing.T) {
	const n = 30_000
	huge := func(times int) thing {
		var b strings.Builder
		b.WriteString(`{"list":[`)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"name":"n%d","v":%d}`, i, i*times)
		}
		b.WriteString(`]}`)
		return arm("Microsoft.Fabrikam/things", "huge", b.String())
	}
	began := time.Now()
	r := compare(t, snapshot(t, day1, "", []thing{huge(1)}), snapshot(t, day2, "", []thing{huge(2)}))
	if len(r.Findings) != n-1 || r.Summary.Changed != 1 {
		t.Errorf("%d findings, %+v", len(r.Findings), r.Summary)
	}
	t.Logf("%v", time.Since(began).Round(time.Millisecond))
}
