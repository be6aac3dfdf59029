package arch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/history"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/store/storetest"
)

// childEnv makes the test binary another program: one that writes to a home until it is killed, or is done.
const childEnv = "C4ARCH_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if role, ok := os.LookupEnv(childEnv); ok {
		if err := child(role, os.Args[1:]); err != nil {
			fmt.Println("error", fault.KindOf(err), err)
			os.Exit(3)
		}
		os.Exit(0)
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

func child(role string, args []string) error {
	h, err := openAt(context.Background(), args[0])
	if err != nil {
		return err
	}
	defer h.Close() //nolint:errcheck // the parent looks
	seed, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	switch role {
	case "writer":
		return writeOn(h, seed)
	case "racer":
		return race(h, args[1])
	}
	_, err = h.Put(context.Background(), storetest.NewEstate(reporter{}, seed, 5).Record(reporter{}), storetest.Noon)
	return err
}

// writeOn does all that a home can do, and says what was acknowledged, and what it is about to let go.
func writeOn(h *tested, seed uint64) error {
	ctx := context.Background()
	e := storetest.NewEstate(reporter{}, seed, 40)
	r := rand.New(rand.NewPCG(seed, 9))
	current, _, err := h.Current(ctx)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	expect := ""
	if current != nil {
		expect = current.ID
	}
	fmt.Println("open")
	for {
		record := e.Record(reporter{})
		entry, err := h.Put(ctx, record, storetest.Noon)
		if err != nil {
			return err
		}
		fmt.Println("kept", entry.ID)
		for range 4 {
			e.Pass()
		}
		switch r.IntN(6) {
		case 0, 1:
			b := storetest.Approval(reporter{}, entry, record.Snapshot, expect)
			if err := h.Approve(ctx, b, entry.ID, expect); err != nil {
				return err
			}
			fmt.Println("approved", b.ID)
			expect = b.ID
		case 2:
			if _, err := h.Redact(ctx, record.Snapshot.Resources[r.IntN(20)].ID, "asked for", storetest.Noon); err != nil {
				return err
			}
		case 3:
			if err := letGo(ctx, h, r); err != nil {
				return err
			}
		}
	}
}

func letGo(ctx context.Context, h *tested, r *rand.Rand) error {
	all, err := h.List(ctx, 0)
	if err != nil {
		return err
	}
	goes := map[string]bool{}
	for _, e := range all {
		if goes[e.ID] = r.IntN(2) == 0; goes[e.ID] {
			fmt.Println("goes", e.ID)
		}
	}
	_, err = h.Collect(ctx, func(e history.Entry) bool { return !goes[e.ID] }, storetest.Noon, false)
	return err
}

// killCount is how often the writer is killed: 100 times, or as often as C4ARCH_KILLS says (make faults).
func killCount(t *testing.T) int {
	text := os.Getenv("C4ARCH_KILLS")
	if text == "" {
		return 100
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("C4ARCH_KILLS is %q", text)
	}
	return n
}

// A writer that is killed anywhere leaves a store that is sound, and in which everything is that it acknowledged.
func TestKilled(t *testing.T) {
	seed, kills := uint64(time.Now().UnixNano()), killCount(t)
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	dir := filepath.Join(t.TempDir(), ".c4arch")
	h, err := createAt(t.Context(), dir, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	truth := acknowledged{kept: map[string]bool{}, approved: map[string]bool{}}
	during, total := 0, 0
	for i := range kills {
		n := truth.run(t, dir, seed+uint64(i), r.IntN(4)-1, time.Duration(r.IntN(30_000))*time.Microsecond)
		total += n
		if n > 0 {
			during++
		}
		truth.holds(t, dir, i)
	}
	t.Logf("%d kills, %d of them after the first of %d acknowledged writes; %d snapshots and %d baselines are left", kills, during, total, len(truth.kept), len(truth.approved))
	if during < kills/4 || len(truth.approved) == 0 {
		t.Error("the writer was killed before it wrote")
	}
}

// acknowledged is what a writer said is durable.
type acknowledged struct{ kept, approved map[string]bool }

// run starts a writer and kills it some time after it has acknowledged so many snapshots; with -1, after it was started. It returns how many
// it acknowledged. On a machine that has much else to do a clock alone would kill it before it begins.
func (a *acknowledged) run(t *testing.T, dir string, seed uint64, count int, after time.Duration) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], dir, fmt.Sprint(seed))
	cmd.Env = append(os.Environ(), childEnv+"=writer")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Kill() }
	if count < 0 {
		time.AfterFunc(after, kill)
	}
	n := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, id, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "kept":
			a.kept[id] = true
			n++
			fallthrough
		case "open":
			if n == count {
				time.AfterFunc(after, kill)
			}
		case "approved":
			a.approved[id] = true
		case "goes":
			delete(a.kept, id)
		default:
			t.Errorf("seed %d: the writer says %s", seed, lines.Text())
		}
	}
	_ = cmd.Wait() // it was killed
	return n
}

