package assure

import (
	"context"
	"crypto/sha256"
	_ "embed" // the matrix is part of the program
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
)

// Decide is access.Decide, or what stands in its place in a test.
type Decide func(a access.Actor, act access.Action, r access.Resource) (access.Scope, error)

// Answered is a route, as far as its policy goes.
type Answered struct {
	Name   string
	Open   bool // it is for everybody
	Person bool // it is for whoever is signed in
	Action access.Action
}

//go:embed matrix.txt
var recorded string

// someone stands for any organisation, and for any project of it: which one it is decides nothing.
const (
	someone     id.Org     = "og_00000000000000000000000000"
	someProject id.Project = "pj_00000000000000000000000000"
)

// Matrix asks who may do what, action by action: one line each, with the roles of organisations, those of the platform, the purposes of programs, and visitor for staff under a grant.
// It is what is recorded beside it, and the export of the matrix; its digest is the evidence.
func Matrix(decide Decide) (string, error) {
	var b strings.Builder
	for _, row := range access.Table() {
		var who []string
		for _, c := range callers() {
			_, err := decide(c.actor, row.Action, access.Resource{Project: someProject})
			if errors.Is(err, access.ErrPolicy) {
				return "", fmt.Errorf("%s by %s: %w", row.Action, c.name, err)
			}
			if err == nil {
				who = append(who, c.name)
			}
		}
		b.WriteString(strings.TrimSpace(string(row.Action)+": "+strings.Join(who, " ")) + "\n")
	}
	return b.String(), nil
}

type caller struct {
	name  string
	actor access.Actor
}

// probing is an actor that never leaves this process: no session and no token stands for it. It has just proven to be there, so that a denial is about the right alone.
func probing(k access.Kind, org id.Org, roles ...access.Role) access.Actor {
	return access.Actor{ID: "probe", Kind: k, Org: org, Roles: roles, Surface: access.Jobs, Purpose: "checks of controls", Session: "probe", Fresh: true}
}

// callers are everybody who can be somebody.
func callers() (all []caller) {
	for _, r := range access.Roles {
		all = append(all, caller{string(r), probing(access.Person, someone, r)})
	}
	for _, r := range access.PlatformRoles {
		all = append(all, caller{string(r), probing(access.Staff, id.Platform, r)})
	}
	for _, p := range access.Purposes {
		if p.Program() {
			all = append(all, caller{"for:" + string(p), Holder(p)})
		}
	}
	visitor := probing(access.Staff, someone, access.Support)
	visitor.Grant = "probe"
	return append(all, caller{"visitor", visitor})
}

// Holder is a program with a token of the purpose.
func Holder(p access.Purpose) access.Actor {
	return access.Actor{ID: "probe", Kind: access.Token, Org: someone, Surface: access.Jobs, Purpose: string(p), For: p}
}

// strays are actors that may nothing at all: each is of two realms, or of none.
func strays() (all []caller) {
	for _, r := range access.PlatformRoles {
		all = append(all,
			caller{"a member with the role " + string(r), probing(access.Person, someone, r)},
			caller{"a member of the platform with the role " + string(r), probing(access.Person, id.Platform, r)},
			caller{string(r) + " in an organisation without a grant", probing(access.Staff, someone, r)})
	}
	for _, r := range access.Roles {
		all = append(all, caller{"staff with the role " + string(r), probing(access.Staff, id.Platform, r)}, caller{"a program with the role " + string(r), probing(access.Token, someone, r)})
	}
	return append(all, caller{"a role that there is not", probing(access.Person, someone, "root")}, caller{"nobody", access.Actor{}})
}

// Rules says whether who may do what is what was recorded, whether anybody may who is of two realms or of none, and whether each route says what its service decides about.
func Rules(decide Decide, routes func(context.Context) ([]Answered, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) ([]control.Observation, error) {
		matrix, err := Matrix(decide)
		if err != nil {
			return nil, err
		}
		list, err := routes(ctx)
		if err != nil {
			return nil, err
		}
		return []control.Observation{asRecorded(matrix), straying(decide), owning(), declared(list)}, nil
	}
}

func asRecorded(matrix string) control.Observation {
	sum := sha256.Sum256([]byte(matrix))
	o := control.Observation{Subject: "the matrix of roles, purposes and actions", Outcome: control.Pass, Detail: fmt.Sprintf("%d actions, as recorded: SHA-256 %s", strings.Count(matrix, "\n"), hex.EncodeToString(sum[:]))}
	was, is := strings.Split(recorded, "\n"), strings.Split(matrix, "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			o.Outcome, o.Detail = control.Fail, fmt.Sprintf("line %d is not as it was recorded: %q", i+1, is[min(i, len(is)-1)])
			break
		}
	}
	return o
}

