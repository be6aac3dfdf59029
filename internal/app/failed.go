package app

import (
	"context"
	"errors"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// failed tells the log of a request that has failed by no fault of whoever asked. A policy that could not be evaluated denies, and is counted: it is a mistake of ours.
func (in *instance) failed(what string) func(context.Context, error) {
	return func(ctx context.Context, err error) {
		if errors.Is(err, access.ErrPolicy) && in.policyFailed != nil {
			in.policyFailed()
		}
		in.log.ErrorContext(ctx, what, "kind", string(fault.KindOf(err)), "error", err)
	}
}
