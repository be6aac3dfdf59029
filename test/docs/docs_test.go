package docs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func page(t *testing.T, at string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", at))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWhatIsNamedIsThere reads the pages on security.
func TestWhatIsNamedIsThere(t *testing.T) {
	tree := &Tree{Root: "../.."}
	for _, at := range []string{"docs/threats.md", "docs/asvs.md", "docs/security.md"} {
		text := page(t, at)
		for _, f := range tree.Named(at, text) {
			t.Error(f)
		}
		if n := len(references(text)); n < 10 {
			t.Errorf("%s names %d things", at, n)
		}
	}
}

// TestChecklist holds docs/asvs.md to the list of the standard's numbers.
func TestChecklist(t *testing.T) {
	list, err := os.ReadFile("testdata/asvs-5.0.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	required, err := Required(string(list))
	if err != nil {
		t.Fatal(err)
	}
	if len(required) != 70+183 {
		t.Errorf("%d requirements of levels 1 and 2", len(required))
	}
	text := page(t, "docs/asvs.md")
	for _, f := range Checklist(text, required) {
		t.Error(f)
	}
	count := map[string]int{}
	for _, row := range cells(text, rowID) {
		count[row[2]]++
	}
	t.Logf("of %d: %v", len(required), count)
}

func TestThreats(t *testing.T) {
	for _, f := range Threats(page(t, "docs/threats.md")) {
		t.Error(f)
	}
}

// TestMistakesAreFound plants one of each.
func TestMistakesAreFound(t *testing.T) {
	tree := &Tree{Root: "../.."}
	for text, want := range map[string]string{
		"`internal/nothing.go`":                       "no such file",
		"`test/docs.TestThatIsNone`":                  "no such test",
		"`internal/nowhere.TestThreats`":              "no such test",
		"[a page](nothing.md#there)":                  "links to nothing.md",
		"`test/docs.TestThreats` and `docs/api.md`":   "",
		"`c4arch doctor`, `Test/x` and [x](#here)":    "",
		"[the standard](https://example.org/none.md)": "",
	} {
		got := strings.Join(tree.Named("docs/x.md", text), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", text, got)
		}
	}
	good := "| 1.1.1 | a | holds | `docs/api.md` |\n| 1.1.2 | b | not held | missing: all of it |\n"
	required := []string{"1.1.1", "1.1.2"}
	for text, want := range map[string]string{
		good: "",
		good + "| 1.1.1 | a | holds | `docs/api.md` |\n":   "1.1.1 is there 2 times",
		good + "| 1.1.3 | c | not applicable | none |\n":   "1.1.3 is no requirement",
		strings.Replace(good, "not held", "", 1):           `1.1.2 has the state ""`,
		strings.Replace(good, "missing: ", "", 1):          "what is missing is not said",
		strings.Replace(good, "`docs/api.md`", "words", 1): "nothing shows it",
		strings.Replace(good, "| a |", "|  |", 1):          "an empty cell",
		strings.Replace(good, "| a |", "| a | b |", 1):     "has 5 cells",
		"| 1.1.1 | a | holds | `docs/api.md` |\n":          "1.1.2 is there 0 times",
	} {
		got := strings.Join(Checklist(text, required), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", text, got)
		}
	}
	all := ""
	for _, k := range "STRIDE" {
		all += "| " + string(k) + "1 | a | b | `test/docs.TestThreats` |\n"
	}
	for text, want := range map[string]string{
		all:                                      "",
		all + "| S1 | a | b | nothing: yet |\n":  "S1 is there twice",
		all + "| S2 | a | b | `docs/api.md` |\n": "S2 names no test",
		all + "| S2 | a | nothing: yet |\n":      "S2 has 3 cells",
		all + "| S2 | a | b | nothing: yet |\n":  "",
		strings.ReplaceAll(all, "| E1", "| D2"):  "no threat of E",
	} {
		got := strings.Join(Threats(text), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", text, got)
		}
	}
	if _, err := Required("1.1: 4\n"); err == nil {
		t.Error("a level that is none")
	}
	if ids, err := Required("# x\n1.1: 1 3 2\n"); err != nil || !slices.Equal(ids, []string{"1.1.1", "1.1.3"}) {
		t.Errorf("%v %v", ids, err)
	}
}
