package assure

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
)

// standingFor is how long what was read is told again. A state that changes by time alone changes when it is asked for: the report is made anew each time.
const standingFor = 5 * time.Second

// read is what was read last, for those who ask often.
type read struct {
	at     time.Time
	newest map[string]control.Run
	made   []control.Attestation
}

// Standing is where everything stands, for the pages that everybody sees. It is asked by nobody in particular: the service reads it for its own pages.
func (s *Service) Standing(ctx context.Context) (*control.Report, error) {
	scope, err := access.Decide(access.System(id.Platform, "public statements", access.Actor{}), access.ControlRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	now := s.Now()
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if age := now.Sub(last.at); last.newest == nil || age < 0 || age >= standingFor {
		if last, err = s.read(ctx, scope, now); err != nil {
			return nil, err
		}
		s.mu.Lock()
		s.last = last
		s.mu.Unlock()
	}
	return s.catalogue.Report(last.newest, now, last.made...), nil
}

func (s *Service) read(ctx context.Context, scope access.Scope, now time.Time) (read, error) {
	newest, err := s.Store.Newest(ctx, scope)
	if err != nil {
		return read{}, err
	}
	if newest == nil {
		newest = map[string]control.Run{}
	}
	made, err := s.Store.Attestations(ctx, scope)
	return read{at: now, newest: newest, made: made}, err
}

// forget lets the next one who asks read anew: something was kept.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = read{}
}

// Recorded is what the ledger has of the newest runs, by their ids.
func (s *Service) Recorded(ctx context.Context, a access.Actor) (map[string]Entry, error) {
	scope, err := access.Decide(a, access.ControlRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Entries(ctx, scope)
}

// Entry is what the ledger has of a run or an attestation: where, and its digest.
type Entry struct {
	Index   int64
	Digest  string
	Outcome control.Outcome
}
