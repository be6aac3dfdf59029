// Command gallery draws everything that there is to draw, so that people can look at it picture by picture:
//
//	go run ./test/gallery -o gallery examples/* inputs/*/*
//
// Each argument is a file or a directory that is scanned by itself. Each view is drawn as `c4arch scan` draws it, in light, in dark
// and for print, as SVG and as PNG; index.html shows all of them with what can be counted: boxes, lines, crossings, bends, and how
// long it took. What cannot be scanned is listed with the reason.
//
// It is a tool for those who work on the pictures. It writes into a directory that it made itself, and into no other.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
)

func main() {
	out := flag.String("o", "gallery", "the directory to write; an earlier gallery there is replaced")
	at := flag.Int("parallel", 2, "how many models are drawn at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *at, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

// run draws what the paths name. A model that cannot be drawn does not stop the others; it is an error in the end.
func run(ctx context.Context, out string, parallel int, paths []string) error {
	if len(paths) == 0 {
		return fmt.Errorf("nothing to draw was named: give files or directories to scan")
	}
	if err := begin(out); err != nil {
		return err
	}
	models := make([]model, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, parallel) {
		wg.Go(func() {
			for i := range next {
				models[i] = drawModel(ctx, out, paths[i])
				fmt.Println(models[i].says())
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	if err := writeIndex(out, models); err != nil {
		return err
	}
	faults := 0
	for i := range models {
		faults += len(models[i].Faults)
	}
	fmt.Printf("%s/index.html\n", out)
	if faults > 0 {
		return fmt.Errorf("%d pictures could not be drawn; index.html names them", faults)
	}
	return ctx.Err()
}
