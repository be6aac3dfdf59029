package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"c4arch/internal/app"
	"c4arch/internal/inbound/cli"
)

// told is what a server has written, and tells when it has written its link.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
	link chan string
	once sync.Once
}

var setupLink = regexp.MustCompile(`http://\S+/setup#code=\S+`)

func (o *told) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.text.Write(p)
	if link := setupLink.FindString(o.text.String()); link != "" && bytes.HasSuffix(o.text.Bytes(), []byte("\n")) {
		o.once.Do(func() { o.link <- link })
	}
	return n, err
}

// TestHostedScripts runs the scripts of testdata/hosted, each with a new server in this process: $LINK is its one-time link, $SERVER its address.
func TestHostedScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/hosted", RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, ".home"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, ".home", "config"))
			root, err := filepath.Abs("../../..")
			if err != nil {
				return err
			}
			e.Setenv("ROOT", root)
			out, over := &told{link: make(chan string, 1)}, make(chan int, 1)
			ctx, stop := context.WithCancel(context.Background())
			data := filepath.Join(e.WorkDir, ".data")
			if err := os.Mkdir(data, 0o700); err != nil {
				stop()
				return err
			}
			go func() {
				over <- app.New().Run(ctx, cli.Env{
					Args: []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, Stdin: bytes.NewReader(nil), Stdout: io.Discard, Stderr: out,
					Getenv: func(string) string { return "" }, Now: time.Now,
				})
			}()
			e.Defer(func() { stop(); <-over })
			select {
			case link := <-out.link:
				e.Setenv("LINK", link)
				e.Setenv("SERVER", link[:len(link)-len(regexp.MustCompile(`/setup#.*`).FindString(link))])
				return nil
			case code := <-over:
				over <- code
				t.Errorf("the server ended with %d:\n%s", code, out.text.String())
				return io.ErrUnexpectedEOF
			}
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"json": cmdJSON, "exitcode": cmdExitCode, "mode": cmdMode, "take": cmdTake},
	})
}

// cmdTake is "take FILE PATH TO": the value at the path of a JSON file is written to another.
func cmdTake(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: take FILE PATH TO")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for step := range strings.SplitSeq(args[1], ".") {
		v = stepInto(v, step)
	}
	text, ok := v.(string)
	if !ok {
		ts.Fatalf("%s: there is no %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text+"\n"), 0o600))
}
