package pg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrMissing says that PostgreSQL is not installed.
var ErrMissing = errors.New("PostgreSQL is not installed (Debian: apt-get install postgresql)")

// Options are how a server is started. The zero value is right but for tests of durability.
type Options struct {
	// Fsync makes it write as in production: what it acknowledged survives a loss of power. A kill of its processes it survives without, too.
	Fsync bool
	// Settings are further lines of its configuration: "max_connections": "20".
	Settings map[string]string
}

// Server is a running server.
type Server struct {
	bin, dir string
	options  Options
	as       *syscall.Credential

	copying sync.Mutex
	mu      sync.Mutex
	running *process // nil when it does not run
	guard   io.WriteCloser
}

// process is the first process of a server.
type process struct {
	pid   int
	ended chan struct{}
}

// Dir is the folder of the socket.
func (s *Server) Dir() string { return s.dir }

// URL is how a role reaches a database.
func (s *Server) URL(role, database string) string {
	q := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(role), Host: "", Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
		return filepath.Dir(found[0]), nil
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", ErrMissing
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// servant is the user as which the server runs: it refuses to run as root.
func servant() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: false}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

func start(o Options) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	as, err := servant()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "c4pg") // short: the path of a socket has 107 bytes at most
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, options: o, as: as}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	if err := s.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "--locale=C", "--encoding=UTF8", "--no-sync", "--no-instructions"); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	if err := s.guarded(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	if err := s.Start(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
}

func (s *Server) command(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = s.env()
	cmd.SysProcAttr = s.attributes()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

func (s *Server) env() []string {
	return []string{"PATH=" + s.bin + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

// guardian is a shell that is told the process of the server, or 0, and when its standard input ends, with the process that holds the other end, stops the server and removes
// the folder ($0).
const guardian = `pid=0; while read -r n; do pid=$n; done
if [ "$pid" != 0 ]; then kill -QUIT "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; fi
rm -rf "$0"`

func (s *Server) guarded() error {
	cmd := exec.Command("/bin/sh", "-c", guardian, s.dir)
	cmd.Env = s.env()
	cmd.SysProcAttr = s.attributes() // a group of its own: an interrupt from the keyboard does not end it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.guard = stdin
	return cmd.Start()
}

func (s *Server) tell(pid int) error {
	_, err := fmt.Fprintln(s.guard, pid)
	return err
}

// Start starts a server that was killed or stopped, and waits until it answers. What is left of a killed one may hold its memory a while, so
// that a start can fail at once: it is tried again, for a minute.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		p, err := s.launch()
		if err == nil {
			err = s.tell(p.pid)
		}
		if err != nil {
			return err
		}
		if err = s.answer(ctx, p); err == nil {
			s.running = p
			return nil
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

func (s *Server) launch() (*process, error) {
	args := []string{"-D", s.data()}
	settings := map[string]string{
		"listen_addresses": "", "unix_socket_directories": s.dir, "max_connections": "60", "shared_buffers": "64MB", "fsync": "off",
		"log_min_messages": "warning", "log_statement": "none", "max_wal_size": "256MB",
	}
	if s.options.Fsync {
		settings["fsync"] = "on"
	}
	for k, v := range s.options.Settings {
		settings[k] = v
	}
	for k, v := range settings {
		args = append(args, "-c", k+"="+v)
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the server has it
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	cmd.Dir = s.dir
	cmd.Env = s.env()
	cmd.SysProcAttr = s.attributes()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{pid: cmd.Process.Pid, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how a killed server ended is known
		close(p.ended)
	}()
	return p, nil
}

// answer waits until the server answers or ends.
func (s *Server) answer(ctx context.Context, p *process) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres", "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
		case <-p.ended:
		case <-tick.C:
			continue
		}
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("PostgreSQL does not answer: %s", bytes.TrimSpace(log[max(0, len(log)-4000):]))
	}
}

// Kill ends the server with SIGKILL, the first process and then the others, and waits until they are gone. The next thing is Start.
func (s *Server) Kill() error {
	others := s.others()
	if err := s.end(syscall.SIGKILL); err != nil {
		return err
	}
	for _, pid := range others {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone already: each of them watches for the death of the first
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for slices.ContainsFunc(others, lives) {
		<-tick.C
	}
	return nil
}

// others are the server's processes but for the first, where the system tells them.
func (s *Server) others() (list []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return nil
	}
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", s.running.pid))
	for _, word := range bytes.Fields(text) {
		if pid, err := strconv.Atoi(string(word)); err == nil {
			list = append(list, pid)
		}
	}
	return list
}

// lives reports whether a process runs: one that has ended and nobody has asked for (Z) does not.
func lives(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := bytes.Cut(text, []byte(") "))
	return len(rest) > 0 && rest[0] != 'Z' && rest[0] != 'X'
}

func (s *Server) end(signal syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return errors.New("the server does not run")
	}
	if err := syscall.Kill(s.running.pid, signal); err != nil {
		return err
	}
	<-s.running.ended
	s.running = nil
	return s.tell(0)
}

// PID is the server's first process; 0 when it does not run.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return 0
	}
	return s.running.pid
}

// Running reports whether the server was started and not ended since.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running != nil
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	_ = s.end(syscall.SIGQUIT) // it may not run any more
	_ = s.guard.Close()
	_ = os.RemoveAll(s.dir)
}
