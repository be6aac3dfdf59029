//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"c4arch/internal/source/files"
	"c4arch/test/pg"
)

// furnished is how many organisations have a project with scans, a baseline and findings. They are fewer than the homes that the embedded engine keeps open, and more than one, since
// an actor has a rate.
const furnished = 50

// callers ask at once.
const callers = 16

// tenant is an organisation as whoever asks in it sees it.
type tenant struct {
	token, project, scan string
}

// installation is a running server with organisations.
type installation struct {
	name string
	*server
	dir     string
	tenants []tenant
	client  *http.Client
	made    []float64 // ms of each organisation
	took    map[string]*figures
}

// figures are what came of one call, a figure for each turn.
type figures struct{ rate, p50, p99, one50, one99, cpu []float64 }

// asked are the ten calls that are made most by pages, command line and CI, and two of them in all organisations at random.
var asked = []struct {
	name string
	all  bool // in all organisations, not in those that have something
	path func(t tenant) string
}{
	{"GET /whoami", false, func(tenant) string { return "/whoami" }},
	{"GET /organisation", false, func(tenant) string { return "/organisation" }},
	{"GET /members", false, func(tenant) string { return "/members" }},
	{"GET /projects", false, func(tenant) string { return "/projects" }},
	{"GET /projects/ID", false, func(t tenant) string { return "/projects/" + t.project }},
	{"GET /projects/ID/scans", false, func(t tenant) string { return "/projects/" + t.project + "/scans" }},
	{"GET /projects/ID/scans/ID", false, func(t tenant) string { return "/projects/" + t.project + "/scans/" + t.scan }},
	{"GET /projects/ID/snapshots", false, func(t tenant) string { return "/projects/" + t.project + "/snapshots" }},
	{"GET /projects/ID/findings", false, func(t tenant) string { return "/projects/" + t.project + "/findings" }},
	{"GET /projects/ID/baselines", false, func(t tenant) string { return "/projects/" + t.project + "/baselines" }},
	{"GET /ledger/entries", false, func(tenant) string { return "/ledger/entries" }},
	{"GET /whoami, in any of all", true, func(tenant) string { return "/whoami" }},
	{"GET /projects, in any of all", true, func(tenant) string { return "/projects" }},
}

// requests measures calls to running servers, as they are handed out: the way in, the rates, the token with its member and policy, the decision, the access log and the line of the log
// are all passed. So many organisations are asked in turn that nobody's rate is reached; an answer that is no success is an error of the measurement.
func requests(ctx context.Context, o options) error {
	if o.program == "" {
		return errors.New("name the program with -c4arch")
	}
	work, err := os.MkdirTemp("", "c4arch-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // what is left is in the folder for such things
	defer stopServer()
	var sides []*installation
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		in, err := install(ctx, o, name, filepath.Join(work, name))
		if in != nil {
			defer in.end() //nolint:errcheck // it has been measured
		}
		if err != nil {
			return err
		}
		sides = append(sides, in)
	}
	loads := []string{load()}
	for turn := range o.runs + 1 {
		for _, c := range asked {
			for i := range sides {
				in := sides[(i+turn)%len(sides)]
				if err := in.turn(ctx, c.name, c.all, c.path, turn > 0); err != nil {
					return fmt.Errorf("%s: %s: %w", in.name, c.name, err)
				}
			}
		}
		loads = append(loads, load())
	}
	fmt.Printf("\nload before and after each turn, with what measures: %s\n", strings.Join(loads, ", "))
	for _, in := range sides {
		table(fmt.Sprintf("%s, %d organisations, of which %d have two scans of 40 resources; medians of %d turns of a second, quartiles in brackets", in.name, o.orgs, min(furnished, o.orgs), o.runs),
			"Call", fmt.Sprintf("A second, %d callers", callers), "ms p50", "p99", "One caller: ms p50", "p99", "Processor of the server, µs a call")
		for _, c := range asked {
			f := in.took[c.name]
			row(c.name, quartiles("%.0f", f.rate), quartiles("%.1f", f.p50), quartiles("%.1f", f.p99), quartiles("%.2f", f.one50), quartiles("%.2f", f.one99), quartiles("%.0f", f.cpu))
		}
		row("POST /organisations, each once, 4 callers", "", fmt.Sprintf("%.0f", at(in.made, 0.5)), fmt.Sprintf("%.0f", at(in.made, 0.99)), "", "", "")
		m, err := memory(in.cmd.Process.Pid)
		if err != nil {
			return err
		}
		fmt.Printf("\n%s holds %.0f MB then, %.0f of them allocated; %.0f at most.\n", in.name, m.resident, m.own, m.peak)
	}
	return nil
}

