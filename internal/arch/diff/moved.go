package diff

import (
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// What is gone and what is new belong together, one to one and never by guess,
//
//  1. when a property that no two resources of a type share is the same: moved;
//  2. when what they are parts of has moved, and the rest of their ids is the same: moved;
//  3. when type and name are the same in another scope, and most of the content: moved;
//  4. when the scope and all of the content are the same, and only the name differs: moved;
//  5. when the names differ in a random end alone, in the same scope: replaced.
//
// Where more than one could be meant, they stay removed and added.

// uniques are properties that the cloud draws and that stay with a resource as long as it lives, best first.
var uniques = map[evidence.Form][]tree.Path{
	evidence.ARM: {
		"properties.resourceGuid", "properties.vmId", "properties.uniqueId", "properties.principalId", "identity.principalId", "properties.customerId",
		"properties.AppId", "properties.appId", "properties.immutableId",
	},
	evidence.Terraform: {
		"resource_guid", "virtual_machine_id", "unique_id", "principal_id", "identity[0].principal_id", "arn", "self_link", "metadata[0].uid", "id",
	},
	evidence.Kubernetes: {"metadata.uid"},
}

// births are when a resource was made.
var births = map[evidence.Form][]tree.Path{
	evidence.ARM:        {"properties.creationTime", "properties.timeCreated", "properties.createdAt", "systemData.createdAt", "createdTime"},
	evidence.Kubernetes: {"metadata.creationTimestamp"},
	evidence.Terraform:  {"creation_timestamp", "create_time", "create_date", "created_date", "creation_date"},
}

func textAt(v *tree.Value, p tree.Path) string {
	at := v
	for s := range p.Steps() {
		switch {
		case !s.IsIndex:
			at = at.GetFold(s.Key)
		case s.Index < len(at.List()):
			at = &at.Items[s.Index]
		default:
			at = nil
		}
	}
	if at == nil || at.Kind != tree.String && at.Kind != tree.Number {
		return ""
	}
	return lower(at.Text)
}

// another tells why the new one of two resources with one id is another thing than the old one.
func another(p *pair) string {
	if p.old.Form != p.new.Form || p.old.Side != evidence.Live || p.new.Side != evidence.Live || p.old.Data || p.new.Data {
		return ""
	}
	for _, u := range uniques[p.old.Form] {
		a, b := textAt(&p.a, u), textAt(&p.b, u)
		if a == "" || b == "" || a == b || evidence.IsFingerprint(a+b) || p.old.Form == evidence.Terraform && (u == "arn" || u == "self_link") {
			continue
		}
		if strings.Contains(string(u), "identity") || strings.Contains(string(u), "principal") && !strings.Contains(p.old.Type, "identit") {
			continue // an identity was exchanged, and not the resource
		}
		if evidence.IsARM(a) {
			continue
		}
		return "the same id, but another " + string(u) + ": another one has taken its place"
	}
	for _, u := range births[p.old.Form] {
		if a, b := textAt(&p.a, u), textAt(&p.b, u); a != "" && b != "" && !sameMoment(a, b) {
			return "the same id, but another " + string(u) + ": another one has taken its place"
		}
	}
	return ""
}

// sameMoment reports whether two times are the same to the second, in whatever precision and zone each is written.
func sameMoment(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := time.Parse(time.RFC3339, strings.ToUpper(a))
	y, err2 := time.Parse(time.RFC3339, strings.ToUpper(b))
	if err1 != nil || err2 != nil {
		return (err1 == nil) != (err2 == nil) // two spellings, of which one cannot be read, tell nothing
	}
	return x.Unix() == y.Unix()
}

// stray is a resource that one side alone has, with what may tell what became of it: as little of its content as does, since there may be many.
type stray struct {
	r        *evidence.Resource
	drawn    []string // the values of uniques
	features []uint64
	sum      digest
	leaves   int
	ok       bool
	taken    bool
}

// moves finds what belongs together among what each side has alone.
func (c *comparison) moves() error {
	if len(c.out.lone[0]) == 0 || len(c.out.lone[1]) == 0 {
		return nil
	}
	m := mover{c: c}
	for s := range m.strays {
		for _, l := range c.out.lone[s] {
			if err := c.tick(); err != nil {
				return err
			}
			m.strays[s] = append(m.strays[s], strayOf(l.r))
		}
	}
	m.byUnique()
	m.byParent(Moved)
	m.byName()
	m.byParent(Moved)
	m.byContent()
	m.byParent(Moved)
	m.byStem()
	m.byParent(Replaced)
	if len(m.found) == 0 {
		return nil
	}
	for s := range m.strays {
		c.out.lone[s] = c.out.lone[s][:0]
		for _, x := range m.strays[s] {
			if !x.taken {
				c.out.lone[s] = append(c.out.lone[s], absent{r: x.r})
			}
		}
	}
	for _, f := range m.found {
		if err := c.two(f.old, f.new, f.kind, f.basis); err != nil {
			return err
		}
	}
	return nil
}

func strayOf(r *evidence.Resource) *stray {
	s := &stray{r: r, drawn: make([]string, 0, len(uniques[r.Form]))}
	if r.Erased != "" || r.Data {
		return s
	}
	v, err := r.Tree()
	if err != nil {
		return s // the comparison itself will say so
	}
	s.ok = true
	for _, u := range uniques[r.Form] {
		text := textAt(&v, u)
		if len(text) < 2 || evidence.IsFingerprint(text) || evidence.HasLeft(text) {
			text = ""
		}
		s.drawn = append(s.drawn, strings.Clone(text))
	}
	x := normalOf(r)
	x.role = func(text string) string { return ownText(r, text) }
	n, _ := x.build(&v, make(trail, 0, 16))
	s.features = slices.Clone(featuresOf([]*node{&n})[0])
	s.sum, s.leaves = *n.hash(), len(s.features)
	return s
}

// ownText writes a resource's own name, id and scope as the same word for all, so that what is the same but for them is equal.
func ownText(r *evidence.Resource, text string) string {
	switch {
	case text == "":
		return text
	case strings.EqualFold(text, r.ID):
		return "\x00id"
	case strings.EqualFold(text, r.Name):
		return "\x00name"
	case r.Scope != "" && strings.EqualFold(text, r.Scope):
		return "\x00scope"
	}
	if i := strings.LastIndexByte(r.Scope, '/'); i >= 0 && strings.EqualFold(text, r.Scope[i+1:]) {
		return "\x00scope"
	}
	if len(text) > len(r.ID) && strings.EqualFold(text[:len(r.ID)], r.ID) && text[len(r.ID)] == '/' {
		return "\x00id" + text[len(r.ID):]
	}
	return text
}

// movedMaps map the texts by which each of two resources that belong together speaks of itself.
func movedMaps(old, new *evidence.Resource) [2]func(string) string {
	own := func(r *evidence.Resource) func(string) string {
		return func(s string) string {
			if len(s) > len(r.ID) && strings.EqualFold(s[:len(r.ID)], r.ID) && s[len(r.ID)] == '/' {
				return "\x00id" + s[len(r.ID):]
			}
			return s
		}
	}
	return [2]func(string) string{own(old), own(new)}
}

type mover struct {
	c      *comparison
	strays [2][]*stray
	found  []match
}

type match struct {
	old, new *evidence.Resource
	kind     Kind
	basis    string
}

func (m *mover) take(a, b *stray, kind Kind, basis string) {
	a.taken, b.taken = true, true
	m.found = append(m.found, match{a.r, b.r, kind, basis})
}

// join pairs what has the same key on both sides, and nothing else has on either.
func (m *mover) join(key func(*stray) string, fits func(a, b *stray) bool, kind Kind, basis func(a, b *stray) string) {
	type slot struct {
		n [2]int
		s [2]*stray
	}
	slots := map[string]*slot{}
	var order []string
	for s := range m.strays {
		for _, x := range m.strays[s] {
			if x.taken || !x.ok {
				continue
			}
			k := key(x)
			if k == "" {
				continue
			}
			at := slots[k]
			if at == nil {
				at = &slot{}
				slots[k] = at
				order = append(order, k)
			}
			at.n[s]++
			at.s[s] = x
		}
	}
	for _, k := range order {
		if at := slots[k]; at.n == [2]int{1, 1} && (fits == nil || fits(at.s[0], at.s[1])) {
			m.take(at.s[0], at.s[1], kind, basis(at.s[0], at.s[1]))
		}
	}
}

func (m *mover) byUnique() {
	for _, form := range []evidence.Form{evidence.ARM, evidence.Kubernetes, evidence.Terraform} {
		for i, u := range uniques[form] {
			m.join(func(x *stray) string {
				if x.r.Form != form || x.drawn[i] == "" {
					return ""
				}
				return m.c.sort(x.r) + x.drawn[i]
			}, nil, Moved, func(*stray, *stray) string { return "the same " + string(u) })
		}
	}
}

// byParent pairs the parts of what was moved or replaced.
func (m *mover) byParent(kind Kind) {
	to := map[string]string{}
	for _, f := range m.found {
		if f.kind == kind {
			to[f.old.ID] = f.new.ID
		}
	}
	if len(to) == 0 {
		return
	}
	m.join(func(x *stray) string {
		id := x.r.ID
		for at := strings.LastIndexByte(id, '/'); at > 0; at = strings.LastIndexByte(id[:at], '/') {
			if next, there := to[id[:at]]; there {
				id = next + id[at:]
				break
			}
		}
		return m.c.sort(x.r) + id
	}, nil, kind, func(*stray, *stray) string { return "what it is a part of was " + string(kind) })
}

// mostly is how much of the content must be the same.
const mostly = 0.75

func alikeness(a, b *stray) float64 {
	return likenessOf([][]uint64{a.features}, [][]uint64{b.features}, 0, 0).score
}

func (m *mover) byName() {
	m.join(func(x *stray) string {
		if x.r.Name == "" {
			return ""
		}
		return m.c.sort(x.r) + lower(x.r.Name)
	}, func(a, b *stray) bool { return a.r.Scope != b.r.Scope && alikeness(a, b) >= mostly }, Moved, func(*stray, *stray) string {
		return "the same type and name, and most of the content, in another scope"
	})
}

// enough is how many leaves make a content that is not equal by chance.
const enough = 4

func (m *mover) byContent() {
	m.join(func(x *stray) string {
		if x.leaves < enough {
			return ""
		}
		return m.c.sort(x.r) + x.r.Scope + "\x00" + parent(x.r.ID) + "\x00" + string(x.sum[:])
	}, nil, Moved, func(*stray, *stray) string { return "the same scope and content under another name" })
}

func parent(id string) string {
	return id[:max(strings.LastIndexByte(id, '/'), 0)]
}

// byStem pairs what has the same name but for a random end. First by what stands before a separator, then, where one of each is left in a scope, by
// the beginning that they have in common.
func (m *mover) byStem() {
	basis := func(*stray, *stray) string { return "the same name but for a random end, in the same scope" }
	m.join(func(x *stray) string {
		stem := stemOf(x.r.Name)
		if stem == "" {
			return ""
		}
		return m.c.sort(x.r) + x.r.Scope + "\x00" + parent(x.r.ID) + "\x00" + stem
	}, nil, Replaced, basis)
	m.join(func(x *stray) string {
		return m.c.sort(x.r) + x.r.Scope + "\x00" + parent(x.r.ID)
	}, func(a, b *stray) bool { return sameStem(lower(a.r.Name), lower(b.r.Name)) }, Replaced, basis)
}

// stemOf is a name without a random end behind a separator, or "".
func stemOf(name string) string {
	name = lower(name)
	i := strings.LastIndexAny(name, "-_")
	if i <= 0 || !random(name[i+1:]) {
		return ""
	}
	return name[:i]
}

// random reports whether a word looks drawn: 4 to 32 letters and digits, with both among them in no plain order, or hexadecimal of 8 and more.
func random(s string) bool {
	if len(s) < 4 || len(s) > 32 {
		return false
	}
	letters, digits, turns := 0, 0, 0
	last := byte(0)
	for i := 0; i < len(s); i++ {
		kind := byte('a')
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			kind = '0'
			digits++
		case c >= 'a' && c <= 'z':
			letters++
		default:
			return false
		}
		if kind != last && last != 0 {
			turns++
		}
		last = kind
	}
	return letters > 0 && digits > 0 && turns >= 2
}

// sameStem reports whether two names begin with the same four letters or more, and end in as many drawn ones each.
func sameStem(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	for ; n >= 4 && len(a)-n < 4; n-- { // the drawn ends may begin alike by chance
	}
	return n >= 4 && n*3 >= len(a) && len(a)-n <= 13 && (random(a[n:]) || random(b[n:]))
}
