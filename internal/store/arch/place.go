package arch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// route is a path with its array positions apart: data[3].x is "data[" "].x" and 3. It can be told from the one before it
// in a few bytes that stay the same when something is put in before both.
type route struct {
	parts []string
	index []int
}

func parseRoute(path string) route {
	var r route
	from := 0
	for i := 0; i < len(path); i++ {
		if path[i] != '[' {
			continue
		}
		j := i + 1
		for j < len(path) && path[j] >= '0' && path[j] <= '9' {
			j++
		}
		digits := path[i+1 : j]
		if j == len(path) || path[j] != ']' || digits == "" || len(digits) > 9 || len(digits) > 1 && digits[0] == '0' {
			continue
		}
		n, _ := strconv.Atoi(digits) // at most nine digits
		r.parts, r.index = append(r.parts, path[from:i+1]), append(r.index, n)
		from, i = j, j
	}
	r.parts = append(r.parts, path[from:])
	return r
}

func (r route) String() string {
	var b []byte
	for i, n := range r.index {
		b = strconv.AppendInt(append(b, r.parts[i]...), int64(n), 10)
	}
	return string(append(b, r.parts[len(r.parts)-1]...))
}

// compare is the natural order: data[9] before data[10].
func (r route) compare(o route) int {
	for i := range min(len(r.parts), len(o.parts)) {
		if c := cmp.Compare(r.parts[i], o.parts[i]); c != 0 {
			return c
		}
		if i < len(r.index) && i < len(o.index) {
			if c := cmp.Compare(r.index[i], o.index[i]); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(len(r.parts), len(o.parts))
}

// How a path is written behind the one before it.
const (
	samePath = iota
	plainPath
	nextPath
)

func writePath(w *writer, path string, last *route, lastPath string) {
	if path == lastPath {
		w.uint(samePath)
		return
	}
	r := parseRoute(path)
	defer func() { *last = r }()
	k := 0
	if slices.Equal(r.parts, last.parts) {
		for k < len(r.index) && r.index[k] == last.index[k] {
			k++
		}
	}
	if k == len(r.index) || !slices.Equal(r.parts, last.parts) {
		w.uint(plainPath)
		w.str(path)
		return
	}
	w.uint(nextPath + uint64(k))
	w.int(int64(r.index[k] - last.index[k]))
	for _, n := range r.index[k+1:] {
		w.uint(uint64(n))
	}
}

func readPath(in *reader, last *route, lastPath string) string {
	how := in.uint()
	switch {
	case how == samePath:
		return lastPath
	case how == plainPath:
		path := in.str()
		*last = parseRoute(path)
		return path
	}
	k := how - nextPath
	if k >= uint64(len(last.index)) {
		in.fail()
		return ""
	}
	r := route{parts: last.parts, index: slices.Clone(last.index)}
	steps := []int{int(k)}
	for i := int(k) + 1; i < len(r.index); i++ {
		steps = append(steps, i)
	}
	for n, i := range steps {
		to := int64(0)
		if n == 0 {
			to = int64(r.index[i]) + in.int()
		} else if u := in.uint(); u < 1e9 {
			to = int64(u)
		} else {
			in.fail()
		}
		if to < 0 || to >= 1e9 {
			in.fail()
			return ""
		}
		r.index[i] = int(to)
	}
	*last = r
	return r.String()
}

// lessPath orders paths of equal lines: most have none, or one that is equal.
func lessPath(a, b string) int {
	if a == b {
		return 0
	}
	if !strings.Contains(a, "[") || !strings.Contains(b, "[") {
		return cmp.Compare(a, b)
	}
	return cmp.Or(parseRoute(a).compare(parseRoute(b)), cmp.Compare(a, b))
}
