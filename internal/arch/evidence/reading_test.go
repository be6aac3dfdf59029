package evidence

import (
	"fmt"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// TestReadingDecodesOnce: many places of a large resource cost one decoding, not one each.
func TestReadingDecodesOnce(t *testing.T) {
	var b strings.Builder
	const n = 2000
	b.WriteString(`{"list":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"v":%d}`, i)
	}
	b.WriteString(`],"m":{`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"k%06d":%d`, i, i)
	}
	b.WriteString(`}}`)
	r := &Resource{Props: []byte(b.String()), Origins: []Origin{{Input: "a.json", Line: 7}}}
	for i := range 2 * n {
		r.Lines, r.Columns = append(r.Lines, int32(10+i)), append(r.Columns, int32(i+1))
	}
	x := r.Read()
	at := func(i int) (tree.Path, tree.Path) {
		return tree.Path("list").Index(i).Key("v"), tree.Path("m").Key(fmt.Sprintf("k%06d", i))
	}
	for _, i := range []int{0, 1, n - 1} {
		inList, inObject := at(i)
		if a, b := x.Line(inList), x.Line(inObject); a != 10+i || b != 10+n+i || a != r.Line(inList) || b != r.Line(inObject) {
			t.Errorf("%d: lines %d and %d", i, a, b)
		}
		if line, column, _ := x.Code(inObject); line != 10+n+i || column != n+i+1 {
			t.Errorf("%d: code at %d:%d", i, line, column)
		}
		if v := x.At(inList); v == nil || v.Text != fmt.Sprint(i) {
			t.Errorf("%d: %v", i, v)
		}
	}
	if x.Line("list[5000]") != 10 || x.Line("nothing") != 7 || x.At("m.none") != nil || x.Line("") != 7 {
		t.Errorf("what is not there: %d %d", x.Line("list[5000]"), x.Line("nothing"))
	}
	p, q := at(n - 1)
	if allocs := testing.AllocsPerRun(10, func() { x.Line(p); x.Code(q); x.At(q) }); allocs > 40 {
		t.Errorf("%v allocations for three places that were decoded before", allocs)
	}
}
