package app

import (
	"encoding/json"
	"fmt"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/content/undertaking"
	"c4arch/internal/inbound/api"
	"c4arch/internal/service/signin"
)

// begun is a session, begun as package signin begins it once somebody has proven who they are.
func (s *stage) begun(in signin.Start) (cookie, session string) {
	s.t.Helper()
	in.Method, in.Request = identity.ByPasskey, "rq_test"
	in.Strength.Phishing = true
	made, err := s.in.signIn.Start(s.t.Context(), in)
	s.check(err)
	return string(made.Cookie.Expose()), made.Session.ID
}

// browser signs somebody in with a browser, after a passkey was shown.
func (s *stage) browser(p *party, person string) (credential, string) {
	cookie, session := s.begun(signin.Start{Person: person, Realm: identity.Members, Org: p.org, Device: "Browser of " + p.slug})
	return credential{cookie: cookie}, session
}

// keyed is the same with a passkey that the organisation takes.
func (s *stage) keyed(p *party, person, passkey string) credential {
	cookie, _ := s.begun(signin.Start{Person: person, Realm: identity.Members, Org: p.org, Strength: identity.Strength{Passkey: passkey}, Device: "Browser of " + p.slug})
	return credential{cookie: cookie}
}

// colleague signs one of the platform's people in at home, visit in an organisation under a grant.
func (s *stage) colleague(person string) credential {
	cookie, _ := s.begun(signin.Start{Person: person, Realm: identity.Staff, Device: "Browser of the platform"})
	return credential{staff: cookie}
}

func (s *stage) visit(p *party, person, grant string) credential {
	cookie, _ := s.begun(signin.Start{Person: person, Realm: identity.Staff, Org: p.org, Grant: grant, Device: "Browser of the platform"})
	return credential{staff: cookie}
}

// employ writes the record of somebody with a role, who signs what has to be signed.
func (s *stage) employ(role access.Role) string {
	s.t.Helper()
	n := s.next()
	values := map[string]string{}
	s.hire(dict{"name": fmt.Sprintf("Colleague %d", n), "email": fmt.Sprintf("c%d@platform.example", n), "roles": []string{string(role)}}, values)
	d := undertaking.Current()
	text, err := json.Marshal(dict{"version": d.Version, "digest": d.Digest})
	s.check(err)
	a := s.send(s.handler, s.colleague(values["person"]), request{method: "POST", path: api.Prefix + "/undertaking/signature", kind: "application/json", body: text})
	if a.status >= 300 {
		s.t.Fatalf("the undertaking is not signed: %d %s", a.status, a.body)
	}
	return values["person"]
}

// spare is another credential such as the named caller's, for what ends the one that asks. With alone its person is somebody else.
func (s *stage) spare(name string, alone bool) credential {
	var role access.Role
	switch name {
	case "with a passkey":
		person := s.ours.members[access.Owner]
		if alone {
			person, _ = s.person(s.ours, access.Viewer, fmt.Sprintf("spare%d", s.next()))
		}
		return s.keyed(s.ours, person, s.passkey(person, s.ours.org))
	case "staff with a passkey":
		return s.colleague(s.people[access.Administrator])
	}
	for _, form := range []string{"a session of %s", "an old session of %s"} {
		if _, err := fmt.Sscanf(name, form, &role); err == nil {
			person := s.ours.members[role]
			if alone {
				person, _ = s.person(s.ours, role, fmt.Sprintf("spare%d", s.next()))
			}
			c, _ := s.browser(s.ours, person)
			return c
		}
	}
	if _, err := fmt.Sscanf(name, "a visit of %s", &role); err == nil {
		return s.visit(s.ours, s.people[role], s.grant(s.ours, s.people[role], "active", time.Hour))
	}
	if _, err := fmt.Sscanf(name, "staff %s", &role); err == nil {
		return s.colleague(s.people[role])
	}
	s.t.Fatalf("%s has no session", name)
	return credential{}
}

// signIns signs people in with a browser: of our organisation in every role, freshly and not, and of the platform in every role, at home and under a grant.
func (s *stage) signIns() {
	administrator := s.third.members[access.Owner] // of no organisation that is asked about
	s.check(s.in.staff.Found(s.t.Context(), administrator, "An administrator", "administrator@platform.example", "rq_test"))
	s.people[access.Administrator] = administrator
	s.staff[access.Administrator] = s.colleague(administrator)
	for _, role := range []access.Role{access.Security, access.Legal, access.Support, access.Operations} {
		s.people[role] = s.employ(role)
	}
	s.expired["an expired session"], _ = s.browser(s.ours, s.ours.members[access.Admin])
	s.expired["an expired session of staff"] = s.colleague(administrator)
	support := s.people[access.Support]
	s.ended["a visit that is over"] = s.visit(s.ours, support, s.grant(s.ours, support, "active", time.Minute))
	s.ahead += 2 * identity.MemberLimits.Idle
	for role, person := range s.ours.members {
		s.ours.callers["an old session of "+string(role)], _ = s.browser(s.ours, person)
	}
	s.ahead += identity.MemberLimits.Fresh + time.Minute
	for _, p := range []*party{s.ours, s.theirs} {
		for role, person := range p.members {
			p.callers["a session of "+string(role)], _ = s.browser(p, person)
		}
	}
	for role, person := range s.people {
		s.staff[role] = s.colleague(person)
		s.ours.callers["a visit of "+string(role)] = s.visit(s.ours, person, s.grant(s.ours, person, "active", time.Hour))
	}
	s.late()
	s.crossings(support)
}

// crossings are credentials in the wrong place: each realm's cookie as the other's, and sessions of staff in an organisation that does not let them in.
func (s *stage) crossings(support string) {
	member, staff := s.ours.callers["a session of owner"].cookie, s.staff[access.Administrator].staff
	s.expired["a member's cookie as one of staff"] = credential{staff: member}
	s.expired["a cookie of staff as a member's"] = credential{cookie: staff}
	s.ended["a visit that was revoked"] = s.visit(s.ours, support, s.grant(s.ours, support, "revoked", time.Hour))
	s.ended["a visit that was refused"] = s.visit(s.ours, support, s.grant(s.ours, support, "refused", time.Hour))
	s.ended["a visit that nobody approved"] = s.visit(s.ours, support, s.grant(s.ours, support, "asked", time.Hour))
	s.ended["a visit under the grant of another organisation"] = s.visit(s.ours, support, s.grant(s.theirs, support, "active", time.Hour))
	s.ended["a visit under the grant of a colleague"] = s.visit(s.ours, support, s.grant(s.ours, s.people[access.Legal], "active", time.Hour))
	s.ended["a visit under no grant"] = s.visit(s.ours, support, "")
	s.ended["a visit of who has no record"] = s.visit(s.ours, s.ours.members[access.Owner], s.grant(s.ours, s.ours.members[access.Owner], "active", time.Hour))
	left := s.employ(access.Support)
	s.ended["a visit of who has left"] = s.visit(s.ours, left, s.grant(s.ours, left, "active", time.Hour))
	s.check(s.leave(left))
}

func (s *stage) leave(person string) error {
	a := s.send(s.handler, s.staff[access.Administrator], request{method: "GET", path: api.Prefix + "/whoami"})
	if a.status >= 300 {
		return fmt.Errorf("the administrator is not let in: %d %s", a.status, a.body)
	}
	return s.in.staff.Leave(s.t.Context(), a.actor, person, "it was asked for")
}
