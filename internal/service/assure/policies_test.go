package assure

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
	"c4arch/test/golden"
)

// TestMatrix compares what was recorded with what the policies decide: whoever changes a policy writes it again with -update, and sees in the difference who gained what.
func TestMatrix(t *testing.T) {
	text, err := Matrix(access.Decide)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../matrix.txt", text)
}

func routesOf(list ...Answered) func(context.Context) ([]Answered, error) {
	return func(context.Context) ([]Answered, error) { return list, nil }
}

var (
	refusal = fault.New(fault.Denied, "no")
	table   = routesOf(Answered{Name: "sign-in", Open: true}, Answered{Name: "account", Person: true}, Answered{Name: "scans", Action: access.ScanRead}, Answered{Name: "ledger", Action: access.LedgerRead},
		Answered{Name: "users", Action: access.UserChange}, Answered{Name: "projects", Action: access.ProjectList}, Answered{Name: "stream", Action: access.StreamPull})
)

func expectOutcome(t *testing.T, name string, run func(context.Context) ([]control.Observation, error), want control.Outcome, words string) {
	t.Helper()
	list, err := run(t.Context())
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if got := control.Worst(list); got != want {
		t.Errorf("%s is %s, not %s: %+v", name, got, want, list)
	}
	if !slices.ContainsFunc(list, func(o control.Observation) bool {
		return o.Outcome == want && strings.Contains(o.Subject+": "+o.Detail, words)
	}) {
		t.Errorf("%s does not say %q: %+v", name, words, list)
	}
}

func TestPoliciesFail(t *testing.T) {
	bent := func(when func(access.Actor, access.Action) bool, err error) Decide {
		return func(a access.Actor, act access.Action, r access.Resource) (access.Scope, error) {
			if when(a, act) {
				return access.Scope{}, err
			}
			return access.Decide(a, act, r)
		}
	}
	is := func(r access.Role) func(access.Actor, access.Action) bool {
		return func(a access.Actor, act access.Action) bool {
			return slices.Contains(a.Roles, r) && act == access.TokenChange
		}
	}
	expectOutcome(t, "as it is", Rules(access.Decide, table), control.Pass, "as recorded: SHA-256")
	expectOutcome(t, "viewers make tokens", Rules(bent(is(access.Viewer), nil), table), control.Fail, `is not as it was recorded: "token.change`)
	expectOutcome(t, "owners make none", Rules(bent(is(access.Owner), refusal), table), control.Fail, `is not as it was recorded: "token.change`)
	expectOutcome(t, "everybody may", Rules(bent(func(access.Actor, access.Action) bool { return true }, nil), table), control.Fail, "may")
	expectOutcome(t, "a member of the platform", Rules(bent(func(a access.Actor, act access.Action) bool {
		return a.Kind == access.Person && a.Org == someone && slices.Contains(a.Roles, access.Administrator) && act == access.StaffList
	}, nil), table), control.Fail, "a member with the role administrator may staff.list")
	expectOutcome(t, "what is no action", Rules(bent(func(_ access.Actor, act access.Action) bool { return act == "no.such" }, nil), table), control.Fail, "may what is no action")
	expectOutcome(t, "a route without a policy", Rules(access.Decide, routesOf(Answered{Name: "gap"})), control.Fail, "gap declares none")
	expectOutcome(t, "a route that is for everybody and decides", Rules(access.Decide, routesOf(Answered{Name: "odd", Open: true, Action: "no.such"})), control.Fail, "odd declares none")
	expectOutcome(t, "no route", Rules(access.Decide, routesOf()), control.Unknown, "there is no route")
	if _, err := Rules(bent(is(access.Viewer), fault.Wrap(fault.Denied, access.ErrPolicy, "no")), table)(t.Context()); !errors.Is(err, access.ErrPolicy) {
		t.Errorf("a policy that cannot be evaluated: %v", err)
	}
}

