package arm

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

var update = flag.Bool("update", false, "write the golden files again")

// render writes everything that a reading gave, one fact a line.
func render(s *sourcetest.Sink) string {
	var b strings.Builder
	for i := range s.Drafts {
		renderDraft(&b, &s.Drafts[i])
	}
	for _, n := range s.Missing {
		fmt.Fprintf(&b, "NOT READ %s %s:%d %s x%d\n  %s\n  %s\n", n.Kind, n.Input, n.Line, n.Thing, n.Count, n.Reason, n.Help)
	}
	for _, o := range s.Others {
		fmt.Fprintf(&b, "USED %s\n", o)
	}
	for _, p := range s.Parts {
		fmt.Fprintf(&b, "PART %s\n", p)
	}
	return b.String()
}

func renderDraft(b *strings.Builder, d *evidence.Draft) {
	fmt.Fprintf(b, "%s\n  %s %q in %q at %q tags %v\n  %s %s %s:%d %s %s%s\n", d.ID, d.Type, d.Name, d.Scope, d.Location, d.Tags,
		d.Form, d.Side, d.Origin.Input, d.Origin.Line, d.Origin.Path, d.Origin.Address, d.Origin.Root)
	for p, v := range d.Props.Leaves() {
		text := fmt.Sprintf("%q", v.Text)
		if v.Text == "" {
			text = v.Kind.String()
		}
		fmt.Fprintf(b, "    %s = %s @%d:%d\n", p, text, v.Line, v.Column)
	}
	for _, x := range d.Expressions {
		fmt.Fprintf(b, "    [%s] %s %s\n", x.Path, x.Text, x.Unresolved)
	}
	for _, p := range d.Sensitive {
		fmt.Fprintf(b, "    secret %s\n", p)
	}
}

// TestGolden: each folder of testdata is one template with what lies beside it, and want.txt is all that is read
// from it. A person looks at each changed line.
func TestGolden(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/main.json")
	if err != nil || len(dirs) < 10 {
		t.Fatalf("%d folders, %v", len(dirs), err)
	}
	for _, main := range dirs {
		dir := filepath.Dir(main)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			fsys := os.DirFS(dir)
			s := sourcetest.Read(t, Templates(), sourcetest.File(t, fsys, "main.json"))
			checkDrafts(t, s)
			if strings.Contains(fmt.Sprint(s.Missing), "hunter") {
				t.Errorf("a secret is told: %+v", s.Missing)
			}
			got := render(s)
			want, err := os.ReadFile(filepath.Join(dir, "want.txt"))
			if *update {
				if err := os.WriteFile(filepath.Join(dir, "want.txt"), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("not as in %s/want.txt (write it again with -update and look at it):\n%s", dir, firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := 0; i < len(g) && i < len(w); i++ {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// checkDrafts holds what is true of every draft.
func checkDrafts(t testing.TB, s *sourcetest.Sink) {
	t.Helper()
	for i := range s.Drafts {
		d := &s.Drafts[i]
		if d.ID != evidence.NormalizeARM(d.ID) || d.Type == "" || d.Name == "" || d.Provider != "azure" || d.Form != evidence.ARM || d.Side != evidence.Declared || d.Origin.Line < 1 {
			t.Errorf("a draft lacks what it is known by: %+v", d)
		}
		if arm, ok := evidence.ParseARM(d.ID); !ok || arm.Scope() != d.Scope || arm.Type != d.Type {
			t.Errorf("%s is no id of type %s in %s", d.ID, d.Type, d.Scope)
		}
		for p, v := range d.Props.Leaves() {
			if v.Line < 1 || d.Props.At(p) != v {
				t.Errorf("%s: %s stands on no line", d.ID, p)
			}
		}
		for _, x := range d.Expressions {
			if d.Props.At(x.Path) == nil {
				t.Errorf("%s: an expression at %s, where nothing is", d.ID, x.Path)
			}
		}
		for _, p := range d.Sensitive {
			if d.Props.At(p) == nil {
				t.Errorf("%s: a secret at %s, where nothing is", d.ID, p)
			}
		}
	}
	for _, n := range s.Missing {
		if n.Reason == "" || n.Help == "" || n.Kind == "" {
			t.Errorf("not read: %+v", n)
		}
	}
}
