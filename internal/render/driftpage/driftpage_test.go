package driftpage_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
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
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/render/driftpage"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/svg"
	"c4arch/internal/render/viewer"
)

// comparison is one of a model with itself after an edit, with a report of one finding.
func comparison(m *c4.Model, edit func(*c4.Model)) driftpage.Comparison {
	now := *m
	now.Elements = slices.Clone(m.Elements)
	edit(&now)
	r := &drift.Report{Name: m.Name, Mode: drift.ModeBaseline, At: "2026-03-04T09:31:12Z", Summary: drift.Summary{FailOn: "medium", Verdict: "clean"}}
	for i := range min(len(m.Elements), 20) {
		e := &m.Elements[i]
		quoted, _ := json.Marshal(e.Name)
		r.Findings = append(r.Findings, drift.Finding{
			ID: fmt.Sprint("f", i), Severity: severity.High, Direction: severity.Loosened, Change: diff.Changed, Resource: e.ID, Type: string(e.Kind), Name: e.Name, Path: diff.Path(e.Name),
			Old: nil, New: canon.Raw(quoted), Rule: e.Name, Title: e.Name, Reason: e.Name, Remediation: e.Name, Labels: []string{e.Name}, Elements: []string{e.ID},
			Places: []drift.Place{{Input: e.Name, Line: 1}}, Exception: &drift.Excepted{ID: e.Name, Owner: e.Name, Reason: e.Name, State: e.Name},
		})
	}
	return driftpage.Comparison{Report: r, Old: m, New: &now, Delta: delta.Compare(m, &now)}
}

func nothing(*c4.Model) {}

func renamed(m *c4.Model) { m.Elements[len(m.Elements)/2].Name += " (new)" }

