package notify

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// How long what comes together is waited for, and when in a day (UTC) what happened is told.
const (
	bundleFor = 2 * time.Minute
	dailyHour = 6
)

// as is a member as an actor: what the member could do at this moment, having proven to be there.
func as(m tenant.Member, org id.Org) access.Actor {
	return access.Actor{ID: id.Actor("person:" + m.Person), Kind: access.Person, Org: org, Roles: []access.Role{m.Role}, Surface: access.Portal, Purpose: "portal", Session: "-", Fresh: true}
}

// may reports whether the actor may be told that.
func may(a access.Actor, w What, project id.Project) bool {
	rule, known := of[w]
	return known && does(a, rule.act, project, rule.project)
}

func does(a access.Actor, act access.Action, project id.Project, about bool) bool {
	a.Fresh = true
	r := access.Resource{}
	if about {
		r.Project = project
	}
	_, err := access.Decide(a, act, r)
	return err == nil
}

// told are the kinds that the actor may be told of at all.
func told(a access.Actor) (all []Kind) {
	for _, k := range kinds {
		for w, rule := range of {
			if rule.kind == k && may(a, w, id.LocalProject) { // any project: roles are of the organisation
				all = append(all, k)
				break
			}
		}
	}
	return all
}

func (f *follower) live(person string) bool {
	return slices.ContainsFunc(f.members, func(m tenant.Member) bool { return m.Person == person && m.Live(f.now) })
}

// tell gives everybody whom an event concerns a notice. Whoever did it knows it.
func (f *follower) tell(ctx context.Context, ev event) error {
	rule := of[ev.what]
	for _, m := range f.members {
		chosen := slices.Contains(ev.to, m.Person)
		if ev.all != "" && !chosen {
			chosen = does(as(m, f.scope.Org()), ev.all, ev.project, rule.project)
		}
		self := ev.actor.Person() == m.Person
		if !chosen || self || !m.Live(f.now) || !may(as(m, f.scope.Org()), ev.what, ev.project) {
			continue
		}
		if err := f.notice(ctx, m, ev); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) notice(ctx context.Context, m tenant.Member, ev event) error {
	st, err := f.chosen(ctx, m.Person)
	if err != nil {
		return err
	}
	choice := st.Choice(of[ev.what].kind)
	n := Notice{Person: m.Person, Key: ev.key, Kind: of[ev.what].kind, What: ev.what, Project: ev.project, Subject: ev.subject, Actor: ev.actor.Person(), Listed: choice.Listed, At: ev.at}
	if choice.Mail != Never && !st.MailOff && f.Mails() {
		n.Mail = choice.Mail
	}
	if choice.Hook && st.Address != "" {
		n.Hook = AtOnce
	}
	if !n.Listed && n.Mail == "" && n.Hook == "" {
		return nil
	}
	if n.ID, err = f.mint(id.PrefixNotice); err != nil {
		return err
	}
	f.batch.Notices = append(f.batch.Notices, n)
	if err := f.message(m.Person, ByMail, n.Mail); err != nil {
		return err
	}
	return f.message(m.Person, ByHook, n.Hook)
}

func (f *follower) mint(prefix string) (string, error) {
	text, err := id.Mint(prefix, f.Random, f.now)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return text, nil
}

// message is the one that a new notice goes with where none waits.
func (f *follower) message(person string, c Channel, p Pace) error {
	key := person + "/" + string(c) + "/" + string(p)
	if p == "" || f.messages[key] {
		return nil
	}
	name, err := f.mint(id.PrefixMessage)
	if err != nil {
		return err
	}
	f.messages[key] = true
	f.batch.Messages = append(f.batch.Messages, Message{ID: name, Person: person, Channel: c, Pace: p, State: Due, DueAt: due(f.now, p), Created: f.now})
	return nil
}

// due is when a message goes that begins now.
func due(now time.Time, p Pace) time.Time {
	if p != Daily {
		return now.Add(bundleFor)
	}
	at := time.Date(now.Year(), now.Month(), now.Day(), dailyHour, 0, 0, 0, time.UTC)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

func (f *follower) chosen(ctx context.Context, person string) (Settings, error) {
	if st, ok := f.settings[person]; ok {
		return st, nil
	}
	st, err := f.Store.Settings(ctx, f.scope, person)
	f.settings[person] = st
	return st, err
}
