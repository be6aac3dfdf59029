package acceptance_test

import (
	"fmt"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	store "c4arch/internal/store/acceptance"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/terms"
)

// A version is accepted once, terms have one row a number, and what one organisation has is not found by another, nor by the platform.
func TestStore(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.check(w.accept(us, "ac_1"))
		if err := w.accept(us, "ac_2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a version is accepted twice: %v", err)
		}
		mine, err := w.st.Acceptances(ctx, w.scope(us, access.AcceptanceCheck))
		if err != nil || len(mine) != 1 || mine[0].ID != "ac_1" || mine[0].Digest != "sha256:one" || mine[0].Method != acceptance.Click || !mine[0].At.Equal(w.at) {
			t.Errorf("%+v %v", mine, err)
		}
		if theirs, err := w.st.Acceptances(ctx, w.scope(them, access.AcceptanceCheck)); err != nil || len(theirs) != 0 {
			t.Errorf("another organisation has %v, %v", theirs, err)
		}
		orders := store.Orders{Store: w.st}
		w.check(w.order(us, 1, 3))
		w.check(w.order(us, 2, 4))
		if err := w.order(us, 2, 5); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one number is given twice: %v", err)
		}
		all, err := orders.Orders(ctx, w.scope(us, access.TermsRead))
		if err != nil || len(all) != 2 || all[0].Version != 2 || all[0].Users != 4 || all[1].Users != 3 {
			t.Errorf("%+v %v", all, err)
		}
		if all, err := orders.Orders(ctx, w.scope(them, access.TermsRead)); err != nil || len(all) != 0 {
			t.Errorf("another organisation has %v, %v", all, err)
		}
		w.member(us, 1)
		for org, want := range map[id.Org]int{us: 1, them: 0} {
			if n, err := orders.Used(ctx, w.scope(org, access.TermsRead), terms.Users, w.at); err != nil || n != want {
				t.Errorf("%s has %d users, %v", org, n, err)
			}
		}
		if _, err := orders.Orders(ctx, w.scope(id.Platform, access.TermsRead)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the platform has ordered something: %v", err)
		}
	})
}

func (w *world) member(org id.Org, n int) {
	w.t.Helper()
	w.exec(org, `INSERT INTO member (id, name, email, role, removed, erased, created_at, version) VALUES ($1, 'x', $2, 'viewer', 0, 0, $3, 1)`, fmt.Sprintf("pn_%d", n), fmt.Sprintf("m%d@contoso.example", n), w.at.UnixMicro())
}

func (w *world) served(org id.Org, seq int, actor, route string, status int) {
	w.t.Helper()
	w.exec(org, `INSERT INTO access_log (seq, at, actor, surface, method, route, status, decision, policy, request, count) VALUES ($1, $2, $3, 'api', 'GET', $4, $5, 'allowed', 'x', 'rq', 1)`, seq, w.at.UnixMicro(), actor, route, status)
}

const projects = "/api/v1/projects"

// TestCurrentFails serves a member before and after its organisation accepted, and before it accepted a newer version.
func TestCurrentFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.member(us, 1)
		w.finds(w.looks.Current, control.Empty, "")
		w.served(us, 1, "person:pn_1", "/api/v1/whoami", 200) // not behind the gate
		w.served(us, 2, "person:pn_staff", projects, 200)     // no member: looks in under a grant
		w.served(us, 3, "person:pn_1", projects, 303)         // the gate, which leads elsewhere
		w.finds(w.looks.Current, control.Empty, "")
		w.check(w.accept(us, "ac_1"))
		w.at = w.at.Add(time.Hour)
		w.served(us, 4, "person:pn_1", projects, 200)
		w.served(us, 5, "token:tk_1", projects, 200)
		w.finds(w.looks.Current, control.Pass, "2 looked at")
		next := w.docs[0]
		next.Edition, next.Digest, next.Effective = "2026-11-23", "sha256:two", w.at.Add(10*time.Minute)
		w.docs = append(w.docs, next)
		w.at = w.at.Add(time.Hour)
		w.finds(w.looks.Current, control.Pass, "")
		w.served(us, 6, "person:pn_1", projects, 200)
		w.finds(w.looks.Current, control.Fail, "without addendum 2026-11-23")
	})
	engines(t, func(_ *testing.T, w *world) { // nothing was accepted, ever
		w.served(them, 1, "token:tk_1", projects, 200)
		w.finds(w.looks.Current, control.Fail, "without addendum 2026-11-01")
		w.docs[0].Accept = false
		w.finds(w.looks.Current, control.Empty, "")
	})
}

