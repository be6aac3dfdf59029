package access

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"c4arch/internal/base/id"
)

// holds says what the matrix gives a role of an organisation.
func holds(r Role, act Action) bool {
	i := slices.Index(Roles, r)
	return i >= 0 && matrix[act].members[i] != '.'
}

// TestCovers compares with the matrix, and asks for what an order has.
func TestCovers(t *testing.T) {
	for _, a := range allRoles {
		for _, b := range allRoles {
			want := a.Known() && b.Known()
			for act := range matrix {
				want = want && (!holds(b, act) || holds(a, act))
			}
			if a.Covers(b) != want {
				t.Errorf("%s covers %s: %t", a, b, !want)
			}
			least := Least(a, b)
			if a.Known() && b.Known() {
				if !a.Covers(least) || !b.Covers(least) || least != Least(b, a) || a.Covers(b) && least != b {
					t.Errorf("the least of %s and %s is %s", a, b, least)
				}
			} else if least != "" {
				t.Errorf("the least of %q and %q is %s", a, b, least)
			}
		}
		if a.Known() && (!a.Covers(Billing) || !Owner.Covers(a) || !a.Covers(a)) {
			t.Errorf("%s is out of order", a)
		}
		if a.Known() == a.OfPlatform() && (a.Known() || a.OfPlatform()) || (a.Words() != "") != (a.Known() || a.OfPlatform()) {
			t.Errorf("%q is of an organisation (%t) and of the platform (%t), and is %q", a, a.Known(), a.OfPlatform(), a.Words())
		}
	}
	if Architect.Covers(Auditor) || Auditor.Covers(Architect) || Viewer.Covers(Approver) || Billing.Covers(Viewer) {
		t.Error("roles are mixed up")
	}
	if Least(Architect, Auditor) != Viewer || Least(Viewer, Billing) != Billing || Least(Owner, Approver) != Approver {
		t.Error("the least is not the most that both have")
	}
	if (Actor{}).Covers(Billing) || !(Actor{Roles: []Role{Viewer, Admin}}).Covers(Architect) {
		t.Error("an actor covers what its roles cover")
	}
}

// TestNobodyButOwnersMakesOwners: who could give the role of an owner is an owner, in its own organisation or on a laptop, and no program.
func TestNobodyButOwnersMakesOwners(t *testing.T) {
	for _, r := range allRoles {
		if r.Covers(Owner) != (r == Owner) {
			t.Errorf("%s covers an owner: %t", r, r.Covers(Owner))
		}
		for _, p := range for1 {
			a := Actor{ID: "x", Roles: []Role{r}, For: p}
			if a.Covers(Owner) != (r == Owner && (p == "" || p == Interactive)) {
				t.Errorf("%s for %q covers an owner", r, p)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := anyActor().Draw(t, "actor")
		if _, err := Decide(a, MemberChange, Resource{}); err == nil && a.Covers(Owner) && !slices.Contains(a.Roles, Owner) {
			t.Fatalf("%+v makes owners", a)
		}
	})
}

// anyActor is actors as no entry point would make them too.
func anyActor() *rapid.Generator[Actor] {
	acts := []Action{"", "*", "critical"}
	for _, row := range Table() {
		acts = append(acts, row.Action)
	}
	return rapid.Custom(func(t *rapid.T) Actor {
		return Actor{
			ID:      id.Actor(rapid.SampledFrom([]string{"person:x", "token:x", "worker", "local", "", "root"}).Draw(t, "id")),
			Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
			Org:     rapid.SampledFrom(append(slices.Clone(orgs), "", "og_1", "contoso")).Draw(t, "org"),
			Project: rapid.SampledFrom([]id.Project{"", project, other}).Draw(t, "project"),
			Roles:   rapid.SliceOfN(rapid.SampledFrom(allRoles), 0, 4).Draw(t, "roles"),
			For:     rapid.SampledFrom(for1).Draw(t, "for"),
			Scopes:  rapid.SliceOfN(rapid.SampledFrom(acts), 0, 6).Draw(t, "scopes"),
			Session: rapid.SampledFrom([]string{"", "ss_1"}).Draw(t, "session"),
			Fresh:   rapid.Bool().Draw(t, "fresh"),
			Grant:   rapid.SampledFrom([]string{"", "gr_1"}).Draw(t, "grant"),
		}
	})
}

func anyAction() *rapid.Generator[Action] {
	var acts []Action
	for _, row := range Table() {
		acts = append(acts, row.Action)
	}
	return rapid.SampledFrom(acts)
}

func anyResource() *rapid.Generator[Resource] {
	return rapid.Map(rapid.SampledFrom([]id.Project{"", project, other}), func(p id.Project) Resource { return Resource{Project: p} })
}

// TestNarrowerIsNeverMore: fewer scopes, one project, fewer roles, no fresh proof: none of them ever allows what was not allowed before.
func TestNarrowerIsNeverMore(t *testing.T) {
	narrow := map[string]func(*rapid.T, *Actor){
		"scopes": func(t *rapid.T, a *Actor) {
			if len(a.Scopes) == 0 {
				a.Scopes = rapid.SliceOfN(anyAction(), 1, 4).Draw(t, "narrower")
				return
			}
			a.Scopes = a.Scopes[:1+rapid.IntRange(0, len(a.Scopes)-1).Draw(t, "kept")]
		},
		"project": func(_ *rapid.T, a *Actor) {
			if a.Project == "" {
				a.Project = project
			}
		},
		"roles": func(t *rapid.T, a *Actor) {
			if a.For != Operation { // of which exactly the operator may
				a.Roles = a.Roles[:rapid.IntRange(0, len(a.Roles)).Draw(t, "kept")]
			}
		},
		"fresh": func(_ *rapid.T, a *Actor) { a.Fresh = false },
	}
	for name, less := range narrow {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a, act, r := anyActor().Draw(t, "actor"), anyAction().Draw(t, "action"), anyResource().Draw(t, "resource")
				b := a
				less(t, &b)
				_, before := Decide(a, act, r)
				if _, after := Decide(b, act, r); before != nil && after == nil {
					t.Fatalf("%+v may %s, and %+v may not: %v", b, act, a, before)
				}
			})
		})
	}
}

