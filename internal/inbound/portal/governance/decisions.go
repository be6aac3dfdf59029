package governance

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/governance"
	"c4arch/internal/trust/governance"
)

// decisionsView is the journal.
type decisionsView struct {
	All     []governance.Decision
	Waiting []governance.Decision
	Names   map[string]string
	Differs service.Difference
	May     bool
}

func (d desk) decisionList(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	all, err := d.Programme.Decisions(ctx, a)
	if err != nil {
		return err
	}
	v := decisionsView{May: c.May(access.DecisionPropose, "")}
	for _, x := range all {
		if x.State == governance.Proposed {
			v.Waiting = append(v.Waiting, x)
		} else {
			v.All = append(v.All, x)
		}
	}
	if v.Names, err = d.Programme.Named(ctx, a); err != nil {
		return err
	}
	if v.Differs, err = d.Programme.Difference(ctx, a); err != nil {
		return err
	}
	view := web.View{
		Title: say.T(ctx, "Decisions"), Section: decisionsPath, Styles: []string{style},
		Lead: say.T(ctx, "The journal of the programme: one person proposes, another one decides. What was decided is never changed: another decision supersedes it."),
	}
	if v.May {
		view.Actions = decisionButton()
	}
	return c.Show(view, decisionsPage(v))
}

// decisionView is a decision with its entries of the ledger.
type decisionView struct {
	governance.Decision
	Names   map[string]string
	Entries []Entry
	Decide  bool
	Mine    bool
	Whole   bool // the digest is that of what is shown
}

func (d desk) decision(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	x, err := d.Programme.Decision(ctx, a, c.Path("decision"))
	if err != nil {
		return err
	}
	v := decisionView{Decision: x, Decide: c.May(access.DecisionApprove, "") && x.State == governance.Proposed, Mine: x.Proposer == c.Person()}
	if v.Names, err = d.Programme.Named(ctx, a); err != nil {
		return err
	}
	if v.Entries, err = d.Entries(ctx, a, x.ID); err != nil {
		return err
	}
	sum, err := x.Sum()
	if err != nil {
		return err
	}
	v.Whole = sum == x.Digest && !slices.ContainsFunc(v.Entries, func(e Entry) bool { return e.Digest != x.Digest })
	return c.Show(web.View{Title: say.T(ctx, "Decision: %s", x.Title), Section: decisionsPath, Styles: []string{style}, Crumbs: []web.Crumb{{Path: decisionsPath, Name: say.T(ctx, "Decisions")}}}, decisionPage(v))
}

// file is the canonical bytes of a decision, of which the ledger has the digest.
func (d desk) file(c *web.Call) error {
	x, err := d.Programme.Decision(c.Context(), c.Asker(), c.Path("decision"))
	if err != nil {
		return err
	}
	b, err := x.Bytes()
	if err != nil {
		return err
	}
	_, err = c.Save(x.ID+".json", "application/json").Write(b)
	return err
}

// decisionForm is a decision as it is written.
type decisionForm struct {
	In            service.Proposal
	Links         string
	Approved      []governance.Decision // that can be superseded
	Changes       []governance.Change   // of the catalogue
	Refused, Help string
}

func (d desk) decisionNew(c *web.Call) error {
	f := decisionForm{In: service.Proposal{Kind: governance.Security, Trigger: "product"}}
	if kind := c.Query("kind"); slices.Contains(governance.Kinds(), kind) {
		f.In.Kind = kind
	}
	f.In.Supersedes = c.Query("supersedes")
	if f.In.Kind == governance.Catalogue {
		x, err := d.Programme.Difference(c.Context(), c.Asker())
		if err != nil {
			return err
		}
		f.In.Title, f.In.Context = say.T(c.Context(), "The measures of this version"), catalogueWords(x.Changes)
	}
	return d.showDecision(c, f)
}

