package app

import "iter"

// ahead is how many pictures may be drawn before the page has taken them: enough that nobody waits while one
// large picture is drawn, few enough that a large model's pictures never stand in memory together.
const ahead = 64

// album hands pictures from those that draw, in any order, to what puts them into one file, in the order of their numbers. A
// nil album is nobody's: its methods do nothing.
type album[T any] struct {
	slots []chan *T
	room  chan struct{}
	ended chan struct{} // closed when nothing more is put
	gone  chan error    // what became of the file
	taken int
}

func newAlbum[T any](n int) *album[T] {
	a := &album[T]{slots: make([]chan *T, n), room: make(chan struct{}, ahead), ended: make(chan struct{}), gone: make(chan error, 1)}
	for i := range a.slots {
		a.slots[i] = make(chan *T, 1)
	}
	return a
}

// give lets write take the pictures, on a goroutine of its own. What it leaves is taken after it, so that
// nobody waits for room in vain.
func (a *album[T]) give(write func() error) {
	go func() {
		err := safely(write)
		for _, there := a.next(); there; _, there = a.next() {
		}
		a.gone <- err
	}()
}

// wait waits until there is room for one more picture. It is called once before each picture is begun, in
// the order of their numbers.
func (a *album[T]) wait() {
	if a != nil {
		a.room <- struct{}{}
	}
}

// put puts a picture in, or nil for one that could not be drawn.
func (a *album[T]) put(n int, picture *T) {
	if a != nil {
		a.slots[n] <- picture
	}
}

// end says that nothing more is put and returns what became of the page.
func (a *album[T]) end() error {
	if a == nil {
		return nil
	}
	close(a.ended)
	return <-a.gone
}

// next returns the next picture; false when there is none.
func (a *album[T]) next() (*T, bool) {
	if a.taken == len(a.slots) {
		return nil, false
	}
	var picture *T
	select {
	case picture = <-a.slots[a.taken]:
	case <-a.ended:
		select {
		case picture = <-a.slots[a.taken]:
		default:
			return nil, false
		}
	}
	a.slots[a.taken] = nil
	a.taken++
	<-a.room
	return picture, true
}

// pictures yields every picture that could be drawn.
func (a *album[T]) pictures() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for {
			picture, there := a.next()
			if !there || picture != nil && !yield(picture) {
				return
			}
		}
	}
}
