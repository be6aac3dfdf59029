package app

import (
	"maps"
	"sync"

	"c4arch/internal/app/observe"
	"c4arch/internal/egress"
)

// spoken counts what went out since the start, by purpose.
type spoken struct {
	mu    sync.Mutex
	count map[string]observe.Outgoing
	hosts map[[2]string]bool // purpose and host
}

// mostHosts bounds how many destinations are told apart.
const mostHosts = 10_000

func (s *spoken) add(list []egress.Destination) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count, s.hosts = map[string]observe.Outgoing{}, map[[2]string]bool{}
	}
	for _, d := range list {
		p := string(d.Purpose)
		o := s.count[p]
		switch d.Outcome {
		case egress.Refused:
			o.Refused += d.Count
		case egress.Opened:
			o.Connections += d.Count
		}
		if at := [2]string{p, d.Host}; !s.hosts[at] && len(s.hosts) < mostHosts {
			s.hosts[at] = true
			o.Destinations++
		}
		s.count[p] = o
	}
}

func (s *spoken) by() map[string]observe.Outgoing {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.count)
}
