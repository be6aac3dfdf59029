package git

import (
	"fmt"
	"io/fs"
	"testing"
)

// BenchmarkWalk reads every file of a commit with 2,000, packed.
func BenchmarkWalk(b *testing.B) {
	r := newRepo(b)
	for i := range 2000 {
		r.write(fmt.Sprintf("d%d/f%d.tf", i%20, i), fmt.Sprintf("locals { n = %d }\n", i))
	}
	r.commit("all")
	r.git("gc", "-q")
	at := open(b, r.dir)
	b.ReportAllocs()
	for b.Loop() {
		fsys, _, err := at.FS(b.Context(), "HEAD", "")
		if err != nil {
			b.Fatal(err)
		}
		if err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			_, err = fs.ReadFile(fsys, p)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}
