package diff

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

type shape uint8

const (
	scalar shape = iota
	list
	object
)

// node is a value as it is compared. Members that are nothing are not among the kids.
type node struct {
	v     *tree.Value
	shape shape
	// mark: that it is there says something, even when it is empty.
	mark bool
	name string // of a member, as it is spelled
	fold string // of a member, as it is compared
	at   int    // position of an item
	key  string // of a scalar: its text as it is compared
	kids []node // members sorted by fold and name, items in their order
	last string // of a list: the name of the nearest member, in lower case
	sum  *digest
}

type digest [16]byte

func (d *digest) compare(e *digest) int { return bytes.Compare(d[:], e[:]) }

// nullItem is the key of null in an array, which no text has.
const nullItem = "\x00null"

// build makes the node of a value; ok is false where it is nothing.
func (x *normal) build(v *tree.Value, t trail) (n node, ok bool) {
	n.v = v
	item := len(t) > 0 && t[len(t)-1] == "[]"
	switch v.Kind {
	case tree.Array:
		n.shape, n.last = list, t.last()
		if len(v.Items) > 0 {
			n.kids = make([]node, 0, len(v.Items))
		}
		for i := range v.Items {
			k, _ := x.build(&v.Items[i], append(t, "[]"))
			k.at = i
			n.kids = append(n.kids, k)
		}
	case tree.Object:
		n.shape = object
		n.kids = make([]node, 0, len(v.Members))
		for i := range v.Members {
			m := &v.Members[i]
			k, ok := x.build(&m.Value, append(t, lower(m.Name)))
			if !ok {
				continue
			}
			k.name, k.fold = m.Name, x.name(m.Name)
			n.kids = append(n.kids, k)
		}
		slices.SortFunc(n.kids, func(a, b node) int { return cmp.Or(strings.Compare(a.fold, b.fold), strings.Compare(a.name, b.name)) })
	case tree.Null:
		n.key = nullItem
	case tree.String:
		n.key = x.text(v.Text, t.last())
		if v.Text == "" && !item && (x.form == evidence.Terraform || x.form == evidence.ARM && len(t) == 1) {
			return n, false
		}
		return n, true
	default:
		n.key = v.Text
		return n, true
	}
	if len(n.kids) > 0 || item || n.shape == list && x.stated || len(t) == 0 {
		n.mark = n.shape != scalar && len(x.sig) > 0 && x.means(t, v)
		return n, true
	}
	n.mark = len(x.sig) > 0 && x.means(t, v)
	if n.mark && n.shape == scalar {
		n.shape = object
	}
	return n, n.mark
}

// hash is the digest of what a node says, without regard to the order of what has none.
func (n *node) hash() *digest {
	if n.sum != nil {
		return n.sum
	}
	h := sha256.New()
	switch n.shape {
	case scalar:
		h.Write([]byte{'s'})
		h.Write([]byte(n.key))
	case object:
		h.Write([]byte{'o'})
		for i := range n.kids {
			k := &n.kids[i]
			name := k.fold
			if twice(n.kids, i) {
				name = k.name
			}
			h.Write([]byte(name))
			h.Write([]byte{0})
			h.Write(k.hash()[:])
		}
	case list:
		h.Write([]byte{'l'})
		sums := make([]*digest, len(n.kids))
		for i := range n.kids {
			sums[i] = n.kids[i].hash()
		}
		if !n.inOrder() {
			slices.SortFunc(sums, (*digest).compare)
		}
		for _, s := range sums {
			h.Write(s[:])
		}
	}
	n.sum = new(digest)
	copy(n.sum[:], h.Sum(nil))
	return n.sum
}

// inOrder reports whether the items are compared position by position.
func (n *node) inOrder() bool { return ordered[n.last] && n.scalars() }

func (n *node) scalars() bool {
	for i := range n.kids {
		if n.kids[i].shape != scalar {
			return false
		}
	}
	return true
}

// twice reports whether another member's name is the same but for its spelling.
func twice(kids []node, i int) bool {
	return i > 0 && kids[i-1].fold == kids[i].fold || i+1 < len(kids) && kids[i+1].fold == kids[i].fold
}

// member returns the member of that name, in lower case, of an object.
func (n *node) member(name string) *node {
	if n.shape != object {
		return nil
	}
	for i := range n.kids {
		if k := &n.kids[i]; k.fold == name || len(k.fold) == len(name) && strings.EqualFold(k.fold, name) {
			return k
		}
	}
	return nil
}

// contentLabel is the digest that stands for an item which nothing identifies.
func contentLabel(v *tree.Value) string {
	c := v.Clone()
	raw, _, err := canon.Encode(&c)
	if err != nil {
		raw = nil
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:4])
}

// Normalise returns the properties v of a resource as they are compared: what is nothing left out, texts as [normal] has them, sets sorted.
// Two resources of one form and type whose normalised properties are equal have no difference.
func Normalise(r *evidence.Resource, v *tree.Value) tree.Value {
	x := normalOf(r)
	n, _ := x.build(v, make(trail, 0, 16))
	return n.plain()
}

func (n *node) plain() tree.Value {
	switch n.shape {
	case object:
		v := tree.Value{Kind: tree.Object}
		for i := range n.kids {
			name := n.kids[i].fold
			if twice(n.kids, i) {
				name = n.kids[i].name
			}
			v.Members = append(v.Members, tree.Member{Name: name, Value: n.kids[i].plain()})
		}
		return v
	case list:
		kids := make([]*node, len(n.kids))
		for i := range n.kids {
			kids[i] = &n.kids[i]
		}
		if !n.inOrder() {
			slices.SortStableFunc(kids, func(a, b *node) int { return a.hash().compare(b.hash()) })
		}
		v := tree.Value{Kind: tree.Array}
		for _, k := range kids {
			v.Items = append(v.Items, k.plain())
		}
		return v
	}
	if n.key == nullItem {
		return tree.Value{}
	}
	return tree.Str(n.key)
}
