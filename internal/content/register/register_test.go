package register

import (
	"bytes"
	"strings"
	"testing"
)

func TestBuiltinIsWhole(t *testing.T) {
	r, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Clauses) != 285 || len(r.Controls) != 64 {
		t.Errorf("%d clauses and %d controls, not 285 and 64", len(r.Clauses), len(r.Controls))
	}
	kinds := map[string]int{}
	for _, c := range r.Clauses {
		kinds[c.Kind]++
	}
	if kinds["software"] != 195 || kinds["process-supported-by-software"] != 75 || kinds["legal-text"] != 15 {
		t.Errorf("kinds are %v", kinds)
	}
	c, ok := r.Control("ARC-TEN-01")
	if !ok || strings.Join(c.Clauses, " ") != "SE-3.5 SE-4.1 SE-4.4 DPA-B.1" || len(c.Frameworks["soc2"]) == 0 {
		t.Errorf("ARC-TEN-01 is %+v", c)
	}
	if c, ok := r.Clause("SE-3.5"); !ok || c.Section != "3 Identity and Access Control" {
		t.Errorf("SE-3.5 is %+v", c)
	}
	if _, ok := r.Clause("SE-99.9"); ok {
		t.Error("SE-99.9 was found")
	}
	if _, ok := r.Control("ARC-ZZZ-99"); ok {
		t.Error("ARC-ZZZ-99 was found")
	}
}

// Each line of text breaks one rule of the register and must be refused with words that say which.
func TestLoadRefuses(t *testing.T) {
	const (
		clauses  = "id,section,paraphrase,kind,behaviour,evidence\nSE-1.1,1,words,software,does,shows\n"
		controls = "id,domain,statement,clauses,soc2,iso27001,hipaa,nis2,dora,gdpr,nist80053,automated_check,id_verification\nARC-GOV-01,G,says,SE-1.1,CC1,,,,,,,looks,read\n"
		none     = "clause,control,reason\n"
	)
	if _, err := Load([]byte(clauses), []byte(controls), []byte(none)); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ clauses, controls, additions, want string }{
		{clauses + "SE-1.1,1,words,software,does,shows\n", controls, none, "clause SE-1.1 is there twice"},
		{clauses + "SE-1.2,1,words,software,does,shows\n", controls, none, "clause SE-1.2 has no control"},
		{clauses + "se-1.2,1,words,software,does,shows\n", controls, none, `"se-1.2" is no id of a clause`},
		{strings.Replace(clauses, ",software", ",prose", 1), controls, none, `kind "prose"`},
		{strings.Replace(clauses, ",words", ",", 1), controls, none, "lacks its section"},
		{strings.Replace(clauses, ",words", ", words", 1), controls, none, "line 2: paraphrase has spaces"},
		{strings.Replace(clauses, "section", "part", 1), controls, none, "other columns"},
		{clauses + "SE-1.2,short\n", controls, none, "wrong number of fields"},
		{clauses, strings.Replace(controls, "SE-1.1", "SE-1.1;SE-9.9", 1), none, `names clause "SE-9.9", which does not exist`},
		{clauses, strings.Replace(controls, "SE-1.1", "SE-1.1;SE-1.1", 1), none, "names clause SE-1.1 twice"},
		{clauses, strings.Replace(controls, "SE-1.1", "", 1), none, "bound to no clause"},
		{clauses, strings.Replace(controls, "CC1", "CC1;;CC2", 1), none, "empty id of soc2"},
		{clauses, controls + "ARC-GOV-01,G,says,SE-1.1,,,,,,,,looks,read\n", none, "control ARC-GOV-01 is there twice"},
		{clauses, controls + "GOV-1,G,says,SE-1.1,,,,,,,,looks,read\n", none, `"GOV-1" is no id`},
		{clauses, strings.Replace(controls, "looks", "", 1), none, "lacks its domain"},
		{clauses, controls, none + "SE-1.1,ARC-GOV-01,why\n", "has a control already"},
		{clauses, controls, none + "SE-1.1,ARC-GOV-09,why\n", `control "ARC-GOV-09", which does not exist`},
		{clauses, controls, none + "SE-7.7,ARC-GOV-01,why\n", `clause "SE-7.7", which does not exist`},
		{clauses + "SE-1.2,1,words,software,does,shows\n", controls, none + "SE-1.2,ARC-GOV-01,\n", "gives no reason"},
		{"", controls, none, "the table of clauses"},
		{strings.Repeat("x", maxBytes+1), controls, none, "larger than"},
	} {
		if _, err := Load([]byte(x.clauses), []byte(x.controls), []byte(x.additions)); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("got %v, want an error with %q", err, x.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(clausesCSV[:2000], controlsCSV[:1500], additionsCSV)
	f.Add([]byte("id\n"), []byte("\"\n"), []byte{})
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		r, err := Load(a, b, c)
		if err != nil {
			return
		}
		// What is accepted is whole, whoever wrote it.
		for _, x := range r.Clauses {
			if !bytes.Contains(a, []byte(x.ID)) {
				t.Errorf("clause %q was not written", x.ID)
			}
		}
		for _, x := range r.Controls {
			for _, id := range x.Clauses {
				if _, ok := r.Clause(id); !ok {
					t.Errorf("control %s names %q", x.ID, id)
				}
			}
		}
	})
}
