package app

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/content/register"
	"c4arch/internal/trust/control"
)

var updateStanding = flag.Bool("update-standing", false, "write docs/trust/standing.md anew, from the runs of an instance")

var standingPage = filepath.Join("..", "..", "docs", "trust", "standing.md")

// TestStanding has every check run on a new instance with an organisation, a project and a scan, and tells where the clauses stand. What the platform below says (volumes, the build) differs by
// machine, so the page is written on demand, and what is held against it is that it has every clause once, in a state that there is, and counts them rightly.
func TestStanding(t *testing.T) {
	if *updateStanding {
		if err := os.WriteFile(standingPage, []byte(standing(t)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(standingPage)
	if err != nil {
		t.Fatal(err)
	}
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	counted, listed := map[string]string{}, map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z ]+) \| (\d+) \| (.*) \|$`).FindAllStringSubmatch(string(page), -1) {
		ids := strings.Fields(strings.ReplaceAll(m[3], ",", " "))
		if !slices.Contains(control.States(), control.State(m[1])) || fmt.Sprint(len(ids)) != m[2] {
			t.Errorf("%q is no state, or has %d clauses and not %s", m[1], len(ids), m[2])
		}
		counted[m[1]] = m[2]
		for _, id := range ids {
			listed[id]++
		}
	}
	for _, c := range reg.Clauses {
		if listed[c.ID] != 1 {
			t.Errorf("%s is listed %d times: go test ./internal/app -run TestStanding -update-standing", c.ID, listed[c.ID])
		}
	}
	if len(listed) != len(reg.Clauses) || len(counted) == 0 {
		t.Errorf("%d clauses are listed of %d", len(listed), len(reg.Clauses))
	}
}

// standing is the page, from the runs of an instance.
func standing(t *testing.T) string {
	s := fresh(t)
	r := serves(t, s)
	owner := r.setUp().organisation("contoso")
	var scan struct{ ID string }
	owner.must("POST", owner.project("shop")+"/uploads", packed(t, "../../examples/contoso"), &scan)
	r.end()
	bare := s.without("listen", "log-level")
	if code, out := runs(t, bare, "control", "run"); !strings.Contains(out, "row-security") {
		t.Fatalf("control run: %d\n%s", code, out)
	}
	var out, errs bytes.Buffer
	if code := bare.run(t.Context(), &out, &errs, "control", "list", "--clauses", "--json"); code != 0 {
		t.Fatalf("%d %s", code, errs.String())
	}
	var rep control.Report
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil {
		t.Fatal(err)
	}
	by := map[control.State][]string{}
	for _, c := range rep.Clauses {
		by[c.State] = append(by[c.State], c.ID)
	}
	var b strings.Builder
	b.WriteString("# Where the clauses stand\n\nWritten from the runs of all checks on a new instance with the embedded engine, one organisation, one project and one scan, without TLS, a provider or owners: `go test ./internal/app -run TestStanding -update-standing`.\n" +
		"Another instance stands elsewhere: `c4arch control list --clauses` and `/staff/register` tell where. *holds* is true now; *attested* is true by a dated statement of a person; *partly* is looked at in part; *not exercised* had nothing to look at;\n" +
		"*failing* is not true; *not yet* has no check that could tell. [controls.md](../controls.md) has the words of each clause.\n\n| state | clauses | which |\n|---|---|---|\n")
	for _, state := range control.States() {
		if ids := by[state]; len(ids) > 0 {
			fmt.Fprintf(&b, "| %s | %d | %s |\n", state, len(ids), strings.Join(ids, ", "))
		}
	}
	return b.String()
}
