// Command bench runs a command several times and prints one row of a Markdown table: the medians of
// wall-clock time, user time and peak memory, with the spread of the first. run.sh calls it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	runs := flag.Int("runs", 3, "how often")
	limit := flag.Duration("limit", 2*time.Minute, "stop a run after this time, and do not repeat it")
	label := flag.String("label", "", "the first columns of the row")
	clean := flag.String("clean", "", "a directory to remove before each run")
	flag.Parse()
	if flag.NArg() == 0 || *runs < 1 {
		fmt.Fprintln(os.Stderr, "bench: give a command")
		os.Exit(2)
	}
	var all []sample
	for range *runs {
		if *clean != "" {
			if err := os.RemoveAll(*clean); err != nil {
				fmt.Fprintln(os.Stderr, "bench:", err)
				os.Exit(1)
			}
		}
		s, err := run(flag.Args(), *limit)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			fmt.Printf("| %s | > %.0f (stopped) | | %.0f |\n", *label, limit.Seconds(), s.peak)
			return
		case err != nil:
			fmt.Printf("| %s | failed | | |\n", *label)
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", strings.Join(flag.Args(), " "), err)
			os.Exit(1)
		}
		all = append(all, s)
	}
	wall := column(all, func(s sample) float64 { return s.wall })
	fmt.Printf("| %s | %.2f (%.2f to %.2f) | %.2f | %.0f |\n", *label, median(wall), wall[0], wall[len(wall)-1],
		median(column(all, func(s sample) float64 { return s.user })), median(column(all, func(s sample) float64 { return s.peak })))
}

// sample is what one run took: seconds, and megabytes of 1,000,000 bytes.
type sample struct{ wall, user, peak float64 }

func run(args []string, limit time.Duration) (sample, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = io.Discard, &said
	start := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(start).Seconds()}
	if cmd.ProcessState != nil {
		s.user = cmd.ProcessState.UserTime().Seconds()
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			s.peak = float64(u.Maxrss) * 1024 / 1e6 // Linux counts kibibytes
		}
	}
	if ctx.Err() != nil {
		return s, ctx.Err()
	}
	if err != nil {
		return s, fmt.Errorf("%w\n%s", err, said.String())
	}
	return s, nil
}

func column(all []sample, of func(sample) float64) []float64 {
	var list []float64
	for _, s := range all {
		list = append(list, of(s))
	}
	slices.Sort(list)
	return list
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
