package trust

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/register"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
	"c4arch/test/pg"
)

// kept10000 is how many runs are kept when the register is asked.
const kept10000 = 10_000

// TestRegisterOfManyRuns keeps ten thousand runs and asks where every clause stands: nothing of it grows with what is old. It is timed by BenchmarkStates.
func TestRegisterOfManyRuns(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		svc := w.manyRuns(t, 500)
		rep, err := svc.States(t.Context(), actor(id.Platform))
		w.check(err)
		if len(rep.Clauses) != 285 || rep.Checks[0].Run == nil || rep.Checks[0].State != control.Holds {
			t.Errorf("%d clauses, %+v", len(rep.Clauses), rep.Checks[0])
		}
	})
}

// manyRuns keeps n runs, of all checks in turn.
func (w *world) manyRuns(t testing.TB, n int) *assure.Service {
	t.Helper()
	reg, err := register.Builtin()
	w.check(err)
	checks := assure.Checks()
	var probes []assure.Probe
	for _, c := range checks {
		p, err := assure.Bind(c.ID, nil)
		w.check(err)
		probes = append(probes, p)
	}
	store := w.store.Runs()
	scope := w.scope(id.Platform, access.ControlRun)
	for done := 0; done < n; {
		at := w.clock.now()
		c := &assure.Change{Envelope: change.New(scope, at, ledger.Draft{Kind: "job.finished", Fields: []ledger.Field{ledger.Text("kind", "test"), ledger.Text("outcome", "kept")}})}
		for ; len(c.Runs) < 500 && done < n; done++ {
			x := checks[done%len(checks)]
			name, err := id.Mint(id.PrefixRun, rand.Reader, at)
			w.check(err)
			k, err := assure.Encode(control.Run{
				ID: name, Check: x.ID, Controls: x.Controls, Clauses: append([]string{}, x.Clauses...), At: at.Add(time.Duration(len(c.Runs)) * time.Microsecond).Truncate(time.Microsecond), Outcome: control.Pass, Version: "1.0.0",
				Observations: []control.Observation{{Subject: fmt.Sprintf("thing %d", done), Outcome: control.Pass, Detail: "as it was promised"}},
			})
			w.check(err)
			c.Runs = append(c.Runs, k)
		}
		_, err := store.Keep(t.Context(), c)
		w.check(err)
	}
	svc, err := assure.New(assure.Config{Register: reg, Probes: probes, Store: store, Log: slog.New(slog.DiscardHandler), Now: w.clock.now, Random: rand.Reader, Version: "1.0.0"})
	w.check(err)
	return svc
}

// BenchmarkStates is the register of 285 clauses over ten thousand runs that are kept.
func BenchmarkStates(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			w := benchWorld(b, engine)
			svc := w.manyRuns(b, kept10000)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := svc.States(b.Context(), actor(id.Platform)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// benchWorld is an installation on one engine.
func benchWorld(b *testing.B, engine string) *world {
	w := &world{t: b, clock: &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, dir: filepath.Join(b.TempDir(), "data")}
	w.check(os.Mkdir(w.dir, 0o700))
	if engine == "PostgreSQL" {
		w.pg = pg.Start(b)
	}
	w.open(b)
	return w
}
