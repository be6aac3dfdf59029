package function

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"c4arch/internal/arch/evidence"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Limits of a search for files.
const (
	maxWalked       = 100_000 // files and directories looked at
	maxPattern      = 4096    // bytes
	maxAlternatives = 256
)

// fileset makes the function that lists the files of a directory that match a pattern: ** any directories, * any
// characters but the slash, ? one of them, [a-z] a set, {a,b} alternatives (the reference of fileset).
func (e Env) fileset() function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "path", Type: cty.String}, {Name: "pattern", Type: cty.String}},
		Type:         function.StaticReturnType(cty.Set(cty.String)),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			dir, err := e.place(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			patterns, err := alternatives(args[1].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			found, err := e.find(dir, patterns)
			if err != nil {
				return cty.NilVal, err
			}
			if len(found) == 0 {
				return cty.SetValEmpty(cty.String), nil
			}
			return cty.SetVal(found), nil
		},
	})
}

func (e Env) find(dir string, patterns [][]string) ([]cty.Value, error) {
	var found []cty.Value
	walked := 0
	err := fs.WalkDir(e.FS, dir, func(p string, d fs.DirEntry, err error) error {
		if walked++; walked > maxWalked {
			return limit("it looks at more than %d files", maxWalked)
		}
		if err != nil {
			if p == dir || errors.Is(err, fs.ErrNotExist) {
				return nil // as Terraform: a directory that is not there has no files
			}
			return fileFault(p, err)
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(p, dir), "/")
		if dir == "." {
			rel = p
		}
		if err := e.Spend(20 + len(patterns)*len(rel)); err != nil {
			return err
		}
		if !d.IsDir() && matchesAny(patterns, strings.Split(rel, "/")) && e.regular(p, d) {
			found = append(found, cty.StringVal(rel))
		}
		return nil
	})
	return found, err
}

// regular: a link counts as what it leads to.
func (e Env) regular(p string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := fs.Stat(e.FS, p)
	return err == nil && info.Mode().IsRegular()
}

// alternatives returns the patterns that a pattern with braces stands for, each as its segments.
func alternatives(pattern string) ([][]string, error) {
	if len(pattern) > maxPattern {
		return nil, limit("the pattern has more than %d characters", maxPattern)
	}
	var all [][]string
	open := []string{path.Clean(pattern)}
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		more, ok := expand(p)
		switch {
		case !ok:
			return nil, because(evidence.UnknownFault, "the pattern has a brace that is not closed")
		case more != nil:
			open = append(open, more...)
		default:
			segments := strings.Split(p, "/")
			for _, s := range segments {
				if _, err := path.Match(s, ""); err != nil {
					return nil, because(evidence.UnknownFault, "the pattern is not well formed")
				}
			}
			all = append(all, segments)
		}
		if len(all)+len(open) > maxAlternatives {
			return nil, limit("the pattern has more than %d alternatives", maxAlternatives)
		}
	}
	return all, nil
}

// expand replaces the first braces of a pattern by each of its alternatives; nil when it has none.
func expand(p string) (all []string, ok bool) {
	start, depth, from := -1, 0, 0
	var parts []string
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case c == '{':
			if depth++; depth == 1 {
				start, from = i, i+1
			}
		case c == ',' && depth == 1:
			parts, from = append(parts, p[from:i]), i+1
		case c == '}' && depth > 0:
			if depth--; depth > 0 {
				continue
			}
			for _, part := range append(parts, p[from:i]) {
				all = append(all, p[:start]+part+p[i+1:])
			}
			return all, true
		}
	}
	return nil, depth == 0
}

func matchesAny(patterns [][]string, name []string) bool {
	for _, p := range patterns {
		if matches(p, name) {
			return true
		}
	}
	return false
}

// matches compares segment by segment, going back to the last ** alone: an earlier one need not take more, since the
// later can take whatever the earlier leaves.
func matches(pattern, name []string) bool {
	back, at := -1, 0
	i, j := 0, 0
	for j < len(name) {
		if i < len(pattern) && pattern[i] == "**" {
			back, at = i, j
			i++
			continue
		}
		if i < len(pattern) {
			if ok, _ := path.Match(pattern[i], name[j]); ok {
				i, j = i+1, j+1
				continue
			}
		}
		if back < 0 {
			return false
		}
		at++
		i, j = back+1, at
	}
	for i < len(pattern) && pattern[i] == "**" {
		i++
	}
	return i == len(pattern)
}
