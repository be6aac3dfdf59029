package access

import (
	"slices"
	"sync"

	"github.com/cedar-policy/cedar-go"

	"c4arch/internal/base/id"
)

// Roles are those of an organisation, the most powerful first.
var Roles = []Role{Owner, Admin, Architect, Approver, Auditor, Viewer, Billing}

// PlatformRoles are those of the platform: of its people, and Operator, of its programs and its console.
var PlatformRoles = []Role{Administrator, Security, Legal, Support, Operations, Operator}

// Known reports whether r is a role that a member of an organisation can have.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// OfPlatform reports whether r is a role of the platform.
func (r Role) OfPlatform() bool { return slices.Contains(PlatformRoles, r) }

var roleWords = map[Role]string{
	Owner:         "everything, and the only one who makes owners",
	Admin:         "runs the organisation: projects, members, tokens, sign-in, connections",
	Architect:     "scans, compares and approves",
	Approver:      "reads, and approves baselines and exceptions",
	Auditor:       "reads everything, the ledger too, until a day that is set; each read is recorded",
	Viewer:        "reads projects, architecture and drift",
	Billing:       "reads what the organisation is, nothing of its architecture",
	Administrator: "keeps the people of the platform, and takes organisations on",
	Security:      "checks controls, and takes evidence out of the platform's own ledger",
	Legal:         "takes evidence out, and erases persons",
	Support:       "helps organisations, under their grants",
	Operations:    "runs jobs, keys and checks",
	Operator:      "programs of the platform, and its console on the machine itself",
}

// Words says what the role is for.
func (r Role) Words() string { return roleWords[r] }

// Covers reports whether r, of an organisation, may do all that other may: whoever gives a role has to cover it, so that only owners make owners. Billing is covered by
// every role; an auditor and an architect cover each other in neither direction.
func (r Role) Covers(other Role) bool {
	if !r.Known() || !other.Known() {
		return false
	}
	mine := rights().roles[r]
	for _, act := range rights().roles[other] {
		if !slices.Contains(mine, act) {
			return false
		}
	}
	return true
}

// Covers reports whether one of the roles of a covers the role. A program has none.
func (a Actor) Covers(role Role) bool {
	if a.For != "" && a.For != Interactive {
		return false
	}
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return r.Covers(role) })
}

// Least is what is left of a token's role when the person as whom it acts has another one by now: the most powerful that both cover, or none where one of the two is
// no role.
func Least(token, member Role) Role {
	for _, r := range Roles {
		if token.Covers(r) && member.Covers(r) {
			return r
		}
	}
	return ""
}

// table is what the policies allow to each role and purpose, asked of them once.
type table struct {
	roles    map[Role][]Action
	purposes map[Purpose][]Action
	visitor  []Action
	worker   []Action
	words    map[Action]string
}

// example stands for any organisation: which one it is decides nothing.
const example id.Org = "og_00000000000000000000000000"

var rights = sync.OnceValue(func() *table {
	t := &table{roles: map[Role][]Action{}, purposes: map[Purpose][]Action{}, words: map[Action]string{}}
	for act := range actions {
		for _, r := range Roles {
			t.note(r, act, Actor{Kind: Person, Org: example, Roles: []Role{r}})
		}
		for _, r := range PlatformRoles {
			t.note(r, act, Actor{Kind: Staff, Org: id.Platform, Roles: []Role{r}})
			if may(Actor{Kind: Staff, Org: example, Roles: []Role{r}, Grant: "x"}, act) && !slices.Contains(t.visitor, act) {
				t.visitor = append(t.visitor, act)
			}
		}
		for _, p := range Purposes {
			if may(holder(p), act) {
				t.purposes[p] = append(t.purposes[p], act)
			}
		}
		if may(Actor{Kind: Worker, Org: example}, act) || may(Actor{Kind: Worker, Org: id.Platform}, act) {
			t.worker = append(t.worker, act)
		}
		t.words[act] = t.explain(act)
	}
	for _, list := range t.purposes {
		slices.Sort(list)
	}
	return t
})

func (t *table) note(r Role, act Action, a Actor) {
	if may(a, act) {
		t.roles[r] = append(t.roles[r], act)
	}
}

// holder is who has a token of the purpose, with the most that can be.
func holder(p Purpose) Actor {
	switch p {
	case Interactive:
		return Actor{Kind: Person, Org: example, Roles: []Role{Owner}, For: p}
	case Operation:
		return Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Operator}, For: p}
	}
	return Actor{Kind: Token, Org: example, For: p}
}

// may asks the policies about somebody who has just proven to be there.
func may(a Actor, act Action) bool {
	a.ID, a.Session, a.Fresh = "x", "x", true
	who, ok := principal(a)
	if !ok {
		return false
	}
	b := book()
	decision, said := b.ask(who, a, act, contextOf(a))
	return decision == cedar.Allow && len(said.Errors) == 0
}
