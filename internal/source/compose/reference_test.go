package compose

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"

	"c4arch/internal/base/tree"
	"c4arch/internal/source/sourcetest"
)

// reference loads a project from disk as docker compose does, all variables set.
func reference(t *testing.T, dir string, env types.Mapping) *types.Project {
	t.Helper()
	dotenvVars, err := dotenv.GetEnvFromFile(env, []string{filepath.Join(dir, ".env")})
	if err != nil {
		t.Fatal(err)
	}
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml")}, {Filename: filepath.Join(dir, "compose.override.yaml")}},
		Environment: env.Clone().Merge(dotenvVars),
	}, loader.WithProfiles([]string{"*"}), func(o *loader.Options) { o.SetProjectName("shop", false) })
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// TestAgainstReference reads a project with every variable set, here through the file
// system that the reader gets and there as the reference loader opens the files itself.
func TestAgainstReference(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS("testdata/shop")); err != nil {
		t.Fatal(err)
	}
	more := map[string]string{
		"WEB_PORT": "80", "BIND_ADDRESS": "127.0.0.1", "ADMIN_PORT": "9", "DATA_DIR": "./data",
		"DB_REPLICAS": "2", "SCHEMA": "public", "VHOST": "v", "X": "x", "ORDERS_PORT": "1",
	}
	var lines strings.Builder
	for _, k := range sorted(more) {
		fmt.Fprintf(&lines, "%s=%s\n", k, more[k])
	}
	for name, text := range map[string]string{".env": lines.String(), "absent.env": "LEVEL=deep\nLATE=1\n"} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := reference(t, dir, types.Mapping{})
	c := read(t, os.DirFS(dir), "compose.yaml", "")
	if lacks := c.Missing; len(lacks) != 0 {
		t.Errorf("not read: %+v", lacks)
	}
	services := 0
	for name, s := range want.Services {
		services++
		got := summary(t, c, "compose:"+want.Name+"/"+name)
		var ref []string
		add := func(key, value string) { ref = append(ref, key+"="+value) }
		add("image", s.Image)
		for k, v := range s.Environment {
			add("env."+k, *v)
		}
		for k, v := range s.Labels {
			add("label."+k, v)
		}
		for k := range s.Networks {
			add("network", k)
		}
		for k, d := range s.DependsOn {
			add("depends", k+":"+d.Condition)
		}
		for _, p := range s.Ports {
			add("port", fmt.Sprintf("%s:%s:%d/%s", p.HostIP, p.Published, p.Target, p.Protocol))
		}
		for _, v := range s.Volumes {
			add("volume", v.Type+":"+strings.TrimPrefix(v.Source, dir+"/")+":"+v.Target)
		}
		if s.Build != nil {
			rel, _ := filepath.Rel(dir, s.Build.Context)
			add("build", rel)
		}
		for _, p := range s.Profiles {
			add("profile", p)
		}
		slices.Sort(ref)
		if !slices.Equal(got, ref) {
			t.Errorf("%s\nread      %v\nreference %v", name, got, ref)
		}
	}
	if services != 5 {
		t.Errorf("the reference has %d services", services)
	}
	for name := range want.Networks {
		c.ByID(t, "compose:"+want.Name+"/network/"+name)
	}
	for name := range want.Volumes {
		c.ByID(t, "compose:"+want.Name+"/volume/"+name)
	}
}

func summary(t *testing.T, c *sourcetest.Sink, id string) []string {
	t.Helper()
	d := c.ByID(t, id)
	var all []string
	add := func(key, value string) { all = append(all, key+"="+value) }
	add("image", d.Props.Get("image").Str())
	for section, key := range map[string]string{"environment": "env.", "labels": "label."} {
		for _, m := range d.Props.Get(section).Fields() {
			add(key+m.Name, m.Value.Text)
		}
	}
	for _, m := range d.Props.Get("networks").Fields() {
		add("network", m.Name)
	}
	for _, m := range d.Props.Get("depends_on").Fields() {
		add("depends", m.Name+":"+m.Value.Get("condition").Str())
	}
	at := func(v *tree.Value, name string) string {
		if m := v.Get(name); m != nil {
			return m.Text
		}
		return ""
	}
	for _, p := range d.Props.Get("ports").List() {
		add("port", fmt.Sprintf("%s:%s:%s/%s", at(&p, "host_ip"), at(&p, "published"), at(&p, "target"), at(&p, "protocol")))
	}
	for _, v := range d.Props.Get("volumes").List() {
		add("volume", at(&v, "type")+":"+strings.TrimPrefix(at(&v, "source"), "./")+":"+at(&v, "target"))
	}
	if b := d.Props.Get("build"); b != nil {
		add("build", filepath.Clean(b.Get("context").Str()))
	}
	for _, p := range d.Props.Get("profiles").List() {
		add("profile", p.Text)
	}
	slices.Sort(all)
	return all
}

// FuzzExpand: where every variable that an expression must have is set, the result is
// that of the reference implementation; otherwise no expression is lost.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{
		"$A", "${A}b", "${A:-x}", "${N:-x}", "${N-${A}}", "${N:-${M:-y}}z", "${A:+s}", "${N:+s}", "$$A", "${A:?m}", "${E:-d}${E-d}",
		"a$", "${", "${}", "$1", "${A", "${N:-a}${N:-b}", "{$A}", "${N:?m}", "${E:?m}", "${N}", "$N-${M}", "${N:?{x}}", "${A:-{}}",
	} {
		f.Add(s)
	}
	env := map[string]string{"A": "va", "E": "", "B": "$A"}
	find := func(n string) (string, bool) { v, ok := env[n]; return v, ok }
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 || strings.Contains(text, "\xe2") || strings.ContainsAny(text, "ſK") {
			return
		}
		v := newVariables(nil)
		got, err := v.expand(text, find)
		if err != nil {
			return
		}
		if !v.holds(got) {
			if want, err := template.Substitute(text, find); err == nil && want != got && len(v.exprs) == 0 {
				t.Fatalf("%q is %q, the reference has %q", text, got, want)
			}
			return
		}
		back := v.restore(got)
		if v.holds(back) && !strings.Contains(text, v.prefix) {
			t.Fatalf("%q keeps a placeholder: %q", text, back)
		}
		for _, e := range v.exprs {
			if !strings.Contains(text, e.text) && e.text != "" {
				t.Fatalf("%q: expression %q is not in it", text, e.text)
			}
		}
	})
}
