package agreement

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/order"
	"c4arch/internal/trust/terms"
)

// parsed are the terms in a form, and the version that they were made of. What of it is no number or no day is told; all else is checked by package terms.
func parsed(c *web.Call) (t terms.Terms, version int, err error) {
	number := func(name string) int {
		text := c.Form(name)
		if text == "" {
			return 0
		}
		n, e := strconv.Atoi(text)
		if e != nil && err == nil {
			err = fault.New(fault.Invalid, "%s is no number", name).WithHelp("write it with digits alone; leave it empty for none")
		}
		return n
	}
	day := func(name string) time.Time {
		text := c.Form(name)
		if text == "" {
			return time.Time{}
		}
		at, e := time.Parse(time.DateOnly, text)
		if e != nil && err == nil {
			err = fault.New(fault.Invalid, "that is no day").WithHelp("write it as 2026-11-23")
		}
		return at
	}
	t = terms.Terms{
		Reference: c.Form("reference"), From: day("from"), Until: day("until"), Plan: c.Form("plan"),
		Users: number("users"), Projects: number("projects"), Subscriptions: number("subscriptions"), Repositories: number("repositories"), ScansPerMonth: number("scans"),
		Residency: strings.Fields(strings.ReplaceAll(c.Form("residency"), ",", " ")), SupportTier: c.Form("tier"), RPO: c.Form("rpo"), RTO: c.Form("rto"), AI: terms.AIOff,
		ObjectionDays: number("objection"), IncidentHours: number("incident"), Zone: c.Form("zone"), Role: c.Form("role"),
	}
	version = number("version")
	if err == nil {
		t.SLA, err = terms.ParseAvailability(c.Form("sla"))
	}
	return t, version, err
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// percent is an availability as it is typed.
func percent(t terms.Terms) string {
	if t.SLA == 0 {
		return ""
	}
	return strings.TrimSuffix(t.Availability(), " %")
}

// limitName is a limit in the reader's language.
func limitName(ctx context.Context, l terms.Limit) string {
	switch l {
	case terms.Users:
		return say.T(ctx, "Users")
	case terms.Projects:
		return say.T(ctx, "Projects")
	case terms.Subscriptions:
		return say.T(ctx, "Connected subscriptions and clusters")
	case terms.Repositories:
		return say.T(ctx, "Connected repositories")
	}
	return say.T(ctx, "Scans in this month")
}

func featureName(ctx context.Context, f terms.Feature) string {
	switch f {
	case terms.Portal:
		return say.T(ctx, "the service itself")
	case terms.Mail:
		return say.T(ctx, "mail")
	case terms.LiveAzure:
		return say.T(ctx, "live connections to Azure")
	case terms.LiveKube:
		return say.T(ctx, "live connections to Kubernetes")
	case terms.Repository:
		return say.T(ctx, "repositories")
	case terms.SignIn:
		return say.T(ctx, "your own identity provider")
	case terms.KeyService:
		return say.T(ctx, "a key service")
	case terms.ObjectStore:
		return say.T(ctx, "an object store")
	case terms.AI:
		return say.T(ctx, "AI")
	case terms.Billing:
		return say.T(ctx, "billing")
	}
	return say.T(ctx, "support")
}

func features(ctx context.Context, all []terms.Feature) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = featureName(ctx, f)
	}
	return strings.Join(names, ", ")
}

// agreed is a promise that was agreed, or says that none was.
func agreed(ctx context.Context, text string) string {
	if text == "" {
		return say.T(ctx, "none was agreed")
	}
	return text
}

func most(ctx context.Context, n int) string {
	if n == 0 {
		return say.T(ctx, "no limit")
	}
	return strconv.Itoa(n)
}

// full reports whether no more can be made.
func full(t terms.Terms, l terms.Limit, used int) bool { return t.Of(l) > 0 && used >= t.Of(l) }

func methodName(ctx context.Context, m string) string {
	switch m {
	case "signature":
		return say.T(ctx, "signature")
	case "order-form-upload":
		return say.T(ctx, "order form")
	}
	return say.T(ctx, "on this page")
}

// who is a person's name, or that there is none any more.
func who(ctx context.Context, names map[string]string, person string) string {
	if n := names[person]; n != "" {
		return n
	}
	return say.T(ctx, "somebody who is no member any more")
}

// since is what a version of a history, which has the newest first, changed.
func since(all []order.Kept, i int) []terms.Change {
	before := terms.Default()
	if i+1 < len(all) {
		before = all[i+1].Terms
	}
	return terms.Diff(before, all[i].Terms)
}

// limits are those that there are, in a line.
func limits(ctx context.Context, t terms.Terms) string {
	var some []string
	for _, l := range terms.Limits() {
		if n := t.Of(l); n > 0 {
			some = append(some, strconv.Itoa(n)+" "+strings.ToLower(limitField(ctx, l)))
		}
	}
	if len(some) == 0 {
		return say.T(ctx, "no limit")
	}
	return strings.Join(some, ", ")
}

// limitField is a limit as a form asks for it.
func limitField(ctx context.Context, l terms.Limit) string {
	if l == terms.Scans {
		return say.T(ctx, "Scans in a month")
	}
	return limitName(ctx, l)
}

func promises(ctx context.Context, t terms.Terms) string {
	var some []string
	if t.SLA > 0 {
		some = append(some, t.Availability())
	}
	for name, text := range map[string]string{"RPO": t.RPO, "RTO": t.RTO} {
		if text != "" {
			some = append(some, name+" "+text)
		}
	}
	if len(some) == 0 {
		return agreed(ctx, "")
	}
	slices.Sort(some)
	return strings.Join(some, ", ")
}
