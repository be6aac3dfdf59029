package federate

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Given are the roles that a provider or a group can give, the highest first. That of an owner is not among them: only owners make owners.
var Given = []access.Role{access.Admin, access.Architect, access.Approver, access.Auditor, access.Viewer, access.Billing}

// RoleOf is the highest role that the groups give by the mapping, or "" for none.
func RoleOf(mapping []identity.GroupMapping, groups []string) access.Role {
	best := len(Given)
	for _, m := range mapping {
		if i := slices.Index(Given, m.Role); i >= 0 && i < best && slices.Contains(groups, m.Group) {
			best = i
		}
	}
	if best == len(Given) {
		return ""
	}
	return Given[best]
}

// Policy is what the actor's organisation demands of whoever signs in.
func (s *Service) Policy(ctx context.Context, a access.Actor) (identity.Policy, error) {
	scope, err := access.Decide(a, access.SSORead, access.Resource{})
	if err != nil {
		return identity.Policy{}, err
	}
	return s.Store.Policy(ctx, scope)
}

// ChangePolicy puts another policy in the place of the one in that version. Single sign-on is switched on only by an owner who is signed in through a provider of the
// organisation at that moment: so it is known to work, for somebody who can switch it off again.
func (s *Service) ChangePolicy(ctx context.Context, a access.Actor, p identity.Policy) (identity.Policy, error) {
	scope, err := access.Decide(a, access.SSOChange, access.Resource{})
	if err != nil {
		return p, err
	}
	if err := checkPolicy(a, p); err != nil {
		return p, err
	}
	err = again(func() error {
		was, err := s.Store.Policy(ctx, scope)
		if err != nil {
			return err
		}
		if err := seen("policy", p.Version, was.Version); err != nil {
			return err
		}
		if p.Reviewed.IsZero() {
			p.Reviewed = was.Reviewed
		}
		if p.SSO && !was.SSO {
			if err := s.through(ctx, a, scope); err != nil {
				return err
			}
		}
		_, err = s.Store.Commit(ctx, &Change{Envelope: change.New(scope, s.now(), entry("policy.changed", aboutPolicy(p)...)), Policy: &p})
		return err
	})
	p.Version++
	return p, err
}

// through says why the actor is not an owner who is signed in through a provider of the organisation now.
func (s *Service) through(ctx context.Context, a access.Actor, scope access.Scope) error {
	refused := fault.New(fault.Denied, "single sign-on can be demanded by an owner who is signed in through the organisation's provider, and you are not").
		WithHelp("sign in through it, as an owner: then it is known to work, and nobody is locked out")
	if !slices.Contains(a.Roles, access.Owner) || a.Session == "" {
		return refused
	}
	now, err := s.Sessions.Session(ctx, a)
	if err != nil {
		return err
	}
	if now.Method != identity.ByProvider || now.Org != a.Org || now.Strength.Provider == "" {
		return refused
	}
	p, err := s.Store.Provider(ctx, scope, now.Strength.Provider)
	if fault.KindOf(err) == fault.NotFound || err == nil && p.Off {
		return refused
	}
	return err
}

func checkPolicy(a access.Actor, p identity.Policy) error {
	switch {
	case len(p.Addresses) > MaxAddresses:
		return fault.New(fault.Invalid, "there are more than %d networks", MaxAddresses)
	case len(p.Groups) > MaxMappings:
		return fault.New(fault.Invalid, "there are more than %d groups with a role", MaxMappings)
	case p.Session < 0 || p.Session > 0 && p.Session < 10*time.Minute || p.Session > identity.MemberLimits.Absolute:
		return fault.New(fault.Invalid, "a session lasts from ten minutes to %s", identity.MemberLimits.Absolute)
	}
	for _, text := range p.Addresses {
		if n, err := netip.ParsePrefix(text); err != nil || n.Masked() != n {
			return fault.New(fault.Invalid, "a network is not one").WithHelp("write it as 198.51.100.0/24 or 2001:db8::/32")
		}
	}
	for i, m := range p.Groups {
		if m.Group == "" || len(m.Group) > 256 || slices.ContainsFunc(p.Groups[:i], func(o identity.GroupMapping) bool { return o.Group == m.Group }) {
			return fault.New(fault.Invalid, "a group has no name, or stands there twice")
		}
		if err := joinable(a, m.Role); err != nil {
			return err
		}
	}
	return nil
}

func aboutPolicy(p identity.Policy) []ledger.Field {
	return []ledger.Field{
		ledger.Bool("sso", p.SSO), ledger.Bool("grantsApproved", p.Grants), ledger.Int("networks", int64(len(p.Addresses))), ledger.Text("session", p.Session.String()),
		ledger.Text("mapping", written(p.Groups)),
	}
}

// written is a mapping for the ledger: each role with how many groups give it, since names of groups may be those of people.
func written(all []identity.GroupMapping) (text string) {
	for _, role := range Given {
		n := 0
		for _, m := range all {
			if m.Role == role {
				n++
			}
		}
		if n > 0 {
			text += string(role) + ":" + strconv.Itoa(n) + " "
		}
	}
	return text
}
