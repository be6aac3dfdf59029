package governance_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	service "c4arch/internal/service/governance"
	"c4arch/internal/service/task"
	store "c4arch/internal/store/governance"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/governance"
	"c4arch/test/pg"
)

// keys wrap keys of homes under one that lies in memory.
type keys struct{ root *secret.Key }

func (k keys) New(_ context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, "", err
	}
	key, err := secret.NewKey(org, slices.Clone(raw))
	return key, k.root.Seal(secret.ForRecords, string(org), raw), "root", err
}

func (k keys) Open(_ context.Context, org id.Org, wrapped []byte, _ string) (*secret.Key, error) {
	raw, err := k.root.Open(secret.ForRecords, string(org), wrapped)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

func (k keys) Rewrap(context.Context, id.Org, []byte, string) ([]byte, string, bool, error) {
	return nil, "root", false, nil
}

// world is a platform with three people, one of them without a role.
type world struct {
	*service.Service
	t      *testing.T
	homes  *home.Homes
	looks  *store.Looks
	at     time.Time
	left   map[string]bool
	fails  map[string]bool
	have   []governance.Measure
	digest map[string]map[string]string
}

func engines(t *testing.T, run func(*testing.T, *world)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { run(t, newWorld(t, engine)) })
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{t: t, at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), left: map[string]bool{}, fails: map[string]bool{}, digest: map[string]map[string]string{}}
	root, err := secret.NewKey(id.Platform, []byte(strings.Repeat("r", secret.Size)))
	w.check(err)
	c := home.Config{Dir: filepath.Join(t.TempDir(), "data"), Keys: keys{root}, Now: func() time.Time { return w.at }, Random: rand.Reader}
	w.check(os.Mkdir(c.Dir, 0o700))
	if engine == "PostgreSQL" {
		c.Server = pg.Start(t).Connect(t, func(*sqldb.ServerOptions) {})
	}
	w.homes, err = home.Open(t.Context(), c)
	w.check(err)
	t.Cleanup(func() { w.check(w.homes.Close()) })
	items := []governance.Item{{ID: "control/ARC-A", Domain: "control"}, {ID: "control/ARC-B", Domain: "control"}, {ID: "runbook/r", Domain: "runbook"}}
	w.have = []governance.Measure{{ID: "check a", Says: "a", Clauses: []string{"SE-1", "SE-2"}, Fresh: 60}, {ID: "check b", Says: "b"}}
	w.Service = &service.Service{
		Store: store.New(w.homes), People: w, Items: items, Holds: w.holds, Measures: func() []governance.Measure { return w.have }, Program: "test", Now: func() time.Time { return w.at }, Random: rand.Reader,
	}
	w.looks = &store.Looks{
		Homes: w.homes, Items: []string{"control/ARC-A", "control/ARC-B", "runbook/r"}, Roles: w.roles, Holds: w.holds, Measures: w.Measures, Now: w.Now,
		Written: func(context.Context) (map[string]map[string]string, error) { return w.digest, nil },
	}
	w.exec(`INSERT INTO person (id, email, created_at, version) VALUES ('pn_1', 'one@platform.example', 1, 1)`)
	w.exec(`INSERT INTO personnel (person, name, email, roles, contractor, contract, until, document, digest, signed_at, gone, created_at, version) VALUES ('pn_1', 'One', 'one@platform.example', '[]', 0, '', 0, '', '', 0, 0, 1, 1)`)
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) People(context.Context, access.Actor) (all []governance.Person, err error) {
	for _, p := range []string{"pn_1", "pn_2"} {
		all = append(all, governance.Person{ID: p, Name: p, Active: !w.left[p]})
	}
	return all, nil
}

func (w *world) roles(_ context.Context, person string) ([]access.Role, error) {
	if w.left[person] || person == "" {
		return nil, fault.New(fault.NotFound, "this person has left")
	}
	return []access.Role{access.Security}, nil
}

func (w *world) holds(context.Context) (map[string]bool, error) {
	return map[string]bool{"ARC-A": !w.fails["ARC-A"], "ARC-B": !w.fails["ARC-B"]}, nil
}

func (w *world) as(person string) access.Actor {
	return access.Actor{
		ID: id.Actor("person:" + person), Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Security}, Surface: access.Portal, Purpose: "portal", Session: "ss_x", Fresh: true, Request: "rq_test",
	}
}

