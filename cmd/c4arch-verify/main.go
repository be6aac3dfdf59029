// Command c4arch-verify verifies a bundle of a c4arch ledger, or a pack of evidence, offline, and so the receipt of an acceptance. It needs a key from outside of it: the operator's or a witness's.
//
// It is small on purpose: it opens the files that it is given, speaks to nobody, and can be built and read by whoever doubts the rest.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/ledger"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `Usage: c4arch-verify [--key KEY]... [--witness KEY]... [--witnesses N] [--checkpoint FILE]... [--json] FILE

Verifies a bundle of a ledger, a pack of evidence, or the receipt of an acceptance, offline.

  --key KEY          key of the log's operator (or of a witness): the line itself, or a file with such lines
  --witness KEY      key of a witness that must have cosigned
  --witnesses N      how many of the witnesses must have cosigned (default 1 where a key of one is given)
  --checkpoint FILE  a checkpoint of the log that you kept from before
  --json             the report for a program

Keys and checkpoints must not come from the file.

Exit codes: 0 proven, 3 self-consistent only (no key was given), 1 broken, or it cannot be read.
`

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func run(args []string, stdout, stderr io.Writer) int {
	var keys, witnesses, checkpoints list
	flags := flag.NewFlagSet("c4arch-verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Var(&keys, "key", "")
	flags.Var(&witnesses, "witness", "")
	flags.Var(&checkpoints, "checkpoint", "")
	need := flags.Int("witnesses", 0, "")
	asJSON := flags.Bool("json", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err != nil || flags.NArg() != 1 || *need < 0:
		if err != nil {
			fmt.Fprintf(stderr, "%v\n\n", err)
		}
		fmt.Fprint(stderr, usage)
		return 1
	}
	trust, err := trustOf(keys, witnesses, checkpoints)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	trust.Witnesses = *need
	report, err := verify(flags.Arg(0), trust)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	out := []byte(report.Text())
	if *asJSON {
		out = report.JSON()
	}
	if _, err := stdout.Write(out); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return report.ExitCode()
}

// trustOf reads what the reader has from outside of the bundle.
func trustOf(keys, witnesses, checkpoints []string) (ledger.Trust, error) {
	var t ledger.Trust
	for _, text := range keys {
		some, err := keysOf(text)
		if err != nil {
			return t, err
		}
		t.Add(some...)
	}
	for _, text := range witnesses {
		some, err := keysOf(text)
		if err != nil {
			return t, err
		}
		for _, k := range some {
			if k.Algorithm() != ledger.Cosignature {
				return t, fault.New(fault.Invalid, "%s is the key of a log, not of a witness", k.Name()).WithHelp("give it with --key")
			}
		}
		t.Add(some...)
	}
	for _, name := range checkpoints {
		b, err := small(name)
		if err != nil {
			return t, err
		}
		t.Held = append(t.Held, b)
	}
	return t, nil
}

// keysOf reads a key that is given as it is, or a file of keys.
func keysOf(text string) ([]ledger.Key, error) {
	if k, err := ledger.ParseKey(text); err == nil {
		return []ledger.Key{k}, nil
	} else if strings.Count(text, "+") >= 2 {
		if _, missing := os.Stat(text); missing != nil {
			return nil, err
		}
	}
	b, err := small(text)
	if err != nil {
		return nil, err
	}
	keys, err := ledger.ParseKeys(b)
	if err == nil && len(keys) == 0 {
		err = errors.New("it has no key")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the file %s", text)
	}
	return keys, nil
}

// small reads a file of at most 1 MiB.
func small(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "read what you gave")
	}
	defer f.Close() //nolint:errcheck // it was read only
	b, err := io.ReadAll(io.LimitReader(f, 1<<20+1))
	if err != nil || len(b) > 1<<20 {
		return nil, fault.New(fault.Invalid, "the file %s cannot be read, or is larger than 1 MiB", name)
	}
	return b, nil
}

// verified is what a verification found: of a bundle, of a pack of evidence, or of a receipt.
type verified interface {
	Text() string
	JSON() []byte
	ExitCode() int
}

// bundled is a report about a bundle.
type bundled struct{ ledger.Report }

// ExitCode is that of its verdict.
func (b bundled) ExitCode() int { return b.Verdict.ExitCode() }

func verify(name string, trust ledger.Trust) (verified, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "open the bundle")
	}
	defer f.Close() //nolint:errcheck // it was read only
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "%s is no regular file", name)
	}
	if info.Size() <= ledger.MaxReceipt {
		data, err := io.ReadAll(io.LimitReader(f, ledger.MaxReceipt))
		if err == nil && ledger.IsReceipt(data) {
			return ledger.VerifyReceipt(data, trust)
		}
	}
	if ledger.IsPack(f, info.Size()) {
		return ledger.VerifyPack(f, info.Size(), trust)
	}
	report, err := ledger.Verify(f, info.Size(), trust)
	return bundled{report}, err
}
