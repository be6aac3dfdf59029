package compose

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

const (
	maxNeighbour = 1 << 20 // bytes of one env_file, include or extended file
	maxFiles     = 100     // neighbours of one input
)

// Compose's own names, in its order of preference: the first base and the first override
// of a directory are taken (docs.docker.com/compose, "Merge Compose files").
var (
	baseNames     = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}
	overrideNames = []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
)

func first(fsys fs.FS, dir string, names []string) string {
	for _, n := range names {
		if f := path.Join(dir, n); isFile(fsys, f) {
			return f
		}
	}
	return ""
}

func isFile(fsys fs.FS, name string) bool {
	if fsys == nil || !fs.ValidPath(name) {
		return false
	}
	st, err := fs.Stat(fsys, name)
	return err == nil && st.Mode().IsRegular()
}

func oneOf(name string, names []string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// errNoFile tells a missing neighbour from one that must not or cannot be read.
var errNoFile = errors.New("the file is not there")

// resolve finds the place of a neighbour named in a file of dir; the error is a sentence.
func (p *project) resolve(dir, name string) (string, error) {
	switch {
	case p.vars.holds(name):
		return "", errors.New("its name holds a variable without a value")
	case strings.Contains(name, "://") || strings.HasPrefix(name, "git@") || strings.HasPrefix(name, "oci:") || strings.HasPrefix(name, "github.com/"):
		return "", errors.New("it lies on another machine, and a scan fetches nothing")
	case strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") || strings.HasPrefix(name, `\`) || len(name) > 1 && name[1] == ':':
		return "", errors.New("its path is absolute: a scan reads nothing outside the scanned directory")
	}
	full := path.Join(dir, strings.ReplaceAll(name, `\`, "/"))
	if full == ".." || strings.HasPrefix(full, "../") {
		return "", errors.New("it lies above the scanned directory: scan the directory that holds both")
	}
	if p.in.FS == nil {
		return "", errors.New("standard input has no files beside it: scan the file by its path")
	}
	if !fs.ValidPath(full) {
		return "", errors.New("its name is not a path")
	}
	return full, nil
}

// neighbour reads another file of the input's file system, as UTF-8.
func (p *project) neighbour(full string) ([]byte, error) {
	if data, ok := p.read[full]; ok {
		return data, nil
	}
	if len(p.read) >= maxFiles {
		return nil, fmt.Errorf("more than %d files belong to one Compose file", maxFiles)
	}
	f, err := p.in.FS.Open(full)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errNoFile
		}
		return nil, errors.New("it cannot be opened")
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	data, err := io.ReadAll(io.LimitReader(f, maxNeighbour+1))
	if err != nil {
		return nil, errors.New("it cannot be read to its end")
	}
	if len(data) > maxNeighbour {
		return nil, fmt.Errorf("it is larger than %d KiB", maxNeighbour>>10)
	}
	if data, err = tree.Decode(data); err != nil {
		return nil, err
	}
	p.read[full] = data
	p.out.Used(full)
	return data, nil
}

// display is how people know a file of the input's file system: by the same root as the
// input's own name.
func (p *project) display(full string) string {
	if root, ok := strings.CutSuffix(p.in.Name, p.in.Path); ok && p.in.Path != "" {
		return root + full
	}
	return full
}

// readWithBase reports whether the input is an override whose base stands beside it.
func (p *project) readWithBase() bool {
	return p.override && first(p.in.FS, p.dir, baseNames) != ""
}

// overrideFile is the override that belongs to the input, or "".
func (p *project) overrideFile() string {
	base := first(p.in.FS, p.dir, baseNames)
	if base == "" || base != p.in.Path {
		return ""
	}
	return first(p.in.FS, p.dir, overrideNames)
}

// missing says that a named file could not be used.
func (p *project) missing(s *source, line int32, what, name, reason string) {
	p.out.NotRead(evidence.NotRead{
		Kind: evidence.ReferenceUnknown, Input: s.name, Line: int(line),
		Thing: p.vars.restore(name), Reason: what + ": " + reason,
		Help: "put it there and scan again, or leave it so: what it holds stays unknown",
	})
}

// between is the way from one directory to another, both below the same root.
func between(from, to string) string {
	split := func(s string) []string {
		if s = path.Clean(s); s == "." {
			return nil
		}
		return strings.Split(s, "/")
	}
	a, b := split(from), split(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return path.Join(strings.Repeat("../", len(a)), path.Join(b...))
}
