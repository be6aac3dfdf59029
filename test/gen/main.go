// Command gen writes made-up infrastructure for tests and measurements, for example
//
//	go run ./test/gen -kind state -n 10000 -seed 1 > state.json
//	go run ./test/gen -kind module -n 5000 -o root
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"c4arch/test/gen/estate"
)

func main() {
	kind := flag.String("kind", "state", "state (Terraform, version 4), graph (Azure Resource Graph), kubernetes (manifests), module (Terraform code, a directory) or template (ARM)")
	n := flag.Int("n", 1000, "how many resources, rows, services, or bytes of a template")
	dir := flag.String("o", "", "the directory to write a module to")
	seed := flag.Uint64("seed", 1, "the same seed makes the same bytes")
	flag.Parse()
	if err := write(os.Stdout, *kind, *n, *seed, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, kind string, n int, seed uint64, dir string) error {
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
	case "module":
		if dir == "" {
			return fmt.Errorf("-kind module: give a directory with -o")
		}
		return estate.Module(dir, n)
	case "template":
		return estate.Template(w, n)
	}
	return fmt.Errorf("-kind %s: give state, graph, kubernetes, module or template", kind)
}
