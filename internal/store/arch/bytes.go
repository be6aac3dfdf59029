package arch

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// errBytes is for bytes that nothing here wrote.
var errBytes = errors.New("it is not written as the store writes it")

// writer appends numbers and texts.
type writer struct{ b []byte }

func (w *writer) uint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }
func (w *writer) int(n int64)   { w.b = binary.AppendVarint(w.b, n) }
func (w *writer) str(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) bool(b bool) {
	if b {
		w.uint(1)
	} else {
		w.uint(0)
	}
}

// reader takes apart what a writer wrote. The first thing that is wrong ends it: all that follows is zero.
type reader struct {
	s   string
	bad bool
}

func (r *reader) fail() {
	r.s, r.bad = "", true
}

func (r *reader) uint() uint64 {
	var x uint64
	for i := range min(len(r.s), binary.MaxVarintLen64) {
		c := r.s[i]
		if i == 9 && c > 1 {
			break
		}
		x |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			if c == 0 && i > 0 {
				break // a longer form of a shorter number
			}
			r.s = r.s[i+1:]
			return x
		}
	}
	r.fail()
	return 0
}

func (r *reader) int() int64 {
	u := r.uint()
	n := int64(u >> 1)
	if u&1 != 0 {
		n = ^n
	}
	return n
}

// count is a number of things that each take at least one byte.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.s)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) str() string { return r.take(r.count()) }

func (r *reader) take(n int) string {
	if n > len(r.s) {
		r.fail()
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}

func (r *reader) bool() bool {
	n := r.uint()
	if n > 1 {
		r.fail()
	}
	return n == 1
}

// end is an error unless everything was read and nothing was wrong.
func (r *reader) end() error {
	if r.bad || r.s != "" {
		return errBytes
	}
	return nil
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
