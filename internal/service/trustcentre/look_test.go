package trustcentre_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/content/register"
	"c4arch/internal/content/statement"
	"c4arch/internal/service/trustcentre"
	"c4arch/internal/trust/clock"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// reported is a catalogue of one check, and where it stands with a run.
func reported(t *testing.T, outcome control.Outcome, at time.Time) *control.Report {
	t.Helper()
	reg, err := register.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	x := control.Check{ID: "row-security", Title: "rows", Controls: []string{"ARC-TEN-01"}, Clauses: []string{"SE-3.5", "SE-4.4"}, Fresh: 3 * time.Hour, Mutation: "TestRowSecurityFails"}
	c, err := control.New(reg, []control.Check{x})
	if err != nil {
		t.Fatal(err)
	}
	run := control.Run{ID: "rn_1", Check: x.ID, Controls: x.Controls, Clauses: x.Clauses, At: at, Outcome: outcome, Observations: []control.Observation{{Subject: "a table", Outcome: outcome, Detail: "looked at"}}}
	return c.Report(map[string]control.Run{x.ID: run}, now)
}

func sentences() []statement.Statement {
	day := now.Truncate(24 * time.Hour)
	return []statement.Statement{
		{ID: "S-ISO-1", Subject: statement.Isolation, Text: "Rows are kept apart, \"always\".", Clauses: []string{"SE-3.5"}, Checks: []string{"row-security"}, Changed: day},
		{ID: "S-ISO-2", Subject: statement.Isolation, Text: "Logs are kept apart.", Clauses: []string{"MSP-SOC-7"}, Checks: []string{}, Changed: day},
	}
}

// A statement stands as its check: it holds, fails, is stale after its time, and says not yet where nothing looks.
func TestStandings(t *testing.T) {
	for _, x := range []struct {
		outcome control.Outcome
		at      time.Time
		want    control.State
	}{
		{control.Pass, now.Add(-time.Hour), control.Holds},
		{control.Pass, now.Add(-181 * time.Minute), control.Stale},
		{control.Fail, now.Add(-time.Minute), control.Failing},
		{control.Unknown, now, control.Unsure},
		{control.Empty, now, control.NotExercised},
	} {
		p := trustcentre.Evaluate(sentences(), reported(t, x.outcome, x.at))
		if p.All[0].State != x.want || !p.All[0].AsOf.Equal(x.at) || !p.Newest.Equal(x.at) {
			t.Errorf("%s of %s: %+v", x.outcome, x.at, p.All[0])
		}
		if p.All[1].State != control.NotYet || !p.All[1].AsOf.IsZero() {
			t.Errorf("nothing looks at it, and it is %q", p.All[1].State)
		}
	}
	unknown := sentences()
	unknown[0].Checks = []string{"no-such-check"}
	if p := trustcentre.Evaluate(unknown, reported(t, control.Pass, now)); p.All[0].State != control.NotYet {
		t.Errorf("a check that is not there: %q", p.All[0].State)
	}
	// A control of its clauses that fails takes a statement down, even where the check that it names passes.
	r := reported(t, control.Pass, now)
	for i := range r.Controls {
		if r.Controls[i].ID == "ARC-TEN-01" {
			r.Controls[i].State = control.Failing
		}
	}
	if p := trustcentre.Evaluate(sentences(), r); p.All[0].State != control.Failing {
		t.Errorf("its control fails, and it is %q", p.All[0].State)
	}
}

func word(s control.State) string { return strings.ToUpper(string(s)) }

// drawn is a page as the public one is built.
func drawn(p *trustcentre.Page) trustcentre.Seen {
	text := p.Changed.Format(time.DateOnly)
	for _, x := range p.All {
		text += fmt.Sprintf(`<li class="said-so" id="%s"><span>%s</span><p>%s</p></li>`, x.ID, word(x.State), strings.ReplaceAll(x.Text, `"`, "&#34;"))
	}
	return trustcentre.Seen{Status: 200, HTML: text, Page: *p, Word: word}
}

