package freetext_test

import (
	"slices"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	found "c4arch/internal/content/freetext"
	"c4arch/internal/service/freetext"
	"c4arch/internal/trust/ledger"
)

const (
	health = "Anna is pregnant, so I approve for her."
	key    = "the pipeline uses ghp_EXAMPLE2p9Xk4Lm7Qr1Tv5Wz8Bc3Df6Gh0J until Friday"
)

// holds reports whether the ledger says a text anywhere.
func holds(all []ledger.Entry, text string) bool {
	for _, e := range all {
		for _, o := range e.Openings {
			if strings.Contains(string(o.Value), text) {
				return true
			}
		}
	}
	return false
}

func TestScreen(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a, ctx := w.organisation("contoso"), t.Context()
		if kept, err := w.Screen(ctx, a, "reason", "The health check of the union-db fails.", ""); err != nil || kept != "The health check of the union-db fails." {
			t.Errorf("%q, %v", kept, err)
		}
		_, err := w.Screen(ctx, a, "reason", key, "")
		w.refused(err, fault.Invalid)
		if h := found.HeldIn(err); h == nil || !h.Blocked || strings.Contains(err.Error(), "ghp_") {
			t.Errorf("%v", err)
		}
		_, err = w.Screen(ctx, a, "reason", key, found.Digest(key))
		w.refused(err, fault.Invalid) // what is blocked is not confirmed

		_, err = w.Screen(ctx, a, "comment", health, "")
		w.refused(err, fault.Conflict)
		h := found.HeldIn(err)
		if h == nil || h.Blocked || strings.Contains(err.Error(), "pregnant") {
			t.Fatalf("%v", err)
		}
		_, err = w.Screen(found.Confirming(ctx, h.Digest), a, "comment", health+" And more.", "")
		w.refused(err, fault.Conflict) // another text was confirmed
		kept, err := w.Screen(found.Confirming(ctx, h.Digest), a, "comment", health, "")
		w.check(err)
		if kept != health {
			t.Errorf("%q", kept)
		}
		if all := w.rows(a.Org); holds(all, "ghp_") || holds(all, "pregnant") || !holds(all, "secret.token") || !holds(all, "special.health") || !holds(all, "kept") {
			t.Error("the ledger says the text, or not what became of it")
		}
	})
}

func TestPolicy(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a, other, ctx := w.organisation("contoso"), w.organisation("fabrikam"), t.Context()
		p, err := w.PolicyOf(ctx, a)
		w.check(err)
		if p != freetext.Default() {
			t.Errorf("%+v", p)
		}
		p.Secret, p.Special = freetext.Redact, freetext.Block
		w.check(w.SetPolicy(ctx, a, p))
		w.refused(w.SetPolicy(ctx, a, p), fault.Conflict) // it was read before the change
		w.refused(w.SetPolicy(ctx, a, freetext.Policy{Secret: "none"}), fault.Invalid)
		viewer := a
		viewer.Roles = []access.Role{access.Viewer}
		w.refused(w.SetPolicy(ctx, viewer, p), fault.Denied)

		kept, err := w.Screen(ctx, a, "reason", key, "")
		w.check(err)
		if strings.Contains(kept, "ghp_") || !strings.Contains(kept, "[removed: secret.token]") {
			t.Errorf("%q", kept)
		}
		_, err = w.Screen(ctx, a, "reason", health, found.Digest(health))
		w.refused(err, fault.Invalid)
		if p, err := w.PolicyOf(ctx, other); err != nil || p != freetext.Default() {
			t.Errorf("another organisation has %+v, %v", p, err)
		}
	})
}

// TestLook goes from a look through the ledger to a value that is erased, and to a hit that is said to be right and stays so.
func TestLook(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a, other, ctx := w.organisation("contoso"), w.organisation("fabrikam"), t.Context()
		w.note(a.Org, key)
		w.note(a.Org, health)
		w.note(a.Org, "nothing is wrong here")
		w.check(w.Look(ctx, a))
		w.refused(w.Look(ctx, a), fault.Conflict)
		w.work()
		hits := w.hits(a, freetext.Open)
		if len(hits) != 2 || hits[0].Rule != "secret.token" || hits[1].Rule != "special.health" || hits[0].Place != freetext.InLedger {
			t.Fatalf("%+v", hits)
		}
		if scans, err := w.Scans(ctx, a, 1); err != nil || !scans[0].Done || scans[0].Found != 2 || scans[0].Looked < 3 {
			t.Errorf("%+v, %v", scans, err)
		}
		w.refused(w.Remove(ctx, other, hits[0].ID), fault.NotFound)
		w.refused(w.Keep(ctx, other, hits[0].ID), fault.NotFound)
		w.check(w.Remove(ctx, a, hits[0].ID))
		w.refused(w.Remove(ctx, a, hits[0].ID), fault.Conflict)
		w.check(w.Keep(ctx, a, hits[1].ID))
		if all := w.rows(a.Org); holds(all, "ghp_") {
			t.Error("the value is still there")
		}
		w.check(w.Look(ctx, a))
		w.work()
		if again := w.hits(a, freetext.Open); len(again) != 0 {
			t.Errorf("%+v", again)
		}
		w.check(w.Reopen(ctx, a, w.hits(a, freetext.Kept)[0].ID))
		if again := w.hits(a, freetext.Open); len(again) != 1 {
			t.Errorf("%+v", again)
		}
		if others := w.hits(other, freetext.Open); len(others) != 0 {
			t.Errorf("%+v", others)
		}
	})
}

func (w *world) hits(a access.Actor, state freetext.State) []freetext.Found {
	w.t.Helper()
	all, err := w.Hits(w.t.Context(), a, state, "", 100)
	w.check(err)
	slices.SortFunc(all, func(x, y freetext.Found) int { return strings.Compare(x.Ref, y.Ref) })
	return all
}
