package trust

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/register"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

// TestRunsInLedgerFails sees the check pass over what is kept, and fail for a run whose text was changed, one whose digest was changed with it, and an attestation with other words.
func TestRunsInLedgerFails(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		reg, err := register.Builtin()
		w.check(err)
		p := &probe{outcome: control.Pass}
		svc, err := assure.New(assure.Config{
			Register: reg, Probes: []assure.Probe{p}, Store: w.store.Runs(), Log: slog.New(slog.DiscardHandler), Now: w.clock.now, Random: rand.Reader, Version: "1.0.0",
		})
		w.check(err)
		looks := &Looks{Homes: w.homes, Now: w.clock.now}
		expect := func(when string, want control.Outcome, says string) {
			t.Helper()
			seen, err := looks.RunsInLedger(t.Context())
			w.check(err)
			if got := control.Worst(seen); got != want || says != "" && !strings.Contains(seen[0].Detail, says) {
				t.Errorf("%s: %s, %+v", when, got, seen)
			}
		}
		expect("nothing ran", control.Empty, "")
		round, err := svc.Run(t.Context(), actor(id.Platform))
		w.check(err)
		security := actor(id.Platform)
		security.ID, security.Kind, security.Roles, security.Surface, security.Session, security.Fresh = id.Actor("person:"+person), access.Staff, []access.Role{access.Security}, access.Portal, "ss_1", true
		made, err := svc.Attest(t.Context(), security, assure.Statement{
			Of: "code-review", Text: "Each change of the quarter has two names.", Reference: "records/changes.csv", Digest: strings.Repeat("0a", 32), Until: w.clock.now().Add(24 * time.Hour),
		})
		w.check(err)
		expect("as it was kept", control.Pass, "1 newest runs and 1 attestations")

		var text, digest string
		w.one(id.Platform, &text, `SELECT run FROM control_run`)
		w.one(id.Platform, &digest, `SELECT digest FROM control_run`)
		other := round.Runs[0]
		other.Observations = append(other.Observations, control.Observation{Subject: "another thing", Outcome: control.Pass})
		forged, err := assure.Encode(other)
		w.check(err)
		w.tamper(id.Platform, `UPDATE control_run SET run = $1`, string(forged.JSON))
		expect("another text", control.Fail, "its text has another digest")
		w.tamper(id.Platform, `UPDATE control_run SET digest = $1`, forged.Digest)
		expect("another text with its digest", control.Fail, "of the ledger has another digest or outcome")
		w.tamper(id.Platform, `UPDATE control_run SET run = $1, digest = $2`, text, digest)
		expect("as before", control.Pass, "")

		w.tamper(id.Platform, `UPDATE attestation SET until = until + 1`)
		expect("an attestation that counts for longer", control.Fail, "its words have another digest")
		made.Until = made.Until.Add(time.Microsecond)
		w.tamper(id.Platform, `UPDATE attestation SET seal = $1`, assure.Seal(made))
		expect("with its digest", control.Fail, "the ledger has no entry with its digest")
	})
}

// TestAttestationsAreKept: what was stated comes back as it was, is withdrawn once, and says so.
func TestAttestationsAreKept(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		reg, err := register.Builtin()
		w.check(err)
		svc, err := assure.New(assure.Config{Register: reg, Store: w.store.Runs(), Log: slog.New(slog.DiscardHandler), Now: w.clock.now, Random: rand.Reader, Version: "1.0.0"})
		w.check(err)
		security := actor(id.Platform)
		security.ID, security.Kind, security.Roles, security.Surface, security.Session, security.Fresh = id.Actor("person:"+person), access.Staff, []access.Role{access.Security}, access.Portal, "ss_1", true
		made, err := svc.Attest(t.Context(), security, assure.Statement{
			Of: "training", Text: "Everybody has done the training of this year.", Reference: "records/training.csv", Digest: strings.Repeat("0b", 32), Until: w.clock.now().Add(300 * 24 * time.Hour),
		})
		w.check(err)
		scope := w.scope(id.Platform, access.ControlRead)
		all, err := w.store.Runs().Attestations(t.Context(), scope)
		w.check(err)
		if len(all) != 1 || all[0] != made || assure.Seal(all[0]) != made.Seal {
			t.Fatalf("%+v is not %+v", all, made)
		}
		entries, err := w.store.Runs().Entries(t.Context(), scope)
		w.check(err)
		if entries[made.ID].Digest != made.Seal {
			t.Errorf("the ledger has %+v", entries)
		}
		w.check(svc.Withdraw(t.Context(), security, made.ID, "one of them had not"))
		if err := svc.Withdraw(t.Context(), security, made.ID, "one of them had not"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("got %v", err)
		}
		stands, err := svc.Attestations(t.Context(), security)
		w.check(err)
		for _, x := range stands {
			if x.Wanted.ID == "training" && (x.State != control.NotYet || x.Reason != "the attestation was withdrawn" || x.Past[0].Why != "one of them had not") {
				t.Errorf("%+v", x)
			}
		}
	})
}
