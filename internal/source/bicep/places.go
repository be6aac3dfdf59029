package bicep

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// placer tells where in Bicep a resource of a compiled template is declared. Lines and columns of the compiled text mean
// nothing to anyone.
type placer struct {
	evidence.Sink
	in      evidence.Input
	sources *sources
}

// Resource hands a draft on with the line of its declaration: in a template with symbolic names that of its name, else
// the first.
func (p *placer) Resource(d evidence.Draft) error {
	file, line := p.find(d.Origin.Path)
	d.Origin.Line = line
	if file != p.in.Path {
		d.Origin.Input, d.Origin.Root = strings.TrimSuffix(p.in.Name, p.in.Path)+file, p.in.Name
	}
	setLines(&d.Props, int32(line))
	return p.Sink.Resource(d)
}

// NotRead hands on what could not be read, with the line of the parameter or resource that it is about.
func (p *placer) NotRead(n evidence.NotRead) {
	if n.Input == "" || n.Input == p.in.Name {
		n.Line = 0
		words := strings.Fields(n.Thing)
		if len(words) > 0 {
			n.Line = declared(p.sources.files[p.in.Path], words[len(words)-1])
		}
	}
	p.Sink.NotRead(n)
}

func setLines(v *tree.Value, line int32) {
	v.Line, v.Column = line, 0
	for i := range v.Items {
		setLines(&v.Items[i], line)
	}
	for i := range v.Members {
		setLines(&v.Members[i].Value, line)
	}
}

// symbols are the symbolic names on the way to a resource: resources.mod.properties.template.resources.app.
var symbols = regexp.MustCompile(`(?:^|\.)resources\.((?:\w|:)+)`)

// find follows a path of the compiled template through modules to a declaration.
func (p *placer) find(at string) (file string, line int) {
	file, line = p.in.Path, 1
	way := symbols.FindAllStringSubmatch(at, -1)
	if len(way) != strings.Count(at, "resources.")+strings.Count(at, "resources[") {
		return file, line
	}
	for i, step := range way {
		name := step[1]
		if k := strings.LastIndex(name, "::"); k >= 0 {
			name = name[k+2:] // a resource that stands in another
		}
		n := declared(p.sources.files[file], name)
		if n == 0 {
			return file, line
		}
		line = n
		if i == len(way)-1 {
			break
		}
		next := p.module(file, name)
		if next == "" {
			break
		}
		file, line = next, 1
	}
	return file, line
}

// declared is the line on which a resource, module or parameter of that name is declared, or 0.
func declared(text []byte, name string) int {
	for _, m := range declarations.FindAllSubmatchIndex(text, -1) {
		if string(text[m[2]:m[3]]) == name {
			return 1 + bytes.Count(text[:m[2]], []byte{'\n'})
		}
	}
	return 0
}

var declarations = regexp.MustCompile(`(?m)^[ \t]*(?:resource|module|param)[ \t]+(\w+)[ \t]+['\w(\[]`)

// module is the file of a module by its symbolic name, when it is among the sources.
func (p *placer) module(from, name string) string {
	for _, m := range modules.FindAllSubmatch(p.sources.files[from], -1) {
		if string(m[1]) == name {
			if to := path.Join(path.Dir(from), string(m[2])); p.sources.files[to] != nil {
				return to
			}
		}
	}
	return ""
}
