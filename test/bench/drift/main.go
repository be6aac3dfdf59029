// Command drift makes pairs of inputs for test/bench/drift.sh, compares them without knowledge, and counts what each tool says of what
// was changed:
//
//	drift write -n 10000 -step 100 -o DIR    old.json, new.json, labels.json; with -terraform a root of each kind of state
//	drift plain OLD.json NEW.json            a structural difference by position
//	drift count -dir DIR                     the table, from the reports in DIR
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"c4arch/test/bench/change"
	"c4arch/test/bench/plain"
)

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "drift:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, args []string) error {
	if len(args) == 0 {
		return errors.New("say write, plain or count")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	n := flags.Int("n", 1000, "how many resources")
	step := flags.Int("step", 100, "one in so many is changed; 0: none")
	seed := flags.Uint64("seed", 1, "the same seed makes the same pair")
	terraform := flags.Bool("terraform", false, "write Terraform roots too")
	out := flags.String("o", ".", "the directory to write to")
	dir := flags.String("dir", ".", "the directory with the pair and the reports")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "write":
		return write(*out, change.Pair{Resources: *n, Step: *step, Seed: *seed}, *terraform)
	case "plain":
		if flags.NArg() != 2 {
			return errors.New("plain: give two files")
		}
		return compare(w, flags.Arg(0), flags.Arg(1))
	case "count":
		return count(w, *dir)
	}
	return fmt.Errorf("%s: say write, plain or count", args[0])
}

func compare(w io.Writer, old, new string) error {
	a, err := document(old)
	if err != nil {
		return err
	}
	b, err := document(new)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, len(plain.Diff(a, b)))
	return err
}

func document(name string) (v any, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}

// part is one of the files of a pair.
type part interface {
	Row(change.Row, string) error
	Close() error
}

// files are what a pair is written to: each part gets the rows of its side.
type files struct {
	old, new []part
	close    []func() error
}

func (f *files) Old(r change.Row, address string) error { return each(f.old, r, address) }
func (f *files) New(r change.Row, address string) error { return each(f.new, r, address) }

func each(parts []part, r change.Row, address string) error {
	for _, p := range parts {
		if err := p.Row(r, address); err != nil {
			return err
		}
	}
	return nil
}

// open begins a file of one kind.
func open[P part](f *files, side *[]part, begin func(io.Writer) (P, error), name ...string) error {
	path := filepath.Join(name...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<16)
	p, err := begin(w)
	if err != nil {
		return err
	}
	*side = append(*side, p)
	f.close = append(f.close, func() error { return errors.Join(p.Close(), w.Flush(), file.Close()) })
	return nil
}

// write makes a pair. The two roots of Terraform have the approved code. The state of "applied" is what applying it gave, which is all that a plan
// without a refresh knows; that of "refreshed" is what is live now, as if a refresh had just read it. What nobody declared is in neither.
func write(dir string, p change.Pair, terraform bool) (err error) {
	f := &files{}
	err = errors.Join(open(f, &f.old, change.NewExport, dir, "old.json"), open(f, &f.new, change.NewExport, dir, "new.json"))
	if terraform {
		for _, root := range []string{"applied", "refreshed"} {
			side := &f.old
			if root == "refreshed" {
				side = &f.new
			}
			err = errors.Join(err, open(f, &f.old, change.NewCode, dir, root, "main.tf.json"), open(f, side, change.NewState, dir, root, "terraform.tfstate"))
		}
	}
	if err != nil {
		return err
	}
	labels, err := p.Make(f)
	for _, done := range f.close {
		err = errors.Join(err, done())
	}
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(slices.Concat([]change.Label{}, labels), "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "labels.json"), data, 0o644)
}
