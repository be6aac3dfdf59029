package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// FuzzRead: whatever a file holds, reading it ends, breaks nothing, gives the same twice, and what it hands on is sound.
func FuzzRead(f *testing.F) {
	seeds, err := filepath.Glob("testdata/planned/*/*.tf*")
	if err != nil || len(seeds) == 0 {
		f.Fatal(seeds, err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.HasSuffix(name, ".json"), string(data))
	}
	for _, s := range []string{
		`resource "x_y" "z" { v = "${x_y.w["a"].b[0].c}-${each.key}" }`,
		"variable \"v\" { type = object({ a = optional(list(string), [\"x\"]) }) }\nresource \"x_y\" \"z\" {\n  for_each = var.v.a\n  n = each.value\n  dynamic \"b\" {\n    for_each = x_y.z\n    content { v = b.value[*].q }\n  }\n}",
		"module \"m\" {\n  source = \"./m\"\n  count = 2\n  in = [for k, v in { a = 1 } : v...]\n}\nmoved {\n  from = x_y.a[0]\n  to = module.m\n}\nimport {\n  to = x_y.z[each.key]\n  for_each = { a = 1 }\n  id = each.value\n}",
		"locals {\n  a = local.b\n  b = [local.a, sensitive(\"x\"), toset([local.a])]\n}\nresource \"x_y\" \"z\" {\n  a = merge({ for s in local.b : \"k${s}\" => s... }, null)\n  b = try(one(local.b), jsonencode(local.b), format(\"%s%d\", local.a, 1))\n  c = <<-EOT\n    %{ for x in local.b ~}\n    ${x}\n    %{ endfor }\n  EOT\n}",
		"provider \"x\" { alias = \"a\" }\nresource \"x_y\" \"z\" {\n  provider = x.a\n  v = true ? x_y.w[*].id : [1, { a = null }][0]\n  w = -(1 / 0) % 3 == !false\n  lifecycle { enabled = var.none }\n}\nresource \"x_y\" \"w\" { count = 2 }",
	} {
		f.Add(false, s)
	}
	f.Add(true, `{"resource":{"x_y":{"z":[{"count":"${1+1}","dynamic":{"b":{"for_each":["a"],"content":{"v":"${b.value}"}}},"t":{"u":"%{if true}x%{endif}"}}]}},"moved":{"from":"a.b","to":"c.d[\"e\"]"}}`)
	f.Fuzz(func(t *testing.T, js bool, s string) {
		if len(s) > 4096 {
			return
		}
		name := "main.tf"
		if js {
			name += ".json"
		}
		fsys := files(map[string]string{
			name: s, "x.tf": "variable \"x\" {}\nlocals { x = { a = [1, \"b\"], u = var.x } }\nresource \"x_y\" \"fixed\" { name = local.x.u }",
			"m/main.tf":     "variable \"in\" { default = 1 }\nresource \"x_y\" \"m\" { v = var.in }\noutput \"out\" { value = x_y.m.id }",
			"x.auto.tfvars": "v = { a = [\"p\"] }",
		})
		first := run(t, fsys)
		if again := run(t, fsys); again != first {
			t.Errorf("not the same twice:\n%s\n%s", first, again)
		}
	})
}

// run reads a root with little work and returns all that it gives as one text.
func run(t *testing.T, fsys fs.FS) string {
	var b strings.Builder
	o := Options{
		FS: fsys, Dir: ".", Used: func(string) {}, Part: func(string) {}, work: 2_000_000,
		NotRead: func(n Note) {
			if n.Reason == panicked || n.Reason == "" {
				t.Errorf("%+v", n)
			}
			fmt.Fprintf(&b, "%+v\n", n)
		},
	}
	n := 0
	enough := errors.New("enough")
	err := Read(context.Background(), o, func(r *Resource) error {
		if n++; n > 200 {
			return enough
		}
		sound(t, r)
		fmt.Fprintln(&b, r.Address, r.ID, r.File, r.Line, show(&r.Props), r.Expressions, r.Sensitive, r.DependsOn, r.Former)
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		t.Error(err)
	}
	return b.String()
}

// sound checks that each place of a resource is one of its properties and has a line.
func sound(t *testing.T, r *Resource) {
	if r.Address == "" || r.Type == "" || r.Line == 0 || r.File == "" {
		t.Errorf("%+v", r)
	}
	at := func(p tree.Path) bool {
		v := &r.Props
		for s := range p.Steps() {
			switch {
			case !s.IsIndex:
				v = v.Get(s.Key)
			case s.Index < len(v.List()):
				v = &v.Items[s.Index]
			default:
				v = nil
			}
			if v == nil {
				return false
			}
		}
		return true
	}
	for _, x := range r.Expressions {
		if !at(x.Path) {
			t.Errorf("%s: no property is at %q", r.Address, x.Path)
		}
	}
	for _, p := range r.Sensitive {
		if !at(p) {
			t.Errorf("%s: no property is at %q", r.Address, p)
		}
	}
	var lines func(v *tree.Value)
	lines = func(v *tree.Value) {
		if v.Line == 0 {
			t.Errorf("%s: a value without a line: %s", r.Address, show(v))
		}
		for i := range v.Items {
			lines(&v.Items[i])
		}
		for i := range v.Members {
			lines(&v.Members[i].Value)
		}
	}
	lines(&r.Props)
}
