package layering

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const root = "../.."

func TestWhoImportsWhom(t *testing.T) {
	pkgs, _, err := read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 5 {
		t.Fatalf("only %d packages found: this test looks in the wrong place", len(pkgs))
	}
	for _, b := range check(pkgs, table, dependencies) {
		t.Error(b)
	}
}

// The table must be able to refuse: each line below breaks one rule.
func TestTheTableRefuses(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"internal/base/x/x.go", `package x; import _ "c4arch/internal/arch/c4"`, "may import itself"},
		{"internal/base/x/x.go", `package x; import _ "os"`, "may not"},
		{"internal/base/x/x.go", `package x; import _ "net/http/httptrace"`, "may not"},
		{"internal/base/x/x.go", `package x; import _ "math/rand/v2"`, "no randomness"},
		{"internal/base/x/x.go", `package x; import "time"; var t = time.Now`, "handed the time"},
		{"internal/base/x/x.go", `package x; import clock "time"; var t = clock.Since`, "handed the time"},
		{"internal/base/x/x.go", `package x; func init() {}`, "func init"},
		{"internal/base/x/x.go", `package x; import _ "github.com/none/such"`, "not in the table"},
		{"internal/base/x/x.go", `package x; import _ "github.com/spf13/cobra"`, "belongs to"},
		{"internal/base/x/x.go", `package x; import _ "pgregory.net/rapid"`, "for tests only"},
		{"internal/arch/c4/x.go", `package c4; import _ "database/sql"`, "may not"},
		{"internal/arch/c4/x.go", `package c4; import _ "log"`, "may not"},
		{"internal/arch/c4/x.go", `package c4; import _ "c4arch/internal/account/access"`, "may import itself"},
		{"internal/trust/legal/x.go", `package legal; import _ "c4arch/internal/trust/ledger"`, "never imports another"},
		{"internal/render/svg/x.go", `package svg; import _ "c4arch/internal/render/mermaid"`, "never imports another"},
		{"internal/render/svg/x.go", `package svg; import _ "c4arch/internal/service/discover"`, "may import itself"},
		{"internal/service/discover/x.go", `package discover; import _ "c4arch/internal/source/files"`, "may import itself"},
		{"internal/service/discover/x.go", `package discover; import _ "c4arch/internal/render/svg"`, "may import itself"},
		{"internal/service/discover/x.go", `package discover; import _ "os"`, "may not"},
		{"internal/service/discover/x.go", `package discover; import _ "c4arch/internal/service/detect"`, "never imports another"},
		{"internal/source/kube/x.go", `package kube; import _ "c4arch/internal/source/azure"`, "never imports another"},
		{"internal/source/kube/x.go", `package kube; import _ "c4arch/internal/arch/c4"`, "may import itself"},
		{"internal/source/kube/x.go", `package kube; import _ "os/exec"`, "nothing here may"},
		{"internal/source/bicep/x.go", `package bicep; import _ "os/exec"`, "nothing here may"},
		{"internal/source/bicep/x.go", `package bicep; import _ "c4arch/internal/source/bicep/compile"`, "only internal/app may"},
		{"internal/source/bicep/compile/x.go", `package compile; import _ "plugin"`, "nothing here may"},
		{"internal/source/bicep/compile/x.go", `package compile; import _ "net/http"`, "may not"},
		{"internal/inbound/cli/x.go", `package cli; import _ "c4arch/internal/source/files"`, "may import itself"},
		{"internal/inbound/cli/x.go", `package cli; import _ "c4arch/internal/inbound/portal"`, "never imports another"},
		{"internal/inbound/cli/x.go", `package cli; import "os"; var x = os.Exit`, "only main may"},
		{"internal/inbound/cli/x.go", `package cli; import _ "c4arch/internal/app"`, "only internal/app, cmd/c4arch, test may"},
		{"internal/app/x.go", `package app; import _ "c4arch/internal/render/rendertest"`, "there for tests"},
		{"internal/app/x.go", `package app; import _ "c4arch/test/gen"`, "only test may"},
		{"cmd/c4arch/main.go", `package main; import _ "c4arch/internal/arch/c4"`, "may import itself"},
		{"internal/app/x.go", `package app; import "net"; var x = net.Dial`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net"; var x net.Dialer`, "internal/egress"},
		{"internal/app/x.go", `package app; import n "net"; var x = n.DialTimeout`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net"; var x = net.LookupHost`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net"; var x = &net.Resolver{}`, "internal/egress"},
		{"internal/app/x.go", `package app; import . "net"; var x = Dial`, "internal/egress"},
		{"internal/app/x.go", `package app; import "crypto/tls"; var x = tls.DialWithDialer`, "internal/egress"},
		{"internal/app/x.go", `package app; import "crypto/tls"; var x = tls.Config{InsecureSkipVerify: true}`, "internal/egress"},
		{"internal/app/x.go", `package app; import "crypto/tls"; func f(c *tls.Config) { c.InsecureSkipVerify = true }`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x = http.Get`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x = http.PostForm`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x = http.DefaultClient`, "internal/egress"},
		{"internal/app/x.go", `package app; import web "net/http"; var x = web.DefaultTransport`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x = &http.Client{}`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x http.Client`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x = new(http.Client)`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; type x struct{ c http.Client }`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http"; var x = &http.Transport{}`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/http/httputil"; var x = &httputil.ReverseProxy{}`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/smtp"; var x = smtp.SendMail`, "internal/egress"},
		{"internal/app/x.go", `package app; import "net/rpc"; var x = rpc.DialHTTP`, "internal/egress"},
		{"internal/app/x.go", `package app; import "syscall"; var x = syscall.Connect`, "internal/egress"},
		{"internal/keys/x/x.go", `package x; import "net"; var x = net.DialTCP`, "internal/egress"},
		{"internal/store/blob/x.go", `package blob; import "net/http"; var x = http.Post`, "internal/egress"},
		{"internal/inbound/api/x.go", `package api; import "net/http"; var x = http.Head`, "internal/egress"},
		{"internal/outbound/x/x.go", `package x; import "net/http"; var x = http.Client{Timeout: 1}`, "internal/egress"},
		{"cmd/c4arch/main.go", `package main; import "net"; var x = net.DialUDP`, "internal/egress"},
		{"internal/util/x.go", `package util`, "on no floor"},
		{"pkg/x.go", `package pkg`, "on no floor"},
	} {
		pkgs, _, err := read(fstest.MapFS{c.file: {Data: []byte(c.text)}})
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if bad := check(pkgs, table, dependencies); len(bad) != 1 || !strings.Contains(bad[0], c.want) {
			t.Errorf("%s in %s: got %q, want one with %q", c.text, c.file, bad, c.want)
		}
	}
}

