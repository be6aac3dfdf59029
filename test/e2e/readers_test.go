//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/mermaid"
	"c4arch/internal/render/rendertest"
	"c4arch/internal/render/structurizr"
)

// installed returns the path of something below node_modules.
func installed(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(filepath.Join("node_modules", path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(full); err != nil {
		t.Fatalf("%s is not there: make e2e installs it, or run npm install --no-package-lock in test/e2e", path)
	}
	return full
}

// newMermaid opens a page in which the real Mermaid waits for diagrams.
func newMermaid(t *testing.T) *tab {
	t.Helper()
	script := installed(t, "mermaid/dist/mermaid.min.js")
	mux := http.NewServeMux()
	mux.HandleFunc("/mermaid.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><link rel="icon" href="data:,"><body><script src="mermaid.js"></script><script>mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});</script>`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := newTab(t, 1400, 1000)
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(server.URL)))
	b.until(`window.mermaid`)
	return b
}

// TestMermaidDraws has the real Mermaid draw every view, and looks for the names in what it drew.
func TestMermaidDraws(t *testing.T) {
	b := newMermaid(t)
	drawn := 0
	for _, m := range []*c4.Model{rendertest.Contoso(), rendertest.Hostile()} {
		for i := range m.Views {
			v := &m.Views[i]
			text, err := mermaid.Render(m, v)
			if err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`mermaid.render('d'+`+quoted(v.Key)+`, `+quoted(string(text))+`).then((r) => {
				document.body.innerHTML = r.svg; return [...document.querySelectorAll('text, tspan')].map((t) => t.textContent).join('\n'); }, (e) => 'FAILED ' + e)`, chromedp.EvalAwaitPromise))
			if err != nil || strings.HasPrefix(got, "FAILED") {
				t.Errorf("%s: %v %s", v.Key, err, got)
				continue
			}
			drawn++
			b.shot(v.Key)
			if m.Name != "Contoso Shop" {
				continue
			}
			for _, n := range v.Nodes {
				for _, e := range m.Elements {
					if e.ID == n.Element && !strings.Contains(got, e.Name) {
						t.Errorf("%s: %q is not in what Mermaid drew", v.Key, e.Name)
					}
				}
			}
		}
	}
	if drawn < 10 {
		t.Errorf("only %d views were drawn", drawn)
	}
	if eval[bool](b, `'owned' in window`) {
		t.Error("a name ran as a script")
	}
}

// TestStructurizrParses gives the workspace to structurizr-parser, a grammar written by others;
// Structurizr's own tool is not on npm. That parser knows less than the language: no properties,
// empty blocks, infrastructure nodes, titles of views, dashed borders, tags in quotes for the style
// of a relationship, several words to an include, "*" as a scope, or digits before letters in an
// identifier. These are rewritten first, so what is checked is the rest: nesting, the order of
// words, strings and relationships.
func TestStructurizrParses(t *testing.T) {
	installed(t, "structurizr-parser/dist/index.js")
	for name, m := range map[string]*c4.Model{"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile(), "large": rendertest.Large(100, 10)} {
		var b bytes.Buffer
		if err := structurizr.Render(&b, m); err != nil {
			t.Fatal(err)
		}
		plain := simplify(b.String())
		if len(plain) < 500 {
			t.Fatalf("%s: almost nothing is left: %s", name, plain)
		}
		cmd := exec.Command("node", "structurizr.mjs")
		cmd.Stdin = strings.NewReader(plain)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got struct{ Lexer, Parser []string }
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		for _, e := range append(got.Lexer, got.Parser...) {
			t.Errorf("%s: %s", name, e)
		}
		if t.Failed() && *shots != "" {
			b := []byte(plain)
			if err := writeShot(name+".dsl", b); err != nil {
				t.Fatal(err)
			}
		}
	}
}

var (
	properties = regexp.MustCompile(`(?m)^ *properties \{\n(?: *".*\n)* *\}\n`)
	empty      = regexp.MustCompile(`(?m) \{\n *\}$`)
	unknown    = regexp.MustCompile(`(?m)^ *(?:title|border|style) .*\n`)
	styled     = regexp.MustCompile(`(?m)^( *relationship) "[^"]*"`)
	include    = regexp.MustCompile(`(?m)^( *include \S+).*$`)
	defined    = regexp.MustCompile(`(?m)^ *(\w+) = `)
	quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\w+`)
)

func simplify(s string) string {
	for _, re := range []*regexp.Regexp{properties, empty, unknown} {
		s = re.ReplaceAllString(s, "")
	}
	s = strings.ReplaceAll(s, "= infrastructureNode ", "= deploymentNode ")
	s = strings.ReplaceAll(s, " deployment * ", " deployment all ")
	s = styled.ReplaceAllString(s, "$1 all")
	s = include.ReplaceAllString(s, "$1")
	names := map[string]string{}
	for i, m := range defined.FindAllStringSubmatch(s, -1) {
		names[m[1]] = "id" + strings.Map(func(r rune) rune { return r - '0' + 'a' }, strconv.Itoa(i))
	}
	return quotedText.ReplaceAllStringFunc(s, func(w string) string {
		if n, ok := names[w]; ok {
			return n
		}
		return w
	})
}
