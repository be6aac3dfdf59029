package governance

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/governance"
	"c4arch/internal/trust/governance"
)

// risksView is the register.
type risksView struct {
	All     []service.RiskView
	Open    int
	Overdue int
	Raised  int // what remains is more than it would be with every control
	May     bool
}

func (d desk) riskList(c *web.Call) error {
	ctx := c.Context()
	all, err := d.Programme.Risks(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := risksView{All: all, May: c.May(access.RiskChange, "")}
	for _, r := range all {
		if r.State != governance.RiskOpen {
			continue
		}
		v.Open++
		if r.Overdue {
			v.Overdue++
		}
		if len(r.Failing) > 0 {
			v.Raised++
		}
	}
	view := web.View{
		Title: say.T(ctx, "Risks"), Section: risksPath, Styles: []string{style},
		Lead: say.T(ctx, "What could happen, what is done about it, and what remains. A control that does not hold reduces nothing: what remains rises by itself, and falls when the control holds again."),
	}
	if v.May {
		view.Actions = riskButton()
	}
	return c.Show(view, risksPage(v))
}

// at are the open risks of a square of the picture.
func (v risksView) at(likelihood, impact int) (some []service.RiskView) {
	for _, r := range v.All {
		if r.State == governance.RiskOpen && r.Residual == (governance.Level{Likelihood: likelihood, Impact: impact}) {
			some = append(some, r)
		}
	}
	return some
}

func (d desk) begin(c *web.Call) error {
	if _, err := d.Programme.StartRisks(c.Context(), c.Asker()); err != nil {
		return err
	}
	return c.Done(risksPath, "risks-begun")
}

// riskView is a risk with its past.
type riskView struct {
	service.RiskView
	Past     []governance.Snapshot
	Controls map[string]string
	May      bool
}

func (d desk) risk(c *web.Call) error {
	ctx := c.Context()
	r, past, err := d.Programme.Risk(ctx, c.Asker(), c.Path("risk"))
	if err != nil {
		return err
	}
	v := riskView{RiskView: r, Past: past, Controls: d.Controls, May: c.May(access.RiskChange, "")}
	return c.Show(web.View{Title: say.T(ctx, "Risk: %s", r.Title), Section: risksPath, Styles: []string{style}, Crumbs: []web.Crumb{{Path: risksPath, Name: say.T(ctx, "Risks")}}}, riskPage(v))
}

// riskForm is a risk as it is written.
type riskForm struct {
	ID            string
	In            service.RiskInput
	Controls      map[string]string
	Names         []string // of controls
	Refused, Help string
	Least, Most   string // days of the next review
}

const dayForm = "2006-01-02"

func (d desk) form(f riskForm) riskForm {
	f.Controls, f.Names = d.Controls, slices.Sorted(maps.Keys(d.Controls))
	now := d.Now().UTC()
	f.Least, f.Most = now.AddDate(0, 0, 1).Format(dayForm), now.Add(governance.LongestReview).Format(dayForm)
	return f
}

func (d desk) riskNew(c *web.Call) error {
	in := service.RiskInput{Treatment: governance.Reduce, Inherent: governance.Level{Likelihood: 3, Impact: 3}, Target: governance.Level{Likelihood: 2, Impact: 2}, Review: d.Now().AddDate(0, 3, 0)}
	return d.showForm(c, riskForm{In: in})
}

func (d desk) riskEdit(c *web.Call) error {
	r, _, err := d.Programme.Risk(c.Context(), c.Asker(), c.Path("risk"))
	if err != nil {
		return err
	}
	return d.showForm(c, riskForm{ID: r.ID, In: service.RiskInput{
		Title: r.Title, Threat: r.Threat, Treatment: r.Treatment, Plan: r.Plan, Inherent: r.Inherent, Target: r.Target, Controls: r.Risk.Controls, Review: r.Review, Version: r.Version,
	}})
}

func (d desk) showForm(c *web.Call, f riskForm) error {
	ctx := c.Context()
	title := say.T(ctx, "A new risk")
	crumbs := []web.Crumb{{Path: risksPath, Name: say.T(ctx, "Risks")}}
	if f.ID != "" {
		title = say.T(ctx, "Change a risk")
		crumbs = append(crumbs, web.Crumb{Path: risksPath + "/" + f.ID, Name: say.T(ctx, "Risk: %s", f.In.Title)})
	}
	return c.Show(web.View{Title: title, Section: risksPath, Styles: []string{style}, Crumbs: crumbs}, riskFormPage(d.form(f)))
}

func (d desk) riskKeep(c *web.Call) error {
	in, err := riskOf(c)
	risk := c.Path("risk")
	if err == nil {
		var kept string
		if kept, err = d.Programme.KeepRisk(c.Context(), c.Asker(), risk, in); err == nil {
			return c.Done(risksPath+"/"+url.PathEscape(kept), "risk")
		}
	}
	if k := fault.KindOf(err); k == fault.Invalid || k == fault.Limited { // what was written is not lost
		refused, help := fault.Public(err)
		return d.showForm(c, riskForm{ID: risk, In: in, Refused: refused, Help: help})
	}
	return err
}

// riskOf reads the form.
func riskOf(c *web.Call) (in service.RiskInput, err error) {
	in = service.RiskInput{Title: c.Form("title"), Threat: c.Form("threat"), Treatment: c.Form("treatment"), Plan: c.Form("plan"), Controls: c.Forms("control")}
	for name, to := range map[string]*int{"likelihood": &in.Inherent.Likelihood, "impact": &in.Inherent.Impact, "target-likelihood": &in.Target.Likelihood, "target-impact": &in.Target.Impact} {
		n, bad := strconv.Atoi(c.Form(name))
		if bad != nil {
			err = fault.New(fault.Invalid, "likelihood and impact are numbers from 1 to %d", governance.Top)
		}
		*to = n
	}
	if version := c.Form("version"); version != "" {
		if in.Version, err = strconv.ParseInt(version, 10, 64); err != nil {
			return in, fault.New(fault.Invalid, "the form is not one of ours").WithHelp("open it anew")
		}
	}
	day, bad := time.Parse(dayForm, c.Form("review"))
	if bad != nil {
		err = fault.New(fault.Invalid, "the day of the next review is not a day")
	}
	in.Review = day
	return in, err
}

// turn posts a note about a risk.
func (d desk) turn(do func(ctx context.Context, a access.Actor, risk, note string) error, word string) web.Handler {
	return func(c *web.Call) error {
		if err := do(c.Context(), c.Asker(), c.Path("risk"), c.Form("note")); err != nil {
			return err
		}
		return c.Done(risksPath+"/"+url.PathEscape(c.Path("risk")), word)
	}
}

func treatmentName(ctx context.Context, t string) string {
	switch t {
	case governance.Avoid:
		return say.T(ctx, "avoid it")
	case governance.Transfer:
		return say.T(ctx, "transfer it")
	case governance.Accept:
		return say.T(ctx, "accept what remains")
	}
	return say.T(ctx, "reduce it")
}

func gradeName(ctx context.Context, l governance.Level) (mark, word string) {
	score := strconv.Itoa(l.Score())
	switch l.Grade() {
	case "high":
		return "wrong", say.T(ctx, "high, %s", score)
	case "medium":
		return "warn", say.T(ctx, "medium, %s", score)
	}
	return "good", say.T(ctx, "low, %s", score)
}

// grade is the class of a square of the picture.
func grade(likelihood, impact int) string {
	return governance.Level{Likelihood: likelihood, Impact: impact}.Grade()
}

func levelWords(ctx context.Context, l governance.Level) string {
	return say.T(ctx, "likelihood %s, impact %s", strconv.Itoa(l.Likelihood), strconv.Itoa(l.Impact))
}

// down are the numbers of a scale, the greatest first; up the other way round.
func down() []int { return []int{5, 4, 3, 2, 1} }
func up() []int   { return []int{1, 2, 3, 4, 5} }

// trend is the picture of what remained over time, as points of a line in a box of 300 by 60: the left is the oldest snapshot, the top a score of 25.
func trend(past []governance.Snapshot) string {
	points := ""
	n := len(past)
	for i := range past {
		x := 5
		if n > 1 {
			x = 5 + 290*i/(n-1)
		}
		points += fmt.Sprintf("%d,%d ", x, 56-past[n-1-i].Residual.Score()*52/25)
	}
	return points
}

// number is the place of a risk in the list, by which the picture names it.
func number(v risksView, risk string) int {
	return 1 + slices.IndexFunc(v.All, func(r service.RiskView) bool { return r.ID == risk })
}

func formAction(f riskForm) string {
	if f.ID == "" {
		return risksPath
	}
	return risksPath + "/" + url.PathEscape(f.ID)
}
