//go:build unix

package live

import (
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"c4arch/test/pg"
)

// Options are how a server is run.
type Options struct {
	Data string   // the data directory; "" is a new one
	Args []string // more flags
	Env  []string
}

// OnPostgreSQL are options for a database, prepared or not: the server migrates it as its owner.
func OnPostgreSQL(d *pg.Database) Options {
	return Options{
		Args: []string{"--database", "env:DATABASE", "--database-owner", "env:DATABASE_OWNER"},
		Env:  []string{"DATABASE=" + d.URL(pg.App), "DATABASE_OWNER=" + d.URL(pg.Owner)},
	}
}

// Server is c4arch serve.
type Server struct {
	tb      testing.TB
	program Program
	options Options
	listen  string
	process *process
	log     *record // of the process that runs, or ran last
	all     strings.Builder
}

// New is a server that does not run yet. It ends with the test; a test that fails shows what it has logged last.
func New(tb testing.TB, p Program, o Options) *Server {
	tb.Helper()
	if o.Data == "" {
		o.Data = filepath.Join(tb.TempDir(), "data")
	}
	s := &Server{tb: tb, program: p, options: o, listen: "127.0.0.1:0", log: &record{}}
	tb.Cleanup(func() {
		s.Kill()
		if tb.Failed() {
			tb.Logf("the server's log ends with:\n%s", s.tail())
		}
	})
	return s
}

// Serve starts a server and waits until it answers.
func Serve(tb testing.TB, p Program, o Options) *Server {
	tb.Helper()
	s := New(tb, p, o)
	s.Start()
	return s
}

// good is a line of a request or a job that went well, or failed for want of a database or a disk.
var good = regexp.MustCompile(`"msg":"request".*"status":([1234]|503)|"msg":"job ends".*"outcome":"done"|"level":"ERROR".*"kind":"unavailable"`)

// tail is the end of the log, without what went well.
func (s *Server) tail() string {
	var lines []string
	for line := range strings.Lines(s.log.String()) {
		if !good.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-60):], "")
}

// Data is the data directory.
func (s *Server) Data() string { return s.options.Data }

// PID is the process, which must run.
func (s *Server) PID() int { return s.process.cmd.Process.Pid }

// URL is where it is. A server that is started again is at the same place.
func (s *Server) URL() string { return "http://" + s.listen }

// Log is what the process wrote that runs, or ran last.
func (s *Server) Log() string { return s.log.String() }

// Logs is what all its processes wrote.
func (s *Server) Logs() string { return s.all.String() + s.log.String() }

// With adds flags, for the next start.
func (s *Server) With(args ...string) { s.options.Args = append(s.options.Args, args...) }

// Begin starts it and does not wait.
func (s *Server) Begin() {
	s.tb.Helper()
	s.all.WriteString(s.log.String())
	s.log = &record{}
	args := append([]string{"serve", "--data", s.options.Data, "--listen", s.listen}, s.options.Args...)
	p, err := begin(s.program.C4arch, args, environ(s.options.Env...), s.log)
	check(s.tb, err)
	s.process = p
}

var serving = regexp.MustCompile(`(?m)^c4arch serves on http://(\S+), with its data`)

// Answers reports whether it serves; an error is that it has ended.
func (s *Server) Answers() (bool, error) {
	if m := serving.FindStringSubmatch(s.log.String()); m != nil {
		if s.listen != m[1] { // it is the same from the second start on, and may be read meanwhile
			s.listen = m[1]
		}
		return true, nil
	}
	if s.process.over() {
		return false, s.process.err
	}
	return false, nil
}

// Start starts it and waits until it serves.
func (s *Server) Start() {
	s.tb.Helper()
	s.Begin()
	s.Wait()
}

// Wait waits until it serves. Where its port was taken meanwhile it is started again.
func (s *Server) Wait() {
	s.tb.Helper()
	Until(s.tb, "the server serves", func() bool {
		yes, err := s.Answers()
		if err == nil || yes {
			return yes
		}
		if !strings.Contains(s.log.String(), "address already in use") {
			s.tb.Fatalf("the server has ended: %v\n%s", err, s.log)
		}
		s.Begin()
		return false
	})
}

// Kill ends it as kill -9 does.
func (s *Server) Kill() {
	s.tb.Helper()
	if s.process != nil {
		check(s.tb, s.process.signal(syscall.SIGKILL))
	}
}

// Crash kills it and starts it again.
func (s *Server) Crash() {
	s.tb.Helper()
	s.Kill()
	s.Start()
}

// Stop asks it to end, and sees that it does so well.
func (s *Server) Stop() {
	s.tb.Helper()
	check(s.tb, s.process.signal(syscall.SIGTERM))
	if s.process.err != nil {
		s.tb.Fatalf("the server was asked to end: %v\n%s", s.process.err, s.log)
	}
}

// Ended waits until it ends by itself, and returns its exit code.
func (s *Server) Ended() int {
	s.tb.Helper()
	Until(s.tb, "the server ends", s.process.over)
	return s.process.cmd.ProcessState.ExitCode()
}

// SetupLink is the one-time link that it printed.
func (s *Server) SetupLink() string {
	s.tb.Helper()
	for line := range strings.Lines(s.log.String()) {
		if line = strings.TrimSpace(line); strings.Contains(line, "/setup#code=") {
			return line
		}
	}
	s.tb.Fatalf("there is no setup link in\n%s", s.log)
	return ""
}

// client is for one request after the other, with no memory of connections to a process that was killed.
var client = &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext}}

// Ready waits until it says that it can answer requests.
func (s *Server) Ready() {
	s.tb.Helper()
	Until(s.tb, "readyz is ok", func() bool {
		res, err := client.Get(s.URL() + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// Witness is c4arch witness.
type Witness struct {
	tb      testing.TB
	program Program
	args    []string
	listen  string
	process *process
	log     *record
	Key     string // its verifier key
	Setting string // what the server is configured with
}

var listening = regexp.MustCompile(`--witness(?:es)? '(\S+) (http://\S+)'`)

// Watch starts a witness of logs, given by their keys, in a directory; name is that of its key, for a new one.
func Watch(tb testing.TB, p Program, dir, name string, keys ...string) *Witness {
	tb.Helper()
	w := &Witness{tb: tb, program: p, listen: "127.0.0.1:0", args: []string{"witness", "--dir", dir, "--name", name}}
	for _, k := range keys {
		w.args = append(w.args, "--log", strings.TrimSpace(k))
	}
	tb.Cleanup(w.Kill)
	w.Start()
	return w
}

// Start starts it, at the same place as before.
func (w *Witness) Start() {
	w.tb.Helper()
	w.log = &record{}
	p, err := begin(w.program.C4arch, append(w.args, "--listen", w.listen), environ(), w.log)
	check(w.tb, err)
	w.process = p
	Until(w.tb, "the witness listens", func() bool {
		m := listening.FindStringSubmatch(w.log.String())
		if m == nil {
			if p.over() {
				w.tb.Fatalf("the witness has ended: %v\n%s", p.err, w.log)
			}
			return false
		}
		w.Key, w.Setting = m[1], m[1]+" "+m[2]
		if u, err := url.Parse(m[2]); err == nil {
			w.listen = u.Host
		}
		return true
	})
}

// Kill ends it as kill -9 does.
func (w *Witness) Kill() {
	w.tb.Helper()
	check(w.tb, w.process.signal(syscall.SIGKILL))
}

// Log is what it wrote.
func (w *Witness) Log() string { return w.log.String() }
