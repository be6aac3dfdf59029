package detect

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// screened has a text of whoever may do that looked at before it is kept: it may come back without what it should not hold, or not at all.
func (h *Hosted) screened(ctx context.Context, a access.Actor, act access.Action, project id.Project, text *string) error {
	if h.Screen == nil || *text == "" {
		return nil
	}
	if _, err := access.Decide(a, act, access.Resource{Project: project}); err != nil {
		return err
	}
	kept, err := h.Screen(ctx, a, "reason", *text)
	if err == nil {
		*text = kept
	}
	return err
}
