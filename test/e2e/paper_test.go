//go:build e2e

package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	stdpng "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/go-fonts/dejavu/dejavusans"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/text/unicode/norm"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/pdf"
	"c4arch/internal/render/png"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/scene"
	"c4arch/internal/render/svg"
)

var themes = []figure.Theme{figure.Light, figure.Dark, figure.Contrast, figure.Print}

// tile is how large the squares are whose mean colours are compared, in pixels: narrower than a letter, so that one that
// stands elsewhere shows, and wide enough that the way in which a program softens edges does not.
const tile = 5

// limit is by how much of 255 the mean colour of a square may differ, and few how many squares of a picture may differ by more:
// a short word that is missing is seven.
const (
	limit = 45
	few   = 2
)

// apart is how many squares differ in their mean colour by more than the limit, and by how much the worst does.
func apart(a, b image.Image) (bad, worst int) {
	r := a.Bounds().Intersect(b.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y += tile {
		for x := r.Min.X; x < r.Max.X; x += tile {
			s := image.Rect(x, y, x+tile, y+tile).Intersect(r)
			p, q := mean(a, s), mean(b, s)
			d := 0
			for i := range p {
				d = max(d, p[i]-q[i], q[i]-p[i])
			}
			worst = max(worst, d)
			if d > limit {
				bad++
			}
		}
	}
	return bad, worst
}

func mean(m image.Image, r image.Rectangle) (out [3]int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			cr, cg, cb, _ := m.At(x, y).RGBA()
			for i, v := range []uint32{cr, cg, cb} {
				out[i] += int(v >> 8)
			}
		}
	}
	for i := range out {
		out[i] /= r.Dx() * r.Dy()
	}
	return out
}

// TestAWordIsSeen: the comparison must see a word that is missing, and one that stands elsewhere.
func TestAWordIsSeen(t *testing.T) {
	sheet := func(text string, x int) image.Image {
		return asPNG(t, &figure.Figure{W: 200, H: 60, Parts: []figure.Part{{Kind: figure.Heading, Shapes: []figure.Shape{
			{Role: figure.RoleScope, Text: text, X: x, Y: 33, Face: figure.Face{Size: 13}},
		}}}}, figure.Light)
	}
	whole := sheet("Contoso Shop", 20)
	for name, other := range map[string]image.Image{"a word less": sheet("Contoso", 20), "to the side": sheet("Contoso Shop", 26), "nothing": sheet("", 0)} {
		if bad, worst := apart(whole, other); bad <= few {
			t.Errorf("%s is not seen: %d squares differ, the worst by %d", name, bad, worst)
		}
	}
	if bad, worst := apart(whole, sheet("Contoso Shop", 20)); bad != 0 || worst != 0 {
		t.Errorf("the same differs in %d squares by %d", bad, worst)
	}
}

func readPNG(t *testing.T, data []byte) image.Image {
	t.Helper()
	m, err := stdpng.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func asPNG(t *testing.T, f *figure.Figure, theme figure.Theme) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := png.Write(&b, f, png.Options{Theme: theme}); err != nil {
		t.Fatal(err)
	}
	return readPNG(t, b.Bytes())
}

