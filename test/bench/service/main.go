//go:build unix

// Command service measures the service and prints Markdown: what row security costs, appends to the ledger, proofs at a million entries, a thousand organisations, calls, scans through the
// service, and what a start costs and holds. service.sh runs it with what it needs; docs/performance.md holds its output.
//
// It promises: what is compared runs in turns in one process, so that other work on the machine meets both; medians with the spread; what a figure was taken from is checked before
// it is printed (the same answer, a proof that verifies, a scan that ended). It leaves out any verdict: the table of targets is on the page.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are how much is measured, and with which programs.
type options struct {
	runs    int
	entries int
	orgs    int
	n       int
	seconds time.Duration
	idle    time.Duration
	program string
	before  string
}

var measures = []struct {
	name, what string
	run        func(ctx context.Context, o options) error
}{
	{"rows", "an API call with row security beside the same call without policies", rows},
	{"append", "durable appends to the ledger", appends},
	{"proof", "proofs in a large ledger", proofs},
	{"thousand", "many organisations with few files open", thousand},
	{"requests", "the commonest calls to a running server with many organisations", requests},
	{"scan", "a scan through the service beside the command alone", scans},
	{"start", "start and memory of the server, start of commands beside an older program", starts},
}

func main() {
	var o options
	flag.IntVar(&o.runs, "runs", 5, "how often")
	flag.IntVar(&o.entries, "entries", 1_000_000, "entries of the ledger of proof")
	flag.IntVar(&o.orgs, "orgs", 1000, "organisations of thousand")
	flag.IntVar(&o.n, "n", 10_000, "resources of scan")
	flag.DurationVar(&o.seconds, "time", 3*time.Second, "how long append does each thing")
	flag.DurationVar(&o.idle, "idle", 30*time.Second, "how long start leaves the server alone")
	flag.StringVar(&o.program, "c4arch", "", "the program, for scan and start")
	flag.StringVar(&o.before, "before", "", "an older program, for start")
	profile := flag.String("cpuprofile", "", "a file to write a profile of the processor to")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "service [flags] WHAT...")
		for _, m := range measures {
			fmt.Fprintf(flag.CommandLine.Output(), "  %-9s %s\n", m.name, m.what)
		}
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 || o.runs < 1 || o.entries < 1000 || o.orgs < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "service:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	for _, name := range flag.Args() {
		i := slices.IndexFunc(measures, func(m struct {
			name, what string
			run        func(context.Context, options) error
		},
		) bool {
			return m.name == name
		})
		if i < 0 {
			flag.Usage()
			os.Exit(2)
		}
		before := load()
		if err := measures[i].run(ctx, o); err != nil {
			fmt.Fprintf(os.Stderr, "service: %s: %v\n", name, err)
			os.Exit(1)
		}
		fmt.Printf("\nload: %s before, %s after\n", before, load())
	}
}

// load is the number of processes that wanted to run in the last minute, as the system tells.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// table prints a head of a Markdown table.
func table(title string, columns ...string) {
	fmt.Printf("\n%s\n\n| %s |\n|%s\n", title, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
}

func row(cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = fmt.Sprint(c)
	}
	fmt.Printf("| %s |\n", strings.Join(text, " | "))
}

// at is the value below which the part q of the values lies.
func at(list []float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	n := len(s)
	if n == 0 {
		return 0
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}

// spread is a median with the least and the most.
func spread(format string, list []float64) string {
	if len(list) == 0 {
		return "not measured"
	}
	f := func(v float64) string { return fmt.Sprintf(format, v) }
	return f(median(list)) + " (" + f(slices.Min(list)) + " to " + f(slices.Max(list)) + ")"
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