func (d desk) showDecision(c *web.Call, f decisionForm) error {
	ctx, a := c.Context(), c.Asker()
	all, err := d.Programme.Decisions(ctx, a)
	if err != nil {
		return err
	}
	f.Approved = slices.DeleteFunc(all, func(x governance.Decision) bool { return x.State != governance.Approved || x.By != "" })
	x, err := d.Programme.Difference(ctx, a)
	if err != nil {
		return err
	}
	f.Changes = x.Changes
	return c.Show(web.View{
		Title: say.T(ctx, "Propose a decision"), Section: decisionsPath, Styles: []string{style}, Crumbs: []web.Crumb{{Path: decisionsPath, Name: say.T(ctx, "Decisions")}},
		Lead: say.T(ctx, "Write it for somebody who reads it in two years. It cannot be changed once it is proposed."),
	}, decisionFormPage(f))
}

func (d desk) propose(c *web.Call) error {
	in := service.Proposal{
		Kind: c.Form("kind"), Trigger: c.Form("trigger"), Title: c.Form("title"), Context: c.Form("context"), Options: c.Form("options"), Decision: c.Form("decision"),
		Links: strings.Split(c.Form("links"), "\n"), Supersedes: c.Form("supersedes"),
	}
	name, err := d.Programme.Propose(c.Context(), c.Asker(), in)
	if k := fault.KindOf(err); k == fault.Invalid || k == fault.Limited { // what was written is not lost
		refused, help := fault.Public(err)
		return d.showDecision(c, decisionForm{In: in, Links: c.Form("links"), Refused: refused, Help: help})
	}
	if err != nil {
		return err
	}
	return c.Done(decisionsPath+"/"+url.PathEscape(name), "decision-proposed")
}

func (d desk) decide(c *web.Call) error {
	approve := c.Form("answer") == "approve"
	if !approve && c.Form("answer") != "refuse" {
		return fault.New(fault.Invalid, "a decision is approved or refused")
	}
	if err := d.Programme.Decide(c.Context(), c.Asker(), c.Path("decision"), approve, c.Form("reason")); err != nil {
		return err
	}
	return c.Done(decisionsPath+"/"+url.PathEscape(c.Path("decision")), "decision-decided")
}

// catalogueWords are the changes as the context of a decision.
func catalogueWords(all []governance.Change) string {
	var b strings.Builder
	for _, x := range all {
		b.WriteString("- " + x.Measure + " " + x.What + "\n")
	}
	text := b.String()
	if len(text) > governance.MaxText-200 {
		text = text[:strings.LastIndexByte(text[:governance.MaxText-200], '\n')+1]
	}
	return text
}

func kindName(ctx context.Context, kind string) string {
	switch kind {
	case governance.Security:
		return say.T(ctx, "security")
	case governance.Programme:
		return say.T(ctx, "change of the programme")
	case governance.Architecture:
		return say.T(ctx, "architecture")
	case governance.Weakening:
		return say.T(ctx, "weakening of a measure")
	}
	return say.T(ctx, "change of the catalogue")
}

func triggerName(ctx context.Context, trigger string) string {
	switch trigger {
	case "customer":
		return say.T(ctx, "a customer")
	case "threat":
		return say.T(ctx, "a threat")
	case "regulation":
		return say.T(ctx, "a regulation")
	}
	return say.T(ctx, "the product")
}

func decisionMark(ctx context.Context, d governance.Decision) (mark, word string) {
	switch {
	case d.State == governance.Proposed:
		return "warn", say.T(ctx, "decision-proposed")
	case d.State == governance.Refused:
		return "wrong", say.T(ctx, "refused")
	case d.By != "":
		return "", say.T(ctx, "superseded")
	}
	return "good", say.T(ctx, "approved")
}

// linked reports whether a link is an address that a browser opens.
func linked(l string) bool {
	return strings.HasPrefix(l, "https://") && !strings.ContainsAny(l, " \"<>")
}

func entryPath(e Entry) string { return "/staff/ledger/" + strconv.FormatInt(e.Index, 10) }

func entryNumber(e Entry) string { return strconv.FormatInt(e.Index, 10) }
