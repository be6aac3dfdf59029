// Package subprocessor is the pages of subprocessors: the public list with its history and feeds, what the platform's people do with it, and what an organisation is told and objects.
//
// It promises: the public pages show what is published and nothing of any organisation; what an organisation said is shown to it and to those of the platform's people who answer; times
// by which something is due are told in the zone in which they are counted. It leaves out every decision, which is the service's.
package subprocessor

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	service "c4arch/internal/service/subprocessor"
	"c4arch/internal/trust/subprocessor"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Service is the port to the use cases.
type Service interface {
	List(ctx context.Context) (subprocessor.List, error)
	At(ctx context.Context, number int) (subprocessor.List, error)
	Past(ctx context.Context) ([]subprocessor.List, error)

	All(ctx context.Context, a access.Actor) (subprocessor.List, []subprocessor.Change, error)
	One(ctx context.Context, a access.Actor, name string) (subprocessor.Change, []service.Affected, error)
	Propose(ctx context.Context, a access.Actor, in subprocessor.Change) (subprocessor.Change, error)
	Decide(ctx context.Context, a access.Actor, name string, approve bool, reason string) error
	Withdraw(ctx context.Context, a access.Actor, name, reason string) error
	Advance(ctx context.Context, cause access.Actor, name string) error
	Objection(ctx context.Context, a access.Actor, name string, org id.Org) (subprocessor.Notice, service.Org, error)
	Answer(ctx context.Context, a access.Actor, name string, org id.Org, x subprocessor.Step) error

	Mine(ctx context.Context, a access.Actor) (service.Used, error)
	Notice(ctx context.Context, a access.Actor, name string) (subprocessor.Notice, error)
	Object(ctx context.Context, a access.Actor, name, grounds string) error
	TakeBack(ctx context.Context, a access.Actor, name string) error
	Reply(ctx context.Context, a access.Actor, name, note string) error
}

// Parts are what the desk needs.
type Parts struct {
	Service Service
	// Names are the platform's people by their ids.
	Names func(ctx context.Context, a access.Actor) (map[string]string, error)
	Now   func() time.Time
}

const (
	publicPath = "/trust/subprocessors"
	staffPath  = "/staff/subprocessors"
	orgPath    = "/organisation/subprocessors"
)

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		s.Open("GET", publicPath, "trust-subprocessors", d.public)
		s.Open("GET", publicPath+".json", "trust-subprocessors-json", d.json)
		s.Open("GET", publicPath+".atom", "trust-subprocessors-atom", d.atom)

		s.Says("supply-proposed", "The change is proposed. Another of the platform's people decides it.")
		s.Says("supply-approved", "The change is approved and published. Those whom it concerns are told.")
		s.Says("supply-declined", "The change is declined.")
		s.Says("supply-withdrawn", "The change is withdrawn.")
		s.Says("supply-answered", "It stands in the log, where the organisation reads it.")
		change := web.InPath("change", "supply")
		s.StaffPage(staffPath, "staff-subprocessors", access.SubprocessorRead, d.list)
		s.StaffPage(staffPath+"/propose", "staff-subprocessors-form", access.SubprocessorChange, d.form)
		s.StaffForm(staffPath+"/propose", "staff-subprocessors-propose", access.SubprocessorChange, d.propose)
		s.StaffPage(staffPath+"/import", "staff-subprocessors-import-form", access.SubprocessorChange, d.importForm)
		s.StaffForm(staffPath+"/import", "staff-subprocessors-import", access.SubprocessorChange, d.take)
		s.StaffPage(staffPath+"/changes/{change}", "staff-supply", access.SubprocessorRead, d.change, change)
		s.StaffForm(staffPath+"/changes/{change}/decide", "staff-supply-decide", access.SubprocessorChange, d.decide, change)
		s.StaffForm(staffPath+"/changes/{change}/withdraw", "staff-supply-withdraw", access.SubprocessorChange, d.withdraw, change)
		s.StaffPage(staffPath+"/changes/{change}/for/{organisation}", "staff-supply-notice", access.SubprocessorRead, d.standing, change)
		s.StaffForm(staffPath+"/changes/{change}/for/{organisation}", "staff-supply-answer", access.SubprocessorChange, d.answer, change)

		s.Says("objected", "Your objection is recorded. The change does not begin for your organisation while it is open.")
		s.Says("objection-back", "Your objection is taken back.")
		s.Says("objection-noted", "It stands in the log, where the platform reads it.")
		s.Page(orgPath, "subprocessors", access.ObjectionRead, d.mine)
		s.Page(orgPath+"/{change}", "subprocessor-notice", access.ObjectionRead, d.notice, change)
		s.Form(orgPath+"/{change}/object", "subprocessor-object", access.ObjectionRaise, d.object, change)
		s.Form(orgPath+"/{change}/take-back", "subprocessor-take-back", access.ObjectionRaise, d.takeBack, change)
		s.Form(orgPath+"/{change}/reply", "subprocessor-reply", access.ObjectionRaise, d.reply, change)
	}
}

type desk struct{ Parts }

// inZone is a time by which something is due, in the zone in which it is counted.
func inZone(t time.Time, zone string) string {
	at, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		at, zone = time.UTC, "UTC"
	}
	return t.In(at).Format("Mon 2 January 2006, 15:04") + " (" + zone + ")"
}

func date(t time.Time) string { return t.UTC().Format("2 January 2006") }

