package truth

import (
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// compareCode compares what a label says of code.
func (l *label) compareCode(s *seen, snap *evidence.Snapshot, say func(string, ...any)) {
	if l.has["resources"] {
		l.compareDeclared(snap, say)
	}
	for _, want := range l.UnknownCount {
		if !slices.ContainsFunc(snap.Resources, func(r evidence.Resource) bool { return r.Side == evidence.Declared && countOpen(&r, want) }) && !notRead(snap, want) {
			say("how often %s is there is not known, and nothing says so", want)
		}
	}
	for _, want := range l.NotRead {
		if !notRead(snap, want) {
			say("not read, and not said: %s", want)
		}
	}
	if l.Expressions != nil {
		if got := l.unresolved(snap); len(got) != l.Expressions.Unresolved {
			say("%d values are unresolved, want %d: %s", len(got), l.Expressions.Unresolved, strings.Join(got, ", "))
		}
	}
	if l.Sides != nil {
		l.compareSides(s, snap, say)
	}
}

// countOpen: r is the resource with that address, or one of its instances.
func countOpen(r *evidence.Resource, address string) bool {
	return len(r.Origins) > 0 && (r.Origins[0].Address == address || strings.HasPrefix(r.Origins[0].Address, address+"["))
}

func notRead(snap *evidence.Snapshot, text string) bool {
	return slices.ContainsFunc(snap.NotRead, func(n evidence.NotRead) bool {
		return strings.Contains(n.Thing+"\n"+n.Reason+"\n"+n.Help, text)
	})
}

func (l *label) compareDeclared(snap *evidence.Snapshot, say func(string, ...any)) {
	known := map[int]bool{}
	for i := range l.Resources {
		want := &l.Resources[i]
		found := false
		for k := range snap.Resources {
			r := &snap.Resources[k]
			if r.Side == evidence.Declared && len(r.Origins) > 0 && l.means(want, r) {
				if found {
					say("resource twice: %s", want.key())
				}
				found, known[k] = true, true
				l.compareResource(want, r, say)
			}
		}
		if !found {
			say("resource missing: %s", want.key())
		}
	}
	for k := range snap.Resources {
		r := &snap.Resources[k]
		if r.Side != evidence.Declared || known[k] {
			continue
		}
		address := ""
		if len(r.Origins) > 0 {
			address = r.Origins[0].Address
		}
		if !slices.Contains(l.Perhaps, r.Type) && !slices.Contains(l.Perhaps, address) && !slices.ContainsFunc(l.UnknownCount, func(a string) bool { return countOpen(r, a) }) {
			say("resource surplus: %s %s %s", r.Type, r.ID, address)
		}
	}
}

func (r *resource) key() string {
	for _, k := range []string{r.Address, r.ID, r.At} {
		if k != "" {
			return k
		}
	}
	return "?"
}

func (l *label) means(want *resource, r *evidence.Resource) bool {
	switch o := r.Origins[0]; {
	case want.Address != "":
		return o.Address == want.Address
	case want.ID != "":
		return l.isID(want.ID, r.ID)
	default:
		return standsAt(o.Input, o.Line, want.At)
	}
}

func (l *label) isID(alternatives, id string) bool {
	return slices.ContainsFunc(strings.Split(alternatives, "|"), func(a string) bool { return l.plain(id) == l.id(l.long(a)) })
}

func (l *label) compareResource(want *resource, r *evidence.Resource, say func(string, ...any)) {
	o := r.Origins[0]
	if want.ID != "" && !l.isID(want.ID, r.ID) {
		say("resource: %s has the id %s, want %s", want.key(), l.plain(r.ID), want.ID)
	}
	if want.At != "" && !standsAt(o.Input, o.Line, want.At) {
		say("resource: %s stands at %s:%d, want %s", want.key(), o.Input, o.Line, want.At)
	}
	if want.Type != "" && !oneOf(want.Type, r.Type) {
		say("resource: %s is of type %s, want %s", want.key(), r.Type, want.Type)
	}
	if want.Name != "" && !slices.ContainsFunc(strings.Split(want.Name, "|"), func(n string) bool { return l.sameText(r.Name, n) }) {
		say("resource: %s is named %q, want %q", want.key(), r.Name, want.Name)
	}
	if want.Data != r.Data {
		say("resource: %s: data is %v, want %v", want.key(), r.Data, want.Data)
	}
	props, err := r.Tree()
	if err != nil {
		say("resource: %s: %v", want.key(), err)
		return
	}
	for path, v := range want.Properties {
		l.compareProperty(want.key()+" "+path, tree.Path(path), v, r, &props, say)
	}
}

func (l *label) compareProperty(at string, path tree.Path, want value, r *evidence.Resource, props *tree.Value, say func(string, ...any)) {
	got := props.At(path)
	if want.Absent || want.Is != nil && *want.Is == "null" {
		if got != nil && got.Kind != tree.Null {
			say("property: %s is %q, and must not be there", at, got.Text)
		}
		return
	}
	if got == nil {
		say("property missing: %s", at)
		return
	}
	redacted := slices.Contains(r.Redacted, path)
	if want.Secret != redacted {
		say("property: %s: redacted is %v, want %v", at, redacted, want.Secret)
	}
	if want.Is != nil && !l.sameText(got.Text, *want.Is) {
		say("property: %s is %q, want %q", at, got.Text, *want.Is)
	}
	if want.Has != "" && !l.hasText(got.Text, want.Has) {
		say("property: %s is %q, want a text with %q", at, got.Text, want.Has)
	}
	if want.List != nil {
		var list []string
		for _, v := range got.List() {
			list = append(list, v.Text)
		}
		if !slices.EqualFunc(list, want.List, l.sameText) {
			say("property: %s is %q, want %q", at, list, want.List)
		}
	}
	if e := expressionAt(r, path); want.Unresolved != "" && (e == nil || !oneOf(want.Unresolved, string(e.Unresolved))) {
		say("property: %s: expression %+v, want unresolved: %s", at, e, want.Unresolved)
	} else if want.Unresolved == "" && want.Has == "" && !want.Secret && e != nil && e.Path == path && e.Unresolved != "" && evidence.HasLeft(got.Text) && !evidence.HasLeft(deref(want.Is)) {
		say("property: %s: unresolved (%s), want a value", at, e.Unresolved)
	}
	if line := r.Line(path); want.At != "" && !standsAt(r.Origins[0].Input, line, want.At) {
		say("property: %s stands at %s:%d, want %s", at, r.Origins[0].Input, line, want.At)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// expressionAt returns the expression of the path, or of the nearest one above it.
func expressionAt(r *evidence.Resource, path tree.Path) (at *evidence.Expression) {
	for i := range r.Expressions {
		e := &r.Expressions[i]
		rest, ok := strings.CutPrefix(string(path), string(e.Path))
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') && (at == nil || len(e.Path) > len(at.Path)) {
			at = e
		}
	}
	return at
}

// unresolved lists the leaves of what is declared and managed whose value could not be told.
func (l *label) unresolved(snap *evidence.Snapshot) (all []string) {
	for i := range snap.Resources {
		r := &snap.Resources[i]
		if r.Side != evidence.Declared || r.Data || slices.ContainsFunc(l.UnknownCount, func(a string) bool { return countOpen(r, a) }) {
			continue
		}
		props, err := r.Tree()
		if err != nil {
			continue
		}
		for path, leaf := range props.Leaves() {
			e := expressionAt(r, path)
			if e != nil && e.Unresolved != "" && evidence.HasLeft(leaf.Text) && !slices.Contains(l.Expressions.Apart, string(path)) {
				all = append(all, r.Origins[0].Address+" "+string(path))
			}
		}
	}
	return all
}

// compareSides tells from the evidence of the elements which sides of a resource are one.
func (l *label) compareSides(s *seen, snap *evidence.Snapshot, say func(string, ...any)) {
	live := map[string]bool{} // commitments of what is live
	for i := range snap.Resources {
		if r := &snap.Resources[i]; r.Side != evidence.Declared {
			live[string(r.Commitment)] = true
		}
	}
	check := func(names []string, wantLive, wantDeclared bool) {
		for _, name := range names {
			id := l.id(name)
			raw, sees := map[string]bool{}, [2]bool{}
			for i := range s.model.Elements {
				e := &s.model.Elements[i]
				if s.resourceOf(e) != id || e.Kind == c4.SoftwareSystem {
					continue
				}
				_, own, _ := strings.Cut(e.ID, ":")
				own, _, _ = strings.Cut(own, "#")
				raw[own] = true
				for _, ev := range e.Evidence {
					if l.plain(ev.Resource) != id && !strings.HasPrefix(id, l.plain(ev.Resource)+"/") {
						continue
					}
					if live[string(ev.Commitment)] {
						sees[0] = true
					} else {
						sees[1] = true
					}
				}
			}
			if len(raw) != 1 || sees != [2]bool{wantLive, wantDeclared} {
				say("sides: %s is %d things, live %v, declared %v; want one, live %v, declared %v", name, len(raw), sees[0], sees[1], wantLive, wantDeclared)
			}
		}
	}
	check(l.Sides.Both, true, true)
	check(l.Sides.Declared, false, true)
	check(l.Sides.Live, true, false)
}
