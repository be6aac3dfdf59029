package access

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

func TestTable(t *testing.T) {
	for _, row := range Table() {
		m, words := matrix[row.Action], Explain(row.Action)
		for i, r := range Roles {
			if slices.Contains(row.Roles, r) != (m.members[i] != '.') || strings.Contains(words, string(r)) != (m.members[i] != '.') && r != Admin { // administrator
				t.Errorf("%s of %s: %q", row.Action, r, words)
			}
		}
		for i, r := range PlatformRoles {
			if slices.Contains(row.Roles, r) != (m.platform[i] != '.') {
				t.Errorf("%s of %s", row.Action, r)
			}
		}
		for p, letter := range programs {
			if slices.Contains(row.Purposes, p) != strings.Contains(m.programs, letter) {
				t.Errorf("%s for %s", row.Action, p)
			}
		}
		if row.Visitor != strings.Contains(m.others, "g") || row.Worker != strings.ContainsAny(m.others, "wW") || row.Words == "" {
			t.Errorf("%+v", row)
		}
		if len(row.Roles) == 0 && !strings.Contains(words, "the service itself") || !row.Organisation && !row.Platform {
			t.Errorf("%+v: %s", row, words)
		}
	}
	if len(Table()) != len(actions) || !slices.IsSortedFunc(Table(), func(a, b Row) int { return strings.Compare(string(a.Action), string(b.Action)) }) {
		t.Error("the table is not whole, or not sorted")
	}
	Table()[0].Roles = append(Table()[0].Roles[:0], Viewer) // a copy
	if _, err := Decide(Actor{ID: "x", Kind: Person, Org: org, Roles: []Role{Viewer}}, Table()[0].Action, Resource{Project: project}); err == nil {
		t.Error("who reads the table changes it")
	}
	if Explain("x.y") != "there is no action of that name" {
		t.Error(Explain("x.y"))
	}
}

// TestPurposes: what a purpose may is what the matrix says, and nothing that only a person does in a browser.
func TestPurposes(t *testing.T) {
	table := PurposeTable()
	if len(table) != len(Purposes) {
		t.Errorf("%d purposes", len(table))
	}
	for _, row := range table {
		for act := range actions {
			m := matrix[act]
			want := false
			switch {
			case row.Purpose == Interactive:
				want = m.members[0] != '.' && !InPerson(act)
			case row.Purpose == Operation:
				want = m.platform[5] != '.' && !InPerson(act)
			default:
				want = strings.Contains(m.programs, programs[row.Purpose])
			}
			if slices.Contains(row.Actions, act) != want {
				t.Errorf("%s for %s: %t", act, row.Purpose, !want)
			}
		}
		if row.Words == "" || !row.Purpose.Known() || row.Program != (programs[row.Purpose] != "") || !slices.IsSorted(row.Actions) {
			t.Errorf("%+v", row)
		}
	}
	if Purpose("").Known() || unknown.Known() || len(Purpose("x").Actions()) > 0 || Purpose("x").Words() != "" {
		t.Error("there is a purpose that is none")
	}
	CI.Actions()[0] = OrganisationDestroy // a copy
	if slices.Contains(CI.Actions(), OrganisationDestroy) {
		t.Error("who reads a purpose changes it")
	}
}