func TestTheTableAllows(t *testing.T) {
	for file, text := range map[string]string{
		"internal/base/x/x.go":               `package x; import ("time"; "net/url"; _ "c4arch/internal/base/tree"); var _ time.Time; var _ url.URL`,
		"internal/base/tree/x.go":            `package x; import _ "go.yaml.in/yaml/v3"`,
		"internal/render/svg/x.go":           `package svg; import (_ "c4arch/internal/render/layout"; _ "c4arch/internal/render/svg/path"; _ "c4arch/internal/arch/c4")`,
		"internal/source/files/x.go":         `package files; import (_ "os"; _ "c4arch/internal/arch/evidence")`,
		"internal/source/bicep/compile/x.go": `package compile; import (_ "os/exec"; _ "c4arch/internal/base/fault")`,
		"internal/inbound/cli/x.go":          `package cli; import (_ "os"; _ "c4arch/internal/service/discover"; _ "c4arch/internal/render/svg"; _ "github.com/spf13/cobra")`,
		"internal/app/x.go":                  `package app; import (_ "c4arch/internal/source/files"; _ "c4arch/internal/inbound/cli"; "time"); var now = time.Now`,
		"internal/app/x_test.go":             `package app; import (_ "os/exec"; _ "pgregory.net/rapid")`,
		"internal/egress/x.go":               `package egress; import ("net"; "net/http"); var d net.Dialer; var c = &http.Client{Transport: &http.Transport{DialContext: d.DialContext}}`,
		"internal/keys/x/x.go":               `package x; import ("net"; "net/http"); func f(c *http.Client, l net.Listener) error { _, err := http.NewRequest("GET", "", nil); return err }; type y struct { c *http.Client }`,
		"internal/app/serve/x.go":            `package serve; import ("net"; "net/http"; "crypto/tls"); var s = &http.Server{TLSConfig: &tls.Config{}}; var l = net.Listen; var h = net.JoinHostPort; func ok(c *tls.Config) bool { return !c.InsecureSkipVerify }`,
		"cmd/c4arch/main.go":                 `package main; import ("os"; _ "c4arch/internal/app"); var x = os.Exit`,
		"tools/x.go":                         `package tools; import _ "unsafe"`,
		"test/gen/main.go":                   `package main; import (_ "math/rand/v2"; _ "os/exec"; _ "c4arch/internal/app")`,
		"internal/render/rendertest/x.go":    `package rendertest; import _ "pgregory.net/rapid"`,
	} {
		tree := fstest.MapFS{file: {Data: []byte(text)}, "tools/go.mod": {Data: []byte("module x")}}
		pkgs, _, err := read(tree)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		bad := check(pkgs, table, dependencies)
		if len(bad) > 0 {
			t.Errorf("%s: %q", file, bad)
		}
	}
}

