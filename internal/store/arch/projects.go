package arch

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
)

// Homes is the port to the homes of organisations.
type Homes interface {
	// For opens the scope's home, which is held until Release.
	For(ctx context.Context, s access.Scope) (*home.Home, error)
}

// Projects opens the projects of organisations, as the services want to see them.
type Projects struct {
	homes  Homes
	press  *press // one for all: it holds much memory
	random io.Reader
}

// NewProjects is the way to the projects of homes.
func NewProjects(homes Homes) (*Projects, error) {
	p, err := newPress()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "zstd")
	}
	return &Projects{homes: homes, press: p, random: rand.Reader}, nil
}

// Open opens the scope's project until Close.
func (ps *Projects) Open(ctx context.Context, s access.Scope) (*Store, error) {
	h, err := ps.homes.For(ctx, s)
	if err != nil {
		return nil, err
	}
	st, err := of(ctx, h, s, ps.press)
	if err != nil {
		h.Release()
		return nil, err
	}
	st.close = func() error {
		h.Release()
		return nil
	}
	return st, nil
}

// History is Open. See [history.Projects].
func (ps *Projects) History(ctx context.Context, s access.Scope) (history.Store, error) {
	st, err := ps.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return st, nil
}

// Discover is Open. See [discover.Projects].
func (ps *Projects) Discover(ctx context.Context, s access.Scope) (discover.Project, error) {
	st, err := ps.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return discovery{Store: st, random: ps.random}, nil
}

// Detect is Open. See [detect.Projects].
func (ps *Projects) Detect(ctx context.Context, s access.Scope) (detect.Project, error) {
	st, err := ps.Open(ctx, s)
	if err != nil {
		return nil, err
	}
	return detection{Store: st}, nil
}

// Key is the key under which the project's evidence is sealed and committed to.
func (st *Store) Key() []byte { return st.home.Key().Derive(secret.ForEvidence).Expose() }

// About is the project.
func (st *Store) About(ctx context.Context) (tenant.Project, error) {
	p := tenant.Project{ID: st.project}
	err := st.home.Read(ctx, func(tx *sqldb.Tx) error {
		var archived int
		var created int64
		found, err := tx.Row(ctx, []any{&p.Slug, &p.Name, &archived, &created, &p.Version}, `SELECT slug, name, archived, created_at, version FROM project WHERE id = $1`, string(st.project))
		if err == nil && !found {
			err = noProject()
		}
		p.Archived, p.Created = archived != 0, fromMicro(created)
		return err
	})
	return p, err
}

// micro is a time as rows have it; the zero time is 0.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// most is how many rows a page has at most, and how many it has where nobody says.
const (
	mostRows  = 1000
	usualRows = 100
)

func pageSize(limit int) int {
	if limit <= 0 {
		return usualRows
	}
	return min(limit, mostRows)
}

// stale is the answer to a change of a record that was changed meanwhile, is not there, or is another project's: the three are not told apart.
func stale(what string) error {
	return fault.New(fault.Conflict, "the %s was changed meanwhile, or is not there", what).WithHelp("look at it again, and decide again")
}
