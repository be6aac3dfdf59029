package app

import "iter"

// ahead is how many pictures may be drawn before the page has taken them: enough that nobody waits while one
// large picture is drawn, few enough that a large model's pictures never stand in memory together.
const ahead = 64

// album hands pictures from those that draw, in any order, to the page, in the order of their numbers. A nil
// album is nobody's: its methods do nothing.
type album struct {
	slots []chan []byte
	room  chan struct{}
	ended chan struct{} // closed when nothing more is put
	gone  chan error    // what became of the page
	taken int
}

func newAlbum(n int) *album {
	a := &album{slots: make([]chan []byte, n), room: make(chan struct{}, ahead), ended: make(chan struct{}), gone: make(chan error, 1)}
	for i := range a.slots {
		a.slots[i] = make(chan []byte, 1)
	}
	return a
}

// give lets write take the pictures, on a goroutine of its own. What it leaves is taken after it, so that
// nobody waits for room in vain.
func (a *album) give(write func() error) {
	go func() {
		err := safely(write)
		for _, there := a.next(); there; _, there = a.next() {
		}
		a.gone <- err
	}()
}

// wait waits until there is room for one more picture. It is called once before each picture is begun, in
// the order of their numbers.
func (a *album) wait() {
	if a != nil {
		a.room <- struct{}{}
	}
}

// put puts a picture in, or nil for one that could not be drawn.
func (a *album) put(n int, picture []byte) {
	if a != nil {
		a.slots[n] <- picture
	}
}

// end says that nothing more is put and returns what became of the page.
func (a *album) end() error {
	if a == nil {
		return nil
	}
	close(a.ended)
	return <-a.gone
}

// next returns the next picture; false when there is none.
func (a *album) next() ([]byte, bool) {
	if a.taken == len(a.slots) {
		return nil, false
	}
	var picture []byte
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

// pictures yields every picture that could be drawn under its key.
func (a *album) pictures(key func(n int) string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for {
			n := a.taken
			picture, there := a.next()
			if !there || picture != nil && !yield(key(n), picture) {
				return
			}
		}
	}
}
