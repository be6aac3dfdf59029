package diff

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/evidence/secret"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// PairOptions say how two resources are compared.
type PairOptions struct {
	// OnlyOld: old is code that declares, new is what is live. What old does not state is not compared; the items of an array that it states are.
	OnlyOld bool
	// SameKey: both were sealed under one key, so that fingerprints can be compared.
	SameKey bool
}

// Properties compares two resources of one form. What old or new does not tell, since the code leaves it open, the source withholds it or it was
// sealed under another key, is among the properties with the reason in Unknown.
func Properties(old, new *evidence.Resource, o PairOptions) ([]Property, error) {
	if old.Form != new.Form {
		return nil, fault.New(fault.Invalid, "resources of two forms, %s and %s, cannot be compared property by property", old.Form, new.Form)
	}
	if old.Erased != "" || new.Erased != "" {
		return []Property{{Unknown: withdrawn(old, new)}}, nil
	}
	p := pair{old: old, new: new, onlyOld: o.OnlyOld, mask: !o.SameKey}
	if o.OnlyOld {
		p.roles[0] = scopeOfCode(old, new)
	}
	if err := p.compare(); err != nil {
		return nil, err
	}
	return p.out, nil
}

func withdrawn(old, new *evidence.Resource) string {
	return "its content was withdrawn: " + cmp.Or(old.Erased, new.Erased)
}

// maxListed bounds the bytes of the paths that one pair of resources may take: what is larger is not for people.
const maxListed = 64 << 20

// pair is the comparison of two resources.
type pair struct {
	old, new *evidence.Resource
	onlyOld  bool
	mask     bool
	// roles map the texts of each side, where environments are compared.
	roles [2]func(string) string
	// moved: the ids differ although the two belong together.
	moved bool
	// afterApply: new is what a plan says, which leaves out what only the cloud will know.
	afterApply bool
	// world tells what takes more than the two to know; nil where there is no more.
	world *world

	a, b    tree.Value
	oldOpen opening
	newOpen opening
	out     []Property
	listed  int
	places  places
}

// spot is a place on both sides, below another one. It is written as paths only where something differs there.
type spot struct {
	up   *spot
	a, b *node // what stands there on each side, or nil
	// path and back are what stands in the brackets of an item, from the old and from the new side; "" of a member.
	path, back string
}

// places are the paths of a spot. A side that does not have it keeps the path to the nearest place above it that it has.
type places struct{ path, back, pattern, old, new []byte }

func (w *places) write(s *spot) (inOld, inNew bool) {
	if s.up == nil {
		w.path, w.back, w.pattern, w.old, w.new = w.path[:0], w.back[:0], w.pattern[:0], w.old[:0], w.new[:0]
		return true, true
	}
	inOld, inNew = w.write(s.up)
	inOld, inNew = inOld && s.a != nil, inNew && s.b != nil
	if s.path != "" {
		w.path, w.back, w.pattern = appendItem(w.path, s.path), appendItem(w.back, s.back), append(w.pattern, "[]"...)
		if inOld {
			w.old = appendItem(w.old, itoa(s.a.at))
		}
		if inNew {
			w.new = appendItem(w.new, itoa(s.b.at))
		}
		return inOld, inNew
	}
	name := ""
	if s.a != nil {
		name = s.a.name
	}
	if s.b != nil {
		name = max(name, s.b.name)
	}
	w.path, w.back, w.pattern = appendKey(w.path, name), appendKey(w.back, name), appendKey(w.pattern, name)
	if inOld {
		w.old = appendName(w.old, s.a.name)
	}
	if inNew {
		w.new = appendName(w.new, s.b.name)
	}
	return inOld, inNew
}

func appendItem(b []byte, text string) []byte {
	return append(append(append(b, '['), text...), ']')
}

// appendKey writes a member's name behind a path of ours, in which a first name that begins with @ is quoted.
func appendKey(b []byte, name string) []byte {
	if len(b) == 0 && strings.HasPrefix(name, "@") {
		return appendItem(b, strconv.Quote(name))
	}
	return appendName(b, name)
}

// appendName writes a member's name behind a path by position.
func appendName(b []byte, name string) []byte {
	step := tree.Path("").Key(name)
	if len(b) > 0 && step[0] != '[' {
		b = append(b, '.')
	}
	return append(b, step...)
}

