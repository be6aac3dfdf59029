package evidence

import (
	"maps"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// withheld stands for what looks like a secret and was never fingerprinted: there is no key to do it with, and a digest without one could be
// guessed at.
const withheld = secret.Mark + "00000000000000000000000000000000"

// Withhold returns the snapshot as it may be shown: what looks like a secret in it is taken out, and the ids of the resources concerned are returned.
// A snapshot that a scan made has nothing of the kind and is returned as it is; one that came from a file may have been written by
// anybody. The commitments and the root stay those of what was read, so that the result is for looking at, and does not verify.
func (s *Snapshot) Withhold() (*Snapshot, []string) {
	c := secret.NewCleaner(func(string) string { return withheld })
	var ids []string
	out := *s
	for i := range s.Resources {
		r, changed := s.Resources[i].withhold(c)
		if !changed {
			continue
		}
		if ids = append(ids, r.ID); len(ids) == 1 {
			out.Resources = slices.Clone(s.Resources)
		}
		out.Resources[i] = r
	}
	return &out, ids
}

// withhold is [Sealer.Seal] for a resource that should have been through it.
func (r Resource) withhold(c *secret.Cleaner) (Resource, bool) {
	changed := false
	text := func(to *string, clean func(string) string) {
		if out := clean(*to); out != *to && !IsFingerprint(*to) {
			*to, changed = out, true
		}
	}
	identity := func(to *string) { text(to, func(t string) string { return identityOf(c, t) }) }
	for _, to := range []*string{&r.ID, &r.Name, &r.Scope} {
		identity(to)
	}
	for _, to := range []*string{&r.Provider, &r.Type, &r.Location, &r.Erased} {
		text(to, c.Text)
	}
	r.Aliases, r.Origins, r.Expressions = slices.Clone(r.Aliases), slices.Clone(r.Origins), slices.Clone(r.Expressions)
	for i := range r.Aliases {
		identity(&r.Aliases[i])
	}
	for i := range r.Origins {
		o := &r.Origins[i]
		for _, to := range []*string{&o.Path, &o.Address, &o.Root} {
			text(to, c.Identity)
		}
	}
	for i := range r.Expressions {
		text(&r.Expressions[i].Text, c.Text)
	}
	if tags, other := cleanTags(c, r.Tags); other {
		r.Tags, changed = tags, true
	}
	return r, r.withholdProps(c) || changed
}

func (r *Resource) withholdProps(c *secret.Cleaner) bool {
	v, err := canon.Decode(r.Props, nil)
	if err != nil {
		return false // nothing shows what cannot be read
	}
	was, err := canon.Decode(r.Props, nil)
	if err != nil {
		return false
	}
	c.Tree(&v, secret.About{Type: r.Type, Kubernetes: r.Form == Kubernetes, Compose: r.Form == Compose})
	sealedBefore(&v, &was)
	props, _, err := canon.Encode(&v)
	if err != nil || string(props) == string(r.Props) {
		return false
	}
	r.Props = props
	r.Redacted = slices.Clone(r.Redacted)
	walkMarks(&v, "", func(p tree.Path) {
		if !slices.Contains(r.Redacted, p) {
			r.Redacted = append(r.Redacted, p)
		}
	})
	slices.Sort(r.Redacted)
	return true
}

// sealedBefore puts back each text that holds a fingerprint already: somebody has looked into it who had the key, and what stands around a
// fingerprint may look like more than it is.
func sealedBefore(v, was *tree.Value) {
	if was.Kind == tree.String && IsFingerprint(was.Text) {
		*v = *was
		return
	}
	for i := range min(len(v.Items), len(was.Items)) {
		sealedBefore(&v.Items[i], &was.Items[i])
	}
	for i := range min(len(v.Members), len(was.Members)) {
		sealedBefore(&v.Members[i].Value, &was.Members[i].Value)
	}
}

// walkMarks calls found with each place that holds withheld.
func walkMarks(v *tree.Value, at tree.Path, found func(tree.Path)) {
	if v.Kind == tree.String && strings.Contains(v.Text, withheld) {
		found(at)
	}
	for i := range v.Items {
		walkMarks(&v.Items[i], at.Index(i), found)
	}
	for i := range v.Members {
		walkMarks(&v.Members[i].Value, at.Key(v.Members[i].Name), found)
	}
}

func cleanTags(c *secret.Cleaner, tags map[string]string) (map[string]string, bool) {
	changed := false
	out := make(map[string]string, len(tags))
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		name, value := c.Pair(k, tags[k])
		if IsFingerprint(tags[k]) {
			value = tags[k]
		}
		changed = changed || name != k || value != tags[k]
		out[name] = value
	}
	return out, changed
}
