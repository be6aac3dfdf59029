package diff

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// fields compares what a resource is beside its properties: @type, @name, @location and @tags. Where the properties say the same
// at a place of as many steps (tags.owner), that place stands for both; where they say it elsewhere (metadata.labels.owner), it is noise.
func (p *pair) fields(xa, xb *normal) {
	twins := map[Path]Property{}
	if !p.onlyOld {
		twins = p.fieldList(xa, xb)
	}
	said := map[Path]bool{}
	for i := range p.out {
		x := &p.out[i]
		name := twinOf(p.new.Form, x.Path)
		if name == "" {
			continue
		}
		f, there := twins[name]
		same := there && sameText(xa, f.Old, x.Old) && sameText(xb, f.New, x.New)
		switch {
		case !same && !p.onlyOld:
		case said[name]:
			x.Noise = noiseTwice
		case countSteps(x.Pattern) == countSteps(string(name)):
			x.Path, x.back, x.Pattern = name, name, string(name)
			said[name] = true
		case there:
			x.Noise = noiseTwice
		}
	}
	for _, name := range slices.Sorted(maps.Keys(twins)) {
		if said[name] {
			continue
		}
		p.out = append(p.out, twins[name])
	}
}

func sameText(x *normal, a, b *tree.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Text == b.Text || x.text(a.Text, "location") == x.text(b.Text, "location")
}

// twinOf is the field that a place in the properties repeats.
func twinOf(form evidence.Form, p Path) Path {
	s := p.Steps()
	switch form {
	case evidence.Kubernetes:
		if len(s) == 3 && s[0] == "metadata" && s[1] == "labels" {
			return Path(tree.Path("@tags").Key(plainStep(s[2])))
		}
		if p == "metadata.name" {
			return "@name"
		}
		return ""
	case evidence.ARM, evidence.Terraform:
		if len(s) == 2 && (tagMembers[lower(s[0])] || form == evidence.Terraform && labelMembers[s[0]]) {
			return Path(tree.Path("@tags").Key(plainStep(s[1])))
		}
		if len(s) == 1 {
			switch n := lower(s[0]); n {
			case "location", "name":
				return Path("@" + n)
			case "region":
				return "@location"
			case "type":
				if form == evidence.ARM {
					return "@type"
				}
			}
		}
	case evidence.Compose:
		if len(s) == 2 && s[0] == "labels" {
			return Path(tree.Path("@tags").Key(plainStep(s[1])))
		}
	}
	return ""
}

var (
	tagMembers   = map[string]bool{"tags": true, "tags_all": true}
	labelMembers = map[string]bool{"labels": true, "resource_labels": true, "user_labels": true, "effective_labels": true, "terraform_labels": true}
)

// plainStep is the name in a step that may be quoted.
func plainStep(s string) string {
	for step := range tree.Path(s).Steps() {
		return step.Key
	}
	return s
}

func (p *pair) fieldList(xa, xb *normal) map[Path]Property {
	out := map[Path]Property{}
	add := func(name tree.Path, old, new *string) {
		x := Property{Path: Path(name), Pattern: string(name), back: Path(name)}
		if old != nil {
			v := tree.Str(strings.Clone(*old))
			x.Old = &v
		}
		if new != nil {
			v := tree.Str(strings.Clone(*new))
			x.New = &v
		}
		if p.mask && old != nil && new != nil && xa.text(*old, "") == xb.text(*new, "") {
			x.Unknown, x.dark = otherKey, oldSide|newSide
		}
		out[x.Path] = x
	}
	scalar := func(name tree.Path, last, old, new string) {
		if old == new || xa.text(old, last) == xb.text(new, last) && !p.printsDiffer(old, new) {
			return
		}
		if last == "name" && xa.form == evidence.ARM && strings.EqualFold(old, new) {
			return
		}
		o, n := &old, &new
		if old == "" {
			o = nil
		}
		if new == "" {
			n = nil
		}
		add(name, o, n)
	}
	scalar("@type", "type", p.old.Type, p.new.Type)
	scalar("@name", "name", p.old.Name, p.new.Name)
	scalar("@location", "location", p.old.Location, p.new.Location)
	p.tags(xa, xb, add)
	return out
}

// printsDiffer reports whether two texts differ in fingerprints that cannot be compared.
func (p *pair) printsDiffer(old, new string) bool {
	return p.mask && old != new && evidence.IsFingerprint(old) && evidence.IsFingerprint(new)
}

func (p *pair) tags(xa, xb *normal, add func(tree.Path, *string, *string)) {
	old, new := tagsByName(p.old), tagsByName(p.new)
	names := map[string]bool{}
	for n := range old {
		names[n] = true
	}
	for n := range new {
		names[n] = true
	}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		o, inOld := old[n]
		w, inNew := new[n]
		if inOld && inNew && xa.text(o[1], "tags") == xb.text(w[1], "tags") && !p.printsDiffer(o[1], w[1]) {
			continue
		}
		at := tree.Path("@tags").Key(max(o[0], w[0]))
		switch {
		case !inOld:
			add(at, nil, &w[1])
		case !inNew:
			add(at, &o[1], nil)
		default:
			add(at, &o[1], &w[1])
		}
	}
}

// tagsByName returns name and value of each tag by the name as it is compared: Azure takes names of tags without regard to case.
func tagsByName(r *evidence.Resource) map[string][2]string {
	out := make(map[string][2]string, len(r.Tags))
	for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
		n := k
		if r.Form == evidence.ARM {
			n = lower(k)
			if _, twice := out[n]; twice {
				n = k
			}
		}
		out[n] = [2]string{k, r.Tags[k]}
	}
	return out
}
