package trustcentre

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Certificate is the record of a certification by somebody else: without one nothing is shown (clause SE-14.1).
type Certificate struct {
	ID        string       `json:"id"` // ce_…
	Name      string       `json:"name"`
	Issuer    string       `json:"issuer"`
	Scope     string       `json:"scope"`
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`     // the last instant of its validity
	Digest    canon.Digest `json:"digest"` // of the document that the issuer gave out
	Recorded  time.Time    `json:"recorded"`
	Withdrawn time.Time    `json:"withdrawn,omitzero"`
	Actor     string       `json:"-"`
	Version   int64        `json:"-"`
}

// Valid reports whether it may be shown at that time.
func (c Certificate) Valid(now time.Time) bool {
	return c.Withdrawn.IsZero() && !now.Before(c.From) && now.Before(c.To) && c.Name != "" && c.Issuer != "" && c.Scope != "" && digestForm.MatchString(string(c.Digest))
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

const (
	maxShort        = 200
	maxScope        = 1000
	maxCertificates = 200
)

// line checks a text of one line.
func line(what, text string, most int) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.New(fault.Invalid, "%s is missing", what)
	case len(text) > most:
		return fault.New(fault.Limited, "%s has at most %d bytes", what, most)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fault.New(fault.Invalid, "%s has characters that are no text", what)
	}
	return nil
}

func (c Certificate) check() error {
	for _, err := range []error{line("the name", c.Name, maxShort), line("the issuer", c.Issuer, maxShort), line("the scope", c.Scope, maxScope)} {
		if err != nil {
			return err
		}
	}
	if c.From.IsZero() || !c.From.Before(c.To) {
		return fault.New(fault.Invalid, "a certification is valid from a day until a later one")
	}
	if !digestForm.MatchString(string(c.Digest)) {
		return fault.New(fault.Invalid, "the digest of the document is sha256: and 64 hexadecimal digits").WithHelp("sha256sum FILE tells it")
	}
	return nil
}

// Record keeps the record of a certification.
func (s *Service) Record(ctx context.Context, a access.Actor, c Certificate) (Certificate, error) {
	scope, err := access.Decide(a, access.TrustChange, access.Resource{})
	if err != nil {
		return c, err
	}
	if err := c.check(); err != nil {
		return c, err
	}
	all, err := s.Store.Certificates(ctx, scope)
	if err != nil {
		return c, err
	}
	if len(all) >= maxCertificates {
		return c, fault.New(fault.Limited, "there are %d certifications already", len(all))
	}
	now := s.now()
	c.Recorded, c.Withdrawn, c.Actor, c.Version = now, time.Time{}, string(a.ID), 0
	if c.ID, err = id.Mint(id.PrefixCertificate, s.Random, now); err != nil {
		return c, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	_, err = s.Store.Platform(ctx, &PlatformChange{Certificate: &c, Envelope: change.New(scope, now, draft("certificate.recorded",
		ledger.Text("certificate", c.ID), ledger.Text("title", c.Name), ledger.Text("issuer", c.Issuer), ledger.Time("from", c.From), ledger.Time("until", c.To), ledger.Digest("digest", c.Digest)))})
	return c, err
}

// Withdraw takes one away, at once and for good. The record stays.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, certificate, reason string) error {
	scope, err := access.Decide(a, access.TrustChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := line("the reason", reason, maxShort); err != nil {
		return err
	}
	return change.Again(func() error {
		all, err := s.Store.Certificates(ctx, scope)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(c Certificate) bool { return c.ID == certificate })
		if i < 0 {
			return fault.New(fault.NotFound, "there is no such certification")
		}
		c := all[i]
		if !c.Withdrawn.IsZero() {
			return nil
		}
		c.Withdrawn = s.now()
		_, err = s.Store.Platform(ctx, &PlatformChange{Certificate: &c, Envelope: change.New(scope, c.Withdrawn, draft("certificate.withdrawn", ledger.Text("certificate", c.ID), ledger.Text("reason", reason)))})
		return err
	})
}

// Certificates are all records, for those who keep them.
func (s *Service) Certificates(ctx context.Context, a access.Actor) ([]Certificate, error) {
	scope, err := access.Decide(a, access.RequestRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Certificates(ctx, scope)
}

// Badges are the certifications that are shown: those with a record that is valid now.
func (s *Service) Badges(ctx context.Context) ([]Certificate, error) {
	scope, err := published()
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Certificates(ctx, scope)
	now := s.now()
	return slices.DeleteFunc(all, func(c Certificate) bool { return !c.Valid(now) }), err
}
