package compose

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// include puts what a document includes before it. Where two includes have the same
// thing, the first one's word is the last, as in Compose.
func (p *project) include(s *source) error {
	found := s.root.Get("include")
	if found == nil {
		return nil
	}
	list := *found
	s.root.Delete("include")
	if list.Kind == tree.Null {
		return nil
	}
	if list.Kind != tree.Array {
		return fault.New(fault.Invalid, "%s: include is not a list", p.line(s, list.Line))
	}
	for _, entry := range slices.Backward(list.Items) {
		if err := p.includeEntry(s, &entry); err != nil {
			return err
		}
	}
	return nil
}

func (p *project) includeEntry(s *source, entry *tree.Value) error {
	paths := texts(entry)
	if entry.Kind == tree.Object {
		paths = texts(entry.Get("path"))
	}
	if len(paths) == 0 {
		return fault.New(fault.Invalid, "%s: include names no path", p.line(s, entry.Line))
	}
	const what = "the included file is not read"
	var dir string
	var env map[string]string
	for i, t := range paths {
		full, err := p.resolve(s.dir, t.Text)
		if err == nil && slices.Contains(p.loading, full) {
			return fault.New(fault.Invalid, "%s: the files include each other in a circle", p.line(s, t.Line))
		}
		if err != nil {
			p.missing(s, t.Line, what, t.Text, err.Error())
			return nil
		}
		if i == 0 {
			dir = path.Dir(full)
			if d := entry.Get("project_directory").Str(); d != "" {
				if dir, err = p.resolve(s.dir, d); err != nil {
					p.missing(s, entry.Line, what, t.Text, "of its project_directory, "+err.Error())
					return nil
				}
			}
			env = p.includeEnv(s, entry.Get("env_file"), dir)
		}
		if p.included(full) {
			continue // reached on two ways: once is enough
		}
		data, err := p.neighbour(full)
		if err != nil {
			p.missing(s, t.Line, what, t.Text, err.Error())
			return nil
		}
		docs, err := parse(data, "yaml")
		if err != nil {
			return refuse(err, "the included file "+p.display(full)+" cannot be read")
		}
		p.loading = append(p.loading, full)
		resets := tagged(data, len(docs))
		for i, d := range docs {
			inner := &source{name: p.display(full), path: full, dir: dir, env: env, root: d, resets: resets[i]}
			if err := p.prepare(inner); err != nil {
				return err
			}
			s.includes = append(s.includes, inner)
			p.sources = append(p.sources, inner)
		}
		p.loading = p.loading[:len(p.loading)-1]
	}
	return nil
}

func (p *project) included(full string) bool {
	return slices.ContainsFunc(p.sources, func(s *source) bool { return s.path == full })
}

// includeEnv is the environment of an include: its env_file, or .env in its directory,
// under what the including file has.
func (p *project) includeEnv(s *source, files *tree.Value, dir string) map[string]string {
	if files == nil {
		if dir == s.dir {
			return s.env
		}
		return p.dotenv(dir, s.env)
	}
	env := map[string]string{}
	for _, t := range texts(files) {
		full, err := p.resolve(s.dir, t.Text)
		var data []byte
		if err == nil {
			data, err = p.neighbour(full)
		}
		if err == nil {
			var more map[string]string
			more, err = p.envFile(p.display(full), data, "", s.find, env)
			if err == nil {
				env = more
			}
		}
		if err != nil {
			p.missing(s, t.Line, "the env_file of an include is not read", t.Text, err.Error())
		}
	}
	for k, v := range s.env {
		env[k] = v
	}
	return env
}

// texts returns a text, or the texts of a list.
func texts(v *tree.Value) []tree.Value {
	if v == nil {
		return nil
	}
	if v.Kind == tree.String {
		return []tree.Value{*v}
	}
	var all []tree.Value
	for _, it := range v.List() {
		if it.Kind == tree.String {
			all = append(all, it)
		}
	}
	return all
}

// tagged finds, per document that holds something, the places tagged !reset or !override:
// what earlier files say there is dropped before this one is merged, and what !reset
// stands at is dropped too (marked by a leading "-"). The text has parsed before.
func tagged(data []byte, docs int) [][]string {
	all := make([][]string, docs)
	if !strings.Contains(string(data), "!reset") && !strings.Contains(string(data), "!override") {
		return all
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	for i := 0; i < docs; {
		var n yaml.Node
		if dec.Decode(&n) != nil {
			return all
		}
		if len(n.Content) == 0 || n.Content[0].ShortTag() == "!!null" {
			continue
		}
		findTags(n.Content[0], nil, &all[i])
		i++
	}
	return all
}

// step separates the names of a place; no YAML text holds it.
const step = "\x00"

func findTags(n *yaml.Node, at []string, out *[]string) {
	if n.Tag == "!reset" {
		*out = append(*out, "-"+strings.Join(at, step))
		return
	}
	if n.Tag == "!override" {
		*out = append(*out, "+"+strings.Join(at, step))
		return
	}
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 1:
			findTags(c, append(slices.Clone(at), n.Content[i-1].Value), out)
		case n.Kind == yaml.SequenceNode:
			findTags(c, append(slices.Clone(at), strconv.Itoa(i)), out)
		}
	}
}

// drop removes from what is merged so far what a later document resets.
func drop(config map[string]any, s *source, under ...string) {
	for _, r := range s.resets {
		steps := strings.Split(r[1:], step)
		if len(steps) <= len(under) || !slices.Equal(steps[:len(under)], under) {
			continue
		}
		remove(config, steps[len(under):])
	}
}

// dropOwn removes what a document itself resets.
func dropOwn(config map[string]any, s *source) {
	for _, r := range s.resets {
		if r[0] == '-' {
			remove(config, strings.Split(r[1:], step))
		}
	}
}

func remove(config map[string]any, steps []string) {
	for _, name := range steps[:len(steps)-1] {
		next, ok := config[name].(map[string]any)
		if !ok {
			return
		}
		config = next
	}
	delete(config, steps[len(steps)-1])
}
