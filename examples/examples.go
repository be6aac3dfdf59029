// Package examples has the example that the service shows: the inputs of the architecture of Contoso, and three changes to them, of which one is dangerous.
//
// It promises that what the service shows is what lies in this directory. Nothing in it exists.
package examples

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed contoso/azure contoso/kubernetes contoso/reporting contoso/terraform contoso/c4arch.yaml contoso-changes.sed
var files embed.FS

// File is an input with its path.
type File struct {
	Name string
	Data []byte
}

const (
	changedFile = "contoso/azure/resource-graph.json"
	changesFile = "contoso-changes.sed"
)

// Contoso are the inputs, in the order of their paths.
func Contoso() ([]File, error) {
	var all []File
	err := fs.WalkDir(files, "contoso", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		all = append(all, File{name, data})
		return err
	})
	return all, err
}

// ContosoChanged are the inputs after the three changes.
func ContosoChanged() ([]File, error) {
	all, err := Contoso()
	if err != nil {
		return nil, err
	}
	script, err := files.ReadFile(changesFile)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(f File) bool { return f.Name == changedFile })
	text, err := edited(string(all[i].Data), string(script))
	all[i].Data = []byte(text)
	return all, err
}

// edited applies a script of sed of which each line is /FROM/,/TO/ s|OLD|NEW|, with nothing in the four that has a meaning beyond itself but "\/" and "\." (POSIX.1-2024, sed). It is
// the script that a reader runs with sed; a test compares.
func edited(text, script string) (string, error) {
	for line := range strings.SplitSeq(script, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		e, err := parsed(line)
		if err != nil {
			return "", err
		}
		text = e.apply(text)
	}
	return text, nil
}
