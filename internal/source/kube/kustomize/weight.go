package kustomize

import (
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"c4arch/internal/base/tree"
)

// The library has no limits, so what it would make of a kustomization is estimated before it runs: how much text
// comes out at most, and how often an object is looked at. What real overlays ask for lies far below.

// weight is what a layer hands to the library, with everything below it.
type weight struct {
	objects, bytes, nodes int
	largest               map[string]int // object of each kind, in bytes
}

func (w *weight) grow(kind string, size int) {
	if w.largest == nil {
		w.largest = map[string]int{}
	}
	w.largest[kind] = max(w.largest[kind], size)
}

func (w *weight) object(v *tree.Value, size int) {
	w.objects++
	w.bytes += size
	w.nodes += nodes(v)
	w.grow(v.Get("kind").Str(), size)
}

// generated takes a ConfigMap or a Secret into account.
func (w *weight) generated(size int) {
	w.objects++
	w.bytes += size
	w.nodes += 10
	w.grow("ConfigMap", size)
	w.grow("Secret", size)
}

func (w *weight) add(o weight) {
	w.objects += o.objects
	w.bytes += o.bytes
	w.nodes += o.nodes
	for kind, size := range o.largest {
		w.grow(kind, size)
	}
}

func nodes(v *tree.Value) int {
	n := 1
	for i := range v.Items {
		n += nodes(&v.Items[i])
	}
	for i := range v.Members {
		n += nodes(&v.Members[i].Value)
	}
	return n
}

const (
	// maxLooks is how often objects may be looked at to see whether a patch, an image or the like is for them.
	maxLooks = 3_000_000
	// maxReplacements is of one kustomization; which of them may feed another is looked at in pairs.
	maxReplacements = 2_000
	// places is how many places for labels and annotations an object has, selectors and templates included.
	places = 16
)

// weigh refuses what would grow out of bounds.
func (l *layer) weigh() error {
	k := &l.k
	for _, text := range l.shortTexts() {
		if len(text) > maxName {
			return &trouble{line: 1, reason: "a name, a namespace or an image in it is longer than Kubernetes allows"}
		}
	}
	if l.objects > maxObjects {
		return limited("it declares more than %d objects", maxObjects)
	}
	if l.nodes > maxNodes {
		return limited("its objects hold more than %d values", maxNodes)
	}
	changes := len(k.Patches) + len(l.old.late) + len(k.Images) + len(k.Replicas) + len(k.Labels) + len(k.Transformers)
	for _, r := range k.Replacements {
		changes += 1 + len(r.Targets)
	}
	if l.s.looks += changes * l.objects; l.s.looks > maxLooks {
		return limited("it has too many patches and the like for so many objects")
	}
	l.s.growth += l.labelGrowth() + l.patchGrowth() + l.replacementGrowth()
	for _, i := range k.Images {
		l.s.growth += (len(i.NewName) + len(i.NewTag) + len(i.Digest) + len(i.TagSuffix)) * l.nodes
	}
	l.s.growth += (len(k.NamePrefix) + len(k.NameSuffix) + len(k.Namespace)) * l.nodes
	if l.s.growth > maxGrowth || l.bytes<<min(l.s.copies, 30) > maxGrowth {
		return limited("its patches, labels or replacements would make more than %d MiB of it", maxGrowth>>20)
	}
	return nil
}

func (l *layer) shortTexts() []string {
	k := &l.k
	texts := []string{k.NamePrefix, k.NameSuffix, k.Namespace}
	for _, i := range k.Images {
		texts = append(texts, i.Name, i.NewName, i.NewTag, i.Digest, i.TagSuffix)
	}
	for _, g := range k.ConfigMapGenerator {
		texts = append(texts, g.Name, g.Namespace)
	}
	for _, g := range k.SecretGenerator {
		texts = append(texts, g.Name, g.Namespace)
	}
	return texts
}

func (l *layer) labelGrowth() int {
	size, custom := 0, len(l.k.Configurations) > 0 || len(l.k.Crds) > 0
	count := func(pairs map[string]string) {
		for k, v := range pairs {
			size += len(k) + len(v)
		}
	}
	count(l.k.CommonAnnotations)
	for _, x := range l.k.Labels {
		count(x.Pairs)
		custom = custom || len(x.FieldSpecs) > 0
	}
	if o := l.k.GeneratorOptions; o != nil {
		count(o.Labels)
		count(o.Annotations)
	}
	if custom { // wherever their authors like
		return size * l.nodes
	}
	return size * l.objects * places
}

func (l *layer) patchGrowth() int {
	growth := 0
	for _, list := range [][]types.Patch{l.k.Patches, l.old.late} {
		for _, p := range list {
			n := 1
			if p.Target != nil {
				n = l.selected(p.Target)
			}
			growth += len(p.Patch) * n
		}
	}
	return growth + l.pluginBytes*l.nodes
}

// selected bounds how many objects a selector takes.
func (l *layer) selected(s *types.Selector) int {
	if s == nil || !literal(s.Name) || !literal(s.Kind) || s.Name == "" || s.Kind == "" {
		return l.objects
	}
	return min(l.objects, places) // of that name in several groups and namespaces
}

// literal reports whether a selector's text is certainly no regular expression but itself.
func literal(text string) bool { return !strings.ContainsAny(text, `\.+*?()|[]{}^$`) }

// replacementGrowth bounds what replacements copy. One whose source is what another has written to may copy twice as much.
func (l *layer) replacementGrowth() int {
	list := l.k.Replacements
	if len(list) > maxReplacements {
		return maxGrowth + 1
	}
	levels := make([]int, len(list))
	growth, deepest := 0, 0
	for i, r := range list {
		size := 0
		if r.SourceValue != nil {
			size = len(*r.SourceValue)
		}
		if r.Source != nil {
			for kind, n := range l.largest {
				if r.Source.Kind == "" || r.Source.Kind == kind {
					size = max(size, n)
				}
			}
			for j := range i + 1 {
				if levels[j] >= levels[i] && writes(&list[j].Replacement, r.Source.ResId) {
					levels[i] = levels[j] + 1
				}
			}
			deepest = max(deepest, levels[i])
		}
		for _, t := range r.Targets {
			growth += size * l.selected(t.Select) * len(t.FieldPaths)
		}
	}
	if deepest > 20 {
		return maxGrowth + 1
	}
	return growth << deepest
}

// writes reports whether a replacement may write to the object with that id.
func writes(r *types.Replacement, id resid.ResId) bool {
	for _, t := range r.Targets {
		s := t.Select
		if s == nil || (s.Kind == "" || id.Kind == "" || !literal(s.Kind) || s.Kind == id.Kind) &&
			(s.Name == "" || id.Name == "" || !literal(s.Name) || s.Name == id.Name) {
			return true
		}
	}
	return false
}
