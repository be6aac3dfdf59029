// Package viewer is the component that shows an architecture to people: pictures that are moved, searched, filtered, folded,
// followed and placed, and the evidence behind each part of them. It has no dependencies, and it is one component in two
// forms: the modules as they are ([Files]), for a server, and joined to one script ([Script]), for a page that holds
// everything itself.
//
// What it promises its host: mount(root, source, options) of mount.js fills an element and touches nothing outside, several
// live on one page, and destroy() leaves nothing behind. No name from a model ever becomes markup; pictures are parsed as XML
// and freed of whatever could run or load. It needs no inline style and no inline script. docs/viewer.md describes all of it.
package viewer

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed module/*.js style/*.css
var files embed.FS

// styles in the order in which they are joined.
var styles = []string{"tokens", "frame", "stage", "bar", "panel", "account"}

// Files are the modules, with mount.js as the one to begin with.
func Files() fs.FS {
	sub, err := fs.Sub(files, "module")
	if err != nil {
		return files // the name of the folder is a constant and valid
	}
	return sub
}

// Script is the module of that name with all that it imports, as one script without imports: what stands in
// the body of one function is as private as in modules. It fails where the modules cannot be joined, which a test would show.
func Script(entry string) (string, error) { return Join(Files(), entry) }

// CSS is the style sheet. All rules are below the class c4v, which a viewer gives to its root, but for those of paper.
func CSS() string {
	var b strings.Builder
	for _, name := range styles {
		b.WriteString(read("style/" + name + ".css"))
	}
	return ".c4v {\n" + b.String() + "}\n" + read("style/print.css")
}

// Tokens is the part of the style sheet that a page of another kind may stand on: colours by what they are for, light and dark, and
// what is small and everywhere. Its rules are for the element that the selector root names, which is laid out like a viewer,
// and for what is in it.
func Tokens(root string) string { return root + " {\n" + read("style/tokens.css") + "}\n" }

// read returns an embedded file; a test reads all of them, so that none can be missing.
func read(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}
