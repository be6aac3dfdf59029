package auditing

import (
	"context"
	"io"

	"c4arch/internal/account/access"
)

// Session is the service as one actor uses it: what the command line has of a local history.
type Session struct {
	service *Service
	actor   access.Actor
	close   func() error
}

// As is the service as that actor uses it; end lets go what it works on, and may be nil.
func (s *Service) As(a access.Actor, end func() error) *Session { return &Session{s, a, end} }

// List reads a page.
func (x *Session) List(ctx context.Context, q Query) (*Entries, error) {
	return x.service.List(ctx, x.actor, q)
}

// Checkpoint signs what the log says now.
func (x *Session) Checkpoint(ctx context.Context) ([]byte, error) {
	return x.service.Checkpoint(ctx, x.actor)
}

// Key is the line of the key that checkpoints are verified with.
func (x *Session) Key(ctx context.Context) ([]byte, error) {
	scope, err := access.Decide(x.actor, access.LedgerRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	signer, err := x.service.Signers.Signer(ctx, scope.Org())
	if err != nil {
		return nil, err
	}
	return []byte(signer.Key().String() + "\n"), nil
}

// Export writes a bundle.
func (x *Session) Export(ctx context.Context, w io.Writer, e Export) error {
	_, err := x.service.Export(ctx, x.actor, w, e)
	return err
}

// Close lets go what it works on.
func (x *Session) Close() error {
	if x.close == nil {
		return nil
	}
	return x.close()
}
