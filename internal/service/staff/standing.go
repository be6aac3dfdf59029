package staff

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/undertaking"
)

// Roles are those of the platform that a record can give.
var roles = []access.Role{access.Administrator, access.Security, access.Legal, access.Support, access.Operations}

// breakGlassTime is how long the sealed account acts once it was opened.
const breakGlassTime = time.Hour

// Standing is what a person of the platform may be now.
type Standing struct {
	Personnel  identity.Personnel   `json:"record"`
	Roles      []access.Role        `json:"roles"`             // those that are in effect
	Missing    string               `json:"missing,omitempty"` // why there are none
	Sign       bool                 `json:"sign"`              // the undertaking has to be signed
	Document   undertaking.Document `json:"undertaking"`       // that is in force
	BreakGlass bool                 `json:"breakGlass,omitempty"`
}

// RolesOf are the roles of the platform that a person has now. None, without an error, has who has a record and only has to sign the undertaking in force, for which the person may
// come in; for everybody else without a role it is notfound with the reason: who has no record, has left, or is a contractor without a contract. It is read from the home each
// time, so that a change acts from the next request on.
func (s *Service) RolesOf(ctx context.Context, person string) ([]access.Role, error) {
	st, err := s.Standing(ctx, person)
	if err == nil && st.Missing != "" && !st.Sign {
		err = fault.New(fault.NotFound, "%s", st.Missing).WithHelp("an administrator of the platform keeps the records")
	}
	return st.Roles, err
}

// Standing says which roles a person has now, and where there are none, why.
func (s *Service) Standing(ctx context.Context, person string) (Standing, error) {
	scope, err := system(id.Platform, access.StaffList, "standing", access.Actor{})
	if err != nil {
		return Standing{}, err
	}
	p, seal, err := s.Store.Standing(ctx, scope, person)
	if err != nil {
		return Standing{}, err
	}
	now := s.now()
	st := standing(p, undertaking.Current(), now)
	if person != "" && seal.Person == person {
		st.BreakGlass, st.Sign = true, false
		st.Roles, st.Missing = nil, "the sealed account is closed"
		if !seal.Used.IsZero() && !now.Before(seal.Used) && now.Before(seal.Used.Add(breakGlassTime)) {
			st.Roles, st.Missing = []access.Role{access.Administrator}, ""
		}
	}
	return st, nil
}

// standing judges a record.
func standing(p identity.Personnel, current undertaking.Document, now time.Time) Standing {
	st := Standing{Personnel: p, Document: current}
	signed := p.Signed.Document == current.Version && p.Signed.Digest == current.Digest && !p.Signed.At.IsZero()
	switch {
	case p.Person == "":
		st.Missing = "there is no record of this person among the platform's people"
	case p.Left:
		st.Missing = "this person has left"
	case p.Contractor && p.Contract == "":
		st.Missing = "a contractor needs a contract, and the record names none"
	case p.Contractor && !p.Until.IsZero() && !now.Before(p.Until):
		st.Missing = "the contract has ended"
	case !signed:
		st.Missing, st.Sign = "the undertaking of confidentiality in force is not signed", true
	default:
		st.Roles = slices.Clone(p.Roles)
	}
	return st
}