// written is the page of a comparison, with pictures drawn as the program draws them when draw is set.
func written(t testing.TB, c driftpage.Comparison, draw bool) string {
	t.Helper()
	p, drawings := driftpage.New(c)
	p.CSS = svg.CSS
	if draw {
		p.Pictures = func(yield func(string, []byte) bool) {
			for _, d := range drawings {
				if !yield(d.Key, picture(t, d)) {
					return
				}
			}
		}
	}
	var b bytes.Buffer
	if err := driftpage.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func picture(t testing.TB, d driftpage.Drawing) []byte {
	t.Helper()
	f, err := figure.Draw(d.Model, d.View, figure.Options{Marks: d.Marks})
	if err != nil {
		t.Fatalf("%s: %v", d.Key, err)
	}
	return svg.Render(f, svg.Options{Embedded: true})
}

// document is a page as a browser takes it apart.
type document struct {
	root    *html.Node
	csp     string
	scripts map[string][]*html.Node // by type
}

func parse(t testing.TB, text string) document {
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
	d := parse(t, written(t, comparison(rendertest.Contoso(), renamed), true))
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
	c := comparison(rendertest.Hostile(), renamed)
	d := parse(t, written(t, c, false))
	if n := len(d.scripts["application/json"]); n != 2 {
		t.Fatalf("%d blocks of data, want 2: a name ended a block", n)
	}
	var report drift.Report
	if err := json.Unmarshal([]byte(content(d.scripts["application/json"][0])), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != len(c.Report.Findings) {
		t.Fatalf("%d findings of %d", len(report.Findings), len(c.Report.Findings))
	}
	for i, f := range report.Findings {
		if w := c.Report.Findings[i]; f.Title != w.Title || f.Path != w.Path || !bytes.Equal(f.New, w.New) || f.Exception.Reason != w.Exception.Reason {
			t.Errorf("finding %d came back as %q", i, f.Title)
		}
	}
	var data struct {
		Elements []struct{ ID, Name string }
		Views    []struct{ Key, Title string }
	}
	if err := json.Unmarshal([]byte(content(d.scripts["application/json"][1])), &data); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, e := range data.Elements {
		names[e.ID] = e.Name
	}
	for _, e := range c.New.Elements {
		if e.Kind == c4.Container && names[e.ID] != e.Name {
			t.Errorf("element %q is called %q", e.ID, names[e.ID])
		}
	}
	if len(data.Views) == 0 || data.Views[0].Title != c.New.Views[0].Title {
		t.Errorf("views %v", data.Views)
	}
}

func TestHostileNamesAddNothingToTheDocument(t *testing.T) {
	shape := func(m *c4.Model) string {
		var b strings.Builder
		for n := range parse(t, written(t, comparison(m, nothing), false)).root.Descendants() {
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

func TestNothingIsFetched(t *testing.T) {
	for n := range parse(t, written(t, comparison(rendertest.Contoso(), renamed), true)).root.Descendants() {
		for _, name := range []string{"src", "href", "srcset", "action", "data", "poster"} {
			if v := attr(n, name); v != "" && n.Type == html.ElementNode && !strings.HasPrefix(v, "data:") {
				t.Errorf("<%s %s=%q>", n.Data, name, v)
			}
		}
	}
	for _, f := range sources(t) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"@import '", `@import "`, "url(", "fetch(", "XMLHttpRequest", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "document.write", "WebSocket", ".href", ".src"} {
			if bytes.Contains(b, []byte(bad)) {
				t.Errorf("%s has %s", f, bad)
			}
		}
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{"script", "style"} {
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
	if len(out) < 15 {
		t.Fatalf("only %d sources", len(out))
	}
	return out
}

var importing = regexp.MustCompile(`(?m)^import .*\n`)

// TestEverySourceIsInThePage fails when a file is added and not joined.
func TestEverySourceIsInThePage(t *testing.T) {
	text := written(t, comparison(rendertest.Empty(), nothing), false)
	for _, f := range sources(t) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, strings.ReplaceAll(importing.ReplaceAllString(string(b), ""), "\nexport ", "\n")) {
			t.Errorf("%s is not part of the page", f)
		}
		if name := filepath.Base(f); strings.HasSuffix(name, ".js") {
			if _, err := fs.Stat(viewer.Files(), name); err == nil {
				t.Errorf("%s is the name of a module of the viewer, too", name)
			}
			if !strings.HasPrefix(string(b), "// @ts-check\n") {
				t.Errorf("%s is not checked for types", name)
			}
		}
	}
	if found := regexp.MustCompile(`\{\{[a-z-]*\}\}`).FindString(text); found != "" {
		t.Errorf("%s was left in the page", found)
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
	d := parse(t, written(t, comparison(rendertest.Empty(), nothing), false))
	whole := filepath.Join(t.TempDir(), "page.js")
	if err := os.WriteFile(whole, []byte(content(d.scripts[""][0])), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(node, "--check", whole).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSameBytesTwice(t *testing.T) {
	a := written(t, comparison(rendertest.Contoso(), renamed), true)
	for range 5 {
		if a != written(t, comparison(rendertest.Contoso(), renamed), true) {
			t.Fatal("the same comparison gives other bytes")
		}
	}
}

func TestErrors(t *testing.T) {
	p, _ := driftpage.New(comparison(rendertest.Contoso(), nothing))
	p.CSS = "a { } </STYLE>"
	if err := driftpage.Write(&bytes.Buffer{}, p); err == nil {
		t.Error("a style sheet that ends its element is taken")
	}
	p.CSS = ""
	full := errors.New("disk full")
	if err := driftpage.Write(failing{full}, p); !errors.Is(err, full) {
		t.Errorf("a full disk gives %v", err)
	}
	p.Report.Findings[0].Old = canon.Raw(`{"a":`)
	if err := driftpage.Write(&bytes.Buffer{}, p); err == nil {
		t.Error("a value that is not JSON is taken")
	}
	if err := driftpage.Write(&bytes.Buffer{}, &driftpage.Page{}); err == nil {
		t.Error("a page without a report is taken")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzData(f *testing.F) {
	for _, n := range rendertest.Names() {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := &c4.Model{Name: s, Elements: []c4.Element{{ID: s, Name: s, Kind: c4.Container}}, Views: []c4.View{{Key: s, Title: s, Kind: c4.Landscape, Elements: []string{s}}}}
		p, drawings := driftpage.New(comparison(m, func(m *c4.Model) { m.Elements[0].Technology = s + "x" }))
		p.Pictures = func(yield func(string, []byte) bool) {
			for _, d := range drawings {
				if !yield(d.Key, []byte(s)) {
					return
				}
			}
		}
		var b bytes.Buffer
		if err := driftpage.Write(&b, p); err != nil {
			t.Fatal(err)
		}
		d := parse(t, b.String())
		if len(d.scripts[""]) != 1 || len(d.scripts["application/json"])+len(d.scripts["image/svg+xml"]) != 2+len(drawings) {
			t.Fatalf("%q changes the blocks of the page", s)
		}
	})
}

func BenchmarkPage(b *testing.B) {
	c := comparison(rendertest.Large(5000, 300), func(m *c4.Model) {
		for i := 0; i < len(m.Elements); i += 50 {
			m.Elements[i].Technology += "'"
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		p, _ := driftpage.New(c)
		if err := driftpage.Write(&bytes.Buffer{}, p); err != nil {
			b.Fatal(err)
		}
	}
}
