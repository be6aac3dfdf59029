package draw

import (
	"container/list"
	"context"
	"runtime"
	"sync"
)

// shelf keeps what was made, up to a number of bytes, and forgets first what was asked for longest ago. What two ask for at once is made once; only as much is made at the same
// time as there are processors, and whoever waits gives up with its context.
type shelf struct {
	most  int64
	hands chan struct{}

	mu    sync.Mutex
	size  int64
	order *list.List // of *kept, what was asked for last at the front
	by    map[string]*list.Element
	doing map[string]*making
}

type kept struct {
	key   string
	value any
	size  int64
}

// making is what is made at the moment.
type making struct {
	done  chan struct{}
	value any
	err   error
}

func newShelf(most int64) *shelf {
	return &shelf{most: most, hands: make(chan struct{}, runtime.GOMAXPROCS(0)), order: list.New(), by: map[string]*list.Element{}, doing: map[string]*making{}}
}

// taken is what the key names, made now where it is not there. nested is for what is made while something else is: it needs no hand of its own.
func taken[T any](ctx context.Context, s *shelf, key string, nested bool, make func(ctx context.Context) (T, int64, error)) (T, error) {
	v, err := s.take(ctx, key, nested, func(ctx context.Context) (any, int64, error) { return make(ctx) })
	out, _ := v.(T)
	return out, err
}

func (s *shelf) take(ctx context.Context, key string, nested bool, make func(ctx context.Context) (any, int64, error)) (any, error) {
	for {
		if v, there := s.look(key); there {
			return v, nil
		}
		// Whoever makes something has a hand already, so that who waits for it while they have one themselves waits for somebody who goes on.
		free, err := s.hand(ctx, nested)
		if err != nil {
			return nil, err
		}
		m, v, mine := s.begin(key)
		if mine {
			defer free()
			return s.make(ctx, m, key, make)
		}
		free()
		if m == nil {
			return v, nil
		}
		select {
		case <-m.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if m.err == nil {
			return m.value, nil
		}
		if ctx.Err() != nil || !gaveUp(m.err) {
			return nil, m.err
		}
		// Whoever made it went away, and it is still wanted here.
	}
}

// hand waits for one of the hands that make things.
func (s *shelf) hand(ctx context.Context, nested bool) (free func(), err error) {
	if nested {
		return func() {}, nil
	}
	select {
	case s.hands <- struct{}{}:
		return func() { <-s.hands }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *shelf) look(key string) (any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found(key)
}

func (s *shelf) found(key string) (any, bool) {
	e, there := s.by[key]
	if !there {
		return nil, false
	}
	s.order.MoveToFront(e)
	return e.Value.(*kept).value, true //nolint:forcetypeassert // nothing else is put in
}

// begin finds a value, or who makes it; mine says that it is made by whoever asks.
func (s *shelf) begin(key string) (m *making, v any, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, there := s.found(key); there {
		return nil, v, false
	}
	if m, there := s.doing[key]; there {
		return m, nil, false
	}
	m = &making{done: make(chan struct{})}
	s.doing[key] = m
	return m, nil, true
}

func (s *shelf) make(ctx context.Context, m *making, key string, make func(ctx context.Context) (any, int64, error)) (any, error) {
	var size int64
	m.err = errStopped // where it panics, so that nobody waits for ever
	defer func() { s.end(m, key, size) }()
	m.value, size, m.err = make(ctx)
	return m.value, m.err
}

// end lets those who wait go on, and keeps what was made.
func (s *shelf) end(m *making, key string, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.doing, key)
	close(m.done)
	if m.err != nil || size > s.most/4 { // one thing never fills the shelf
		return
	}
	s.by[key] = s.order.PushFront(&kept{key, m.value, size})
	s.size += size
	for s.size > s.most {
		last := s.order.Back()
		k := s.order.Remove(last).(*kept) //nolint:forcetypeassert // nothing else is put in
		delete(s.by, k.key)
		s.size -= k.size
	}
}
