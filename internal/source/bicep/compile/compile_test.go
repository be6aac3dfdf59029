//go:build unix

package compile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

// stand puts a script that stands in for bicep on PATH: the real one cannot be had everywhere that tests run.
func stand(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bicep"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return dir
}

func getenv(name string) string {
	return map[string]string{"HOME": "/home/nobody", "SECRET": "hunter2"}[name]
}

var files = map[string][]byte{"infra/main.bicep": []byte("module"), "infra/modules/web.bicep": []byte("web"), "bicepconfig.json": []byte("{}")}

func TestWhatTheCommandSees(t *testing.T) {
	t.Setenv("SECRET", "hunter2")
	log := filepath.Join(t.TempDir(), "log")
	stand(t, `{ echo "$@"; pwd; find . -type f | sort; cat infra/modules/web.bicep; env; } > `+log+`
echo '{"resources": []}'`)
	out, err := Find(getenv, Limits{})(context.Background(), files, "infra/main.bicep")
	if err != nil || strings.TrimSpace(string(out)) != `{"resources": []}` {
		t.Fatalf("%s, %v", out, err)
	}
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	saw := string(data)
	lines := strings.Split(saw, "\n")
	if !strings.HasPrefix(lines[0], "build --stdout --no-restore /") || !strings.HasSuffix(lines[0], "/infra/main.bicep") {
		t.Errorf("arguments: %s", lines[0])
	}
	for _, want := range []string{"./bicepconfig.json\n./infra/main.bicep\n./infra/modules/web.bicep\nweb", "HOME=/home/nobody\n", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1\n"} {
		if !strings.Contains(saw, want) {
			t.Errorf("it does not see %q:\n%s", want, saw)
		}
	}
	for _, bad := range []string{"hunter2", "GOPATH=", "USER="} {
		if strings.Contains(saw, bad) {
			t.Errorf("it sees %s", bad)
		}
	}
	if _, err := os.Stat(lines[1]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copies are left behind in %s: %v", lines[1], err)
	}
}

func TestWhatCanGoWrong(t *testing.T) {
	for _, c := range []struct {
		what, script string
		lim          Limits
		kind         fault.Kind
		want         string
	}{
		{"it says why", `echo "WARNING: something" >&2
echo "$PWD/infra/main.bicep(1,1) : Warning no-unused-params: Parameter \"x\" [https://aka.ms/x]" >&2
echo "$PWD/infra/modules/web.bicep(2,2) : Error BCP018: Expected the \"=\" character. [https://aka.ms/bicep/core-diagnostics#BCP018]" >&2
echo "$PWD/infra/main.bicep(7,3) : Error BCP033: Expected a value of type \"int\" but the provided value is of type \"'hunter2'\". [https://aka.ms/x]" >&2
exit 1`, Limits{}, fault.Invalid, "line 7: bicep says BCP033: Expected a value of type ... but the provided value is of type ...."},
		{
			"a module is wrong", `echo "$PWD/infra/modules/web.bicep(2,2) : Error BCP190: The artifact with reference \"br:contoso.azurecr.io/x:v1\" has not been restored." >&2; exit 1`,
			Limits{},
			fault.Invalid, "bicep says BCP190: The artifact with reference ... has not been restored.",
		},
		{"it says nothing", `exit 3`, Limits{}, fault.Invalid, "bicep cannot compile it"},
		{"it gives nothing", `exit 0`, Limits{}, fault.Invalid, "bicep cannot compile it"},
		{"it says too much", `while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; done`, Limits{Time: 300 * time.Millisecond}, fault.Limited, "took longer than 300ms"},
		{"it gives too much", `while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done`, Limits{Output: 1 << 20}, fault.Limited, "more than 1 MiB"},
		{"it hangs", `sleep 600`, Limits{Time: 200 * time.Millisecond}, fault.Limited, "took longer than 200ms"},
		{"what it started hangs", `sleep 600 & 
echo '{'
wait`, Limits{Time: 200 * time.Millisecond}, fault.Limited, "took longer than 200ms"},
	} {
		t.Run(c.what, func(t *testing.T) {
			stand(t, c.script)
			began := time.Now()
			out, err := Find(getenv, c.lim)(context.Background(), files, "infra/main.bicep")
			if err == nil || out != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %v", out, err)
			}
			if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "c4arch-bicep-")) {
				t.Errorf("the error tells too much: %v", err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A child that outlives its parent ends with it all the same: then the pipe that it holds open has an end.
func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	pipe, ready := filepath.Join(dir, "pipe"), filepath.Join(dir, "ready")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	stand(t, `(exec 3>`+pipe+`; : >`+ready+`; sleep 600) >/dev/null 2>&1 &
while [ ! -e `+ready+` ]; do sleep 0.01; done
echo '{}'`)
	ended := make(chan error, 1)
	go func() {
		f, err := os.Open(pipe) // waits for the child
		if err == nil {
			_, err = io.Copy(io.Discard, f)
			f.Close()
		}
		ended <- err
	}()
	if _, err := Find(getenv, Limits{})(context.Background(), files, "infra/main.bicep"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("a child of the command lived on")
	}
}

func TestTheEndOfTheScanEndsIt(t *testing.T) {
	stand(t, `sleep 600`)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := Find(getenv, Limits{})(ctx, files, "infra/main.bicep"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestWhereItIsLookedFor(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if Find(getenv, Limits{}) != nil {
		t.Error("found where there is none")
	}
	dir := stand(t, "echo")
	t.Chdir(dir)
	t.Setenv("PATH", ".")
	if Find(getenv, Limits{}) != nil {
		t.Error("found in the working directory")
	}
}

func TestNamesCannotLeaveTheDirectory(t *testing.T) {
	stand(t, `echo '{}'`)
	if _, err := Find(getenv, Limits{})(context.Background(), map[string][]byte{"../x": nil}, "../x"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
