package app

import (
	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// aComment is on a finding of the party, and mentions its owner.
func aComment(s *stage, p *party) any {
	return dict{"about": "finding", "subject": s.rows(p.org, harvested["finding"])[0], "text": "words of " + p.slug + ", @" + s.rows(p.org, `SELECT email FROM member WHERE role = 'owner' ORDER BY id`)[0]}
}

var comment = one("comment", "/projects/{project}/comments", aComment, "id")

// furnishTalk says something on a finding, of which the owner is told.
func (s *stage) furnishTalk(p *party) {
	s.must(p.callers["second"].token, "POST", "/projects/"+p.thing("project")+"/comments", aComment(s, p))
	s.work(s.t.Context())
}

// takenBack is a comment of the owner that can be put back.
func takenBack(s *stage, p *party, values map[string]string) {
	comment(s, p, values)
	a := access.Actor{ID: id.Actor("person:" + p.members[access.Owner]), Kind: access.Person, Org: p.org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "-", Request: "rq_test", Fresh: true}
	_, err := s.in.talk.TakeBack(s.t.Context(), a, id.Project(p.thing("project")), values["comment"])
	s.check(err)
}

// talkSamples are how the pages of comments and notifications are asked rightly.
var talkSamples = map[string]sample{
	"comments":          {as: "a session of owner", query: "finding={finding}"},
	"comment-add":       {as: "a session of owner", body: aComment},
	"comment-take-back": {as: "a session of owner", fresh: comment},
	"comment-undo":      {as: "a session of owner", fresh: takenBack},
	"comment-redact":    {as: "a session of owner", fresh: comment, body: says(dict{"reason": "it is not for here"})},
	"notifications":     {as: "a session of owner"}, "notification": {as: "a session of owner"},
	"notifications-seen": {as: "a session of owner"}, "notifications-unseen": {as: "a session of owner", body: says(dict{"at": "1"})},
	"notification-settings": {as: "a session of owner"}, "notification-choose": {as: "a session of owner", body: func(*stage, *party) any {
		d := dict{}
		for _, k := range []string{"mention", "decision", "decided", "finding", "scan", "exception", "broken", "token", "membership", "support", "subprocessor"} {
			d["listed-"+k], d["mail-"+k] = "1", "daily"
		}
		return d
	}},
	"notification-test": {elsewhere: "internal/service/notify TestChoices"},
	"unsubscribe":       {elsewhere: "internal/service/notify TestOff"}, "unsubscribe-do": {elsewhere: "internal/service/notify TestOff"},
}
