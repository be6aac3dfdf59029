// Package commitment is the pages of attestations: what no check can look at, and a person of the platform vouches for until a day.
//
// It promises: what is over, or ends soon, comes first; what is asked stands beside the form; a refused form comes back as it was filled in. It leaves out the decision, which is the
// service's, and whether the evidence is what it says it is.
package commitment

import (
	"context"
	"net/http"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Register is the port to attestations.
type Register interface {
	Attestations(ctx context.Context, a access.Actor) ([]assure.Stand, error)
	Attest(ctx context.Context, a access.Actor, s assure.Statement) (control.Attestation, error)
	Withdraw(ctx context.Context, a access.Actor, id, why string) error
	Recorded(ctx context.Context, a access.Actor) (map[string]assure.Entry, error)
}

// Parts are what the desk needs. All must be set.
type Parts struct {
	Register Register
	// Names are the names of the platform's people, by their ids.
	Names func(ctx context.Context, a access.Actor) (map[string]string, error)
	Now   func() time.Time
}

const (
	listPath     = "/staff/attestations"
	registerPath = "/staff/register"
)

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		s.Says("attested", "It is attested, and stands in the ledger.")
		s.Says("unattested", "The attestation is withdrawn: it does not count any more.")
		s.StaffPage(listPath, "staff-attestations", access.ControlRead, d.list)
		s.StaffPage(listPath+"/{wanted}", "staff-attestation", access.ControlRead, d.one)
		s.StaffForm(listPath+"/{wanted}", "staff-attest", access.ControlAttest, d.attest)
		s.StaffForm(listPath+"/{wanted}/withdraw", "staff-attestation-withdraw", access.ControlAttest, d.withdraw)
	}
}

type desk struct{ Parts }

// listView is what is asked for, by how much it needs somebody.
type listView struct {
	Open, Soon, Valid []assure.Stand
	Names             map[string]string
	Clauses           int // that rest on attestations
	May               bool
}

func (d desk) list(c *web.Call) error {
	ctx := c.Context()
	all, err := d.Register.Attestations(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := listView{May: c.May(access.ControlAttest, "")}
	if v.Names, err = d.Names(ctx, c.Asker()); err != nil {
		return err
	}
	for _, x := range all {
		v.Clauses += len(x.Wanted.Clauses)
		switch {
		case x.State != control.Attested:
			v.Open = append(v.Open, x)
		case x.Soon:
			v.Soon = append(v.Soon, x)
		default:
			v.Valid = append(v.Valid, x)
		}
	}
	byEnd := func(a, b assure.Stand) int { return a.Made.Until.Compare(b.Made.Until) }
	slices.SortStableFunc(v.Soon, byEnd)
	slices.SortStableFunc(v.Valid, byEnd)
	return c.Show(web.View{
		Title: say.T(ctx, "Attestations"), Section: listPath,
		Lead: say.T(ctx, "Where no check can look, a person of the platform says what is true, with evidence and until a day. On that day it is stale by itself."),
	}, listPage(v))
}

// oneView is what is asked for, with the form and all that was stated.
type oneView struct {
	assure.Stand
	Names   map[string]string
	Entries map[string]assure.Entry
	May     bool
	// Filled is a form that was refused, with what is wrong with it.
	Filled assure.Statement
	Until  string
	Wrong  error
	Now    time.Time
	Last   time.Time // until when it may count
}

func (d desk) view(c *web.Call) (v oneView, err error) {
	ctx, a := c.Context(), c.Asker()
	all, err := d.Register.Attestations(ctx, a)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(all, func(x assure.Stand) bool { return x.Wanted.ID == c.Path("wanted") })
	if i < 0 {
		return v, fault.New(fault.NotFound, "there is no such attestation")
	}
	v.Stand, v.May, v.Now = all[i], c.May(access.ControlAttest, ""), d.Now().UTC()
	v.Last = v.Now.Add(v.Wanted.Counts).Truncate(24 * time.Hour)
	if v.Entries, err = d.Register.Recorded(ctx, a); err != nil {
		return v, err
	}
	v.Names, err = d.Names(ctx, a)
	return v, err
}

func (d desk) one(c *web.Call) error {
	v, err := d.view(c)
	if err != nil {
		return err
	}
	v.Until = v.Last.Format(time.DateOnly)
	return c.Show(d.head(c, v), onePage(v))
}

func (d desk) head(c *web.Call, v oneView) web.View {
	return web.View{Title: say.T(c.Context(), "Attestation: %s", v.Wanted.Title), Section: listPath, Crumbs: []web.Crumb{{Path: listPath, Name: say.T(c.Context(), "Attestations")}}}
}

func (d desk) attest(c *web.Call) error {
	s := assure.Statement{Of: c.Path("wanted"), Text: c.Form("text"), Reference: c.Form("reference"), Digest: c.Form("digest")}
	until, err := time.Parse(time.DateOnly, c.Form("until"))
	if err != nil {
		return d.again(c, s, fault.New(fault.Invalid, "the day is not a date").WithHelp("write it as 2027-01-31"))
	}
	s.Until = until
	_, err = d.Register.Attest(c.Context(), c.Asker(), s)
	if fault.KindOf(err) == fault.Invalid {
		return d.again(c, s, err)
	}
	if err != nil {
		return err
	}
	return c.Done(listPath+"/"+s.Of, "attested")
}

// again shows a form that was refused, as it was filled in.
func (d desk) again(c *web.Call, s assure.Statement, why error) error {
	v, err := d.view(c)
	if err != nil {
		return err
	}
	v.Filled, v.Until, v.Wrong = s, c.Form("until"), why
	return c.ShowAs(http.StatusBadRequest, d.head(c, v), onePage(v))
}

func (d desk) withdraw(c *web.Call) error {
	if err := d.Register.Withdraw(c.Context(), c.Asker(), c.Form("attestation"), c.Form("why")); err != nil {
		return err
	}
	return c.Done(listPath+"/"+c.Path("wanted"), "unattested")
}

// markOf is a state in words, with its mark.
func markOf(ctx context.Context, x assure.Stand) (mark, word string) {
	switch {
	case x.State == control.Stale:
		return "wrong", say.T(ctx, "over")
	case x.State != control.Attested:
		return "", say.T(ctx, "not attested")
	case x.Soon:
		return "warn", say.T(ctx, "ends soon")
	}
	return "good", say.T(ctx, "attested")
}

// named is who made a statement: one who is not among the platform's people any more has no name here.
func named(ctx context.Context, names map[string]string, person string) string {
	if n := names[person]; n != "" {
		return n
	}
	return say.T(ctx, "somebody who is not of the platform any more")
}

// days is how long an attestation counts at most.
func days(w control.Wanted) int { return int(w.Counts / (24 * time.Hour)) }
