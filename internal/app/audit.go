package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/trust"
	"c4arch/internal/trust/ledger"
)

// localHost stands for the machine in the name of the ledger of a local history.
const localHost = "local"

// localAudit is the ledger of the local history.
type localAudit struct {
	service *auditing.Service
	actor   access.Actor
	home    *home.Home
	signer  *ledger.Signer
}

// oneHome is the only home that there is, for its own organisation.
type oneHome struct{ home *home.Home }

func (o oneHome) For(_ context.Context, s access.Scope) (*home.Home, error) {
	if s.Zero() || s.Org() != o.home.Org() {
		return nil, fault.New(fault.NotFound, "there is no such organisation")
	}
	return o.home.Borrow(), nil
}

// Signer signs as the machine: the seed is derived from the machine's key.
func (a *localAudit) Signer(context.Context, id.Org) (*ledger.Signer, error) { return a.signer, nil }

func openAudit(ctx context.Context, env cli.Env, dir string) (_ cli.Audit, err error) {
	k, err := homeKey(env)
	if err != nil {
		return nil, err
	}
	h, err := home.Local(ctx, dir, false, k, env.Now())
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	origin, err := ledger.Origin(localHost, id.Local)
	if err != nil {
		return nil, err
	}
	seed, err := hkdf.Key(sha256.New, k.Derive(secret.ForSigning).Expose(), nil, "c4arch/v1/checkpoint/"+string(id.Local), 32)
	if err != nil {
		return nil, err
	}
	a := &localAudit{home: h, actor: access.LocalActor()}
	if a.signer, err = ledger.NewSigner(origin, seed); err != nil {
		return nil, err
	}
	st := trust.New(oneHome{h})
	a.service = auditing.New(auditing.Config{Log: st, Checkpoints: st, Signers: a, Logger: slog.New(slog.DiscardHandler), Now: env.Now})
	return a, nil
}

func (a *localAudit) List(ctx context.Context, q auditing.Query) (*auditing.Entries, error) {
	return a.service.List(ctx, a.actor, q)
}

func (a *localAudit) Checkpoint(ctx context.Context) ([]byte, error) {
	return a.service.Checkpoint(ctx, a.actor)
}

func (a *localAudit) Key(context.Context) ([]byte, error) {
	return []byte(a.signer.Key().String() + "\n"), nil
}

func (a *localAudit) Export(ctx context.Context, w io.Writer, x auditing.Export) error {
	_, err := a.service.Export(ctx, a.actor, w, x)
	return err
}

func (a *localAudit) Close() error { return a.home.Close() }
