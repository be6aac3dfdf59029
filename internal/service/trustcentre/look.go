package trustcentre

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/content/statement"
	"c4arch/internal/trust/clock"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// Seen is what a stranger gets of the page of statements.
type Seen struct {
	Status int
	HTML   string
	Page   Page
	Word   func(control.State) string // that the page has for a state
}

// LookStatements holds what everybody gets to see against the statements and a report that was read apart from it. It trusts nothing that [Evaluate] says.
func LookStatements(all []statement.Statement, r *control.Report, seen Seen, now time.Time) (out []control.Observation) {
	fail := func(subject, format string, args ...any) {
		out = append(out, control.Observation{Subject: subject, Outcome: control.Fail, Detail: fmt.Sprintf(format, args...)})
	}
	if seen.Status != 200 {
		fail("page /trust", "it answers %d", seen.Status)
	}
	if age := now.Sub(seen.Page.At); age > time.Hour || age < -time.Minute {
		fail("page /trust", "it was put together at %s", stamp(seen.Page.At))
	}
	if seen.Page.Changed.IsZero() || !strings.Contains(seen.HTML, seen.Page.Changed.Format(time.DateOnly)) {
		fail("page /trust", "it does not say when its words changed last")
	}
	states := map[string]control.State{}
	for _, c := range r.Checks {
		states[c.Check.ID] = c.State
	}
	for _, s := range all {
		if why := said(s, states, seen); why != "" {
			fail("statement "+s.ID, "%s", why)
			continue
		}
		out = append(out, control.Observation{Subject: "statement " + s.ID, Outcome: control.Pass, Detail: "it stands on the page as its checks do"})
	}
	return out
}

// said says what is wrong with how a statement stands on the page.
func said(s statement.Statement, states map[string]control.State, seen Seen) string {
	i := slices.IndexFunc(seen.Page.All, func(x Standing) bool { return x.ID == s.ID })
	if i < 0 {
		return "it is not on the page"
	}
	x := seen.Page.All[i]
	_, part, there := strings.Cut(seen.HTML, ` id="`+s.ID+`"`)
	part, _, _ = strings.Cut(part, `class="said-so"`)
	good := x.State == control.Holds || x.State == control.Attested || x.State == control.Partly
	switch {
	case !there || !strings.Contains(html.UnescapeString(part), s.Text):
		return "its words are not on the page"
	case !strings.Contains(part, ">"+seen.Word(x.State)+"<"):
		return "the page does not say how it stands"
	case good && x.AsOf.IsZero():
		return "it has no time"
	case good && len(x.Checks) == 0 && x.Until.IsZero():
		return "nothing looks at it, and it does not say so"
	}
	for _, check := range s.Checks {
		state, known := states[check]
		if known && grave(x.State) < grave(state) || !known && good {
			return fmt.Sprintf("it says %q, and the check %s says %q", x.State, check, state)
		}
	}
	return ""
}

// grave is how bad a state is; the states in their order of [control.States].
func grave(s control.State) int { return slices.Index(control.States(), s) }

// LookSecurityText looks at the fields of a security.txt whose signature was verified (RFC 9116 section 2.5).
func LookSecurityText(text []byte, origin string, signed, now time.Time) control.Observation {
	o := control.Observation{Subject: SecurityPath, Outcome: control.Fail}
	f, err := SecurityFields(text)
	if err != nil {
		o.Detail = err.Error()
		return o
	}
	var ends time.Time
	if len(f["expires"]) == 1 {
		ends, _ = time.Parse(time.RFC3339, f["expires"][0])
	}
	secure := func(links []string) bool {
		return len(links) > 0 && !slices.ContainsFunc(links, func(l string) bool { return !strings.HasPrefix(l, "https://") && !strings.HasPrefix(l, "mailto:") })
	}
	switch {
	case !secure(f["contact"]):
		o.Detail = "it names no contact, or one that is neither mail nor HTTPS"
	case !ends.After(now):
		o.Detail = "it has ended, or names no end"
	case ends.Sub(now) >= 365*24*time.Hour:
		o.Detail = "it ends in a year or later"
	case !slices.Contains(f["canonical"], origin+SecurityPath):
		o.Detail = "it does not name its own address"
	case !secure(f["policy"]):
		o.Detail = "it names no policy"
	case now.Sub(signed) > 24*time.Hour || signed.Sub(now) > time.Minute:
		o.Detail = "it was signed at another time than now"
	default:
		o.Outcome, o.Detail = control.Pass, "it ends at "+stamp(ends)
	}
	return o
}

