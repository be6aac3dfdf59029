package hub

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

// registerView is a list of the register: clauses, controls or checks.
type registerView struct {
	What  string // clauses, controls, checks
	State string
	Text  string
	Kind  string // of clauses
	Doc   string // of clauses: SE, DPA or MSP
	All   []item // that fit
	Of    int
	Count map[control.State]int // of what is listed, whatever the filter of states
	Legal int                   // clauses that are legal text
}

// item is one of a list.
type item struct {
	ID, Title, Path, Why, Kind string
	State                      control.State
	Run                        *control.Run
	Legal                      bool
}

// lists are what the register has.
var lists = []string{"clauses", "controls", "checks"}

// documents are those that clauses are of, by the beginning of their ids.
var documents = []string{"SE", "DPA", "MSP"}

func documentName(ctx context.Context, doc string) string {
	switch doc {
	case "SE":
		return say.T(ctx, "Security exhibit")
	case "DPA":
		return say.T(ctx, "Data processing addendum")
	}
	return say.T(ctx, "Security page")
}

const (
	legalText = "legal-text"
	process   = "process-supported-by-software"
)

func (d desk) register(c *web.Call) error {
	ctx := c.Context()
	v := registerView{What: c.Query("what"), State: c.Query("state"), Text: strings.TrimSpace(c.Query("text")), Kind: c.Query("kind"), Doc: c.Query("document")}
	if v.What == "" {
		v.What = lists[0]
	}
	if !slices.Contains(lists, v.What) || len(v.Text) > 200 || v.Doc != "" && !slices.Contains(documents, v.Doc) || v.State != "" && v.State != "open" && v.State != "legal" && !slices.Contains(control.States(), control.State(v.State)) {
		return fault.New(fault.Invalid, "the register has no such list").WithHelp("open the register anew")
	}
	report, err := d.Register.States(ctx, c.Asker())
	if err != nil {
		return err
	}
	v.fill(itemsOf(report, v.What))
	return c.Show(web.View{
		Title: say.T(ctx, "Register of commitments"), Section: registerPath,
		Lead: say.T(ctx, "What the contracts promise, what makes it true, and what the checks found. It is told by runs alone: nobody types a state."),
	}, registerPage(v))
}

// itemsOf are all of a list.
func itemsOf(r *control.Report, what string) (all []item) {
	switch what {
	case "controls":
		for _, x := range r.Controls {
			all = append(all, item{ID: x.ID, Title: x.Statement, Path: registerPath + "/controls/" + x.ID, Why: x.Reason, State: x.State, Run: lastOf(r, x.Checks)})
		}
	case "checks":
		for _, x := range r.Checks {
			all = append(all, item{ID: x.Check.ID, Title: x.Check.Title, Path: registerPath + "/checks/" + x.Check.ID, Why: x.Reason, State: x.State, Run: x.Run})
		}
	default:
		for _, x := range r.Clauses {
			all = append(all, item{ID: x.ID, Title: x.Paraphrase, Path: registerPath + "/clauses/" + x.ID, Why: x.Reason, Kind: x.Kind, State: x.State, Run: lastOf(r, x.Checks), Legal: x.State == control.Legal})
		}
	}
	return all
}

// lastOf is the newest run of any of the checks, or nil.
func lastOf(r *control.Report, checks []string) (last *control.Run) {
	for _, x := range r.Checks {
		if slices.Contains(checks, x.Check.ID) && x.Run != nil && (last == nil || x.Run.At.After(last.At)) {
			last = x.Run
		}
	}
	return last
}

// fill keeps what the filter wants, and counts.
func (v *registerView) fill(all []item) {
	v.Of, v.Count = len(all), map[control.State]int{}
	low := strings.ToLower(v.Text)
	for _, x := range all {
		if low != "" && !strings.Contains(strings.ToLower(x.ID+" "+x.Title+" "+x.Why), low) || v.Kind != "" && x.Kind != v.Kind || v.Doc != "" && !strings.HasPrefix(x.ID, v.Doc+"-") {
			continue
		}
		if x.Legal {
			v.Legal++
		} else {
			v.Count[x.State]++
		}
		if v.wants(x) {
			v.All = append(v.All, x)
		}
	}
}

func (v *registerView) wants(x item) bool {
	switch v.State {
	case "":
		return true
	case "open":
		return x.State != control.Holds && !x.Legal
	case "legal":
		return x.Legal
	}
	return !x.Legal && string(x.State) == v.State
}

// at is the address of the list with another state.
func (v registerView) at(what, state string) string {
	q := url.Values{"what": {what}}
	if state != "" {
		q.Set("state", state)
	}
	if v.Doc != "" && what == v.What {
		q.Set("document", v.Doc)
	}
	if v.Text != "" && what == v.What {
		q.Set("text", v.Text)
	}
	return registerPath + "?" + q.Encode()
}

func whatName(ctx context.Context, what string) string {
	switch what {
	case "controls":
		return say.T(ctx, "Controls")
	case "checks":
		return say.T(ctx, "Checks")
	}
	return say.T(ctx, "Clauses")
}

// stateOf is a state in words, with its mark.
func stateOf(ctx context.Context, x item) (mark, word string) {
	if x.Legal {
		return "", say.T(ctx, "legal text")
	}
	return markOf(x.State), stateWord(ctx, x.State)
}

func markOf(s control.State) string {
	switch s {
	case control.Holds:
		return "good"
	case control.Failing:
		return "wrong"
	case control.NotYet, control.Legal:
		return ""
	}
	return "warn"
}

