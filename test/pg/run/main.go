// Command run starts a PostgreSQL server for scripts and stays until it gets an end of its input, an interrupt or a SIGTERM. It prints lines for a shell to read: the URL of a
// prepared database for the application role, the one for the owner, that of the server's first process, and the folder. With -empty the database has not been prepared.
//
//	go run ./test/pg/run [-fsync] [-empty]
//	C4ARCH_PG_APP=postgres://…
//	C4ARCH_PG_OWNER=postgres://…
//	C4ARCH_PG_PID=…
//	C4ARCH_PG_DIR=…
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"c4arch/test/pg"
)

func main() {
	fsync := flag.Bool("fsync", false, "what is acknowledged survives a loss of power")
	empty := flag.Bool("empty", false, "the database has not been prepared")
	flag.Parse()
	if err := run(*fsync, *empty); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(fsync, empty bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server, err := pg.Launch(pg.Options{Fsync: fsync})
	if err != nil {
		return err
	}
	defer server.Stop()
	template := ""
	if empty {
		template = "template0"
	}
	d, err := server.Create(ctx, template)
	if err != nil {
		return err
	}
	fmt.Printf("C4ARCH_PG_APP=%s\nC4ARCH_PG_OWNER=%s\nC4ARCH_PG_PID=%d\nC4ARCH_PG_DIR=%s\n", d.URL(pg.App), d.URL(pg.Owner), server.PID(), server.Dir())
	if err := os.Stdout.Close(); err != nil { // so that whoever reads it to its end goes on
		return err
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // an end is what is waited for, however it comes
		close(ended)
	}()
	select {
	case <-ctx.Done():
	case <-ended:
	}
	return nil
}
