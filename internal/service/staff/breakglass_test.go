package staff_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/service/staff"
)

// away is a store that takes no change.
type away struct{ staff.Store }

func (away) Operate(context.Context, *staff.PlatformChange) (change.Committed, error) {
	return change.Committed{}, errAway
}

func TestTheSealedAccountIsUsedOnceAndLoud(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		w.check(w.Loud(ctx))
		_, err := w.OpenBreakGlass(ctx, "c4b_"+strings.Repeat("a", 52), "x", "rq")
		w.refused(err, fault.Denied, "not the code")
		code, err := w.SealBreakGlass(ctx, admin)
		w.check(err)
		text := string(code.Expose())
		for _, e := range w.ledger(id.Platform) {
			for _, v := range e.values {
				if strings.Contains(v, text) {
					t.Fatal("the code is in the ledger")
				}
			}
		}
		older := text
		code, err = w.SealBreakGlass(ctx, admin) // a new code ends the one before
		w.check(err)
		text = string(code.Expose())
		for _, wrong := range []string{older, text[:len(text)-1], text + "a", strings.Replace(text, "c4b_", "c4a_", 1), "", strings.Repeat("c4b_", 100)} {
			_, err := w.OpenBreakGlass(ctx, wrong, "x", "rq")
			w.refused(err, fault.Denied, "not the code")
		}
		w.last(id.Platform, "breakGlass.refused")
		if x, _ := w.StaffState(ctx); x.BreakGlass != "sealed" || len(w.sessions.opened) != 0 {
			t.Error(x, w.sessions.opened)
		}
		cookie, err := w.OpenBreakGlass(ctx, " "+strings.ToUpper(text[:20])+"-"+text[20:]+" ", "x", "rq_2")
		w.check(err)
		if cookie.Empty() || len(w.sessions.opened) != 1 {
			t.Fatal(w.sessions.opened)
		}
		w.last(id.Platform, "breakGlass.opened")
		person := w.sessions.opened[0]
		if roles, err := w.RolesOf(ctx, person); err != nil || len(roles) != 1 || roles[0] != access.Administrator {
			t.Error(roles, err)
		}
		_, err = w.OpenBreakGlass(ctx, text, "x", "rq")
		w.refused(err, fault.Denied, "not the code")
		w.refused(w.Loud(ctx), fault.Drift, "nobody has said why")
		account := w.as(person)
		w.refused(w.Acknowledge(ctx, account, "it was me"), fault.Denied, "does not answer for itself")
		_, err = w.SealBreakGlass(ctx, admin)
		w.refused(err, fault.Conflict, "nobody has said why")
		w.refused(w.Acknowledge(ctx, admin, ""), fault.Invalid, "reason")
		w.check(w.Acknowledge(ctx, admin, "the provider was away"))
		w.refused(w.Acknowledge(ctx, admin, "again"), fault.Conflict, "nothing to acknowledge")
		w.refused(w.Loud(ctx), fault.Drift, "no new code is sealed")
		w.pass(time.Hour)
		_, err = w.RolesOf(ctx, person)
		w.refused(err, fault.NotFound, "closed")
		_, err = w.SealBreakGlass(ctx, admin)
		w.check(err)
		w.check(w.Loud(ctx))
		if x, _ := w.StaffState(ctx); x.BreakGlass != "sealed" || x.Below != 0 {
			t.Error(x)
		}
	})
}

// TestTheSealedAccountIsNoSecondPerson: whoever has the code may be an administrator too, and would be two people by it.
func TestTheSealedAccountIsNoSecondPerson(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		code, err := w.SealBreakGlass(ctx, admin)
		w.check(err)
		_, err = w.OpenBreakGlass(ctx, string(code.Expose()), "x", "rq")
		w.check(err)
		account := w.as(w.sessions.opened[0])
		x, err := w.AskExport(ctx, admin, question)
		w.check(err)
		_, err = w.DecideProposal(ctx, account, x.ID, staff.Decision{Approve: true})
		w.refused(err, fault.Denied, "sealed account")
		_, err = w.AskExport(ctx, account, question)
		w.refused(err, fault.Denied, "sealed account")
		_, err = w.DecideProposal(ctx, account, x.ID, staff.Decision{Reason: "nobody asked for that"}) // it can stop something
		w.check(err)
		// Nor does it make itself last: the next code is for somebody else to have.
		w.check(w.Acknowledge(ctx, admin, "the provider was away"))
		_, err = w.SealBreakGlass(ctx, account)
		w.refused(err, fault.Denied, "sealed account")
		_, err = w.SealBreakGlass(ctx, admin)
		w.check(err)
	})
}