func (p *pair) compare() error {
	var err error
	if p.a, err = p.old.Tree(); err != nil {
		return unreadable(p.old)
	}
	if p.b, err = p.new.Tree(); err != nil {
		return unreadable(p.new)
	}
	p.oldOpen, p.newOpen = openingOf(p.old), openingOf(p.new)
	xa, xb := normalOf(p.old), normalOf(p.new)
	// Secrets of two environments are meant to differ.
	xa.mask, xb.mask = p.mask || p.roles[0] != nil, p.mask || p.roles[1] != nil
	xa.fold, xb.fold = p.onlyOld, p.onlyOld
	xa.role, xb.role, xa.stated = p.roles[0], p.roles[1], p.onlyOld
	if p.old.Type != p.new.Type { // what one type means must be meant on both sides
		xa.sig = append(xa.sig, xb.sig...)
		xb.sig = xa.sig
		xa.azure = xa.azure || xb.azure
		xb.azure = xa.azure
	}
	a, hasA := xa.build(&p.a, make(trail, 0, 24))
	b, hasB := xb.build(&p.b, make(trail, 0, 24))
	if hasA || hasB {
		if err := p.values(opt(&a, hasA), opt(&b, hasB), &spot{}); err != nil {
			return err
		}
	}
	p.unknowns()
	p.fields(xa, xb)
	p.noise()
	slices.SortStableFunc(p.out, compareProperties)
	return nil
}

func compareProperties(a, b Property) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.OldPath, b.OldPath), cmp.Compare(a.NewPath, b.NewPath))
}

func opt(n *node, there bool) *node {
	if there {
		return n
	}
	return nil
}

func unreadable(r *evidence.Resource) error {
	return fault.New(fault.Invalid, "the properties of %s are not canonical JSON", r.ID).
		WithHelp("the snapshot was changed after it was made: scan again")
}

// values compares what stands at a place; nil is nothing.
func (p *pair) values(a, b *node, at *spot) error {
	switch {
	case a == nil && b == nil:
		return nil
	case p.onlyOld && (a == nil || b == nil && a.shape == list && len(a.kids) == 0):
		return nil
	case a == nil || b == nil || a.shape != b.shape:
		return p.apart(a, b, at)
	case a.shape == scalar:
		return p.scalars(a, b, at)
	}
	if err := p.marks(a, b, at); err != nil {
		return err
	}
	if a.shape == object {
		return p.members(a, b, at)
	}
	return p.items(a, b, at)
}

func (p *pair) scalars(a, b *node, at *spot) error {
	if a.key != b.key {
		why := ""
		switch {
		case p.onlyOld && a.v.Kind == tree.String && evidence.IsARM(a.v.Text) && evidence.HasBlank(a.key):
			why = leftOpen(evidence.UnknownScope)
		case a.sealed() != b.sealed() && a.secret() && b.secret():
			why = otherwiseSealed
		}
		return p.emit(at, a, b, why)
	}
	if p.mask && a.v.Text != b.v.Text && evidence.IsFingerprint(a.v.Text) && evidence.IsFingerprint(b.v.Text) {
		return p.emit(at, a, b, otherKey)
	}
	return nil
}

const otherKey = "sealed under another key: whether the secret changed cannot be told"

// otherwiseSealed: one source says that the whole is sensitive, as "terraform show" does of a block in which something is, and the other tells the
// parts (evidence, Secrets).
const otherwiseSealed = "a secret that one source gives as a whole and the other in parts: whether it changed cannot be told"

// sealed reports whether a node is a secret as a whole: nothing but a fingerprint.
func (n *node) sealed() bool {
	return n.shape == scalar && masked(n.v.Text) == secret.Mark
}

// secret reports whether a secret is in a node, or it is one.
func (n *node) secret() bool {
	return n.shape == scalar && evidence.IsFingerprint(n.v.Text) || slices.ContainsFunc(n.kids, func(k node) bool { return k.secret() })
}

// marks compares whether a place is there, where that says something by itself.
func (p *pair) marks(a, b *node, at *spot) error {
	if a.mark == b.mark {
		return nil
	}
	if a.mark {
		return p.emit(at, emptied(a), nil, "")
	}
	return p.emit(at, nil, emptied(b), "")
}

// emptied is the place alone without what is in it.
func emptied(n *node) *node {
	return &node{v: &tree.Value{Kind: n.v.Kind, Line: n.v.Line}, shape: n.shape}
}

// apart lists what stands at a place on one side only, or on both in different shapes.
func (p *pair) apart(a, b *node, at *spot) error {
	if a != nil && b != nil && a.sealed() != b.sealed() && a.secret() && b.secret() {
		return p.emit(at, whole(a), whole(b), otherwiseSealed)
	}
	if a != nil && b != nil && a.leaf() && b.leaf() {
		if err := p.emit(at, whole(a), whole(b), ""); err != nil { // one leaf of two kinds
			return err
		}
		return p.both(a, b, at, false)
	}
	return p.both(a, b, at, true)
}

