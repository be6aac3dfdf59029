package subprocessor

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/terms"
)

// Limits of an entry and of a list.
const (
	MaxEntries = 200
	maxItems   = 20
	maxLine    = 200
	MaxText    = 2000
)

// Features are the parts of the service that a subprocessor can stand behind.
func Features() []terms.Feature {
	return []terms.Feature{
		terms.Portal, terms.Mail, terms.LiveAzure, terms.LiveKube, terms.Repository, terms.Billing, terms.Support, terms.AI, terms.SignIn, terms.KeyService, terms.ObjectStore,
	}
}

// Statuses are all, in the order in which they are shown.
func Statuses() []Status { return []Status{Core, Optional, Environment, Chosen} }

// Mechanisms are how data may come to a third country (GDPR chapter V), or that they do not.
func Mechanisms() []string {
	return []string{"none needed: inside the EEA", "adequacy decision (Art. 45)", "standard contractual clauses (Art. 46(2)(c))", "binding corporate rules (Art. 47)", "customer's own arrangement"}
}

// Check says what is wrong with an entry.
func (e *Entry) Check() error {
	for _, f := range []struct{ what, text string }{{"name", e.Name}, {"legal entity", e.Entity}, {"purpose", e.Purpose}} {
		if err := line(f.what, f.text, true); err != nil {
			return err
		}
	}
	for _, f := range []struct{ what, text string }{{"transfer mechanism", e.Mechanism}, {"reference of the contract", e.Evidence}, {"reviewer", e.Reviewer}} {
		if err := line(f.what, f.text, false); err != nil {
			return err
		}
	}
	if !slices.Contains(Statuses(), e.Status) {
		return invalid("the status %.40q is none", string(e.Status)).WithHelp("it is core, optional, customer-selected or environment-specific")
	}
	for _, f := range e.Features {
		if !slices.Contains(Features(), terms.Feature(f)) {
			return invalid("%.40q is no feature of the service", f)
		}
	}
	if e.Status == Optional && len(e.Features) == 0 {
		return invalid("an optional subprocessor stands behind at least one feature").WithHelp("who is affected follows from the features that an organisation uses")
	}
	return e.lists()
}

func (e *Entry) lists() error {
	for _, l := range []struct {
		what  string
		items []string
	}{{"categories of data", e.Data}, {"regions", e.Regions}, {"features", e.Features}, {"hosts", e.Hosts}} {
		if len(l.items) > maxItems {
			return fault.New(fault.Limited, "an entry has at most %d %s", maxItems, l.what)
		}
		for _, item := range l.items {
			if err := line(l.what, item, true); err != nil {
				return err
			}
		}
	}
	if len(e.Data) == 0 || len(e.Regions) == 0 {
		return invalid("an entry says which categories of data it concerns, and in which regions")
	}
	for _, h := range e.Hosts {
		if !isPattern(h) {
			return invalid("%.100q is no pattern of hosts", h).WithHelp("write smtp.example.com, or *.example.com for all names below")
		}
	}
	return nil
}

// Flows says what is missing for the entry's duties to flow down (GDPR Article 28(4)): without it nothing is activated.
func (e *Entry) Flows() error {
	switch {
	case e.Own || e.Status == Chosen: // nobody else has the data, or the customer's own contract says it
		return nil
	case e.Evidence == "" || e.Contracted.IsZero():
		return invalid("%s has no contract with its date", e.Name).WithHelp("give the reference and the date of the agreement by which duties no less protective flow down, and who reviewed it")
	case e.Reviewer == "":
		return invalid("nobody has reviewed the contract of %s", e.Name).WithHelp("name who did")
	}
	return nil
}

// Processes reports whether it is a subprocessor: somebody else, whom the platform engaged.
func (e *Entry) Processes() bool { return !e.Own && e.Status != Chosen }

// Reaches reports whether a host is one of the entry.
func (e *Entry) Reaches(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host != "" && slices.ContainsFunc(e.Hosts, func(p string) bool { return matches(p, host) })
}

// Concerns reports whether an organisation that uses those features depends on the entry.
func (e *Entry) Concerns(used []terms.Feature) bool {
	if e.Status == Core || e.Status == Environment && len(e.Features) == 0 {
		return true
	}
	return slices.ContainsFunc(used, func(f terms.Feature) bool { return slices.Contains(e.Features, string(f)) })
}

func matches(pattern, host string) bool {
	if rest, below := strings.CutPrefix(pattern, "*."); below {
		return strings.HasSuffix(host, "."+rest)
	}
	return pattern == host
}

func isPattern(p string) bool {
	if _, err := netip.ParseAddr(p); err == nil {
		return true
	}
	rest := strings.TrimPrefix(p, "*.")
	labels := strings.Split(rest, ".")
	if rest != p && len(labels) < 2 || len(p) > 253 {
		return false
	}
	return !slices.ContainsFunc(labels, func(l string) bool {
		return l == "" || len(l) > 63 || strings.ContainsFunc(l, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_') })
	})
}

func line(what, text string, must bool) error {
	switch {
	case must && strings.TrimSpace(text) == "":
		return invalid("the %s is missing", what)
	case len(text) > maxLine:
		return fault.New(fault.Limited, "the %s is longer than %d bytes", what, maxLine)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return invalid("the %s is not one line of text", what)
	}
	return nil
}

// CheckText says what is wrong with a text that somebody has to give.
func CheckText(what, text string) error {
	switch {
	case len(strings.TrimSpace(text)) < 5:
		return invalid("the %s is missing", what).WithHelp("say it in a sentence")
	case len(text) > MaxText:
		return fault.New(fault.Limited, "the %s is longer than %d bytes", what, MaxText)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }):
		return invalid("the %s is not plain text", what)
	}
	return nil
}

func invalid(what string, args ...any) *fault.Error { return fault.New(fault.Invalid, what, args...) }

// day is a date without a time.
func day(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}, invalid("%.20q is no date", text).WithHelp("write it as 2026-11-23")
	}
	return t, nil
}

// Day reads a date; "" is none.
func Day(text string) (time.Time, error) { return day(text) }
