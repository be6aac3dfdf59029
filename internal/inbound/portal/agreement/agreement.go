// Package agreement is the pages of what is agreed: the documents in force and who accepted them, with their receipts, the page on which an owner accepts, what was ordered, and for the
// platform's own people the terms of each order form.
//
// It promises: what is accepted is what the page showed, by its digest; whoever may not accept sees who can. It leaves out the gate, which the site consults, and all decisions.
package agreement

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/render/markdown"
	"c4arch/internal/service/acceptance"
	"c4arch/internal/service/order"
	values "c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/legal"
	"c4arch/internal/trust/terms"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Acceptance is the port to what is accepted.
type Acceptance interface {
	Standing(ctx context.Context, a access.Actor) (acceptance.Standing, error)
	Accept(ctx context.Context, a access.Actor, in acceptance.Give) ([]values.Record, error)
	Receipt(ctx context.Context, a access.Actor, name string) (file string, data []byte, err error)
}

// Orders is the port to what was ordered.
type Orders interface {
	Mine(ctx context.Context, a access.Actor) (order.View, error)
	Customers(ctx context.Context, a access.Actor, after id.Org) ([]order.View, id.Org, error)
	Customer(ctx context.Context, a access.Actor, org id.Org) (order.View, error)
	Set(ctx context.Context, a access.Actor, org id.Org, version int, t terms.Terms, reason string) error
}

// Services are what the pages call.
type Services struct {
	Acceptance Acceptance
	Orders     Orders
	Addr       func(ctx context.Context) netip.Addr
	// Key is the verifier key of the log of the actor's organisation.
	Key func(ctx context.Context, a access.Actor) (string, error)
}

// Path is where the documents and the terms are; accepting is below it.
const Path = "/organisation/agreements"

const staffPath = "/staff/terms"

type desk struct{ Services }

// Desk adds the pages.
func Desk(s Services) web.Desk {
	return func(site *web.Site) {
		d := desk{s}
		site.Page(Path, "agreements", access.AcceptanceRead, d.show)
		site.Page(acceptance.Path, "agreements-read", access.AcceptanceRead, d.read)
		site.Form(acceptance.Path, "agreements-accept", access.AcceptanceGive, d.accept)
		site.Download(Path+"/{acceptance}/receipt", "acceptance-receipt", access.AcceptanceRead, d.receipt, web.InPath("acceptance", "acceptance"))
		site.StaffPage(staffPath, "staff-terms", access.TermsRead, d.customers)
		site.StaffPage(staffPath+"/{organisation}", "staff-terms-organisation", access.TermsRead, d.customer, web.InPath("organisation", "organisation"))
		site.StaffForm(staffPath+"/{organisation}", "staff-terms-change", access.TermsChange, d.change, web.InPath("organisation", "organisation"))
		site.Says("accepted", "Accepted. Keep the receipt: it verifies without this service.")
		site.Says("terms-kept", "The terms are kept. The organisation's people see them now.")
	}
}

// agreementsView is what the page of documents and terms shows.
type agreementsView struct {
	acceptance.Standing
	order.View
	Key string
	Now time.Time
}

func (d desk) show(c *web.Call) (err error) {
	v := agreementsView{Now: c.Now()}
	if v.Standing, err = d.Acceptance.Standing(c.Context(), c.Asker()); err != nil {
		return err
	}
	if v.View, err = d.Orders.Mine(c.Context(), c.Asker()); err != nil {
		return err
	}
	if v.Key, err = d.Key(c.Context(), c.Asker()); err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(c.Context(), "Documents and terms"), Section: Path,
		Lead: say.T(c.Context(), "What is in force between your organisation and this service, who accepted it, and what was ordered."),
	}, agreementsPage(v))
}

// readView is what the page shows on which documents are accepted.
type readView struct {
	acceptance.Standing
	Open []opened
}

// opened is a document that is open, as it is read.
type opened struct {
	acceptance.Documented
	Body         string // HTML, written by package markdown
	Lines        []legal.Line
	Removed, New int
}

