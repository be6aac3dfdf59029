package home

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/sqldb"
	"c4arch/test/pg"
)

// childEnv makes the test binary another program: one that commits until it is killed.
const childEnv = "C4ARCH_HOME_TEST_CHILD"

func TestMain(m *testing.M) {
	if url, ok := os.LookupEnv(childEnv); ok {
		if err := child(url, os.Args[1], os.Args[2]); err != nil {
			fmt.Println("error", err)
		}
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// reporter is a testing.TB for the child, which has no test.
type reporter struct{ testing.TB }

func (reporter) Helper() {}
func (reporter) Fatal(args ...any) {
	fmt.Println("error", fmt.Sprint(args...))
	os.Exit(4)
}

func (reporter) Fatalf(format string, args ...any) { reporter{}.Fatal(fmt.Sprintf(format, args...)) }

// childConfig is the same for parent and child.
func childConfig(ctx context.Context, tb testing.TB, url, dir string) (Config, error) {
	cfg := Config{Dir: dir, Keys: newKeyring(tb), Now: time.Now, Random: rand.Reader, MaxOpen: 2}
	if url != "" {
		s, err := sqldb.Connect(ctx, sqldb.ServerOptions{URL: secret.New([]byte(url)), Dial: dialer})
		if err != nil {
			return cfg, err
		}
		cfg.Server = s
	}
	return cfg, nil
}

// child commits to the organisations that it is told, from several goroutines, works on jobs, and says what was acknowledged.
func child(url, dir, orgs string) error {
	ctx := context.Background()
	cfg, err := childConfig(ctx, reporter{}, url, dir)
	if err != nil {
		return err
	}
	hs, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	if err := hs.Upkeep(ctx); err != nil {
		return err
	}
	var out sync.Mutex
	say := func(args ...any) {
		out.Lock()
		defer out.Unlock()
		fmt.Println(args...)
	}
	say("open")
	failed := make(chan error)
	list := strings.Split(orgs, ",")
	for i := range 4 {
		go func() {
			for n := 0; ; n++ {
				org := id.Org(list[(i+n)%len(list)])
				name := fmt.Sprintf("pj_%d_%d_%d", os.Getpid(), i, n)
				index, err := childCommit(ctx, hs, org, name)
				if err != nil {
					failed <- err
					return
				}
				say("kept", org, name, index)
			}
		}()
	}
	go func() {
		for {
			c, err := hs.Queue().Claim(ctx, "child", 10*time.Millisecond)
			if err != nil {
				failed <- err
				return
			}
			if c == nil {
				continue
			}
			env := envelope(reporter{}, c.Lease.Org, "scan.finished", time.Now())
			env.Done = c.Lease
			h, err := hs.For(ctx, env.Scope)
			if err != nil {
				failed <- err
				return
			}
			if _, err := h.Commit(ctx, env, nil); err == nil {
				say("worked", c.Lease.Org, c.Lease.ID)
			}
			h.Release()
		}
	}()
	return <-failed
}

func childCommit(ctx context.Context, hs *Homes, org id.Org, name string) (int64, error) {
	env := envelope(reporter{}, org, "project.created", time.Now())
	env.Jobs = []job.New{{Kind: "a", Key: name}}
	h, err := hs.For(ctx, env.Scope)
	if err != nil {
		return 0, err
	}
	defer h.Release()
	out, err := h.Commit(ctx, env, project(name))
	return out.Index, err
}

// killCount is how often the child is killed: 50 times, or as often as C4ARCH_KILLS says (make faults).
func killCount(t *testing.T, usual int) int {
	text := os.Getenv("C4ARCH_KILLS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("C4ARCH_KILLS is %q", text)
	}
	return n
}

// A process that is killed anywhere has lost nothing that it acknowledged, and its logs verify; what is half is found and ended.
func TestKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(t, "", killCount(t, 50)) })
	t.Run("postgresql", func(t *testing.T) { killed(t, pg.Start(t).URL(pg.App), killCount(t, 10)) })
}