// An exception that nothing needs any more is removed, so that the next one is seen.
func TestEveryExceptionOfTheDialerIsNeeded(t *testing.T) {
	pkgs, _, err := read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for file, x := range outwards {
		if x.why == "" {
			t.Errorf("%s has no reason", file)
		}
		for _, name := range x.names {
			uses := func(c use) bool { return strings.TrimSuffix(c.name, "!") == name && strings.HasPrefix(c.at, file+":") }
			if !slices.ContainsFunc(pkgs, func(p pkg) bool { return slices.ContainsFunc(p.calls, uses) }) {
				t.Errorf("%s does not use %s: remove it from the table", file, name)
			}
		}
	}
}

// requires returns the modules that go.mod requires directly.
func requires(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var direct []string
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "require ("):
			inside = true
			continue
		case line == ")":
			inside = false
		}
		line, single := strings.CutPrefix(line, "require ")
		if f := strings.Fields(line); (inside || single) && len(f) >= 2 && !strings.HasSuffix(line, "// indirect") {
			direct = append(direct, f[0])
		}
	}
	if len(direct) == 0 {
		t.Fatal("go.mod requires nothing: this test reads it wrongly")
	}
	return direct
}

func TestEveryDependencyHasAReason(t *testing.T) {
	direct := requires(t)
	for _, m := range direct {
		if !slices.ContainsFunc(dependencies, func(d dependency) bool { return d.module == m }) {
			t.Errorf("go.mod requires %s, which is not in the table of dependencies: say there what it is for", m)
		}
	}
	for _, d := range dependencies {
		if !slices.Contains(direct, d.module) {
			t.Errorf("the table names %s, which go.mod does not require: remove the line", d.module)
		}
		if d.why == "" {
			t.Errorf("%s has no reason", d.module)
		}
	}
}

func TestEveryDependencyIsImported(t *testing.T) {
	pkgs, tests, err := read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dependencies {
		is := func(u use) bool { return under(u.name, d.module) }
		inCode := slices.ContainsFunc(pkgs, func(p pkg) bool { return slices.ContainsFunc(p.imports, is) })
		switch {
		case !inCode && !slices.ContainsFunc(tests, is):
			t.Errorf("nothing imports %s: remove it from go.mod and from the table", d.module)
		case !inCode && !d.tests:
			t.Errorf("only tests import %s: say so in the table", d.module)
		}
	}
}

// What is for tests does not reach the program, not even through another module.
func TestTheProgramHasNoTestModules(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/...")
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	modules := strings.Fields(string(out))
	if !slices.Contains(modules, module) {
		t.Fatalf("go list names no package of %s: %q", module, modules)
	}
	for _, d := range dependencies {
		if !d.tests {
			continue
		}
		switch in := slices.Contains(modules, d.module); {
		case in && !slices.Contains(modules, d.through):
			t.Errorf("%s is for tests only and is part of the program", d.module)
		case !in && d.through != "":
			t.Errorf("%s does not bring %s into the program any more: say so in the table", d.through, d.module)
		}
	}
}