func TestWhoSeals(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		stale := admin
		stale.Fresh = false
		for name, a := range map[string]access.Actor{
			"nobody": {}, "a member": w.member(admin.ID.Person(), access.Owner), "support": w.joins(admin, "support", access.Support), "without a fresh proof": stale,
			"the operator's token": {ID: "token:tk_x", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, For: access.Operation, Surface: access.API},
		} {
			if _, err := w.SealBreakGlass(ctx, a); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s seals: %v", name, err)
			}
			if err := w.Acknowledge(ctx, a, "why"); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s acknowledges: %v", name, err)
			}
		}
		console := access.Actor{ID: "console", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Operator}, Surface: access.Console, Purpose: "break glass", Request: "rq"}
		code, err := w.SealBreakGlass(ctx, console)
		w.check(err)
		w.sessions.err = errAway
		if _, err := w.OpenBreakGlass(ctx, string(code.Expose()), "x", "rq"); err == nil {
			t.Error("a session that could not begin did")
		}
		w.refused(w.Loud(ctx), fault.Drift, "opened") // the code is used up all the same: less, never more
	})
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"", "c4b_", "c4b_" + strings.Repeat("a", 52), "C4B_ " + strings.Repeat("a-", 52), "c4b_" + strings.Repeat("é", 52), strings.Repeat("7", 300)} {
		f.Add(s)
	}
	code, err := staff.NewCodeForTest(bytes.NewReader(make([]byte, 64)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(code)
	f.Fuzz(func(t *testing.T, typed string) {
		hash, err := staff.ParseCodeForTest(typed)
		if (err == nil) != (len(hash) == 32) || err != nil && fault.KindOf(err) != fault.Denied {
			t.Fatalf("%x, %v", hash, err)
		}
		if err != nil && len(typed) > 12 && strings.Contains(err.Error(), typed) {
			t.Error("what was typed is in the error")
		}
		again, _ := staff.ParseCodeForTest(" " + strings.ToUpper(typed))
		if err == nil && len(typed) < 200 && !bytes.Equal(hash, again) {
			t.Error("case and spaces count")
		}
	})
}

func TestAnExportTakesTwoAndIsMadeOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.founder()
		support := w.joins(admin, "support", access.Support)
		_, err := w.AskExport(ctx, w.member("pn_a", access.Owner), question)
		w.refused(err, fault.Denied, "not allowed")
		x, err := w.AskExport(ctx, support, question)
		w.check(err)
		var b bytes.Buffer
		w.refused(w.Export(ctx, support, x.ID, &b), fault.Denied, "asked")
		_, err = w.DecideProposal(ctx, support, x.ID, staff.Decision{Approve: true})
		w.refused(err, fault.Denied, "not allowed")
		own, err := w.AskExport(ctx, admin, question)
		w.check(err)
		_, err = w.DecideProposal(ctx, admin, own.ID, staff.Decision{Approve: true})
		w.refused(err, fault.Denied, "who proposed it")
		_, err = w.DecideProposal(ctx, admin, x.ID, staff.Decision{Approve: true})
		w.check(err)
		w.refused(w.Export(ctx, admin, x.ID, &b), fault.Denied, "who asked")
		w.check(w.Export(ctx, support, x.ID, &b))
		if b.String() != "bundle of "+string(w.org) {
			t.Error(b.String())
		}
		if e := w.last(w.org, "export.made"); e["proposer"] != support.ID.Person() || e["approver"] != admin.ID.Person() || e["ticket"] != "T-1" {
			t.Error("the organisation is not told", e)
		}
		w.last(id.Platform, "export.done")
		w.refused(w.Export(ctx, support, x.ID, &b), fault.Denied, "done")
		late, err := w.AskExport(ctx, support, question)
		w.check(err)
		_, err = w.DecideProposal(ctx, admin, late.ID, staff.Decision{Approve: true})
		w.check(err)
		w.pass(25 * time.Hour)
		w.refused(w.Export(ctx, support, late.ID, &b), fault.Denied, "more than a day")
		_, err = w.DecideProposal(ctx, admin, own.ID, staff.Decision{Reason: "no need"})
		w.check(err)
		if n, err := w.Exports(ctx); err != nil || n != (staff.Published{Asked: 3, Approved: 2, Declined: 1, Made: 1}) {
			t.Error(n, err)
		}
		w.refused(w.Export(ctx, support, "pr_nothing", &b), fault.NotFound, "no such proposal")
	})
}
