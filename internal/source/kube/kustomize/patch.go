package kustomize

import (
	"encoding/json"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// patches states every patch in the kustomization itself.
func (l *layer) patches() error {
	var all []types.Patch
	add := func(p types.Patch, line int) error {
		text, err := l.patch(p.Path, p.Patch)
		if t, ok := err.(*trouble); ok {
			thing := public(p.Path)
			if p.Path == "" {
				thing = "a patch"
			}
			l.leave(evidence.ReferenceUnknown, line, thing, t)
			return nil
		}
		if err == nil && text == "" && p.Path != "" {
			return nil // an empty file changes nothing
		}
		p.Path, p.Patch = "", text
		l.lines[text] = line
		all = append(all, p)
		return err
	}
	for i, entry := range l.old.merges {
		p := types.Patch{Path: entry}
		if inline(p.Path) {
			p = types.Patch{Patch: p.Path}
		}
		if err := add(p, l.line("patchesStrategicMerge", i)); err != nil {
			return err
		}
	}
	for i, p := range l.k.Patches {
		if err := add(p, l.line("patches", i)); err != nil {
			return err
		}
	}
	l.k.Patches, all = all, nil
	for i, p := range l.old.late {
		if err := add(p, l.line("patchesJson6902", i)); err != nil {
			return err
		}
	}
	l.old.late = all
	return nil
}

// patch returns the text of a patch, from its file or as it stands, written anew.
func (l *layer) patch(file, text string) (string, error) {
	from, err := documents([]byte(text))
	if file != "" {
		if text != "" {
			return "", &trouble{reason: "it has both a path and a patch, which kustomize refuses"}
		}
		var p string
		if p, err = l.s.plain(l.dir, file); err == nil {
			if from, err = l.s.parse(p); err == nil {
				l.s.add(p, true)
			}
		}
	}
	if err != nil {
		return "", err
	}
	l.countCopies(from)
	return string(from.restate()), nil
}

// countCopies counts operations that may double an object, and the next one double it again (RFC 6902 section 4.5).
func (l *layer) countCopies(text *parsed) {
	if len(text.docs) == 0 {
		return
	}
	for _, op := range text.docs[0].List() {
		if op.GetFold("op").Str() == "copy" {
			l.s.copies++
		}
	}
}

// inline reports whether an entry is itself YAML of objects rather than the name of a file.
func inline(entry string) bool {
	text, err := documents([]byte(entry))
	return err == nil && len(text.docs) > 0 && text.docs[0].Kind == tree.Object || strings.Contains(entry, "\n")
}

// replacements states every replacement in the kustomization itself.
func (l *layer) replacements() error {
	list := l.k.Replacements
	l.k.Replacements = nil
	return l.replace(list, func(i int) int { return l.line("replacements", i) })
}

func (l *layer) replace(list []types.ReplacementField, line func(i int) int) error {
	for i, r := range list {
		if r.Path == "" {
			l.k.Replacements = append(l.k.Replacements, r)
			continue
		}
		more, err := l.replacementFile(r.Path)
		if err = l.skip(err, line(i), r.Path); err != nil {
			return err
		}
		for _, m := range more {
			l.k.Replacements = append(l.k.Replacements, types.ReplacementField{Replacement: m})
		}
	}
	return nil
}

func (l *layer) replacementFile(entry string) ([]types.Replacement, error) {
	p, err := l.s.plain(l.dir, entry)
	if err != nil {
		return nil, err
	}
	text, err := l.s.parse(p)
	if err != nil {
		return nil, err
	}
	l.s.add(p, true)
	if len(text.docs) != 1 {
		return nil, &trouble{reason: "it does not hold one replacement or one list of them"}
	}
	v := text.docs[0]
	if v.Kind == tree.Object {
		v = tree.Value{Kind: tree.Array, Items: []tree.Value{v}}
	}
	var list []types.Replacement
	if json.Unmarshal(appendJSON(nil, &v), &list) != nil {
		return nil, &trouble{reason: "it is not written as replacements"}
	}
	return list, nil
}
