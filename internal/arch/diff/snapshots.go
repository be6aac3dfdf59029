package diff

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
)

// Matching is by what a resource of one side is held to be the same as one of the other.
type Matching string

// The ways of matching.
const (
	ByID   Matching = ""     // the same id: the same architecture at two times
	ByRole Matching = "role" // the same role: two environments side by side
)

// Options say how snapshots are compared.
type Options struct {
	Match Matching
	// AnySide: whether a resource was seen live, planned or declared is no part of what it is, so that the state before a plan can be held against
	// the one that it plans.
	AnySide bool
}

// Snapshots compares two snapshots. Times of collection and the names of snapshots do not matter.
func Snapshots(ctx context.Context, old, new *evidence.Snapshot, o Options) (*Diff, error) {
	if old == nil || new == nil {
		return nil, fault.New(fault.Internal, "a comparison needs two snapshots")
	}
	c := comparison{
		ctx: ctx, o: o, halves: [2]half{{snap: old, all: inOrder(old)}, {snap: new, all: inOrder(new)}},
		sameKey: old.KeyID == new.KeyID, world: &world{old: old, new: new}, out: outcome{noise: map[string]int{}},
	}
	match := c.byID
	if o.Match == ByRole {
		match = c.byRole
	}
	if err := match(); err != nil {
		return nil, err
	}
	c.absences()
	c.notRead()
	return c.out.diff(), nil
}

// half is one side of a comparison.
type half struct {
	snap *evidence.Snapshot
	all  []*evidence.Resource // in the order of compareKeys
	book *book                // made when needed
}

// comparison is one under way.
type comparison struct {
	ctx     context.Context
	o       Options
	halves  [2]half
	sameKey bool
	world   *world
	roles   *roles // nil but for environments
	out     outcome
	steps   int
}

// inOrder returns the resources in the order of a snapshot, which is the one they have.
func inOrder(s *evidence.Snapshot) []*evidence.Resource {
	all := make([]*evidence.Resource, len(s.Resources))
	for i := range s.Resources {
		all[i] = &s.Resources[i]
	}
	if !slices.IsSortedFunc(all, compareKeys) {
		slices.SortStableFunc(all, compareKeys)
	}
	return all
}

func compareKeys(a, b *evidence.Resource) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Form, b.Form), cmp.Compare(a.Side, b.Side))
}

// tick ends a long comparison that nobody waits for any more.
func (c *comparison) tick() error {
	if c.steps++; c.steps&255 == 0 {
		return c.ctx.Err()
	}
	return nil
}

// byID walks both sides in the order of their ids.
func (c *comparison) byID() error {
	a, b := c.halves[0].all, c.halves[1].all
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if err := c.tick(); err != nil {
			return err
		}
		order := 0
		switch {
		case i == len(a):
			order = 1
		case j == len(b):
			order = -1
		default:
			order = cmp.Compare(a[i].ID, b[j].ID)
		}
		var olds, news []*evidence.Resource
		if order <= 0 {
			olds = sameID(a[i:])
		}
		if order >= 0 {
			news = sameID(b[j:])
		}
		i, j = i+len(olds), j+len(news)
		if len(olds) == 1 && len(news) == 1 && c.equal(olds[0], news[0]) {
			c.out.same++
			continue
		}
		if err := c.group(olds, news); err != nil {
			return err
		}
	}
	return c.moves()
}

func sameID(rs []*evidence.Resource) []*evidence.Resource {
	n := 1
	for n < len(rs) && rs[n].ID == rs[0].ID {
		n++
	}
	return rs[:n]
}

// equal reports whether two resources are the same to the last byte.
func (c *comparison) equal(a, b *evidence.Resource) bool {
	if a.Form != b.Form || a.Side != b.Side || a.Data != b.Data {
		return false
	}
	if c.sameKey {
		return a.Commitment == b.Commitment
	}
	return a.Erased == "" && b.Erased == "" && bytes.Equal(a.Props, b.Props) && a.Type == b.Type && a.Name == b.Name && a.Scope == b.Scope &&
		a.Location == b.Location && a.Provider == b.Provider && maps.Equal(a.Tags, b.Tags) && slices.Equal(a.Expressions, b.Expressions) &&
		(len(a.Redacted) == 0 && len(b.Redacted) == 0)
}