func statusWord(ctx context.Context, s subprocessor.Status) string {
	switch s {
	case subprocessor.Core:
		return say.T(ctx, "core")
	case subprocessor.Optional:
		return say.T(ctx, "optional")
	case subprocessor.Environment:
		return say.T(ctx, "environment-specific")
	case subprocessor.Chosen:
		return say.T(ctx, "customer-selected")
	}
	return string(s)
}

func statusSays(ctx context.Context, s subprocessor.Status) string {
	switch s {
	case subprocessor.Core:
		return say.T(ctx, "the data of every organisation pass it")
	case subprocessor.Optional:
		return say.T(ctx, "only the data of organisations that use the feature")
	case subprocessor.Environment:
		return say.T(ctx, "only in some deployments")
	case subprocessor.Chosen:
		return say.T(ctx, "the customer's own provider, which is no subprocessor")
	}
	return ""
}

func stateMark(e *subprocessor.Entry) string {
	switch e.State() {
	case subprocessor.InForce:
		return "good"
	case subprocessor.Announced:
		return "warn"
	case subprocessor.Ended:
	}
	return ""
}

func stateWord(ctx context.Context, e *subprocessor.Entry) string {
	switch e.State() {
	case subprocessor.InForce:
		return say.T(ctx, "in force")
	case subprocessor.Announced:
		return say.T(ctx, "announced")
	case subprocessor.Ended:
	}
	return say.T(ctx, "ended")
}

func eventWord(ctx context.Context, what string) string {
	switch what {
	case subprocessor.Listed:
		return say.T(ctx, "listed")
	case subprocessor.Told:
		return say.T(ctx, "announced")
	case subprocessor.Began:
		return say.T(ctx, "in force")
	case subprocessor.Stopped:
		return say.T(ctx, "ended")
	case subprocessor.Corrected:
		return say.T(ctx, "corrected")
	case subprocessor.Recalled:
		return say.T(ctx, "withdrawn")
	}
	return what
}

func stageMark(s subprocessor.Stage) string {
	switch s {
	case subprocessor.Activated:
		return "good"
	case subprocessor.Objected:
		return "wrong"
	case subprocessor.Noticed, subprocessor.Open, subprocessor.Expired, subprocessor.Resolved:
		return "warn"
	case subprocessor.Recall:
	}
	return ""
}

func stageWord(ctx context.Context, n *subprocessor.Notice) string {
	switch n.Stage {
	case subprocessor.Noticed:
		return say.T(ctx, "told, not delivered on two channels yet")
	case subprocessor.Open:
		return say.T(ctx, "open to objections")
	case subprocessor.Objected:
		return say.T(ctx, "objection is open")
	case subprocessor.Expired:
		return say.T(ctx, "time to object is over")
	case subprocessor.Resolved:
		if n.Stays() {
			return say.T(ctx, "resolved: stays on the old path")
		}
		return say.T(ctx, "resolved: agreed")
	case subprocessor.Activated:
		return say.T(ctx, "in force")
	case subprocessor.Recall:
		return say.T(ctx, "withdrawn")
	}
	return string(n.Stage)
}

func outcomeWord(ctx context.Context, o subprocessor.Outcome) string {
	switch o {
	case subprocessor.Accepted:
		return say.T(ctx, "the organisation agrees to the change")
	case subprocessor.OptOut:
		return say.T(ctx, "the organisation does without the feature")
	case subprocessor.Alternative:
		return say.T(ctx, "another way: the organisation stays on the old path")
	case subprocessor.Terminate:
		return say.T(ctx, "the organisation ends the service, or the part of it")
	}
	return string(o)
}

func channelWord(ctx context.Context, c string) string {
	switch c {
	case subprocessor.InPortal:
		return say.T(ctx, "portal")
	case subprocessor.ByMail:
		return say.T(ctx, "mail")
	case subprocessor.ByStream:
		return say.T(ctx, "stream or webhook")
	case subprocessor.InPublic:
		return say.T(ctx, "public list and feed")
	}
	return c
}

func receiptWord(ctx context.Context, r subprocessor.Receipt) (mark, word string) {
	switch r.State {
	case subprocessor.Delivered:
		return "good", say.T(ctx, "delivered")
	case subprocessor.Bounced:
		return "wrong", say.T(ctx, "bounced")
	case subprocessor.Waiting:
		return "warn", say.T(ctx, "on its way")
	}
	return "", say.T(ctx, "not used")
}

func kindWord(ctx context.Context, k subprocessor.Kind) string {
	switch k {
	case subprocessor.Add:
		return say.T(ctx, "Addition")
	case subprocessor.Replace:
		return say.T(ctx, "Replacement")
	case subprocessor.End:
		return say.T(ctx, "End")
	case subprocessor.Correct:
		return say.T(ctx, "Correction")
	case subprocessor.Stock:
		return say.T(ctx, "Taking stock")
	}
	return string(k)
}

func progressWord(ctx context.Context, p subprocessor.Progress) (mark, word string) {
	switch p {
	case subprocessor.Proposed:
		return "warn", say.T(ctx, "waits for a second person")
	case subprocessor.Approved:
		return "warn", say.T(ctx, "announced")
	case subprocessor.Done:
		return "good", say.T(ctx, "settled")
	case subprocessor.Declined:
		return "", say.T(ctx, "declined")
	case subprocessor.Withdrawn:
		return "", say.T(ctx, "withdrawn")
	}
	return "", string(p)
}
