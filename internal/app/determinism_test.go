package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"c4arch/internal/arch/c4"
	"c4arch/test/gen/estate"
)

// The same infrastructure gives the same bytes, in whatever order it is read, on however many processors,
// in this process or in another one.

// shuffled is how many runs there are.
func shuffled() int {
	if raced || testing.Short() {
		return 4
	}
	return 50
}

// results are model.json and snapshot.json.
func results(t *testing.T, paths ...string) (model, snapshot []byte) {
	t.Helper()
	m, s, err := Scan(context.Background(), ScanOptions{Paths: paths, Name: "estate", At: at, Key: testKey()})
	if err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	if err := c4.Encode(&a, m); err != nil {
		t.Fatal(err)
	}
	if err := s.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes()
}

// onProcessors runs the rest of the test with one processor in even runs and with two in odd ones.
func onProcessors(t *testing.T, run int) {
	t.Helper()
	before := runtime.GOMAXPROCS(1 + run%2)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// same reports the first place where two outputs differ.
func same(t *testing.T, what string, want, got []byte) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	from := max(0, i-80)
	t.Fatalf("%s differs at byte %d:\n%s\n%s", what, i, want[from:min(len(want), i+80)], got[from:min(len(got), i+80)])
}

// origin is the place in the file at which a resource stood, which is all that may differ when the file's
// resources change places.
var origin = regexp.MustCompile(`"path":"resources\[\d+\]`)

// The resources of one state, in another order each time. The state is written on one line, since the line
// on which a resource stands is a part of the output.
func TestOrderInAFileDoesNotMatter(t *testing.T) {
	all := estate.Azure(1000, 1)
	var groups [][]estate.Resource // instances of one resource stay together
	for i := range all {
		if n := len(groups); n > 0 && groups[n-1][0].Address() == all[i].Address() {
			groups[n-1] = append(groups[n-1], all[i])
			continue
		}
		groups = append(groups, []estate.Resource{all[i]})
	}
	name := filepath.Join(t.TempDir(), "estate.tfstate")
	rnd := rand.New(rand.NewPCG(1, 2))
	var model, snapshot []byte
	orders := map[string]bool{}
	for run := range shuffled() {
		onProcessors(t, run)
		rnd.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
		var state, line bytes.Buffer
		if err := estate.State(&state, slices.Concat(groups...)); err != nil {
			t.Fatal(err)
		}
		if err := json.Compact(&line, state.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, line.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		orders[digest(line.Bytes())] = true
		m, s := results(t, name)
		s = origin.ReplaceAll(s, []byte(`"path":"resources[]`))
		if run == 0 {
			model, snapshot = m, s
			continue
		}
		same(t, fmt.Sprintf("model.json of run %d", run), model, m)
		same(t, fmt.Sprintf("snapshot.json of run %d", run), snapshot, s)
	}
	if len(orders) != shuffled() {
		t.Errorf("the inputs of %d runs were %d", shuffled(), len(orders))
	}
}

// Files of several formats, named in another order each time and read side by side.
func TestOrderOfFilesDoesNotMatter(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, to func(*os.File) error) string {
		f, err := os.Create(filepath.Join(dir, name))
		if err == nil {
			err = to(f)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return f.Name()
	}
	var paths []string
	part := 0
	for some := range slices.Chunk(estate.Azure(600, 1), 40) {
		paths = append(paths, write(fmt.Sprintf("%02d.tfstate", part), func(f *os.File) error { return estate.State(f, some) }))
		part++
	}
	paths = append(
		paths,
		write("export.json", func(f *os.File) error { return estate.Graph(f, estate.Exported(300, 1)) }),
		write("services.yaml", func(f *os.File) error { return estate.Kubernetes(f, 40, 1) }),
	)
	rnd := rand.New(rand.NewPCG(3, 4))
	var model, snapshot []byte
	for run := range max(4, shuffled()/4) {
		onProcessors(t, run)
		m, s := results(t, paths...)
		if run == 0 {
			model, snapshot = m, s
		}
		same(t, fmt.Sprintf("model.json of run %d", run), model, m)
		same(t, fmt.Sprintf("snapshot.json of run %d", run), snapshot, s)
		rnd.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	}
}

// Three processes of their own write the same files, every format among them, whatever their number of
// processors. Seeds of maps differ between processes.
func TestProcessesAgree(t *testing.T) {
	if raced || testing.Short() {
		t.Skip("not run: three scans of 10,000 resources are for the long test without the race detector")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "c4arch")
	if out, err := exec.Command("go", "build", "-o", program, "c4arch/cmd/c4arch").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	input := load{"state", 10000}.file(t)
	var first map[string]string
	for run, processors := range []string{"1", "2", "2"} {
		target := filepath.Join(dir, "arch")
		cmd := exec.Command(program, "scan", input, "-o", target, "--name", "estate", "--at", "2026-01-31T09:30:00Z", "--quiet")
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+processors, "C4ARCH_KEY="+hex.EncodeToString(testKey()))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("run %d: %v\n%s", run, err, out)
		}
		sums := digests(t, target)
		if run == 0 {
			if first = sums; len(first) < 1000 {
				t.Fatalf("only %d files were written", len(first))
			}
			continue
		}
		if !maps.Equal(first, sums) {
			for _, name := range slices.Sorted(maps.Keys(first)) {
				if first[name] != sums[name] {
					t.Errorf("run %d: %s differs", run, name)
				}
			}
			t.Fatalf("%d and %d files", len(first), len(sums))
		}
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// digests returns the digest of each file below a directory.
func digests(t *testing.T, dir string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	tree := os.DirFS(dir)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		sums[name] = digest(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}
