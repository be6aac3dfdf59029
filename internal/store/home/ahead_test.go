package home

import (
	"testing"
	"time"

	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
)

// A clock that was a year ahead for a while puts nothing off: what comes by schedule comes again, the job of a worker that died meanwhile is another's, and one that was asked for is done.
func TestClockWasAhead(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const year = 365 * 24 * time.Hour
		h := w.organisation()
		env := w.change(h.Org(), "scan.queued")
		env.Schedules = []change.Schedule{{Kind: "verify", Key: "hourly", Args: []byte(`{}`), Every: time.Hour, Next: w.clock.Now().Add(time.Hour)}}
		_, err := h.Commit(t.Context(), env, nil)
		must(t, err)
		must(t, w.Upkeep(t.Context()))
		must(t, w.Upkeep(t.Context())) // the first one looks at all homes
		w.clock.move(year)
		c := w.claim("w")
		if c == nil || c.Lease.Kind != "verify" {
			t.Fatalf("%+v", c)
		}
		_, err = w.finish(c)
		must(t, err)
		w.enqueue(h, job.New{Kind: "a"}, job.New{Kind: "b"})
		if c = w.claim("dies"); c == nil || c.Lease.Kind == "verify" {
			t.Fatalf("%+v", c)
		}
		w.clock.move(-year)
		if c := w.claim("w"); c != nil {
			t.Fatalf("nothing said so yet: %+v", c)
		}
		must(t, w.Upkeep(t.Context()))
		kinds := map[string]bool{}
		for range 3 {
			c := w.claim("w")
			if c == nil {
				t.Fatalf("it comes in a year: only %v", kinds)
			}
			kinds[c.Lease.Kind] = true
			_, err = w.finish(c)
			must(t, err)
		}
		if !kinds["verify"] || !kinds["a"] || !kinds["b"] {
			t.Errorf("%v", kinds)
		}
		must(t, w.Upkeep(t.Context()))
		if c := w.claim("w"); c != nil {
			t.Errorf("it comes again at once: %+v", c)
		}
		w.clock.move(time.Hour)
		if c := w.claim("w"); c == nil || c.Lease.Kind != "verify" {
			t.Errorf("it does not come after an hour: %+v", c)
		}
		verify(t, h)
	})
}
