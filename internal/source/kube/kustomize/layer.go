package kustomize

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// layer is one kustomization where it is used: a base that two overlays use is two layers.
type layer struct {
	s         *stage
	above     *layer // that uses it
	dir       string // in the file system
	file      string // of the kustomization, in the file system
	at        string // directory in memory
	entry     string // the directory in memory that others name
	root      tree.Value
	k         types.Kustomization // without what old has
	old       old
	component bool
	top       bool
	lines     map[string]int             // of patches, by their text
	sets      map[string]map[string]bool // the names that a file of variables sets, by its entry
	n         int                        // files laid out
	// pluginBytes is the size of the configurations of transformers.
	pluginBytes int
	weight      // of the objects in it and below it
}

// use is a use of a kustomization.
type use struct {
	above     *layer
	dir, file string
	data      []byte // of the outermost
	top       bool
	component bool // it must be one, or must not be one
	depth     int
}

// layer lays a kustomization out with everything below it. An error of type *trouble says why it cannot be used.
func (s *stage) layer(u use) (*layer, error) {
	if s.visits++; s.visits > maxFiles/10 {
		return nil, limited("its bases are used more than %d times", maxFiles/10)
	}
	if u.depth > maxDepth {
		return nil, limited("its bases have bases more than %d deep", maxDepth)
	}
	for _, outer := range s.using {
		if outer == u.dir || u.dir == "." || strings.HasPrefix(outer, u.dir+"/") {
			return nil, fault.New(fault.Invalid, "the bases go round in a circle, or one holds the directory that uses it: %s",
				word(strings.Join(append(s.using, u.dir), " > "))).WithHelp("kustomize refuses that too; move the base beside what uses it")
		}
	}
	s.using = append(s.using, u.dir)
	defer func() { s.using = s.using[:len(s.using)-1] }()
	l := &layer{s: s, above: u.above, dir: u.dir, file: u.file, top: u.top, at: item("k", len(s.layers), ""), lines: map[string]int{}, sets: map[string]map[string]bool{}}
	if err := l.load(u); err != nil {
		return nil, err
	}
	s.layers[l.at] = l
	for _, step := range []func() error{
		l.resources, l.charts, l.generators, l.patches, l.components, l.replacements, l.settings, l.plugins, l.weigh,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l, l.write()
}

// load reads the kustomization file.
func (l *layer) load(u use) error {
	data := u.data
	if u.top {
		if err := l.s.count(len(data)); err != nil {
			return err
		}
	} else {
		var err error
		if data, err = l.s.read(u.file); err != nil {
			return err
		}
	}
	text, err := documents(data)
	if err != nil {
		return err
	}
	if len(text.docs) != 1 || text.docs[0].Kind != tree.Object {
		return &trouble{line: 1, reason: "a kustomization is one YAML mapping"}
	}
	l.root = text.docs[0]
	if err := l.k.Unmarshal(appendJSON(nil, &l.root)); err != nil {
		return l.misread(err)
	}
	l.old = takeOld(&l.k)
	l.k.FixKustomization()
	if wrong := l.k.EnforceFields(); len(wrong) > 0 {
		return &trouble{line: 1, reason: "kustomize refuses it: " + word(wrong[0])}
	}
	l.component = l.k.Kind == types.ComponentKind
	switch {
	case u.top:
	case l.component && !u.component:
		return &trouble{line: 1, reason: "it is a Component, which stands under components, not under resources"}
	case !l.component && u.component:
		return &trouble{line: 1, reason: "it is no Component: it stands under resources, not under components"}
	}
	return nil
}

// wrongField finds the name of the field in what encoding/json says; the rest of it may quote a value.
var wrongField = regexp.MustCompile(`unknown field "([\w.-]{1,80})"|struct field (?:Kustomization\.)?(\w[\w.]{0,80}) of type`)

func (l *layer) misread(err error) error {
	t := &trouble{line: 1, reason: "it is not written as a kustomization"}
	m := wrongField.FindStringSubmatch(err.Error())
	switch {
	case m == nil:
	case m[1] != "":
		t.line, t.reason = int(fold(&l.root, m[1]).Line), "kustomize knows no field "+m[1]
	default:
		name, _, _ := strings.Cut(m[2], ".")
		t.line, t.reason = int(fold(&l.root, name).Line), "the field "+m[2]+" has a value of the wrong type"
	}
	return t
}

// line is where the kustomization says something.
func (l *layer) line(steps ...any) int { return int(fold(&l.root, steps...).Line) }

// leave says that something is left out.
func (l *layer) leave(kind evidence.NotReadKind, line int, thing string, t *trouble) {
	reason := t.reason
	if t.line > 0 {
		reason = fmt.Sprintf("%s (its line %d)", reason, t.line)
	}
	l.s.left = true
	l.s.notRead = append(l.s.notRead, evidence.NotRead{
		Kind: kind, Input: l.s.name(l.file), Line: line, Thing: thing, Reason: reason,
		Help: t.helpOr("`" + l.s.command + "` shows what kustomize says of it"),
	})
}

// skip leaves an entry out if err is only that entry's trouble, and returns any other error.
func (l *layer) skip(err error, line int, entry string) error {
	t, ok := err.(*trouble)
	if !ok {
		return err
	}
	l.leave(evidence.ReferenceUnknown, line, public(entry), t)
	return nil
}

// next returns the name of a new file of the layer.
func (l *layer) next(kind string) string {
	l.n++
	return item(kind, l.n, ".json")
}

// lay writes a file of the layer and returns its name.
func (l *layer) lay(kind string, data []byte) (string, error) {
	name := l.next(kind)
	return name, l.s.write(path.Join(l.at, name), data)
}

// text parses a file that the kustomization names and lays it out anew. It returns the name there.
func (l *layer) text(kind, entry string) (name string, text *parsed, err error) {
	p, err := l.s.plain(l.dir, entry)
	if err != nil {
		return "", nil, err
	}
	if text, err = l.s.parse(p); err != nil {
		return "", nil, err
	}
	l.s.add(p, true)
	name, err = l.lay(kind, text.restate())
	return name, text, err
}

// plain finds a file.
func (s *stage) plain(dir, entry string) (string, error) {
	p, isDir, t := s.find(dir, entry)
	switch {
	case t != nil:
		return "", t
	case isDir:
		return "", &trouble{reason: "it is a directory, not a file"}
	}
	return p, nil
}

// write lays the kustomization itself out.
func (l *layer) write() error {
	k := l.k
	l.entry = l.at
	k.BuildMetadata, k.SortOptions = nil, nil
	late := l.old.late
	if k.GeneratorOptions == nil {
		k.GeneratorOptions = &types.GeneratorOptions{} // the library refuses an empty kustomization; here something may have been left out
	}
	if len(late) > 0 && l.component {
		k.Patches = append(k.Patches, late...)
	} else if len(late) > 0 {
		var err error
		if k, err = l.split(k, late); err != nil {
			return err
		}
	}
	if l.top {
		k.BuildMetadata = []string{types.OriginAnnotations}
	}
	return l.put(l.entry, k)
}

// split lays all of a kustomization out that comes before its patchesJson6902, and returns the rest, which has the first as
// its base: those patches work on what namespace, prefix and labels have made, and other patches do not.
func (l *layer) split(inner types.Kustomization, late []types.Patch) (types.Kustomization, error) {
	outer := types.Kustomization{
		TypeMeta: inner.TypeMeta, Resources: []string{"../" + l.at}, Patches: late, Replicas: inner.Replicas, Images: inner.Images,
		Replacements: inner.Replacements, Transformers: inner.Transformers, Configurations: inner.Configurations, OpenAPI: inner.OpenAPI,
	}
	inner.Replicas, inner.Images, inner.Replacements, inner.Transformers = nil, nil, nil, nil
	l.entry = l.at + "x"
	shared := append(append([]string(nil), outer.Configurations...), outer.Transformers...)
	if p := outer.OpenAPI["path"]; p != "" {
		shared = append(shared, p)
	}
	for _, name := range shared {
		data, err := l.s.mem.ReadFile("/" + path.Join(l.at, name))
		if err == nil {
			err = l.s.write(path.Join(l.entry, name), data)
		}
		if err != nil {
			return outer, fault.Wrap(fault.Internal, err, "a file in memory cannot be copied")
		}
	}
	return outer, l.put(l.at, inner)
}

func (l *layer) put(dir string, k types.Kustomization) error {
	data, err := json.Marshal(k)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "a kustomization cannot be written")
	}
	return l.s.write(path.Join(dir, names[0]), data)
}
