package tenant

import (
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// The rules about members that hold on every path by which somebody becomes one or changes: by an administrator, an invitation, a provider's groups, SCIM, an erasure.

// How long an auditor is a member, unless it is said, and at most.
const (
	AuditorDays    = 90
	MaxAuditorDays = 365
)

// MaxUntil is how far away the end of any membership can be: beyond it is a mistake.
const MaxUntil = 10 * 366 * 24 * time.Hour

// Grants says whether the actor may give or take the role: one that is not above its own. So a role of owner is given and taken by owners alone.
func Grants(a access.Actor, role access.Role) error {
	if !role.Known() {
		return fault.New(fault.Invalid, "there is no such role").WithHelp("it is one of %v", access.Roles)
	}
	if !a.Covers(role) {
		return fault.New(fault.Denied, "the role %s is above your own", role)
	}
	return nil
}

// Provisioned says whether a directory may give the role: by SCIM, or by the groups that a provider names. An owner is made by an owner, a person, and never by a directory, whoever
// runs that.
func Provisioned(role access.Role) error {
	switch {
	case !role.Known():
		return fault.New(fault.Invalid, "there is no such role").WithHelp("it is one of %v", access.Roles)
	case role == access.Owner:
		return fault.New(fault.Denied, "a directory makes nobody an owner").WithHelp("an owner makes somebody one, by name")
	}
	return nil
}

// Until is when a membership in that role ends: of an auditor [AuditorDays] from now where nothing is said, and never later than [MaxAuditorDays]. Zero is never.
func Until(role access.Role, until, now time.Time) (time.Time, error) {
	if role == access.Auditor && until.IsZero() {
		until = now.AddDate(0, 0, AuditorDays)
	}
	until = until.UTC().Truncate(time.Microsecond)
	switch {
	case until.IsZero():
		return time.Time{}, nil
	case !until.After(now):
		return time.Time{}, fault.New(fault.Invalid, "the end of the membership is over already").WithHelp("give a day that is to come; to end it now, remove the member")
	case role == access.Auditor && until.After(now.AddDate(0, 0, MaxAuditorDays)):
		return time.Time{}, fault.New(fault.Invalid, "an auditor is a member for %d days at most", MaxAuditorDays).WithHelp("give an earlier day; it can be moved when it comes")
	case until.Sub(now) > MaxUntil:
		return time.Time{}, fault.New(fault.Invalid, "the end of the membership is too far away").WithHelp("leave it out for a membership that does not end")
	}
	return until, nil
}

// OwnerBesides sees that the organisation keeps an owner without that person: one whose membership does not end by itself.
func OwnerBesides(all []Member, person string, now time.Time) error {
	if !slices.ContainsFunc(all, func(m Member) bool { return m.Person != person && m.Owns(now) }) {
		return fault.New(fault.Conflict, "the last owner stays an owner").WithHelp("make somebody else one first")
	}
	return nil
}

// Owns reports whether the member is an owner for good: without an end that is set already.
func (m Member) Owns(now time.Time) bool {
	return m.Role == access.Owner && m.Live(now) && m.Until.IsZero()
}
