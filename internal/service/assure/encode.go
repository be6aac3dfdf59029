package assure

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/trust/control"
)

// Limits of what is kept of a run.
const (
	maxObservations = 500
	maxSubject      = 200
	maxDetail       = 600
)

// bounded keeps the observations small: what did not pass comes first, and what was left out is counted.
func bounded(seen []control.Observation) []control.Observation {
	rank := func(o control.Observation) int {
		return slices.Index([]control.Outcome{control.Fail, control.Unknown, control.Empty, control.Pass}, o.Outcome)
	}
	list := slices.Clone(seen)
	for i := range list {
		o := &list[i]
		if rank(*o) < 0 {
			o.Outcome = control.Fail // a probe that says something else is wrong
		}
		o.Subject, o.Detail = cut(o.Subject, maxSubject), cut(o.Detail, maxDetail)
	}
	slices.SortStableFunc(list, func(a, b control.Observation) int { return rank(a) - rank(b) })
	if len(list) > maxObservations {
		list = append(list[:maxObservations-1:maxObservations-1], control.Observation{
			Subject: "the rest", Outcome: list[maxObservations-1].Outcome, Detail: "more was looked at than is kept: these are the first of those that did not pass",
		})
	}
	if list == nil {
		list = []control.Observation{}
	}
	return list
}

// cut makes text valid UTF-8 of one line and at most n bytes.
func cut(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' ' // nothing that would move a terminal's cursor
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= n {
		return text
	}
	for n -= len("…"); !utf8.RuneStart(text[n]); n-- {
	}
	return text[:n] + "…"
}

// Encode writes a run as canonical JSON (RFC 8785) and says its digest.
func Encode(run control.Run) (Kept, error) {
	b, err := json.Marshal(run)
	if err != nil {
		return Kept{}, fault.Wrap(fault.Internal, err, "a run of check %s cannot be written", run.Check)
	}
	v := jsontext.Value(b)
	if err := v.Canonicalize(); err != nil {
		return Kept{}, fault.Wrap(fault.Internal, err, "a run of check %s cannot be written", run.Check)
	}
	return Kept{Run: run, JSON: v, Digest: string(canon.Sum(v))}, nil
}

// Decode reads what Encode wrote, and refuses what is not of that digest.
func Decode(data []byte, digest string) (control.Run, error) {
	var run control.Run
	if string(canon.Sum(data)) != digest {
		return run, fault.New(fault.Internal, "a run of a check is not what was kept: it has another digest")
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return run, fault.Wrap(fault.Internal, err, "a run of a check cannot be read")
	}
	return run, nil
}