// TestRealms: nobody of the platform gets a scope of an organisation without a grant, and under one nothing but to read; nobody of an organisation gets one of the platform.
func TestRealms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, act, r := anyActor().Draw(t, "actor"), anyAction().Draw(t, "action"), anyResource().Draw(t, "resource")
		s, err := Decide(a, act, r)
		if err != nil {
			return
		}
		switch {
		case s.Org() != a.Org || !s.Org().Valid():
			t.Fatalf("%+v got a scope of %s", a, s.Org())
		case a.Kind == Staff && a.Org != id.Platform && (a.Grant == "" || a.Org == id.Local || a.For != ""):
			t.Fatalf("%+v got into %s for %s", a, a.Org, act)
		case a.Kind == Staff && a.Org != id.Platform && !looks(act):
			t.Fatalf("%+v may %s under a grant", a, act)
		case a.Org == id.Platform && a.Kind != Staff && a.Kind != Worker:
			t.Fatalf("%+v got into the platform for %s", a, act)
		case len(a.Scopes) > 0 && !slices.Contains(a.Scopes, act), a.Project != "" && r.Project != "" && r.Project != a.Project:
			t.Fatalf("%+v is narrowed, and may %s about %+v", a, act, r)
		}
	})
	n := 0
	for _, row := range Table() {
		if row.Visitor {
			n++
			if !looks(row.Action) {
				t.Errorf("under a grant: %s", row.Action)
			}
		}
	}
	if n == 0 {
		t.Error("a grant is for nothing")
	}
}

// looks reports whether an action reads, and is none by which something can be had as a file, or the ledger.
func looks(act Action) bool {
	_, verb, _ := strings.Cut(string(act), ".")
	return (verb == "read" || verb == "list") && !slices.Contains([]Action{SnapshotRead, BaselineRead, FindingRead, LedgerRead, TokenList, UserRead}, act)
}

// FuzzDecide: whatever the fields say, a decision does not panic, is the same twice, and a scope is of what was asked.
func FuzzDecide(f *testing.F) {
	f.Add("person:x", "person", string(org), string(project), "owner", "", "", "organisation.read", true)
	f.Add("x", "staff", "platform", "", "operator", "operation", "", "key.rotate", false)
	f.Add("token:x", "token", string(org), "", "", "ci", "", "scan.start", true)
	f.Add("x", "staff", string(org), "", "support", "", "gr_1", "project.list", true)
	f.Add("Person::\"x\"", "worker", "local", "", "\x00", "unknown", "\"", "critical", true)
	f.Fuzz(func(t *testing.T, name, kind, home, p, role, purpose, grant, action string, fresh bool) {
		a := Actor{ID: id.Actor(name), Kind: Kind(kind), Org: id.Org(home), Roles: []Role{Role(role), Role(role)}, For: Purpose(purpose), Grant: grant, Session: "ss_1", Fresh: fresh}
		s, err := Decide(a, Action(action), Resource{Project: id.Project(p)})
		again, err2 := Decide(a, Action(action), Resource{Project: id.Project(p)})
		if (err == nil) != (err2 == nil) || s.Policy() != again.Policy() || (err == nil) == s.Zero() {
			t.Fatalf("%v, and then %v", err, err2)
		}
		x := ExplainDecision(a, Action(action), Resource{Project: id.Project(p)})
		if x.Allowed != (err == nil) || x.Why == "" || len(x.Errors) > 0 {
			t.Fatalf("%v is explained as %+v", err, x)
		}
		if err == nil && (string(s.Org()) != home || string(s.Action()) != action || name == "" || len(matrix[Action(action)].members) == 0) {
			t.Fatalf("%+v", s)
		}
	})
}
