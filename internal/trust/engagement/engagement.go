// Package engagement is the engagement of a customer's audit: what has to be agreed before an auditor comes, and the steps by which both sides agree.
//
// It promises: nothing is agreed that lacks scope, timing, confidentiality terms, security conditions or cost allocation; both sides agree to the same bytes, by their digest; what was
// agreed is not changed any more: it ends, and another is asked for. It leaves out who acts for a side, and what an auditor may read, which is the role of auditors.
package engagement

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"

	"github.com/go-json-experiment/json/jsontext"
)

// State is how far an engagement is.
type State string

// The states.
const (
	Asked     State = "asked"     // the platform has to answer
	Returned  State = "returned"  // the platform sent it back
	Offered   State = "offered"   // the platform has agreed, the organisation has to
	Agreed    State = "agreed"    // both have
	Withdrawn State = "withdrawn" // before both had agreed
	Ended     State = "ended"     // after that, before its last day was over
)

// Limits of an engagement.
const (
	MaxText     = 4000 // bytes of a field
	MaxDays     = 365  // from the first day to the last
	MaxAhead    = 730  // days until the first day
	MaxAuditors = 20
	MaxOpen     = 20 // engagements of an organisation that are neither ended nor withdrawn
)

// Terms are the five things that are agreed. Days are UTC.
type Terms struct {
	Scope           string `json:"scope"`
	First           string `json:"firstDay"` // timing: 2026-11-23
	Last            string `json:"lastDay"`
	Confidentiality string `json:"confidentiality"`
	Security        string `json:"security"`
	Cost            string `json:"cost"`
}

// Engagement is one, as it stands.
type Engagement struct {
	ID string
	Terms
	State    State
	Digest   string // of the terms
	AskedBy  string
	AskedAt  time.Time
	Reason   string // why it was returned, withdrawn or ended
	Platform Consent
	Customer Consent
	EndedAt  time.Time // or withdrawn
	Auditors []Auditor
	Version  int64
}

// Consent is that somebody agreed for a side; the zero value is that nobody has.
type Consent struct {
	Person string
	At     time.Time
}

// Auditor is a member who was given the role under an engagement.
type Auditor struct {
	Person string    `json:"person"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
}

// Faults are all that is wrong with terms that are asked for at that time, in the order of the form.
func (t Terms) Faults(now time.Time) (all []string) {
	for _, x := range []struct{ name, text string }{{"the scope", t.Scope}, {"the confidentiality terms", t.Confidentiality}, {"the security conditions", t.Security}, {"the cost allocation", t.Cost}} {
		if bad := worded(x.text); bad != "" {
			all = append(all, x.name+" "+bad)
		}
	}
	first, e1 := day(t.First)
	last, e2 := day(t.Last)
	today := now.UTC().Truncate(24 * time.Hour)
	switch {
	case e1 != nil || e2 != nil:
		all = append(all, "the timing has no first day or no last day")
	case last.Before(first):
		all = append(all, "the last day is before the first")
	case last.Before(today):
		all = append(all, "the last day is over already")
	case days(first, last) > MaxDays:
		all = append(all, "the timing is longer than a year")
	case days(today, first) > MaxAhead:
		all = append(all, "the first day is more than two years away")
	}
	return all
}

// Check is [Terms.Faults] as one error.
func (t Terms) Check(now time.Time) error {
	if all := t.Faults(now); len(all) > 0 {
		return fault.New(fault.Invalid, "%s", strings.Join(all, "; ")).WithHelp("all five are agreed before an auditor comes: say each, and where something does not apply, say that")
	}
	return nil
}

func day(text string) (time.Time, error) { return time.Parse(time.DateOnly, text) }

func days(from, to time.Time) int { return int(to.Sub(from)/(24*time.Hour)) + 1 }

func worded(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "says nothing"
	case len(text) > MaxText:
		return "is too long"
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }):
		return "has characters that are not shown"
	}
	return ""
}

// Begins is the first instant, Ends the one after the last day.
func (t Terms) Begins() time.Time { at, _ := day(t.First); return at }

// Ends is the instant after the last day.
func (t Terms) Ends() time.Time {
	at, err := day(t.Last)
	if err != nil {
		return time.Time{}
	}
	return at.AddDate(0, 0, 1)
}

// Sum is the digest of the terms, of their canonical bytes (RFC 8785).
func (t Terms) Sum() (string, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "the terms of an audit cannot be written")
	}
	v := jsontext.Value(text)
	if err := v.Canonicalize(); err != nil {
		return "", fault.Wrap(fault.Internal, err, "the terms of an audit cannot be written")
	}
	return string(canon.Sum(canon.Raw(v))), nil
}

// Open reports whether an engagement takes a place: it is neither over nor withdrawn.
func (e Engagement) Open(now time.Time) bool {
	return !slices.Contains([]State{Withdrawn, Ended}, e.State) && now.Before(e.Ends())
}

// InForce reports whether an auditor can be let in under it: both have agreed, and its days are now.
func (e Engagement) InForce(now time.Time) bool {
	return e.State == Agreed && !now.Before(e.Begins()) && now.Before(e.Ends())
}
