package engagement

import (
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func asked() Terms {
	return Terms{Scope: "the annex", First: "2026-11-24", Last: "2026-11-30", Confidentiality: "as agreed", Security: "read only", Cost: "each its own"}
}

// All faults are told at once, each field by its name.
func TestFaults(t *testing.T) {
	if all := (Terms{}).Faults(noon); len(all) != 5 {
		t.Errorf("%d faults of five: %v", len(all), all)
	}
	for want, bad := range map[string]func(*Terms){
		"the scope": func(x *Terms) { x.Scope = " \n" }, "the timing": func(x *Terms) { x.First = "soon" }, "the confidentiality terms": func(x *Terms) { x.Confidentiality = "" },
		"the security conditions": func(x *Terms) { x.Security = strings.Repeat("x", MaxText+1) }, "the cost allocation": func(x *Terms) { x.Cost = "\x00" },
		"before the first": func(x *Terms) { x.Last = "2026-11-23" }, "over already": func(x *Terms) { x.First, x.Last = "2026-11-01", "2026-11-22" },
		"longer than a year": func(x *Terms) { x.Last = "2027-11-24" }, "two years": func(x *Terms) { x.First, x.Last = "2028-12-24", "2028-12-25" },
	} {
		x := asked()
		bad(&x)
		if all := x.Faults(noon); len(all) != 1 || !strings.Contains(all[0], want) {
			t.Errorf("%q: %v", want, all)
		}
	}
	if err := asked().Check(noon); err != nil {
		t.Error(err)
	}
}

// Both sides agree in turn to the same terms, and only then an auditor comes, from the first day to the last.
func TestSteps(t *testing.T) {
	e, err := Engagement{ID: "eg_1"}.Ask(asked(), "pn_1", noon)
	must(t, err)
	if _, err := e.Agree("pn_1", e.Digest, noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the organisation agreed before the platform: %v", err)
	}
	back, err := e.Return("the costs are not clear")
	must(t, err)
	if _, err := back.Offer("pn_9", back.Digest, noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the platform agreed to what it sent back: %v", err)
	}
	if _, err := e.Return(" "); fault.KindOf(err) != fault.Invalid {
		t.Errorf("sent back without a reason: %v", err)
	}
	if _, err := e.Offer("pn_9", "sha256:another", noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("other terms were agreed to: %v", err)
	}
	offered, err := e.Offer("pn_9", e.Digest, noon)
	must(t, err)
	other := asked()
	other.Cost = "the platform pays"
	if again, err := offered.Ask(other, "pn_1", noon); err != nil || again.State != Asked || again.Platform.Person != "" {
		t.Errorf("the platform's consent outlives a change: %+v %v", again, err)
	}
	agreed, err := offered.Agree("pn_1", e.Digest, noon)
	must(t, err)
	if _, err := agreed.Ask(other, "pn_1", noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what was agreed is changed: %v", err)
	}
	if _, err := agreed.Withdraw(noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what was agreed is withdrawn: %v", err)
	}
	auditors(t, offered, agreed)
}

func auditors(t *testing.T, offered, agreed Engagement) {
	first, end := agreed.Begins(), agreed.Ends()
	for name, x := range map[string]struct {
		e  Engagement
		at time.Time
	}{"not agreed": {offered, first}, "too early": {agreed, first.Add(-time.Microsecond)}, "too late": {agreed, end}} {
		if _, err := x.e.Issue("pn_2", "pn_1", x.at); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: an auditor came: %v", name, err)
		}
	}
	e, err := agreed.Issue("pn_2", "pn_1", first)
	must(t, err)
	if e, err = e.Issue("pn_2", "pn_1", end.Add(-time.Microsecond)); err != nil || len(e.Auditors) != 1 || !e.Auditors[0].Until.Equal(end) {
		t.Errorf("%+v %v", e.Auditors, err)
	}
	if len(agreed.Auditors) != 0 {
		t.Error("the engagement before has the auditor too")
	}
	over, err := e.End("it is done", first)
	must(t, err)
	if over.Open(first) || over.InForce(first) || !e.InForce(first) || e.Open(end) {
		t.Error("what has ended stands, or what stands has ended")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
