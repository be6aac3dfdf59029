package home

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/store/sqldb"
)

const (
	defaultOpen = 64
	defaultIdle = 5 * time.Minute
	// openTime bounds the opening of one home, its migrations included.
	openTime = 5 * time.Minute
	// trust is how long a key in memory is used before the directory is asked whether the organisation is still there. It matters where another
	// replica may have destroyed it; in one process Forget ends it at once.
	trust = 10 * time.Second
)

// Homes are all homes of an installation.
type Homes struct {
	cfg      Config
	platform *core
	unlock   func() error
	queue    *Queue

	mu     sync.Mutex
	open   map[id.Org]*core
	freed  chan struct{} // closed and made anew when a home may have become free
	closed bool
	lost   map[id.Org]bool // whose hint may have been lost
	swept  bool            // what was open when the program ended before was asked for what is due
}

// Open opens an installation: it locks the data directory, opens the platform's home and brings it to the newest schema. Homes of organisations are opened
// when they are asked for.
func Open(ctx context.Context, cfg Config) (*Homes, error) {
	if cfg.Keys == nil || cfg.Now == nil || cfg.Random == nil {
		return nil, fault.New(fault.Internal, "homes need keys, a clock and randomness")
	}
	cfg.MaxOpen, cfg.Idle = cmp.Or(cfg.MaxOpen, defaultOpen), cmp.Or(cfg.Idle, defaultIdle)
	hs := &Homes{cfg: cfg, open: map[id.Org]*core{}, freed: make(chan struct{}), unlock: func() error { return nil }}
	hs.queue = newQueue(hs)
	if cfg.Server == nil {
		unlock, err := lockDir(ctx, cfg.Dir)
		if err != nil {
			return nil, err
		}
		hs.unlock = unlock
	}
	if err := hs.openPlatform(ctx); err != nil {
		return nil, errors.Join(err, hs.unlock())
	}
	return hs, nil
}

// Queue is the queue of all homes' jobs.
func (hs *Homes) Queue() *Queue { return hs.queue }

func noOrganisation() error { return fault.New(fault.NotFound, "there is no such organisation") }

// For opens the home of the scope's organisation and holds it until Release. The zero scope, an organisation that is not there and one that was destroyed
// are not found.
func (hs *Homes) For(ctx context.Context, s access.Scope) (*Home, error) {
	if s.Zero() || s.Org() == id.Local {
		return nil, noOrganisation()
	}
	return hs.hold(ctx, s.Org())
}

// hold is For without a scope, for what the homes themselves do.
func (hs *Homes) hold(ctx context.Context, org id.Org) (*Home, error) {
	if org == id.Platform {
		return &Home{core: hs.platform}, nil
	}
	for {
		c, wait, err := hs.enter(ctx, org)
		if err != nil {
			return nil, err
		}
		if c == nil {
			select {
			case <-wait:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		select {
		case <-c.ready:
		case <-ctx.Done():
			hs.leave(c)
			return nil, ctx.Err()
		}
		if c.err != nil {
			return nil, c.err
		}
		if err := hs.confirm(ctx, c); err != nil {
			hs.leave(c)
			return nil, err
		}
		return &Home{core: c}, nil
	}
}

// enter returns the home, counted, which may still be opening; or a channel to wait on before asking again.
func (hs *Homes) enter(ctx context.Context, org id.Org) (*core, <-chan struct{}, error) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if hs.closed {
		return nil, nil, fault.New(fault.Unavailable, "the program is ending")
	}
	if c := hs.open[org]; c != nil {
		if c.closing {
			return nil, c.gone, nil
		}
		c.refs++
		return c, nil, nil
	}
	if len(hs.open) >= hs.cfg.MaxOpen {
		if c := hs.idlest(); c != nil {
			hs.shut(c)
			return nil, c.gone, nil
		}
		if hs.cfg.Server == nil { // a file is a file; a key more in memory does no harm
			return nil, hs.freed, nil
		}
	}
	c := newCore(org, hs.cfg.Random)
	c.homes, c.refs = hs, 1
	hs.open[org] = c
	go hs.opening(context.WithoutCancel(ctx), c) // for all that wait for it, whoever of them gives up
	return c, nil, nil
}

// idlest is the home that nobody holds and that was used longest ago, or nil.
func (hs *Homes) idlest() *core {
	var found *core
	for _, c := range hs.open {
		if c.refs == 0 && !c.closing && (found == nil || c.used.Before(found.used)) {
			found = c
		}
	}
	return found
}

// shut closes a home that nobody holds, on a goroutine of its own. hs.mu is held.
func (hs *Homes) shut(c *core) {
	c.closing = true
	go func() {
		err := c.close()
		hs.mu.Lock()
		defer hs.mu.Unlock()
		if err != nil {
			c.log().Error("a home could not be closed", "org", string(c.org), "error", err)
		}
		delete(hs.open, c.org)
		close(c.gone)
		hs.free()
	}()
}

// free tells those that wait for a place. hs.mu is held.
func (hs *Homes) free() {
	close(hs.freed)
	hs.freed = make(chan struct{})
}

func (hs *Homes) opening(ctx context.Context, c *core) {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	err := hs.openOrg(ctx, c)
	hs.mu.Lock()
	defer hs.mu.Unlock()
	c.err, c.checked = err, hs.cfg.Now()
	if err != nil {
		delete(hs.open, c.org)
		c.closing = true
		close(c.gone)
		hs.free()
	}
	close(c.ready)
}

func (hs *Homes) leave(c *core) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	c.refs--
	c.used = hs.cfg.Now()
	if c.refs == 0 {
		hs.free()
	}
}

