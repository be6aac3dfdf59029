package derive

import (
	"fmt"
	"testing"

	"c4arch/internal/arch/evidence"
)

// TestMatchAgreesWithTheModel: what Match says comes to the numbers and the marks of the model.
func TestMatchAgreesWithTheModel(t *testing.T) {
	n := 0
	for _, f := range fixtures() {
		s := f.snapshot(t)
		m := derived(t, s, Options{Name: "test"})
		got, err := Match(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int]int{}
		var both, declared, live int
		unsure := map[string]string{}
		for _, x := range got.Things {
			for _, i := range x.Resources {
				seen[i]++
			}
			switch {
			case x.Data:
			case x.Declared && x.Live:
				both++
			case x.Declared:
				declared++
			case x.Live && x.InScope:
				live++
			}
			if x.Declared && x.Unsure != "" {
				unsure[x.ID] = x.Unsure
			}
		}
		for i := range s.Resources {
			if seen[i] != 1 {
				t.Errorf("%s %s: resource %s is of %d things", f.rule, f.name, s.Resources[i].ID, seen[i])
			}
		}
		if m.Code == nil {
			continue
		}
		n++
		if want := m.Code; both != want.Both || declared != want.DeclaredOnly || live != want.LiveOnly || len(unsure) != len(want.Unmatched) {
			t.Errorf("%s %s: %d, %d, %d and %v, the model has %+v", f.rule, f.name, both, declared, live, unsure, want)
		}
	}
	if n < 10 {
		t.Errorf("only %d fixtures hold code", n)
	}
}

// TestMatchSaysWhatIsMeant: of the estate of TestCodeMeetsCloud, thing by thing.
func TestMatchSaysWhatIsMeant(t *testing.T) {
	got, err := Match(t.Context(), codeFixtures[7].snapshot(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"shop": "declared live in scope", "plan": "declared live in scope", "net": "declared live in scope", "apps": "declared live listed in scope",
		"byhand": "live in scope", "elsewhere": "live", "new": "declared in scope", "kv-x7": "live in scope unsure 1", "kv-@(uniquestring)": "declared in scope unsure 0",
	}
	for _, x := range got.Things {
		says := ""
		for _, w := range []struct {
			yes  bool
			word string
		}{{x.Declared, "declared "}, {x.Live, "live "}, {x.Listed, "listed "}, {x.InScope, "in scope "}, {x.Unsure != "", fmt.Sprintf("unsure %d ", len(x.Candidates))}} {
			if w.yes {
				says += w.word
			}
		}
		a, _ := evidence.ParseARM(x.ID)
		if says != want[a.Name]+" " {
			t.Errorf("%s is %q, want %q", a.Name, says, want[a.Name])
		}
		delete(want, a.Name)
	}
	if len(want) > 0 {
		t.Errorf("%v are no things", want)
	}
}
