package staff_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/staff"
)

var question = staff.Ask{Organisation: "contoso", Reason: "a scan hangs", Ticket: "T-1", Hours: 2}

func TestAGrantIsSeenAtOnceAndEndsByTime(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, support := t.Context(), w.joins(w.founder(), "support", access.Support)
		g, err := w.AskGrant(ctx, support, question)
		w.check(err)
		if !g.Open || g.State != staff.Active || g.Org != w.org || g.Staff != support.ID.Person() {
			t.Fatalf("%+v", g)
		}
		if e := w.last(w.org, "grant.asked"); e["staff"] != support.ID.Person() || e["reason"] != "a scan hangs" || e["state"] != "active" {
			t.Error(e)
		}
		if e := w.last(id.Platform, "grant.requested"); e["grant"] != g.ID || e["organisation"] != string(w.org) {
			t.Error(e)
		}
		owner := w.member(w.known("owner@contoso.example"), access.Owner)
		for name, a := range map[string]access.Actor{"the organisation": owner, "an auditor": w.member("pn_a", access.Auditor), "who asked": support} {
			if all, err := w.Grants(ctx, a); err != nil || len(all) != 1 || all[0].ID != g.ID || !all[0].Open {
				t.Errorf("%s sees %v %v", name, all, err)
			}
		}
		if got, err := w.GrantOf(ctx, w.org, g.ID); err != nil || got.Staff != support.ID.Person() {
			t.Error(got, err)
		}
		w.pass(2 * time.Hour)
		_, err = w.GrantOf(ctx, w.org, g.ID)
		w.refused(err, fault.NotFound, "no such grant in force")
		if all, err := w.Grants(ctx, owner); err != nil || all[0].Open {
			t.Error("a grant that is over is in force", all, err)
		}
	})
}

func TestWhoAsks(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		support := w.joins(admin, "support", access.Support)
		console := access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Request: "rq"}
		for name, a := range map[string]access.Actor{
			"nobody": {}, "a member": w.member("pn_a", access.Owner), "the console": console, "legal": w.joins(admin, "legal", access.Legal), "no role": colleague("pn_a"),
			"under a grant": func() access.Actor { a := support; a.Org, a.Grant = w.org, "gr_x"; return a }(),
		} {
			if _, err := w.AskGrant(ctx, a, question); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s asks: %v", name, err)
			}
		}
		for _, x := range []struct {
			change func(*staff.Ask)
			kind   fault.Kind
			says   string
		}{
			{func(q *staff.Ask) { q.Hours = 0 }, fault.Invalid, "1 to 8"},
			{func(q *staff.Ask) { q.Hours = 9 }, fault.Invalid, "1 to 8"},
			{func(q *staff.Ask) { q.Reason = "" }, fault.Invalid, "reason"},
			{func(q *staff.Ask) { q.Ticket = "" }, fault.Invalid, "ticket"},
			{func(q *staff.Ask) { q.Ticket = strings.Repeat("x", 61) }, fault.Invalid, "60"},
			{func(q *staff.Ask) { q.Organisation = "fabrikam" }, fault.NotFound, "organisation"},
			{func(q *staff.Ask) { q.Organisation = "platform" }, fault.NotFound, "organisation"},
		} {
			q := question
			x.change(&q)
			_, err := w.AskGrant(ctx, support, q)
			w.refused(err, x.kind, x.says)
		}
		if n := len(w.ledger(w.org)); n != 0 {
			t.Errorf("what was refused left %d entries", n)
		}
		for range 20 {
			_, err := w.AskGrant(ctx, support, question)
			w.check(err)
		}
		_, err := w.AskGrant(ctx, support, question)
		w.refused(err, fault.Limited, "20 grants")
	})
}

