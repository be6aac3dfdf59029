package bicep

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// The limits of what one Bicep file brings along.
const (
	maxFiles = 500
	maxBytes = 32 << 20
)

// sources are a Bicep file and what it names.
type sources struct {
	files map[string][]byte // by path in the input's FS
	parts []string          // the Bicep files and templates among them, sorted, without the first
}

// gather reads a Bicep file and every file that it, or a module of it, names by a relative path. It errs on a file
// that names what lies outside of the root or may do so, since the compiler would follow it.
//
// Paths are literals in Bicep (learn.microsoft.com/azure/azure-resource-manager/bicep/modules, bicep-functions-files), so it is
// enough to look at every text in single quotes.
func gather(in evidence.Input) (*sources, error) {
	s := &sources{files: map[string][]byte{}}
	left := int64(maxBytes - len(in.Data))
	todo := []string{in.Path}
	s.files[in.Path] = slices.Clone(in.Data)
	for len(todo) > 0 {
		from := todo[0]
		todo = todo[1:]
		if !strings.EqualFold(path.Ext(from), ".bicep") {
			continue
		}
		named, err := names(s.files[from], from)
		if err != nil {
			return s, err
		}
		for _, p := range named {
			if s.files[p] != nil || in.FS == nil {
				continue
			}
			data := read(in.FS, p, left)
			if data == nil {
				continue // no path, or one that bicep will say is not there
			}
			if left -= int64(len(data)); left < 0 || len(s.files) >= maxFiles {
				return s, fault.New(fault.Limited, "the file names more than %d files, or more than %d MiB of them", maxFiles, maxBytes>>20).
					WithHelp("scan its modules one by one, or compile it with `bicep build` and scan the JSON")
			}
			s.files[p] = data
			todo = append(todo, p)
			if e := strings.ToLower(path.Ext(p)); e == ".bicep" || module(s.files[from], from, p) {
				s.parts = append(s.parts, p)
			}
		}
	}
	slices.Sort(s.parts)
	s.config(in)
	return s, nil
}

// read returns a plain file of at most limit bytes, or nil.
func read(fsys fs.FS, name string, limit int64) []byte {
	info, err := fs.Stat(fsys, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > limit {
		return nil
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

var (
	quoted  = regexp.MustCompile(`'([^'\s]{1,250})'`)
	modules = regexp.MustCompile(`(?m)^[ \t]*module[ \t]+(\w+)[ \t]+'([^'\n]*)'`)
	// loading is a function that reads a file at compile time; the group is its path, when that is a plain text.
	loading = regexp.MustCompile(`\bload[A-Z]\w*(?:\s*\(\s*('[^'$\\\n]*'\s*[,)]))?`)
	// climbing is what may be a path that goes up, wherever it stands: what is a text cannot be told for certain
	// without being a compiler.
	climbing = regexp.MustCompile(`[^\s'"(){},;]*\.\.[^\s'"(){},;]*`)
	// dot is a full stop or a slash as an escape, with which a path could hide.
	dot = regexp.MustCompile(`(?i)\\u\{0*2[ef]\}`)
)

// names returns the paths in the root that texts of a Bicep file may mean. It errs where one may lie outside.
func names(text []byte, from string) ([]string, error) {
	outside := func(what string) error {
		return fault.New(fault.Denied, "%s names %s, and nothing outside of the scanned directory is read", from, what).
			WithHelp("scan the directory that holds both, or compile the file with `bicep build` and scan the JSON")
	}
	if dot.Match(text) {
		return nil, outside("a path that is written with escapes")
	}
	for _, call := range loading.FindAllSubmatch(text, -1) {
		if len(call[1]) == 0 || call[1][1] == '/' {
			return nil, outside("a file by something else than a relative path")
		}
	}
	for _, up := range climbing.FindAll(text, -1) {
		if p := path.Join(path.Dir(from), string(up)); p == ".." || strings.HasPrefix(p, "../") || path.IsAbs(p) {
			return nil, outside("a file above it")
		}
	}
	seen := map[string]bool{}
	var all []string
	for _, m := range quoted.FindAllSubmatch(text, -1) {
		p := path.Join(path.Dir(from), string(m[1]))
		if !strings.ContainsAny(string(m[1]), "\\:$") && m[1][0] != '/' && fs.ValidPath(p) && p != "." && !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	return all, nil
}

// module reports whether a file names p as a module.
func module(text []byte, from, p string) bool {
	for _, m := range modules.FindAllSubmatch(text, -1) {
		if path.Join(path.Dir(from), string(m[2])) == p {
			return true
		}
	}
	return false
}

// settings are the members of bicepconfig.json that change what a file means and name no place on the machine.
var settings = []string{"experimentalFeaturesEnabled", "moduleAliases", "cloud"}

// config adds the nearest bicepconfig.json, reduced to what cannot lead out of the root.
func (s *sources) config(in evidence.Input) {
	if in.FS == nil {
		return
	}
	for dir := path.Dir(in.Path); ; dir = path.Dir(dir) {
		name := path.Join(dir, "bicepconfig.json")
		if data := read(in.FS, name, 1<<20); data != nil {
			if v, err := tree.ParseJSON(data, tree.Limits{}); err == nil {
				kept := tree.Value{Kind: tree.Object}
				for _, of := range settings {
					if m := v.Get(of); m != nil {
						kept.Set(of, *m)
					}
				}
				if text, _, err := canon.Encode(&kept); err == nil {
					s.files[name] = text
				}
			}
			return
		}
		if dir == "." {
			return
		}
	}
}