func figuresOf(t *testing.T, m *c4.Model) (out []*figure.Figure) {
	t.Helper()
	for f, err := range drawn(m) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// marked is a view in which something became of everything.
func marked(t *testing.T) *figure.Figure {
	t.Helper()
	m := rendertest.Contoso()
	kinds := []scene.Kind{scene.Added, scene.Removed, scene.Changed, scene.Moved, scene.Unknown, scene.Inside}
	marks := map[string]scene.Mark{}
	for i, e := range m.Elements {
		marks[e.ID] = scene.Mark{Kind: kinds[i%len(kinds)], Grade: "high", Count: 2}
	}
	for i, r := range m.Relationships {
		marks[r.ID] = scene.Mark{Kind: kinds[i%5]}
	}
	for i := range m.Views {
		if v := &m.Views[i]; v.Kind == c4.Containers {
			f, err := figure.Draw(m, v, figure.Options{Marks: marks})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
	}
	t.Fatal("there is no view of containers")
	return nil
}

// TestPNGIsWhatChromiumShows compares our pixels with those of Chromium, which draws the SVG of the same figure with the same
// fonts.
func TestPNGIsWhatChromiumShows(t *testing.T) {
	face := func(name, weight string, data []byte) string {
		return fmt.Sprintf(`@font-face{font-family:%q;font-weight:%s;src:url(data:font/ttf;base64,%s)}`, name, weight, base64.StdEncoding.EncodeToString(data))
	}
	fonts := face("Go", "400", goregular.TTF) + face("Go", "700", gobold.TTF) + face("Rest", "400", dejavusans.TTF)
	b := newTab(t, 800, 600)
	head := `<!doctype html><meta charset=utf-8><style>` + fonts + `body{margin:0}svg{display:block}.c4{font-family:Go,Rest!important}</style><body>`
	compare := func(f *figure.Figure, theme figure.Theme, most int) {
		t.Helper()
		b.must(chromedp.Do(b.ctx, chromedp.EmulateViewport(int64(f.W), int64(f.H))))
		file := filepath.Join(t.TempDir(), "p.html")
		if err := os.WriteFile(file, []byte(head+string(svg.Render(f, svg.Options{Theme: theme}))), 0o644); err != nil {
			t.Fatal(err)
		}
		b.must(chromedp.Do(b.ctx, chromedp.Navigate("file://"+file)))
		ready, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.fonts.ready.then(() => [...document.fonts].map((f) => f.status).join(' '))`, chromedp.EvalAwaitPromise))
		if b.must(err); !strings.Contains(ready, "loaded") {
			t.Fatalf("the fonts are %s", ready)
		}
		shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		b.must(err)
		ours, theirs := asPNG(t, f, theme), readPNG(t, shot)
		bad, worst := apart(ours, theirs)
		t.Logf("%s, %s: %d squares differ, the worst by %d", f.View.Key, theme, bad, worst)
		if bad > most || theirs.Bounds().Size() != ours.Bounds().Size() {
			t.Errorf("%s, %s: %d squares differ, the worst by %d; %v and %v", f.View.Key, theme, bad, worst, ours.Bounds(), theirs.Bounds())
			if *shots != "" {
				b.must(writeShot(f.View.Key+"-"+string(theme)+"-chromium.png", shot))
			}
		}
	}
	for i, f := range figuresOf(t, rendertest.Contoso()) {
		compare(f, themes[i%len(themes)], few)
	}
	for i, f := range figuresOf(t, rendertest.Hostile()) {
		compare(f, themes[i%len(themes)], 100*few) // what is a box here may be a picture or an empty frame there
	}
	for _, theme := range themes {
		compare(marked(t), theme, few)
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func asPDF(t *testing.T, m *c4.Model, o pdf.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, drawn(m), o); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "p.pdf")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPDFReads has qpdf check the file and poppler read it: as many pages as views, the title, every name.
func TestPDFReads(t *testing.T) {
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile()} {
		for _, paper := range []string{"fit", "A4", "A3"} {
			file := asPDF(t, m, pdf.Options{Paper: paper, Title: m.Name})
			if out := run(t, "qpdf", "--check", file); strings.Contains(strings.ToLower(out), "warning") {
				t.Errorf("qpdf says %s", out)
			}
			info := run(t, "pdfinfo", file)
			if !regexp.MustCompile(fmt.Sprintf(`(?m)^Pages: +%d$`, len(m.Views))).MatchString(info) || !strings.Contains(info, "Title:           "+m.Name) {
				t.Errorf("pdfinfo says\n%s", info)
			}
			if !strings.Contains(info, "JavaScript:      no") {
				t.Error("there is a script in the file")
			}
			if fonts := run(t, "pdffonts", file); strings.Contains(fonts, " no  no ") {
				t.Errorf("a font is not embedded:\n%s", fonts)
			}
			for i, f := range figuresOf(t, m) {
				page := fmt.Sprint(i + 1)
				text := words(run(t, "pdftotext", "-raw", "-f", page, "-l", page, file, "-"))
				for _, p := range f.Parts {
					for _, s := range p.Shapes {
						for _, w := range strings.Fields(s.Text) {
							if !strings.Contains(text, words(w)) {
								t.Errorf("%s, page %s: poppler does not find %q of %q", paper, page, w, s.Text)
							}
						}
					}
				}
			}
		}
	}
}

// words are the characters of a text without spaces and marks of direction, as one compares them.
func words(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// TestPDFLooksAsThePNG has poppler paint the pages.
func TestPDFLooksAsThePNG(t *testing.T) {
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile()} {
		for _, theme := range themes {
			base := filepath.Join(t.TempDir(), "p")
			run(t, "pdftoppm", "-r", "96", "-png", asPDF(t, m, pdf.Options{Theme: theme}), base)
			files, err := filepath.Glob(base + "*.png")
			if err != nil || len(files) != len(m.Views) {
				t.Fatalf("%d pages were painted for %d views, %v", len(files), len(m.Views), err)
			}
			for i, f := range figuresOf(t, m) {
				data, err := os.ReadFile(files[i])
				if err != nil {
					t.Fatal(err)
				}
				ours, theirs := asPNG(t, f, theme), readPNG(t, data)
				d := ours.Bounds().Size().Sub(theirs.Bounds().Size())
				bad, worst := apart(ours, theirs)
				t.Logf("%s, %s: %d squares differ, the worst by %d", f.View.Key, theme, bad, worst)
				if bad > few || max(d.X, -d.X, d.Y, -d.Y) > 1 {
					t.Errorf("%s, %s: %d squares differ, the worst by %d; sizes differ by %v", f.View.Key, theme, bad, worst, d)
				}
			}
		}
	}
}
