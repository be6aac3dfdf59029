package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// chainOf writes locals that each refer to the one before twice.
func chainOf(n int, first, next string) string {
	var b strings.Builder
	b.WriteString("locals {\n  v0 = " + first + "\n")
	for i := range n {
		fmt.Fprintf(&b, "  v%d = %s\n", i+1, strings.ReplaceAll(next, "@", fmt.Sprintf("local.v%d", i)))
	}
	fmt.Fprintf(&b, "}\nresource \"x_y\" \"z\" {\n  v = local.v%d\n  n = try(length(local.v%d), 0)\n  ok = \"fine\"\n}\n", n, n)
	return b.String()
}

// What would take all time or all memory is left as it stands in the code, and the rest is read.
func TestExpressionsThatExplode(t *testing.T) {
	rows := map[string]string{
		"texts that double":        chainOf(60, `"xxxxxxxxxxxxxxxx"`, `"${@}${@}"`),
		"lists that double":        chainOf(60, `["x"]`, `concat(@, @)`),
		"lists within lists":       chainOf(60, `["x"]`, `[@, @]`),
		"objects within objects":   chainOf(60, `{ a = 1 }`, `{ a = @, b = @ }`),
		"numbers that square":      chainOf(60, `10`, `@ * @`),
		"open texts":               "variable \"u\" {}\n" + chainOf(60, `var.u`, `"${@}-${@}"`),
		"open sums":                "variable \"u\" {}\n" + chainOf(60, `var.u`, `@ + @`),
		"open lists":               "variable \"u\" {}\n" + chainOf(20, `[var.u]`, `[for x in range(1000) : upper(join(",", [for y in range(100) : join(",", @)]))]`),
		"loops within loops":       "locals {\n  l = range(1000)\n}\nresource \"x_y\" \"z\" {\n  v = [for a in local.l : [for b in local.l : [for c in local.l : [for d in local.l : 1]]]]\n  ok = \"fine\"\n}",
		"loops that drop":          "locals {\n  l = range(1000)\n}\nresource \"x_y\" \"z\" {\n  v = [for a in local.l : a if length([for b in local.l : b if length([for c in local.l : c]) < 0]) > 0]\n  ok = \"fine\"\n}",
		"long templates":           "locals {\n  l = join(\"\", [for i in range(1000) : \"0123456789012345678901234567890123456789\"])\n}\nresource \"x_y\" \"z\" {\n  v = \"" + strings.Repeat("${local.l}", 5000) + "\"\n  ok = \"fine\"\n}",
		"loops without a body":     "locals {\n  l = range(1000)\n}\nresource \"x_y\" \"z\" {\n  v = [for a in local.l : [for b in local.l : [for c in local.l : 1 if false]]]\n  ok = \"fine\"\n}",
		"comparisons":              "locals {\n  l = range(1000)\n  m = [for i in range(100) : local.l]\n}\nresource \"x_y\" \"z\" {\n  v = [for a in local.l : [for b in local.l : local.m == local.m ? local.m : local.m]]\n  ok = \"fine\"\n}",
		"products of products":     "locals {\n  l = range(1000)\n}\nresource \"x_y\" \"z\" {\n  v = setproduct(local.l, local.l, local.l, local.l)\n  ok = \"fine\"\n}",
		"huge exponents":           "resource \"x_y\" \"z\" {\n  v = \"${1e999999999}\"\n  w = pow(10, 999999999)\n  x = 1e-999999999\n  j = jsondecode(\"[1e999999999]\")\n  k = \"1e999999999\" + 1\n  ok = \"fine\"\n}",
		"trying to try":            "resource \"x_y\" \"z\" {\n  v = " + strings.Repeat("try(", 150) + "nope.x" + strings.Repeat(")", 150) + "\n  ok = \"fine\"\n}",
		"conditions on conditions": "resource \"x_y\" \"z\" {\n  v = " + strings.Repeat("(", 150) + "true" + strings.Repeat(" ? true : 1)", 150) + "\n  ok = \"fine\"\n}",
		"a template of a template": "locals {\n  t = \"%{ for a in l }%{ for b in l }%{ for c in l }%{ for d in l }x%{ endfor }%{ endfor }%{ endfor }%{ endfor }\"\n}\nresource \"x_y\" \"z\" {\n  v = templatestring(local.t, { l = range(1000) })\n  ok = \"fine\"\n}",
		"many blocks":              "resource \"x_y\" \"z\" {\n  ok = \"fine\"\n  dynamic \"a\" {\n    for_each = range(1000)\n    content {\n      dynamic \"b\" {\n        for_each = range(1000)\n        content {\n          dynamic \"c\" {\n            for_each = range(1000)\n            content { v = 1 }\n          }\n        }\n      }\n    }\n  }\n}",
	}
	for name, text := range rows {
		start := time.Now()
		f := read(t, map[string]string{"main.tf": text}, func(o *Options) { o.work = maxWork / 20 })
		f.is("x_y.z", "ok", `"fine"`)
		if len(f.notes) == 0 && name != "conditions on conditions" {
			t.Errorf("%s: nothing is said", name)
		}
		for _, n := range f.notes {
			if n.Reason == panicked {
				t.Errorf("%s: %+v", name, n)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// What nests deeper than the stack of the program would take is passed over.
func TestDeepFiles(t *testing.T) {
	const n = 60_000
	rows := map[string]string{
		"brackets":    "locals { a = " + strings.Repeat("[", n) + strings.Repeat("]", n) + " }",
		"open":        "locals { a = " + strings.Repeat("(", n),
		"blocks":      strings.Repeat("a {\n", n),
		"sums":        "locals { a = " + strings.Repeat("1+", n) + "1 }",
		"signs":       "locals { a = " + strings.Repeat("-", n) + "1 }",
		"nots":        "locals { a = " + strings.Repeat("!", n) + "true }",
		"conditions":  "locals { a = " + strings.Repeat("true ? 1 : ", n) + "1 }",
		"indexes":     "locals { a = b" + strings.Repeat("[local.x]", n) + " }",
		"splats":      "locals { a = b" + strings.Repeat("[*]", n) + " }",
		"attr splats": "locals { a = b" + strings.Repeat(".*", n) + " }",
		"templates":   "locals { a = " + strings.Repeat(`"${`, n) + strings.Repeat(`}"`, n) + " }",
		"directives":  "locals { a = \"" + strings.Repeat("%{ if true }", n/10) + "\" }",
		"loops":       "locals { a = " + strings.Repeat("[for x in y : ", n/10) + strings.Repeat("]", n/10) + " }",
		"lines":       "locals { a = (" + strings.Repeat("1 +\n", n) + "1) }",
	}
	for name, text := range rows {
		f := read(t, map[string]string{"a.tf": `resource "x_y" "z" {}`, "b.tf": text}, nil)
		if len(f.all) != 1 || len(f.notes) == 0 {
			t.Errorf("%s: %q %+v", name, f.addresses(), f.notes)
		}
	}
	for name, text := range map[string]string{
		"arrays":   strings.Repeat("[", n),
		"objects":  strings.Repeat(`{"a":`, n),
		"template": `{"locals": {"a": "` + strings.Repeat("${(", n) + `"}}`,
		"type":     `{"variable": {"a": {"type": "` + strings.Repeat("list(", 10_000) + `"}}}`,
		"target":   `{"moved": {"from": "` + strings.Repeat("a[", 10_000) + `", "to": "x_y.z"}}`,
	} {
		f := read(t, map[string]string{"a.tf": `resource "x_y" "z" { v = try(local.a, 1) }`, "b.tf.json": text}, nil)
		if len(f.all) != 1 {
			t.Errorf("%s: %q %+v", name, f.addresses(), f.notes)
		}
	}
}

func TestLongChains(t *testing.T) {
	f := one(t, chainOf(10_000, `"x"`, `@`))
	f.is("x_y.z", "ok", `"fine"`)
	if got := f.why("x_y.z", "v"); !strings.HasSuffix(got, "[limit]") {
		t.Error(got)
	}
	f = one(t, chainOf(80, `"x"`, `@`))
	f.quiet()
	f.is("x_y.z", "v", `"x"`)
}

func TestManyInstances(t *testing.T) {
	f := one(t, "resource \"x_y\" \"a\" { count = 60000 }\nresource \"x_y\" \"b\" { for_each = toset(range(0)) }\nresource \"x_y\" \"c\" {}\nresource \"x_y\" \"d\" { count = 1e15 }")
	if len(f.all) != maxInstances {
		t.Errorf("%d instances", len(f.all))
	}
	if n := f.noted("more than 50,000 instances"); n.Line != 1 {
		t.Errorf("%+v", n)
	}
}

func TestLargeFiles(t *testing.T) {
	f := read(t, map[string]string{
		"a.tf": `resource "x_y" "z" {}`,
		"b.tf": "# " + strings.Repeat("x", maxFile),
		"c.tf": "locals { a = [" + strings.Repeat("1,", maxTokens/2) + "] }",
	}, nil)
	if n := f.noted("more than 4 MiB"); n.File != "b.tf" {
		t.Errorf("%+v", n)
	}
	if n := f.noted("too large to be parsed"); n.File != "c.tf" {
		t.Errorf("%+v", n)
	}
	f.at("x_y.z")
}

// shut is a file system in which some files cannot be opened, as links that leave the scanned directory cannot.
type shut struct {
	fs.FS
	names string
}

func (s shut) Open(name string) (fs.File, error) {
	if name != "." && strings.Contains(s.names, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("path escapes from parent")}
	}
	return s.FS.Open(name)
}

func TestWhatCannotBeOpened(t *testing.T) {
	f := read(t, nil, func(o *Options) {
		o.FS = shut{files(map[string]string{
			"main.tf": "resource \"x_y\" \"z\" {}\nmodule \"m\" { source = \"./away\" }", "link.tf": "x", "away/main.tf": "",
		}), "link.tf away"}
	})
	f.at("x_y.z")
	if n := f.noted("it cannot be opened: path escapes from parent"); n.File != "link.tf" {
		t.Errorf("%+v", n)
	}
	if n := f.noted("the module ./away is not there"); n.Line != 2 {
		t.Errorf("%+v", n)
	}
	f = read(t, map[string]string{"main.tf/x": "", "ok.tf": `resource "x_y" "z" {}`}, nil)
	f.at("x_y.z")
}

func TestReadingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	fsys := fstest.MapFS{"main.tf": {Data: []byte(`resource "x_y" "z" { count = 3 }`)}}
	o := Options{FS: fsys, Dir: ".", NotRead: func(Note) {}, Used: func(string) {}, Part: func(string) {}}
	n := 0
	err := Read(ctx, o, func(*Resource) error { n++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
	if err := Read(ctx, o, func(*Resource) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	broken := errors.New("the sink is full")
	if err := Read(context.Background(), o, func(*Resource) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	o.FS = fstest.MapFS{"main.tf": {Data: []byte("resource \"x_y\" \"z\" {\n  count = 10000\n  v = [for a in range(1000) : [for b in range(1000) : b]]\n}")}}
	start := time.Now()
	if err := Read(ctx, o, func(*Resource) error { return nil }); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

func TestNotesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 3 * maxNotes {
		fmt.Fprintf(&b, "nope%d \"x\" {}\n", i)
	}
	f := one(t, b.String())
	if len(f.notes) != maxNotes+1 {
		t.Errorf("%d notes", len(f.notes))
	}
	if n := f.noted("more could not be read"); n.Count != 2*maxNotes {
		t.Errorf("%+v", n)
	}
}
