package governance

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// The kinds of decisions.
const (
	Security     = "security"
	Programme    = "programme"
	Architecture = "architecture"
	Weakening    = "weakening" // of a measure, by a document or by what runs
	Catalogue    = "catalogue" // a control or a check of this version of the program is gone or weaker
)

// Kinds are all of them.
func Kinds() []string { return []string{Security, Programme, Architecture, Weakening, Catalogue} }

// Triggers are what makes a decision necessary.
func Triggers() []string { return []string{"product", "customer", "threat", "regulation"} }

// The states of a decision.
const (
	Proposed = "proposed"
	Approved = "approved"
	Refused  = "refused"
)

// Decision is one of the journal. What it says is never changed: another one supersedes it.
type Decision struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	Trigger    string    `json:"trigger"`
	Title      string    `json:"title"`
	Context    string    `json:"context"`
	Options    string    `json:"options"`
	Decision   string    `json:"decision"`
	Links      []string  `json:"links"`
	Subject    string    `json:"subject,omitempty"` // of the kind catalogue: the digest of the measures
	Supersedes string    `json:"supersedes,omitempty"`
	Proposed   time.Time `json:"proposedAt"`

	// What follows is no part of what was decided on.
	State    string    `json:"-"`
	Proposer string    `json:"-"`
	Decider  string    `json:"-"`
	Reason   string    `json:"-"` // of whoever decided
	Decided  time.Time `json:"-"`
	Digest   string    `json:"-"`
	By       string    `json:"-"` // the decision that supersedes this one, once that is approved
	Version  int64     `json:"-"`
}

// Limits of a decision.
const (
	MaxLinks = 20
	maxLink  = 500
)

// Check says what is wrong with a decision that is proposed.
func (d Decision) Check() error {
	if !slices.Contains(Kinds(), d.Kind) || !slices.Contains(Triggers(), d.Trigger) {
		return fault.New(fault.Invalid, "there is no such kind of decision, or no such trigger")
	}
	for _, x := range []struct {
		name, text string
		most       int
	}{{"the title", d.Title, MaxTitle}, {"the context", d.Context, MaxText}, {"the options", d.Options, MaxText}, {"the decision", d.Decision, MaxText}} {
		if err := worded(x.name, x.text, x.most); err != nil {
			return err
		}
	}
	if len(d.Links) > MaxLinks {
		return fault.New(fault.Invalid, "a decision has at most %d links", MaxLinks)
	}
	for _, l := range d.Links {
		if err := worded("a link", l, maxLink); err != nil {
			return err
		}
	}
	if d.Kind == Catalogue && !strings.HasPrefix(d.Subject, "sha256:") {
		return fault.New(fault.Invalid, "a change of the catalogue is proposed from the list of what changed").WithHelp("open the decisions: what is gone or weaker stands at the top")
	}
	return nil
}

// worded says why a text cannot be kept for good.
func worded(name, text string, most int) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.New(fault.Invalid, "%s says nothing", name)
	case len(text) > most:
		return fault.New(fault.Limited, "%s has at most %d bytes, and this one has %d", name, most, len(text))
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return fault.New(fault.Invalid, "%s has characters that are not shown", name).WithHelp("write plain text")
	}
	return nil
}

// Bytes are the canonical bytes of what was decided on (RFC 8785), whoever decided.
func (d Decision) Bytes() ([]byte, error) {
	if d.Links == nil {
		d.Links = []string{}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "a decision cannot be written")
	}
	v := jsontext.Value(text)
	if err := v.Canonicalize(); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "a decision cannot be written")
	}
	return v, nil
}

// Sum is the digest of [Decision.Bytes].
func (d Decision) Sum() (string, error) {
	b, err := d.Bytes()
	if err != nil {
		return "", err
	}
	return string(canon.Sum(b)), nil
}

// Decide is the decision once somebody has approved or refused it. Nobody decides about what they proposed themselves, and nothing is decided twice.
func (d Decision) Decide(person string, approve bool, reason string, at time.Time) (Decision, error) {
	switch {
	case d.State != Proposed:
		return d, fault.New(fault.Conflict, "the decision is %s already", d.State).WithHelp("a decision is not changed: propose another one that supersedes it")
	case person == "" || person == d.Proposer:
		return d, fault.New(fault.Denied, "another person than the one who proposed it decides")
	}
	if err := worded("the reason", reason, MaxText); err != nil {
		return d, err
	}
	d.State, d.Decider, d.Reason, d.Decided = Refused, person, reason, at
	if approve {
		d.State = Approved
	}
	return d, nil
}
