package subprocessor

import (
	"testing"
	"time"

	"c4arch/internal/trust/control"
	pure "c4arch/internal/trust/subprocessor"
)

// TestChecksFail breaks what each check looks at, and sees it fail.
func TestChecksFail(t *testing.T) {
	at := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	e := pure.Entry{Name: "Contoso Mail", Hosts: []string{"smtp.contoso.example"}, Status: pure.Core, Evidence: "DPA-1", Contracted: at, Reviewer: "privacy officer", Since: at.AddDate(0, 0, 32), Change: "sb_1"}
	r := row{stage: "activated", noticed: at, closes: at.AddDate(0, 0, 31), settled: at.AddDate(0, 0, 32)}
	r.Change, r.Org = "sb_1", "og_1"
	r.Notice = pure.Notice{Stage: pure.Activated, Receipts: []pure.Receipt{{Channel: pure.InPortal, State: pure.Delivered, At: at}}}
	one := func() seen {
		return seen{list: pure.List{Entries: []pure.Entry{e}}, first: at, standings: []row{r}, reached: []reached{{"smtp.contoso.example", "mail", "og_1", at.AddDate(0, 0, 33)}}}
	}
	good := one()
	if control.Worst(good.compared()) != control.Pass || control.Worst(good.papers()) != control.Pass || good.standings[0].wrong() != "" || len(good.passed(&e)) != 0 {
		t.Fatal("what is right is said to be wrong")
	}
	s := one()
	s.reached[0].host = "smtp.stranger.example"
	if control.Worst(s.compared()) != control.Fail {
		t.Error("a stranger is not seen")
	}
	s = one()
	s.list.Entries[0].Evidence = ""
	if control.Worst(s.papers()) != control.Fail {
		t.Error("an entry without a contract is not seen")
	}
	for what, breaks := range map[string]func(*row){
		"a day early":       func(r *row) { r.settled = r.closes.AddDate(0, 0, -1) },
		"a short window":    func(r *row) { r.closes = r.noticed.AddDate(0, 0, 29) },
		"no delivery":       func(r *row) { r.Notice.Receipts = nil },
		"an open objection": func(r *row) { r.Notice.Objections = []pure.Objection{{At: at}} },
		"another stage":     func(r *row) { r.Notice.Stage = pure.Open },
	} {
		s := one()
		if breaks(&s.standings[0]); s.standings[0].wrong() == "" {
			t.Errorf("%s is not seen", what)
		}
	}
	s = one()
	s.standings[0].stage = "open"
	if len(s.passed(&e)) == 0 {
		t.Error("an organisation that was only told is served, and that is not seen")
	}
}