func TestPurposesFail(t *testing.T) {
	status := func(code int) func() Ask {
		return func() Ask {
			return func(_ context.Context, _ access.Actor, name string) int {
				if name == "users" {
					return 0
				}
				return code
			}
		}
	}
	expectOutcome(t, "as it is", Apart(access.Decide, table, status(403)), control.Pass, "refused at")
	all := func(access.Actor, access.Action, access.Resource) (access.Scope, error) { return access.Scope{}, nil }
	none := func(access.Actor, access.Action, access.Resource) (access.Scope, error) {
		return access.Scope{}, refusal
	}
	expectOutcome(t, "purposes are nothing", Apart(all, table, status(403)), control.Fail, "is let in at ledger, which is not its own")
	expectOutcome(t, "nobody is let in", Apart(none, table, status(403)), control.Fail, "which is its own")
	expectOutcome(t, "a route answers whomever", Apart(access.Decide, table, status(200)), control.Fail, "answers it with status 200")
	expectOutcome(t, "a route looks first", Apart(access.Decide, table, status(404)), control.Fail, "answers it with status 404")
	expectOutcome(t, "a route breaks", Apart(access.Decide, table, status(500)), control.Fail, "answers it with status 500")
	expectOutcome(t, "nothing is asked", Apart(access.Decide, table, status(0)), control.Fail, "0 of which were asked")
}

func TestDutiesFail(t *testing.T) {
	const contoso id.Org = "og_00000000000000000000000001"
	truth := Truth{Org: contoso, Idle: 2, Owners: 2, Provider: true, SignedOnly: true}
	whole := func() []Duty {
		return []Duty{
			{ID: "single-sign-on", Clauses: []string{"SE-13.1", "DPA-13.4", "DPA-13.11", "DPA-13.12"}, Detail: "required"},
			{ID: "unused-tokens", Clauses: []string{"SE-13.8"}, Open: true, Count: 2, Detail: "two", Do: "revoke them"},
			{ID: "auditors", Clauses: []string{"DPA-13.3"}, Detail: "none"},
			{ID: "owners", Clauses: []string{"SE-13.6"}, Detail: "two"},
			{ID: "old", Clauses: []string{"SE-13.2", "SE-13.3", "SE-13.7"}, Detail: "none"},
			{ID: "watching", Clauses: []string{"SE-13.5", "DPA-13.5"}, Detail: "a stream"},
		}
	}
	told := func(list []Duty) func(context.Context) ([]control.Observation, error) {
		return Told(func(context.Context) ([]Truth, error) { return []Truth{truth}, nil }, func(_ context.Context, org id.Org) ([]Duty, error) {
			if org != contoso {
				t.Errorf("%s is asked", org)
			}
			return list, nil
		})
	}
	expectOutcome(t, "as it is", told(whole()), control.Pass, "6, of which 1 are open")
	for words, change := range map[string]func(list []Duty) []Duty{
		"nothing is told of SE-13.5":           func(list []Duty) []Duty { return list[:5] },
		"nothing is told of SE-13.1":           func([]Duty) []Duty { return nil },
		"old is told without words":            func(list []Duty) []Duty { list[4].Detail = ""; return list },
		"unused-tokens is told without words":  func(list []Duty) []Duty { list[1].Do = ""; return list },
		"unused-tokens is not told as it is":   func(list []Duty) []Duty { list[1].Open = false; return list },
		"single-sign-on is not told as it is":  func(list []Duty) []Duty { list[0].Open, list[0].Do = true, "x"; return list },
		"another number is told than there is": func(list []Duty) []Duty { list[1].Count = 1; return list },
		"auditors is not told as it is":        func(list []Duty) []Duty { list[2].ID = "others"; return list },
	} {
		expectOutcome(t, words, told(change(whole())), control.Fail, words)
	}
	expectOutcome(t, "no organisation", Told(func(context.Context) ([]Truth, error) { return nil, nil }, nil), control.Unknown, "there is none")
	away := errors.New("the database is away")
	if _, err := Told(func(context.Context) ([]Truth, error) { return []Truth{truth}, nil }, func(context.Context, id.Org) ([]Duty, error) { return nil, away })(t.Context()); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