func killed(t *testing.T, url string, kills int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := mrand.New(mrand.NewPCG(seed, 1))
	dir := filepath.Join(t.TempDir(), "data")
	cfg, err := childConfig(t.Context(), t, url, dir)
	must(t, err)
	reopen := func() *world {
		hs, err := Open(t.Context(), cfg)
		must(t, err)
		return &world{Homes: hs, tb: t, clock: &clock{at: time.Now()}, cfg: cfg}
	}
	w := reopen()
	var orgs []string
	for range 3 {
		h := w.organisation()
		orgs = append(orgs, string(h.Org()))
		h.Release()
	}
	must(t, w.Close())
	kept, worked, during := map[string]string{}, map[string]bool{}, 0
	for range kills {
		n := runChild(t, url, dir, strings.Join(orgs, ","), r.IntN(20), time.Duration(r.IntN(20_000))*time.Microsecond, kept, worked)
		if n > 0 {
			during++
		}
		w := reopen()
		entries := int64(0)
		for _, org := range orgs {
			h, err := w.For(t.Context(), may(t, id.Org(org)))
			must(t, err)
			entries += verify(t, h)
			for key, index := range kept {
				name, mine := strings.CutPrefix(key, org+" ")
				if mine && count(t, h, `SELECT count(*) FROM project p, ledger_entry e WHERE p.id = $1 AND e.idx = $2 AND e.kind = 'project.created'`, name, index) != 1 {
					t.Fatalf("%s was acknowledged and is lost", key)
				}
			}
			for name := range worked {
				if count(t, h, `SELECT count(*) FROM job WHERE id = $1`, name) != 0 {
					t.Fatalf("%s was done and is there again", name)
				}
			}
			h.Release()
		}
		must(t, w.Close())
		if t.Failed() {
			return
		}
	}
	w = reopen()
	defer w.Close() //nolint:errcheck // what counts was checked
	for range 2 {
		must(t, w.Upkeep(t.Context()))
	}
	w.drain(orgs)
	t.Logf("%d kills, %d of them after the first acknowledged change; %d changes and %d jobs were acknowledged", kills, during, len(kept), len(worked))
	if during < kills/4 {
		t.Error("the child was killed before it wrote")
	}
}

// drain works on jobs until there is none: none was forgotten.
func (w *world) drain(orgs []string) {
	w.tb.Helper()
	left := func() (n int) {
		for _, org := range orgs {
			h, err := w.For(context.Background(), may(w.tb, id.Org(org)))
			must(w.tb, err)
			n += count(w.tb, h, `SELECT count(*) FROM job`)
			h.Release()
		}
		return n
	}
	for idle := 0; left() > 0; {
		c := w.claim("parent")
		if c == nil {
			if idle++; idle > 1000 {
				w.tb.Fatalf("%d jobs are never given out", left())
			}
			must(w.tb, w.Queue().Wait(context.Background(), 20*time.Millisecond))
			continue
		}
		idle = 0
		env := envelope(w.tb, c.Lease.Org, "scan.finished", time.Now())
		env.Done = c.Lease
		h, err := w.For(context.Background(), env.Scope)
		must(w.tb, err)
		_, err = h.Commit(context.Background(), env, nil)
		must(w.tb, err)
		h.Release()
	}
}

// runChild starts a child and kills it some time after so many acknowledgements.
func runChild(t *testing.T, url, dir, orgs string, count int, after time.Duration, kept map[string]string, worked map[string]bool) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], dir, orgs)
	cmd.Env = append(os.Environ(), childEnv+"="+url)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	must(t, err)
	n := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 4 && f[0] == "kept":
			kept[f[1]+" "+f[2]] = f[3]
			n++
		case len(f) == 3 && f[0] == "worked":
			worked[f[2]] = true
		case len(f) == 1 && f[0] == "open":
		default:
			t.Errorf("the child says %s", lines.Text())
		}
		if n == count {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
			count = -1
		}
	}
	_ = cmd.Wait() // it was killed
	return n
}
