// Package compile runs bicep: the one command that c4arch runs. See docs/adr/0006-bicep-is-the-one-command-we-run.md.
//
// It promises that the command is the one found on PATH when it was looked for, that no shell is involved, that it sees
// copies of the given files in a directory of their own and an environment of four variables, that it fetches nothing,
// and that it and all that it starts end with the time limit, the context or too much output. What it prints as an
// error is told without the texts that it quotes.
package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Limits bound one run. The zero value of each means its default.
type Limits struct {
	Time   time.Duration // one minute
	Output int           // bytes of the template; 64 MiB
}

func (l Limits) orDefault() Limits {
	if l.Time <= 0 {
		l.Time = time.Minute
	}
	if l.Output <= 0 {
		l.Output = 64 << 20
	}
	return l
}

// Compile compiles main, one of the files, whose names are slash-separated paths below one root.
type Compile func(ctx context.Context, files map[string][]byte, main string) ([]byte, error)

// Find looks for bicep on PATH. It returns nil where there is none, or only one in the working directory, which could be
// that of a repository somebody else wrote.
func Find(getenv func(string) string, lim Limits) Compile {
	command, err := exec.LookPath("bicep")
	if err != nil || !filepath.IsAbs(command) {
		return nil
	}
	r := runner{command: command, env: environment(getenv), lim: lim.orDefault()}
	return r.compile
}

// environment is what bicep needs to start: a home for its cache of modules and for what .NET unpacks, and no language
// files, which a small system does not have.
func environment(getenv func(string) string) []string {
	env := []string{"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1"}
	for _, name := range []string{"HOME", "TMPDIR"} {
		if v := getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

type runner struct {
	command string
	env     []string
	lim     Limits
}

func (r runner) compile(ctx context.Context, files map[string][]byte, main string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "c4arch-bicep-")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "there is no room for a temporary directory, which bicep needs")
	}
	defer os.RemoveAll(dir)
	if err := write(dir, files); err != nil {
		return nil, err
	}
	return r.run(ctx, dir, main)
}

// write copies the files below dir, which they cannot leave.
func write(dir string, files map[string][]byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.New(fault.Unavailable, "the temporary directory cannot be opened")
	}
	defer root.Close()
	for name, data := range files {
		p := filepath.FromSlash(name)
		err := root.MkdirAll(filepath.Dir(p), 0o700)
		if err == nil {
			err = root.WriteFile(p, data, 0o600)
		}
		if err != nil {
			return fault.New(fault.Unavailable, "%s cannot be copied for bicep", name)
		}
	}
	return nil
}

func (r runner) run(ctx context.Context, dir, main string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, r.lim.Time)
	defer cancel()
	out, problems := &bounded{max: r.lim.Output, full: cancel}, &bounded{max: 64 << 10}
	cmd := exec.CommandContext(limited, r.command, "build", "--stdout", "--no-restore", filepath.Join(dir, filepath.FromSlash(main)))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, r.env, out, problems
	alone(cmd)
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		_ = end(cmd.Process) // what it left behind
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case out.over:
		return nil, fault.New(fault.Limited, "bicep gives more than %d MiB", r.lim.Output>>20).WithHelp("scan its modules one by one")
	case limited.Err() != nil:
		return nil, fault.New(fault.Limited, "bicep took longer than %v", r.lim.Time).WithHelp("compile the file with `bicep build` and scan the JSON")
	case errors.As(err, &exit) || err == nil && out.kept.Len() == 0:
		return nil, refused(problems.kept.Bytes(), main)
	case err != nil:
		return nil, fault.New(fault.Unavailable, "bicep is installed and cannot be run").WithHelp("see whether `bicep --version` answers")
	}
	return out.kept.Bytes(), nil
}

var (
	// problem is a line of bicep's: FILE(LINE,COLUMN) : Error CODE: what it says.
	problem = regexp.MustCompile(`(?m)^(.*)\((\d+),\d+\) : Error ([A-Za-z0-9-]+): (.*)$`)
	quotes  = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// refused says why bicep did not compile the file. What stands in quotes may be content, and a type may be a literal.
func refused(text []byte, main string) error {
	all := problem.FindAllSubmatch(text, -1)
	if len(all) == 0 {
		return fault.New(fault.Invalid, "bicep cannot compile it").WithHelp("see what `bicep build` says")
	}
	i := max(0, slices.IndexFunc(all, func(m [][]byte) bool { return strings.HasSuffix(filepath.ToSlash(string(m[1])), "/"+main) }))
	m := all[i]
	what := quotes.ReplaceAllString(string(bytes.TrimSpace(m[4])), "...")
	if k := strings.Index(what, " [http"); k > 0 {
		what = what[:k]
	}
	if len(what) > 300 {
		what = what[:300]
	}
	where := ""
	if strings.HasSuffix(filepath.ToSlash(string(m[1])), "/"+main) {
		where = fmt.Sprintf("line %s: ", m[2])
	}
	return fault.New(fault.Invalid, "%sbicep says %s: %s", where, m[3], strings.ToValidUTF8(what, "")).WithHelp("see what `bicep build` says; restore modules with `bicep restore`")
}

// bounded keeps at most max bytes and calls full when there are more.
type bounded struct {
	kept bytes.Buffer // not embedded: its ReadFrom would take everything
	max  int
	over bool
	full func()
}

// Write takes what fits. It never fails, so that the command can end by itself.
func (b *bounded) Write(p []byte) (int, error) {
	if room := b.max - b.kept.Len(); len(p) > room {
		b.kept.Write(p[:max(room, 0)])
		b.over = true
		if b.full != nil {
			b.full()
		}
		return len(p), nil
	}
	return b.kept.Write(p)
}
