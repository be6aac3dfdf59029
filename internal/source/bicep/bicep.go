// Package bicep reads Bicep files by having them compiled to the templates that they stand for, which the reader of
// templates then reads.
//
// It promises that the compiler sees copies of files below the scanned root and nothing else, that a file which names
// something outside of it is listed instead, that modules do not stand for themselves, and that each resource says on
// which line of which Bicep file it is declared, where the compiled template still knows. It runs nothing itself: the
// wiring hands it a [Compiler], or none.
//
// What it leaves out: columns, and lines of single properties, since a compiled template does not tell them; modules from
// a registry that are not in the local cache; and *.bicepparam files.
package bicep

import (
	"context"
	"path"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Compiler compiles main, one of the files, and returns the template as JSON. The names of files are slash-separated paths
// below one root. Its errors are for people and quote no content.
type Compiler func(ctx context.Context, files map[string][]byte, main string) ([]byte, error)

// Templates reads the compiled template.
type Templates interface {
	Read(context.Context, evidence.Input, evidence.Sink) error
}

// FileReader reads Bicep files.
type FileReader struct {
	compile   Compiler
	templates Templates
}

// Files returns a reader of Bicep files. Without a compiler it lists them with what to do.
func Files(compile Compiler, templates Templates) FileReader { return FileReader{compile, templates} }

// Name returns "bicep".
func (FileReader) Name() string { return "bicep" }

// Sniff claims by the name: Bicep has no mark by which its text could be told.
func (FileReader) Sniff(in evidence.Input) bool {
	return !in.Dir && strings.EqualFold(path.Ext(in.Path), ".bicep")
}

// Read hands on what the compiled template declares. The errors are faults with what to do, or the sink's own.
func (r FileReader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	s, err := gather(in)
	for _, p := range s.parts {
		out.Part(p)
	}
	if err != nil {
		return err
	}
	if r.compile == nil {
		out.NotRead(evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: in.Name, Reason: "bicep is not installed, and it takes bicep to compile the file",
			Help: "compile it with `bicep build FILE` (or `az bicep build -f FILE`), then scan the JSON",
		})
		return nil
	}
	for _, p := range s.parts {
		out.Used(p)
	}
	data, err := r.compile(ctx, s.files, in.Path)
	if err != nil {
		return err
	}
	if data, err = tree.Decode(data); err != nil {
		return fault.New(fault.Invalid, "bicep gave something that is no text").WithHelp("compile it with `bicep build FILE` and scan the JSON")
	}
	compiled := in
	compiled.Data, compiled.Outline = data, tree.Sketch(data)
	return r.templates.Read(ctx, compiled, &placer{Sink: out, in: in, sources: s})
}
