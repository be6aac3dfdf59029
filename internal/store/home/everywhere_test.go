package home

import (
	"context"
	"fmt"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/store/sqldb"
)

// die has one job of the home die.
func (w *world) die(h *Home) string {
	w.tb.Helper()
	w.enqueue(h, job.New{Kind: "scan.run", MaxAttempts: 1})
	for range 10 {
		c := w.claim("w")
		if c == nil {
			w.tb.Fatal("nothing is due")
		}
		must(w.tb, w.Queue().Fail(context.Background(), c.Lease, "it cannot be done", 0))
		if c.Lease.Org == h.Org() {
			return c.Lease.ID
		}
	}
	w.tb.Fatal("the job does not come")
	return ""
}

func (w *world) standings(x Wanted) map[id.Org]Standing {
	w.tb.Helper()
	list, err := w.Standings(context.Background(), may(w.tb, id.Platform), x)
	must(w.tb, err)
	out := map[id.Org]Standing{}
	for _, s := range list {
		out[s.Org] = s
	}
	return out
}

// Where a job has died is known without opening a home, and until it is done again.
func TestStandings(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h, other := w.organisation(), w.organisation()
		if all := w.standings(Wanted{Dead: true}); len(all) != 0 {
			t.Fatalf("%+v", all)
		}
		first := w.die(h)
		w.clock.move(time.Hour)
		w.die(h)
		all := w.standings(Wanted{Dead: true})
		if s := all[h.Org()]; len(all) != 1 || s.Dead != 2 || !s.Oldest.Equal(noon) {
			t.Fatalf("%+v", all)
		}
		if all := w.standings(Wanted{Only: []id.Org{other.Org()}}); len(all) > 1 || all[h.Org()].Dead != 0 {
			t.Errorf("%+v", all)
		}
		if all := w.standings(Wanted{Dead: true, After: h.Org()}); len(all) != 0 {
			t.Errorf("behind it: %+v", all)
		}
		if s := w.standings(Wanted{Since: noon.Add(30 * time.Minute)})[h.Org()]; s.Served.IsZero() {
			t.Error("it was served of late")
		}
		work, err := h.Work(t.Context(), job.Dead, 0)
		must(t, err)
		if len(work) != 2 || work[0].ID != first || work[0].Error != "it cannot be done" || work[0].Attempt != 1 || !work[0].Made.Equal(noon) {
			t.Errorf("%+v", work)
		}
		_, err = h.Retry(t.Context(), w.change(h.Org(), "job.retried"), first)
		must(t, err)
		if s := w.standings(Wanted{Dead: true})[h.Org()]; s.Dead != 1 || !s.Oldest.Equal(noon.Add(time.Hour)) {
			t.Errorf("after it was put back: %+v", s)
		}
		w.enqueue(other, job.New{Kind: "b"})
		late := w.standings(Wanted{Late: w.clock.Now().Add(time.Second)})
		if len(late) == 0 {
			t.Error("what is due is not told")
		}
		_, err = w.Standings(t.Context(), may(t, h.Org()), Wanted{})
		isKind(t, err, fault.NotFound)
		_, err = w.Standings(t.Context(), may(w.tb, id.Platform), Wanted{Only: make([]id.Org, onlyListed+1)})
		isKind(t, err, fault.Limited)
	})
}

// A hint that was lost is found when the home is asked again, and one of what is gone goes.
func TestDeadAreCountedAgain(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		h := w.organisation()
		w.die(h)
		must(t, w.platform.transact(t.Context(), func(tx *sqldb.Tx) error { return tx.Queue(t.Context(), `DELETE FROM dead_jobs`) }))
		must(t, w.recover(t.Context(), h.Org()))
		if s := w.standings(Wanted{Dead: true})[h.Org()]; s.Dead != 1 {
			t.Errorf("%+v", s)
		}
		must(t, w.dropDue(t.Context(), h.Org()))
		if all := w.standings(Wanted{}); all[h.Org()].Org != "" {
			t.Errorf("%+v", all)
		}
	})
}

// BenchmarkStandings is the list of where jobs died, of a thousand homes of which fifty have some. None is opened.
func BenchmarkStandings(b *testing.B) {
	engineBenchmarks(b, func(b *testing.B, w *world) {
		must(b, w.platform.transact(b.Context(), func(tx *sqldb.Tx) error {
			for i := range 1000 {
				org := fmt.Sprintf("og_%026d", i)
				if err := tx.Queue(b.Context(), `INSERT INTO due (organisation, at, last_served, active) VALUES ($1, $2, 1, 0)`, org, noon.UnixMicro()+int64(i)); err != nil {
					return err
				}
				if i%20 == 0 {
					if err := tx.Queue(b.Context(), `INSERT INTO dead_jobs (organisation, jobs, oldest, at) VALUES ($1, 3, 1, 1)`, org); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		s := may(w.tb, id.Platform)
		for b.Loop() {
			list, err := w.Standings(b.Context(), s, Wanted{Dead: true, Limit: 21})
			must(b, err)
			if len(list) != 21 {
				b.Fatal(len(list))
			}
		}
		if w.Opened() != 0 {
			b.Errorf("%d homes were opened", w.Opened())
		}
	})
}
