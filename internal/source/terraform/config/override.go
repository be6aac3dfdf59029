package config

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// override merges a block of an override file into the one that it names
// (developer.hashicorp.com/terraform/language/files/override). It reports false where there is none.
func override(all []*block, with *block) bool {
	switch with.kind {
	case "locals":
		return overrideLocals(all, with)
	case "terraform":
		return overrideTerraform(all, with)
	}
	for _, b := range all {
		if b.kind == with.kind && slices.Equal(b.labels, with.labels) && alias(b) == alias(with) {
			mergeInto(b, with)
			return true
		}
	}
	return false
}

// alias tells the configurations of one provider apart.
func alias(b *block) string {
	if a := b.attr("alias"); a != nil && b.kind == "provider" && a.in != nil {
		return words(a.expr, a.in)
	}
	return ""
}

// mergeInto replaces arguments one by one, and of nested blocks all those of a type.
func mergeInto(b, with *block) {
	for _, a := range with.attrs {
		setAttr(b, a)
	}
	replaced := map[string]bool{}
	for _, n := range with.blocks {
		kind := blockType(n)
		if kind == "lifecycle" {
			if i := slices.IndexFunc(b.blocks, func(x *block) bool { return x.kind == kind }); i >= 0 {
				mergeInto(b.blocks[i], n)
				continue
			}
		}
		if !replaced[kind] {
			replaced[kind] = true
			b.blocks = slices.DeleteFunc(b.blocks, func(x *block) bool { return blockType(x) == kind })
		}
		b.blocks = append(b.blocks, n)
	}
}

// blockType is the type of the blocks that a block stands for.
func blockType(b *block) string {
	if b.kind == "dynamic" {
		return b.label(0)
	}
	return b.kind
}

func setAttr(b *block, a *attribute) {
	if i := slices.IndexFunc(b.attrs, func(x *attribute) bool { return x.name == a.name }); i >= 0 {
		b.attrs[i] = a
		return
	}
	b.attrs = append(b.attrs, a)
}

// overrideLocals: each value is on its own, in whatever block it stands.
func overrideLocals(all []*block, with *block) bool {
	whole := true
	for _, a := range with.attrs {
		i := slices.IndexFunc(all, func(b *block) bool { return b.kind == "locals" && b.attr(a.name) != nil })
		if i < 0 {
			whole = false
			continue
		}
		setAttr(all[i], a)
	}
	return whole
}

// overrideTerraform merges required_providers name by name; the rest of the block is not used here.
func overrideTerraform(all []*block, with *block) bool {
	for _, n := range with.blocks {
		if n.kind != "required_providers" {
			continue
		}
		done := false
		for _, b := range all {
			if b.kind != "terraform" {
				continue
			}
			for _, x := range b.blocks {
				if x.kind == n.kind && !done {
					mergeInto(x, n)
					done = true
				}
			}
		}
		if !done {
			return false
		}
	}
	return true
}

// blocksOf reads the files of a module and merges what overrides.
func (r *reader) blocksOf(dir string) []*block {
	primary, overrides := r.codeOf(dir)
	var all []*block
	for _, name := range primary {
		if in, ok := r.readFile(inDir(dir, name)); ok {
			all = append(all, r.parse(in)...)
		}
	}
	for _, name := range overrides {
		in, ok := r.readFile(inDir(dir, name))
		if !ok {
			continue
		}
		for _, b := range r.parse(in) {
			if override(all, b) {
				continue
			}
			if b.kind == "terraform" {
				all = append(all, b) // what is not there yet is added
				continue
			}
			r.note(Note{
				Kind: evidence.ResourceNotRead, File: in.name, Line: int(b.at.line), Thing: strings.Join(append([]string{b.kind}, b.labels...), " "),
				Reason: "it overrides what is not there", Help: "an override file changes blocks and values of other files and adds none",
			})
		}
	}
	return all
}