// kin is what must be the same in two resources of one id, so that they are two versions of one thing.
type kin struct {
	form evidence.Form
	side evidence.Side
	data bool
	typ  string
}

func (c *comparison) kinOf(r *evidence.Resource, withType bool) kin {
	k := kin{form: r.Form, side: r.Side, data: r.Data}
	if c.o.AnySide {
		k.side = ""
	}
	if withType {
		k.typ = r.Type
	}
	return k
}

// group compares all resources of one id.
func (c *comparison) group(olds, news []*evidence.Resource) error {
	if len(olds) > 0 && len(news) > 0 {
		all := [2][]*evidence.Resource{olds, news}
		olds, news = c.takeEqual(olds, news)
		for _, withType := range []bool{true, false} {
			var err error
			if olds, news, err = c.versions(olds, news, withType); err != nil {
				return err
			}
		}
		olds, news = c.surplus(0, olds, all[1]), c.surplus(1, news, all[0])
	}
	c.lone(0, olds)
	c.lone(1, news)
	return nil
}

// surplus says of what the other side has too, but not in as many versions, that it cannot be told, and returns the rest.
func (c *comparison) surplus(s int, rs, other []*evidence.Resource) []*evidence.Resource {
	var left []*evidence.Resource
	for _, r := range rs {
		k := c.kinOf(r, true)
		if !slices.ContainsFunc(other, func(o *evidence.Resource) bool { return c.kinOf(o, true) == k }) {
			left = append(left, r)
			continue
		}
		c.out.tell(Unknown{
			Resource: r.ID, Type: r.Type, Input: inputOf(r), Line: lineOf(r), Count: 1,
			Reason: "it was read more than once with different content, and not as often on the other side",
			Help:   "scan each thing once: leave out the input that is out of date",
		}, oldSide|newSide)
	}
	return left
}

// takeEqual counts what is equal on both sides, and returns the others.
func (c *comparison) takeEqual(olds, news []*evidence.Resource) (a, b []*evidence.Resource) {
	b = slices.Clone(news)
	for _, r := range olds {
		if k := slices.IndexFunc(b, func(n *evidence.Resource) bool { return c.equal(r, n) }); k >= 0 {
			b = slices.Delete(b, k, k+1)
			c.out.same++
			continue
		}
		a = append(a, r)
	}
	return a, b
}

