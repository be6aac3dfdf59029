package severity

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
)

// packs are those whose examples these tests hold against the whole table; the others have tests of their own.
var packs = []string{"architecture.yaml", "aws.yaml", "compose.yaml", "google.yaml", "kubernetes.yaml", "zz-generic.yaml"}

// strict is the table that comes with the program, with every condition compiled.
func strict(t testing.TB) *Table {
	t.Helper()
	table, err := builtin(false)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestPacksCompile: what the program leaves for later is checked here.
func TestPacksCompile(t *testing.T) {
	table := strict(t)
	if len(table.rules) < 150 {
		t.Fatalf("only %d rules", len(table.rules))
	}
	if last := table.rules[len(table.rules)-1]; !strings.HasPrefix(last.Pack, "zz-") {
		t.Errorf("the last rule is %s of %s", last.ID, last.Pack)
	}
	lazy, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if lazy.Digest() != table.Digest() {
		t.Error("the table depends on when conditions are compiled")
	}
}

// TestEachRuleShowsWhatItIsFor: a rule without an example of its verdict is not known to work.
func TestEachRuleShowsWhatItIsFor(t *testing.T) {
	for _, r := range strict(t).rules {
		if !slices.Contains(packs, r.Pack) {
			continue
		}
		shows := slices.ContainsFunc(r.Examples, func(e Example) bool { return e.Want == string(Loosened) || e.Want == string(Neutral) })
		if !shows && r.Pack != "zz-generic.yaml" {
			t.Errorf("%s of %s has no example of a loosening or a neutral change", r.ID, r.Pack)
		}
		canLoosen := r.Weak+r.Strength+r.Loosened != ""
		if canLoosen && !slices.ContainsFunc(r.Examples, func(e Example) bool { return e.Want == string(Loosened) }) {
			t.Errorf("%s of %s can say loosened and shows none", r.ID, r.Pack)
		}
		if !strings.HasPrefix(r.Source, "https://") && !strings.HasPrefix(r.Source, "design of c4arch") {
			t.Errorf("%s of %s does not say where it comes from", r.ID, r.Pack)
		}
		if len(r.Controls) == 0 {
			t.Errorf("%s of %s names no control", r.ID, r.Pack)
		}
	}
}

// caseOf is an example as a case, or its reverse.
func caseOf(t *testing.T, e *Example, reverse bool) Case {
	t.Helper()
	was, is, err := e.values()
	if err != nil {
		t.Fatal(err)
	}
	if reverse {
		was, is = is, was
	}
	switch {
	case e.On.Element != "":
		return Case{Element: exampleElement(e, was, is, reverse)}
	case e.On.Relationship != "":
		return Case{Relationship: exampleRelationship(e, was, is, reverse)}
	case e.On.Exposure != "":
		return Case{Exposure: exampleExposure(e, was, is)}
	}
	c, err := e.change(was, is, reverse)
	if err != nil {
		t.Fatal(err)
	}
	return Case{Change: c}
}

// TestLooseningAndReverse asks the whole table: each loosening that a rule shows is found by that rule with its severity, or by one that is graver and
// speaks of the same place, and the reverse is an improvement of low severity, unless what is gone is more than a setting.
func TestLooseningAndReverse(t *testing.T) {
	table := strict(t)
	spoke := map[string]bool{}
	for _, r := range table.rules {
		if !slices.Contains(packs, r.Pack) {
			continue
		}
		for i := range r.Examples {
			e := &r.Examples[i]
			if e.Want != string(Loosened) {
				continue
			}
			vs, err := table.Judge(t.Context(), caseOf(t, e, false))
			if err != nil {
				t.Errorf("%s example %d: %v", r.ID, i+1, err)
			}
			at := slices.IndexFunc(vs, func(v Verdict) bool { return v.Rule.ID == r.ID })
			if at >= 0 {
				spoke[r.ID] = true
				if vs[at].Severity != r.Severity || vs[at].Direction != Loosened || vs[at].Reason != r.Reason {
					t.Errorf("%s example %d: %s %s", r.ID, i+1, vs[at].Severity, vs[at].Direction)
				}
			} else if !slices.ContainsFunc(vs, func(v Verdict) bool { return v.Direction == Loosened && v.Severity.AtLeast(r.Severity) }) {
				t.Errorf("%s example %d: the table says %v", r.ID, i+1, described(vs))
			}
			back, err := table.Judge(t.Context(), caseOf(t, e, true))
			if err != nil {
				t.Errorf("%s example %d reversed: %v", r.ID, i+1, err)
			}
			if slices.ContainsFunc(back, func(v Verdict) bool { return v.Direction == Loosened && !removal(v.Rule) }) {
				t.Errorf("%s example %d: the reverse is no improvement but %v", r.ID, i+1, described(back))
			}
			if at >= 0 && !improves(back, r) && !existence(back) && !asGrave(back, r) {
				t.Errorf("%s example %d: the reverse is no improvement but %v", r.ID, i+1, described(back))
			}
		}
		if r.Weak+r.Strength+r.Loosened != "" && !spoke[r.ID] {
			t.Errorf("no example of %s is its own finding in the whole table", r.ID)
		}
	}
}

func improves(vs []Verdict, r *compiled) bool {
	return slices.ContainsFunc(vs, func(v Verdict) bool {
		return v.Direction == Tightened && v.Severity == Low && v.Reason != r.Reason && v.Raised == ""
	})
}

// existence reports whether the reverse is that a whole thing came or went, which is said in other words.
func existence(back []Verdict) bool {
	return slices.ContainsFunc(back, func(v Verdict) bool {
		return v.Rule.ID == "RESOURCE-ADDED" || v.Rule.ID == "RESOURCE-REMOVED" || removal(v.Rule)
	})
}

// removal reports whether a rule speaks of what is gone, and of nothing else.
func removal(r *Rule) bool {
	return !slices.ContainsFunc(r.On, func(on On) bool { return !slices.Equal(on.Change, []diff.Kind{diff.Removed}) })
}

// asGrave reports whether a neutral change that matters as much took the place of the improvement: another image that is pinned.
func asGrave(back []Verdict, r *compiled) bool {
	return slices.ContainsFunc(back, func(v Verdict) bool {
		return v.Direction == Neutral && v.Rule.Severity.AtLeast(r.Severity) && strings.HasSuffix(v.Rule.ID, "-IMAGE")
	})
}

func described(vs []Verdict) []string {
	var out []string
	for _, v := range vs {
		out = append(out, v.Rule.ID+" "+string(v.Severity)+" "+string(v.Direction)+" "+cmp.Or(string(v.Path), "(whole)"))
	}
	return out
}