func (a *acknowledged) holds(t *testing.T, dir string, round int) {
	t.Helper()
	h, err := openAt(t.Context(), dir)
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	defer h.Close() //nolint:errcheck // what counts was checked
	c, err := h.Check(t.Context(), nil)
	if err != nil || len(c.Faults) > 0 {
		t.Fatalf("round %d: %v %q", round, err, c.Faults)
	}
	all, err := h.List(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range all {
		there[e.ID] = true
	}
	for id := range a.kept {
		if !there[id] {
			t.Fatalf("round %d: %s was acknowledged and is lost", round, id)
		}
	}
	bs, err := h.Approvals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id := range a.approved {
		i := slices.IndexFunc(bs, func(b baseline.Baseline) bool { return b.ID == id })
		if i < 0 {
			t.Fatalf("round %d: the baseline %s was acknowledged and is lost", round, id)
		}
	}
	if round%10 == 9 {
		a.load(t, h, all)
	}
}

// load reads everything back, and lets go of leftovers.
func (a *acknowledged) load(t *testing.T, h *tested, all []history.Entry) {
	t.Helper()
	for _, e := range all {
		if _, err := h.Load(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	for id := range a.approved {
		if _, _, err := h.Baseline(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Collect(t.Context(), func(history.Entry) bool { return true }, time.Now().Add(48*time.Hour), false); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Check(t.Context(), nil); err != nil || c.Staged != 0 {
		t.Errorf("leftovers stay: %+v, %v", c, err)
	}
}

var errStopped = errors.New("stopped")

// An end at each step of each write leaves a store that is sound: as it was before, or as it should be after.
func TestStopsAtEachStep(t *testing.T) {
	dir, entries, records := filled(t, 40, 4)
	next := *records[3].Snapshot
	next.CollectedAt = "2027-01-01T00:00:00Z"
	e := storetest.NewEstate(t, 77, 20)
	ctx := t.Context()
	for name, write := range map[string]func(*tested) error{
		"put": func(h *tested) error { _, err := h.Put(ctx, e.Record(t), storetest.Noon); return err },
		"redact": func(h *tested) error {
			_, err := h.Redact(ctx, next.Resources[3].ID, "asked for", storetest.Noon)
			return err
		},
		"collect": func(h *tested) error {
			_, err := h.Collect(ctx, func(x history.Entry) bool { return x.ID == entries[3].ID }, storetest.Noon, false)
			return err
		},
	} {
		reached := map[string]bool{}
		for _, step := range []string{"left", "written", "ready", "committed", "removed"} {
			t.Run(name+" "+step, func(t *testing.T) {
				dir := clone(t, dir)
				h := reopen(t, dir)
				h.st.step = func(at string) {
					if at == step {
						panic(errStopped)
					}
				}
				reached[step] = stopped(t, func() error { return write(h) })
				h.st.step = nil
				again := reopen(t, dir)
				if c, err := again.Check(ctx, nil); err != nil || len(c.Faults) > 0 {
					t.Fatalf("%v %q", err, c.Faults)
				}
				if b, _, err := again.Current(ctx); err != nil || b.Approval.Snapshot != records[0].Snapshot.Root {
					t.Errorf("the baseline: %v", err)
				}
				if err := write(again); err != nil {
					t.Errorf("a second time: %v", err)
				}
				if _, err := again.Collect(ctx, func(history.Entry) bool { return true }, time.Now().Add(48*time.Hour), false); err != nil {
					t.Fatal(err)
				}
				if c, err := again.Check(ctx, nil); err != nil || len(c.Faults) > 0 || c.Staged > 0 {
					t.Errorf("%v %+v", err, c)
				}
			})
		}
		for _, must := range map[string][]string{"put": {"written", "ready", "committed"}, "redact": {"written", "committed", "removed"}, "collect": {"left", "written", "committed", "removed"}}[name] {
			if !reached[must] {
				t.Errorf("%s never came to the step %s", name, must)
			}
		}
	}
}

// stopped runs fn and reports whether it came to the step.
func stopped(t *testing.T, fn func() error) (yes bool) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			if r != errStopped { //nolint:errorlint // it is the value itself
				panic(r)
			}
			yes = true
		}
	}()
	if err := fn(); err != nil {
		t.Fatal(err)
	}
	return false
}

// race records the same days of the same estate as the others, under a name of its own.
func race(h *tested, name string) error {
	e := storetest.NewEstate(reporter{}, 5, 120)
	for range 6 {
		r := e.Record(reporter{})
		s := *r.Snapshot
		s.Name = name
		r.Snapshot = &s
		entry, err := h.Put(context.Background(), r, storetest.Noon)
		if err != nil {
			return err
		}
		fmt.Println("kept", entry.ID)
		e.Pass()
	}
	return nil
}

// Several processes write at once: everything is there afterwards, and nothing twice.
func TestProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".c4arch")
	h, err := createAt(t.Context(), dir, storetest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close() //nolint:errcheck // what counts was checked
	var running []*exec.Cmd
	var outs []*bytes.Buffer
	for i := range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], dir, fmt.Sprint(i))
		cmd.Env = append(os.Environ(), childEnv+"=racer")
		out := &bytes.Buffer{}
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running, outs = append(running, cmd), append(outs, out)
	}
	kept := 0
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, outs[i])
		}
		kept += strings.Count(outs[i].String(), "kept ")
	}
	want := 0 // as many versions as one alone would have kept
	e := storetest.NewEstate(t, 5, 120)
	seen := map[string]bool{}
	for range 6 {
		for _, r := range e.Scan(t).Resources {
			seen[string(r.Commitment)] = true
		}
		e.Pass()
	}
	want = len(seen)
	c, err := h.Check(t.Context(), nil)
	if err != nil || len(c.Faults) > 0 || c.Snapshots != 30 || kept != 30 || c.Versions != want || c.Staged != 0 {
		t.Errorf("%d acknowledged, %d versions are right: %+v, %v", kept, want, c, err)
	}
	all, err := h.List(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	fresh := 0
	for _, x := range all {
		fresh += x.Fresh
		if _, err := h.Load(t.Context(), x.ID); err != nil {
			t.Error(err)
		}
	}
	if fresh != want {
		t.Errorf("%d versions were counted as new, of %d", fresh, want)
	}
}

