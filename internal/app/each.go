package app

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"c4arch/internal/base/fault"
)

// each does the jobs on every processor and takes them in turn, one when there is someone to do it. The first
// error, by number, is returned, and ends it, as the end of ctx does.
func each(ctx context.Context, jobs iter.Seq[func() error]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		n  int
		do func() error
	}
	var (
		mu    sync.Mutex
		first = -1
		cause error
		next  = make(chan job)
		wg    sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range next {
				if err := safely(j.do); err != nil {
					mu.Lock()
					if first < 0 || j.n < first {
						first, cause = j.n, err
					}
					mu.Unlock()
					cancel()
				}
			}
		})
	}
	n := 0
	for do := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- job{n, do}
		n++
	}
	close(next)
	wg.Wait()
	if cause != nil {
		return cause
	}
	return ctx.Err()
}

// safely turns a panic on a goroutine, which would end the process with a trace, into an error.
func safely(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Internal, "writing the output stopped, which is a defect of c4arch").WithHelp("please report it")
		}
	}()
	return do()
}