func (d desk) read(c *web.Call) error {
	st, err := d.Acceptance.Standing(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	v := readView{Standing: st}
	for _, x := range st.Open() {
		o := opened{Documented: x, Body: markdown.Render(x.Body, x.Slug+"-").HTML}
		if x.Before != nil {
			all := legal.Diff(x.Before.Body, x.Body)
			o.Removed, o.New = legal.Counts(all)
			o.Lines = legal.Around(all, 1)
		}
		v.Open = append(v.Open, o)
	}
	title := say.T(c.Context(), "Before you go on")
	if len(v.Open) == 0 {
		title = say.T(c.Context(), "Nothing has to be accepted")
	}
	return c.Show(web.View{Title: title, Section: Path, Crumbs: []web.Crumb{{Path: Path, Name: say.T(c.Context(), "Documents and terms")}}, Lead: leadOf(c.Context(), v)}, readPage(v))
}

func leadOf(ctx context.Context, v readView) string {
	switch {
	case len(v.Open) == 0:
		return say.T(ctx, "Every document that asks for it is accepted for your organisation.")
	case v.May:
		return say.T(ctx, "%s. Read what it says, and accept it for your organisation. Until then nobody of it can go on, programs included; exports and the legal pages stay open.", say.N(ctx, len(v.Open), "One document is waiting", "%d documents are waiting"))
	}
	return say.T(ctx, "%s by an owner of your organisation before you can go on. Exports, the legal pages and your account stay open.", say.N(ctx, len(v.Open), "One document has to be accepted", "%d documents have to be accepted"))
}

func (d desk) accept(c *web.Call) error {
	in := acceptance.Give{Authority: c.Form("authority"), Authorised: c.Form("authorised") == "yes", Method: values.Click, Addr: d.Addr(c.Context())}
	for _, text := range c.Forms("document") {
		slug, rest, _ := strings.Cut(text, " ")
		version, digest, _ := strings.Cut(rest, " ")
		in.Documents = append(in.Documents, acceptance.Seen{Slug: slug, Version: version, Digest: digest})
	}
	if _, err := d.Acceptance.Accept(c.Context(), c.Asker(), in); err != nil {
		return err
	}
	return c.Done(Path, "accepted")
}

func (d desk) receipt(c *web.Call) error {
	name, data, err := d.Acceptance.Receipt(c.Context(), c.Asker(), c.Path("acceptance"))
	if err != nil {
		return err
	}
	_, err = c.Save(name, "application/json").Write(data)
	return err
}

// customersView is what the list of orders shows.
type customersView struct {
	All   []order.View
	Older string
}

func (d desk) customers(c *web.Call) error {
	after := id.Org(c.Query("after"))
	if after != "" && !after.Valid() {
		return fault.New(fault.Invalid, "the list does not go on there").WithHelp("open it from its beginning")
	}
	all, more, err := d.Orders.Customers(c.Context(), c.Asker(), after)
	if err != nil {
		return err
	}
	v := customersView{All: all}
	if more != "" {
		v.Older = staffPath + "?after=" + string(more)
	}
	return c.Show(web.View{
		Title: say.T(c.Context(), "Orders"), Section: staffPath, Lead: say.T(c.Context(), "What each organisation has ordered, as data that the service obeys: limits, places, promises."),
	}, customersPage(v))
}

// customerView is what the terms of one organisation show.
type customerView struct {
	order.View
	Change bool
	Newest terms.Terms // that a change begins with
}

func (d desk) customer(c *web.Call) error {
	x, err := d.Orders.Customer(c.Context(), c.Asker(), id.Org(c.Path("organisation")))
	if err != nil {
		return err
	}
	v := customerView{View: x, Change: c.May(access.TermsChange, ""), Newest: terms.Default()}
	if len(x.History) > 0 {
		v.Newest = x.History[0].Terms
	}
	return c.Show(web.View{Title: x.Name, Section: staffPath, Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(c.Context(), "Orders")}}}, customerPage(v))
}

func (d desk) change(c *web.Call) error {
	org := id.Org(c.Path("organisation"))
	t, version, err := parsed(c)
	if err != nil {
		return err
	}
	if err := d.Orders.Set(c.Context(), c.Asker(), org, version, t, c.Form("reason")); err != nil {
		return err
	}
	return c.Done(staffPath+"/"+string(org), "terms-kept")
}
