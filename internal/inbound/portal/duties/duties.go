// Package duties is the page of an organisation's own duties under the agreements: each looked at in what is there now, with what to do, and to be taken along as CSV or JSON.
//
// It promises: an outcome is said only where something was looked at; what cannot be seen from here is not visible, and never good; what is removed from here is removed by the same
// use cases as elsewhere. It leaves out judging, which the services do.
package duties

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Outcome is what a look gave.
type Outcome string

// The outcomes.
const (
	Done       Outcome = "done"
	ToDo       Outcome = "to do"
	NotVisible Outcome = "not visible" // it happens where this service does not look
	NoData     Outcome = "no data"     // it could be seen here, and there is nothing yet
)

// Kind is what an item is, by which it can be removed.
type Kind string

// The kinds of items.
const (
	Member     Kind = "member"
	Token      Kind = "token"
	Credential Kind = "credential"
	Other      Kind = ""
)

// Item is one thing that a duty is open for.
type Item struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind Kind   `json:"kind,omitempty"`
	// Removable says that it can be removed from here.
	Removable bool   `json:"-"`
	Path      string `json:"-"`
}

// Duty is one duty as it was looked at.
type Duty struct {
	ID      string   `json:"id"`
	Clauses []string `json:"clauses"`
	Subject string   `json:"subject"`
	Outcome Outcome  `json:"outcome"`
	Looked  string   `json:"lookedAt"` // at what; "" where nothing was
	Detail  string   `json:"detail"`
	Do      string   `json:"do,omitempty"`
	Path    string   `json:"path,omitempty"` // where it is done
	Count   int      `json:"count"`
	Items   []Item   `json:"items,omitempty"`
}

// Report is all of them, as of a time.
type Report struct {
	Organisation string    `json:"organisation"`
	AsOf         time.Time `json:"asOf"`
	Duties       []Duty    `json:"duties"`
}

// Service is the port to what judges and removes.
type Service interface {
	Report(ctx context.Context, a access.Actor) (Report, error)
	RemoveMember(ctx context.Context, a access.Actor, person, reason string) error
	RevokeToken(ctx context.Context, a access.Actor, token, reason string) error
}

// Path is where the page is.
const Path = "/organisation/duties"

type desk struct{ Service }

// Desk adds the pages.
func Desk(s Service) web.Desk {
	return func(site *web.Site) {
		d := desk{s}
		site.Page(Path, "duties", access.GrantRead, d.show)
		site.Download(Path+"/export.csv", "duties-csv", access.GrantRead, d.csv)
		site.Download(Path+"/export.json", "duties-json", access.GrantRead, d.json)
		site.Form(Path+"/members/{member}/remove", "duties-member", access.MemberChange, d.member, web.InPath("member", "member"))
		site.Form(Path+"/tokens/{token}/revoke", "duties-token", access.TokenDrop, d.token, web.InPath("token", "token"))
		site.Says("duty-member", "The member is removed; the sessions and tokens in this organisation are ended. Invite the person again if that was too much.")
		site.Says("duty-token", "The token is revoked. It works nowhere any more.")
	}
}

const because = "the page of duties showed it as stale"

func (d desk) member(c *web.Call) error {
	if err := d.RemoveMember(c.Context(), c.Asker(), c.Path("member"), because); err != nil {
		return err
	}
	return c.Done(Path, "duty-member")
}

func (d desk) token(c *web.Call) error {
	if err := d.RevokeToken(c.Context(), c.Asker(), c.Path("token"), because); err != nil {
		return err
	}
	return c.Done(Path, "duty-token")
}

// shown is what the page shows.
type shown struct {
	Report
	Members, Tokens bool // may be removed by whoever looks
	Counts          map[Outcome]int
}

func (d desk) show(c *web.Call) error {
	ctx := c.Context()
	r, err := d.Report(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := shown{Report: r, Members: c.May(access.MemberChange, ""), Tokens: c.May(access.TokenChange, ""), Counts: map[Outcome]int{}}
	slices.SortStableFunc(v.Duties, func(a, b Duty) int { return rank(a.Outcome) - rank(b.Outcome) })
	for _, x := range r.Duties {
		v.Counts[x.Outcome]++
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Your duties"), Section: Path, Actions: exports(),
		Lead: say.T(ctx, "What the agreements leave to you, looked at just now in what this service can see. What it cannot see is said to be not visible, and is still yours."),
	}, dutiesPage(v))
}

// rank puts what is to be done first.
func rank(o Outcome) int {
	return slices.Index([]Outcome{ToDo, NoData, Done, NotVisible}, o)
}

func (d desk) json(c *web.Call) error {
	r, err := d.Report(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the report cannot be written")
	}
	_, _ = c.Save("duties-"+r.AsOf.Format("2006-01-02")+".json", "application/json").Write(append(b, '\n'))
	return nil
}

func (d desk) csv(c *web.Call) error {
	r, err := d.Report(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	b, err := sheet(r)
	if err != nil {
		return err
	}
	_, _ = c.Save("duties-"+r.AsOf.Format("2006-01-02")+".csv", "text/csv; charset=utf-8").Write(b)
	return nil
}
