package driftpage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/arch/drift"
	"c4arch/internal/base/canon"
)

// What a page shows at most: a browser holds all of it in memory. What is left out is said on the page, and is in drift.json.
const (
	maxFindings = 5_000
	maxUnknown  = 5_000
	maxValue    = 16 << 10 // bytes of a value
)

// bounded is the report with as much of it as a page can show. Findings stand gravest first, so that the least grave are left out.
func bounded(r *drift.Report) *drift.Report {
	out := *r
	out.Notes = slices.Clone(r.Notes)
	if n := len(r.Unknown) - maxUnknown; n > 0 {
		out.Unknown = r.Unknown[:maxUnknown]
		out.Notes = slices.Insert(out.Notes, 0, fmt.Sprintf("%d more things that could not be compared are left out of this page: drift.json has all of them", n))
	}
	if n := len(r.Findings) - maxFindings; n > 0 {
		out.Findings = r.Findings[:maxFindings]
		out.Notes = slices.Insert(out.Notes, 0, fmt.Sprintf("%d more findings, the least grave, are left out of this page: drift.json has all of them", n))
	}
	out.Findings = slices.Clone(out.Findings)
	for i := range out.Findings {
		f := &out.Findings[i]
		f.Old, f.New = short(f.Old), short(f.New)
	}
	return &out
}

// short is a value, or the beginning of one that is very long as text.
func short(raw canon.Raw) canon.Raw {
	if len(raw) <= maxValue {
		return raw
	}
	text := fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(string(raw[:maxValue]), "\uFFFD"), len(raw))
	quoted, _ := jsontext.AppendQuote(nil, text) // it is valid
	return canon.Raw(quoted)
}
