package processing

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func agreement() Instruction {
	return Instruction{ID: "in_1", Source: Agreement, Title: "the agreement", Purposes: []Purpose{Provide, Notify}, State: InForce, From: noon.AddDate(0, -1, 0)}
}

func TestJudge(t *testing.T) {
	connection := Instruction{ID: "in_2", Source: Configuration, Reference: "cn_1", Narrow: true, Title: "read it", Purposes: []Purpose{Provide}, State: InForce, From: noon.AddDate(0, -1, 0)}
	change := func(i Instruction, fn func(*Instruction)) Instruction { fn(&i); return i }
	for name, c := range map[string]struct {
		all  []Instruction
		work Work
		on   string
		flag bool
	}{
		"the agreement covers what nothing else names": {[]Instruction{agreement()}, Work{Purpose: Provide}, "in_1", false},
		"nothing is given":                 {nil, Work{Purpose: Provide}, "", false},
		"another purpose":                  {[]Instruction{agreement()}, Work{Purpose: Improve}, "", false},
		"a connection rests on its own":    {[]Instruction{agreement(), connection}, Work{Purpose: Provide, Reference: "cn_1"}, "in_2", false},
		"and ends with it":                 {[]Instruction{agreement()}, Work{Purpose: Provide, Reference: "cn_1"}, "", false},
		"another connection":               {[]Instruction{agreement(), connection}, Work{Purpose: Provide, Reference: "cn_2"}, "", false},
		"withdrawn":                        {[]Instruction{change(agreement(), func(i *Instruction) { i.State = Withdrawn })}, Work{Purpose: Provide}, "", false},
		"over":                             {[]Instruction{change(agreement(), func(i *Instruction) { i.Until = noon })}, Work{Purpose: Provide}, "", false},
		"not yet":                          {[]Instruction{change(agreement(), func(i *Instruction) { i.From = noon.Add(1) })}, Work{Purpose: Provide}, "", false},
		"flagged":                          {[]Instruction{change(agreement(), func(i *Instruction) { i.Mark = Flagged })}, Work{Purpose: Provide}, "in_1", true},
		"held":                             {[]Instruction{change(agreement(), func(i *Instruction) { i.Mark, i.Reason = Held, "secret" })}, Work{Purpose: Provide}, "in_1", true},
		"one that is not flagged is found": {[]Instruction{change(agreement(), func(i *Instruction) { i.Mark = Flagged }), change(agreement(), func(i *Instruction) { i.ID = "in_3" })}, Work{Purpose: Provide}, "in_3", false},
	} {
		v := Judge(c.all, c.work, noon)
		if v.Instruction != c.on || v.Flagged != c.flag || (v.Hold == "") != (c.on != "" && !c.flag) || strings.Contains(v.Hold, "secret") {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestCovered(t *testing.T) {
	line := Transfer{ID: "tf_1", Country: "US", Recipient: "Fabrikam", Mechanism: ByClauses, Module: 2, Evidence: "signed", From: noon.AddDate(0, -1, 0), Until: noon.AddDate(1, 0, 0)}
	if err := line.Check(); err != nil {
		t.Fatal(err)
	}
	ended, late, british := line, line, line
	ended.Ended, late.Until = noon, noon
	british.Country, british.Mechanism, british.Module = "GB", ByDecision, 0
	after := british
	after.From, after.Until = time.Date(2031, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2032, 11, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		all     []Transfer
		region  string
		who     string
		allowed bool
	}{
		"inside":                           {nil, "BE", "Fabrikam", true},
		"the EEA":                          {nil, "EEA", "Fabrikam", true},
		"outside, with a line":             {[]Transfer{line}, "US", "fabrikam", true},
		"outside, without":                 {nil, "US", "Fabrikam", false},
		"of another recipient":             {[]Transfer{line}, "US", "Contoso", false},
		"of another country":               {[]Transfer{line}, "IN", "Fabrikam", false},
		"ended":                            {[]Transfer{ended}, "US", "Fabrikam", false},
		"run out":                          {[]Transfer{late}, "US", "Fabrikam", false},
		"a decision":                       {[]Transfer{british}, "GB", "Fabrikam", true},
		"no region":                        {[]Transfer{line}, "westeurope", "Fabrikam", false},
		"one that does not, one that does": {[]Transfer{ended, line}, "US", "Fabrikam", true},
	} {
		if why := Covered(c.all, c.region, c.who, noon); (why == "") != c.allowed {
			t.Errorf("%s: %q", name, why)
		}
	}
	for at, allowed := range map[time.Time]bool{time.Date(2031, 12, 26, 0, 0, 0, 0, time.UTC): true, time.Date(2031, 12, 27, 0, 0, 0, 0, time.UTC): false} {
		if why := Covered([]Transfer{after}, "GB", "Fabrikam", at); (why == "") != allowed {
			t.Errorf("with a decision until 27 December 2031, on %s: %q", at, why)
		}
	}
}

func TestTransferCheck(t *testing.T) {
	good := Transfer{Country: "US", Recipient: "Fabrikam", Mechanism: ByClauses, Module: 2, Evidence: "signed", From: noon, Until: noon.AddDate(1, 0, 0)}
	for name, fn := range map[string]func(*Transfer){
		"inside":        func(x *Transfer) { x.Country = "BE" },
		"no country":    func(x *Transfer) { x.Country = "usa" },
		"no recipient":  func(x *Transfer) { x.Recipient = " " },
		"no evidence":   func(x *Transfer) { x.Evidence = "" },
		"module 5":      func(x *Transfer) { x.Module = 5 },
		"for ever":      func(x *Transfer) { x.Until = noon.AddDate(9, 0, 0) },
		"UK for the US": func(x *Transfer) { x.Mechanism, x.Module = ByUK, 0 },
		"no decision":   func(x *Transfer) { x.Country, x.Mechanism, x.Module = "IN", ByDecision, 0 },
	} {
		x := good
		if fn(&x); x.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestResident(t *testing.T) {
	for _, c := range []struct {
		allowed []string
		region  string
		in      bool
	}{{nil, "US", true}, {[]string{"EU"}, "BE", true}, {[]string{"EU"}, "NO", false}, {[]string{"EEA"}, "NO", true}, {[]string{"BE"}, "DE", false}, {[]string{"EEA"}, "US", false}} {
		if (Resident(c.allowed, c.region) == "") != c.in {
			t.Errorf("%v %s", c.allowed, c.region)
		}
	}
}

// TestRecordWhole sees that each column of a map is in one line, and that what the platform keeps for itself has a ground and an end.
func TestRecordWhole(t *testing.T) {
	var all []Datum
	for _, class := range []string{"infrastructure-metadata", "architecture-evidence", "billing", "identity", "support", "customer-controlled-content"} {
		for _, role := range []string{"processor", "controller", "none"} {
			all = append(all, Datum{Table: "t_" + class, Column: role, Class: class, Role: role, Personal: role != "none"})
		}
	}
	sum := 0
	for _, l := range Lines(all) {
		sum += l.Columns
		if !slices.Contains(Categories(), l.Category) || l.Role == "controller" && (l.Basis == "" || l.Expiry == "") {
			t.Errorf("%+v", l)
		}
	}
	if sum != len(all) || len(Places()) != 10 || len(Operations()) != 12 {
		t.Errorf("%d of %d columns, %d places, %d operations", sum, len(all), len(Places()), len(Operations()))
	}
}

func TestAnnexes(t *testing.T) {
	r := Record{Name: "Contoso", Lines: Lines([]Datum{{"member", "name", "identity", true, "controller"}}), Places: Places(), Own: Own{Sensitive: "a | b\n# c"}}
	a := AnnexA(r)
	for _, p := range Places() {
		if !strings.Contains(a, "- "+p.Name) {
			t.Errorf("annex A does not name %s", p.Name)
		}
	}
	if strings.Contains(a, "\n# c") || a != AnnexA(r) {
		t.Error("what somebody wrote made a heading, or the text is not the same twice")
	}
	r.Own.Sensitive = ""
	if changes := Diff(a, AnnexA(r)); len(changes) != 2 || changes[0].Added || !changes[1].Added {
		t.Errorf("%+v", changes)
	}
	if b := AnnexB([]Baseline{{Clause: "DPA-B.1", Words: "isolation", Controls: []string{"ARC-TEN-01"}}}, []Measure{{Control: "ARC-TEN-01", Words: "rows"}}); !strings.Contains(b, "No check looks") {
		t.Error("a measure that nothing checks does not say so")
	}
}

func TestActivities(t *testing.T) {
	for what, table := range tables() {
		if len(table) < 10 {
			t.Errorf("%s: %d lines", what, len(table))
		}
		for kind, a := range table {
			if !slices.Contains(Purposes(), a.Purpose) || a.Purpose == Improve || !slices.Contains(Operations(), a.Operation) {
				t.Errorf("%s %s: %+v", what, kind, a)
			}
		}
	}
	if _, known := OfJob("nobody.knows"); known {
		t.Error("a kind that nobody knows has a purpose")
	}
}
