package project

import (
	"context"

	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/overview"
	"c4arch/internal/service/task"
)

// jobName is what a job does, for people; the kind where there is no other word.
func jobName(ctx context.Context, kind string) string {
	switch kind {
	case task.RunScan:
		return say.T(ctx, "Scanning")
	case task.Compare:
		return say.T(ctx, "Looking for drift")
	case task.FillExample:
		return say.T(ctx, "Making the example")
	case task.SignLog:
		return say.T(ctx, "Signing the ledger")
	case task.VerifyLog:
		return say.T(ctx, "Verifying the ledger")
	case task.Deliver, task.Redeliver:
		return say.T(ctx, "Delivering a stream")
	}
	return kind
}

// groups are what could not be read as the list of it wants it.
func groups(all []overview.Group) []web.Unread {
	out := make([]web.Unread, len(all))
	for i, g := range all {
		out[i] = web.Unread{Kind: string(g.Kind), Reason: g.Reason, Help: g.Help, N: g.N}
		for _, p := range g.Places {
			out[i].Places = append(out[i].Places, web.Place{Input: p.Input, Thing: p.Thing, Line: p.Line})
		}
	}
	return out
}
