//go:build e2e && linux

package service

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"c4arch/internal/app"
	"c4arch/internal/inbound/cli"
	"c4arch/test/service/live"
)

// late is the service in this process, with a clock that can be put ahead: what is due in thirty days is due now.
type late struct {
	*testing.T
	ahead atomic.Int64
	env   map[string]string
	mu    sync.Mutex
	out   strings.Builder
	done  chan int
	base  string
	data  string
}

func (l *late) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(b)
}

func (l *late) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

func (l *late) now() time.Time { return time.Now().Add(time.Duration(l.ahead.Load())) }

// passes lets time pass.
func (l *late) passes(d time.Duration) { l.ahead.Add(int64(d)) }

// environment is one of the program, with its clock.
func (l *late) environment(args ...string) cli.Env {
	return cli.Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: l, Stderr: l, Now: l.now,
		Getenv: func(name string) string { return l.env[name] },
		Environ: func() (all []string) {
			for k, v := range l.env {
				all = append(all, k+"="+v)
			}
			return all
		},
	}
}

// serveLate serves until the test is over.
func serveLate(t *testing.T, o live.Options) *late {
	t.Helper()
	l := &late{T: t, env: map[string]string{"HOME": t.TempDir()}, done: make(chan int, 1), data: t.TempDir() + "/data"}
	for _, v := range o.Env {
		name, value, _ := strings.Cut(v, "=")
		l.env[name] = value
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		l.done <- app.New().Run(ctx, l.environment(append([]string{"serve", "--data", l.data, "--listen", "127.0.0.1:0"}, o.Args...)...))
	}()
	t.Cleanup(func() {
		cancel()
		<-l.done
		if t.Failed() {
			text := l.said()
			t.Logf("the service's log ends with:\n%s", text[max(0, len(text)-6000):])
		}
	})
	serves := regexp.MustCompile(`(?m)^c4arch serves on http://127\.0\.0\.1:(\d+), `)
	live.Until(t, "the service serves", func() bool {
		m := serves.FindStringSubmatch(l.said())
		if m == nil {
			return len(l.done) > 0
		}
		l.base = "http://localhost:" + m[1]
		return true
	})
	if l.base == "" {
		t.Fatalf("the service ends:\n%s", l.said())
	}
	return l
}

// setupLink is what it printed for whoever sets it up.
func (l *late) setupLink() string {
	l.Helper()
	for line := range strings.Lines(l.said()) {
		if line = strings.TrimSpace(line); strings.Contains(line, "/setup#code=") {
			return line
		}
	}
	l.Fatalf("there is no setup link in\n%s", l.said())
	return ""
}
