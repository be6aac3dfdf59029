package files

import "io/fs"

// OpenFS opens what a collector gathered, as [Open] would a directory: fsys is it, and name is what it is called. Closing the set lets go of nothing.
func OpenFS(fsys fs.FS, name string, lim Limits) (*Set, error) {
	s := &Set{lim: lim.orDefault(), modules: map[string]int{}}
	budget := s.lim.Files
	w := walker{set: s, fsys: fsys, given: display(name), real: "/", seen: map[string]bool{}, budget: &budget}
	if err := w.walk(".", nil, 0); err != nil {
		return nil, err
	}
	s.sorted()
	return s, nil
}
