package arch

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/store/storetest"
)

func TestRoute(t *testing.T) {
	for path, parts := range map[string]int{
		"": 1, "data[3]": 2, "resources[0].instances[12].x": 3, "a[01]": 1, "a[]": 1, "a[1": 1, "a[x][2]": 2, "[999999999]": 2, "[1000000000]": 1, "a[1][2]": 3, "[[1]]": 2,
	} {
		r := parseRoute(path)
		if r.String() != path || len(r.parts) != parts || len(r.index) != parts-1 {
			t.Errorf("%q became %q in %d parts", path, r, len(r.parts))
		}
	}
	list := []string{"data[10]", "data[9]", "a", "data[9].x", "data[9][1]", "data[100]"}
	slices.SortFunc(list, lessPath)
	if got := strings.Join(list, " "); got != "a data[9] data[9].x data[9][1] data[10] data[100]" {
		t.Error(got)
	}
}

// pathOf draws paths that are alike, as those of a file are.
func pathOf() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return fmt.Sprintf("data[%d]", rapid.IntRange(0, 20).Draw(t, "i"))
		case 1:
			return fmt.Sprintf("resources[%d].instances[%d]", rapid.IntRange(0, 5).Draw(t, "i"), rapid.IntRange(0, 5).Draw(t, "j"))
		case 2:
			return rapid.StringMatching(`[a\[\]0-9.]{0,8}`).Draw(t, "text")
		}
		return rapid.String().Draw(t, "any")
	})
}

func TestPathsOneAfterAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOf(pathOf()).Draw(t, "paths")
		var w writer
		last, before := parseRoute(""), ""
		for _, p := range paths {
			writePath(&w, p, &last, before)
			before = p
		}
		in := reader{s: string(w.b)}
		last, before = parseRoute(""), ""
		for i, p := range paths {
			if before = readPath(&in, &last, before); before != p {
				t.Fatalf("path %d of %q came back as %q", i, paths, before)
			}
		}
		if err := in.end(); err != nil {
			t.Fatal(err)
		}
	})
}

// The token of a resource stays the same when something is put in before it, or taken out.
func TestTokensStay(t *testing.T) {
	origins := func(from, to, lines int) []evidence.Resource {
		var rs []evidence.Resource
		for i := from; i < to; i++ {
			rs = append(rs, evidence.Resource{ID: fmt.Sprintf("%04d", i), Origins: []evidence.Origin{
				{Input: "a.json", Line: 3 + lines*(i-from), Path: fmt.Sprintf("data[%d].items[0]", i-from)},
			}})
		}
		return rs
	}
	tokensOf := func(rs []evidence.Resource) []string {
		s := &evidence.Snapshot{Resources: rs}
		at := make([]refs, len(rs))
		for i := range rs {
			var n int
			_, _ = fmt.Sscan(strings.TrimLeft(rs[i].ID, "0"), &n)
			at[i] = refs{content: ref(n + 1000)}
		}
		return layoutOf(s, spotsOf(rs), at)
	}
	all, fewer := tokensOf(origins(0, 100, 30)), tokensOf(origins(10, 100, 30))
	plain, fresh := compare(all, fewer)
	if fresh != 1 || len(plain) > 40 { // the first one has another gap before it
		t.Errorf("without the first ten, %d tokens are new, in %d bytes", fresh, len(plain))
	}
}

func TestLayoutComesBack(t *testing.T) {
	for name, s := range storetest.Odd(t) {
		at := make([]refs, len(s.Resources))
		for i := range at {
			at[i] = refs{content: ref(300 + 7*i), form: ref(i % 3)}
		}
		l, err := readLayout(layoutOf(s, spotsOf(s.Resources), at))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if fmt.Sprint(l.inputs) != fmt.Sprint(s.Inputs) || fmt.Sprint(l.notRead) != fmt.Sprint(s.NotRead) || len(l.resources) != len(s.Resources) {
			t.Errorf("%s: %+v", name, l)
		}
		for _, p := range l.resources {
			i := slices.Index(at, p.refs)
			if i < 0 || !slices.Equal(p.origins, s.Resources[i].Origins) {
				t.Errorf("%s: %+v came back", name, p)
			}
		}
	}
}

func TestLayoutRefuses(t *testing.T) {
	token := func(parts ...any) string {
		var w writer
		for _, p := range parts {
			switch p := p.(type) {
			case int:
				w.uint(uint64(p))
			case string:
				w.str(p)
			}
		}
		return string(w.b)
	}
	place := token(placeToken, "a", "")
	whole := token(firstToken, 300, 0, 2, samePath, "")
	if _, err := readLayout([]string{place, whole}); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]string{
		"nothing":              {""},
		"another kind":         {token(99)},
		"no place":             {whole},
		"twice":                {place, whole, whole},
		"only again":           {place, token(againToken, 300, 2, samePath, "")},
		"something behind":     {place, whole + "x"},
		"cut off":              {place, whole[:len(whole)-1]},
		"a path from nothing":  {place, token(firstToken, 300, 0, 2, nextPath, 2, "")},
		"a long text":          {token(placeToken) + "\xff\xff\xff\xff\x0f"},
		"a number in ten ways": {token(placeToken) + "\x80\x00\x00"},
		"what was not read":    {token(unreadToken, "x", 0, "", "", "", 0)},
	} {
		if _, err := readLayout(list); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// However two lists differ, what is told from the one yields the other.
func TestCompare(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	draw := func(n, kinds int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint(r.IntN(kinds))
		}
		return list
	}
	for range 300 {
		base := draw(r.IntN(60), 1+r.IntN(80))
		list := slices.Clone(base)
		for range r.IntN(6) {
			at := r.IntN(len(list) + 1)
			switch r.IntN(3) {
			case 0:
				list = slices.Insert(list, at, draw(1+r.IntN(3), 90)...)
			case 1:
				list = slices.Delete(list, at, min(len(list), at+r.IntN(4)))
			default:
				list = append(slices.Clone(list[at:]), list[:at]...)
			}
		}
		plain, fresh := compare(base, list)
		got, err := apply(base, string(plain))
		if err != nil || !slices.Equal(got, list) {
			t.Fatalf("%v became %v and not %v: %v", base, got, list, err)
		}
		if fresh > len(list) || slices.Equal(base, list) && fresh != 0 {
			t.Fatalf("%d of %d are new", fresh, len(list))
		}
	}
}

