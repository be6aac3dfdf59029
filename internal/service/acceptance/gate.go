package acceptance

import (
	"context"
	"strings"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/acceptance"
)

// Remembered is how long it counts that an organisation may go on. What was found to be open is asked again with every request: who accepted goes on at once, on every replica.
const Remembered = 5 * time.Second

// mostRemembered bounds the memory of it.
const mostRemembered = 20_000

// gate remembers who may go on. The zero gate is ready.
type gate struct {
	mu   sync.Mutex
	till map[id.Org]time.Time
}

func (g *gate) passes(org id.Org, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	till, known := g.till[org]
	return known && now.Before(till)
}

func (g *gate) remember(org id.Org, till time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.till == nil || len(g.till) >= mostRemembered {
		g.till = map[id.Org]time.Time{}
	}
	g.till[org] = till
}

func (g *gate) forget(org id.Org) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.till, org)
}

// Forget has every organisation asked again: something was published.
func (s *Service) Forget() {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.gate.till = nil
}

// Gated reports whether the gate stands before that actor at all: members of an organisation and its programs. The platform's own people, under a grant or not, the program itself and a
// laptop are not asked.
func Gated(a access.Actor) bool {
	return (a.Kind == access.Person || a.Kind == access.Token) && a.Org != "" && a.Org != id.Platform && a.Org != id.Local && a.Grant == ""
}

// Path is where documents are read and accepted.
const Path = "/organisation/agreements/accept"

// May says why a member or a program of an organisation may not go on: documents have to be accepted for it first. The error is of the kind unaccepted.
func (s *Service) May(ctx context.Context, a access.Actor) error {
	if !Gated(a) {
		return nil
	}
	now := s.now()
	if s.gate.passes(a.Org, now) {
		return nil
	}
	open, till, err := s.open(ctx, a, now)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		s.gate.remember(a.Org, till)
		return nil
	}
	names := make([]string, len(open))
	for i, d := range open {
		names[i] = d.Slug + " " + d.Edition
	}
	return fault.New(fault.Unaccepted, "documents have to be accepted for the organisation first: %s", strings.Join(names, ", ")).WithHelp("an owner reads and accepts them at %s; until then exports and the legal pages stay open", Path)
}

// open is what is open, and until when that is known: the next instant at which something comes into force ends it.
func (s *Service) open(ctx context.Context, a access.Actor, now time.Time) ([]acceptance.Document, time.Time, error) {
	till := now.Add(Remembered)
	all, err := s.Documents.Published(ctx)
	if err != nil {
		return nil, till, err
	}
	docs, asks := documentsOf(all), false
	for _, d := range docs {
		if asks = asks || d.Accept; d.Effective.After(now) && d.Effective.Before(till) {
			till = d.Effective
		}
	}
	if !asks {
		return nil, till, nil
	}
	scope, err := access.Decide(access.System(a.Org, "whether documents are accepted", a), access.AcceptanceCheck, access.Resource{})
	if err != nil {
		return nil, till, err
	}
	there, err := s.Store.Acceptances(ctx, scope)
	if err != nil {
		return nil, till, err
	}
	return acceptance.Open(docs, there, now), till, nil
}
