package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that keeps what it is told.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.said = append(r.said, format) }

type stopped struct{}

func (r *recorder) Fatal(args ...any) { panic(stopped{}) }

func TestCheck(t *testing.T) {
	t.Chdir(t.TempDir())
	missing := func() (fatal bool) {
		defer func() { fatal = recover() == stopped{} }()
		Check(&recorder{TB: t}, "sub/a.txt", "one")
		return false
	}
	if !missing() {
		t.Error("a file that is not there passes")
	}
	*update = true
	Check(t, "sub/a.txt", "one")
	*update = false
	if b, err := os.ReadFile(filepath.Join("testdata", "sub", "a.txt")); err != nil || string(b) != "one" {
		t.Errorf("written: %q, %v", b, err)
	}
	Check(t, "sub/a.txt", []byte("one"))
	r := &recorder{TB: t}
	if Check(r, "sub/a.txt", "two"); len(r.said) != 1 || !strings.Contains(r.said[0], "differs") {
		t.Errorf("another text: %q", r.said)
	}
}
