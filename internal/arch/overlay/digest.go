package overlay

import (
	"strconv"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// Digest is the digest of what the overlay says: lines, comments, spelling of the YAML and
// the order of keys and of tags do not change it, the order of lists does, since the first
// match counts.
func (o *Overlay) Digest() (canon.Digest, error) {
	v := o.value()
	raw, _, err := canon.Encode(&v)
	if err != nil {
		return "", err
	}
	return canon.Sum(raw), nil
}

// value is the overlay as a tree, in the words of the format.
func (o *Overlay) value() tree.Value {
	v := object(
		field("name", o.Name), field("description", o.Description), field("owner", o.Owner),
		list("persons", o.Persons, func(p Person) tree.Value {
			return object(field("key", p.Key), field("name", p.Name), field("description", p.Description))
		}),
		list("systems", o.Systems, func(s System) tree.Value {
			return object(field("key", s.Key), field("name", s.Name), field("description", s.Description),
				field("owner", s.Owner), selectors("members", s.Members))
		}),
		list("externals", o.Externals, func(e External) tree.Value {
			return object(field("key", e.Key), field("name", e.Name), field("description", e.Description),
				field("owner", e.Owner), field("technology", e.Technology), list("hosts", e.Hosts, tree.Str))
		}),
		list("elements", o.Elements, func(e Element) tree.Value {
			return object(field("key", e.Key), selectors("match", e.Match), field("name", e.Name),
				field("description", e.Description), field("owner", e.Owner), field("technology", e.Technology))
		}),
		list("relationships", o.Relationships, func(r Relationship) tree.Value {
			return object(reference("source", r.Source), reference("target", r.Target),
				field("description", r.Description), field("technology", r.Technology))
		}),
		list("hidden", o.Hidden, func(h Hidden) tree.Value {
			return object(selectors("match", h.Match), field("reason", h.Reason))
		}),
		list("environments", o.Environments, func(e Environment) tree.Value {
			return object(field("name", e.Name), selectors("members", e.Members))
		}),
		list("deployments", o.Deployments, func(d Deployment) tree.Value {
			return object(field("input", d.Input), field("subscription", d.Subscription), field("resourceGroup", d.ResourceGroup), field("location", d.Location))
		}),
	)
	v.Set("version", tree.Value{Kind: tree.Number, Text: strconv.Itoa(Version)})
	return v
}

// object makes an object of those members that have a value.
func object(members ...tree.Member) tree.Value {
	v := tree.Value{Kind: tree.Object}
	for _, m := range members {
		if m.Value.Kind != tree.Null {
			v.Members = append(v.Members, m)
		}
	}
	return v
}

func field(name, text string) tree.Member {
	if text == "" {
		return tree.Member{Name: name}
	}
	return tree.Member{Name: name, Value: tree.Str(text)}
}

func list[T any](name string, items []T, each func(T) tree.Value) tree.Member {
	if len(items) == 0 {
		return tree.Member{Name: name}
	}
	v := tree.Value{Kind: tree.Array}
	for _, it := range items {
		v.Items = append(v.Items, each(it))
	}
	return tree.Member{Name: name, Value: v}
}

func selectors(name string, all []Selector) tree.Member {
	return list(name, all, selectorValue)
}

func selectorValue(s Selector) tree.Value {
	v := object(field("id", s.ID), field("address", s.Address), field("name", s.Name),
		field("type", s.Type), field("scope", s.Scope))
	if len(s.Tags) > 0 {
		tags := tree.Value{Kind: tree.Object}
		for _, t := range s.Tags {
			tags.Set(t.Key, tree.Str(t.Value))
		}
		v.Set("tag", tags)
	}
	return v
}

func reference(name string, r Ref) tree.Member {
	switch r.Kind {
	case SelectorRef:
		return tree.Member{Name: name, Value: selectorValue(*r.Select)}
	case NameRef:
		return field(name, r.Name)
	}
	return field(name, r.Key)
}
