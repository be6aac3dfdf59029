//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// held is what a process holds, in MB of 1,000,000 bytes: resident is VmRSS of proc_pid_status(5), own its RssAnon, peak its VmHWM. The rest of what is resident are pages of the
// program's own file, which the system shares between processes and can drop; how many of them it maps at once is up to how it has the file in its cache.
type held struct{ resident, own, peak float64 }

func memory(pid int) (held, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return held{}, err
	}
	var h held
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(line, ":")
		n, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64) // other lines are no numbers
		switch name {
		case "VmRSS":
			h.resident = n * 1024 / 1e6
		case "RssAnon":
			h.own = n * 1024 / 1e6
		case "VmHWM":
			h.peak = n * 1024 / 1e6
		}
	}
	return h, nil
}

// server is a running c4arch serve.
type server struct {
	cmd     *exec.Cmd
	base    string
	log     string
	ready   time.Duration
	program string
}

// begin starts a server and waits until it says that it is ready.
func begin(ctx context.Context, program, dir string, args ...string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the process has it
	s := &server{base: "http://" + address, log: log.Name(), program: program}
	s.cmd = exec.Command(program, append([]string{"serve", "--data", filepath.Join(dir, "data"), "--listen", address}, args...)...)
	s.cmd.Env = environ(dir)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	from := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: time.Second}
	for ctx.Err() == nil && time.Since(from) < 30*time.Second {
		if res, err := client.Get(s.base + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				s.ready = time.Since(from)
				return s, nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	text, _ := os.ReadFile(s.log)
	return nil, errors.Join(fmt.Errorf("the server is not ready: %s", text), s.end())
}

// end stops the server and waits for it.
func (s *server) end() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// environ is what a process of a user finds whose configuration is in dir.
func environ(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "TMPDIR=" + os.TempDir(), "C4ARCH_KEY=" + strings.Repeat("6b", 32)}
}

// command runs the program as a user.
func command(ctx context.Context, dir, program string, args ...string) (out string, wall time.Duration, cpu time.Duration, err error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var text, errs strings.Builder
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, environ(dir), &text, &errs
	from := time.Now()
	err = cmd.Run()
	wall = time.Since(from)
	if cmd.ProcessState != nil {
		cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return text.String(), wall, cpu, err
}

// starts measures the server's start on an empty data directory and on one that is there, what it holds, and the start of commands beside that of an older program.
func starts(ctx context.Context, o options) error {
	if o.program == "" {
		return errors.New("name the program with -c4arch")
	}
	work, err := os.MkdirTemp("", "c4arch-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // what is left is in the folder for such things
	if err := startTimes(ctx, o, work); err != nil {
		return err
	}
	if err := memories(ctx, o, work); err != nil {
		return err
	}
	if o.before != "" {
		return older(ctx, o, work)
	}
	return nil
}

func startTimes(ctx context.Context, o options, work string) error {
	var first, again, cpu, ram, own []float64
	for n := range max(10, o.runs) + 1 {
		dir := filepath.Join(work, "start"+strconv.Itoa(n))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		for _, list := range []*[]float64{&first, &again} {
			s, err := begin(ctx, o.program, dir)
			if err != nil {
				return err
			}
			m, err := memory(s.cmd.Process.Pid)
			if err != nil {
				return err
			}
			if err := s.end(); err != nil {
				return err
			}
			if n == 0 {
				continue // it warms the cache
			}
			*list = append(*list, ms(s.ready))
			ram, own = append(ram, m.resident), append(own, m.own)
			cpu = append(cpu, ms(s.cmd.ProcessState.UserTime()+s.cmd.ProcessState.SystemTime()))
		}
	}
	info, err := os.Stat(o.program)
	if err != nil {
		return err
	}
	table(fmt.Sprintf("From exec to 200 of /readyz, embedded engine, cache warm, %d starts each; the program has %.0f MB", len(first), float64(info.Size())/1e6),
		"First start, ms: median (least to most)", "Later start", "Processor until it has ended, ms", "MB resident when ready; allocated")
	row(spread("%.0f", first), spread("%.0f", again), spread("%.0f", cpu), spread("%.0f", ram)+"; "+spread("%.0f", own))
	return nil
}

// memories are what a server holds as time goes by.
func memories(ctx context.Context, o options, work string) error {
	dir := filepath.Join(work, "memory")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	s, err := begin(ctx, o.program, dir)
	if err != nil {
		return err
	}
	defer s.end() //nolint:errcheck // it has been measured
	table(fmt.Sprintf("What the server holds, embedded engine, MB (GOGC and GOMEMLIMIT as the program sets them, %d processors)", runtime.NumCPU()), "", "Resident", "Of it allocated", "Most until then")
	say := func(what string) error {
		m, err := memory(s.cmd.Process.Pid)
		row(what, fmt.Sprintf("%.0f", m.resident), fmt.Sprintf("%.0f", m.own), fmt.Sprintf("%.0f", m.peak))
		return err
	}
	rest := func() {
		select {
		case <-ctx.Done():
		case <-time.After(o.idle):
		}
	}
	if err := say("when ready"); err != nil {
		return err
	}
	rest()
	if err := say(fmt.Sprintf("%s later, nobody asked", o.idle)); err != nil {
		return err
	}
	if _, err := setUp(ctx, s, dir); err != nil {
		return err
	}
	for _, in := range []struct {
		what string
		n    int
	}{{"40 resources", 40}, {fmt.Sprintf("%d resources", o.n), o.n}} {
		path := filepath.Join(dir, "estate.tfstate")
		if err := write(path, in.n); err != nil {
			return err
		}
		if _, _, _, err := command(ctx, dir, o.program, "scan", path, "--project", "shop"); err != nil {
			return err
		}
		if err := say("after a scan of " + in.what); err != nil {
			return err
		}
		rest()
		if err := say(fmt.Sprintf("%s after that", o.idle)); err != nil {
			return err
		}
	}
	return nil
}

// older is what commands take beside an older program, in turns.
func older(ctx context.Context, o options, work string) error {
	small, large := filepath.Join(work, "small.tfstate"), filepath.Join(work, "large.tfstate")
	if err := errors.Join(write(small, 40), write(large, o.n)); err != nil {
		return err
	}
	table("Commands beside the program before the service, in turns; ms: median (least to most)", "Command", "Runs", "Before", "Now", "Processor before", "Processor now")
	for _, c := range []struct {
		what string
		runs int
		args []string
	}{
		{"c4arch version", 8 * o.runs, []string{"version"}},
		{"c4arch scan, 40 resources, json", 4 * o.runs, []string{"scan", small, "--format", "json", "-o", filepath.Join(work, "out"), "--at", "2026-01-31", "--quiet"}},
		{fmt.Sprintf("c4arch scan, %d resources, json", o.n), o.runs, []string{"scan", large, "--format", "json", "-o", filepath.Join(work, "out"), "--at", "2026-01-31", "--quiet"}},
	} {
		wall, cpu := map[string][]float64{}, map[string][]float64{}
		for range c.runs + 1 {
			for _, p := range []string{o.before, o.program} {
				_, took, processor, err := command(ctx, work, p, c.args...)
				if err != nil {
					return err
				}
				wall[p], cpu[p] = append(wall[p], ms(took)), append(cpu[p], ms(processor))
			}
		}
		of := func(m map[string][]float64, p string) string { return spread("%.0f", m[p][1:]) } // the first warms the cache
		row(c.what, c.runs, of(wall, o.before), of(wall, o.program), of(cpu, o.before), of(cpu, o.program))
	}
	return nil
}
