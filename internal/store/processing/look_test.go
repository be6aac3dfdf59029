package processing_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/id"
	service "c4arch/internal/service/processing"
	store "c4arch/internal/store/processing"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/processing"
)

// finds sees what a check amounts to, and that it says why.
func (w *world) finds(look func(context.Context) ([]control.Observation, error), want control.Outcome, says string) {
	w.t.Helper()
	seen, err := look(w.t.Context())
	w.check(err)
	if len(seen) == 0 {
		w.t.Errorf("nothing was looked at, and not %s", want)
		return
	}
	if got := control.Worst(seen); got != want {
		w.t.Errorf("the check is %s and not %s: %v", got, want, seen)
	}
	if says != "" && !slices.ContainsFunc(seen, func(o control.Observation) bool { return o.Outcome == want && strings.Contains(o.Detail, says) }) {
		w.t.Errorf("the check does not say %q: %v", says, seen)
	}
}

// nothing sees that a check over an empty set says nothing.
func (w *world) nothing(look func(context.Context) ([]control.Observation, error)) {
	w.t.Helper()
	if seen, err := look(w.t.Context()); err != nil || len(seen) > 0 {
		w.t.Errorf("over nothing it observes %v: %v", seen, err)
	}
}

// TestInstructedFails breaks what jobs rest on, and sees the check fail.
func TestInstructedFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var done []store.Worked
		w.looks.Worked = func(_ context.Context, org id.Org, since time.Time) (all []store.Worked, err error) {
			for _, x := range done {
				if org == us && !x.At.Before(since) {
					all = append(all, x)
				}
			}
			return all, nil
		}
		made, err := w.Give(ctx, owner(us), service.Given{Title: "do it", Purposes: []processing.Purpose{processing.Support}})
		w.check(err)
		_, err = w.Annexes(ctx, owner(us), service.AnnexA)
		w.check(err)
		w.nothing(w.looks.Instructed)
		w.at = w.at.Add(time.Hour)
		good := store.Worked{Kind: "scan.finished", Job: "jb_1", Under: made, At: w.at}
		done = []store.Worked{good}
		w.finds(w.looks.Instructed, control.Pass, "")
		for says, breaks := range map[string]func(x *store.Worked){
			"names no instruction": func(x *store.Worked) { x.Under = "" },
			"is not there":         func(x *store.Worked) { x.Under = "in_00000000000000000000000009" },
			"began":                func(x *store.Worked) { x.At = w.at.Add(-time.Hour - time.Microsecond) },
		} {
			x := good
			breaks(&x)
			if says == "began" {
				w.exec(us, `UPDATE record_version SET at = at - 7200000000`)
			}
			done = []store.Worked{x}
			w.finds(w.looks.Instructed, control.Fail, says)
		}
		done = []store.Worked{good}
		w.exec(us, `INSERT INTO job (id, kind, args, actor, state, run_at, attempt, max_attempts, error, created_at) VALUES ('jb_1', 'scan.run', $1, 'worker', 'ready', 1, 0, 8, 'held: no instruction', 1)`, []byte("{}"))
		w.finds(w.looks.Instructed, control.Fail, "jb_1")
		w.exec(us, `DELETE FROM job WHERE id = 'jb_1'`)
		w.check(w.Flag(ctx, lawyer(), us, made, "it seems unlawful", false))
		w.finds(w.looks.Instructed, control.Pass, "")
		done[0].At = w.at.Add(time.Hour)
		w.finds(w.looks.Instructed, control.Fail, "flagged")
		w.check(w.Unflag(ctx, lawyer(), us, made, "it is lawful after all"))
		w.finds(w.looks.Instructed, control.Pass, "")
		w.check(w.Withdraw(ctx, owner(us), made))
		w.finds(w.looks.Instructed, control.Fail, "after its instruction")
	})
}

// TestWholeFails has a column that the record does not know, and a text that was changed, and sees the check fail.
func TestWholeFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.check(w.KeepAnnexes(ctx))
		_, err := w.Annexes(ctx, owner(us), service.AnnexA)
		w.check(err)
		w.finds(w.looks.Whole, control.Pass, "2 looked at")
		w.looks.DataMap = append(slices.Clone(w.DataMap), processing.Datum{Table: "diary", Column: "entry", Class: "identity", Personal: true, Role: "processor"})
		w.finds(w.looks.Whole, control.Fail, "diary.entry")
		w.looks.DataMap = w.DataMap
		w.exec(us, `UPDATE record_version SET body = 'nothing is processed' WHERE kind = 'a'`)
		w.finds(w.looks.Whole, control.Fail, "version 1 of "+string(us)+" was changed")
		w.exec(us, `DELETE FROM record_version`)
		w.finds(w.looks.Whole, control.Pass, "")
		w.exec(id.Platform, `UPDATE annex SET body = replace(body, 'invitees', 'guests') WHERE kind = 'a'`)
		w.finds(w.looks.Whole, control.Fail, "does not name invitees")
	})
}

// TestToldFails has an entry of a kind that no activity tells, and sees the check fail.
func TestToldFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, err := w.Annexes(t.Context(), owner(us), service.AnnexA)
		w.check(err)
		w.finds(w.looks.Told, control.Pass, "looked at")
		w.exec(us, `INSERT INTO ledger_entry (org_id, idx, at, kind, leaf, leaf_hash, sealed) SELECT org_id, idx + 9999, at, 'mystery.done', leaf, leaf_hash, sealed FROM ledger_entry WHERE idx = 0`)
		w.finds(w.looks.Told, control.Fail, "mystery.done of "+string(us))
	})
}

// TestTransfersFail has somebody outside of the European Economic Area whom no line covers any more, and sees the check fail.
func TestTransfersFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var recipients []processing.Recipient
		w.looks.Recipients = func(context.Context) ([]processing.Recipient, error) { return recipients, nil }
		w.nothing(w.looks.Transfers)
		recipients = []processing.Recipient{{Name: "Fabrikam", Regions: []string{"EU", "US"}}}
		w.finds(w.looks.Transfers, control.Fail, "no mechanism is registered for Fabrikam in US")
		made, err := w.Register(ctx, lawyer(), processing.Transfer{Country: "US", Recipient: "Fabrikam", Mechanism: processing.ByClauses, Evidence: "clauses of that day", Until: w.at.AddDate(1, 0, 0)})
		w.check(err)
		w.finds(w.looks.Transfers, control.Pass, "2 looked at")
		w.exec(id.Platform, `UPDATE transfer SET until_at = 1 WHERE id = $1`, made)
		w.finds(w.looks.Transfers, control.Fail, "it has run out")
		recipients = nil
		w.exec(id.Platform, `UPDATE transfer SET until_at = $2, country = 'JP' WHERE id = $1`, made, w.at.AddDate(1, 0, 0).UnixMicro())
		w.check(w.CompletePlatform(ctx, lawyer(), processing.Processor{Party: processing.Party{Name: "Contoso"}, Sites: []processing.Site{{Name: "Fabrikam", Region: "JP", Decision: "ADR 1"}}}))
		w.finds(w.looks.Transfers, control.Pass, "")
		w.exec(id.Platform, `DELETE FROM transfer`)
		w.finds(w.looks.Transfers, control.Fail, "JP")
	})
}
