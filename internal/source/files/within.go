package files

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"c4arch/internal/base/fault"
)

// OpenWithin opens the directory rel below root, as [Open] would, for somebody who may read what lies below root and nothing else. Whatever rel says, and whatever links lie
// on its way or are put there meanwhile, nothing outside of root is opened; inputs are called by rel, so that nobody learns where root lies. No such directory is notfound.
func OpenWithin(root, rel string, lim Limits) (*Set, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "a directory that the operator allows cannot be read").WithHelp("the operator sees why with: c4arch doctor")
	}
	defer r.Close() //nolint:errcheck // it was read only; the directory below has a handle of its own
	if !fs.ValidPath(rel) {
		return nil, notWithin()
	}
	sub, err := r.OpenRoot(filepath.FromSlash(rel))
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, fault.New(fault.Denied, "the directory cannot be read by the service").WithHelp("the operator has to allow it")
	case err != nil: // there is none, it is a file, or it leads out
		return nil, notWithin()
	}
	s := &Set{lim: lim.orDefault(), roots: map[string]*os.Root{rel: sub}, modules: map[string]int{}}
	budget := s.lim.Files
	w := walker{set: s, fsys: rootFS{sub}, given: display(rel), real: path.Join("/", rel), seen: map[string]bool{}, budget: &budget}
	if err := w.walk(".", nil, 0); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.sorted()
	return s, nil
}

func notWithin() error { return fault.New(fault.NotFound, "there is no such directory") }
