package processing

import (
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Mechanism is what a transfer outside of the European Economic Area rests on (GDPR chapter V).
type Mechanism string

// The mechanisms.
const (
	ByDecision Mechanism = "adequacy decision"
	ByClauses  Mechanism = "standard clauses" // implementing decision (EU) 2021/914
	ByUK       Mechanism = "UK addendum"      // the international data transfer addendum to the standard clauses
	ByOther    Mechanism = "other"            // binding corporate rules, a derogation, a decision that is not known here
)

// Mechanisms are all.
func Mechanisms() []Mechanism { return []Mechanism{ByDecision, ByClauses, ByUK, ByOther} }

// DefaultModule is that of the standard clauses: from a controller to a processor.
const DefaultModule = 2

// Everybody is the recipient of an entry that is for whoever receives in the country.
const Everybody = "*"

// Transfer is one line of the register.
type Transfer struct {
	ID        string    `json:"id"`
	Country   string    `json:"country"`   // ISO 3166-1 alpha-2
	Recipient string    `json:"recipient"` // its name as the list of subprocessors has it
	Mechanism Mechanism `json:"mechanism"`
	Module    int       `json:"module,omitempty"` // of the standard clauses, 1 to 4
	Evidence  string    `json:"evidence"`         // the reference of the signed clauses, the decision, the certification
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"` // reviewed again by then
	Ended     time.Time `json:"ended,omitzero"`
	Version   int64     `json:"version"`
}

// MaxValidity is the longest that a line counts without a review.
const MaxValidity = 3 * 366 * 24 * time.Hour

// Check sees that a line can be kept.
func (t Transfer) Check() error {
	switch {
	case !Region(t.Country) || len(t.Country) != 2 || t.Country == "EU":
		return fault.New(fault.Invalid, "a country is two letters of ISO 3166-1, as US")
	case Inside(t.Country):
		return fault.New(fault.Invalid, "%s lies in the European Economic Area: that is no transfer", t.Country)
	case strings.TrimSpace(t.Recipient) == "" || len(t.Recipient) > MaxTitle:
		return fault.New(fault.Invalid, "name the recipient in 1 to %d bytes", MaxTitle)
	case !slices.Contains(Mechanisms(), t.Mechanism):
		return fault.New(fault.Invalid, "there is no such mechanism").WithHelp("choose one of: %s", join(Mechanisms()))
	case (t.Mechanism == ByClauses) != (t.Module >= 1 && t.Module <= 4) || t.Mechanism != ByClauses && t.Module != 0:
		return fault.New(fault.Invalid, "the standard clauses have a module from 1 to 4, and other mechanisms have none")
	case t.Mechanism == ByUK && t.Country != "GB":
		return fault.New(fault.Invalid, "the UK addendum is for the United Kingdom (GB)")
	case len(t.Evidence) > MaxReason:
		return fault.New(fault.Limited, "the evidence has at most %d bytes", MaxReason)
	case strings.TrimSpace(t.Evidence) == "":
		return fault.New(fault.Invalid, "name the evidence").WithHelp("the reference of the signed clauses, of the decision, or of the recipient's certification")
	case !t.Until.After(t.From) || t.Until.Sub(t.From) > MaxValidity:
		return fault.New(fault.Invalid, "a line is valid from a day until a later one, three years at most").WithHelp("review it by then, and enter it anew")
	}
	if _, there := DecisionFor(t.Country, t.From); t.Mechanism == ByDecision && !there {
		return fault.New(fault.Invalid, "no adequacy decision on %s is known here to be in force", t.Country).WithHelp("choose another mechanism; of a newer decision name the reference as other")
	}
	return nil
}

// Valid says why a line does not carry a transfer at that time, or "".
func (t Transfer) Valid(now time.Time) string {
	_, decided := DecisionFor(t.Country, now)
	switch {
	case !t.Ended.IsZero() && !now.Before(t.Ended):
		return "it was ended"
	case now.Before(t.From):
		return "it is not valid yet"
	case !now.Before(t.Until):
		return "it has run out"
	case t.Mechanism == ByDecision && !decided:
		return "the adequacy decision is not in force any more"
	}
	return ""
}

// Covered says why a recipient in a region may not get personal data at that time, or "". A region inside of the European Economic Area needs nothing.
func Covered(all []Transfer, region, recipient string, now time.Time) string {
	switch {
	case !Region(region):
		return "the region " + quote(region) + " is none"
	case Inside(region):
		return ""
	}
	why := "no mechanism is registered for " + recipient + " in " + region
	for _, t := range all {
		if t.Country != region || t.Recipient != Everybody && !strings.EqualFold(t.Recipient, recipient) {
			continue
		}
		not := t.Valid(now)
		if not == "" {
			return ""
		}
		why = "the mechanism for " + recipient + " in " + region + " does not count: " + not
	}
	return why
}

// Resident says why a region is not one of those in which what an organisation stores may lie, or "". No region named is any.
func Resident(allowed []string, region string) string {
	if len(allowed) == 0 {
		return ""
	}
	for _, a := range allowed {
		if a == region || (a == "EEA" || a == "EU") && Inside(region) && !(a == "EU" && (region == "EEA" || region == "NO" || region == "IS" || region == "LI")) {
			return ""
		}
	}
	return "the region " + region + " is none of " + strings.Join(allowed, ", ")
}

func quote(s string) string {
	if len(s) > 20 {
		s = s[:20] + "…"
	}
	return "“" + strings.ToValidUTF8(s, "?") + "”"
}
