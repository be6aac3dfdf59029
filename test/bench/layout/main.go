// Command layout lays out the same graphs with our engine, with elkjs and with graphviz, measures all drawings with the
// same code, and prints a Markdown table. test/bench/layout.sh runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "layout:", err)
		os.Exit(1)
	}
}

func run(args []string, out, complain io.Writer) (err error) {
	flags := flag.NewFlagSet("layout", flag.ContinueOnError)
	dir := flags.String("dir", "test/bench/layout", "the folder of elk.mjs")
	models := flags.String("models", "", "the folder of NAME/SCAN/model.json; without it generated graphs alone")
	sizes := flags.String("sizes", "30,100,300,1000", "boxes of generated graphs")
	runs := flags.Int("runs", 5, "how often a layout is timed")
	only := flags.String("only", "c4arch,elkjs,dot", "the engines")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var counts []int
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		counts = append(counts, n)
	}
	samples := generated(counts)
	if *models != "" {
		more, err := scanned(*models)
		if err != nil {
			return err
		}
		samples = append(samples, more...)
	}
	engines, stop, err := chosen(strings.Split(*only, ","), *dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	fmt.Fprint(out, head)
	for _, s := range samples {
		for _, e := range engines {
			measure(e, s, *runs, complain).write(out, s, e)
		}
	}
	return nil
}

// chosen are the engines that are asked for.
func chosen(names []string, dir string) (engines []engine, stop func() error, err error) {
	stop = func() error { return nil }
	if slices.Contains(names, "c4arch") {
		engines = append(engines, ours())
	}
	if slices.Contains(names, "elkjs") {
		e, end, err := elk(dir)
		if err != nil {
			return nil, nil, err
		}
		engines, stop = append(engines, e), end
	}
	if slices.Contains(names, "dot") {
		engines = append(engines, dot("ortho"), dot("true"))
	}
	if len(engines) == 0 {
		return nil, nil, fmt.Errorf("no engine of %v is known: c4arch, elkjs, dot", names)
	}
	return engines, stop, nil
}
