package compose

import (
	"context"
	"path"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// project is one reading of one input with all that belongs to it.
type project struct {
	ctx      context.Context
	in       evidence.Input
	out      evidence.Sink
	dir      string // of the input, in its file system
	override bool   // the input is named as an override
	name     string
	vars     *variables
	env      map[string]string // from .env
	read     map[string][]byte
	// sources in the order in which they are merged: includes first, the override last.
	sources []*source
	bases   map[string]*source // files that are only extended from, by path
	loading []string           // files being included, outermost first
	nodes   int                // values so far, those of extended services again
	merged  map[place]any      // services with what they extend
	// extending are the services whose bases are being looked for.
	extending map[place]bool
	fromEnv   map[string]map[string]int32 // service, variable: line of the env_file entry
	written   map[spot]written
	taken     []taken
	short     map[string]bool // volumes in short form whose source is not known
}

// source is one document: of the input, its override, an include or an extended file.
type source struct {
	name     string // as people know it
	path     string // in the file system; "" for standard input
	dir      string // what its relative paths are relative to
	root     tree.Value
	env      map[string]string
	main     bool     // the input or its override: the root keys of others are not used
	resets   []string // paths tagged !reset or !override, as Compose writes paths
	includes []*source
}

func (s *source) find(name string) (string, bool) { v, ok := s.env[name]; return v, ok }

func (s *source) services() *tree.Value { return s.root.Get("services") }

func newProject(ctx context.Context, in evidence.Input, out evidence.Sink) *project {
	p := &project{
		ctx: ctx, in: in, out: out, dir: path.Dir(in.Path), read: map[string][]byte{}, bases: map[string]*source{},
		merged: map[place]any{}, extending: map[place]bool{}, written: map[spot]written{}, fromEnv: map[string]map[string]int32{}, short: map[string]bool{}, vars: newVariables(in.Data),
	}
	if in.FS == nil {
		p.dir = "."
	}
	p.override = oneOf(path.Base(in.Path), overrideNames) || oneOf(path.Base(in.Name), overrideNames)
	return p
}

// assemble reads everything that belongs to the input and interpolates it.
func (p *project) assemble(docs []tree.Value) error {
	p.env = p.dotenv(p.dir, nil)
	if v := p.env["COMPOSE_PROJECT_NAME"]; v != "" {
		p.name = loader.NormalizeProjectName(v)
	}
	var mains []*source
	main := &source{name: p.in.Name, path: p.in.Path, dir: p.dir, env: p.env, main: true}
	add := func(data []byte, like source, docs []tree.Value) {
		resets := tagged(data, len(docs))
		for i := range docs {
			s := like
			s.root, s.resets = docs[i], resets[i]
			mains = append(mains, &s)
		}
	}
	add(p.in.Data, *main, docs)
	if f := p.overrideFile(); f != "" {
		data, err := p.neighbour(f)
		if err != nil {
			p.missing(main, 0, "the override file cannot be read", f, err.Error())
		} else {
			more, err := parse(data, "yaml")
			if err != nil {
				return refuse(err, "the override file "+p.display(f)+" cannot be read")
			}
			over := *main
			over.name, over.path = p.display(f), f
			add(data, over, more)
		}
	}
	if err := p.nameProject(mains); err != nil {
		return err
	}
	for _, s := range mains {
		if err := p.prepare(s); err != nil {
			return err
		}
		p.sources = append(p.sources, s)
	}
	return nil
}

// nameProject finds the project's name where Compose does: COMPOSE_PROJECT_NAME in .env,
// name in the files, the directory.
func (p *project) nameProject(mains []*source) error {
	if p.name == "" {
		for _, s := range mains {
			v := s.root.Get("name")
			if v.Str() == "" {
				continue
			}
			name, err := p.vars.expand(v.Str(), s.find)
			if err != nil {
				return fault.Wrap(fault.Invalid, err, "%s: the project's name cannot be read", p.line(s, v.Line))
			}
			if p.vars.holds(name) {
				p.vars.note(s.name, v.Line, name)
				continue
			}
			p.name = loader.NormalizeProjectName(name)
		}
	}
	if p.name == "" {
		p.name = loader.NormalizeProjectName(path.Base(path.Dir(filepath.ToSlash(p.in.Name))))
	}
	if p.name == "" {
		p.name = "compose"
	}
	env := map[string]string{}
	for k, v := range p.env {
		env[k] = v
	}
	env["COMPOSE_PROJECT_NAME"] = p.name
	p.env = env
	for _, s := range mains {
		s.env = env
	}
	return nil
}

// prepare interpolates a document, and puts what it includes before it.
func (p *project) prepare(s *source) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	if s.root.Kind != tree.Object {
		return fault.New(fault.Invalid, "%s: the document is not a mapping but %s", p.line(s, s.root.Line), s.root.Kind)
	}
	kept := make([]tree.Member, 0, len(s.root.Members))
	for _, m := range s.root.Members {
		// The extensions at the root are only anchors of what is used below; version is obsolete.
		if m.Name == "version" || m.Name == "name" || strings.HasPrefix(m.Name, "x-") ||
			!s.main && !rootKeys[m.Name] {
			continue
		}
		kept = append(kept, m)
	}
	s.root = tree.Value{Kind: tree.Object, Line: s.root.Line, Members: kept}.Clone()
	if err := p.interpolate(s, &s.root); err != nil {
		return err
	}
	p.adapt(s)
	if len(p.loading) == 0 {
		p.loading = append(p.loading, s.path)
		defer func() { p.loading = p.loading[:0] }()
	}
	return p.include(s)
}

// interpolate expands every text below v, in place.
func (p *project) interpolate(s *source, v *tree.Value) error {
	for _, leaf := range v.Leaves() {
		if p.nodes++; p.nodes > maxValues {
			return fault.New(fault.Limited, "%s: the Compose file and what belongs to it hold more than %d values", p.line(s, leaf.Line), maxValues)
		}
		if leaf.Kind != tree.String {
			continue
		}
		text, err := p.vars.expand(leaf.Text, s.find)
		if err != nil {
			kind := fault.Invalid
			if err == errTooMuch {
				kind = fault.Limited
			}
			return fault.Wrap(kind, err, "%s: the variables in this text cannot be filled in", p.line(s, leaf.Line)).
				WithHelp("docker compose config shows what Compose says of it")
		}
		p.write(s, leaf, leaf.Text, text)
		leaf.Text = text
		p.vars.note(s.name, leaf.Line, text)
	}
	return nil
}