func TestStatementsLook(t *testing.T) {
	good := reported(t, control.Pass, now.Add(-time.Minute))
	look := func(r *control.Report, change func(*trustcentre.Seen)) []control.Observation {
		s := drawn(trustcentre.Evaluate(sentences(), good))
		s.Page.All = slices.Clone(s.Page.All)
		change(&s)
		return trustcentre.LookStatements(sentences(), r, s, now)
	}
	if seen := look(good, func(*trustcentre.Seen) {}); control.Worst(seen) != control.Pass || len(seen) != 2 {
		t.Fatalf("as it is: %+v", seen)
	}
	for says, x := range map[string]struct {
		report *control.Report
		change func(*trustcentre.Seen)
	}{
		`the check row-security says "failing"`: {reported(t, control.Fail, now), func(*trustcentre.Seen) {}},
		`the check row-security says "stale"`:   {reported(t, control.Pass, now.Add(-4*time.Hour)), func(*trustcentre.Seen) {}},
		"not on the page":                       {good, func(s *trustcentre.Seen) { s.Page.All = s.Page.All[1:] }},
		"its words are not":                     {good, func(s *trustcentre.Seen) { s.HTML = strings.Replace(s.HTML, "Logs are", "Logs were", 1) }},
		"does not say how":                      {good, func(s *trustcentre.Seen) { s.HTML = strings.Replace(s.HTML, "HOLDS", "NOT YET", 1) }},
		"it has no time":                        {good, func(s *trustcentre.Seen) { s.Page.All[0].AsOf = time.Time{} }},
		"nothing looks at it": {good, func(s *trustcentre.Seen) {
			s.Page.All[1].State, s.Page.All[1].AsOf = control.Partly, now
			s.HTML = strings.Replace(s.HTML, "NOT YET", "PARTLY", 1)
		}},
		"put together at":    {good, func(s *trustcentre.Seen) { s.Page.At = now.Add(-2 * time.Hour) }},
		"it answers 500":     {good, func(s *trustcentre.Seen) { s.Status = 500 }},
		"words changed last": {good, func(s *trustcentre.Seen) { s.Page.Changed = time.Time{} }},
	} {
		seen := look(x.report, x.change)
		if control.Worst(seen) != control.Fail || !strings.Contains(fmt.Sprint(seen), says) {
			t.Errorf("%s: %+v", says, seen)
		}
	}
}

const origin = "https://arch.contoso.example"

func TestSecurityLook(t *testing.T) {
	good := "Contact: mailto:security@contoso.example\nContact: " + origin + "/trust/contact\nExpires: 2027-01-22T00:00:00Z\nPreferred-Languages: en\nCanonical: " + origin + "/.well-known/security.txt\nPolicy: " + origin + "/legal/vdp\n"
	if o := trustcentre.LookSecurityText([]byte(good), origin, now, now); o.Outcome != control.Pass {
		t.Fatalf("as it is: %+v", o)
	}
	for says, x := range map[string]struct {
		from, to string
		signed   time.Time
	}{
		"it has ended":       {"2027-01-22", "2026-11-22", now},
		"a year or later":    {"2027-01-22", "2027-11-24", now},
		"no contact, or one": {"Contact: mailto:", "Contact: tel:", now},
		"its own address":    {"Canonical: https://arch", "Canonical: https://other", now},
		"no policy":          {"Policy: ", "Hiring: ", now},
		"names no end":       {"Expires: ", "Acknowledgments: ", now},
		"at another time":    {"", "", now.Add(-25 * time.Hour)},
		"is no field":        {"Policy: ", "Policy ", now},
	} {
		o := trustcentre.LookSecurityText([]byte(strings.Replace(good, x.from, x.to, 1)), origin, x.signed, now)
		if o.Outcome != control.Fail || !strings.Contains(o.Detail, says) {
			t.Errorf("%s: %+v", says, o)
		}
	}
}

func TestBadgesLook(t *testing.T) {
	c := trustcentre.Certificate{ID: "ce_1", Name: "A", Issuer: "B", Scope: "C", From: now.Add(-time.Hour), To: now.Add(time.Hour), Digest: canon.Sum([]byte("x"))}
	page := `<section id="ce_1"><code>` + string(c.Digest) + `</code></section>`
	if seen := trustcentre.LookBadges([]trustcentre.Certificate{c}, page, now); control.Worst(seen) != control.Pass {
		t.Fatalf("as it is: %+v", seen)
	}
	if seen := trustcentre.LookBadges(nil, "", now); control.Worst(seen) != control.Empty {
		t.Errorf("there is none: %+v", seen)
	}
	for says, x := range map[string]struct {
		list []trustcentre.Certificate
		page string
		at   time.Time
	}{
		"no record of it":    {nil, page, now},
		"is not valid":       {[]trustcentre.Certificate{c}, page, now.Add(2 * time.Hour)},
		"it is not shown":    {[]trustcentre.Certificate{c}, "", now},
		"without the digest": {[]trustcentre.Certificate{c}, `<section id="ce_1">`, now},
	} {
		if seen := trustcentre.LookBadges(x.list, x.page, x.at); control.Worst(seen) != control.Fail || !strings.Contains(fmt.Sprint(seen), says) {
			t.Errorf("%s: %+v", says, seen)
		}
	}
}

