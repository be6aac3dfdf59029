package access

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cedar-policy/cedar-go"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

func written(t *testing.T) *policies {
	b, err := load(policyFiles())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPoliciesLoad: rules that could not be read would deny everything.
func TestPoliciesLoad(t *testing.T) {
	b := written(t)
	if len(b.all) < 20 || len(b.all) != len(book().all) {
		t.Errorf("%d policies, and %d in use", len(b.all), len(book().all))
	}
}

// TestSlots: what is left of the policies in a slot decides as all of them do, evaluated whole.
func TestSlots(t *testing.T) {
	b := written(t)
	whole := cedar.PolicyMap{}
	for _, c := range b.all {
		whole[c.id] = c.policy
	}
	n := 0
	each(func(a Actor, act Action) {
		who, ok := principal(a)
		u, known1 := actions[act]
		if !ok || !known1 || !u.place.has(a.Org) || a.Session == "" {
			return
		}
		for _, fresh := range []bool{true, false} {
			a.Fresh = fresh
			d1, said1 := b.ask(who, a, act, contextOf(a))
			d2, said2 := cedar.Authorize(whole, &known{b.base, who}, cedar.Request{
				Principal: who.UID, Action: cedar.NewEntityUID(typeAction, cedar.String(act)), Resource: home(a.Org), Context: contextOf(a),
			})
			if d1 != d2 || reasons(said1) != reasons(said2) || len(said1.Errors)+len(said2.Errors) > 0 {
				t.Fatalf("%s by %+v: %v %+v, and whole %v %+v", act, a, d1, said1, d2, said2)
			}
			n++
		}
	})
	if n < 50000 {
		t.Errorf("%d questions", n)
	}
}

func reasons(d cedar.Diagnostic) string {
	var s []string
	for _, r := range d.Reasons {
		s = append(s, string(r.PolicyID))
	}
	slices.Sort(s)
	return strings.Join(s, " ")
}

// TestEveryPolicyIsNeeded takes each away, one at a time: some decision has to change.
func TestEveryPolicyIsNeeded(t *testing.T) {
	b := written(t)
	type question struct {
		who cedar.Entity
		a   Actor
		act Action
	}
	var all []question
	var said []cedar.Decision
	ask := func(a Actor, act Action) {
		if who, ok := principal(a); ok && Known(act) {
			d, _ := b.ask(who, a, act, contextOf(a))
			all, said = append(all, question{who, a, act}), append(said, d)
		}
	}
	for act := range actions {
		for _, k := range kinds {
			for _, o := range orgs {
				for _, role := range allRoles {
					for _, p := range []Purpose{"", Interactive, Operation, CI, Reporting, Provisioning, Streaming} {
						ask(Actor{ID: "x", Kind: k, Org: o, Roles: []Role{role}, For: p, Session: "ss_1"}, act)
						ask(Actor{ID: "x", Kind: k, Org: o, Roles: []Role{role}, For: p}, act)
					}
					ask(Actor{ID: "x", Kind: k, Org: o, Roles: []Role{role}, Grant: "gr_1"}, act)
				}
			}
		}
	}
	for i, c := range b.all {
		less := newPolicies(append(append([]clause{}, b.all[:i]...), b.all[i+1:]...))
		changed := 0
		for j, q := range all {
			if q.who.UID.Type != c.head.Principal.Type {
				continue
			}
			if d, _ := less.ask(q.who, q.a, q.act, contextOf(q.a)); d != said[j] {
				changed++
			}
		}
		if changed == 0 {
			t.Errorf("%s changes nothing", c.id)
		}
	}
}

// TestPolicyThatErrs: Cedar leaves a policy out whose condition cannot be evaluated, a forbid too; a decision with such a policy is a denial here.
func TestPolicyThatErrs(t *testing.T) {
	const permit = "@id(\"p\") @words(\"p\") permit (principal is Person, action, resource is Organisation);\n"
	a := Actor{ID: "x", Kind: Person, Org: org, Roles: []Role{Owner}}
	for text, ok := range map[string]bool{
		permit: true,
		permit + `@id("f") @words("f") forbid (principal is Person, action, resource) when { false };`:                      true,
		permit + `@id("f") @words("f") forbid (principal is Person, action, resource) when { principal.roles > 3 };`:        false,
		permit + `@id("f") @words("f") forbid (principal is Person, action, resource) when { principal.nothing == "x" };`:   false,
		permit + `@id("f") @words("f") permit (principal is Person, action, resource) when { context.nothing };`:            false,
		permit + `@id("f") @words("f") forbid (principal is Person, action, resource) when { resource.owner == "nobody" };`: false,
	} {
		b, err := load(fstest.MapFS{"a.cedar": {Data: []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		policy, err := b.judge(a, OrganisationRead)
		if (err == nil) != ok || ok && policy != "p" || !ok && (policy != "" || !errors.Is(err, ErrPolicy) || fault.KindOf(err) != fault.Denied) {
			t.Errorf("%s: %q, %v", text, policy, err)
		}
		if msg, _ := fault.Public(err); err != nil && strings.Contains(msg, "policy") {
			t.Errorf("who asked is told %q", msg)
		}
	}
}

// TestBadPolicies: what cannot be read, has no name, or is about what there is not, is no rule; and without rules nothing is allowed.
func TestBadPolicies(t *testing.T) {
	for _, text := range []string{
		"permit (principal", `permit (principal is Person, action, resource);`, `@id("a") permit (principal is Person, action, resource);`,
		`@words("a") permit (principal is Person, action, resource);`, `@id("a") @words("a") permit (principal, action, resource);`,
		`@id("a") @words("a") permit (principal is Root, action, resource);`, `@id("a") @words("a") permit (principal == Person::"x", action, resource);`,
		`@id("a") @words("a") permit (principal is Person, action == Action::"scan.strat", resource);`,
		`@id("a") @words("a") permit (principal is Person, action == Person::"scan.start", resource);`,
		`@id("a") @words("a") permit (principal is Person, action in [Action::"scan.start", Action::"x"], resource);`,
		`@id("a") @words("a") permit (principal is Staff, action == Action::"scan.start", resource is Platform);`,
		`@id("a") @words("a") permit (principal is Person, action == Action::"key.rotate", resource is Organisation);`,
		strings.Repeat("@id(\"a\") @words(\"a\") permit (principal is Person, action, resource);\n", 2),
	} {
		if _, err := load(fstest.MapFS{"a.cedar": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	for _, k := range kinds {
		if policy, err := (&policies{}).judge(Actor{ID: "x", Kind: k, Org: id.Local, Roles: []Role{Owner}}, OrganisationRead); err == nil || policy != "" {
			t.Errorf("without policies a %s may", k)
		}
	}
}
