package accounts

import (
	"context"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
)

// Belong makes somebody with that e-mail address known to the instance, and notes that the person belongs to the actor's organisation. It gives no right to anything: the
// organisation's own record of a member does. It is for what makes members besides this package: provisioning, and providers.
func (s *Service) Belong(ctx context.Context, a access.Actor, email string) (person string, err error) {
	email, err = tenant.Email(email)
	if err != nil {
		return "", err
	}
	return s.belong(ctx, a, email)
}
