package legal

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/legal"
)

// public is a scope to read what is published, for whoever asks.
func public() (access.Scope, error) {
	return access.Decide(access.System(id.Platform, "what is published in the legal registry", access.Actor{}), access.PublicRead, access.Resource{})
}

// Published are all versions that were published, in the order in which they were. They are remembered until another one is published, by this process or by another.
func (s *Service) Published(ctx context.Context) ([]legal.Version, error) {
	scope, err := public()
	if err != nil {
		return nil, err
	}
	now, err := s.Store.State(ctx, scope)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	known, state := s.known, s.state
	s.mu.Unlock()
	if state == now {
		return slices.Clone(known), nil
	}
	all, err := s.Store.Published(ctx, scope)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if int64(len(all)) == now.Count { // else another one came between
		s.known, s.state = all, now
	}
	return slices.Clone(all), nil
}

// InForce are the versions that are in force at an instant, one of each document: what is for everybody first, then by the order of precedence.
func (s *Service) InForce(ctx context.Context, at time.Time) ([]legal.Version, error) {
	all, err := s.Published(ctx)
	if err != nil {
		return nil, err
	}
	return legal.InForce(all, at), nil
}

// Of are the versions of one document, the newest first, those that are not in force yet included.
func (s *Service) Of(ctx context.Context, slug string) ([]legal.Version, error) {
	all, err := s.Published(ctx)
	if err != nil {
		return nil, err
	}
	list := legal.Of(all, slug)
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "there is no such document")
	}
	return list, nil
}

// Version is one version of one document.
func (s *Service) Version(ctx context.Context, slug, version string) (legal.Version, error) {
	list, err := s.Of(ctx, slug)
	if err != nil {
		return legal.Version{}, err
	}
	for _, v := range list {
		if v.Version == version {
			return v, nil
		}
	}
	return legal.Version{}, fault.New(fault.NotFound, "there is no such version of the document")
}
