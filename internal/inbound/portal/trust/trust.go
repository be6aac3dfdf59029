// Package trust is the trust centre: the public pages of what is said and how it stands, what is asked of the platform, documents on terms and packs for members, and what the
// platform's own people do about all that.
//
// It promises: the public pages show nothing but what is published, set no cookie and run no script of others; a statement is never shown without its state and its time; what
// somebody asks is shown again to whoever has the link alone. It leaves out subprocessors and legal documents, which have desks of their own.
package trust

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/trustcentre"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Public is the port to what everybody may see and ask.
type Public interface {
	Public(ctx context.Context) (*trustcentre.Page, error)
	Matrix(ctx context.Context) (*trustcentre.Matrix, error)
	Badges(ctx context.Context) ([]trustcentre.Certificate, error)
	Shown(ctx context.Context) ([]trustcentre.Item, error)
	Open(ctx context.Context, item string) (trustcentre.Item, []byte, error)
	Receive(ctx context.Context, q trustcentre.Asked) (trustcentre.Request, string, error)
	Follow(ctx context.Context, code string) (trustcentre.Request, error)
	SecurityText(ctx context.Context) ([]byte, error)
	SecurityContacts() []string
	PublicKey(ctx context.Context) (armoured []byte, fingerprint string, err error)
}

// Members is the port to what members of an organisation have of it.
type Members interface {
	Readable(ctx context.Context, a access.Actor) ([]trustcentre.Item, trustcentre.Acceptance, error)
	Accept(ctx context.Context, a access.Actor, digest string) error
	Take(ctx context.Context, a access.Actor, item string) (name string, data []byte, err error)
	Packs(ctx context.Context, a access.Actor) ([]trustcentre.Pack, error)
	Ask(ctx context.Context, a access.Actor) (trustcentre.Pack, error)
	Hand(ctx context.Context, a access.Actor, pack string) (trustcentre.Pack, []byte, error)
}

// Staff is the port to what the platform's own people do.
type Staff interface {
	Requests(ctx context.Context, a access.Actor) ([]trustcentre.Request, error)
	Request(ctx context.Context, a access.Actor, request string) (trustcentre.Request, error)
	Acknowledge(ctx context.Context, a access.Actor, request string) error
	Answer(ctx context.Context, a access.Actor, request, text string) error
	Close(ctx context.Context, a access.Actor, request string) error
	Certificates(ctx context.Context, a access.Actor) ([]trustcentre.Certificate, error)
	Record(ctx context.Context, a access.Actor, c trustcentre.Certificate) (trustcentre.Certificate, error)
	Withdraw(ctx context.Context, a access.Actor, certificate, reason string) error
	Items(ctx context.Context, a access.Actor) ([]trustcentre.Item, error)
	Add(ctx context.Context, a access.Actor, i trustcentre.Item, data []byte) (trustcentre.Item, error)
	Retire(ctx context.Context, a access.Actor, item, reason string) error
}

// Parts are what the desk needs. All must be set.
type Parts struct {
	Public  Public
	Members Members
	Staff   Staff
	Contact trustcentre.Contact
	// Ready is what the instance says of itself now.
	Ready func(ctx context.Context) []trustcentre.Ready
	// Find is the organisation of that short name or id; not found where there is none.
	Find    func(ctx context.Context, a access.Actor, text string) (id.Org, error)
	Now     func() time.Time
	Version string
}

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		d.public(s)
		d.members(s)
		d.staff(s)
	}
}

type desk struct{ Parts }
