//go:build unix

// Package live runs the real program for tests: servers and witnesses that can be killed and started again, commands of users, and requests.
//
// It promises: everything listens on loopback; what a test has started has ended when the test has, and when the process of the test ends before, however it does; a
// command that fails shows what it was and what it said. It leaves out what is expected of the program.
package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long something may take that takes a second: the machine may be busy with other things.
const patience = 2 * time.Minute

// Until waits until something is so, and fails the test when it is not for long.
func Until(tb testing.TB, what string, so func() bool) {
	tb.Helper()
	if !until(so) {
		tb.Fatalf("%s: it is not so after %s", what, patience)
	}
}

func until(so func() bool) bool {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(patience); ; <-tick.C {
		if so() {
			return true
		}
		if time.Now().After(late) {
			return false
		}
	}
}

// Program is the program as it was built, with the small one that only verifies.
type Program struct{ C4arch, Verify string }

var built struct {
	sync.Mutex
	Program
	users int
	dir   string
}

// Build builds the programs of this tree, once for all tests of a process that run at a time.
func Build(tb testing.TB) Program {
	tb.Helper()
	built.Lock()
	defer built.Unlock()
	if built.users == 0 {
		dir, err := os.MkdirTemp("", "c4arch-live-")
		check(tb, err)
		built.dir, built.Program = dir, Program{C4arch: filepath.Join(dir, "c4arch"), Verify: filepath.Join(dir, "c4arch-verify")}
		for out, from := range map[string]string{built.C4arch: "c4arch/cmd/c4arch", built.Verify: "c4arch/cmd/c4arch-verify"} {
			if text, err := exec.Command("go", "build", "-o", out, from).CombinedOutput(); err != nil {
				_ = os.RemoveAll(dir)
				tb.Fatalf("go build %s: %v\n%s", from, err, text)
			}
		}
	}
	built.users++
	tb.Cleanup(func() {
		built.Lock()
		defer built.Unlock()
		if built.users--; built.users == 0 {
			_ = os.RemoveAll(built.dir)
		}
	})
	return built.Program
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// environ is what a process finds: nothing of the user's own.
func environ(more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "LC_ALL=C", "TZ=UTC"}, more...)
}

// record is what a process writes, and can be read meanwhile.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// process is a process that goes on.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // of Wait, once ended
}

func begin(program string, args, env []string, out io.Writer) (*process, error) {
	p := &process{cmd: exec.Command(program, args...), ended: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the keyboard is for the test
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	watch("+", p.cmd.Process.Pid)
	go func() {
		p.err = p.cmd.Wait()
		watch("-", p.cmd.Process.Pid)
		close(p.ended)
	}()
	return p, nil
}

func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// signal sends a signal and waits until the process has ended.
func (p *process) signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("the process does not end after %v", s)
	}
}

// guardian is a shell that is told which processes run (+N) and which have ended (-N); when its standard input ends, with the process of the test, it kills what runs.
const guardian = `list=" "
while read -r n; do case $n in
+*) list="$list${n#+} " ;;
-*) list=$(printf %s "$list" | sed "s/ ${n#-} / /") ;;
esac; done
for n in $list; do kill -9 "$n"; done`

var guard = sync.OnceValue(func() io.Writer {
	cmd := exec.Command("/bin/sh", "-c", guardian)
	cmd.Env = environ()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return io.Discard // without it only a test that is cut off leaves something behind
	}
	return in
})

var guarded sync.Mutex

func watch(how string, pid int) {
	to := guard()
	guarded.Lock()
	defer guarded.Unlock()
	_, _ = fmt.Fprintf(to, "%s%d\n", how, pid)
}

// Command runs a program to its end.
func Command(tb testing.TB, stdin string, env []string, program string, args ...string) (code int, stdout, stderr string) {
	tb.Helper()
	cmd := exec.Command(program, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		tb.Fatalf("%s: %v", shown(args), err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// shown is a command as one would type it.
func shown(args []string) string {
	words := []string{"$ c4arch"}
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " '\"#&?*|<>") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
