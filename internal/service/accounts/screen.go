package accounts

import (
	"context"

	"c4arch/internal/account/access"
)

// screened has a text looked at before it is kept: it may come back without what it should not hold, or not at all.
func (s *Service) screened(ctx context.Context, a access.Actor, field string, text *string) error {
	if s.Screen == nil || *text == "" {
		return nil
	}
	kept, err := s.Screen(ctx, a, field, *text)
	if err == nil {
		*text = kept
	}
	return err
}
