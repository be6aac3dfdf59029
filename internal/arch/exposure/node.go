package exposure

import (
	"strings"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// node is a value of a resource's properties with its place.
type node struct {
	v    *tree.Value
	path diff.Path
}

// get follows names without regard to case. A place that is not there has the path that it would have. What stands below an expression
// that the code leaves open is that expression.
func (n node) get(names ...string) node {
	for _, name := range names {
		if n.left() {
			break
		}
		next := n.v.GetFold(name)
		if next != nil {
			name = nameFold(n.v, name)
		}
		n = node{next, diff.Path(tree.Path(n.path).Key(name))}
	}
	return n
}

func nameFold(v *tree.Value, name string) string {
	for i := range v.Members {
		if strings.EqualFold(v.Members[i].Name, name) {
			return v.Members[i].Name
		}
	}
	return name
}

// first returns the first of the paths, names joined by dots, at which something stands; else the last.
func (n node) first(paths ...string) node {
	var at node
	for _, p := range paths {
		if at = n.get(strings.Split(p, ".")...); at.there() {
			break
		}
	}
	return at
}

// left reports whether the code leaves open what stands here.
func (n node) left() bool { return n.v != nil && n.v.Kind == tree.String && evidence.HasLeft(n.v.Text) }

// there reports whether a value that is not null stands here.
func (n node) there() bool { return n.v != nil && n.v.Kind != tree.Null }

// items returns the items of an array, each under its name where it has one. An object, which a block becomes that code has once, is its only item,
// and so is an expression that the code leaves open.
func (n node) items() []node {
	if n.v == nil {
		return nil
	}
	if n.v.Kind == tree.Object || n.left() {
		return []node{n}
	}
	out := make([]node, 0, len(n.v.Items))
	for i := range n.v.Items {
		item := node{&n.v.Items[i], n.path}
		if name := item.v.GetFold("name").Str(); plain(name) != "" {
			item.path += diff.Path("[name=" + name + "]")
		}
		out = append(out, item)
	}
	return out
}

// block returns the one item of a block, or nothing.
func (n node) block() node {
	if items := n.items(); len(items) > 0 {
		return node{items[0].v, n.path}
	}
	return node{nil, n.path}
}

// text returns a scalar as text.
func (n node) text() string {
	if n.v == nil || n.v.Kind == tree.Array || n.v.Kind == tree.Object || n.v.Kind == tree.Null {
		return ""
	}
	return n.v.Text
}

// texts returns the scalars of an array, or the one that stands in its stead.
func (n node) texts() []string {
	if n.v == nil {
		return nil
	}
	if t := n.text(); t != "" {
		return []string{t}
	}
	var out []string
	for i := range n.v.Items {
		if t := (node{v: &n.v.Items[i]}).text(); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// tri is what is true, false, not said, or not to be told.
type tri uint8

const (
	unsaid tri = iota
	yes
	no
	open2 // an expression that the code leaves open, or a word that is not known
)

// tri reads a word; of the words in both lists counts the first.
func (n node) tri(yesWords, noWords string) tri {
	t := strings.ToLower(n.text())
	switch {
	case t == "":
		return unsaid
	case hasWord(yesWords, t):
		return yes
	case hasWord(noWords, t):
		return no
	}
	return open2
}

func hasWord(words, w string) bool {
	for one := range strings.FieldsSeq(words) {
		if one == w {
			return true
		}
	}
	return false
}

// puzzle is a party that nobody knows, told from others by what it is made from.
func puzzle(why string, n node) party {
	key := why
	if n.v != nil {
		if raw, _, err := canon.Encode(n.v); err == nil {
			key += "\x00" + string(canon.Sum(raw))
		}
	}
	if !strings.Contains(key, "\x00") {
		key += "\x00"
	}
	return named(unknown, key)
}

// properties returns where an ARM resource keeps what it is: below "properties", or, as the az command line flattens it, at the top.
func properties(r *evidence.Resource, root node) node {
	if r.Form != evidence.ARM {
		return root
	}
	if p := root.get("properties"); p.there() {
		return p
	}
	return root
}
