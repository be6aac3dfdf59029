package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"c4arch/internal/base/fault"
)

// walker lists one directory tree.
type walker struct {
	set    *Set
	fsys   fs.FS
	given  string // the root's name as given
	real   string // its one path, for telling a file twice named
	seen   map[string]bool
	budget *int
}

// passed are directories that hold copies, caches or history and no infrastructure.
var passed = []string{".git", ".hg", ".svn", ".terraform", ".terragrunt-cache", "node_modules", ".c4arch"}

func (w *walker) name(rel string) string { return path.Join(w.given, display(rel)) }

// walk lists the directory at rel. The patterns are those of the .gitignore files from the root
// down to it; the last that matches decides (gitignore(5)).
func (w *walker) walk(rel string, patterns []pattern, depth int) error {
	if depth > w.set.lim.Depth {
		w.set.note(w.name(rel), fmt.Sprintf("it lies more than %d directories deep", w.set.lim.Depth),
			"scan a directory further down")
		return nil
	}
	entries, err := fs.ReadDir(w.fsys, rel)
	if err != nil {
		w.set.note(w.name(rel), "the directory cannot be listed: "+reason(err), "")
		return nil
	}
	if *w.budget -= len(entries); *w.budget < 0 {
		return fault.New(fault.Limited, "%s: more than %d files", w.given, w.set.lim.Files).
			WithHelp("scan the directory that holds the infrastructure, or name the files")
	}
	patterns = slices.Concat(patterns, w.ignoreFile(rel))
	chart := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "Chart.yaml" && e.Type().IsRegular() })
	if chart {
		w.set.note(w.name(path.Join(rel, "Chart.yaml")), "the templates of a Helm chart are not read: they say nothing before they are rendered",
			"render them with `helm template RELEASE "+w.name(rel)+" > rendered.yaml` and scan that file")
	}
	var code codeFiles
	for _, e := range entries {
		p := path.Join(rel, e.Name())
		if ignores(patterns, p, e.IsDir()) {
			w.leftOut(p, e)
			continue
		}
		switch t := e.Type(); {
		case t.IsDir():
			if slices.Contains(passed, e.Name()) || chart && (e.Name() == "templates" || e.Name() == "charts") {
				continue
			}
			if err := w.walk(p, patterns, depth+1); err != nil {
				return err
			}
		case t&fs.ModeSymlink != 0:
			w.link(p)
		case t.IsRegular():
			if !code.take(e.Name()) {
				w.regular(rel, p, e.Name())
			}
		case documentName(e.Name()):
			w.set.note(w.name(p), "it is a pipe, a socket or a device, not a file", "")
		}
	}
	w.set.module(w.fsys, rel, w.name(rel), code.terraform, filepath.Join(w.real, filepath.FromSlash(rel)), false)
	return nil
}

// regular takes a plain file.
func (w *walker) regular(dir, p, name string) {
	real := filepath.Join(w.real, filepath.FromSlash(p))
	switch {
	case name == ".gitignore" || passOver(name) || w.seen[real]:
		return
	case !utf8.ValidString(name):
		if documentName(name) {
			w.set.note(w.name(p), "its name is not UTF-8", "rename it, or name it on the command line")
		}
		return
	}
	w.seen[real] = true
	if name == OverlayName {
		if dir == "." {
			w.set.overlay(w.fsys, p, w.name(p))
		} else {
			w.set.note(w.name(p), "an overlay below the scanned directory is not used", "scan its directory, or name the file as a path too")
		}
		return
	}
	w.set.items = append(w.set.items, item{name: w.name(p), fsys: w.fsys, path: p})
}

// link looks at a symbolic link. What it points to inside the root is listed at its own
// place; os.Root refuses what leaves the root.
func (w *walker) link(p string) {
	_, err := fs.Stat(w.fsys, p)
	switch {
	case err == nil && p == OverlayName && !w.seen[filepath.Join(w.real, p)]:
		w.set.overlay(w.fsys, p, w.name(p))
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist):
		w.set.note(w.name(p), "a link that leaves the scanned directory, or runs in a circle, is not followed",
			"name what it points to as a path of its own")
	case documentName(p):
		w.set.note(w.name(p), "a link to nothing", "")
	}
}

// leftOut speaks of an ignored file that looks like just what was asked for: Terraform's own
// advice is to keep state out of git.
func (w *walker) leftOut(p string, e fs.DirEntry) {
	if e.Type().IsRegular() && path.Ext(p) == ".tfstate" {
		w.set.note(w.name(p), "a Terraform state that .gitignore leaves out", "name the file itself to have it read")
	}
}

func (w *walker) ignoreFile(rel string) []pattern {
	name := path.Join(rel, ".gitignore")
	data, why := readAll(w.fsys, name, ignoreLimit)
	if why != nil {
		if !why.missing {
			w.set.note(w.name(name), why.reason, why.help)
		}
		return nil
	}
	patterns, whole := parseIgnore(data, rel)
	if !whole {
		w.set.note(w.name(name), fmt.Sprintf("it has more than %d patterns; the rest is not followed", patternLimit), "")
	}
	return patterns
}