// quartiles is a median with the quartiles.
func quartiles(format string, list []float64) string {
	f := func(v float64) string { return fmt.Sprintf(format, v) }
	return f(median(list)) + " (" + f(at(list, 0.25)) + " to " + f(at(list, 0.75)) + ")"
}

var setupCode = regexp.MustCompile(`setup#code=(\S+)`)

// install starts a server and makes its organisations over the API.
func install(ctx context.Context, o options, name, dir string) (*installation, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var args []string
	if name == "PostgreSQL" {
		postgres, err := durable()
		if err != nil {
			return nil, err
		}
		d, err := postgres.Create(ctx, "")
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, "database")
		if err := os.WriteFile(file, []byte(d.URL(pg.App)), 0o600); err != nil {
			return nil, err
		}
		args = []string{"--database", "file:" + file}
	}
	s, err := begin(ctx, o.program, dir, args...)
	if err != nil {
		return nil, err
	}
	in := &installation{name: name, server: s, dir: dir, took: map[string]*figures{}, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * callers}, Timeout: time.Minute}}
	log, err := os.ReadFile(s.log)
	if err != nil {
		return in, err
	}
	code := setupCode.FindSubmatch(log)
	if code == nil {
		return in, fmt.Errorf("the server tells no code: %s", log)
	}
	var made struct{ Token string }
	if err := in.post(ctx, "", "/setup", map[string]string{"code": string(code[1])}, &made); err != nil {
		return in, err
	}
	in.tenants = make([]tenant, o.orgs)
	some := min(furnished, o.orgs) // first, while nobody else has work
	if err := in.fill(ctx, made.Token, 0, some); err != nil {
		return in, err
	}
	if err := in.furnish(ctx); err != nil {
		return in, err
	}
	return in, in.fill(ctx, made.Token, some, o.orgs)
}

// fill makes the organisations, a few at once.
func (in *installation) fill(ctx context.Context, operator string, first, end int) error {
	return crowd(4, func(part int) error {
		for n := first + part; n < end; n += 4 {
			slug := fmt.Sprintf("org-%d", n)
			var made struct{ Token, ID string }
			from := time.Now()
			if err := in.post(ctx, operator, "/organisations", map[string]string{"slug": slug, "name": slug, "ownerName": "Platform team", "ownerEmail": slug + "@contoso.example"}, &made); err != nil {
				return err
			}
			took := ms(time.Since(from))
			in.tenants[n].token = made.Token
			if err := in.post(ctx, made.Token, "/projects", map[string]string{"slug": "shop", "name": "Shop"}, &made); err != nil {
				return err
			}
			in.tenants[n].project = made.ID
			if part == 0 {
				in.made = append(in.made, took) // a quarter of them says what all took
			}
		}
		return nil
	})
}

// furnish gives some of them scans, of which the first is approved and the second differs.
func (in *installation) furnish(ctx context.Context) error {
	first, err := in.packed(40)
	if err != nil {
		return err
	}
	second, err := in.packed(48)
	if err != nil {
		return err
	}
	for i := range min(furnished, len(in.tenants)) {
		t := &in.tenants[i]
		path := "/projects/" + t.project
		for _, pack := range [][]byte{first, second} {
			var made struct{ ID string }
			if err := in.post(ctx, t.token, path+"/uploads", pack, &made); err != nil {
				return err
			}
			if err := in.done(ctx, *t, made.ID); err != nil {
				return err
			}
			if t.scan == "" {
				if err := in.post(ctx, t.token, path+"/baselines", map[string]string{"snapshot": "latest", "reason": "the first"}, nil); err != nil {
					return err
				}
			}
			t.scan = made.ID
		}
	}
	return nil
}