// exec changes rows behind the back of the service.
func (w *world) exec(statement string) {
	w.t.Helper()
	s, err := access.Decide(access.System(id.Platform, "test", access.Actor{}), access.ControlRead, access.Resource{})
	w.check(err)
	h, err := w.homes.For(w.t.Context(), s)
	w.check(err)
	defer h.Release()
	w.check(h.DB().Transact(w.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.t.Context(), statement)
		return err
	}))
}

// finds sees what a check amounts to, and that it says why.
func (w *world) finds(look func(context.Context) ([]control.Observation, error), want control.Outcome, says string) {
	w.t.Helper()
	seen, err := look(w.t.Context())
	w.check(err)
	if got := control.Worst(seen); got != want {
		w.t.Errorf("the check is %s and not %s: %v", got, want, seen)
	}
	if says != "" && !slices.ContainsFunc(seen, func(o control.Observation) bool { return o.Outcome == want && strings.Contains(o.Detail, says) }) {
		w.t.Errorf("the check does not say %q: %v", says, seen)
	}
}

// review does what the job does, where there is something to change.
func (w *world) review() {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	w.check(w.Handle(w.t.Context(), &task.Claimed{Actor: access.System(id.Platform, "test", access.Actor{})}))
}

// risk is one that is kept.
func (w *world) risk(treatment string) string {
	w.t.Helper()
	name, err := w.KeepRisk(w.t.Context(), w.as("pn_1"), "", service.RiskInput{
		Title: "A risk", Threat: "it happens", Treatment: treatment, Inherent: governance.Level{Likelihood: 4, Impact: 4}, Target: governance.Level{Likelihood: 1, Impact: 3},
		Controls: []string{"ARC-A", "ARC-B"}, Review: w.at.AddDate(0, 1, 0),
	})
	w.check(err)
	return name
}

// decide proposes a decision and has another person approve it.
func (w *world) decide(in service.Proposal) string {
	w.t.Helper()
	in.Trigger, in.Title, in.Context, in.Options, in.Decision = "product", "A decision", "it is so", "this or that", "this"
	name, err := w.Propose(w.t.Context(), w.as("pn_1"), in)
	w.check(err)
	if err := w.Decide(w.t.Context(), w.as("pn_1"), name, true, "mine is right"); fault.KindOf(err) != fault.Denied {
		w.t.Errorf("the one who proposed it decides: %v", err)
	}
	w.check(w.Decide(w.t.Context(), w.as("pn_2"), name, true, "it is right"))
	d, err := w.Decision(w.t.Context(), w.as("pn_1"), name)
	w.check(err)
	w.digest[name] = map[string]string{"decision.proposed": d.Digest, "decision.approved": d.Digest}
	return name
}

// TestOwnersFail breaks what the check of owners looks at.
func TestOwnersFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.finds(w.looks.Owners, control.Fail, "3 of 3")
		n, err := w.Assign(t.Context(), w.as("pn_1"), w.looks.Items, "pn_2")
		if w.check(err); n != 3 {
			t.Errorf("%d were given", n)
		}
		w.finds(w.looks.Owners, control.Pass, "")
		w.left["pn_2"] = true
		w.finds(w.looks.Owners, control.Fail, "stands with nobody told")
		o, err := w.Owners(t.Context(), w.as("pn_1"))
		if w.check(err); o.Count(governance.Leaving) != 3 {
			t.Errorf("that somebody left is not seen at once: %v", o.Items)
		}
		w.review()
		w.finds(w.looks.Owners, control.Fail, "control/ARC-A")
		w.at = w.at.Add(15 * 24 * time.Hour)
		w.finds(w.looks.Owners, control.Fail, "open for more than 14 days")
		if _, err := w.Assign(t.Context(), w.as("pn_1"), w.looks.Items, "pn_2"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("who left is given something: %v", err)
		}
		_, err = w.Assign(t.Context(), w.as("pn_1"), w.looks.Items, "pn_1")
		w.check(err)
		w.finds(w.looks.Owners, control.Pass, "")
		w.exec(`DELETE FROM owner WHERE item = 'runbook/r'`)
		w.finds(w.looks.Owners, control.Fail, "runbook/r")
		w.exec(`UPDATE personnel SET gone = 1`)
		w.finds(w.looks.Owners, control.Empty, "")
	})
}

