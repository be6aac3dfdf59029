package driftpage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
)

// TestBounded: fifty thousand findings, and a value of a megabyte, make no page that a browser cannot open; what is left out is said.
func TestBounded(t *testing.T) {
	r := &drift.Report{Name: "Contoso", Notes: []string{"first"}}
	for i := range 50_000 {
		r.Findings = append(r.Findings, drift.Finding{
			ID: fmt.Sprint("d", i), Severity: severity.High, Rule: "X", Old: canon.Raw("null"), New: canon.Raw("1"),
			Resource: strings.Repeat("x", 200), Reason: strings.Repeat("y", 200),
		})
		r.Unknown = append(r.Unknown, drift.Unknown{Resource: fmt.Sprint("r", i), Reason: "not seen", Count: 1})
	}
	r.Findings[0].New = canon.Raw(`"` + strings.Repeat("ä", 1<<20) + `"`)
	var out bytes.Buffer
	if err := Write(&out, &Page{Report: r}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 8<<20 {
		t.Errorf("the page has %d bytes", out.Len())
	}
	if len(r.Findings) != 50_000 || len(r.Findings[0].New) < 1<<20 || len(r.Notes) != 1 {
		t.Error("the report itself was changed")
	}
	b := bounded(r)
	if len(b.Findings) != maxFindings || len(b.Unknown) != maxUnknown || !json.Valid(b.Findings[0].New) {
		t.Errorf("%d findings, %d unknown", len(b.Findings), len(b.Unknown))
	}
	if got := strings.Join(b.Notes, "|"); !strings.HasPrefix(got, "45000 more findings, the least grave, are left out") || !strings.HasSuffix(got, "|first") {
		t.Errorf("notes: %s", got)
	}
}
