package drift_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/exception"
	"c4arch/internal/arch/severity"
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

// Items that nothing identifies stand elsewhere on the two sides: the values of a finding are those of the item that changed, and not of
// whatever stands at its number now.
func TestValuesOfTheItemThatChanged(t *testing.T) {
	item := func(a, b, c, d string) string {
		return `{"a":{"v":"` + a + `"},"b":{"v":"` + b + `"},"c":{"v":"` + c + `"},"d":{"v":"` + d + `"},"e":{"v":"same ` + a + `"}}`
	}
	list := func(items ...string) thing {
		return arm("Microsoft.Fabrikam/things", "t", `{"list":[`+strings.Join(items, ",")+`]}`)
	}
	old := list(item("a0", "b0", "c0", "d0"), item("a1", "b1", "c1", "d1"), item("a2", "b2", "c2", "d2"))
	now := list(item("new", "new", "new", "new"), item("a2", "b2", "c2", "d2"), item("a1", "b1", "x1", "y1"), item("a0", "b0", "c0", "d0"))
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if table, err = severity.Load(table, "c4arch.rules.yaml", []byte(`version: 1
rules:
  - id: X-ITEM
    title: An item differs
    severity: high
    on: [{type: microsoft.fabrikam/things, path: "properties.list[]"}]
    neutral: "old != null && new != null"
    reason: It may matter.
    remediation: Look.
    source: https://www.rfc-editor.org/rfc/rfc6901
`)); err != nil {
		t.Fatal(err)
	}
	r := compare(t, snapshot(t, day1, "", []thing{old}), snapshot(t, day2, "", []thing{now}), func(q *drift.Request) { q.Table = table })
	found := 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Rule != "X-ITEM" {
			continue
		}
		found++
		if !strings.Contains(string(f.Old), `"c1"`) || !strings.Contains(string(f.New), `"x1"`) || !strings.Contains(string(f.New), `"y1"`) {
			t.Errorf("at %s: %s became %s", f.Path, f.Old, f.New)
		}
	}
	if found != 1 {
		t.Errorf("%d findings on items: %q", found, lines(r))
	}
}

// endsAfter is a context that is asked a number of times before it has ended.
type endsAfter struct {
	context.Context
	left int
}

func (c *endsAfter) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever a comparison is interrupted, there is no report at all: half of one would say clean of what nobody looked at.
func TestInterrupted(t *testing.T) {
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	old, now := snapshot(t, day1, "", []thing{store("a", closedStore)}), snapshot(t, day2, "", []thing{store("a", openBlobs)})
	at, err := time.Parse(time.RFC3339, day2)
	if err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for n := range 1000 {
		r, err := drift.Compare(&endsAfter{t.Context(), n}, drift.Request{Mode: drift.ModeSnapshots, Old: drift.Subject{Snapshot: old}, New: drift.Subject{Snapshot: now}, Table: table, Now: at})
		if err == nil {
			if len(r.Findings) != 1 || r.Findings[0].FirstSeen == "" {
				t.Fatalf("after %d: %q", n, lines(r))
			}
			if stopped < 3 {
				t.Errorf("it asks whether it should end %d times", stopped)
			}
			return
		}
		if stopped++; r != nil || !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d: %v with a report: %v", n, err, r != nil)
		}
	}
	t.Error("it never came to its end")
}