func straying(decide Decide) control.Observation {
	o := control.Observation{Subject: "who is of two realms or of none", Outcome: control.Pass}
	n := 0
	for _, c := range strays() {
		for _, row := range access.Table() {
			n++
			if _, err := decide(c.actor, row.Action, access.Resource{Project: someProject}); err == nil {
				return control.Observation{Subject: o.Subject, Outcome: control.Fail, Detail: fmt.Sprintf("%s may %s", c.name, row.Action)}
			}
		}
	}
	for _, c := range callers() {
		n++
		if _, err := decide(c.actor, "no.such", access.Resource{}); err == nil {
			return control.Observation{Subject: o.Subject, Outcome: control.Fail, Detail: c.name + " may what is no action"}
		}
	}
	o.Detail = fmt.Sprintf("%d decisions, each a denial", n)
	return o
}

func owning() control.Observation {
	bad := slices.DeleteFunc(slices.Clone(access.Roles), func(r access.Role) bool { return r.Covers(access.Owner) == (r == access.Owner) })
	return observed("who makes owners", len(bad) == 0, "owners alone", fmt.Sprintf("others than owners do: %v", bad))
}

func declared(list []Answered) control.Observation {
	open, people := 0, 0
	for _, r := range list {
		switch {
		case r.Open && r.Action == "":
			open++
		case r.Person && r.Action == "":
			people++
		case !access.Known(r.Action):
			return control.Observation{Subject: "the policies of routes", Outcome: control.Fail, Detail: r.Name + " declares none"}
		}
	}
	if len(list) == 0 {
		return control.Observation{Subject: "the policies of routes", Outcome: control.Unknown, Detail: "there is no route"}
	}
	return control.Observation{Subject: "the policies of routes", Outcome: control.Pass, Detail: fmt.Sprintf("%d routes: %d for everybody, %d for whoever is signed in, each other of one action", len(list), open, people)}
}

// purposesOf are the actions of each purpose as they were recorded.
func purposesOf(p access.Purpose) (acts []access.Action) {
	for line := range strings.Lines(recorded) {
		act, who, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if slices.Contains(strings.Fields(who), "for:"+string(p)) {
			acts = append(acts, access.Action(act))
		}
	}
	return acts
}

// Ask asks a route that reads, in this process, in the name of an actor for whom there is no token, and says which status it answers with; 0 is one that is not asked.
type Ask func(ctx context.Context, a access.Actor, name string) int

// Apart says whether a token of each purpose is refused at every route of another, and let in at its own. asker is called once for a run.
func Apart(decide Decide, routes func(context.Context) ([]Answered, error), asker func() Ask) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) (seen []control.Observation, err error) {
		list, err := routes(ctx)
		if err != nil {
			return nil, err
		}
		ask := asker()
		for _, p := range access.Purposes {
			if p.Program() {
				seen = append(seen, apart(ctx, p, decide, list, ask))
			}
		}
		return seen, nil
	}
}

func apart(ctx context.Context, p access.Purpose, decide Decide, list []Answered, ask Ask) control.Observation {
	o := control.Observation{Subject: "a token for " + string(p), Outcome: control.Fail}
	own, a := purposesOf(p), Holder(p)
	let, refused, asked := 0, 0, 0
	for _, r := range list {
		if r.Action == "" {
			continue
		}
		_, err := decide(a, r.Action, access.Resource{Project: someProject})
		switch may := slices.Contains(own, r.Action); {
		case may && err != nil:
			o.Detail = fmt.Sprintf("it is refused at %s, which is its own", r.Name)
			return o
		case may:
			let++
			continue
		case err == nil:
			o.Detail = fmt.Sprintf("it is let in at %s, which is not its own", r.Name)
			return o
		}
		refused++
		if status := ask(ctx, a, r.Name); status != 0 {
			if asked++; status < 400 || status >= 500 || status == 404 {
				o.Detail = fmt.Sprintf("%s answers it with status %d", r.Name, status)
				return o
			}
		}
	}
	o.Detail = fmt.Sprintf("it is refused at %d routes, %d of which were asked, and let in at %d", refused, asked, let)
	if let > 0 && refused > 0 && asked > 0 {
		o.Outcome = control.Pass
	}
	return o
}
