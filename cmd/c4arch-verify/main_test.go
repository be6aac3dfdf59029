package main

import (
	"bytes"
	"encoding/json"
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testdata = "../../internal/trust/ledger/testdata/"

func data(name string) string { return filepath.FromSlash(testdata + name) }

func text(t *testing.T, name string) string {
	b, err := os.ReadFile(data(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheCommandLine(t *testing.T) {
	logKey := strings.TrimSpace(text(t, "log.key"))
	witness := strings.TrimSpace(text(t, "witness.key"))
	other := strings.Replace(witness, "fabrikam", "contoso", 1)
	bundle := data("bundle.zip")
	for _, c := range []struct {
		args string // separated by spaces: no key and no path here has one
		code int
		out  string // the beginning of stdout
		err  string // a part of stderr
	}{
		{"--key " + data("log.key") + " --witness " + data("witness.key") + " --checkpoint " + data("held.checkpoint") + " " + bundle, 0, text(t, "report.txt"), ""},
		{"--json --key " + logKey + " --witness " + witness + " --checkpoint " + data("held.checkpoint") + " " + bundle, 0, text(t, "report.json"), ""},
		{bundle, 3, text(t, "report-without-a-key.txt"), ""},
		{"--key " + witness + " " + bundle, 0, "PROVEN", ""},
		{"--key " + logKey + " --witnesses 1 " + bundle, 1, "BROKEN", ""},
		{"--witness " + witness + " --witnesses 2 " + bundle, 1, "BROKEN", ""},
		{"--key " + other + " " + bundle, 1, "", "does not fit its id"},
		{"--witness " + logKey + " " + bundle, 1, "", "is the key of a log"},
		{"--key " + data("report.txt") + " " + bundle, 1, "", "line 1"},
		{"--key /none " + bundle, 1, "", "read what you gave"},
		{"--checkpoint /none " + bundle, 1, "", "read what you gave"},
		{"--checkpoint " + data("log.key") + " " + bundle, 1, "BROKEN", ""},
		{data("log.key"), 1, "", "no bundle"},
		{"..", 1, "", "no regular file"},
		{"/none", 1, "", "open the bundle"},
		{"", 1, "", "Usage"},
		{"--colour " + bundle, 1, "", "not defined"},
		{"--witnesses -1 " + bundle, 1, "", "Usage"},
		{"--help", 0, "Usage", ""},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), &stdout, &stderr)
		if code != c.code || !strings.HasPrefix(stdout.String(), c.out) || !strings.Contains(stderr.String(), c.err) || c.out == "" && stdout.Len() > 0 {
			t.Errorf("%s: exit %d, want %d\n%s\n%s", c.args, code, c.code, &stdout, &stderr)
		}
	}
}

func TestTheJSONIsJSON(t *testing.T) {
	var report struct {
		Verdict  string
		ExitCode int
		Held     []struct{ Same bool }
	}
	if err := json.Unmarshal([]byte(text(t, "report.json")), &report); err != nil || report.Verdict != "proven" || report.ExitCode != 0 || len(report.Held) != 1 || !report.Held[0].Same {
		t.Errorf("%+v: %v", report, err)
	}
}

// What makes the program worth trusting is what it cannot do: no package of it speaks to a network, runs a command or opens a database.
func TestItSpeaksToNobody(t *testing.T) {
	seen := map[string]bool{}
	var walk func(path, from string)
	walk = func(path, from string) {
		if seen[path] || path == "C" || path == "unsafe" {
			return
		}
		seen[path] = true
		switch path {
		case "net", "net/http", "os/exec", "database/sql", "plugin", "syscall/js":
			t.Errorf("%s imports %s", from, path)
			return
		}
		dir, _ := os.Getwd()
		p, err := build.Default.Import(path, dir, 0)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if p.Goroot && !strings.HasPrefix(path, "vendor/") && path != "archive/zip" && path != "encoding/json" {
			// The standard library's own packages are looked at by name; these two reach for nothing either.
			return
		}
		for _, i := range p.Imports {
			walk(i, path)
		}
	}
	walk("c4arch/cmd/c4arch-verify", "the command")
	if len(seen) < 10 || !seen["c4arch/internal/trust/ledger"] {
		t.Errorf("only %d packages were looked at", len(seen))
	}
}