// Several goroutines of one process, with readers among them.
func TestGoroutines(t *testing.T) {
	dir, entries, records := filled(t, 30, 3)
	h := reopen(t, dir)
	ctx := t.Context()
	done := make(chan error)
	for i := range 4 {
		go func() {
			e := storetest.NewEstate(reporter{}, uint64(i), 20)
			var err error
			for range 4 {
				if _, err = h.Put(ctx, e.Record(reporter{}), storetest.Noon); err != nil {
					break
				}
				e.Pass()
			}
			done <- err
		}()
		go func() {
			var err error
			for range 5 {
				if _, err = h.Load(ctx, entries[i%3].ID); err != nil {
					break
				}
			}
			done <- err
		}()
	}
	go func() {
		_, err := h.Redact(ctx, records[0].Snapshot.Resources[0].ID, "asked for", storetest.Noon)
		done <- err
	}()
	go func() {
		_, err := h.Collect(ctx, func(history.Entry) bool { return true }, storetest.Noon, false)
		done <- err
	}()
	for range 10 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if c, err := h.Check(ctx, nil); err != nil || len(c.Faults) > 0 || c.Snapshots != 3+16 {
		t.Errorf("%+v, %v", c, err)
	}
}

// The transaction finds out that the home has moved, where the lock does not hold others off.
func TestMoved(t *testing.T) {
	dir, _, _ := filled(t, 20, 1)
	h := reopen(t, dir)
	other := reopen(t, dir)
	ctx := t.Context()
	e := storetest.NewEstate(t, 3, 20)
	bump := func() {
		if err := other.db().Transact(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, `UPDATE home SET version = version + 1`); return err }); err != nil {
			t.Fatal(err)
		}
	}
	times := 0
	h.st.step = func(at string) {
		if at == "ready" && times < 3 {
			times++
			bump()
		}
	}
	r := e.Record(t)
	entry, err := h.Put(ctx, r, storetest.Noon)
	if err != nil || times != 3 {
		t.Fatalf("after %d: %v", times, err)
	}
	storetest.Same(t, h, entry.ID, r)
	e.Pass()
	times = -100
	_, err = h.Put(ctx, e.Record(t), storetest.Noon)
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("a home that never stands still: %v", err)
	}
	if c, err := h.Check(ctx, nil); err != nil || len(c.Faults) > 0 || c.Staged > 0 {
		t.Errorf("%+v, %v", c, err)
	}
}
