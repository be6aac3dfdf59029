package config

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// IsCode reports whether a file is one of a module's by its name.
func IsCode(name string) bool {
	ext := path.Ext(strings.TrimSuffix(name, ".json"))
	// Editors keep their copies beside the files: .#main.tf, main.tf~.
	return (ext == ".tf" || ext == ".tofu") && !strings.HasPrefix(name, ".")
}

// codeOf lists the files of a module, first the primary ones and then those that override them, each sorted. Of
// main.tf and main.tofu OpenTofu reads the latter (opentofu.org/docs/language/files).
func (r *reader) codeOf(dir string) (primary, override []string) {
	entries, err := fs.ReadDir(r.FS, dir)
	if err != nil {
		r.note(Note{Kind: evidence.InputNotUnderstood, File: dir, Reason: "the directory cannot be listed: " + cause(err)})
		return nil, nil
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !IsCode(name) || names[tofuTwin(name)] {
			continue
		}
		if base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".tf"), ".tofu"); base == "override" || strings.HasSuffix(base, "_override") {
			override = append(override, name)
		} else {
			primary = append(primary, name)
		}
	}
	slices.Sort(primary)
	slices.Sort(override)
	return primary, override
}

func tofuTwin(name string) string {
	if base, ok := strings.CutSuffix(name, ".tf"); ok {
		return base + ".tofu"
	}
	if base, ok := strings.CutSuffix(name, ".tf.json"); ok {
		return base + ".tofu.json"
	}
	return "/" // no file has this name
}

// cause is an error without the path, which the note names.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		return "it is not there"
	}
	return err.Error()
}

// readFile returns the text of a file, or says why it cannot be read.
func (r *reader) readFile(name string) (*text, bool) {
	why := func(reason, help string) (*text, bool) {
		r.note(Note{Kind: evidence.InputNotUnderstood, File: name, Reason: reason, Help: help})
		return nil, false
	}
	if r.err = r.ctx.Err(); r.err != nil {
		return nil, false
	}
	if r.files++; r.files > maxFiles {
		return why("the configuration has more than 10,000 files", "scan a part of it")
	}
	f, err := r.FS.Open(name)
	if err != nil {
		return why("it cannot be opened: "+cause(err), "a link that leaves the scanned directory is not followed")
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return why("it is not a file", "")
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return why("it cannot be read: "+cause(err), "")
	case len(b) > maxFile:
		return why("it has more than 4 MiB", "no file that people write has")
	}
	if r.bytes += len(b); r.bytes > maxBytes {
		return why("the configuration has more than 64 MiB", "scan a part of it")
	}
	r.use(name)
	return r.decoded(name, b)
}

// use notes that a file was read.
func (r *reader) use(name string) {
	if !r.used[name] {
		r.used[name] = true
		r.Used(name)
	}
}

// watched is the file system as functions see it: what they read is noted too.
type watched struct{ r *reader }

func (w watched) Open(name string) (fs.File, error) {
	f, err := w.r.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		w.r.use(name)
	}
	return f, nil
}

func (w watched) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(w.r.FS, name) }

func (w watched) Stat(name string) (fs.FileInfo, error) { return fs.Stat(w.r.FS, name) }

// decoded checks that a text can be parsed within bounds.
func (r *reader) decoded(name string, b []byte) (*text, bool) {
	data, err := tree.Decode(b)
	if err != nil {
		r.note(Note{Kind: evidence.InputNotUnderstood, File: name, Reason: err.Error()})
		return nil, false
	}
	n := roughTokens(data)
	if r.tokens += n; n > maxTokens || r.tokens > maxAllTokens {
		r.note(Note{
			Kind: evidence.InputNotUnderstood, File: name, Reason: "it is too large to be parsed", Help: "no file that people write is so dense",
		})
		return nil, false
	}
	return newText(name, data), true
}

// parse returns the blocks of a file, as far as it can be understood.
func (r *reader) parse(in *text) []*block {
	if strings.HasSuffix(in.name, ".json") {
		if line := deepJSON(in.bytes); line > 0 {
			r.deep(in, line)
			return nil
		}
		blocks, diags := r.fromJSON(in)
		r.syntax(in, diags)
		return blocks
	}
	attrs, blocks := r.body(in)
	for _, a := range attrs {
		r.note(Note{
			Kind: evidence.InputNotUnderstood, File: in.name, Line: int(a.at.line), Thing: a.name,
			Reason: "an argument stands outside of all blocks", Help: "values for variables belong into a .tfvars file",
		})
	}
	return blocks
}

// body parses the native syntax.
func (r *reader) body(in *text) ([]*attribute, []*block) {
	tokens, _ := hclsyntax.LexConfig(in.bytes, in.name, hcl.InitialPos)
	if line := tooDeep(tokens); line > 0 {
		r.deep(in, line)
		return nil, nil
	}
	f, diags := hclsyntax.ParseConfig(in.bytes, in.name, hcl.InitialPos)
	r.syntax(in, diags)
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		return nil, nil
	}
	return native(body, in)
}

func (r *reader) deep(in *text, line int) {
	r.note(Note{
		Kind: evidence.InputNotUnderstood, File: in.name, Line: line, Reason: "it nests deeper than is read", Help: "the file was passed over",
	})
}

// syntax reports what is wrong with a file once, at the first place. HCL's details are not repeated: they quote the file.
func (r *reader) syntax(in *text, diags hcl.Diagnostics) {
	n, first := 0, -1
	for i, d := range diags {
		if d.Severity == hcl.DiagError {
			if n++; first < 0 {
				first = i
			}
		}
	}
	if n == 0 {
		return
	}
	d := diags[first]
	line := 0
	if d.Subject != nil {
		line = d.Subject.Start.Line
	}
	r.note(Note{
		Kind: evidence.InputNotUnderstood, File: in.name, Line: line, Count: n,
		Reason: "it does not parse: " + strings.ToLower(d.Summary),
		Help:   "check it with `terraform fmt`; what parses was read",
	})
}
