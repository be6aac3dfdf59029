package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/inbound/cli"
	"c4arch/test/pg"
)

// said is what a command writes for its operator, line by line.
type said struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // closed and made anew with each write
}

func newSaid() *said { return &said{more: make(chan struct{})} }

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.more)
	s.more = make(chan struct{})
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// wait waits until the text matches.
func (s *said) wait(t *testing.T, ended <-chan struct{}, pattern string) []string {
	t.Helper()
	for form := regexp.MustCompile(pattern); ; {
		s.mu.Lock()
		text, more := s.text.String(), s.more
		s.mu.Unlock()
		if m := form.FindStringSubmatch(text); m != nil {
			return m
		}
		select {
		case <-more:
		case <-ended:
			if form.MatchString(s.String()) {
				continue
			}
			t.Fatalf("it has ended without %s:\n%s", pattern, s)
		case <-t.Context().Done():
			t.Fatalf("it does not say %s:\n%s", pattern, s)
		}
	}
}

// settings are flags and variables of a command.
type settings struct {
	flags map[string][]string
	env   map[string]string
}

func (s settings) with(name string, values ...string) settings {
	flags := map[string][]string{name: values}
	for k, v := range s.flags {
		if k != name {
			flags[k] = v
		}
	}
	return settings{flags, s.env}
}

// without leaves a flag out, for commands that do not have it.
func (s settings) without(names ...string) settings {
	flags := maps.Clone(s.flags)
	for _, n := range names {
		delete(flags, n)
	}
	return settings{flags, s.env}
}

// run runs a command of the program, with these settings as its flags and its environment.
func (s settings) run(ctx context.Context, out, errs io.Writer, command ...string) int {
	args := slices.Clone(command)
	for _, name := range slices.Sorted(maps.Keys(s.flags)) {
		for _, v := range s.flags[name] {
			args = append(args, "--"+name+"="+v)
		}
	}
	return New().Run(ctx, cli.Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: out, Stderr: errs, Now: time.Now,
		Getenv: func(name string) string { return s.env[name] },
		Environ: func() (all []string) {
			for k, v := range s.env {
				all = append(all, k+"="+v)
			}
			return all
		},
	})
}

// fresh are settings with a data directory that is not there yet, on a port that is free.
func fresh(t *testing.T) settings {
	t.Helper()
	return settings{flags: map[string][]string{"data": {filepath.Join(t.TempDir(), "data")}, "listen": {"127.0.0.1:0"}, "log-level": {"warn"}}}
}

func (s settings) data() string { return s.flags["data"][0] }

// onPostgreSQL are settings with that database, which the service migrates itself.
func onPostgreSQL(t *testing.T, d *pg.Database) settings {
	t.Helper()
	s := fresh(t).with("database", "env:DATABASE").with("database-owner", "env:OWNER")
	s.env = map[string]string{"DATABASE": d.URL(pg.App), "OWNER": d.URL(pg.Owner)}
	return s
}

// running is c4arch serve in this process.
type running struct {
	t     *testing.T
	out   *said
	url   string
	stop  context.CancelFunc
	ended chan struct{}
	code  int
}

// begin starts a service and does not wait.
func begin(t *testing.T, s settings) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	r := &running{t: t, out: newSaid(), stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		r.code = s.run(ctx, io.Discard, r.out, "serve")
	}()
	t.Cleanup(func() { stop(); <-r.ended })
	return r
}

// serves starts a service and waits until it answers.
func serves(t *testing.T, s settings) *running {
	t.Helper()
	r := begin(t, s)
	r.url = r.out.wait(t, r.ended, `(?m)^c4arch serves on (http\S+), with`)[1]
	return r
}

// end stops it as an interrupt does, and waits.
func (r *running) end() {
	r.t.Helper()
	r.stop()
	<-r.ended
	if r.code != 0 {
		r.t.Errorf("it ends with %d\n%s", r.code, r.out)
	}
}

// refused runs a service that must not start, and returns what it says.
func refused(t *testing.T, s settings) string {
	t.Helper()
	r := begin(t, s)
	for ended := false; !ended; { // one that starts after all does not end by itself
		r.out.mu.Lock()
		more := r.out.more
		r.out.mu.Unlock()
		if strings.Contains(r.out.String(), "serves on") {
			break
		}
		select {
		case <-more:
		case <-r.ended:
			ended = true
		}
	}
	if strings.Contains(r.out.String(), "serves on") {
		t.Fatalf("it starts:\n%s", r.out)
	}
	if r.code == 0 {
		t.Fatalf("it ends without an error:\n%s", r.out)
	}
	return r.out.String()
}

// runs runs a command of the operator, and returns its exit code and what it prints.
func runs(t *testing.T, s settings, command ...string) (code int, out string) {
	t.Helper()
	var b, errs bytes.Buffer
	code = s.run(t.Context(), &b, &errs, command...)
	return code, b.String() + errs.String()
}

// caller speaks to a service with a token.
type caller struct {
	r     *running
	token string
}

// call sends a request to the API, reads the answer into into, and returns the status.
func (c caller) call(method, path string, body, into any) int {
	c.r.t.Helper()
	var send io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case []byte:
		send, kind = bytes.NewReader(b), "application/zip"
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.r.t.Fatal(err)
		}
		send = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(c.r.t.Context(), method, c.r.url+"/api/v1"+path, send)
	if err != nil {
		c.r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.r.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // what was read counts
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.r.t.Fatal(err)
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = text
	} else if into != nil && res.StatusCode < 300 {
		if err := json.Unmarshal(text, into); err != nil {
			c.r.t.Fatalf("%s %s: %v\n%s", method, path, err, text)
		}
	}
	if res.StatusCode >= 300 {
		c.r.t.Logf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return res.StatusCode
}

// must is call with a success.
func (c caller) must(method, path string, body, into any) {
	c.r.t.Helper()
	if status := c.call(method, path, body, into); status >= 300 {
		c.r.t.Fatalf("%s %s: status %d\n%s", method, path, status, c.r.out)
	}
}

// at is the same caller at another process.
func (c caller) at(r *running) caller { return caller{r, c.token} }

// setUp is the operator of a new service.
func (r *running) setUp() caller {
	r.t.Helper()
	code := r.out.wait(r.t, r.ended, `/setup#code=(\S+)`)[1]
	var made struct{ Token string }
	caller{r: r}.must("POST", "/setup", map[string]string{"code": code}, &made)
	return caller{r, made.Token}
}

// organisation makes one, and is its owner.
func (c caller) organisation(slug string) caller {
	c.r.t.Helper()
	var made struct{ Token string }
	c.must("POST", "/organisations", map[string]any{"slug": slug, "name": slug, "ownerName": "The owner", "ownerEmail": "owner@" + slug + ".example"}, &made)
	return caller{c.r, made.Token}
}

// project makes one and returns its path.
func (c caller) project(slug string) string {
	c.r.t.Helper()
	var made struct{ ID string }
	c.must("POST", "/projects", map[string]string{"slug": slug, "name": slug}, &made)
	return "/projects/" + made.ID
}

// packed is an example as it is handed over.
func packed(t *testing.T, path string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := New().Pack(&b, []string{path}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}
