//go:build unix

package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/source/files"
	"c4arch/test/service/live"
)

// wish is a change that a client asks for, always with the same key, until it knows the outcome.
type wish struct {
	kind    string // project, token, scan
	key     string
	request live.Request
}

// organisation is one that clients write to, and what it has acknowledged.
type organisation struct {
	owner   *live.User
	project string
	acked   map[string]map[string]bool // by kind: ids
	key     string                     // of its ledger, in a file
	held    string                     // a checkpoint from before, in a file, or ""
}

// world is a server with organisations, and clients that write to one of them and remember what was acknowledged.
type world struct {
	*testing.T
	*organisation
	program  live.Program
	server   *live.Server
	operator *live.User
	past     []*organisation // to which nobody writes any more
	random   *rand.Rand
	pack     []byte
	files    string
	away     bool // the server may say that it cannot, at this moment

	mu     sync.Mutex
	n      int
	open   []wish   // whether they were taken is not known
	wrong  []string // answers that there may not be
	tired  bool
	failed map[string]int // answers that there may be where the server is away
}

// number is a number from the environment.
func number(t *testing.T, name string, usual, short int) int {
	text := os.Getenv(name)
	if text == "" {
		if testing.Short() {
			return short
		}
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s is %q", name, text)
	}
	return n
}

// newWorld starts a server, and an organisation in it.
func newWorld(t *testing.T, o live.Options) *world {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("C4ARCH_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("C4ARCH_SEED is %q", text)
		}
	}
	t.Logf("C4ARCH_SEED=%d", seed)
	w := &world{T: t, program: live.Build(t), random: rand.New(rand.NewPCG(seed, 1)), failed: map[string]int{}}
	w.server = live.Serve(t, w.program, o)
	out := w.server.Nobody().Run("login", "--setup", w.server.SetupLink())
	w.operator = w.server.User(strings.Split(out, "\n")[1])
	var b bytes.Buffer
	w.check(files.Pack(&b, []string{w.file("compose.yaml", "services:\n  shop:\n    image: shop:1\n    ports: [\"80:80\"]\n")}, files.Limits{}))
	w.pack = b.Bytes()
	w.next()
	return w
}

// next makes another organisation, to which clients write from now on.
func (w *world) next() {
	w.Helper()
	if w.organisation != nil {
		w.past = append(w.past, w.organisation)
	}
	slug := fmt.Sprintf("contoso-%d", len(w.past))
	var org struct{ Token string }
	w.operator.JSON(&org, "organisation", "create", slug, "--name", "Contoso", "--owner-name", "Platform team", "--owner-email", "platform@contoso.example")
	w.organisation = &organisation{owner: w.server.User(org.Token), acked: map[string]map[string]bool{"project": {}, "token": {}, "scan": {}}}
	var p struct{ ID string }
	w.owner.JSON(&p, "project", "create", "shop", "--name", "Shop")
	w.project = p.ID
	w.acked["project"][p.ID] = true
	w.key = w.file(slug+".key", w.owner.Run("audit", "key", "--server"))
}

// room makes another organisation when this one has nearly as much as one may have.
func (w *world) room() {
	if len(w.acked["token"]) > 300 || len(w.acked["project"]) > 300 {
		w.isThere()
		w.next()
	}
}

// end: all that was ever acknowledged is there, and no job was lost.
func (w *world) end() {
	w.Helper()
	for _, o := range append(w.past, w.organisation) {
		w.organisation = o
		w.scansEnd()
		w.isThere()
	}
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) file(name, text string) string {
	w.Helper()
	path := filepath.Join(w.dir(), name)
	w.check(os.WriteFile(path, []byte(text), 0o600))
	return path
}

// dir is a folder for files of the test.
func (w *world) dir() string {
	if w.files == "" {
		w.files = w.TempDir()
	}
	return w.files
}

func (w *world) wish(kind string) wish {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	x := wish{kind: kind, key: fmt.Sprintf("%s %d", kind, w.n)}
	r := live.Request{Method: http.MethodPost, Header: http.Header{"Idempotency-Key": {x.key}}}
	switch kind {
	case "project":
		r.Path, r.Body = "/projects", map[string]string{"slug": fmt.Sprintf("p%d", w.n), "name": x.key}
	case "token":
		r.Path, r.Body = "/tokens", map[string]any{"name": x.key, "purpose": "ci", "expires": time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Second)}
	case "scan":
		r.Path, r.Type, r.Body = fmt.Sprintf("/projects/%s/uploads?name=%d", w.project, w.n), "application/zip", w.pack
	}
	x.request = r
	return x
}

// ask sends a wish once and notes what came of it. It reports whether an answer came.
func (w *world) ask(ctx context.Context, x wish) bool {
	a, err := w.owner.Send(ctx, x.request)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		w.open = append(w.open, x)
		return false
	case w.away && a.Status == http.StatusServiceUnavailable:
		w.failed[a.Fault()]++
		w.open = append(w.open, x)
		w.tired = true
		return true
	case x.kind == "scan" && a.Status >= 400 && strings.Contains(a.Fault(), "scans of the project wait already"):
		w.tired = true // it was not taken, and is not asked for again
		return true
	case a.Status != http.StatusCreated:
		w.wrong = append(w.wrong, x.key+": "+a.Fault())
		return true
	}
	var made struct {
		ID    string
		Token struct{ ID string }
	}
	if err := json.Unmarshal(a.Body, &made); err != nil || made.ID+made.Token.ID == "" {
		w.wrong = append(w.wrong, x.key+": "+a.Fault())
		return true
	}
	w.acked[x.kind][made.ID+made.Token.ID] = true
	return true
}