// LookBadges holds the certifications on the public page against their records.
func LookBadges(records []Certificate, page string, now time.Time) (out []control.Observation) {
	shown := map[string]bool{}
	for rest := page; ; {
		_, after, there := strings.Cut(rest, ` id="`+id.PrefixCertificate+"_")
		if !there {
			break
		}
		name, more, _ := strings.Cut(after, `"`)
		shown[id.PrefixCertificate+"_"+name], rest = true, more
	}
	for _, c := range records {
		o := control.Observation{Subject: "certification " + c.ID, Outcome: control.Pass, Detail: "it is shown as its record says"}
		valid := c.Withdrawn.IsZero() && !c.From.After(now) && c.To.After(now)
		switch {
		case shown[c.ID] && !valid:
			o.Outcome, o.Detail = control.Fail, "it is shown, and its record is not valid"
		case valid && !shown[c.ID]:
			o.Outcome, o.Detail = control.Fail, "its record is valid, and it is not shown"
		case !strings.Contains(html.UnescapeString(page), string(c.Digest)) && shown[c.ID]:
			o.Outcome, o.Detail = control.Fail, "it is shown without the digest of its document"
		}
		delete(shown, c.ID)
		out = append(out, o)
	}
	for name := range shown {
		out = append(out, control.Observation{Subject: "certification " + name, Outcome: control.Fail, Detail: "it is shown, and there is no record of it"})
	}
	return out
}

// LookRequests holds the due times of requests against the calendar, and says which are past.
func LookRequests(all []Request, c clock.Calendar, now time.Time) (out []control.Observation) {
	for _, r := range all {
		o := control.Observation{Subject: "request " + r.ID, Outcome: control.Pass, Detail: "its clocks are as the calendar has them"}
		switch {
		case !r.AckDue.Equal(c.WorkingDays(r.Received, 1)) || !r.Due.Equal(c.WorkingDays(r.Received, 5)):
			o.Outcome, o.Detail = control.Fail, "its due times are not one and five working days after it came"
		case r.Acked.IsZero() && now.After(r.AckDue):
			o.Outcome, o.Detail = control.Fail, "nobody has acknowledged it in time"
		case r.Answered.IsZero() && now.After(r.Due):
			o.Outcome, o.Detail = control.Fail, "nobody has answered it in time"
		}
		out = append(out, o)
	}
	return out
}

// LookPack verifies a pack with the key of the log of an organisation.
func LookPack(org id.Org, p Pack, data []byte, key ledger.Key) control.Observation {
	o := control.Observation{Subject: "pack " + p.ID, Outcome: control.Fail}
	r, err := ledger.VerifyPack(bytes.NewReader(data), int64(len(data)), ledger.Trust{LogKeys: []ledger.Key{key}})
	switch {
	case err != nil:
		o.Detail = err.Error()
	case r.Verdict != ledger.Proven || !r.Signed:
		o.Detail = "it does not verify: " + strings.Join(r.Places, "; ")
	case r.Kind != "trust-pack" || r.ID != p.ID || r.Digest != p.Manifest || r.Entry != p.Entry || ledger.LogOf(r.Ledger.Origin) != org:
		o.Detail = "it is another pack, or of another organisation, than the record says"
	default:
		o.Outcome, o.Detail = control.Pass, fmt.Sprintf("%d files, proven by entry %d", r.Files, r.Entry)
	}
	return o
}

// criterion is the form of the trust services criteria (AICPA TSP section 100, 2017 with the points of focus of 2022): common criteria, availability, confidentiality, processing integrity
// and privacy.
var criterion = regexp.MustCompile(`^(CC[1-9]\.[1-9]|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1-8]\.[0-9])$`)

// LookMatrix holds the matrix that everybody gets, as JSON and as CSV, against the register.
func LookMatrix(r *control.Report, m *Matrix, table []byte) (out []control.Observation) {
	fail := func(subject, format string, args ...any) {
		out = append(out, control.Observation{Subject: subject, Outcome: control.Fail, Detail: fmt.Sprintf(format, args...)})
	}
	lines, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		fail("the matrix as CSV", "it cannot be read: %v", err)
		return out
	}
	column := 0
	if len(lines) > 0 {
		column = slices.Index(lines[0], "supports "+Frameworks()[0].Name)
	}
	for _, c := range r.Controls {
		want := c.Frameworks[Frameworks()[0].Key]
		bad := slices.IndexFunc(want, func(s string) bool { return !criterion.MatchString(s) })
		i := slices.IndexFunc(m.Rows, func(x Row) bool { return x.Control == c.ID })
		j := slices.IndexFunc(lines, func(x []string) bool { return x[0] == c.ID })
		switch {
		case len(want) == 0:
			fail(c.ID, "it maps to no criterion")
		case bad >= 0:
			fail(c.ID, "%s is no trust services criterion", want[bad])
		case i < 0 || j < 0:
			fail(c.ID, "it is not in the matrix")
		case !slices.Equal(m.Rows[i].Supports[Frameworks()[0].Key], want):
			fail(c.ID, "the matrix maps it otherwise than the register")
		case column < 0 || lines[j][column] != strings.Join(want, " "):
			fail(c.ID, "the table maps it otherwise than the register")
		}
	}
	if n := len(r.Controls); len(m.Rows) != n || len(lines) != n+1 {
		fail("the matrix", "the register has %d controls, the matrix %d, and the table %d rows", n, len(m.Rows), len(lines)-1)
	}
	if len(out) == 0 && len(r.Controls) > 0 {
		out = append(out, control.Observation{Subject: "the matrix", Outcome: control.Pass, Detail: fmt.Sprintf("%d controls map to criteria as the register has them", len(r.Controls))})
	}
	return out
}
