package overlay

import (
	"regexp"

	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

type parser struct {
	*form.File
	keys map[string]RefKind // of persons, systems, externals and elements: one namespace
}

var keyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// key reads a key by which relationships refer to the entry, and takes it.
func (p *parser) key(f form.Fields, kind RefKind, must bool) string {
	v := f.Get("key")
	if v == nil {
		if must && f.OK {
			p.Say(f.Value, "%s needs a key", f.Place)
		}
		return ""
	}
	if v.Kind != tree.String || !keyForm.MatchString(v.Text) {
		p.Say(v, "key of %s must be 1 to 63 lower-case letters, digits and hyphens, as in online-shop", f.Place)
		return ""
	}
	if other, taken := p.keys[v.Text]; taken {
		p.Say(v, "key %s of %s is already that of a %s: keys are unique in the whole file", v.Text, f.Place, other)
		return ""
	}
	p.keys[v.Text] = kind
	return v.Text
}