// done waits for a scan.
func (in *installation) done(ctx context.Context, t tenant, scan string) error {
	for from := time.Now(); ctx.Err() == nil && time.Since(from) < 5*time.Minute; time.Sleep(20 * time.Millisecond) {
		text, err := in.get(ctx, t.token, "/projects/"+t.project+"/scans/"+scan)
		if err != nil {
			return err
		}
		var is struct{ State string }
		if err := json.Unmarshal(text, &is); err != nil {
			return err
		}
		switch is.State {
		case "failed":
			return fmt.Errorf("a scan has failed: %s", text)
		case "done":
			return nil
		}
	}
	return errors.New("a scan does not end")
}

// packed is a Terraform state of n resources as the command line hands it over.
func (in *installation) packed(n int) ([]byte, error) {
	path := filepath.Join(in.dir, "estate.tfstate")
	if err := write(path, n); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := files.Pack(&b, []string{path}, files.Limits{})
	return b.Bytes(), err
}

// turn asks for a second with many callers and for a while with one. The first turn warms up what it needs, and is not kept.
func (in *installation) turn(ctx context.Context, name string, all bool, path func(tenant) string, keep bool) error {
	of := in.tenants
	if !all {
		of = of[:min(furnished, len(of))]
	}
	before, err := spent(in.cmd.Process.Pid)
	if err != nil {
		return err
	}
	many, took, err := in.ask(ctx, of, path, callers, time.Second)
	if err != nil {
		return err
	}
	after, err := spent(in.cmd.Process.Pid)
	if err != nil {
		return err
	}
	one, _, err := in.ask(ctx, of, path, 1, 500*time.Millisecond)
	if err != nil || !keep {
		return err
	}
	f := in.took[name]
	if f == nil {
		f = &figures{}
		in.took[name] = f
	}
	f.rate = append(f.rate, float64(len(many))/took.Seconds())
	f.p50, f.p99 = append(f.p50, at(many, 0.5)), append(f.p99, at(many, 0.99))
	f.one50, f.one99 = append(f.one50, at(one, 0.5)), append(f.one99, at(one, 0.99))
	f.cpu = append(f.cpu, us(after-before)/float64(len(many)))
	return nil
}

// ask says what each call took, in ms, and how long all of them did.
func (in *installation) ask(ctx context.Context, of []tenant, path func(tenant) string, n int, life time.Duration) ([]float64, time.Duration, error) {
	var mu sync.Mutex
	var list []float64
	from := time.Now()
	err := crowd(n, func(int) error {
		var mine []float64
		for time.Since(from) < life {
			t := of[rand.IntN(len(of))]
			begun := time.Now()
			if _, err := in.get(ctx, t.token, path(t)); err != nil {
				return err
			}
			mine = append(mine, us(time.Since(begun))/1000)
		}
		mu.Lock()
		defer mu.Unlock()
		list = append(list, mine...)
		return nil
	})
	return list, time.Since(from), err
}

// crowd does the same n times at once.
func crowd(n int, do func(part int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func (in *installation) get(ctx context.Context, token, path string) ([]byte, error) {
	return in.send(ctx, http.MethodGet, token, path, "", nil)
}

// post sends JSON, or an archive, and reads the answer into into.
func (in *installation) post(ctx context.Context, token, path string, body, into any) error {
	kind := "application/zip"
	text, ok := body.([]byte)
	if !ok {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
		kind = "application/json"
	}
	answer, err := in.send(ctx, http.MethodPost, token, path, kind, text)
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	return err
}

func (in *installation) send(ctx context.Context, method, token, path, kind string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, in.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := in.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, res.Status, text)
	}
	return text, err
}

// spent is the processor that a process has used, of proc_pid_stat(5), whose ticks are hundredths of a second on Linux.
func spent(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, fmt.Errorf("the system tells nothing of the process: %s", text)
	}
	user, err := strconv.ParseInt(f[11], 10, 64)
	system, err2 := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err, err2)
}
