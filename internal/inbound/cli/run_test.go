package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/placement"
	"c4arch/internal/service/discover"
)

// console is a program with streams to look at, a clock that ticks and a scan of our choice.
type console struct {
	Program
	env      Env
	out, err bytes.Buffer
}

func newConsole(t *testing.T, scan func(context.Context) (*discover.Result, error)) *console {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("in.json", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &console{}
	c.Scan = func(ctx context.Context, _ Env, _ discover.Request) (*discover.Result, error) { return scan(ctx) }
	c.Formats = []Format{{Name: "text", Files: []string{"a.txt"}, About: "the name"}}
	c.Write = func(_ context.Context, a Architecture, _ Drawing, to Sink, drawn func(int, int)) (*placement.File, error) {
		drawn(1, 1)
		return nil, to.Write("a.txt", []byte(a.Model.Name))
	}
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	c.env = Env{
		Stdin: strings.NewReader(""), Stdout: &c.out, Stderr: &c.err, Getenv: func(string) string { return "" },
		Now: func() time.Time { now = now.Add(700 * time.Millisecond); return now },
	}
	return c
}

func (c *console) run(ctx context.Context, args ...string) int {
	c.out.Reset()
	c.err.Reset()
	c.env.Args = args
	return c.Run(ctx, c.env)
}

func sample() *discover.Result {
	return &discover.Result{
		Model: &c4.Model{
			Name: "Contoso", CollectedAt: "2026-01-31T10:00:00Z",
			Inputs:        []c4.InputSummary{{Name: "a", Format: "azure", Resources: 1199}, {Name: "b", Format: "terraform-state", Resources: 35}, {Name: "c", Format: "azure"}, {Name: "d"}},
			Elements:      []c4.Element{{Kind: c4.SoftwareSystem}, {Kind: c4.Container}, {Kind: c4.Container}, {Kind: c4.Person}},
			Relationships: []c4.Relationship{{Confidence: c4.May}, {Confidence: c4.Certain}, {Confidence: c4.May}},
			Account: c4.Account{
				Found: 1000, Shown: 600, Nested: 300, Hidden: 50, Unresolved: 49, Ambiguous: 1, Counted: 998, Uncounted: 2,
				ByRule: []c4.RuleCount{{Rule: "R1", Outcome: c4.Shown, Count: 600}, {Outcome: c4.Unresolved, Count: 49}},
				References: []c4.Reference{
					{Evidence: c4.Evidence{Input: "a", Line: 7, Resource: "web", Property: "settings.HOST"}, Value: "x.example\x1b[2J", Outcome: c4.Unresolved, Reason: "nothing scanned has this host"},
					{Evidence: c4.Evidence{Input: "b", Line: 9, Resource: "api", Property: "db"}, Value: "db", Outcome: c4.Ambiguous, Targets: []string{"db1", "db2"}},
					{Evidence: c4.Evidence{Input: "b", Line: 10, Resource: "api", Property: "log"}, Value: "hidden-one", Outcome: c4.Hidden},
				},
			},
			Rules: []c4.Rule{{ID: "R1", Reason: "a setting names a host"}},
			NotRead: []evidence.NotRead{
				{Kind: evidence.PropertyWithheld, Input: "a", Line: 3, Thing: "settings", Reason: "withheld", Help: "ask for the role"},
				{Kind: evidence.TypeWithoutRule, Input: "a", Line: 5, Thing: "microsoft.foo/bars", Reason: "no rule maps this type", Count: 4},
				{Kind: evidence.InputNotUnderstood, Input: "d", Line: 12, Reason: "ends in the middle", Help: "export again"},
			},
		},
		Snapshot: &evidence.Snapshot{Resources: resources(1234)},
	}
}

// resources makes n things, each of which was seen twice.
func resources(n int) (rs []evidence.Resource) {
	for i := range n {
		r := evidence.Resource{ID: fmt.Sprint("r", i)}
		rs = append(rs, r, r)
	}
	return rs
}

func TestSummaryInWords(t *testing.T) {
	c := newConsole(t, func(context.Context) (*discover.Result, error) { return sample(), nil })
	if code := c.run(t.Context(), "scan", "in.json", "--explain"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	want := `Contoso, as of 2026-01-31T10:00:00Z

  Inputs                4  2 azure, 1 not understood, 1 terraform-state
  Resources         1,234  1,230 classified, 4 of a type without a rule
  Elements              4  1 person, 1 software system, 2 containers
  Relationships         3  1 certain, 2 may
  References        1,000  600 shown, 300 nested, 50 hidden, 49 unresolved (4.9 %), 1 ambiguous
  Not read              6
  Time              1.4 s

1 file written to arch

What became of every reference
  1,000 found = 600 shown + 300 nested + 50 hidden + 49 unresolved + 1 ambiguous
  A second counter, which knows no rules, saw 998 of them and missed 2 that a rule resolved.

By rule
  R1               shown           600  a setting names a host
  none             unresolved       49

Unresolved (1)
  a:7  web settings.HOST = "x.example` + "\uFFFD" + `[2J"
      nothing scanned has this host

Ambiguous: no line is drawn (1)
  b:9  api db = "db"
      it may be: db1, db2
`
	if got := c.out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	wantErr := `c4arch: warning: 6 things could not be read:
  d:12: ends in the middle
      export again
  a:5 microsoft.foo/bars (4): no rule maps this type
  a:3 settings: withheld
      ask for the role
`
	if got := c.err.String(); got != wantErr {
		t.Errorf("got\n%s\nwant\n%s", got, wantErr)
	}
}

func TestSummaryAsJSON(t *testing.T) {
	empty := &discover.Result{Model: &c4.Model{}, Snapshot: &evidence.Snapshot{}}
	c := newConsole(t, func(context.Context) (*discover.Result, error) { return empty, nil })
	if code := c.run(t.Context(), "scan", "in.json", "--json"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	var got map[string]any
	if err := json.Unmarshal(c.out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"inputs": "[]", "notRead": "[]", "resources": "0", "durationMs": "1400", "files": "[a.txt]",
		"relationshipsByConfidence": "map[certain:0 high:0 may:0]", "references": "map[ambiguous:0 found:0 hidden:0 nested:0 shown:0 unresolved:0]",
	} {
		if fmt.Sprint(got[name]) != want {
			t.Errorf("%s is %v, want %s", name, got[name], want)
		}
	}
	if _, there := got["account"]; there {
		t.Error("account without --explain")
	}
}

func TestExitCodes(t *testing.T) {
	c := newConsole(t, func(context.Context) (*discover.Result, error) { return sample(), nil })
	for _, x := range []struct {
		args string
		want int
	}{
		{"scan in.json", 0},
		{"scan in.json --strict", 3},
		{"scan in.json --strict --json", 3},
		{"scan", 1},
		{"scan in.json --format nope", 1},
		{"scan in.json --format=", 1},
		{"scan in.json --output=", 1},
		{"nope", 1},
		{"version", 0},
		{"", 0},
		{"help", 0},
		{"scan --help", 0},
	} {
		if code := c.run(t.Context(), strings.Fields(x.args)...); code != x.want {
			t.Errorf("c4arch %s: %d, want %d; %s", x.args, code, x.want, &c.err)
		}
		if x.want == 1 && (c.out.Len() > 0 || !strings.HasPrefix(c.err.String(), "c4arch: ")) {
			t.Errorf("c4arch %s: %q, %q", x.args, &c.out, &c.err)
		}
	}
}

func TestInterruptedLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := newConsole(t, func(context.Context) (*discover.Result, error) { cancel(); return sample(), nil })
	if code := c.run(ctx, "scan", "in.json"); code != 1 || c.err.String() != "c4arch: interrupted; nothing was written\n" || c.out.Len() > 0 {
		t.Errorf("%d, %q, %q", code, &c.out, &c.err)
	}
	if left, _ := filepath.Glob("*arch*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(".arch*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFormatThatFailsLeavesTheEarlierOutput(t *testing.T) {
	c := newConsole(t, func(context.Context) (*discover.Result, error) { return sample(), nil })
	if code := c.run(t.Context(), "scan", "in.json"); code != 0 {
		t.Fatal(c.err.String())
	}
	write := c.Write
	c.Write = func(ctx context.Context, a Architecture, d Drawing, to Sink, drawn func(int, int)) (*placement.File, error) {
		if _, err := write(ctx, a, d, to, drawn); err != nil {
			return nil, err
		}
		return nil, errors.New("disk full")
	}
	if code := c.run(t.Context(), "scan", "in.json"); code != 1 || !strings.Contains(c.err.String(), "disk full") {
		t.Errorf("%d, %q", code, &c.err)
	}
	entries, _ := os.ReadDir(".")
	if text, err := os.ReadFile("arch/a.txt"); string(text) != "Contoso" || len(entries) != 2 {
		t.Errorf("%q, %v, %v", text, err, entries)
	}
}

func TestPanicIsAnErrorWithoutItsWords(t *testing.T) {
	c := newConsole(t, func(context.Context) (*discover.Result, error) { panic("hunter2") })
	if code := c.run(t.Context(), "scan", "in.json"); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if got := c.err.String(); strings.Contains(got, "hunter2") || !strings.Contains(got, "a defect of c4arch") || !strings.Contains(got, "run_test.go:") {
		t.Errorf("%q", got)
	}
}

// full is a stream to a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestResultThatCannotBePrinted(t *testing.T) {
	c := newConsole(t, func(context.Context) (*discover.Result, error) { return sample(), nil })
	c.env.Stdout = full{}
	for _, args := range []string{"scan in.json", "scan in.json --json", "version", "version --json"} {
		if code := c.run(t.Context(), strings.Fields(args)...); code != 1 || !strings.Contains(c.err.String(), "no space left") {
			t.Errorf("%s: %d, %q", args, code, &c.err)
		}
	}
}

func TestNothingFoundTellsWhatCouldNotBeRead(t *testing.T) {
	c := newConsole(t, func(context.Context) (*discover.Result, error) {
		return nil, &discover.NothingFound{Paths: []string{"in.json"}, Inputs: []evidence.InputSummary{{Name: "in.json"}}, NotRead: []evidence.NotRead{{Kind: evidence.InputNotUnderstood, Input: "in.json", Line: 12, Reason: "ends in the middle", Help: "export again"}}}
	})
	if code := c.run(t.Context(), "scan", "in.json"); code != 1 {
		t.Errorf("exit code %d", code)
	}
	want := "c4arch: warning: 1 thing could not be read:\n  in.json:12: ends in the middle\n      export again\n" +
		"c4arch: no resources were found in in.json: 1 input not understood\n        " + discover.Readable + "\n"
	if got := c.err.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNotReadIsGroupedAndCut(t *testing.T) {
	res := sample()
	res.Model.NotRead = nil
	for i := range 25 {
		for j := range 5 {
			res.Model.NotRead = append(res.Model.NotRead, evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: fmt.Sprintf("f%d-%d", i, j), Reason: fmt.Sprintf("reason %d", i)})
		}
	}
	c := newConsole(t, func(context.Context) (*discover.Result, error) { return res, nil })
	c.run(t.Context(), "scan", "in.json")
	lines := strings.Split(strings.TrimSpace(c.err.String()), "\n")
	if len(lines) != 12 || lines[1] != "  f0-0, f0-1, f0-2 and 2 more: reason 0" || lines[11] != "  and 15 more problems" {
		t.Errorf("%q", lines)
	}
	c.run(t.Context(), "scan", "in.json", "--quiet")
	if c.err.String() != "c4arch: warning: 125 things could not be read\n" || c.out.Len() > 0 {
		t.Errorf("%q, %q", &c.out, &c.err)
	}
}

func TestProgressLine(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(Env{Stderr: &b, StderrTerminal: true, Width: 30, Getenv: func(string) string { return "" }, Now: func() time.Time { return now }}, false)
	p.scan(discover.Progress{Stage: discover.Reading, Done: 1, Total: 3, Resources: 12345})
	p.scan(discover.Progress{Stage: discover.Reading, Done: 2, Total: 3}) // too soon
	now = now.Add(time.Second)
	p.scan(discover.Progress{Stage: discover.Deriving, Done: 1, Total: 4})
	p.clear()
	p.clear()
	if got, want := b.String(), "\r\x1b[KReading: 1 of 3 files, 12,34…\r\x1b[KDeriving: 25 %\r\x1b[K"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNameOf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop.d")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.json")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, paths := range map[string][]string{"shop.d": {dir}, "Architecture": {"-"}} {
		if got := nameOf(paths); got != want {
			t.Errorf("%v: %q, want %q", paths, got, want)
		}
	}
	if got := nameOf([]string{"-", file}); got != "shop.d" {
		t.Errorf("%q", got)
	}
	t.Chdir(dir)
	if got := nameOf([]string{"."}); got != "shop.d" {
		t.Errorf("%q", got)
	}
}

func TestVersion(t *testing.T) {
	b := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.modified", Value: "true"},
	}}
	if got := versionOf(b).String(); !strings.HasPrefix(got, "c4arch v1.2.3, revision 0123456789ab with changes, go1.26.8, ") {
		t.Errorf("%q", got)
	}
	if got := versionOf(nil).Version; got != "(devel)" {
		t.Errorf("%q", got)
	}
}
