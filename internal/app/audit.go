package app

import (
	"context"
	"log/slog"

	"c4arch/internal/account/access"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/auditing"
	"c4arch/internal/store/home"
	"c4arch/internal/store/trust"
)

// openAudit opens the ledger of the local history in a directory.
func openAudit(ctx context.Context, env cli.Env, dir string) (cli.Audit, error) {
	k, err := homeKey(env)
	if err != nil {
		return nil, err
	}
	h, err := home.Local(ctx, dir, false, k, env.Now())
	if err != nil {
		return nil, err
	}
	st := trust.Of(h)
	service := auditing.New(auditing.Config{Log: st, Checkpoints: st, Signers: trust.LocalSigner(st), Logger: slog.New(slog.DiscardHandler), Now: env.Now})
	return service.As(access.LocalActor(), h.Close), nil
}