func FuzzApply(f *testing.F) {
	plain, _ := compare([]string{"a", "b", "c"}, []string{"a", "x", "c", "b"})
	f.Add(string(plain))
	f.Add("\xfe\xff\xff\xff\x0f\x00")
	f.Add("\x01\x00\x04\x01")
	f.Fuzz(func(t *testing.T, plain string) {
		base := []string{"a", "b", "c"}
		list, err := apply(base, plain)
		if err != nil {
			return
		}
		again, _ := compare(base, list)
		if got, err := apply(base, string(again)); err != nil || !slices.Equal(got, list) {
			t.Fatalf("%q gives %q, which comes back as %q", plain, list, got)
		}
	})
}

func FuzzLayout(f *testing.F) {
	for _, s := range storetest.Odd(f) {
		at := make([]refs, len(s.Resources))
		for i := range at {
			at[i].content = ref(300 + i)
		}
		plain, _ := compare(nil, layoutOf(s, spotsOf(s.Resources), at))
		f.Add(string(plain))
	}
	f.Fuzz(func(t *testing.T, plain string) {
		list, err := apply(nil, plain)
		if err != nil {
			return
		}
		l, err := readLayout(list)
		if err != nil {
			return
		}
		for _, p := range l.resources {
			if !slices.IsSortedFunc(p.origins, compareOrigins) {
				t.Fatal("unsorted origins")
			}
		}
	})
}

func FuzzUnpack(f *testing.F) {
	p, err := newPress()
	if err != nil {
		f.Fatal(err)
	}
	r := storetest.NewEstate(f, 1, 3).Scan(f).Resources
	var objects []object
	for i := range r {
		o, ok := contentOf(&r[i])
		if !ok {
			f.Fatal("not sealed")
		}
		objects = append(objects, o, *formOf(&r[i]), object{})
	}
	f.Add(p.pack(objects))
	f.Add(p.pack(nil))
	f.Add([]byte(packMark))
	if p, err = newPress(); err != nil {
		f.Fatal(err)
	}
	p.level = zstd.SpeedFastest // the best is slow, and the bytes mean the same
	f.Fuzz(func(t *testing.T, data []byte) {
		objects, err := p.unpack(data)
		if err != nil {
			return
		}
		again, err := p.unpack(p.pack(objects))
		if err != nil || len(again) != len(objects) {
			t.Fatalf("%d objects came back as %d: %v", len(objects), len(again), err)
		}
		for i := range objects {
			if again[i].kind != objects[i].kind || !bytes.Equal(again[i].body, objects[i].body) || !bytes.Equal(again[i].salt, objects[i].salt) {
				t.Fatal("another object came back")
			}
		}
	})
}

// Whatever bytes a content or a form has: what comes out is exactly what it says, or an error.
func FuzzResource(f *testing.F) {
	for _, s := range storetest.Odd(f) {
		for i := range s.Resources {
			r := &s.Resources[i]
			if o, ok := contentOf(r); ok && r.Erased == "" {
				x := formOf(r)
				if x == nil {
					x = &object{}
				}
				f.Add(o.body, x.body, true)
			} else if o, ok := erasedOf(r); ok {
				f.Add(o.body, []byte{}, false)
			}
		}
	}
	for _, text := range []string{`{"id":"a","type":"b"}`, `{"id":1}`, `{"properties":{"a":"}"},"type":""}`, `{"tags":{"a":1}}`, `{`, `{}`, `{"a":}`, `{"type":"\ud800"}`, `{"x":[}`} {
		f.Add([]byte(text), []byte{}, true)
	}
	f.Fuzz(func(t *testing.T, body, shape []byte, whole bool) {
		o := object{kind: content, body: body, salt: make([]byte, saltSize)}
		if !whole {
			o = object{kind: erased, body: body}
		}
		var x *object
		if len(shape) > 0 {
			x = &object{kind: form, body: shape}
		}
		r, err := o.resource(x, 5)
		if err != nil {
			return
		}
		if whole && (!bytes.Equal(r.Canonical(), body) || !r.Verify()) {
			t.Fatalf("%q became %q", body, r.Canonical())
		}
		if !whole && r.Erased == "" {
			t.Fatal("what was withdrawn is not")
		}
	})
}

func TestNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := rapid.Uint64().Draw(t, "a"), rapid.Int64().Draw(t, "b"), rapid.String().Draw(t, "c")
		var w writer
		w.uint(a)
		w.int(b)
		w.str(c)
		w.bool(a%2 == 0)
		in := reader{s: string(w.b)}
		if x, y, z, e := in.uint(), in.int(), in.str(), in.bool(); x != a || y != b || z != c || e != (a%2 == 0) || in.end() != nil {
			t.Fatalf("%d %d %q %v came back as %d %d %q %v", a, b, c, a%2 == 0, x, y, z, e)
		}
	})
}
