//go:build unix

package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// User is somebody with a token, who has a command line and can send requests.
type User struct {
	tb      testing.TB
	Program Program
	Server  *Server
	Token   string
	config  string // where a login is kept
}

// Nobody is a user without a token, who may have a login of their own.
func (s *Server) Nobody() *User {
	return &User{tb: s.tb, Program: s.program, Server: s, config: filepath.Join(s.tb.TempDir(), "config")}
}

// User is the user of a token.
func (s *Server) User(token string) *User {
	u := s.Nobody()
	u.Token = strings.TrimSpace(token)
	return u
}

// At is the same user at another replica.
func (u *User) At(s *Server) *User {
	x := *u
	x.Server = s
	return &x
}

func (u *User) environ() []string {
	env := environ("XDG_CONFIG_HOME="+u.config, "C4ARCH_KEY="+strings.Repeat("07", 32))
	if u.Token != "" {
		env = append(env, "C4ARCH_SERVER="+u.Server.URL(), "C4ARCH_TOKEN="+u.Token)
	}
	return env
}

// Run runs a command, which must succeed, and returns what it printed.
func (u *User) Run(args ...string) string {
	u.tb.Helper()
	code, out, errs := u.Try("", args...)
	if code != 0 {
		u.tb.Fatalf("%s\nexit code %d\n%s%s", shown(args), code, out, errs)
	}
	return out
}

// Exits runs a command that must end with that code, and returns all that it printed.
func (u *User) Exits(want int, args ...string) string {
	u.tb.Helper()
	code, out, errs := u.Try("", args...)
	if code != want {
		u.tb.Fatalf("%s\nexit code %d, not %d\n%s%s", shown(args), code, want, out, errs)
	}
	return out + errs
}

// JSON runs a command with --json and reads what it prints.
func (u *User) JSON(into any, args ...string) {
	u.tb.Helper()
	args = append(slices.Clone(args), "--json")
	out := u.Run(args...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		u.tb.Fatalf("%s\nprints no JSON: %v\n%s", shown(args), err, out)
	}
}

// Try runs a command.
func (u *User) Try(stdin string, args ...string) (code int, stdout, stderr string) {
	u.tb.Helper()
	return Command(u.tb, stdin, u.environ(), u.Program.C4arch, args...)
}

// Answer is an answer of the API.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Fault is what an answer says that is no success, with the request id left out.
func (a *Answer) Fault() string { return fmt.Sprintf("%d %s", a.Status, bytes.TrimSpace(a.Body)) }

// OK reports whether it is a success.
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// Request is a request to the API, below its prefix.
type Request struct {
	Method, Path string
	Body         any // []byte is sent as it is
	Type         string
	Header       http.Header
}

// Send sends a request. An error is that no answer came, or not all of one.
func (u *User) Send(ctx context.Context, r Request) (*Answer, error) {
	var body io.Reader
	switch b := r.Body.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.Server.URL()+"/api/v1"+r.Path, body)
	if err != nil {
		return nil, err
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	if u.Token != "" {
		req.Header.Set("Authorization", "Bearer "+u.Token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.Type != "" {
		req.Header.Set("Content-Type", r.Type)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // what was read counts
	text, err := io.ReadAll(res.Body)
	return &Answer{Status: res.StatusCode, Header: res.Header, Body: text}, err
}

// Get reads what must be there.
func (u *User) Get(path string, into any) {
	u.tb.Helper()
	a, err := u.Send(u.tb.Context(), Request{Method: http.MethodGet, Path: path})
	if err != nil {
		u.tb.Fatalf("GET %s: %v", path, err)
	}
	if !a.OK() {
		u.tb.Fatalf("GET %s: %s", path, a.Fault())
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(a.Body, into); err != nil {
		u.tb.Fatalf("GET %s: %v\n%s", path, err, a.Body)
	}
}

// Post posts what must be taken.
func (u *User) Post(path string, body, into any) {
	u.tb.Helper()
	a, err := u.Send(u.tb.Context(), Request{Method: http.MethodPost, Path: path, Body: body})
	if err != nil {
		u.tb.Fatalf("POST %s: %v", path, err)
	}
	if !a.OK() {
		u.tb.Fatalf("POST %s: %s", path, a.Fault())
	}
	if into != nil {
		if err := json.Unmarshal(a.Body, into); err != nil {
			u.tb.Fatalf("POST %s: %v\n%s", path, err, a.Body)
		}
	}
}

// Job is a job as the API lists it.
type Job struct {
	ID, Kind, State, Error string
	Attempt                int
	RunAt                  time.Time
}

// later reports whether it is for a time that has not come: what would end the making of an organisation, had that been cut off.
func (j Job) later() bool { return j.State == "ready" && j.Attempt == 0 && j.RunAt.After(time.Now()) }

// Done waits until the organisation of a user, which has that name in the test, has no job left that is due. One that has died fails the test.
func Done(tb testing.TB, u *User, name string) {
	tb.Helper()
	var jobs struct{ Items []Job }
	if !until(func() bool {
		u.Get("/jobs", &jobs)
		jobs.Items = slices.DeleteFunc(jobs.Items, Job.later)
		for _, j := range jobs.Items {
			if j.State == "dead" {
				tb.Fatalf("a job of %s has died: %+v", name, j)
			}
		}
		return len(jobs.Items) == 0
	}) {
		tb.Fatalf("jobs of %s are never done: %+v", name, jobs.Items)
	}
}
