// Package kustomize builds kustomizations with the reference library (sigs.k8s.io/kustomize) and tells of every
// value of the result where it is written.
//
// It promises that nothing but the file system it is given is read, that nothing is run and nothing fetched: the library
// never sees a path, an address or a file that the kustomization names. What it names is looked up here, parsed
// under limits and laid out anew in memory under names of our own; remote bases, Helm charts, plugins and
// functions, and files that are not there, are left out and said to be not read, and the rest is built without them. What
// comes out is what `kustomize build` makes of the same files, with two exceptions: annotations and labels that
// only tell how it was built are left out (buildMetadata), and files outside of the kustomization's own directory are
// read, as with --load-restrictor LoadRestrictionsNone. A generated object of which a part is not known has no hash in
// its name, since the hash would be wrong.
//
// The library keeps its OpenAPI schema in a global variable, so one kustomization is built at a time.
package kustomize

import (
	"context"
	"io/fs"
	"path"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Source is what to build.
type Source struct {
	FS   fs.FS  // nil where there is none: standard input
	Path string // of the kustomization file in FS
	Data []byte // its text
	// Name is what people call a file of FS.
	Name func(path string) string
}

// Built is what a kustomization declares.
type Built struct {
	Objects []Object
	NotRead []evidence.NotRead
	// Parts are the files that the kustomization is made of besides its own: what it deploys, changes or configures.
	// After an error they are only those that mean nothing alone, such as patches.
	Parts []string
	// Component: it is a part that only other kustomizations use, and has no objects of its own.
	Component bool
}

// Object is one object of the result.
type Object struct {
	// Value is the object. Its parts have the line and column of where they stand in File, and 0 where the
	// kustomization has changed or added them.
	Value tree.Value
	File  string // path in FS
	Line  int32
	Path  tree.Path // its place in the document
}

// Limits of one kustomization with all that it is made of. A file that is used twice counts twice.
const (
	maxFiles   = 10_000
	maxBytes   = 64 << 20
	maxDepth   = 30 // bases of bases
	maxObjects = 3_000
	maxNodes   = 500_000 // values in the objects
	// maxGrowth bounds the bytes that patches, labels, replacements and the like may add, estimated beforehand.
	maxGrowth = 512 << 20
	// maxTime is far more than the largest kustomization within the other limits takes.
	maxTime = 5 * time.Minute
	// maxName is more than any name, namespace or image reference of Kubernetes may have.
	maxName = 1_000
)

// names are those under which kustomize looks for a kustomization.
var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// IsName reports whether a file of that name is a kustomization.
func IsName(name string) bool {
	for _, n := range names {
		if name == n {
			return true
		}
	}
	return false
}

// Build builds the kustomization. After an error Built still tells the parts that mean nothing alone.
func Build(ctx context.Context, src Source) (*Built, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	s := newStage(ctx, src)
	b, err := s.build(src)
	b.NotRead = s.notRead
	if err != nil {
		b.Objects, b.Parts = nil, s.pieces
		return b, err
	}
	b.Parts = s.parts
	return b, nil
}

func (s *stage) build(src Source) (*Built, error) {
	b := &Built{}
	top, err := s.layer(use{dir: path.Dir(src.Path), file: src.Path, data: src.Data, top: true})
	if t, ok := err.(*trouble); ok {
		err = fault.New(fault.Invalid, "%s", t.text()).WithHelp("%s", t.helpOr("`"+s.command+"` says more of it"))
	}
	if err != nil {
		return b, err
	}
	if b.Component = top.component; b.Component {
		return b, nil
	}
	b.Objects, err = s.run(top)
	return b, err
}