// TestReceiptsFail changes and removes acceptances behind the back of the service, and changes a document.
func TestReceiptsFail(t *testing.T) {
	for what, breaks := range map[string]struct {
		do   func(*world)
		says string
	}{
		"a digest":   {func(w *world) { w.exec(us, `UPDATE acceptance SET digest = 'sha256:other'`) }, "in the registry"},
		"a document": {func(w *world) { w.docs[0].Digest = "sha256:other" }, "in the registry"},
		"both": {func(w *world) {
			w.exec(us, `UPDATE acceptance SET digest = 'sha256:other'`)
			w.docs[0].Digest = "sha256:other"
		}, "not what its entry"},
		"the method":      {func(w *world) { w.exec(us, `UPDATE acceptance SET method = 'signature'`) }, "not what its entry"},
		"one removed":     {func(w *world) { w.exec(us, `DELETE FROM acceptance`) }, "was removed"},
		"one that is new": {func(w *world) { w.exec(us, `UPDATE acceptance SET id = 'ac_9'`) }, "ac_9 has no entry"},
	} {
		t.Run(what, func(t *testing.T) {
			engines(t, func(_ *testing.T, w *world) {
				w.finds(w.looks.Receipts, control.Empty, "")
				w.check(w.accept(us, "ac_1"))
				w.finds(w.looks.Receipts, control.Pass, "1 looked at")
				breaks.do(w)
				w.finds(w.looks.Receipts, control.Fail, breaks.says)
			})
		})
	}
}

// TestTermsFail adds rows beyond what was ordered.
func TestTermsFail(t *testing.T) {
	engines(t, func(_ *testing.T, w *world) {
		w.finds(w.looks.Terms, control.Empty, "")
		w.member(us, 1)
		w.member(us, 2)
		w.at = w.at.Add(time.Hour)
		w.check(w.order(us, 1, 1))
		w.finds(w.looks.Terms, control.Pass, "") // they were there before
		w.check(w.order(us, 2, 2))
		w.at = w.at.Add(time.Hour)
		w.member(us, 3)
		w.finds(w.looks.Terms, control.Fail, "3 users where 2 were ordered")
		w.exec(us, `UPDATE member SET removed = 1 WHERE id = 'pn_1'`)
		w.finds(w.looks.Terms, control.Pass, "")
		for i := range 6 {
			w.exec(us, `INSERT INTO project (id, slug, name, archived, created_at, version) VALUES ($1, $1, 'P', 0, $2, 1)`, fmt.Sprintf("pj_%d", i), w.at.UnixMicro())
		}
		w.finds(w.looks.Terms, control.Fail, "6 projects where 5 were ordered")
		w.exec(us, `UPDATE project SET archived = 1 WHERE id = 'pj_0'`)
		for i := range 6 {
			w.exec(us, `INSERT INTO connection (id, project, kind, name, path, created_at, version) VALUES ($1, 'pj_1', 'upload', $1, '', $2, 1)`, fmt.Sprintf("cn_%d", i), w.at.UnixMicro())
			w.exec(us, `INSERT INTO live_connection (connection, kind, target, verified, verified_at) VALUES ($1, 'azure', '{}', '', 0)`, fmt.Sprintf("cn_%d", i))
		}
		w.finds(w.looks.Terms, control.Fail, "6 connected subscriptions and clusters where 5 were ordered")
	})
}
