package app

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/statement"
	desk "c4arch/internal/inbound/portal/trust"
	"c4arch/internal/inbound/web"
	"c4arch/internal/keys/pgp"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/processing"
	"c4arch/internal/service/trustcentre"
	store "c4arch/internal/store/trustcentre"
	"c4arch/internal/trust/clock"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/legal"
	"c4arch/internal/trust/subprocessor"
)

// trustCentre builds the trust centre.
func (in *instance) trustCentre() (*trustcentre.Service, error) {
	all, err := statement.Builtin()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		return nil, err
	}
	return &trustcentre.Service{
		Store: store.New(in.homes), Sources: published{in}, Ledger: evidenceLedger{in}, Statements: all, Origin: in.pageOrigin, Contact: in.trustContact(),
		Key: (&strangersKey{in: in}).get, Calendar: clock.Calendar{Zone: zone, Holidays: clock.Belgium}, Now: in.now, Random: rand.Reader, Version: version(),
	}, nil
}

func (in *instance) trustContact() trustcentre.Contact {
	c := in.cfg.Trust
	return trustcentre.Contact{Trust: c.Contact, Security: c.Security, Privacy: c.Privacy}
}

// trustDesk are the pages of the trust centre.
func (in *instance) trustDesk() web.Desk {
	return desk.Desk(desk.Parts{
		Public: in.centre, Members: in.centre, Staff: in.centre, Contact: in.trustContact(), Ready: published{in}.Readiness, Find: in.findOrg, Now: in.now, Version: version(),
	})
}

// strangersKey is the OpenPGP key of the instance, derived once from the platform's key, as those that sign for logs are.
type strangersKey struct {
	in  *instance
	mu  sync.Mutex
	key *pgp.Key
}

func (k *strangersKey) get(ctx context.Context) (trustcentre.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key != nil {
		return k.key, nil
	}
	scope, err := platform("signing", access.PlatformRead)
	if err != nil {
		return nil, err
	}
	h, err := k.in.homes.For(ctx, scope)
	if err != nil {
		return nil, err
	}
	defer h.Release()
	seed, err := hkdf.Key(sha256.New, h.Key().Derive(secret.ForSigning).Expose(), nil, "c4arch/v1/openpgp", 32)
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	made, err := pgp.New(seed, "c4arch security.txt, "+k.in.origin)
	if err != nil {
		return nil, err
	}
	k.key = made
	return made, nil
}

// published is what other parts publish, as the trust centre reads it.
type published struct{ in *instance }

var _ trustcentre.Sources = published{}

func (p published) Standing(ctx context.Context) (*control.Report, error) {
	return p.in.assure.Standing(ctx)
}

func (p published) Documents(ctx context.Context) ([]legal.Version, error) {
	return p.in.legal.InForce(ctx, p.in.now())
}

func (p published) Subprocessors(ctx context.Context) ([]subprocessor.Entry, error) {
	return p.in.supply.Entries(ctx)
}

func (p published) Digest(run control.Run) (string, error) {
	kept, err := assure.Encode(run)
	return kept.Digest, err
}

func (p published) Name(ctx context.Context, a access.Actor) (string, error) {
	org, err := p.in.accounts.Organisation(ctx, access.System(a.Org, "trust centre", a))
	return org.Name, err
}

// Annexes are the newest versions of the annexes of the addendum.
func (p published) Annexes(ctx context.Context, org id.Org) (texts []trustcentre.Text, err error) {
	for _, x := range []struct{ kind, about string }{{processing.AnnexA, "what is processed, for whom and why"}, {processing.AnnexB, "technical and organisational measures"}} {
		all, err := p.in.processing.Annexes(ctx, access.System(org, "trust pack", access.Actor{}), x.kind)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			texts = append(texts, trustcentre.Text{Name: "annex-" + strings.ToLower(x.kind) + ".md", About: "Annex " + strings.ToUpper(x.kind) + " of the addendum: " + x.about, Body: all[0].Body})
		}
	}
	return texts, nil
}

// Readiness is what has to answer for the service to work. Why something does not is for the operator's eyes.
func (p published) Readiness(ctx context.Context) (all []trustcentre.Ready) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	all = append(all, trustcentre.Ready{Name: "database", Well: p.in.answers(ctx) == nil}, trustcentre.Ready{Name: "keys", Well: p.in.keysAnswer(ctx) == nil})
	r, err := p.in.assure.Standing(ctx)
	if err != nil {
		return append(all, trustcentre.Ready{Name: "checks"})
	}
	newest, proven := time.Time{}, false
	for _, c := range r.Checks {
		if c.Run != nil && c.Run.At.After(newest) {
			newest = c.Run.At
		}
		proven = proven || c.Check.ID == assure.LedgerVerifies && c.State == control.Holds
	}
	return append(all, trustcentre.Ready{Name: "checks", Well: p.in.now().Sub(newest) < 2*assure.Every}, trustcentre.Ready{Name: "ledger", Well: proven})
}
