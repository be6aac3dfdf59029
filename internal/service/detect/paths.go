package detect

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// otherPaths says that code was read under other paths than on the old side, or "". What code declares and no cloud has seen is known by the path
// of its root, so that the same code, scanned from another directory, looks like other code.
func otherPaths(old, new *evidence.Snapshot) string {
	was, is := roots(old), roots(new)
	for a := range was {
		if is[a] {
			return "" // some code is where it was
		}
	}
	for _, b := range slices.Sorted(maps.Keys(is)) {
		for _, a := range slices.Sorted(maps.Keys(was)) {
			if tail(a, b) || tail(b, a) {
				return fmt.Sprintf("Code was read from %s and on the old side from %s. What code declares is known by its path, so the same code looks like other code: "+
					"scan from the same directory as then.", b, a)
			}
		}
	}
	return ""
}

// roots are the paths by which code is known.
func roots(s *evidence.Snapshot) map[string]bool {
	out := map[string]bool{}
	for i := range s.Resources {
		r := &s.Resources[i]
		if r.Side != evidence.Declared || len(r.Origins) == 0 || !strings.HasPrefix(r.ID, "tf:") && !evidence.HasBlank(r.ID) {
			continue
		}
		if root := r.Origins[0].Root; root != "" {
			out[root] = true
		} else {
			out[r.Origins[0].Input] = true
		}
	}
	return out
}

// tail reports whether a path ends in another, or is a name for the directory itself.
func tail(long, short string) bool {
	long, short = path.Clean(long), path.Clean(short)
	return long != short && (short == "." || strings.HasSuffix(long, "/"+strings.TrimLeft(short, "./")))
}
