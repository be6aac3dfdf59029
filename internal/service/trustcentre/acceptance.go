package trustcentre

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/trustterms"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Acceptance is that a person accepted the terms of confidential documents for an organisation.
type Acceptance struct {
	Person string
	Digest string // of the text
	At     time.Time
}

// TermsFor is how long an acceptance holds.
const TermsFor = 180 * 24 * time.Hour

// Holds reports whether confidential documents are handed out on it.
func (k Acceptance) Holds(now time.Time) bool {
	return k.Digest == trustterms.Current().Digest && !now.Before(k.At) && now.Before(k.At.Add(TermsFor))
}

// Until is when it ends.
func (k Acceptance) Until() time.Time { return k.At.Add(TermsFor) }

// Accept accepts the terms of the given digest, which has to be the one in force: whoever has read another text reads this one first.
func (s *Service) Accept(ctx context.Context, a access.Actor, digest string) error {
	scope, err := access.Decide(a, access.TrustRead, access.Resource{})
	if err != nil {
		return err
	}
	person := a.ID.Person()
	if person == "" {
		return fault.New(fault.Denied, "people accept terms, and programs do not").WithHelp("sign in as yourself")
	}
	if digest != trustterms.Current().Digest {
		return fault.New(fault.Conflict, "the terms have changed meanwhile").WithHelp("read them again")
	}
	now := s.now()
	_, err = s.Store.Organisation(ctx, &OrgChange{
		Acceptance: &Acceptance{person, digest, now},
		Envelope:   change.New(scope, now, draft("trust.accepted", ledger.Text("version", trustterms.Current().Version), ledger.Text("digest", digest), ledger.Time("until", now.Add(TermsFor)))),
	})
	return err
}
