package layout

// skyline is how far up the strips of a pass are taken. It answers for many strips at once: a tree over the strips, of
// which each node knows the highest in it, and what was raised over all of it (Lengauer 1990, section 10.1, has the
// scan line; the tree is a segment tree of Bentley, "Solutions to Klee's rectangle problems", 1977).
type skyline struct {
	size int
	dist *[kinds][kinds]int
	top  []heights // the highest anywhere in the node
	all  []heights // raised over the whole node
}

// heights are the lowest places that the kinds may take.
type heights [kinds]int

func newSkyline(strips int, dist *[kinds][kinds]int) *skyline {
	s := &skyline{size: 1, dist: dist}
	for s.size < strips {
		s.size *= 2
	}
	s.top, s.all = make([]heights, 2*s.size), make([]heights, 2*s.size)
	for i := range s.top {
		for k := range kinds {
			s.top[i][k], s.all[i][k] = nowhere, nowhere
		}
	}
	return s
}

// raise notes that something of a kind reaches up to a height in the strips from first to before end.
func (s *skyline) raise(first, end int, k kind, to int) {
	var at heights
	for other := range kinds {
		at[other] = to + s.dist[k][other]
	}
	l, r := first+s.size, end+s.size
	for a, b := l, r; a < b; a, b = a/2, b/2 {
		if a%2 == 1 {
			s.all[a].lift(&at)
			s.top[a].lift(&at)
			a++
		}
		if b%2 == 1 {
			b--
			s.all[b].lift(&at)
			s.top[b].lift(&at)
		}
	}
	if l < r {
		for a := l / 2; a > 0; a /= 2 {
			s.top[a].lift(&at)
		}
		for b := (r - 1) / 2; b > 0; b /= 2 {
			s.top[b].lift(&at)
		}
	}
}

func (h *heights) lift(to *heights) {
	for k := range kinds {
		h[k] = max(h[k], to[k])
	}
}

// above is the lowest place for something of a kind over the strips, or nowhere when there is nothing below it.
func (s *skyline) above(first, end int, k kind) int {
	at := nowhere
	l, r := first+s.size, end+s.size
	for a, b := l, r; a < b; a, b = a/2, b/2 {
		if a%2 == 1 {
			at = max(at, s.top[a][k])
			a++
		}
		if b%2 == 1 {
			b--
			at = max(at, s.top[b][k])
		}
	}
	if l < r {
		for a := l / 2; a > 0; a /= 2 {
			at = max(at, s.all[a][k])
		}
		for b := (r - 1) / 2; b > 0; b /= 2 {
			at = max(at, s.all[b][k])
		}
	}
	return at
}
