package accounts

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/trust/terms"
)

// room is why the scope's organisation cannot have one more of that, where nothing else refuses it already.
func (s *Service) room(ctx context.Context, scope access.Scope, of terms.Limit, refused error) (error, error) {
	if refused != nil || s.Room == nil || of == "" {
		return refused, nil
	}
	err := s.Room(ctx, scope.Org(), of)
	if fault.KindOf(err) == fault.Limited {
		return err, nil
	}
	return nil, err
}

// bounded is the limit that a connection counts towards, "" for none.
func bounded(kind tenant.ConnectionKind) terms.Limit {
	switch kind {
	case tenant.Azure, tenant.Kubernetes:
		return terms.Subscriptions
	case tenant.Repository:
		return terms.Repositories
	}
	return ""
}