// TestStepUp: what is critical asks a person who is signed in, once everything else is right; it asks no token, and nobody who may not anyway.
func TestStepUp(t *testing.T) {
	for _, x := range []struct {
		name string
		a    Actor
		act  Action
		want error
	}{
		{"an owner", Actor{Kind: Person, Org: org, Roles: []Role{Owner}, Session: "ss_1"}, SSOChange, ErrStepUp},
		{"an owner who just was there", Actor{Kind: Person, Org: org, Roles: []Role{Owner}, Session: "ss_1", Fresh: true}, SSOChange, nil},
		{"an owner's command line", Actor{Kind: Person, Org: org, Roles: []Role{Owner}, For: Interactive}, TokenChange, nil},
		{"an owner's command line, in person", Actor{Kind: Person, Org: org, Roles: []Role{Owner}, For: Interactive}, SSOChange, fault.New(fault.Denied, "")},
		{"an owner's command line that says it is fresh", Actor{Kind: Person, Org: org, Roles: []Role{Owner}, For: Interactive, Fresh: true}, MemberRecover, fault.New(fault.Denied, "")},
		{"a viewer", Actor{Kind: Person, Org: org, Roles: []Role{Viewer}, Session: "ss_1"}, SSOChange, fault.New(fault.Denied, "")},
		{"what is not critical", Actor{Kind: Person, Org: org, Roles: []Role{Owner}, Session: "ss_1"}, MemberList, nil},
		{"an administrator", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Administrator}, Session: "ss_1"}, StaffChange, ErrStepUp},
		{"an administrator without a session", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Administrator}}, StaffChange, ErrStepUp},
		{"an administrator who just was there", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Administrator}, Session: "ss_1", Fresh: true}, StaffChange, nil},
		{"the console", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Operator}, Surface: Console}, StaffChange, nil},
		{"a program of the platform", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Operator}, For: Operation}, KeyRotate, nil},
		{"a program of the platform, in person", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Operator}, For: Operation}, StaffChange, fault.New(fault.Denied, "")},
		{"a program of the platform with a role of people", Actor{Kind: Staff, Org: id.Platform, Roles: []Role{Operator, Administrator}, For: Operation, Fresh: true}, PlatformRead, fault.New(fault.Denied, "")},
	} {
		x.a.ID = "x"
		_, err := Decide(x.a, x.act, Resource{})
		if (err == nil) != (x.want == nil) || errors.Is(err, ErrStepUp) != errors.Is(x.want, ErrStepUp) || err != nil && fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", x.name, err)
		}
		e := ExplainDecision(x.a, x.act, Resource{})
		if e.Allowed != (err == nil) || e.StepUp != errors.Is(err, ErrStepUp) || len(e.Errors) > 0 {
			t.Errorf("%s: %+v", x.name, e)
		}
	}
}

func TestExplainDecision(t *testing.T) {
	owner := Actor{ID: "person:x", Kind: Person, Org: org, Roles: []Role{Owner}, Session: "ss_1"}
	for _, x := range []struct {
		name     string
		a        Actor
		act      Action
		r        Resource
		policies string
		why      string
	}{
		{"permitted", owner, FindingRead, Resource{Project: project}, "viewer.reads", "every role but billing"},
		{"forbidden", owner, TokenChange, Resource{}, "person.stepUp", "prove again"},
		{"nothing permits", Actor{ID: "x", Kind: Person, Org: org, Roles: []Role{Viewer}}, ProjectCreate, Resource{}, "", "is for: owner, admin"},
		{"a token of another purpose", Actor{ID: "x", Kind: Token, Org: org, For: CI}, StreamPull, Resource{}, "", "auditor; and for programs by a token with the purpose streaming"},
		{"a project that is none", owner, FindingRead, Resource{Project: "x"}, "viewer.reads", "no such project"},
		{"narrowed", Actor{ID: "x", Kind: Token, Org: org, For: CI, Scopes: []Action{ScanRead}}, ScanStart, Resource{Project: project}, "ci.works", "scopes"},
		{"no action", owner, "x.y", Resource{}, "", "not allowed"},
		{"nobody", Actor{}, FindingRead, Resource{}, "", "not allowed"},
	} {
		e := ExplainDecision(x.a, x.act, x.r)
		var names []string
		for _, p := range e.Policies {
			names = append(names, p.Policy)
			if p.Words == "" {
				t.Errorf("%s: %s says nothing", x.name, p.Policy)
			}
		}
		if strings.Join(names, " ") != x.policies || !strings.Contains(e.Why, x.why) || e.Allowed != (x.name == "permitted") {
			t.Errorf("%s: %+v", x.name, e)
		}
	}
}

// TestScopesOfAScope: what is done to the actor's scopes afterwards changes nothing.
func TestScopesOfAScope(t *testing.T) {
	a := Actor{ID: "token:x", Kind: Token, Org: org, For: CI, Scopes: []Action{ScanStart}}
	s, err := Decide(a, ScanStart, Resource{Project: project})
	if err != nil {
		t.Fatal(err)
	}
	a.Scopes[0] = OrganisationDestroy
	s.Actor().Scopes[0] = OrganisationDestroy
	if got := s.Actor().Scopes; !slices.Equal(got, []Action{ScanStart}) {
		t.Errorf("the scopes are %v", got)
	}
	if (Scope{}).Actor().Scopes != nil {
		t.Error("the zero scope has scopes")
	}
}
