// Command gen writes made-up infrastructure for tests and measurements, for example
//
//	go run ./test/gen -kind state -n 10000 -seed 1 > state.json
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"c4arch/test/gen/estate"
)

func main() {
	kind := flag.String("kind", "state", "state (Terraform, version 4), graph (Azure Resource Graph) or kubernetes (manifests)")
	n := flag.Int("n", 1000, "how many resources, rows or services")
	seed := flag.Uint64("seed", 1, "the same seed makes the same bytes")
	flag.Parse()
	if err := write(os.Stdout, *kind, *n, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, kind string, n int, seed uint64) error {
	if n < 0 {
		return fmt.Errorf("-n %d: give a number that is not negative", n)
	}
	switch kind {
	case "state":
		return estate.State(w, estate.Azure(n, seed))
	case "graph":
		return estate.Graph(w, estate.Exported(n, seed))
	case "kubernetes":
		return estate.Kubernetes(w, n, seed)
	}
	return fmt.Errorf("-kind %s: give state, graph or kubernetes", kind)
}
