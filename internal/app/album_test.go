package app

import (
	"errors"
	"slices"
	"strconv"
	"testing"
)

func TestAlbumKeepsTheOrder(t *testing.T) {
	const n = 5 * ahead
	a := newAlbum[string](n)
	var got []string
	a.give(func() error {
		for picture := range a.pictures() {
			got = append(got, *picture)
		}
		return nil
	})
	text := func(i int, mark string) *string { s := strconv.Itoa(i) + mark; return &s }
	// Of each two the second is done first; every tenth cannot be drawn.
	var want []string
	for i := 0; i < n; i += 2 {
		a.wait()
		a.wait()
		a.put(i+1, text(i+1, "!"))
		if i%10 == 0 {
			a.put(i, nil)
		} else {
			a.put(i, text(i, "?"))
			want = append(want, strconv.Itoa(i)+"?")
		}
		want = append(want, strconv.Itoa(i+1)+"!")
	}
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// A page that cannot be written does not stop those who draw, and pictures that never come do not stop the page.
func TestAlbumNeverWaitsInVain(t *testing.T) {
	full := errors.New("disk full")
	a := newAlbum[string](5 * ahead)
	a.give(func() error { return full })
	for i := range 4 * ahead {
		a.wait()
		a.put(i, new(string))
	}
	a.wait() // for one that is then not drawn
	if err := a.end(); err != full {
		t.Errorf("%v", err)
	}

	a = newAlbum[string](3)
	a.give(func() error { panic("a defect") })
	if err := a.end(); err == nil {
		t.Error("a panic is no error")
	}
}
