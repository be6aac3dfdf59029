package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// load reads settings from variables and flags written as KEY=VALUE; a name with dashes is a flag.
func load(t *testing.T, settings ...string) (*Loaded, error) {
	t.Helper()
	env, flags := map[string]string{"HOME": t.TempDir()}, map[string][]string{}
	for _, s := range settings {
		k, v, _ := strings.Cut(s, "=")
		if name, ok := strings.CutPrefix(k, "--"); ok {
			flags[name] = append(flags[name], v)
		} else {
			env[k] = v
		}
	}
	return Load(Input{Flags: flags, Getenv: func(k string) string { return env[k] }})
}

func TestStrongerSourceWins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c4arch.yaml")
	file := "# comment\nlisten: 127.0.0.1:1\nlog:\n  level: warn\n  format: text\nwork:\n  workers: 7\n"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := load(t, "--config="+path, "C4ARCH_LISTEN=127.0.0.1:2", "C4ARCH_LOG_LEVEL=error", "--listen=127.0.0.1:3")
	if err != nil {
		t.Fatal(err)
	}
	if l.Server.Listen != "127.0.0.1:3" || l.Log.Level != "error" || l.Log.Format != "text" || l.Work.Workers != 7 || l.Limits.Body != 1<<20 {
		t.Errorf("got %+v", l.Config)
	}
	want := map[string]string{
		"listen": "flag --listen", "log.level": "environment C4ARCH_LOG_LEVEL", "log.format": path + " line 5",
		"work.workers": path + " line 7", "limits.body": "default",
	}
	for _, line := range l.Explain() {
		if w := want[line.Key]; w != "" && line.Source != w {
			t.Errorf("%s comes from %q, want %q", line.Key, line.Source, w)
		}
	}
}
