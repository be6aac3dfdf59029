package drift

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/content/say"
	"c4arch/internal/service/detect"
)

// stateName is a state in words.
func stateName(ctx context.Context, s detect.FindingState) string {
	switch s {
	case detect.Accepted:
		return say.T(ctx, "Excepted")
	case detect.Gone:
		return say.T(ctx, "Over")
	}
	return say.T(ctx, "Open")
}

// kindName is what became of a thing, in words.
func kindName(ctx context.Context, k diff.Kind) string {
	switch k {
	case diff.Added:
		return say.T(ctx, "Added")
	case diff.Removed:
		return say.T(ctx, "Removed")
	case diff.Moved:
		return say.T(ctx, "Moved")
	case diff.Replaced:
		return say.T(ctx, "Replaced")
	}
	return say.T(ctx, "Changed")
}

func severityName(ctx context.Context, s string) string {
	switch severity.Severity(s) {
	case severity.Critical:
		return say.T(ctx, "Critical")
	case severity.High:
		return say.T(ctx, "High")
	case severity.Medium:
		return say.T(ctx, "Medium")
	}
	return say.T(ctx, "Low")
}

// directionName says which way a change went, and directionTag in which colour.
func directionName(ctx context.Context, d severity.Direction) string {
	switch d {
	case severity.Loosened:
		return say.T(ctx, "More dangerous")
	case severity.Tightened:
		return say.T(ctx, "Safer")
	}
	return say.T(ctx, "Neither safer nor more dangerous")
}

func directionTag(d severity.Direction) string {
	switch d {
	case severity.Loosened:
		return "wrong"
	case severity.Tightened:
		return "good"
	}
	return ""
}

// value is a value for a page: JSON over several lines where it is no plain one, and "" where there is none.
func value(raw canon.Raw) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	text := b.String()
	const most = 4000 // bytes; the whole stands in the report
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + " …"
	}
	return text
}

// moment is a time as a report writes it.
func moment(text string) time.Time {
	t, _ := time.Parse(time.RFC3339, text) // none is the zero time
	return t
}

// improved reports whether a finding says that something is better than what was approved.
func improved(f *drift.Finding) bool { return f.Direction == severity.Tightened }

// approvedAt is when the baseline of the last comparison was approved.
func approvedAt(v listed) time.Time {
	if b := v.Standing.Report.Old.Baseline; b != nil {
		return moment(b.At)
	}
	return time.Time{}
}

// tally says how many resources are as they were, and how many are not.
func tally(ctx context.Context, r *drift.Report) string {
	s := r.Summary
	parts := []string{say.N(ctx, s.Same, "%d as approved", "%d as approved")}
	for _, x := range []struct {
		n    int
		text string
	}{
		{s.Changed, say.N(ctx, s.Changed, "%d changed", "%d changed")},
		{s.Added, say.N(ctx, s.Added, "%d added", "%d added")},
		{s.Removed, say.N(ctx, s.Removed, "%d removed", "%d removed")},
		{s.Moved, say.N(ctx, s.Moved, "%d moved", "%d moved")},
		{s.Replaced, say.N(ctx, s.Replaced, "%d replaced", "%d replaced")},
	} {
		if x.n > 0 {
			parts = append(parts, x.text)
		}
	}
	return strings.Join(parts, ", ")
}

// mostUnknown is how much of what could not be compared a page names.
const mostUnknown = 100

func most(list []drift.Unknown) []drift.Unknown { return list[:min(len(list), mostUnknown)] }

// about is what an unknown is about.
func about(u drift.Unknown) string {
	parts := []string{}
	for _, text := range []string{u.Resource, u.Type, string(u.Path), u.Input} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if u.Resource != "" && u.Type != "" { // the id tells the type
		parts = append(parts[:1], parts[2:]...)
	}
	return strings.Join(parts, " · ")
}

// cleared is the address of the list without filters, in the same state.
func cleared(v listed) string {
	return listed{Project: v.Project}.address(v.State, "")
}

// exceptionSays is where the exception of a finding stands.
func exceptionSays(ctx context.Context, e *drift.Excepted) string {
	switch e.State {
	case "active":
		return say.T(ctx, "Excepted until %s", e.Expires)
	case "expired":
		return say.T(ctx, "Its exception ended on %s", e.Expires)
	}
	return say.T(ctx, "Its exception takes one more person")
}

// compareAt is the address of two snapshots side by side.
func compareAt(base, from, to string) string {
	return base + "/compare?" + url.Values{"from": {from}, "to": {to}}.Encode()
}

func stateTag(s detect.FindingState) string {
	switch s {
	case detect.Accepted:
		return "warn"
	case detect.Gone:
		return "good"
	}
	return "wrong"
}

// apart are the other findings about the resource that no property in the table leads to.
func apart(v shown) (list []*detect.FindingRow) {
	led := map[string]bool{}
	for i := range v.Properties {
		if f := v.Properties[i].Finding; f != nil {
			led[f.ID] = true
		}
	}
	for i := range v.Beside {
		if !led[v.Beside[i].ID] {
			list = append(list, &v.Beside[i])
		}
	}
	return list
}

// place is where something was read.
func place(o evidence.Origin) string {
	text := o.Input
	if o.Line > 0 {
		text += ":" + strconv.Itoa(o.Line)
	}
	if at := cmp.Or(o.Address, o.Path); at != "" {
		text += " " + at
	}
	return text
}
