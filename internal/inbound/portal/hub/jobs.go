package hub

import (
	"context"
	"net/url"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/upkeep"
)

// jobsView is a page of jobs.
type jobsView struct {
	*upkeep.AllWork
	State  job.State
	Text   string // of the organisation that is asked about, as it was written
	Names  map[id.Org]string
	Now    time.Time
	Retry  bool
	After  id.Org
	Single bool
}

func (d desk) jobs(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := jobsView{State: job.Dead, Text: strings.TrimSpace(c.Query("organisation")), Now: d.Now(), Retry: c.May(access.JobRetry, ""), After: id.Org(c.Query("after"))}
	if text := c.Query("state"); text != "" {
		v.State = job.State(text)
	}
	if v.After != "" && !v.After.Valid() {
		return fault.New(fault.Invalid, "the address does not say from which organisation on").WithHelp("open the list anew")
	}
	q := upkeep.AskWork{State: v.State, After: v.After}
	var err error
	if v.Text != "" {
		v.Single = true
		if q.Org, err = d.Find(ctx, a, v.Text); err != nil {
			return err
		}
	}
	if v.AllWork, err = d.Upkeep.Everywhere(ctx, a, q); err != nil {
		return err
	}
	if v.Names, err = d.Names(ctx, a, v.orgs()); err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Jobs"), Lead: say.T(ctx, "Of the platform and of all organisations: what a job is and how it stands, never what it is about."), Section: jobsPath,
	}, jobsPage(v))
}

func (v jobsView) orgs() (orgs []id.Org) {
	seen := map[id.Org]bool{}
	for _, list := range [][]id.Org{v.More, v.Unread} {
		for _, org := range list {
			seen[org] = true
		}
	}
	for _, w := range v.Work {
		seen[w.Org] = true
	}
	for org := range seen {
		orgs = append(orgs, org)
	}
	return orgs
}

// at is the address of the list of a state, of the same organisation.
func (v jobsView) at(state job.State) string {
	q := url.Values{"state": {string(state)}}
	if v.Text != "" {
		q.Set("organisation", v.Text)
	}
	return jobsPath + "?" + q.Encode()
}

func (v jobsView) older() string {
	if v.Next == "" {
		return ""
	}
	return v.at(v.State) + "&after=" + url.QueryEscape(string(v.Next))
}

func (v jobsView) first() string {
	if v.After == "" {
		return ""
	}
	return v.at(v.State)
}

// states are those of the list, the gravest first.
var states = []job.State{job.Dead, job.Running, job.Ready}

func stateName(ctx context.Context, s job.State) string {
	switch s {
	case job.Dead:
		return say.T(ctx, "Died")
	case job.Running:
		return say.T(ctx, "In hand")
	}
	return say.T(ctx, "Due and waiting")
}

// nothing is what an empty list says.
func (v jobsView) nothing(ctx context.Context) (title, words string) {
	switch v.State {
	case job.Dead:
		return say.T(ctx, "No job has died"), say.T(ctx, "A job that failed in every attempt stands here until somebody has it done again. What did it is mended first.")
	case job.Running:
		return say.T(ctx, "Nothing is in hand"), say.T(ctx, "What a worker does at this moment stands here, with how long it has it.")
	}
	return say.T(ctx, "Nothing waits"), say.T(ctx, "What is due and not yet taken stands here. When it grows, there are too few workers.")
}

func (d desk) retry(c *web.Call) error {
	org, name := id.Org(c.Form("organisation")), c.Form("job")
	if org != id.Platform && !org.Valid() || !id.Is(id.PrefixJob, name) {
		return fault.New(fault.NotFound, "there is no such job among those that died")
	}
	if err := d.Upkeep.RetryAt(c.Context(), c.Asker(), org, name); err != nil {
		return err
	}
	return c.Done(jobsPath, "retried")
}

// orgName is what to call an organisation, and whether that is a word of the page.
func orgName(ctx context.Context, names map[id.Org]string, org id.Org) (name string, word bool) {
	if org == id.Platform {
		return say.T(ctx, "the platform"), true
	}
	if slug := names[org]; slug != "" {
		return slug, false
	}
	return string(org), false
}

// age is how long ago something was, in the two largest units.
func age(d time.Duration) string {
	switch d = d.Abs().Truncate(time.Second); {
	case d >= 48*time.Hour:
		return plain(int64(d/(24*time.Hour))) + " d"
	case d >= time.Hour:
		return plain(int64(d/time.Hour)) + " h " + plain(int64(d%time.Hour/time.Minute)) + " min"
	case d >= time.Minute:
		return plain(int64(d/time.Minute)) + " min"
	}
	return plain(int64(d/time.Second)) + " s"
}

// off is a difference of clocks with its sign.
func off(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign = "−"
	}
	if d = d.Abs(); d < time.Second {
		return sign + plain(d.Milliseconds()) + " ms"
	}
	return sign + age(d)
}
