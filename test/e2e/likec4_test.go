//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/internal/render/likec4"
	"c4arch/internal/render/rendertest"
)

// likec4Model is what LikeC4 makes of a file.
type likec4Model struct {
	Elements map[string]struct {
		Kind, Title, Technology string
		Description             json.RawMessage
		Metadata                map[string]any
		Tags                    []string
	}
	Relations map[string]struct {
		Title, Kind, Technology string
		Source, Target          struct{ Model string }
		Metadata                map[string]any
	}
	Deployments struct {
		Elements map[string]struct{ Kind, Title, Element string }
	}
	Views map[string]struct {
		Title string
		Nodes []struct{ ID, Title string }
		Edges []struct{ ID, Source, Target string }
	}
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// throughLikeC4 has the real LikeC4 validate a file and say what it read.
func throughLikeC4(t *testing.T, text []byte) likec4Model {
	t.Helper()
	tool := installed(t, "likec4/bin/likec4.mjs")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "model.c4"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	// What follows the words of the tool is its log; it says nothing of errors but on the lines that have ERROR.
	out, err := exec.Command("node", tool, "validate", "--no-layout", dir).CombinedOutput()
	said := colours.ReplaceAllString(string(out), "")
	if err != nil || strings.Contains(said, "ERROR") {
		t.Fatalf("%v: %s", err, said[:min(len(said), 3000)])
	}
	exported := filepath.Join(dir, "out.json")
	if out, err := exec.Command("node", tool, "export", "json", "--skip-layout", "-o", exported, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	var m likec4Model
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLikeC4Reads has the real LikeC4 read a file, and compares what it read with the model.
func TestLikeC4Reads(t *testing.T) {
	every := kinds()
	every.Views = slices.DeleteFunc(every.Views, func(v c4.View) bool { return v.Kind == c4.Deployment }) // nothing runs anywhere in it
	for name, m := range map[string]*c4.Model{"contoso": rendertest.Contoso(), "hostile": rendertest.Hostile(), "traps": trapped(), "kinds": every, "large": rendertest.Large(200, 20), "shop": rendertest.Shop(), "empty": rendertest.Empty()} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := likec4.Write(&b, m); err != nil {
				t.Fatal(err)
			}
			got := throughLikeC4(t, b.Bytes())
			byID := map[string]string{} // title by id
			path := map[string]string{}
			for at, e := range got.Elements {
				id, _ := e.Metadata["id"].(string)
				byID[id], path[id] = e.Title, at
			}
			if len(got.Elements) != len(m.Elements) || len(byID) != len(m.Elements) {
				t.Errorf("%d elements with %d ids, want %d", len(got.Elements), len(byID), len(m.Elements))
			}
			for _, e := range m.Elements {
				if title, ok := byID[oneLine(e.ID)]; !ok || title != oneLine(nameOf(m, e.ID)) {
					t.Errorf("%q is called %q", e.Name, title)
				}
			}
			compareRelations(t, m, got, path)
			compareViews(t, m, got, path)
		})
	}
}

func compareRelations(t *testing.T, m *c4.Model, got likec4Model, path map[string]string) {
	t.Helper()
	want := map[string]c4.Relationship{}
	for _, r := range m.Relationships {
		s, d := path[oneLine(r.Source)], path[oneLine(r.Target)]
		if s != d && !strings.HasPrefix(s, d+".") && !strings.HasPrefix(d, s+".") {
			want[oneLine(r.ID)] = r
		}
	}
	if len(got.Relations) != len(want) {
		t.Errorf("%d relationships, want %d", len(got.Relations), len(want))
	}
	for _, r := range got.Relations {
		id, _ := r.Metadata["id"].(string)
		w, ok := want[id]
		if !ok || r.Title != oneLine(w.Description) || r.Technology != oneLine(w.Technology) || r.Kind != string(w.Confidence) ||
			r.Source.Model != path[oneLine(w.Source)] || r.Target.Model != path[oneLine(w.Target)] {
			t.Errorf("relationship %q is read as %+v", id, r)
		}
		if len(w.Evidence) > 0 && r.Metadata["evidence"] == nil {
			t.Errorf("relationship %q has lost its evidence", id)
		}
	}
}

func compareViews(t *testing.T, m *c4.Model, got likec4Model, path map[string]string) {
	t.Helper()
	own := 1 // LikeC4 makes an index where there is none
	for _, w := range m.Views {
		if w.Kind == c4.Landscape {
			own = 0
		}
	}
	if len(got.Views) != len(m.Views)+own {
		t.Errorf("%d views, want %d", len(got.Views), len(m.Views)+own)
	}
	byTitle := map[string]int{}
	for key, v := range got.Views {
		for _, w := range m.Views {
			if oneLine(w.Title) == v.Title && len(distinct(w)) == len(v.Nodes) {
				byTitle[w.Key]++
			}
		}
		if len(v.Nodes) == 0 && len(m.Views) > 0 {
			t.Errorf("view %s shows nothing", key)
		}
	}
	for _, w := range m.Views {
		if byTitle[w.Key] == 0 {
			t.Errorf("no view is %q with %d boxes", w.Title, len(distinct(w)))
		}
	}
}

// distinct are the boxes of a view in LikeC4, which shows an element once, and what runs in two places twice.
func distinct(v c4.View) map[string]bool {
	out := map[string]bool{}
	for _, n := range v.Nodes {
		if v.Kind == c4.Deployment {
			out[n.ID] = true
		} else {
			out[n.Element] = true
		}
	}
	return out
}
