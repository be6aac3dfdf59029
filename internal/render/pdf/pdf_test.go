package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/pdf"
	"c4arch/internal/render/rendertest"
)

// figures are the pictures of a model's views, with links from an element to the view about it.
func figures(t testing.TB, m *c4.Model) []*figure.Figure {
	t.Helper()
	inside := map[string]string{}
	for _, v := range m.Views {
		if inside[v.Subject] == "" && v.Kind != c4.Context {
			inside[v.Subject] = v.Key
		}
	}
	var out []*figure.Figure
	for i := range m.Views {
		f, err := figure.Draw(m, &m.Views[i], figure.Options{Link: func(e string) string { return inside[e] }})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

func all(fs ...*figure.Figure) iter.Seq2[*figure.Figure, error] {
	return func(yield func(*figure.Figure, error) bool) {
		for _, f := range fs {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func write(t testing.TB, o pdf.Options, fs ...*figure.Figure) file {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, all(fs...), o); err != nil {
		t.Fatal(err)
	}
	return read(t, b.Bytes())
}

func TestAPageForEveryView(t *testing.T) {
	m := rendertest.Contoso()
	fs := figures(t, m)
	for paper, want := range map[string]func(f *figure.Figure) string{
		"fit": func(f *figure.Figure) string { return fmt.Sprintf("%.2f %.2f", float64(f.W)*0.75, float64(f.H)*0.75) },
		"A4":  func(*figure.Figure) string { return "595.28 841.89|841.89 595.28" },
		"A3":  func(*figure.Figure) string { return "841.89 1190.55|1190.55 841.89" },
	} {
		pages := write(t, pdf.Options{Paper: paper}, fs...).pages(t)
		if len(pages) != len(m.Views) {
			t.Errorf("%s: %d pages for %d views", paper, len(pages), len(m.Views))
		}
		for i, p := range pages {
			var w, h float64
			if _, err := fmt.Sscanf(p[strings.Index(p, "/MediaBox[0 0 ")+len("/MediaBox[0 0 "):], "%g %g]", &w, &h); err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%.2f %.2f", w, h)
			if !slices.Contains(strings.Split(want(fs[i]), "|"), got) {
				t.Errorf("%s: page %d is %s, not %s", paper, i, got, want(fs[i]))
			}
		}
	}
}

func TestEveryTextOfTheFigureIsInThePage(t *testing.T) {
	for name, m := range map[string]*c4.Model{"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile()} {
		fs := figures(t, m)
		f := write(t, pdf.Options{Paper: "fit"}, fs...)
		for i, page := range f.pages(t) {
			var want []string
			for _, p := range fs[i].Parts {
				for _, s := range p.Shapes {
					if s.Text != "" {
						want = append(want, s.Text)
					}
				}
			}
			got := f.lines(t, page)
			if len(got) != len(want) {
				t.Fatalf("%s, page %d: %d lines for %d texts", name, i, len(got), len(want))
			}
			for k := range want {
				if sorted(got[k]) != sorted(want[k]) {
					t.Errorf("%s, page %d: %q stands for %q", name, i, got[k], want[k])
				}
				if ascii(want[k]) && got[k] != want[k] {
					t.Errorf("%s, page %d: %q is read as %q", name, i, want[k], got[k])
				}
			}
		}
	}
}

// sorted are the characters of a text without order, since what runs from the right is shown in the order seen, and letters
// are composed with their marks.
func sorted(s string) string {
	s = strings.ReplaceAll(s, "e\u0301", "é")
	r := []rune(s)
	slices.Sort(r)
	return string(r)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

func TestLinks(t *testing.T) {
	fs := figures(t, rendertest.Contoso())
	for _, paper := range []string{"fit", "A4"} {
		f := write(t, pdf.Options{Paper: paper}, fs...)
		kids := f.refs(f.objects[f.ref(t, f.catalog(t), "/Pages")])
		number := map[string]int{}
		for i, p := range fs {
			number[p.View.Key] = i
		}
		up, down := 0, 0
		for i, p := range f.pages(t) {
			annots := f.objects[f.ref(t, p, "/Annots")]
			var got []int
			for _, m := range regexp.MustCompile(`/Contents<FEFF([0-9A-F]+)>/Dest\[(\d+) 0 R`).FindAllStringSubmatch(annots, -1) {
				n, _ := strconv.Atoi(m[2])
				to := slices.Index(kids, n)
				say := decode(t, m[1])
				if to < 0 || !strings.HasSuffix(say, fs[to].View.Title) {
					t.Errorf("%s, page %d: %q leads to page %d", paper, i, say, to)
				}
				if strings.HasPrefix(say, "Up: ") {
					up++
				} else {
					got = append(got, to)
				}
			}
			var want []int
			for _, part := range fs[i].Parts {
				if part.Link != "" && part.Link != fs[i].View.Key {
					want = append(want, number[part.Link])
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, page %d leads to %v, not %v", paper, i, got, want)
			}
			down += len(got)
		}
		if up == 0 || down == 0 {
			t.Errorf("%s: %d links up and %d down", paper, up, down)
		}
	}
}

// The view above is the first of the outline that leads to a page; two views that lead to each other are not above each other.
func TestTheViewAbove(t *testing.T) {
	fig := func(key string, kind c4.ViewKind, links ...string) *figure.Figure {
		f := &figure.Figure{W: 100, H: 100, View: &c4.View{Key: key, Title: key, Kind: kind}}
		for _, l := range links {
			f.Parts = append(f.Parts, figure.Part{Kind: figure.Box, Link: l, Rect: layout.Rect{W: 10, H: 10}})
		}
		return f
	}
	f := write(t, pdf.Options{Paper: "A4"}, fig("all", c4.Landscape, "shop"), fig("shop", c4.Containers, "all", "api"), fig("api", c4.Resources, "shop", "db"),
		fig("db", c4.Resources, "api"), fig("prod", c4.Deployment, "db"), fig("alone", c4.Deployment))
	for i, want := range []string{"", "Up: all", "Up: shop", "Up: prod", "", ""} {
		got := ""
		for _, l := range f.lines(t, f.pages(t)[i]) {
			if strings.HasPrefix(l, "Up: ") {
				got = l
			}
		}
		if got != want {
			t.Errorf("page %d says %q, not %q", i+1, got, want)
		}
	}
}

func TestLinksToViewsThatAreNotThereAreLeftOut(t *testing.T) {
	fs := figures(t, rendertest.Contoso())
	f := write(t, pdf.Options{}, fs[0])
	if a := f.objects[f.ref(t, f.pages(t)[0], "/Annots")]; a != "[]\n" {
		t.Errorf("the only page leads somewhere: %s", a)
	}
}

func TestOutlineListsViewsByWhatTheyShow(t *testing.T) {
	fs := figures(t, rendertest.Contoso())
	f := write(t, pdf.Options{}, fs...)
	root := f.objects[f.ref(t, f.catalog(t), "/Outlines")]
	var got []string
	for at := f.ref(t, root, "/First"); at != 0; at = f.next(t, at) {
		got = append(got, f.title(t, at))
		for k := f.ref(t, f.objects[at], "/First"); k != 0; k = f.next(t, k) {
			got = append(got, "  "+f.title(t, k))
		}
	}
	var want []string
	for _, s := range []struct {
		kind c4.ViewKind
		name string
	}{
		{c4.Landscape, "System landscape"},
		{c4.Context, "System context"},
		{c4.Containers, "Containers"},
		{c4.Components, "Components"},
		{c4.Deployment, "Deployment"},
		{c4.Resources, "Resources"},
	} {
		heading := false
		for _, p := range fs {
			if p.View.Kind != s.kind {
				continue
			}
			if !heading {
				want, heading = append(want, s.name), true
			}
			want = append(want, "  "+p.View.Title)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the outline is\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (f file) next(t testing.TB, n int) int {
	if !strings.Contains(f.objects[n], "/Next") {
		return 0
	}
	return f.ref(t, f.objects[n], "/Next")
}

func (f file) title(t testing.TB, n int) string {
	m := regexp.MustCompile(`/Title<FEFF([0-9A-F]*)>`).FindStringSubmatch(f.objects[n])
	if m == nil {
		t.Fatalf("object %d has no title", n)
	}
	return decode(t, m[1])
}

func TestFoot(t *testing.T) {
	fs := figures(t, rendertest.Contoso())
	f := write(t, pdf.Options{Paper: "A4", Title: strings.Repeat("Contoso Shop and all ", 20)}, fs...)
	for i, p := range f.pages(t) {
		lines := f.lines(t, p)
		if want := fmt.Sprintf("page %d of %d", i+1, len(fs)); !slices.Contains(lines, want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
		if !slices.ContainsFunc(lines, func(s string) bool {
			return strings.HasPrefix(s, "Contoso Shop and all") && strings.HasSuffix(s, "…")
		}) {
			t.Errorf("page %d does not say what it is of", i+1)
		}
	}
}

func TestSameBytesEachTime(t *testing.T) {
	a := write(t, pdf.Options{Paper: "A3", Theme: figure.Dark}, figures(t, rendertest.Hostile())...)
	b := write(t, pdf.Options{Paper: "A3", Theme: figure.Dark}, figures(t, rendertest.Hostile())...)
	if !bytes.Equal(a.raw, b.raw) {
		t.Error("the same figures give two files")
	}
	if bytes.Contains(a.raw, []byte("Date")) {
		t.Error("there is a date in the file")
	}
}

// Nothing of a name may be anything but text, and nothing in the file may act.
func TestHostileNamesAreText(t *testing.T) {
	f := write(t, pdf.Options{Paper: "A4", Title: rendertest.Names()[0] + ")>>/OpenAction"}, figures(t, rendertest.Hostile())...)
	for n, o := range f.objects {
		if strings.Contains(o, "/FontFile") || strings.Contains(o, "/Length1") {
			continue
		}
		for _, bad := range []string{"</script", "<script", "onerror", "window", "/OpenAction", "/JavaScript", "/JS", "/URI", "/Launch", "/AA", "/EmbeddedFile", "/SubmitForm"} {
			if strings.Contains(o, bad) {
				t.Errorf("object %d has %s: %.200q", n, bad, o)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	fig := &figure.Figure{W: 100, H: 100, Title: "x"}
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		pages iter.Seq2[*figure.Figure, error]
		o     pdf.Options
		kind  fault.Kind
		says  string
	}{
		"unknown paper": {all(fig), pdf.Options{Paper: "A5"}, fault.Invalid, "A4"},
		"no pages":      {all(), pdf.Options{}, fault.NotFound, "no view"},
		"no size":       {all(fig, &figure.Figure{}), pdf.Options{}, fault.Invalid, "page 2"},
		"an error": {func(yield func(*figure.Figure, error) bool) {
			if yield(fig, nil) {
				yield(nil, boom)
			}
		}, pdf.Options{}, fault.Internal, "boom"},
	} {
		t.Run(name, func(t *testing.T) {
			err := pdf.Write(io.Discard, c.pages, c.o)
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	fs := figures(t, rendertest.Contoso())
	for _, room := range []int{0, 5, 3000, 30_000} {
		if err := pdf.Write(&full{room}, all(fs...), pdf.Options{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("after %d bytes: %v", room, err)
		}
	}
}

// A huge figure is scaled to the longest side that readers show, and a tiny one has a page that they open.
func TestExtremeSizes(t *testing.T) {
	for _, c := range []struct{ w, h int }{{100_000, 500}, {1, 1}, {3, 90_000}, {1 << 40, 1 << 20}} {
		for _, paper := range []string{"fit", "A4"} {
			p := write(t, pdf.Options{Paper: paper}, &figure.Figure{W: c.w, H: c.h}).pages(t)[0]
			var w, h float64
			if _, err := fmt.Sscanf(p[strings.Index(p, "/MediaBox[0 0 ")+len("/MediaBox[0 0 "):], "%g %g]", &w, &h); err != nil {
				t.Fatal(err)
			}
			if w < 3 || h < 3 || w > 14_400 || h > 14_400 {
				t.Errorf("%v on %s is %g x %g points", c, paper, w, h)
			}
		}
	}
}

// FuzzWrite: whatever a name is, the file can be read, and the name is found in it.
func FuzzWrite(f *testing.F) {
	for _, n := range append(rendertest.Names(), ")>>endobj", "\xff\xfe", "<FEFF", "שלום (עולם)", "漢字", strings.Repeat("א", 300), "\u202E)", "ﷺ\u200D") {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 1000 || strings.ContainsAny(name, "\u200B\u200C\u200D\u2060") {
			return
		}
		fig := &figure.Figure{W: 300, H: 200, Title: name, View: &c4.View{Key: name, Title: name, Kind: c4.ViewKind(name)}, Parts: []figure.Part{
			{Kind: figure.Box, Look: figure.Look{Kind: c4.Container}, Link: name + "x", Rect: layout.Rect{W: 10, H: 10}, Shapes: []figure.Shape{{Role: figure.RoleName, Text: name + "x", Face: figure.Face{Bold: true, Size: 15}}}},
		}}
		other := &figure.Figure{W: 10, H: 10, View: &c4.View{Key: name + "x", Title: name}}
		doc := write(t, pdf.Options{Paper: "A4", Title: name}, fig, other)
		if len(doc.pages(t)) != 2 {
			t.Fatal("two views are not two pages")
		}
		want := 0
		for range []rune(norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD"))) {
			want++
		}
		if got := len([]rune(doc.lines(t, doc.pages(t)[0])[0])); got < want/2 {
			t.Errorf("of %q, %d characters, %d are found", name, want, got)
		}
		if annots := doc.objects[doc.ref(t, doc.pages(t)[0], "/Annots")]; !strings.Contains(annots, "/Dest[") {
			t.Errorf("the box leads nowhere: %s", annots)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	fs := figures(b, rendertest.Contoso())
	b.ReportAllocs()
	for b.Loop() {
		if err := pdf.Write(io.Discard, all(fs...), pdf.Options{Paper: "A4"}); err != nil {
			b.Fatal(err)
		}
	}
}