func TestTheOrganisationAnswers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		support := w.joins(admin, "support", access.Support)
		w.policies[w.org] = identity.Policy{Grants: true}
		ask := func() string {
			g, err := w.AskGrant(ctx, support, question)
			w.check(err)
			if g.State != staff.Asked || g.Open {
				t.Fatalf("it was not asked for: %+v", g)
			}
			_, err = w.GrantOf(ctx, w.org, g.ID)
			w.refused(err, fault.NotFound, "in force")
			return g.ID
		}
		owner := w.member(w.known("owner@contoso.example"), access.Owner)
		g, yes := ask(), staff.Answer{State: staff.Active}
		for name, a := range map[string]access.Actor{
			"who asked": support, "an administrator of the platform": admin, "a viewer": w.member("pn_a", access.Viewer), "an auditor": w.member("pn_a", access.Auditor),
			"who asked, as an admin of the organisation":    w.member(support.ID.Person(), access.Admin),
			"one of the platform, as an owner of it":        w.member(admin.ID.Person(), access.Owner),
			"a program":                                     {ID: "token:tk_x", Kind: access.Token, Org: w.org, For: access.CI, Request: "rq"},
			"staff under a grant with the role of an owner": {ID: support.ID, Kind: access.Staff, Org: w.org, Grant: g, Roles: []access.Role{access.Owner}, Session: "ss_x", Fresh: true},
		} {
			if _, err := w.AnswerGrant(ctx, a, g, yes); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s approves: %v", name, err)
			}
		}
		w.pass(time.Hour)
		_, err := w.AnswerGrant(ctx, owner, g, staff.Answer{State: staff.Active, Version: 7})
		w.refused(err, fault.Conflict, "meanwhile")
		held, err := w.AnswerGrant(ctx, owner, g, yes)
		w.check(err)
		if !held.Open || held.Until.Sub(held.From) != 2*time.Hour || held.Decided != owner.ID {
			t.Errorf("its hours begin when it is approved: %+v", held)
		}
		w.last(w.org, "grant.approved")
		_, err = w.AnswerGrant(ctx, owner, g, yes)
		w.refused(err, fault.Conflict, "active")
		_, err = w.AnswerGrant(ctx, owner, g, staff.Answer{State: staff.Revoked})
		w.refused(err, fault.Invalid, "reason")
		_, err = w.AnswerGrant(ctx, w.member(support.ID.Person(), access.Admin), g, staff.Answer{State: staff.Revoked, Reason: "it is done"})
		w.check(err) // taking back is for every administrator
		_, err = w.GrantOf(ctx, w.org, g)
		w.refused(err, fault.NotFound, "in force")
		_, err = w.AnswerGrant(ctx, owner, g, yes)
		w.refused(err, fault.Conflict, "revoked")

		no := ask()
		_, err = w.AnswerGrant(ctx, owner, no, staff.Answer{State: staff.Refused, Reason: "not now"})
		w.check(err)
		if e := w.last(w.org, "grant.refused"); e["why"] != "not now" {
			t.Error(e)
		}
		_, err = w.AnswerGrant(ctx, owner, no, yes)
		w.refused(err, fault.Conflict, "refused")
		late := ask()
		w.pass(8 * 24 * time.Hour)
		_, err = w.AnswerGrant(ctx, owner, late, yes)
		w.refused(err, fault.Conflict, "older than 7 days")
	})
}

