//go:build unix

package faults

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// TestServerKilled kills the server at random moments while clients write, and while it starts. What was acknowledged is there, what was not can be asked for again and is done
// once, the ledger verifies, and no job is lost.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	kills := number(t, "C4ARCH_KILLS", 50, 10)
	w := newWorld(t, live.Options{})
	starting, writing := 0, 0
	for n := 1; n <= kills; n++ {
		if w.random.IntN(5) == 0 { // while it starts
			w.server.Kill()
			w.server.Begin()
			<-w.moment(400 * time.Millisecond)
			w.server.Kill()
			w.server.Start()
			starting++
			continue
		}
		before := len(w.acked["project"]) + len(w.acked["token"]) + len(w.acked["scan"])
		ctx, cancel := context.WithCancel(t.Context())
		wait := w.clients(ctx)
		<-w.moment(500 * time.Millisecond)
		w.server.Kill()
		cancel()
		wait()
		w.server.Start()
		w.server.Ready()
		w.settle()
		if len(w.acked["project"])+len(w.acked["token"])+len(w.acked["scan"]) > before {
			writing++
		}
		if n%10 == 0 {
			w.isThere()
		}
		w.room()
	}
	w.end()
	t.Logf("%d kills: %d while it started, %d after something was acknowledged; %s", kills, starting, writing, w.counted())
	if writing < kills/3 {
		t.Error("it was killed before anybody wrote")
	}
}

// TestPostgreSQLKilled kills PostgreSQL, which writes as in production, under the same load. Meanwhile the service says that it cannot, and goes on by itself afterwards.
func TestPostgreSQLKilled(t *testing.T) {
	t.Parallel()
	kills := number(t, "C4ARCH_PG_KILLS", 2, 1)
	server := pg.Run(t, pg.Options{Fsync: true})
	w := newWorld(t, live.OnPostgreSQL(server.Database(t)))
	w.away = true
	for range kills {
		ctx, cancel := context.WithCancel(t.Context())
		wait := w.clients(ctx)
		<-w.moment(800 * time.Millisecond)
		w.check(server.Kill())
		<-w.moment(500 * time.Millisecond)
		w.check(server.Start())
		w.server.Ready()
		<-w.moment(300 * time.Millisecond)
		cancel()
		wait()
		w.settle()
		w.room()
	}
	w.end()
	t.Logf("%d kills; %s", kills, w.counted())
	var said []string
	for text, n := range w.failed {
		t.Logf("%d times: %s", n, text)
		said = append(said, text)
	}
	if slices.ContainsFunc(said, func(s string) bool {
		return strings.Contains(s, "pgx") || strings.Contains(s, "SQLSTATE") || strings.Contains(s, server.Dir())
	}) {
		t.Error("an answer tells of the inside")
	}
}
