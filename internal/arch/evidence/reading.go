package evidence

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/base/tree"
)

// Reading finds many places in one resource: its properties are decoded once, and the members of a large object are found by an index. It is
// for one goroutine.
type Reading struct {
	r       *Resource
	lines   *tree.Value // with the lines of the input; nil until it is asked for
	leaves  *tree.Value // with the numbers of the leaves
	members map[*tree.Value]map[string]*tree.Value
}

// Read begins a reading of r.
func (r *Resource) Read() *Reading { return &Reading{r: r} }

// none stands for properties that cannot be read.
var none = tree.Value{Kind: tree.Null}

// Tree is the properties decoded, as of [Resource.Tree]; null where they cannot be.
func (x *Reading) Tree() *tree.Value {
	if x.lines == nil {
		v, err := x.r.Tree()
		if err != nil {
			v = none
		}
		x.lines = &v
	}
	return x.lines
}

// many is how many members an object has of which an index is made.
const many = 32

func (x *Reading) get(v *tree.Value, name string) *tree.Value {
	if v == nil || v.Kind != tree.Object || len(v.Members) < many {
		return v.Get(name)
	}
	index, ok := x.members[v]
	if !ok {
		index = make(map[string]*tree.Value, len(v.Members))
		for i := len(v.Members) - 1; i >= 0; i-- {
			index[v.Members[i].Name] = &v.Members[i].Value
		}
		if x.members == nil {
			x.members = map[*tree.Value]map[string]*tree.Value{}
		}
		x.members[v] = index
	}
	return index[name]
}

func (x *Reading) step(v *tree.Value, s tree.Step) *tree.Value {
	switch {
	case !s.IsIndex:
		return x.get(v, s.Key)
	case s.Index < len(v.List()):
		return &v.Items[s.Index]
	}
	return nil
}

// At is the value at p, or nil.
func (x *Reading) At(p tree.Path) *tree.Value { return x.at(x.Tree(), p) }

func (x *Reading) at(v *tree.Value, p tree.Path) *tree.Value {
	for s := range p.Steps() {
		if v = x.step(v, s); v == nil {
			return nil
		}
	}
	return v
}

// Line is [Resource.Line].
func (x *Reading) Line(p tree.Path) int {
	at := 0
	if len(x.r.Origins) > 0 {
		at = x.r.Origins[0].Line
	}
	if p == "" {
		return at
	}
	node := x.Tree()
	for s := range p.Steps() {
		if node = x.step(node, s); node == nil {
			break
		}
		if node.Line > 0 {
			at = int(node.Line)
		}
	}
	return at
}

// Code is [Resource.Code].
func (x *Reading) Code(p tree.Path) (line, column int, e Expression) {
	r := x.r
	e = r.expression(p)
	if len(r.Columns) == 0 {
		return 0, 0, e
	}
	if x.leaves == nil {
		v, err := r.Tree()
		if err != nil {
			return 0, 0, e
		}
		n := 0
		number(&v, &n)
		x.leaves = &v
	}
	at := x.at(x.leaves, p)
	for at != nil && (len(at.Items) > 0 || len(at.Members) > 0) { // its first leaf
		if len(at.Items) > 0 {
			at = &at.Items[0]
		} else {
			at = &at.Members[0].Value
		}
	}
	if at == nil || at.Line < 1 || int(at.Line) > len(r.Columns) {
		return 0, 0, e
	}
	leaf := at.Line - 1
	if int(leaf) < len(r.Lines) {
		line = int(r.Lines[leaf])
	}
	return line, int(r.Columns[leaf]), e
}

// expression is the one that the property at p is written as, or that of the nearest place above it.
func (r *Resource) expression(p tree.Path) (x Expression) {
	i, found := slices.BinarySearchFunc(r.Expressions, p, func(x Expression, p tree.Path) int { return cmp.Compare(x.Path, p) })
	if found {
		return r.Expressions[i]
	}
	for i--; i >= 0 && x.Path == ""; i-- {
		if within(p, r.Expressions[i].Path) {
			x = r.Expressions[i]
		} else if p == "" || !strings.HasPrefix(string(r.Expressions[i].Path), firstStep(p)) {
			break
		}
	}
	return x
}
