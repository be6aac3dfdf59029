package terms

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Bounds of what can be ordered: larger numbers are mistakes of whoever types them.
const (
	MaxLimit     = 1_000_000
	maxReference = 100
	maxRegions   = 20
	// LeastObjection and MostIncident are what the documents promise everybody: an order form may promise more, and never less.
	LeastObjection = 30
	mostObjection  = 365
	MostIncident   = 72
	maxRecovery    = 30 * 24 * time.Hour
)

// Plans, support tiers and roles that there are.
var (
	plans = []string{"free", "pro", "enterprise", "payg"}
	tiers = []string{"standard", "priority"}
	roles = []string{"controller", "processor"}
)

// Plans are the names of the plans.
func Plans() []string { return slices.Clone(plans) }

// Tiers are the names of the tiers of support.
func Tiers() []string { return slices.Clone(tiers) }

// Roles are what an organisation can be to the personal data that it brings (GDPR Article 4(7) and (8)).
func Roles() []string { return slices.Clone(roles) }

// Check tells every fault of the terms at once, each in a line.
func (t Terms) Check() error {
	var all []error
	say := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	one := func(what, got string, of []string) {
		if !slices.Contains(of, got) {
			say("the %s is one of %s", what, strings.Join(of, ", "))
		}
	}
	if n := len(t.Reference); n == 0 || n > maxReference || strings.ContainsFunc(t.Reference, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		say("the reference of the order form has 1 to %d bytes in one line", maxReference)
	}
	if t.From.IsZero() {
		say("it is not said from when the terms hold")
	}
	if !t.Until.IsZero() && !t.Until.After(t.From) {
		say("the terms end after they begin")
	}
	one("plan", t.Plan, plans)
	one("tier of support", t.SupportTier, tiers)
	one("role", t.Role, roles)
	one("scope of AI", string(t.AI), []string{string(AIOff)})
	for _, l := range Limits() {
		if n := t.Of(l); n < 0 || n > MaxLimit {
			say("the limit of %s is from 0, which is none, to %d", l.Words(), MaxLimit)
		}
	}
	t.checkPlaces(say)
	t.checkPromises(say)
	if len(all) == 0 {
		return nil
	}
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = e.Error()
	}
	return fault.Wrap(fault.Invalid, errors.Join(all...), "the terms cannot be kept: %s", strings.Join(words, "; "))
}

func (t Terms) checkPlaces(say func(string, ...any)) {
	if len(t.Residency) > maxRegions {
		say("at most %d regions are named", maxRegions)
	}
	for i, r := range t.Residency {
		if !region(r) {
			say("a region is EU, EEA or two capital letters of ISO 3166-1")
		}
		if slices.Index(t.Residency, r) != i {
			say("the region %.10q is there twice", r)
		}
	}
	if t.Zone == "" || t.Zone == "Local" || len(t.Zone) > 64 {
		say("a time zone has a name of the IANA database, as Europe/Brussels")
	} else if _, err := time.LoadLocation(t.Zone); err != nil {
		say("a time zone has a name of the IANA database, as Europe/Brussels")
	}
}

func region(s string) bool {
	return s == "EEA" || len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (t Terms) checkPromises(say func(string, ...any)) {
	if t.SLA < 0 || t.SLA > 100_000 || t.SLA > 0 && t.SLA < 50_000 {
		say("the availability is none, or from 50 to 100 per cent")
	}
	if t.ObjectionDays < LeastObjection || t.ObjectionDays > mostObjection {
		say("the window for objections has %d to %d days: less than %d are promised to nobody", LeastObjection, mostObjection, LeastObjection)
	}
	if t.IncidentHours < 1 || t.IncidentHours > MostIncident {
		say("of an incident the organisation is told within 1 to %d hours", MostIncident)
	}
	for _, x := range []struct{ what, text string }{{"RPO", t.RPO}, {"RTO", t.RTO}} {
		if x.text == "" {
			continue
		}
		if d, err := time.ParseDuration(x.text); err != nil || d < time.Minute || d > maxRecovery {
			say("the %s is a duration from a minute to 30 days, as 4h or 30m, or none", x.what)
		}
	}
}

// Recovery says whether anything was agreed about recovery. Where nothing was, nothing may be promised.
func (t Terms) Recovery() bool { return t.RPO != "" || t.RTO != "" }

// In reports whether the terms hold at that time.
func (t Terms) In(at time.Time) bool {
	return !at.Before(t.From) && (t.Until.IsZero() || at.Before(t.Until))
}

// At are the newest of the versions that hold at a time, or the defaults: after the end of an order form nothing of it is left but what everybody is promised.
func At(versions []Terms, at time.Time) Terms {
	best := Default()
	for _, t := range versions {
		if t.In(at) && t.Version > best.Version {
			best = t
		}
	}
	return best
}