// leaf reports whether what stands at a place is listed by itself.
func (n *node) leaf() bool { return n.shape == scalar || n.mark || len(n.kids) == 0 }

// whole is a scalar, or the place alone.
func whole(n *node) *node {
	if n.shape == scalar {
		return n
	}
	return emptied(n)
}

func (p *pair) both(a, b *node, at *spot, top bool) error {
	if a != nil {
		if err := p.leaves(a, nil, at, top); err != nil {
			return err
		}
	}
	if b == nil || p.onlyOld && a == nil {
		return nil
	}
	return p.leaves(nil, b, at, top)
}

// leaves lists all leaves of the one of a and b that is there; top says whether what stands at the place itself is among them.
func (p *pair) leaves(a, b *node, at *spot, top bool) error {
	n := a
	if n == nil {
		n = b
	}
	if n.leaf() {
		if top {
			l := whole(n)
			if a == nil {
				return p.then(n, a, b, at, p.emit(at, nil, l, ""))
			}
			return p.then(n, a, b, at, p.emit(at, l, nil, ""))
		}
	}
	return p.then(n, a, b, at, nil)
}

// then lists what is below a node.
func (p *pair) then(n, a, b *node, at *spot, err error) error {
	if err != nil || len(n.kids) == 0 {
		return err
	}
	empty := node{shape: n.shape, last: n.last, v: &tree.Value{}}
	if b == nil {
		b = &empty
	} else {
		a = &empty
	}
	if n.shape == object {
		return p.members(a, b, at)
	}
	return p.items(a, b, at)
}

// members compares two objects.
func (p *pair) members(a, b *node, at *spot) error {
	i, j := 0, 0
	for i < len(a.kids) || j < len(b.kids) {
		fold := ""
		switch {
		case i == len(a.kids):
			fold = b.kids[j].fold
		case j == len(b.kids):
			fold = a.kids[i].fold
		default:
			fold = min(a.kids[i].fold, b.kids[j].fold)
		}
		ka, kb := run(a.kids[i:], fold), run(b.kids[j:], fold)
		i, j = i+len(ka), j+len(kb)
		if err := p.named(ka, kb, at); err != nil {
			return err
		}
	}
	return nil
}

// run returns the members at the start of kids whose name is the same but for its spelling.
func run(kids []node, fold string) []node {
	n := 0
	for n < len(kids) && kids[n].fold == fold {
		n++
	}
	return kids[:n]
}

// named compares members of one name: one on each side, or by their spelling where there are more.
func (p *pair) named(a, b []node, at *spot) error {
	if len(a) <= 1 && len(b) <= 1 {
		return p.member(first(a), first(b), at)
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		var x, y *node
		if i < len(a) && (j == len(b) || a[i].name <= b[j].name) {
			x = &a[i]
		}
		if j < len(b) && (i == len(a) || b[j].name <= a[i].name) {
			y = &b[j]
		}
		if x != nil {
			i++
		}
		if y != nil {
			j++
		}
		if err := p.member(x, y, at); err != nil {
			return err
		}
	}
	return nil
}

func first(n []node) *node {
	if len(n) == 0 {
		return nil
	}
	return &n[0]
}

func (p *pair) member(a, b *node, at *spot) error {
	if a == nil && p.onlyOld {
		return nil
	}
	return p.values(a, b, &spot{up: at, a: a, b: b})
}

// emit lists a leaf. Of a side that does not have it the node is nil.
func (p *pair) emit(at *spot, a, b *node, unknown string) error {
	w := &p.places
	w.write(at)
	p.listed += len(w.path) + len(w.pattern) + len(w.old) + len(w.new)
	if p.listed > maxListed {
		return errTooMuch
	}
	x := Property{Path: Path(w.path), Pattern: string(w.pattern), OldPath: tree.Path(w.old), NewPath: tree.Path(w.new), Old: leaf(a), New: leaf(b), Unknown: unknown}
	x.back = x.Path
	if string(w.back) != string(w.path) {
		x.back = Path(w.back)
	}
	p.out = append(p.out, x)
	return nil
}

var errTooMuch = fault.New(fault.Limited, "more differs than can be listed")

// leaf copies a value, so that the difference does not hold on to the whole of the properties.
func leaf(n *node) *tree.Value {
	if n == nil {
		return nil
	}
	v := *n.v
	v.Text = strings.Clone(v.Text)
	v.Items, v.Members = nil, nil
	return &v
}

func itoa(i int) string { return strconv.Itoa(i) }
