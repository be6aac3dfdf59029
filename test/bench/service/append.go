//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/service/change"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// cell is one row of the table.
type cell struct {
	w             *world
	homes         []*home.Home
	orgs, callers int
	rates, p50    []float64
}

// appends measures changes of one entry each, by so many callers to so many organisations, every one of them acknowledged after it is durable.
func appends(ctx context.Context, o options) error {
	defer stopServer()
	sqlite, err := embedded(ctx, 128)
	if err != nil {
		return err
	}
	defer sqlite.close()
	postgres, _, err := served(ctx, 128)
	if err != nil {
		return err
	}
	defer postgres.close()
	cells := []*cell{}
	for _, w := range []*world{sqlite, postgres} {
		var homes []*home.Home
		for n := range 100 {
			made, err := w.organisation(ctx, n)
			if err != nil {
				return err
			}
			h, err := w.hold(ctx, made.Organisation.ID)
			if err != nil {
				return err
			}
			defer h.Release()
			homes = append(homes, h)
		}
		if err := w.flushes(ctx, homes[0]); err != nil {
			return err
		}
		for _, orgs := range []int{1, 100} {
			for _, callers := range []int{1, 8, 64} {
				cells = append(cells, &cell{w: w, homes: homes[:orgs], orgs: orgs, callers: callers})
			}
		}
	}
	for range o.runs {
		for i := range cells {
			c := cells[(i%2)*len(cells)/2+i/2] // the engines in turns
			if err := c.run(ctx, o.seconds); err != nil {
				return err
			}
		}
	}
	flush, err := flushing(sqlite.dir)
	if err != nil {
		return err
	}
	table(fmt.Sprintf("Durable appends, a change of one entry each; %d runs of %s; a flush of 4 kB to this disk takes %.2f ms (median)", o.runs, o.seconds, flush),
		"Engine", "Organisations", "Callers", "A second: median (least to most)", "ms for a caller: median of medians")
	for _, c := range cells {
		row(c.w.engine, c.orgs, c.callers, spread("%.0f", c.rates), fmt.Sprintf("%.2f", median(c.p50)))
	}
	return nil
}

// flushes says what the engine is told about durability, and refuses to measure less.
func (w *world) flushes(ctx context.Context, h *home.Home) error {
	query, want := "PRAGMA synchronous", "2" // FULL (sqlite.org/pragma.html#pragma_synchronous)
	if w.cfg.Server != nil {
		query, want = "SELECT current_setting('fsync') || current_setting('synchronous_commit')", "onon"
	}
	return h.Read(ctx, func(tx *sqldb.Tx) error {
		var got string
		if _, err := tx.Row(ctx, []any{&got}, query); err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s: %q says %s, not %s: what is acknowledged is not durable", w.engine, query, got, want)
		}
		return nil
	})
}

func (c *cell) run(ctx context.Context, length time.Duration) error {
	ends := time.Now().Add(length)
	var next, done atomic.Int64
	var mu sync.Mutex
	var took []float64
	var all sync.WaitGroup
	fails := make(chan error, c.callers)
	begun := time.Now()
	for range c.callers {
		all.Go(func() {
			var own []float64
			for time.Now().Before(ends) {
				h := c.homes[next.Add(1)%int64(len(c.homes))]
				from := time.Now()
				if err := commit(ctx, h); err != nil {
					fails <- err
					return
				}
				own = append(own, ms(time.Since(from)))
				done.Add(1)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	all.Wait()
	c.rates = append(c.rates, float64(done.Load())/time.Since(begun).Seconds())
	c.p50 = append(c.p50, median(took))
	close(fails)
	var err error
	for e := range fails {
		err = errors.Join(err, e)
	}
	return err
}

func commit(ctx context.Context, h *home.Home) error {
	s := scope(owner(h.Org()), access.OrganisationChange)
	env := change.New(s, time.Now(), ledger.Draft{Kind: "project.changed", Fields: []ledger.Field{ledger.Text("slug", "contoso"), ledger.Text("name", "Contoso shop")}})
	_, err := h.Commit(ctx, &env, nil)
	return err
}

// flushing measures what the disk takes to keep 4 kB: the least that a caller who waits alone can have.
func flushing(dir string) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it is thrown away
	block := make([]byte, 4096)
	var list []float64
	for n := range int64(200) {
		from := time.Now()
		if _, err := f.WriteAt(block, n%16*4096); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		list = append(list, ms(time.Since(from)))
	}
	return median(list), nil
}