func TestRequestsLook(t *testing.T) {
	calendar := clock.Calendar{Zone: time.UTC, Holidays: clock.Belgium}
	r := trustcentre.Request{ID: "tr_1", Received: now, AckDue: calendar.WorkingDays(now, 1), Due: calendar.WorkingDays(now, 5)}
	look := func(at time.Time, change func(*trustcentre.Request)) []control.Observation {
		x := r
		change(&x)
		return trustcentre.LookRequests([]trustcentre.Request{x}, calendar, at)
	}
	same := func(*trustcentre.Request) {}
	if seen := look(now, same); control.Worst(seen) != control.Pass {
		t.Fatalf("as it is: %+v", seen)
	}
	if seen := trustcentre.LookRequests(nil, calendar, now); control.Worst(seen) != control.Empty {
		t.Errorf("there is none: %+v", seen)
	}
	for says, seen := range map[string][]control.Observation{
		"not one and five":            look(now, func(r *trustcentre.Request) { r.Due = time.Time{} }),
		"not one and five working":    look(now, func(r *trustcentre.Request) { r.AckDue = r.AckDue.Add(time.Hour) }),
		"acknowledged it in time":     look(now.Add(25*time.Hour), same),
		"nobody has answered it in t": look(now.AddDate(0, 0, 8), func(r *trustcentre.Request) { r.Acked = now }),
	} {
		if control.Worst(seen) != control.Fail || !strings.Contains(fmt.Sprint(seen), says) {
			t.Errorf("%s: %+v", says, seen)
		}
	}
}

// A change of a bit, a cut, and the key of another log: what is no pack of ours is refused. Packs that were made are looked at in the test of the whole service.
func TestPacksLook(t *testing.T) {
	signer, err := ledger.NewSigner("arch.contoso.example/audit/"+string(id.Platform), bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := ledger.WritePack(&b, []ledger.PackFile{{Name: ledger.PackManifest, Data: []byte(`{"format":"c4arch-trust-pack/1","id":"tp_1"}`)}, {Name: ledger.PackLedger}, {Name: ledger.TrustReport}, {Name: ledger.PackStatement}}); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "no proofs": b.Bytes(), "cut": b.Bytes()[:b.Len()-1]} {
		if o := trustcentre.LookPack("og_x", trustcentre.Pack{ID: "tp_1"}, data, signer.Key()); o.Outcome != control.Fail || o.Detail == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func FuzzSecurityFields(f *testing.F) {
	f.Add([]byte("Contact: mailto:a@b.example\n# x\n\nExpires: 2027-01-22T00:00:00Z\r\n"))
	f.Add([]byte(": \n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		fields, err := trustcentre.SecurityFields(b)
		for name, values := range fields {
			if err == nil && (name == "" || slices.Contains(values, "")) {
				t.Errorf("%q %q", name, values)
			}
		}
	})
}

func TestMatrixLook(t *testing.T) {
	report := func(ids ...string) *control.Report {
		return &control.Report{Controls: []control.ControlState{
			{Control: control.Control{ID: "ARC-TEN-01", Frameworks: map[string][]string{"soc2": {"CC6.1", "C1.1"}}}},
			{Control: control.Control{ID: "ARC-TEN-02", Frameworks: map[string][]string{"soc2": ids}}},
		}}
	}
	good := report("CC6.1")
	csvOf := func(m *trustcentre.Matrix) string {
		b, err := m.CSV()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	as := func(r *control.Report) *trustcentre.Matrix { return trustcentre.MatrixOf(r) }
	if seen := trustcentre.LookMatrix(good, as(good), []byte(csvOf(as(good)))); control.Worst(seen) != control.Pass || len(seen) != 1 {
		t.Fatalf("as it is: %+v", seen)
	}
	if seen := trustcentre.LookMatrix(&control.Report{}, &trustcentre.Matrix{}, []byte(csvOf(&trustcentre.Matrix{}))); len(seen) > 0 {
		t.Errorf("over nothing: %+v", seen)
	}
	short := as(good)
	short.Rows = short.Rows[:1]
	for says, x := range map[string]struct {
		report *control.Report
		matrix *trustcentre.Matrix
		table  string
	}{
		"maps to no criterion":         {report(), as(report()), csvOf(as(report()))},
		"CC10.1 is no trust services":  {report("CC10.1"), as(report("CC10.1")), csvOf(as(report("CC10.1")))},
		"it is not in the matrix":      {good, short, csvOf(as(good))},
		"the matrix 1":                 {good, short, csvOf(as(good))},
		"the matrix maps it otherwise": {good, as(report("CC6.2")), csvOf(as(good))},
		"the table maps it otherwise":  {good, as(good), csvOf(as(report("CC6.2")))},
		"and the table 3 rows":         {good, as(good), csvOf(as(good)) + "ARC-TEN-03,,,,,,,,,,,,\r\n"},
		"it cannot be read":            {good, as(good), `"`},
	} {
		seen := trustcentre.LookMatrix(x.report, x.matrix, []byte(x.table))
		if control.Worst(seen) != control.Fail || !strings.Contains(fmt.Sprint(seen), says) {
			t.Errorf("%s: %+v", says, seen)
		}
	}
}
