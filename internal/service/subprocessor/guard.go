package subprocessor

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/subprocessor"
	"c4arch/internal/trust/terms"
)

// Reload reads the list and where each organisation is, for the guard. Each replica does so every minute, and after what it changed itself.
func (s *Service) Reload(ctx context.Context) error {
	scope, err := system(id.Platform, access.SubprocessorRead, "the guard of subprocessors", access.Actor{})
	if err != nil {
		return err
	}
	l, err := s.Store.List(ctx, scope, 0)
	if err != nil {
		return err
	}
	standings, err := s.Store.Standings(ctx, scope, "")
	if err != nil {
		return err
	}
	orgs, err := s.Store.Organisations(ctx, scope)
	if err != nil {
		return err
	}
	created := make(map[id.Org]time.Time, len(orgs))
	for _, o := range orgs {
		created[o.ID] = o.Created
	}
	s.policy.Store(subprocessor.NewPolicy(l.Entries, standings, created))
	return nil
}

func (s *Service) current(ctx context.Context) (*subprocessor.Policy, error) {
	if p := s.policy.Load(); p != nil {
		return p, nil
	}
	if err := s.Reload(ctx); err != nil {
		return nil, err
	}
	return s.policy.Load(), nil
}

// Allowed says why data of an organisation may not go to a host now: denied where an entry of the list has the host and is not in force for the organisation. It asks no database.
func (s *Service) Allowed(org id.Org, host string) error {
	p := s.policy.Load()
	if p == nil { // the database has to be reached before it can be read
		return nil
	}
	return refusal(p.Host(org, host))
}

// AllowedFeature says the same of a part of the service.
func (s *Service) AllowedFeature(org id.Org, f terms.Feature) error {
	p := s.policy.Load()
	if p == nil {
		return nil
	}
	return refusal(p.Feature(org, f))
}

func refusal(v subprocessor.Verdict) error {
	if v.Allowed {
		return nil
	}
	return fault.New(fault.Denied, "the subprocessor %s is not in force for the organisation: %s", v.Entry, v.Why).WithHelp("the page about subprocessors says until when the organisation can object")
}

// Moved reports whether data of an organisation go by a new path: the host is one of an entry of the list, which is in force for the organisation. What no entry has is no path.
func (s *Service) Moved(org id.Org, host string) bool {
	p := s.policy.Load()
	if p == nil {
		return false
	}
	v := p.Host(org, host)
	return v.Known && v.Allowed
}