// versions compares what is kin, and returns the others.
func (c *comparison) versions(olds, news []*evidence.Resource, withType bool) (a, b []*evidence.Resource, err error) {
	by := map[kin][2][]*evidence.Resource{}
	for s, list := range [2][]*evidence.Resource{olds, news} {
		for _, r := range list {
			k := c.kinOf(r, withType)
			g := by[k]
			g[s] = append(g[s], r)
			by[k] = g
		}
	}
	keys := slices.SortedFunc(maps.Keys(by), func(x, y kin) int {
		return cmp.Or(cmp.Compare(x.form, y.form), cmp.Compare(x.side, y.side), cmp.Compare(x.typ, y.typ), cmp.Compare(btoi(x.data), btoi(y.data)))
	})
	for _, k := range keys {
		g := by[k]
		switch {
		case len(g[0]) == 0 || len(g[1]) == 0 || !withType && (len(g[0]) > 1 || len(g[1]) > 1):
			a, b = append(a, g[0]...), append(b, g[1]...)
		default:
			if err := c.several(g[0], g[1]); err != nil {
				return nil, nil, err
			}
		}
	}
	return a, b, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// several compares what was read more than once on a side: as sets, each with the one from the same input, then in the order of what they say.
func (c *comparison) several(olds, news []*evidence.Resource) error {
	if len(olds) == 1 && len(news) == 1 {
		return c.two(olds[0], news[0], Changed, "")
	}
	one := []*evidence.Resource{olds[0]}
	olds, news = byMeaning(olds), byMeaning(news)
	for _, key := range []func(*evidence.Resource) string{meaning, inputOf, func(*evidence.Resource) string { return "" }} {
		var pairs [][2]*evidence.Resource
		pairs, olds, news = zip(olds, news, key)
		for _, p := range pairs {
			if err := c.two(p[0], p[1], Changed, ""); err != nil {
				return err
			}
		}
	}
	c.surplus(0, olds, one)
	c.surplus(1, news, one)
	return nil
}

// meaning is a digest of what a resource says.
func meaning(r *evidence.Resource) string {
	v, err := r.Tree()
	if err != nil || r.Erased != "" {
		return string(r.Commitment)
	}
	n, _ := normalOf(r).build(&v, make(trail, 0, 16))
	return string(n.hash()[:]) + r.Location
}

func byMeaning(rs []*evidence.Resource) []*evidence.Resource {
	keys := make(map[*evidence.Resource]string, len(rs))
	for _, r := range rs {
		keys[r] = meaning(r)
	}
	rs = slices.Clone(rs)
	slices.SortStableFunc(rs, func(a, b *evidence.Resource) int { return cmp.Compare(keys[a], keys[b]) })
	return rs
}

// zip pairs what has one key on both sides, the first with the first, and returns the others.
func zip(olds, news []*evidence.Resource, key func(*evidence.Resource) string) (pairs [][2]*evidence.Resource, a, b []*evidence.Resource) {
	waiting := map[string][]*evidence.Resource{}
	for _, r := range news {
		k := key(r)
		waiting[k] = append(waiting[k], r)
	}
	taken := map[*evidence.Resource]bool{}
	for _, r := range olds {
		k := key(r)
		if w := waiting[k]; len(w) > 0 {
			pairs = append(pairs, [2]*evidence.Resource{r, w[0]})
			taken[w[0]], waiting[k] = true, w[1:]
			continue
		}
		a = append(a, r)
	}
	for _, r := range news {
		if !taken[r] {
			b = append(b, r)
		}
	}
	return pairs, a, b
}

func inputOf(r *evidence.Resource) string {
	if len(r.Origins) == 0 {
		return ""
	}
	return r.Origins[0].Input
}

func lineOf(r *evidence.Resource) int {
	if len(r.Origins) == 0 {
		return 0
	}
	return r.Origins[0].Line
}

// two compares a resource with what it has become.
func (c *comparison) two(old, new *evidence.Resource, kind Kind, basis string) error {
	if err := c.tick(); err != nil {
		return err
	}
	if old.Erased != "" || new.Erased != "" {
		c.erased(old, new, kind, basis)
		return nil
	}
	p := pair{
		old: old, new: new, mask: !c.sameKey, world: c.world, moved: old.ID != new.ID,
		afterApply: c.o.AnySide && new.Side == evidence.Planned && old.Side == evidence.Live,
	}
	if c.roles != nil {
		p.roles = c.roles.maps()
	} else if p.moved {
		p.roles = movedMaps(old, new)
	}
	err := p.compare()
	if errors.Is(err, errTooMuch) {
		const why = "more differs than can be listed: compare it by hand"
		c.out.unknown = append(c.out.unknown, dark{dimOf(new, "", why), dimOf(old, "", why), oldSide | newSide})
		return nil
	}
	if err != nil {
		return err
	}
	c.out.take(&p, kind, basis, c.roles == nil && !c.o.AnySide)
	return nil
}

// erased says what can be said where content was withdrawn.
func (c *comparison) erased(old, new *evidence.Resource, kind Kind, basis string) {
	if kind != Changed {
		c.out.changes = append(c.out.changes, Change{Kind: kind, Old: old, New: new, Basis: basis})
	}
	on := side(0)
	if old.Erased != "" {
		on |= oldSide
	}
	if new.Erased != "" {
		on |= newSide
	}
	why := withdrawn(old, new)
	c.out.unknown = append(c.out.unknown, dark{dimOf(new, "", why), dimOf(old, "", why), on})
}
