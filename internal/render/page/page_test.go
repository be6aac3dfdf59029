package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/page"
	"c4arch/internal/render/rendertest"
)

var keep = flag.String("keep", "", "a folder to write the rendered pages into, to look at them")

func render(t *testing.T, m *c4.Model, pictures map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Render(&b, m, pictures, rendertest.CSS); err != nil {
		t.Fatal(err)
	}
	if *keep != "" {
		if err := os.WriteFile(filepath.Join(*keep, strings.ReplaceAll(t.Name(), "/", "-")+".html"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// document is a page as a browser takes it apart.
type document struct {
	root    *html.Node
	csp     string
	scripts map[string][]*html.Node // by type
}

func parse(t *testing.T, text string) document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d := document{root: root, scripts: map[string][]*html.Node{}}
	for n := range root.Descendants() {
		switch {
		case n.Data == "script" && n.Type == html.ElementNode:
			d.scripts[attr(n, "type")] = append(d.scripts[attr(n, "type")], n)
		case n.Data == "meta" && attr(n, "http-equiv") == "Content-Security-Policy":
			d.csp = attr(n, "content")
		}
	}
	return d
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func content(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

func TestOneScriptAllowedByItsDigest(t *testing.T) {
	d := parse(t, render(t, rendertest.Contoso(), rendertest.Pictures(rendertest.Contoso())))
	if len(d.scripts[""]) != 1 {
		t.Fatalf("%d scripts that run, want 1", len(d.scripts[""]))
	}
	sum := sha256.Sum256([]byte(content(d.scripts[""][0])))
	want := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if !strings.Contains(d.csp, want) || !strings.HasPrefix(d.csp, "default-src 'none';") {
		t.Errorf("the policy is %q, want it to have %q", d.csp, want)
	}
	for _, word := range []string{"unsafe-eval", "http:", "https:", "*"} {
		if strings.Contains(d.csp, word) {
			t.Errorf("the policy has %q", word)
		}
	}
}

func TestDataComesBackWhole(t *testing.T) {
	m := rendertest.Hostile()
	d := parse(t, render(t, m, rendertest.Pictures(m)))
	if n := len(d.scripts["application/json"]); n != 1 {
		t.Fatalf("%d blocks of data, want 1: a name ended the block", n)
	}
	var got struct {
		Name     string
		Elements []struct {
			ID, Name   string
			Properties json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(content(d.scripts["application/json"][0])), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != m.Name || len(got.Elements) != len(m.Elements) {
		t.Errorf("name %q and %d elements", got.Name, len(got.Elements))
	}
	for i, e := range got.Elements {
		if e.Name != m.Elements[i].Name || e.ID != m.Elements[i].ID {
			t.Errorf("element %d is %q", i, e.Name)
		}
		if want := m.Elements[i].Properties; want != nil && !equalJSON(t, e.Properties, want) {
			t.Errorf("element %d has the properties %s, want %s", i, e.Properties, want)
		}
	}
}

func equalJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return bytes.Equal(p, q)
}

func TestHostileNamesAddNothingToTheDocument(t *testing.T) {
	shape := func(m *c4.Model) string {
		var b strings.Builder
		for n := range parse(t, render(t, m, nil)).root.Descendants() {
			if n.Type == html.ElementNode {
				b.WriteString(n.Data + " ")
			}
		}
		return b.String()
	}
	if got, want := shape(rendertest.Hostile()), shape(rendertest.Empty()); got != want {
		t.Errorf("the document of a hostile model has other elements:\n%s\n%s", got, want)
	}
}

func TestPicturesAreInertText(t *testing.T) {
	evil := `<svg xmlns="http://www.w3.org/2000/svg"><!-- <script> --><script>owned()</script></svg>`
	plain := `<svg xmlns="http://www.w3.org/2000/svg"><text>fine</text></svg>`
	d := parse(t, render(t, rendertest.Contoso(), map[string][]byte{`"><b>`: []byte(evil), "landscape": []byte(plain)}))
	if n := len(d.scripts[""]); n != 1 {
		t.Fatalf("%d scripts that run, want 1", n)
	}
	var got string
	if s := d.scripts["application/json"]; len(s) != 2 || attr(s[1], "data-picture") != `"><b>` {
		t.Fatalf("the picture that would end its block is not kept as a string")
	} else if err := json.Unmarshal([]byte(content(s[1])), &got); err != nil || got != evil {
		t.Errorf("it came back as %q, %v", got, err)
	}
	if s := d.scripts["image/svg+xml"]; len(s) != 1 || content(s[0]) != plain {
		t.Errorf("the plain picture is not kept as it is")
	}
}

func TestNothingIsFetched(t *testing.T) {
	text := render(t, rendertest.Contoso(), rendertest.Pictures(rendertest.Contoso()))
	for n := range parse(t, text).root.Descendants() {
		for _, name := range []string{"src", "href", "srcset", "action", "data", "poster"} {
			if v := attr(n, name); v != "" && n.Type == html.ElementNode && !strings.HasPrefix(v, "data:") {
				t.Errorf("<%s %s=%q>", n.Data, name, v)
			}
		}
	}
	for _, bad := range []string{"@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "insertAdjacentHTML", "eval(", "document.write", "WebSocket"} {
		for _, f := range sources(t) {
			if b, _ := os.ReadFile(f); bytes.Contains(b, []byte(bad)) && (bad != "@import" && bad != "url(" || filepath.Ext(f) == ".css") { // in a script these are a comment for types, and what is taken out of pictures
				t.Errorf("%s has %s", f, bad)
			}
		}
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	out := []string{"style.css"}
	for _, dir := range []string{"../viewer/module", "../viewer/style"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d sources", len(out))
	}
	return out
}

// TestNothingIsLeftInThePage fails when a name of the template has no part.
func TestNothingIsLeftInThePage(t *testing.T) {
	text := render(t, rendertest.Empty(), nil)
	if found := regexp.MustCompile(`\{\{[a-z-]*\}\}`).FindString(text); found != "" {
		t.Errorf("%s was left in the page", found)
	}
	if !strings.Contains(text, "c4v") || !strings.Contains(text, "function mount(") {
		t.Error("the viewer is not part of the page")
	}
}

func TestScriptIsValid(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is not installed, and the syntax of the page's script must be checked")
		}
		t.Skip("node is not installed: the syntax of the page's script was not checked")
	}
	d := parse(t, render(t, rendertest.Empty(), nil))
	whole := filepath.Join(t.TempDir(), "page.js")
	if err := os.WriteFile(whole, []byte(content(d.scripts[""][0])), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(node, "--check", whole).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSameBytesTwice(t *testing.T) {
	a := render(t, rendertest.Contoso(), rendertest.Pictures(rendertest.Contoso()))
	for range 5 {
		if b := render(t, rendertest.Contoso(), rendertest.Pictures(rendertest.Contoso())); a != b {
			t.Fatal("the same model gives other bytes")
		}
	}
}

func TestErrors(t *testing.T) {
	m := rendertest.Contoso()
	if err := page.Render(&bytes.Buffer{}, m, nil, "a { } </STYLE>"); err == nil {
		t.Error("a style sheet that ends its element is taken")
	}
	m.Elements[0].Properties = []byte(`{"a":`)
	if err := page.Render(&bytes.Buffer{}, m, nil, ""); err == nil {
		t.Error("properties that are not JSON are taken")
	}
	full := errors.New("disk full")
	if err := page.Render(failing{full}, rendertest.Contoso(), nil, ""); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzData(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := &c4.Model{Name: s, Elements: []c4.Element{{ID: s, Name: s}}, Views: []c4.View{{Key: s, Title: s}}}
		var b bytes.Buffer
		if err := page.Render(&b, m, map[string][]byte{s: []byte(s)}, ""); err != nil {
			t.Fatal(err)
		}
		d := parse(t, b.String())
		if len(d.scripts[""]) != 1 || len(d.scripts["application/json"])+len(d.scripts["image/svg+xml"]) != 2 {
			t.Fatalf("%q changes the blocks of the page", s)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	m := rendertest.Large(1000, 300)
	pictures := rendertest.Pictures(m)
	for b.Loop() {
		var buf bytes.Buffer
		if err := page.Render(&buf, m, pictures, ""); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(buf.Len()))
	}
}

func TestFoldedPicturesBringTheirViews(t *testing.T) {
	m := rendertest.Contoso()
	folded := m.Views[0]
	folded.Title = "</script>folded"
	d := parse(t, rendered(t, m, []page.Picture{{Key: "landscape", SVG: []byte("<svg/>"), View: &folded}, {Key: "landscape" + page.Whole, SVG: []byte("<svg/>")}}))
	var keys []string
	for _, s := range d.scripts["image/svg+xml"] {
		keys = append(keys, attr(s, "data-picture"))
	}
	if strings.Join(keys, " ") != "landscape landscape~all" {
		t.Errorf("the pictures are %v", keys)
	}
	var got c4.View
	if s := d.scripts["application/json"]; len(s) != 2 || attr(s[1], "data-view") != "landscape" {
		t.Fatal("the folded view is not in the page")
	} else if err := json.Unmarshal([]byte(content(s[1])), &got); err != nil || got.Title != folded.Title {
		t.Errorf("it came back as %q, %v", got.Title, err)
	}
}

func rendered(t *testing.T, m *c4.Model, pictures []page.Picture) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.WritePictures(&b, m, slices.Values(pictures), rendertest.CSS); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
