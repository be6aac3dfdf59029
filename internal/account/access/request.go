package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go"

	"c4arch/internal/base/id"
)

// The types of principals. A kind of actor is of one of them, and staff inside an organisation of another than on the platform, so that no rule about the one can match the other.
const (
	typePerson  cedar.EntityType = "Person"
	typeProgram cedar.EntityType = "Program"
	typeStaff   cedar.EntityType = "Staff"
	typeVisitor cedar.EntityType = "Visitor" // staff, under a grant of the organisation
	typeWorker  cedar.EntityType = "Worker"
	typeLocal   cedar.EntityType = "Local"
)

var principals = []cedar.EntityType{typePerson, typeProgram, typeStaff, typeVisitor, typeWorker, typeLocal}

// The types of resources: whose home it is. What is named under it, a project, is found or not by the store.
const (
	typeOrganisation cedar.EntityType = "Organisation"
	typePlatform     cedar.EntityType = "Platform"
	typeLaptop       cedar.EntityType = "Laptop"
)

const typeAction cedar.EntityType = "Action"

// The groups of actions.
var (
	groupCritical = cedar.NewEntityUID(typeAction, "critical")
	groupInPerson = cedar.NewEntityUID(typeAction, "inPerson")
	groups        = []cedar.EntityUID{groupCritical, groupInPerson}
)

// principal is the actor as the policies see it. Nothing of the actor but its kind, its roles and its purpose decides.
func principal(a Actor) (cedar.Entity, bool) {
	e := cedar.Entity{UID: cedar.EntityUID{ID: cedar.String(a.ID)}}
	switch a.Kind {
	case Person:
		e.UID.Type, e.Attributes = typePerson, rolesOf(a.Roles, Roles)
	case Token:
		e.UID.Type, e.Attributes = typeProgram, purposes.of(a.For)
	case Staff:
		e.UID.Type, e.Attributes = typeStaff, rolesOf(a.Roles, PlatformRoles)
		if a.Grant != "" {
			e.UID.Type = typeVisitor
		}
	case Worker:
		e.UID.Type = typeWorker
	case Local:
		e.UID.Type = typeLocal
	default:
		return e, false
	}
	return e, true
}

func home(o id.Org) cedar.EntityUID {
	switch o {
	case id.Platform:
		return cedar.EntityUID{Type: typePlatform, ID: cedar.String(o)}
	case id.Local:
		return cedar.EntityUID{Type: typeLaptop, ID: cedar.String(o)}
	}
	return cedar.EntityUID{Type: typeOrganisation, ID: cedar.String(o)}
}

// rolesOf is the record with the roles that are of the realm; others say nothing. One role, which is what nearly every actor has, is made once.
func rolesOf(roles, realm []Role) cedar.Record {
	if len(roles) == 1 {
		if r, ok := single[roles[0]]; ok && slices.Contains(realm, roles[0]) {
			return r
		}
	}
	return roleRecord(slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return !slices.Contains(realm, r) })...)
}

func roleRecord(roles ...Role) cedar.Record {
	values := make([]cedar.Value, len(roles))
	for i, r := range roles {
		values[i] = cedar.String(r)
	}
	return cedar.NewRecord(cedar.RecordMap{"roles": cedar.NewSet(values...)})
}

var single = func() map[Role]cedar.Record {
	m := map[Role]cedar.Record{}
	for _, r := range slices.Concat(Roles, PlatformRoles) {
		m[r] = roleRecord(r)
	}
	return m
}()

// contexts are the few ways to come: by a session, fresh or not, by neither session nor token, by a token of each purpose.
type coming struct {
	purpose        Purpose
	session, fresh bool
}

var contexts = func() map[coming]cedar.Record {
	m := map[coming]cedar.Record{}
	for _, p := range append(slices.Clone(Purposes), "", unknown) {
		for i := range 4 {
			c := coming{p, i&1 != 0, i&2 != 0}
			name := cedar.String(p)
			if p == "" {
				name = "session"
			}
			m[c] = cedar.NewRecord(cedar.RecordMap{"purpose": name, "session": cedar.Boolean(c.session), "fresh": cedar.Boolean(c.fresh)})
		}
	}
	return m
}()

func contextOf(a Actor) cedar.Record {
	p := a.For
	if p != "" && !p.Known() {
		p = unknown
	}
	return contexts[coming{p, a.Session != "", a.Fresh}]
}

// unknown stands for every purpose that is none.
const unknown Purpose = "unknown"

type purposeRecords map[Purpose]cedar.Record

var purposes = func() purposeRecords {
	m := purposeRecords{}
	for _, p := range append(slices.Clone(Purposes), unknown) {
		m[p] = cedar.NewRecord(cedar.RecordMap{"purpose": cedar.String(p)})
	}
	return m
}()

func (m purposeRecords) of(p Purpose) cedar.Record {
	if r, ok := m[p]; ok {
		return r
	}
	return m[unknown]
}
