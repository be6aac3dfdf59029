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
	"strings"
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
	watch   *exec.Cmd // the shell that ends the server when this process ends
	stdin   io.Closer
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
	if err := s.Start(); err != nil {
		_ = os.RemoveAll(dir)
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

// guard is what the shell runs: it starts the server ($1 with the rest), and when its standard input ends, with the process that holds the other end, it stops
// the server at once and removes the folder ($0), unless the line "stop" came first.
const guard = `dir=$0; "$@" >>"$dir/log" 2>&1 </dev/null & server=$!
if read -r word && [ "$word" = stop ]; then wait $server; exit 0; fi
kill -QUIT $server; wait $server; rm -rf "$dir"`

// Start starts a server that was killed or stopped, and waits until it answers.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	args := []string{"-c", guard, s.dir, filepath.Join(s.bin, "postgres"), "-D", s.data()}
	settings := map[string]string{
		"listen_addresses": "", "unix_socket_directories": s.dir, "max_connections": "60", "shared_buffers": "64MB", "fsync": "off",
		"log_min_messages": "warning", "log_statement": "none", "max_wal_size": "256MB", "autovacuum_naptime": "10s",
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
	cmd := exec.Command("/bin/sh", args...)
	cmd.Dir = s.dir
	cmd.Env = s.env()
	cmd.SysProcAttr = s.attributes() // a group of its own: an interrupt from the keyboard reaches the tests first
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.watch, s.stdin = cmd, stdin
	return s.answer()
}

// answer waits until the server answers, for a minute at most.
func (s *Server) answer() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres", "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("PostgreSQL does not answer: %s", bytes.TrimSpace(log[max(0, len(log)-4000):]))
		case <-tick.C:
		}
	}
}

// pid is the server's first process.
func (s *Server) pid() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(line)
}

// Kill ends the server and all its processes with SIGKILL, as the kernel does when memory is short, and waits until they are gone. The next thing is Start.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watch == nil {
		return errors.New("the server does not run")
	}
	pid, err := s.pid()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(s.stdin.(io.Writer), "stop\n"); err != nil {
		return err
	}
	// The children of the first process end with it: each of them watches for its death.
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	err = s.gone()
	var status *exec.ExitError
	if errors.As(err, &status) {
		return nil
	}
	return err
}

func (s *Server) gone() error {
	err := s.watch.Wait()
	_ = s.stdin.Close()
	s.watch = nil
	return err
}

// Running reports whether the server was started and not ended since.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watch != nil
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watch != nil {
		_ = s.stdin.Close()
		_ = s.gone()
	}
	_ = os.RemoveAll(s.dir)
}
