package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"c4arch/internal/app"
	"c4arch/internal/inbound/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"c4arch": func() { os.Exit(program(false)) }, "c4arch-on-terminal": func() { os.Exit(program(true)) }})
}

// program runs the command line of this process.
func program(terminal bool) int {
	return app.New().Run(context.Background(), cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Now: time.Now, StdoutTerminal: terminal, StderrTerminal: terminal, Width: 100,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, ".home"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, ".home", "config"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json":    cmdJSON,
			"holds":   cmdHolds,
			"same":    cmdSame,
			"listing": cmdListing,
			"mode":    cmdMode,

			"exitcode": cmdExitCode,
			"dated":    cmdDated,
		},
	})
}

// cmdJSON is "json FILE PATH [VALUE]": FILE (or stdout, stderr) holds one JSON value and
// nothing else, and the value at the path, such as inputs.0.name, is VALUE; "len" at the end of a
// path is the length of a list.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.UseNumber()
	var v any
	ts.Check(dec.Decode(&v))
	if dec.More() {
		ts.Fatalf("%s holds more than one JSON value", args[0])
	}
	for step := range strings.SplitSeq(args[1], ".") {
		v = stepInto(v, step)
	}
	switch got := fmt.Sprint(v); {
	case v == nil && !neg:
		ts.Fatalf("%s: there is no %s", args[0], args[1])
	case len(args) == 3 && (got == args[2]) == neg:
		ts.Fatalf("%s: %s is %q", args[0], args[1], got)
	case len(args) == 2 && v != nil && neg:
		ts.Fatalf("%s: %s is %q", args[0], args[1], got)
	}
}

func stepInto(v any, step string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[step]
	case []any:
		if step == "len" {
			return len(v)
		}
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// cmdExitCode is "exitcode N COMMAND ARGS": the command ends with that code and no other.
func cmdExitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N COMMAND [ARGS]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("it ends with %d, not %s", code, args[0])
	}
}

// cmdDated is "dated FILE": @TODAY@ in it becomes the date of today, @SOON@ that in 90 days and @PAST@ that of 10 days ago.
func cmdDated(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: dated FILE")
	}
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	text := strings.NewReplacer("@TODAY@", day(0), "@SOON@", day(90), "@PAST@", day(-10), "@LONGAGO@", day(-100)).Replace(ts.ReadFile(args[0]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// cmdHolds is "holds DIR TEXT": some file below DIR holds the text, letter for letter.
func cmdHolds(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: holds DIR TEXT")
	}
	found := ""
	for name, data := range contents(ts, args[0]) {
		if bytes.Contains(data, []byte(args[1])) {
			found = name
		}
	}
	switch {
	case found == "" && !neg:
		ts.Fatalf("no file below %s holds %q", args[0], args[1])
	case found != "" && neg:
		ts.Fatalf("%s holds %q", found, args[1])
	}
}

// cmdSame is "same DIR1 DIR2": both hold the same files with the same bytes.
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: same DIR1 DIR2")
	}
	a, b := contents(ts, args[0]), contents(ts, args[1])
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			ts.Fatalf("%s differs", name)
		}
	}
	if len(a) == 0 || len(a) != len(b) {
		ts.Fatalf("%d and %d files", len(a), len(b))
	}
}

// cmdListing is "listing DIR NAME...": exactly these entries lie in DIR, hidden ones too.
func cmdListing(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || neg {
		ts.Fatalf("usage: listing DIR NAME...")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	want := slices.Clone(args[1:])
	slices.Sort(want)
	if !slices.Equal(got, want) {
		ts.Fatalf("%s holds %q", args[0], got)
	}
}

// cmdMode is "mode FILE OCTAL": the permissions of the file.
func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); (got == args[1]) == neg {
		ts.Fatalf("%s has mode %s", args[0], got)
	}
}

func contents(ts *testscript.TestScript, dir string) map[string][]byte {
	all := map[string][]byte{}
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err == nil {
			all[rel], err = os.ReadFile(p)
		}
		return err
	}))
	return all
}
