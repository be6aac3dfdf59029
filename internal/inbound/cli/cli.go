// Package cli is the command line: arguments and streams in, an exit code out.
//
// What goes where: results go to standard output, and with --json nothing else does;
// progress, warnings and errors go to standard error, each error as a line that begins with
// "c4arch:", below it what else is wrong and what to do. Colour and a moving progress line appear on a terminal only, and not with NO_COLOR
// (no-color.org) or TERM=dumb. Exit codes are those of fault.ExitCode: 0 done, 1 error, 2 drift
// at or above the threshold, 3 done but something could not be read.
//
// The package reads no environment and no clock of its own: they come in [Env].
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
)

// Env is what a run of the program gets from outside.
type Env struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Environ        func() []string // all variables, as NAME=VALUE; nil where nobody asks for more than it names
	Now            func() time.Time
	// StdoutTerminal and StderrTerminal tell whether a person looks at the stream.
	StdoutTerminal, StderrTerminal bool
	// StdinTerminal tells whether a person types.
	StdinTerminal bool
	// Width is the width of the terminal in columns; 0 means unknown.
	Width int
}

// Program is what the commands need. Every field must be set.
type Program struct {
	// Scan reads and derives. Its errors are for people.
	Scan func(context.Context, Env, discover.Request) (*discover.Result, error)
	// Formats are the ways of writing an architecture down, in the order in which help lists them.
	Formats []Format
	// Write writes an architecture and tells after each view how many are drawn; drawn may be called by several goroutines
	// at once. It returns where everything stands now, to be remembered, or nil when there is nothing to remember.
	Write func(ctx context.Context, a Architecture, d Drawing, to Sink, drawn func(done, total int)) (*placement.File, error)
	// Key is the key of this machine, under which approvals are sealed.
	Key func(Env) ([]byte, error)
	// CreateStore makes a store in a directory, and OpenStore opens it.
	CreateStore func(ctx context.Context, env Env, scope access.Scope, dir string) (Store, error)
	OpenStore   func(ctx context.Context, env Env, scope access.Scope, dir string) (Store, error)
	// ParseGit takes git:REF[:PATH] apart, and AtCommit reads a file of a commit of the repository around dir.
	ParseGit func(text string) (ref, path string, ok bool)
	AtCommit func(ctx context.Context, dir, ref, path string, most int) (data []byte, commit string, err error)
	// Detect compares.
	Detect *detect.Service
	// WriteDrift writes the page of a comparison.
	WriteDrift func(ctx context.Context, w io.Writer, p DriftPage) error
	// ControlPorts are there where an instance can be opened.
	ControlPorts
	LegalPorts
	AuditPorts
	// Operator are the commands of whoever runs a server.
	Operator Operator
	// Logins keep what this user is known by to a server, and Pack packs paths to hand over to it.
	Logins Logins
	Pack   func(to io.Writer, paths []string) error
	// Build says from what the program was built; nil when it is not known.
	Build *debug.BuildInfo
}

// Architecture is what is written down. Snapshot is nil when only a model is known.
type Architecture struct {
	Model    *c4.Model
	Snapshot *evidence.Snapshot
}

// Run runs one command and returns the exit code. When ctx ends, so does the command,
// without leaving half a result.
func (p *Program) Run(ctx context.Context, env Env) (code int) {
	r := &run{Program: p, env: env, out: newStyle(env, env.StdoutTerminal), err: newStyle(env, env.StderrTerminal)}
	defer func() {
		// A panic's value may quote the input; its place is in the program and may be shown.
		if v := recover(); v != nil {
			r.fail(fault.New(fault.Internal, "the program stopped, which is a defect of c4arch").
				WithHelp("please report it with this: %s", where(debug.Stack())))
			code = fault.ExitCode(fault.New(fault.Internal, ""))
		}
	}()
	root := r.root()
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = fault.New(fault.Invalid, "interrupted; nothing was written")
	}
	if k := fault.KindOf(err); err != nil && k != fault.Incomplete && k != fault.Drift { // reported already
		r.fail(err)
	}
	return fault.ExitCode(err)
}

// run is one run of the program.
type run struct {
	*Program
	env       Env
	out, err  style  // of standard output and of standard error
	storeFlag string // --store
	// projectFlag is --project of commands that work on a project of the server as on a local history; opened is that project, once it was found.
	projectFlag string
	opened      *remoteStore
}

// fail prints an error.
func (r *run) fail(err error) {
	msg, help := err.Error(), ""
	var f *fault.Error
	if errors.As(err, &f) && f.Help != "" && strings.HasSuffix(msg, " ("+f.Help+")") {
		help = f.Help
		msg = strings.TrimSuffix(msg, " ("+help+")")
	}
	first, rest, _ := strings.Cut(msg, "\n")
	fmt.Fprintf(r.env.Stderr, "%s %s\n", r.err.bad("c4arch:"), visible(first))
	for line := range strings.Lines(rest) { // several mistakes of one file, one a line
		fmt.Fprintf(r.env.Stderr, "        %s\n", visible(strings.TrimRight(line, "\r\n")))
	}
	if help != "" {
		fmt.Fprintf(r.env.Stderr, "        %s\n", visible(help))
	}
}

// where returns the place of a panic: the first line of the stack that is ours.
func where(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	afterPanic := false
	for i, line := range lines {
		afterPanic = afterPanic || strings.HasPrefix(line, "panic(")
		if afterPanic && strings.HasPrefix(line, "c4arch/") && i+1 < len(lines) {
			name, _, _ := strings.Cut(line, "(0x")
			_, at, _ := strings.Cut(strings.TrimSpace(lines[i+1]), "/internal/")
			at, _, _ = strings.Cut(at, " ")
			return name + " " + at
		}
	}
	return "no place known"
}