// confirm asks the directory again, where another replica may have destroyed the organisation.
func (hs *Homes) confirm(ctx context.Context, c *core) error {
	if hs.cfg.Server == nil {
		return nil
	}
	now := hs.cfg.Now()
	hs.mu.Lock()
	fresh := now.Sub(c.checked) < trust && !now.Before(c.checked)
	hs.mu.Unlock()
	if fresh {
		return nil
	}
	if _, _, err := hs.lookup(ctx, c.org); err != nil {
		return err
	}
	hs.mu.Lock()
	defer hs.mu.Unlock()
	c.checked = now
	return nil
}

// Release lets the home go. A second time does nothing.
func (h *Home) Release() { _ = h.Close() }

// Close is Release; of a laptop's own home, which nobody else holds, it says what went wrong.
func (h *Home) Close() error {
	if h.released.Swap(true) {
		return nil
	}
	switch {
	case h.core.homes == nil:
		return errors.Join(h.core.db.Close(), h.core.lock.Close())
	case h.core.org != id.Platform:
		h.core.homes.leave(h.core)
	}
	return nil
}

func (c *core) close() error {
	var err error
	if c.homes.cfg.Server == nil {
		err = c.db.Close()
	}
	c.key.Destroy()
	return err
}

// Close closes all homes and lets the data directory go. What holds a home has ended before.
func (hs *Homes) Close() error {
	hs.mu.Lock()
	hs.closed = true
	var wait []*core
	for _, c := range hs.open {
		wait = append(wait, c)
	}
	hs.mu.Unlock()
	for _, c := range wait {
		<-c.ready
		hs.mu.Lock()
		if !c.closing {
			hs.shut(c)
		}
		hs.mu.Unlock()
		<-c.gone
	}
	return errors.Join(hs.platform.close(), hs.unlock())
}

// lockDir takes the data directory for this process, until the function that it returns is called or the process ends, however it does.
func lockDir(ctx context.Context, dir string) (func() error, error) {
	if err := privateDir(dir); err != nil {
		return nil, err
	}
	lock, err := sqldb.OpenLock(ctx, filepath.Join(dir, lockFile), true)
	if err != nil {
		return nil, err
	}
	held, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- lock.Hold(context.WithoutCancel(ctx), lockPatience, func() error { close(held); <-release; return nil })
	}()
	select {
	case <-held:
	case err := <-ended:
		_ = lock.Close()
		if fault.KindOf(err) == fault.Unavailable {
			err = fault.New(fault.Conflict, "another c4arch uses the data directory %s", dir).WithHelp("one process has it at a time: end the other one, or name another directory with --data")
		}
		return nil, err
	}
	return func() error { close(release); return errors.Join(<-ended, lock.Close()) }, nil
}

const lockPatience = 500 * time.Millisecond
