package access

import (
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// Row is one line of the table of rights.
type Row struct {
	Action       Action    `json:"action"`
	Words        string    `json:"words"`
	Roles        []Role    `json:"roles"`    // of an organisation and of the platform
	Purposes     []Purpose `json:"purposes"` // of programs
	Project      bool      `json:"project"`  // about one project
	Visitor      bool      `json:"visitor"`  // staff of the platform may under a grant
	Worker       bool      `json:"worker"`
	Critical     bool      `json:"critical"`     // who is signed in proves again to be there
	InPerson     bool      `json:"inPerson"`     // no token may
	Organisation bool      `json:"organisation"` // in the homes of organisations
	Platform     bool      `json:"platform"`     // in the platform's home
}

// Table is who may do what, by action: what the policies decide, asked of them.
func Table() []Row {
	var rows []Row
	r := rights()
	for act, u := range actions {
		row := Row{
			Action: act, Words: u.words, Roles: []Role{}, Purposes: []Purpose{}, Project: u.project, Critical: u.critical, InPerson: u.inPerson,
			Visitor: slices.Contains(r.visitor, act), Worker: slices.Contains(r.worker, act),
			Organisation: u.place&organisation != 0, Platform: u.place&platform != 0,
		}
		for _, role := range slices.Concat(Roles, PlatformRoles) {
			if slices.Contains(r.roles[role], act) {
				row.Roles = append(row.Roles, role)
			}
		}
		for _, p := range Purposes {
			if p.Program() && slices.Contains(r.purposes[p], act) {
				row.Purposes = append(row.Purposes, p)
			}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(string(a.Action), string(b.Action)) })
	return rows
}

// Explain says in words who may do it.
func Explain(act Action) string {
	if words, ok := rights().words[act]; ok {
		return words
	}
	return "there is no action of that name"
}

func (t *table) explain(act Action) string {
	var names []string
	for _, role := range slices.Concat(Roles, PlatformRoles) {
		if slices.Contains(t.roles[role], act) {
			names = append(names, string(role))
		}
	}
	if len(names) == 0 {
		return string(act) + " is done by the service itself"
	}
	words := actions[act].words + " (" + string(act) + ") is for: " + strings.Join(names, ", ")
	var programs []string
	for _, p := range Purposes {
		if p.Program() && slices.Contains(t.purposes[p], act) {
			programs = append(programs, string(p))
		}
	}
	if len(programs) > 0 {
		words += "; and for programs by a token with the purpose " + strings.Join(programs, " or ")
	}
	return words
}

// Known reports whether there is such an action.
func Known(act Action) bool {
	_, ok := actions[act]
	return ok
}

// Critical reports whether a person who is signed in has to prove again to be there before it.
func Critical(act Action) bool { return actions[act].critical }

// InPerson reports whether no token may do it, whatever its purpose.
func InPerson(act Action) bool { return actions[act].inPerson }

// Reason is a policy that decided.
type Reason struct {
	Policy string `json:"policy"`
	Words  string `json:"words"`
}

// Explanation is why a decision is as it is.
type Explanation struct {
	Allowed  bool     `json:"allowed"`
	Policies []Reason `json:"policies"` // that permit it, or that forbid it; none where nothing permits. What is permitted can still fail by what the actor is narrowed to
	StepUp   bool     `json:"stepUp"`   // it would be allowed after a fresh proof
	Why      string   `json:"why"`      // in words
	Errors   []string `json:"errors"`   // of policies that could not be evaluated
}

// ExplainDecision says why [Decide] decides as it does. It mints nothing.
func ExplainDecision(a Actor, act Action, r Resource) Explanation {
	x := Explanation{Policies: []Reason{}, Errors: []string{}}
	_, err := Decide(a, act, r)
	x.Allowed, x.StepUp = err == nil, err == ErrStepUp //nolint:errorlint // it is handed out as it is
	if who, ok := principal(a); ok && Known(act) {
		b := book()
		_, said := b.ask(who, a, act, contextOf(a))
		for _, reason := range said.Reasons {
			x.Policies = append(x.Policies, Reason{Policy: string(reason.PolicyID), Words: b.words(reason.PolicyID)})
		}
		for _, e := range said.Errors {
			x.Errors = append(x.Errors, string(e.PolicyID)+": "+e.Message)
		}
	}
	if err != nil {
		x.Why = err.Error()
		return x
	}
	x.Why = x.Policies[0].Words
	return x
}

func (b *policies) words(name cedar.PolicyID) string {
	for _, c := range b.all {
		if c.id == name {
			return c.words
		}
	}
	return ""
}