// TestRisksFail breaks what the check of risks looks at.
func TestRisksFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.finds(w.looks.Risks, control.Empty, "")
		name := w.risk(governance.Reduce)
		w.finds(w.looks.Risks, control.Pass, "")
		w.fails["ARC-B"] = true
		w.review() // what remains rises by itself
		_, past, err := w.Risk(t.Context(), w.as("pn_1"), name)
		if w.check(err); len(past) != 2 || past[0].Residual.Score() <= past[1].Residual.Score() || !slices.Equal(past[0].Failing, []string{"ARC-B"}) {
			t.Errorf("what remains did not rise: %v", past)
		}
		w.finds(w.looks.Risks, control.Pass, "")
		w.fails["ARC-A"] = true
		w.at = w.at.Add(3 * time.Hour) // and nothing measured it
		w.finds(w.looks.Risks, control.Fail, name+" remains 16")
		w.review()
		w.finds(w.looks.Risks, control.Pass, "")
		w.exec(`UPDATE risk SET controls = '[]'`)
		w.finds(w.looks.Risks, control.Fail, name)
		w.exec(`UPDATE risk SET controls = '["ARC-A"]', treatment = 'accept', acceptor = 'pn_2'`)
		w.finds(w.looks.Risks, control.Pass, "")
		w.left["pn_2"] = true
		w.finds(w.looks.Risks, control.Fail, name)
		w.exec(`UPDATE risk SET acceptor = 'pn_1'`)
		w.at = w.at.AddDate(0, 2, 0)
		w.finds(w.looks.Risks, control.Fail, name)
		w.check(w.ReviewRisk(t.Context(), w.as("pn_1"), name, "it was looked at"))
		w.finds(w.looks.Risks, control.Pass, "")
	})
}

// TestDecisionsFail breaks what the check of the journal looks at.
func TestDecisionsFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.finds(w.looks.Decisions, control.Empty, "")
		first := w.decide(service.Proposal{Kind: governance.Weakening})
		for name, want := range map[string]bool{first: true, "dc_none": false} {
			if is, err := w.Approved(t.Context(), name); err != nil || is != want {
				t.Errorf("%s is approved: %v, %v", name, is, err)
			}
		}
		second := w.decide(service.Proposal{Kind: governance.Security, Supersedes: first})
		w.finds(w.looks.Decisions, control.Pass, "")
		if is, err := w.Approved(t.Context(), first); err != nil || is {
			t.Errorf("what is superseded counts: %v, %v", is, err)
		}
		for _, x := range [][2]string{
			{`UPDATE decision SET decision = 'that' WHERE id = '` + second + `'`, `UPDATE decision SET decision = 'this'`},
			{`UPDATE decision SET decider = proposer WHERE id = '` + second + `'`, `UPDATE decision SET decider = 'pn_2'`},
			{`UPDATE decision SET state = 'refused' WHERE id = '` + second + `'`, `UPDATE decision SET state = 'approved'`},
			{`UPDATE decision SET superseded = '' WHERE id = '` + first + `'`, ``},
		} {
			w.exec(x[0])
			if x[1] == "" {
				continue // that a mark is missing is no lie about what was decided
			}
			w.finds(w.looks.Decisions, control.Fail, second)
			w.exec(x[1])
		}
		w.exec(`UPDATE decision SET superseded = id WHERE id = '` + first + `'`)
		w.finds(w.looks.Decisions, control.Fail, first)
		w.exec(`DELETE FROM decision`)
		w.finds(w.looks.Decisions, control.Fail, "2 of 2")
	})
}

// TestCatalogueFails makes this version of the program weaker than the last one.
func TestCatalogueFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.finds(w.looks.Catalogue, control.Empty, "")
		w.review()
		w.finds(w.looks.Catalogue, control.Pass, "")
		w.have = []governance.Measure{{ID: "check a", Says: "a", Clauses: []string{"SE-1"}, Partly: []string{"SE-2"}, Fresh: 60}, {ID: "check b", Says: "b"}}
		w.finds(w.looks.Catalogue, control.Fail, "in part only")
		w.have = w.have[:1]
		w.finds(w.looks.Catalogue, control.Fail, "check b is gone")
		w.decide(service.Proposal{Kind: governance.Security}) // a decision about something else changes nothing
		x, err := w.Difference(t.Context(), w.as("pn_1"))
		if w.check(err); len(x.Changes) != 2 {
			t.Errorf("the differences are %v", x.Changes)
		}
		name := w.decide(service.Proposal{Kind: governance.Catalogue})
		w.review()
		w.finds(w.looks.Catalogue, control.Pass, "")
		if x, err = w.Difference(t.Context(), w.as("pn_1")); err != nil || !x.Recorded || x.Before.Decision != name {
			t.Errorf("it was not taken with the decision: %+v, %v", x, err)
		}
	})
}
