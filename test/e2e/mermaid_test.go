//go:build e2e

package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/mermaid"
)

// mermaidLooks are the characters that Mermaid cannot carry and what stands for them, as docs/formats/mermaid.md has it.
var mermaidLooks = strings.NewReplacer(`"`, "”", "<", "‹", ">", "›", "`", "‘")

// TestMermaidCarriesTexts has the real Mermaid draw names that it would act on if it took them for its own language, and every
// kind of element in every kind of view, and looks for the texts in what it drew.
func TestMermaidCarriesTexts(t *testing.T) {
	script := installed(t, "mermaid/dist/mermaid.min.js")
	mux := http.NewServeMux()
	mux.HandleFunc("/mermaid.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><link rel="icon" href="data:,"><body><script src="mermaid.js"></script><script>mermaid.initialize({startOnLoad: false, securityLevel: 'strict', maxTextSize: 1000000});</script>`))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	b := newTab(t, 1400, 1000)
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(server.URL)))
	b.until(`window.mermaid`)
	for _, m := range []*c4.Model{trapped(), kinds()} {
		for i := range m.Views {
			v := &m.Views[i]
			text, err := mermaid.Render(m, v)
			if err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`mermaid.render('d`+number(i)+`', `+quoted(string(text))+`).then((r) => {
				document.body.innerHTML = r.svg; return [...document.querySelectorAll('svg text')].map((t) => t.textContent).join('\n'); }, (e) => 'FAILED ' + e)`, chromedp.EvalAwaitPromise))
			if err != nil || strings.HasPrefix(got, "FAILED") {
				t.Errorf("%s: %v %s", v.Key, err, got)
				continue
			}
			b.shot("mermaid-" + v.Key)
			says(t, looking(m), seen(v), bare(got))
		}
	}
	if eval[bool](b, `'owned' in window`) {
		t.Error("a name ran as a script")
	}
}

// looking is m with the texts that Mermaid is given in place of those that it cannot carry.
func looking(m *c4.Model) *c4.Model {
	out := &c4.Model{}
	for _, e := range m.Elements {
		e.Name, e.Description = mermaidLooks.Replace(e.Name), mermaidLooks.Replace(e.Description)
		if strings.TrimSpace(e.Name) == "" {
			e.Name = e.ID
		}
		out.Elements = append(out.Elements, e)
	}
	return out
}

// seen is v without the lines that end at a boundary, which Mermaid cannot draw.
func seen(v *c4.View) *c4.View {
	out := *v
	boundary := map[string]bool{}
	for _, n := range v.Nodes {
		boundary[n.Parent] = true
	}
	out.Lines = nil
	for _, l := range v.Lines {
		if !boundary[l.Source] && !boundary[l.Target] {
			l.Description, l.Technology = mermaidLooks.Replace(l.Description), mermaidLooks.Replace(l.Technology)
			out.Lines = append(out.Lines, l)
		}
	}
	return &out
}