// clients write until ctx ends or the server is gone; the function waits for them.
func (w *world) clients(ctx context.Context) (wait func()) {
	var all sync.WaitGroup
	for _, kind := range []string{"project", "project", "token", "scan"} {
		all.Go(func() {
			for ctx.Err() == nil {
				if !w.ask(ctx, w.wish(kind)) {
					return
				}
				w.rest(ctx)
			}
		})
	}
	return all.Wait
}

// rest waits a moment, and longer when the server has said that it has enough to do.
func (w *world) rest(ctx context.Context) {
	w.mu.Lock()
	d := rand.N(20 * time.Millisecond)
	if w.tired {
		d = 200 * time.Millisecond
	}
	w.tired = false
	w.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// settle asks again for what has no outcome, with the same keys, until all of it has one.
func (w *world) settle() {
	w.Helper()
	live.Until(w, "what was asked for is answered", func() bool {
		w.mu.Lock()
		again := w.open
		w.open = nil
		w.mu.Unlock()
		for _, x := range again {
			w.ask(w.Context(), x)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.open) == 0
	})
	if len(w.wrong) > 0 {
		w.Fatalf("%d answers that there may not be, first %s", len(w.wrong), w.wrong[0])
	}
}

// all reads every page of a list.
func (w *world) all(path string) (ids []string) {
	for after := ""; ; {
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		at := path
		if after != "" {
			at += "?limit=500&after=" + after
		}
		w.owner.Get(at, &page)
		for _, x := range page.Items {
			ids = append(ids, x.ID)
		}
		if after = page.Next; after == "" {
			return ids
		}
	}
}

// isThere: everything that was acknowledged is there, and nothing else, each with one entry in the ledger, which verifies and continues what it was before.
func (w *world) isThere() {
	w.Helper()
	entries := w.entries()
	for kind, path := range map[string]string{"project": "/projects", "token": "/tokens", "scan": "/projects/" + w.project + "/scans"} {
		there := w.all(path)
		if kind == "token" { // the first is the owner's, which came with the organisation
			there = slices.DeleteFunc(there, func(id string) bool { return !w.acked["token"][id] && entries["token.created "+id] == 1 && !w.mine(id) })
		}
		for _, id := range there {
			if !w.acked[kind][id] {
				w.Errorf("the %s %s is there, and nobody asked for it", kind, id)
			}
		}
		for id := range w.acked[kind] {
			if !slices.Contains(there, id) {
				w.Errorf("the %s %s was acknowledged and is gone", kind, id)
			}
			name := map[string]string{"project": "project.created", "token": "token.created", "scan": "scan.queued"}[kind] + " " + id
			if entries[name] != 1 {
				w.Errorf("the %s %s has %d entries in the ledger", kind, id, entries[name])
			}
		}
	}
	w.verifies()
	if w.Failed() {
		w.FailNow()
	}
}

// mine reports whether a token that is there was asked for by a client: they have names of a form.
func (w *world) mine(id string) bool {
	var list struct{ Items []struct{ ID, Name string } }
	w.owner.Get("/tokens", &list)
	for _, x := range list.Items {
		if x.ID == id {
			return strings.HasPrefix(x.Name, "token ")
		}
	}
	return false
}

// entries counts the entries of the ledger by kind and what they are about.
func (w *world) entries() map[string]int {
	count := map[string]int{}
	for from := int64(0); ; {
		var page struct {
			Entries []struct {
				Kind   string
				Fields map[string]json.RawMessage
				Damage string
			}
			Next int64
		}
		w.owner.Get(fmt.Sprintf("/ledger/entries?kinds=project.created,token.created,scan.queued,scan.finished,scan.failed&limit=256&from=%d", from), &page)
		for _, e := range page.Entries {
			kind, _, _ := strings.Cut(e.Kind, ".")
			var about string
			if err := json.Unmarshal(e.Fields[kind], &about); err != nil || e.Damage != "" {
				w.Errorf("an entry of the kind %s cannot be read: %v %s", e.Kind, err, e.Damage)
			}
			count[e.Kind+" "+about]++
		}
		if from = page.Next; from == 0 {
			return count
		}
	}
}

// verifies exports the ledger with its values and verifies it offline, against a checkpoint from the time before.
func (w *world) verifies() {
	w.Helper()
	bundle := filepath.Join(w.dir(), "bundle.zip")
	_ = os.Remove(bundle)
	w.owner.Run("audit", "export", "--server", "--values", bundle)
	args := []string{"audit", "verify", "--key", w.key, bundle}
	if w.held != "" {
		args = append(args, "--checkpoint", w.held)
	}
	w.owner.Run(args...)
	w.held = w.file(filepath.Base(w.key)+".checkpoint", w.owner.Run("audit", "checkpoint", "--server"))
}

// scansEnd: no job was lost. Every scan that was taken comes to its end, once.
func (w *world) scansEnd() {
	w.Helper()
	live.Done(w, w.owner, "contoso")
	entries := w.entries()
	for id := range w.acked["scan"] {
		if n := entries["scan.finished "+id]; n != 1 || entries["scan.failed "+id] != 0 {
			w.Errorf("the scan %s has ended %d times, and failed %d times", id, n, entries["scan.failed "+id])
		}
	}
}

// moment is a random time of up to d.
func (w *world) moment(d time.Duration) <-chan time.Time {
	return time.After(time.Duration(w.random.Int64N(int64(d))))
}

// counted says how much was acknowledged.
func (w *world) counted() string {
	n := map[string]int{}
	for _, o := range append(w.past, w.organisation) {
		for kind, ids := range o.acked {
			n[kind] += len(ids)
		}
	}
	return fmt.Sprintf("%d projects, %d tokens, %d scans in %d organisations", n["project"], n["token"], n["scan"], len(w.past)+1)
}
