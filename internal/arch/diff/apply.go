package diff

import (
	"cmp"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// gone marks what is taken away until all is done, so that positions stay.
const gone tree.Kind = 255

// Apply returns old with the properties changed as ps, which [Properties] has told of it without [PairOptions.OnlyOld], noise and unknown ones
// among them. What comes out is equal to the new properties after [Normalise], but below a place that one side seals as a whole and the other in parts, whose
// parts are not told of. Fields that are not in the properties (@scope) are passed over.
func Apply(old *tree.Value, ps []Property) (tree.Value, error) {
	v := old.Clone()
	var changed, added []*Property
	for i := range ps {
		p := &ps[i]
		switch {
		case strings.HasPrefix(string(p.Path), "@") && p.OldPath == "" && p.NewPath == "":
		case p.Old == nil && p.New == nil:
			if p.Unknown == "" {
				return tree.Value{}, notOf(p)
			}
		case p.New == nil:
			if err := remove(&v, p); err != nil {
				return tree.Value{}, err
			}
		case p.Old == nil:
			added = append(added, p)
		default:
			changed = append(changed, p)
		}
	}
	for _, p := range changed { // what was below a place is gone by now
		at := v.At(p.OldPath)
		if at == nil {
			return tree.Value{}, notOf(p)
		}
		*at = p.New.Clone()
	}
	slices.SortStableFunc(added, func(a, b *Property) int { return comparePlaces(a.NewPath, b.NewPath) })
	made := map[tree.Path]tree.Path{}
	for _, p := range added {
		if err := insert(&v, p, made); err != nil {
			return tree.Value{}, err
		}
	}
	sweep(&v)
	return v, nil
}

func notOf(p *Property) error {
	return fault.New(fault.Invalid, "the difference does not fit the properties at %s", p.Path)
}

// comparePlaces orders places with positions as numbers.
func comparePlaces(a, b tree.Path) int {
	x, y := stepList(a), stepList(b)
	return slices.CompareFunc(x, y, func(s, t tree.Step) int { return cmp.Or(cmp.Compare(s.Index, t.Index), cmp.Compare(s.Key, t.Key)) })
}

func stepList(p tree.Path) []tree.Step { return slices.Collect(p.Steps()) }

// remove takes away the topmost place above the leaf that the new side does not have.
func remove(v *tree.Value, p *Property) error {
	n := countSteps(string(p.NewPath))
	if n >= countSteps(string(p.OldPath)) { // it is there, in another shape
		at := v.At(p.OldPath)
		if at == nil {
			return notOf(p)
		}
		*at = tree.Value{}
		return nil
	}
	top := CutPlace(p.OldPath, n+1)
	at := v.At(top)
	if at == nil {
		return notOf(p)
	}
	*at = tree.Value{Kind: gone, Items: at.Items, Members: at.Members}
	return nil
}

// insert puts a leaf in, with what must be made above it. made tells where the places of the new side that were made are.
func insert(v *tree.Value, p *Property, made map[tree.Path]tree.Path) error {
	steps := stepList(p.NewPath)
	n := countSteps(string(p.OldPath))
	if n > len(steps) {
		return notOf(p)
	}
	at, node := p.OldPath, v.At(p.OldPath)
	for n < len(steps) {
		if node == nil {
			return notOf(p)
		}
		place := CutPlace(p.NewPath, n+1)
		if to, there := made[place]; there {
			at, node = to, v.At(to)
			n++
			continue
		}
		next, ok := grow(node, steps[n], at)
		if !ok {
			return notOf(p)
		}
		at, node = next, v.At(next)
		made[place] = at
		n++
	}
	if node == nil {
		return notOf(p)
	}
	if p.New.Kind >= tree.Array && node.Kind == p.New.Kind && !hollow(node) {
		return nil // the place alone, and something stands in it
	}
	*node = p.New.Clone()
	return nil
}

// grow makes room for one more step below a node and returns its path.
func grow(node *tree.Value, s tree.Step, at tree.Path) (tree.Path, bool) {
	if s.IsIndex {
		if node.Kind != tree.Array {
			if !hollow(node) {
				return "", false
			}
			*node = tree.Value{Kind: tree.Array}
		}
		node.Items = append(node.Items, tree.Value{})
		return at.Index(len(node.Items) - 1), true
	}
	if node.Kind != tree.Object {
		if !hollow(node) {
			return "", false
		}
		*node = tree.Value{Kind: tree.Object}
	}
	if m := node.Get(s.Key); m != nil {
		if m.Kind == gone {
			*m = tree.Value{}
		}
		return at.Key(s.Key), true
	}
	node.Members = append(node.Members, tree.Member{Name: s.Key})
	return at.Key(s.Key), true
}

// hollow reports whether nothing is left in a value.
func hollow(v *tree.Value) bool {
	if v.Kind == gone {
		return true
	}
	for i := range v.Items {
		if v.Items[i].Kind != gone {
			return false
		}
	}
	for i := range v.Members {
		if !hollow(&v.Members[i].Value) {
			return false
		}
	}
	return v.Kind == tree.Null || v.Kind >= tree.Array || v.Kind == tree.String && v.Text == ""
}

// sweep takes away what is marked.
func sweep(v *tree.Value) {
	if v.Kind == gone {
		*v = tree.Value{}
		return
	}
	v.Items = slices.DeleteFunc(v.Items, func(it tree.Value) bool { return it.Kind == gone })
	v.Members = slices.DeleteFunc(v.Members, func(m tree.Member) bool { return m.Value.Kind == gone })
	for i := range v.Items {
		sweep(&v.Items[i])
	}
	for i := range v.Members {
		sweep(&v.Members[i].Value)
	}
}
