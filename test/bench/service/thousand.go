//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// thousand makes organisations through the account service, starts again, asks each of them for due work, and opens them in any order. Files are counted as the system has them.
func thousand(ctx context.Context, o options) error {
	w, err := embedded(ctx, 64)
	if err != nil {
		return err
	}
	defer w.close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	seen := watch(ctx)
	var orgs []id.Org
	var made []float64
	from := time.Now()
	for n := range o.orgs {
		begun := time.Now()
		m, err := w.organisation(ctx, n)
		if err != nil {
			return err
		}
		made = append(made, ms(time.Since(begun)))
		orgs = append(orgs, m.Organisation.ID)
	}
	making := time.Since(from)

	if err := w.homes.Close(); err != nil {
		return err
	}
	from = time.Now()
	if err := w.open(ctx); err != nil {
		return err
	}
	started := time.Since(from)
	from = time.Now()
	if err := w.homes.Upkeep(ctx); err != nil { // the first of a process asks each that was open when the last one ended
		return err
	}
	swept := time.Since(from)

	open, err := w.opening(ctx, orgs, 2000, 1)
	if err != nil {
		return err
	}
	crowd, err := w.opening(ctx, orgs, 4000, 16)
	if err != nil {
		return err
	}
	again, err := w.opening(ctx, orgs[:1], 2000, 1)
	if err != nil {
		return err
	}
	runtime.GC()
	m, err := memory(os.Getpid())
	if err != nil {
		return err
	}
	table(fmt.Sprintf("%d organisations in files, at most 64 open", o.orgs), "", "")
	row("make one, with owner, token and schedules: ms p50 / p95; all", fmt.Sprintf("%.0f / %.0f; %.0f s", at(made, 0.5), at(made, 0.95), making.Seconds()))
	row("open the installation again", fmt.Sprintf("%.0f ms", ms(started)))
	row("a sweep that asks each for due work", fmt.Sprintf("%.1f s, %.1f ms each", swept.Seconds(), ms(swept)/float64(len(orgs))))
	row("open a home, one of all at random: ms p50 / p95", fmt.Sprintf("%.1f / %.1f", at(open, 0.5), at(open, 0.95)))
	row("the same, 16 callers at once", fmt.Sprintf("%.1f / %.1f", at(crowd, 0.5), at(crowd, 0.95)))
	row("take a home that is open: µs p50", fmt.Sprintf("%.1f", 1000*at(again, 0.5)))
	row("homes open at once, most that were seen", seen.homes.Load())
	row("descriptors of their files (database, log, index of the log); of the process", fmt.Sprintf("%d; %d", seen.files.Load(), seen.all.Load()))
	row("resident at the end, MB; of it allocated", fmt.Sprintf("%.0f; %.0f", m.resident, m.own))
	if seen.homes.Load() > 64 {
		return errors.New("more homes were open than may be")
	}
	return nil
}

// opening opens homes at random, and says what each took.
func (w *world) opening(ctx context.Context, orgs []id.Org, n, callers int) ([]float64, error) {
	var mu sync.Mutex
	var list []float64
	var all sync.WaitGroup
	var failed error
	for range callers {
		all.Go(func() {
			for range n / callers {
				s := scope(owner(orgs[rand.IntN(len(orgs))]), access.OrganisationRead)
				from := time.Now()
				h, err := w.homes.For(ctx, s)
				took := us(time.Since(from)) / 1000
				mu.Lock()
				list, failed = append(list, took), errors.Join(failed, err)
				mu.Unlock()
				if err != nil {
					return
				}
				h.Release()
			}
		})
	}
	all.Wait()
	return list, failed
}

// most is the most that was seen.
type most struct{ homes, files, all atomic.Int64 }

// watch looks every few milliseconds at the files that this process has open. One look takes a while, in which homes come and go: what two looks in a row have both seen was open
// between them, all of it at once.
func watch(ctx context.Context) *most {
	m := &most{}
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			<-tick.C
			before, now := look(), look()
			homes, files := map[string]bool{}, 0
			for fd, to := range now {
				if before[fd] != to || !strings.Contains(to, "home.db") {
					continue
				}
				files++                                                                  // with its log and the index of its log
				if strings.HasSuffix(to, "home.db") && !strings.Contains(to, "/.new-") { // what is being made is none yet
					homes[to] = true
				}
			}
			m.homes.Store(max(m.homes.Load(), int64(len(homes))))
			m.files.Store(max(m.files.Load(), int64(files)))
			m.all.Store(max(m.all.Load(), int64(len(now))))
		}
	}()
	return m
}

// look says what the descriptors of this process are of.
func look() map[string]string {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil // not on this system
	}
	open := make(map[string]string, len(list))
	for _, d := range list {
		if to, err := os.Readlink("/proc/self/fd/" + d.Name()); err == nil {
			open[d.Name()] = to
		}
	}
	return open
}