// TestAnothersGrantIsNone asks in one organisation for what another one granted, and compares it with what exists nowhere.
func TestAnothersGrantIsNone(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, support := t.Context(), w.joins(w.founder(), "support", access.Support)
		g, err := w.AskGrant(ctx, support, question)
		w.check(err)
		other := w.organisation("fabrikam", keysOf(w))
		_, _ = w.GrantOf(ctx, other, w.id(id.PrefixGrant)) // what is opened for the first time takes more
		var errs [2]error
		one := w.statements(func() { _, errs[0] = w.GrantOf(ctx, other, g.ID) })
		two := w.statements(func() { _, errs[1] = w.GrantOf(ctx, other, w.id(id.PrefixGrant)) })
		if errs[0] == nil || errs[0].Error() != errs[1].Error() || fault.KindOf(errs[0]) != fault.NotFound || len(one) == 0 || !slices.Equal(one, two) {
			t.Errorf("%v, %v\n%q\n%q", errs[0], errs[1], one, two)
		}
		a := w.member(w.known("owner@fabrikam.example"), access.Owner)
		a.Org = other
		_, err = w.AnswerGrant(ctx, a, g.ID, staff.Answer{State: staff.Revoked, Reason: "not mine"})
		w.refused(err, fault.NotFound, "no such grant")
		for _, x := range []struct {
			org   id.Org
			grant string
		}{{id.Platform, g.ID}, {"", g.ID}, {w.org, ""}, {w.org, "gr_'; --"}, {"og_nowhere", g.ID}} {
			if _, err := w.GrantOf(ctx, x.org, x.grant); fault.KindOf(err) != fault.NotFound {
				t.Error(x, err)
			}
		}
	})
}

func TestEachReadOfWhoIsWatchedIsAnEntryFirst(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, support := t.Context(), w.joins(w.founder(), "support", access.Support)
		g, err := w.AskGrant(ctx, support, question)
		w.check(err)
		visitor := support
		visitor.Org, visitor.Grant = w.org, g.ID
		before := len(w.ledger(w.org))
		for _, a := range []access.Actor{w.member("pn_v", access.Viewer), w.member("pn_o", access.Owner), {}} {
			w.check(w.Looked(ctx, a, "GET /api/v1/projects", "/api/v1/projects"))
		}
		if n := len(w.ledger(w.org)); n != before {
			t.Errorf("reads of whoever is not watched left %d entries", n-before)
		}
		auditor := w.known("auditor@contoso.example")
		w.check(w.Looked(ctx, w.member(auditor, access.Auditor), "GET /api/v1/projects/{project}", "/api/v1/projects/pj_x"))
		if e := w.last(w.org, "access.looked"); e["reader"] != "person:"+auditor || e["route"] != "GET /api/v1/projects/{project}" || e["subject"] != "/api/v1/projects/pj_x" || e["grant"] != "" {
			t.Error(e)
		}
		var all sync.WaitGroup
		errs := make([]error, 40)
		for i := range errs {
			all.Go(func() { errs[i] = w.Looked(ctx, visitor, "GET /api/v1/organisation", strings.Repeat("é", 300)) })
		}
		all.Wait()
		if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
			t.Fatal(errs[i])
		}
		if got, err := w.GrantOf(ctx, w.org, g.ID); err != nil || got.Looked != 40 || got.Version != 1 {
			t.Errorf("%+v %v", got, err)
		}
		if e := w.last(w.org, "access.looked"); e["grant"] != g.ID || len(e["subject"]) > 203 {
			t.Error(e)
		}
		owner := w.member(w.known("owner@contoso.example"), access.Owner)
		_, err = w.AnswerGrant(ctx, owner, g.ID, staff.Answer{State: staff.Revoked, Reason: "enough"})
		w.check(err)
		w.refused(w.Looked(ctx, visitor, "GET /", "/"), fault.Conflict, "grant")
		visitor.Org = "og_nowhere"
		if err := w.Looked(ctx, visitor, "GET /", "/"); err == nil {
			t.Error("a read that cannot be recorded is let through")
		}
	})
}

func BenchmarkLooked(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		for name, parallel := range map[string]int{"one after another": 0, "64 at once": 32} { // times GOMAXPROCS
			b.Run(engine+"/"+name, func(b *testing.B) {
				w := newWorld(b, engine)
				a := w.member(w.known("auditor@contoso.example"), access.Auditor)
				look := func() {
					if err := w.Looked(b.Context(), a, "GET /api/v1/projects/{project}", "/api/v1/projects/pj_x"); err != nil {
						b.Error(err)
					}
				}
				b.ReportAllocs()
				b.ResetTimer()
				if parallel == 0 {
					for range b.N {
						look()
					}
					return
				}
				b.SetParallelism(parallel)
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						look()
					}
				})
			})
		}
	}
}
