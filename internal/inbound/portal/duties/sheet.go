package duties

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
)

// sheet writes a report as CSV (RFC 4180), a row for each duty. It is for programs and auditors: its words are those of the report, in English.
func sheet(r Report) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"as of", "organisation", "duty", "clauses", "subject", "outcome", "looked at", "detail", "count", "items", "to do"}}
	for _, d := range r.Duties {
		names := make([]string, len(d.Items))
		for i, x := range d.Items {
			names[i] = x.Name + " (" + x.ID + ")"
		}
		rows = append(rows, []string{
			r.AsOf.UTC().Format(time.RFC3339), r.Organisation, d.ID, strings.Join(d.Clauses, " "), d.Subject, string(d.Outcome), d.Looked, d.Detail, strconv.Itoa(d.Count), strings.Join(names, "; "), d.Do,
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, fault.Wrap(fault.Internal, err, "the report cannot be written")
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless keeps a cell from being a formula (OWASP "CSV Injection").
func harmless(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

func outcomeName(ctx context.Context, o Outcome) string {
	switch o {
	case Done:
		return say.T(ctx, "Done")
	case ToDo:
		return say.T(ctx, "To do")
	case NoData:
		return say.T(ctx, "No data")
	}
	return say.T(ctx, "Not visible")
}

func outcomeTag(o Outcome) string {
	switch o {
	case Done:
		return "good"
	case ToDo:
		return "wrong"
	case NoData:
		return "warn"
	}
	return ""
}

// sentence makes one of the words of a report.
func sentence(ctx context.Context, text string) string {
	if text == "" {
		return ""
	}
	text = say.T(ctx, strings.ReplaceAll(text, "%", "%%"))
	if strings.HasPrefix(text, "⟦") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
