package home

import (
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/test/pg"
)

// A database that goes away between a claim and its hint: as soon as it is back the next job is found, long before the mark of the home has ended.
func TestHintLostWithDatabase(t *testing.T) {
	server := pg.Run(t, pg.Options{})
	w := served(t, server.Database(t), nil)
	h := w.organisation()
	w.enqueue(h, job.New{Kind: "a"}, job.New{Kind: "a"})
	h.core.step = func(at string) {
		if at == "claimed" {
			must(t, server.Kill())
		}
	}
	if c := w.claim("w"); c == nil {
		t.Fatal("nothing is due")
	}
	h.core.step = nil
	if _, err := w.Queue().Claim(t.Context(), "w", lease); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("while it is away: %v", err)
	}
	must(t, server.Start())
	if c := w.claim("w"); c == nil {
		t.Error("the other job is not found")
	}
	if c := w.claim("w"); c != nil {
		t.Errorf("there are two: %+v", c)
	}
	h.Release()
}