func stateWord(ctx context.Context, s control.State) string {
	switch s {
	case control.Holds:
		return say.T(ctx, "holds")
	case control.Partly:
		return say.T(ctx, "in part")
	case control.Stale:
		return say.T(ctx, "stale")
	case control.Unsure:
		return say.T(ctx, "cannot tell")
	case control.Failing:
		return say.T(ctx, "fails")
	case control.Attested:
		return say.T(ctx, "attested")
	case control.NotExercised:
		return say.T(ctx, "not exercised")
	case control.Legal:
		return say.T(ctx, "legal text")
	}
	return say.T(ctx, "not yet")
}

func kindWord(ctx context.Context, kind string) string {
	switch kind {
	case legalText:
		return say.T(ctx, "legal text")
	case process:
		return say.T(ctx, "a process that software supports")
	}
	return say.T(ctx, "software")
}

func outcomeWord(ctx context.Context, o control.Outcome) (mark, word string) {
	switch o {
	case control.Pass:
		return "good", say.T(ctx, "passed")
	case control.Unknown:
		return "warn", say.T(ctx, "could not tell")
	case control.Empty:
		return "warn", say.T(ctx, "nothing to look at")
	}
	return "wrong", say.T(ctx, "failed")
}

// clauseView is a clause, or a control, with what makes it true.
type clauseView struct {
	Clause   *control.ClauseState
	Control  *control.ControlState
	Item     item
	Controls []control.ControlState // of a clause
	Clauses  []control.ClauseState  // of a control
	Checks   []control.CheckState
	Missing  map[string]string // by check: what it leaves out of the clause
	Plans    []control.Plan
	Attested []control.AttestedState
	May      bool
	Back     string
}

func (d desk) clause(c *web.Call) error {
	report, err := d.Register.States(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(report.Clauses, func(x control.ClauseState) bool { return x.ID == c.Path("clause") })
	if i < 0 {
		return fault.New(fault.NotFound, "the register has no such clause")
	}
	x := report.Clauses[i]
	v := clauseView{Clause: &x, May: c.May(access.ControlRun, ""), Missing: map[string]string{}}
	v.Item = item{State: x.State, Legal: x.State == control.Legal}
	for _, k := range report.Controls {
		if slices.Contains(x.Controls, k.ID) {
			v.Controls = append(v.Controls, k)
		}
	}
	for _, k := range report.Checks {
		if slices.Contains(x.Checks, k.Check.ID) {
			v.Checks = append(v.Checks, k)
		}
		for _, p := range k.Check.Partly {
			if p.Clause == x.ID {
				v.Missing[k.Check.ID] = p.Missing
			}
		}
	}
	v.beside(report, x.Plans, x.Attestations)
	return d.showPart(c, say.T(c.Context(), "Clause %s", x.ID), "clauses", clausePage(v))
}

// beside adds what there is besides checks.
func (v *clauseView) beside(r *control.Report, plans, attested []string) {
	for _, p := range r.Plans {
		if slices.Contains(plans, p.ID) {
			v.Plans = append(v.Plans, p)
		}
	}
	for _, a := range r.Attestations {
		if slices.Contains(attested, a.Wanted.ID) {
			v.Attested = append(v.Attested, a)
		}
	}
}

func (d desk) control(c *web.Call) error {
	report, err := d.Register.States(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(report.Controls, func(x control.ControlState) bool { return x.ID == c.Path("control") })
	if i < 0 {
		return fault.New(fault.NotFound, "the register has no such control")
	}
	x := report.Controls[i]
	v := clauseView{Control: &x, Item: item{State: x.State}, May: c.May(access.ControlRun, "")}
	for _, k := range report.Clauses {
		if slices.Contains(x.Clauses, k.ID) {
			v.Clauses = append(v.Clauses, k)
		}
	}
	for _, k := range report.Checks {
		if slices.Contains(x.Checks, k.Check.ID) {
			v.Checks = append(v.Checks, k)
		}
	}
	v.beside(report, x.Plans, x.Attestations)
	return d.showPart(c, say.T(c.Context(), "Control %s", x.ID), "controls", controlPage(v))
}

// checkView is a check with its runs.
type checkView struct {
	control.CheckState
	Past []assure.Kept
	May  bool
}

func (d desk) check(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	past, err := d.Register.Past(ctx, a, c.Path("check"))
	if err != nil {
		return err
	}
	report, err := d.Register.States(ctx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(report.Checks, func(x control.CheckState) bool { return x.Check.ID == c.Path("check") })
	if i < 0 {
		return fault.New(fault.NotFound, "the register has no such check")
	}
	v := checkView{CheckState: report.Checks[i], Past: past, May: c.May(access.ControlRun, "")}
	return d.showPart(c, say.T(ctx, "Check %s", v.Check.ID), "checks", checkPage(v))
}

func (d desk) showPart(c *web.Call, title, what string, body templ.Component) error {
	ctx := c.Context()
	return c.Show(web.View{Title: title, Section: registerPath, Crumbs: []web.Crumb{
		{Path: registerPath, Name: say.T(ctx, "Register of commitments")}, {Path: registerPath + "?what=" + what, Name: whatName(ctx, what)},
	}}, body)
}

// runCheck runs one check now. What it found, a failure too, is shown where its runs are.
func (d desk) runCheck(c *web.Call) error {
	name := c.Path("check")
	round, err := d.Register.Run(c.Context(), c.Asker(), name)
	if round == nil {
		return err
	}
	return c.Done(registerPath+"/checks/"+url.PathEscape(name), "ran")
}

// shownObservations is how many of a run are shown, those that did not pass first.
const shownObservations = 40

func bounded(list []control.Observation) []control.Observation {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b control.Observation) int { return passed(a) - passed(b) })
	return sorted[:min(len(sorted), shownObservations)]
}

func passed(o control.Observation) int {
	if o.Outcome == control.Pass {
		return 1
	}
	return 0
}
