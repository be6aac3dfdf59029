package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/census"
	"c4arch/internal/arch/evidence"
)

// Providers other than azurerm let a resource be named by its plain name, which only resources of its type do not share:
// function_name = "orders", network = "default". Such a name is no id; it means something only in a property
// whose rule says of what type the thing is.

// plainKey is a name among the resources of a type.
type plainKey struct{ typ, name string }

// joinPlainNames finds the things of each type by their plain names.
func (b *builder) joinPlainNames() {
	b.plain = map[plainKey][]*thing{}
	for _, t := range b.things {
		for _, n := range t.fact.plain {
			if k := (plainKey{t.typ, n}); n != "" && !slices.Contains(b.plain[k], t) {
				b.plain[k] = append(b.plain[k], t)
			}
		}
	}
}

// plainly returns the things of some types that a plain name means: those in the same account and region as the
// resource that says it where there are any, or else those of the same input.
func (b *builder) plainly(types, name string, by *evidence.Resource) []*thing {
	var found []*thing
	for typ := range strings.FieldsSeq(types) {
		found = append(found, b.plain[plainKey{typ, name}]...)
	}
	if len(found) < 2 {
		return found
	}
	for _, near := range []func(r *evidence.Resource) bool{
		func(r *evidence.Resource) bool { return r.Scope != "" && r.Scope == by.Scope },
		func(r *evidence.Resource) bool { return inputOf(r) != "" && inputOf(r) == inputOf(by) },
	} {
		var some []*thing
		for _, t := range found {
			if slices.ContainsFunc(t.obs, func(i int) bool { return near(&b.snap.Resources[i]) }) {
				some = append(some, t)
			}
		}
		if len(some) > 0 && len(some) < len(found) {
			return some
		}
	}
	return found
}

func inputOf(r *evidence.Resource) string {
	if len(r.Origins) == 0 {
		return ""
	}
	return r.Origins[0].Input
}

// meant returns what a text names: by its id, as the only attribute of another resource in what code leaves open, or, where
// types are given, by a plain name. The last result says that only the place made it a name.
func (b *builder) meant(text, types string, by *evidence.Resource) (targets []*thing, plain bool) {
	if text == "" {
		return nil, false
	}
	ns, _ := b.names.ID(text)
	if ns == nil {
		if refs := b.usedIn(text); len(refs) == 1 {
			ns, _ = b.names.ID(refs[0].ID)
		} else if n := declaredName(text); n > 0 {
			ns, _ = b.names.ID(text[:n])
		} else if len(refs) == 0 {
			ns = b.within(text)
		}
	}
	for _, n := range ns {
		targets = append(targets, b.things[n])
	}
	if len(targets) > 0 && !evidence.IsARM(text) {
		return targets, false
	}
	if found := b.byARN(text, by); len(targets) == 0 && len(found) > 0 {
		return found, true
	}
	if found := b.plainly(types, text, by); len(found) > 0 {
		return found, true
	}
	return targets, false
}

// within returns the one resource of code whose id stands in a text: arn:aws:dynamodb:…:table/<id of the table>/index/*.
func (b *builder) within(text string) []census.Thing {
	var found []census.Thing
	for _, at := range awsSpans(text) {
		word := unescaped(text[at[0]:at[1]])
		if !strings.HasPrefix(word, "tf:") || at[1] < len(text) && text[at[1]] == '#' {
			continue
		}
		ns, _ := b.names.ID(word)
		if len(ns) != 1 || found != nil && found[0] != ns[0] {
			return nil
		}
		found = ns
	}
	return found
}

// usedIn returns the attributes of other resources in a text, without those of values that Terraform makes or reads itself: the
// suffix of a name says nothing of what the name means.
func (b *builder) usedIn(text string) []evidence.Reference {
	return slices.DeleteFunc(evidence.Symbols(text), func(ref evidence.Reference) bool {
		ns, _ := b.names.ID(ref.ID)
		return len(ns) == 1 && b.madeLocally(b.things[ns[0]])
	})
}

// declaredName returns how much of a text is the id of a resource of Terraform code that it begins with: tf:root//address,
// where an address has names, dots and keys in brackets.
func declaredName(text string) int {
	const longest = 2048
	if !strings.HasPrefix(text, "tf:") {
		return 0
	}
	text = text[:min(len(text), longest)]
	i := strings.Index(text, "//")
	if i < 0 {
		return 0
	}
	for i += 2; i < len(text); i++ {
		switch c := text[i]; {
		case c == '[':
			end := strings.IndexByte(text[i:], ']')
			if end < 0 {
				return i
			}
			i += end
		case !hostByte(c):
			return len(strings.TrimRight(text[:i], "."))
		}
	}
	return len(strings.TrimRight(text, "."))
}
