package kustomize

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// stage is where a kustomization is laid out for the library: files in memory, under names of ours.
type stage struct {
	ctx     context.Context
	fsys    fs.FS
	name    func(string) string
	command string // what a person runs to see all of it
	mem     filesys.FileSystem
	parses  map[string]*parsed // by path
	layers  map[string]*layer  // by directory in memory
	placed  map[string]stood   // files in memory that are objects, by path there
	places  []place            // where vars are looked for, besides those that kustomize knows
	using   []string           // directories being laid out, outermost first

	files, bytes, visits int
	growth, looks        int
	copies               int  // operations that may double what they work on
	schema               bool // it brings its own OpenAPI schema

	notRead []evidence.NotRead
	left    bool // something was left out, so that what refers to it may find nothing
	parts   []string
	pieces  []string // of parts, what means nothing alone
}

// stood is where an object stands.
type stood struct {
	file  string
	value *tree.Value
	at    tree.Path
	in    *layer
}

// trouble is why one thing cannot be used. The rest can.
type trouble struct {
	line         int
	reason, help string
}

func (t *trouble) Error() string { return t.text() }

func (t *trouble) text() string {
	if t.line > 0 {
		return fmt.Sprintf("line %d: %s", t.line, t.reason)
	}
	return t.reason
}

func (t *trouble) helpOr(other string) string {
	if t.help != "" {
		return t.help
	}
	return other
}

func newStage(ctx context.Context, src Source) *stage {
	return &stage{
		ctx: ctx, fsys: src.FS, name: src.Name, mem: filesys.MakeFsInMemory(), parses: map[string]*parsed{},
		layers: map[string]*layer{}, placed: map[string]stood{},
		command: "kubectl kustomize " + path.Dir(src.Name(src.Path)),
	}
}

// add remembers a part. A piece means nothing alone.
func (s *stage) add(p string, piece bool) {
	if !slices.Contains(s.parts, p) {
		s.parts = append(s.parts, p)
	}
	if piece && !slices.Contains(s.pieces, p) {
		s.pieces = append(s.pieces, p)
	}
}

func limited(format string, args ...any) error {
	return fault.New(fault.Limited, "this kustomization is too large: "+format, args...)
}

// read returns a file's bytes.
func (s *stage) read(p string) ([]byte, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	if s.files++; s.files > maxFiles {
		return nil, limited("it uses more than %d files", maxFiles)
	}
	f, err := s.fsys.Open(p)
	if err != nil {
		return nil, cannot(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &trouble{reason: "it is not a plain file"}
	}
	data, err := io.ReadAll(io.LimitReader(f, int64(maxBytes-s.bytes)+1))
	if err != nil {
		return nil, cannot(err)
	}
	return data, s.count(len(data))
}

// count takes n bytes of the budget.
func (s *stage) count(n int) error {
	if s.bytes += n; s.bytes > maxBytes {
		return limited("its files hold more than %d MiB", maxBytes>>20)
	}
	return nil
}

func cannot(err error) *trouble {
	var pe *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &trouble{reason: "there is no such file or directory", help: "it may be made before the build, or be kept out of the repository"}
	case errors.Is(err, fs.ErrPermission):
		return &trouble{reason: "it may not be read", help: "let the user who scans read it"}
	case errors.As(err, &pe):
		err = pe.Err
	}
	return &trouble{reason: "it cannot be read: " + word(err.Error()), help: "a link must not leave the scanned directory"}
}

// parse returns the documents of a file, each time it is used against the budget.
func (s *stage) parse(p string) (*parsed, error) {
	data, err := s.read(p)
	if err != nil {
		return nil, err
	}
	if text := s.parses[p]; text != nil {
		return text, nil
	}
	text, err := documents(data)
	if err != nil {
		return nil, err
	}
	s.parses[p] = text
	return text, nil
}

// write lays a file out.
func (s *stage) write(p string, data []byte) error {
	if err := s.mem.WriteFile("/"+p, data); err != nil {
		return fault.Wrap(fault.Internal, err, "a file in memory cannot be written")
	}
	return nil
}

// find looks an entry up: a path relative to dir. It returns its path in the file system.
func (s *stage) find(dir, entry string) (p string, isDir bool, t *trouble) {
	if s.fsys == nil {
		return "", false, &trouble{reason: "the files beside a kustomization cannot be found from standard input", help: "scan its directory"}
	}
	p = path.Join(dir, entry)
	remote := isRemote(entry)
	outside := p == ".." || strings.HasPrefix(p, "../")
	if !remote && (path.IsAbs(entry) || strings.ContainsRune(entry, 0)) {
		return "", false, &trouble{reason: "it is not a relative path, which kustomize refuses"}
	}
	var info fs.FileInfo
	err := error(fs.ErrNotExist)
	if !outside && fs.ValidPath(p) {
		info, err = fs.Stat(s.fsys, p)
	}
	switch {
	case remote && (err != nil || !info.Mode().IsRegular()):
		return "", false, &trouble{
			reason: "it lies elsewhere, and nothing is fetched",
			help:   "vendor it (`kustomize localize`), or scan what `" + s.command + "` prints",
		}
	case outside:
		return "", false, &trouble{reason: "it lies outside of what is scanned", help: "scan the directory that holds both"}
	case err != nil:
		return "", false, cannot(err)
	case !info.IsDir() && !info.Mode().IsRegular():
		return "", false, &trouble{reason: "it is neither a file nor a directory"}
	}
	return p, info.IsDir(), nil
}

// isRemote reports whether kustomize would fetch what an entry names, unless it is a file: a URL, or a repository
// as git writes it (kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource).
func isRemote(entry string) bool {
	e := strings.ToLower(entry)
	if strings.HasPrefix(e, "git::") {
		return true
	}
	for _, mark := range []string{"://", "?ref=", "?version=", "&ref=", "?timeout=", "?submodules="} {
		if strings.Contains(e, mark) {
			return true
		}
	}
	m := repository.FindStringSubmatch(e)
	return m != nil && (strings.Contains(m[1], "/") || strings.Contains(m[1], ".git"))
}

// repository is a user at a host, or GitHub without one, and the path of a repository there.
var repository = regexp.MustCompile(`^(?:[a-z][a-z0-9-]*@[^/:]+|github\.com)[/:](.+)`)

// public is an entry as it may be shown: without credentials and query.
func public(entry string) string {
	if !isRemote(entry) {
		return word(entry)
	}
	entry, _, _ = strings.Cut(entry, "?")
	scheme, rest, ok := strings.Cut(entry, "://")
	if !ok {
		scheme, rest = "", entry
	} else {
		scheme += "://"
	}
	host, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 && host[:i] != "git" {
		rest = rest[i+1:]
	}
	return word(scheme + rest)
}

// word is text of the input as a message may hold it.
func word(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}

func item(prefix string, n int, ending string) string { return prefix + strconv.Itoa(n) + ending }
