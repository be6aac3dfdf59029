package discover

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// lines is a reader of texts that begin with "lines": each further line is a resource, or
// something that happens.
type lines struct{}

func (lines) Name() string { return "lines" }

func (lines) Sniff(in evidence.Input) bool {
	if strings.HasPrefix(string(in.Data), "panic while sniffing") {
		panic("hunter2")
	}
	return strings.HasPrefix(string(in.Data), "lines\n")
}

func (lines) Read(ctx context.Context, in evidence.Input, to evidence.Sink) error {
	for i, word := range strings.Fields(string(in.Data))[1:] {
		switch word {
		case "broken":
			return &tree.Error{Line: i + 2, Msg: "the text ends in the middle"}
		case "old":
			return fault.New(fault.Invalid, "version 3").WithHelp("apply once with a newer version")
		case "worded":
			return fault.New(fault.Invalid, "line 9: what stands there is wrong")
		case "foreign":
			return fmt.Errorf("library: near hunter2: %w", &tree.Error{Line: 7, Msg: "bad"})
		case "panic":
			panic("index out of range: hunter2")
		case "endless":
			for {
				if err := to.Resource(evidence.Draft{ID: "again"}); err != nil {
					return err
				}
			}
		case "uses":
			to.Used("dir/.env")
		case "withheld":
			to.NotRead(evidence.NotRead{Kind: evidence.PropertyWithheld, Line: i + 2, Reason: "hides hunter2"})
		default:
			if part, ok := strings.CutPrefix(word, "part:"); ok {
				to.Part(part)
				continue
			}
			if err := to.Resource(evidence.Draft{ID: word, Origin: evidence.Origin{Input: in.Name, Line: i + 2}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain seals by copying, takes the word hunter2 for a secret, and refuses some ids.
type plain struct{}

func (p plain) Seal(d evidence.Draft) (evidence.Resource, []evidence.NotRead, error) {
	switch d.ID {
	case "unsealable":
		return evidence.Resource{}, nil, errors.New("duplicate name hunter2")
	case "explosive":
		panic("hunter2")
	}
	return evidence.Resource{ID: d.ID, Origins: []evidence.Origin{d.Origin}}, nil, nil
}

func (plain) Text(s string) string { return strings.ReplaceAll(s, "hunter2", "***") }

func input(name, text string) evidence.Input {
	return evidence.Input{Name: name, Path: name, Data: []byte(text), Outline: tree.Sketch([]byte(text))}
}

func from(ins ...evidence.Input) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		for _, in := range ins {
			if !yield(Found{Input: in}, nil) {
				return
			}
		}
	}
}

func collect(t *testing.T, workers int, ins ...evidence.Input) *Collection {
	t.Helper()
	c := Collector{Readers: []Reader{lines{}}, Sealer: plain{}, Workers: workers}
	col, err := c.Collect(context.Background(), from(ins...))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v", col), "hunter2") {
		t.Errorf("a secret came out: %+v", col)
	}
	return col
}

func ids(col *Collection) (all []string) {
	for _, r := range col.Resources {
		all = append(all, r.ID)
	}
	return all
}

func TestOrderDoesNotDependOnWorkers(t *testing.T) {
	var ins []evidence.Input
	for i := range 40 {
		var b strings.Builder
		b.WriteString("lines\n")
		for j := range 3*batchSize + i {
			fmt.Fprintf(&b, "r%d/%d\n", i, j)
		}
		ins = append(ins, input(fmt.Sprintf("f%02d", i), b.String()))
	}
	want := collect(t, 1, ins...)
	if len(want.Resources) != 40*3*batchSize+780 || want.Resources[0].ID != "r0/0" {
		t.Fatalf("%d resources", len(want.Resources))
	}
	for _, workers := range []int{2, 8} {
		if got := collect(t, workers, ins...); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers give another result", workers)
		}
	}
}

func TestHalfAFileIsNoFact(t *testing.T) {
	col := collect(t, 2,
		input("good", "lines\na\nb"),
		input("cut", "lines\nc\nd\nbroken"),
		input("old", "lines\nold"),
		input("foreign", "lines\nforeign"),
		input("worded", "lines\nworded"),
		input("hostile", "lines\ne\npanic"),
		input("after", "lines\nf"))
	if got := ids(col); !reflect.DeepEqual(got, []string{"a", "b", "f"}) {
		t.Errorf("resources %v", got)
	}
	mend := "mend the file or export it again; nothing of it was used"
	want := []evidence.NotRead{
		{Kind: evidence.InputNotUnderstood, Input: "cut", Thing: "lines", Line: 4, Reason: "the text ends in the middle", Help: mend},
		{Kind: evidence.InputNotUnderstood, Input: "old", Thing: "lines", Reason: "version 3", Help: "apply once with a newer version"},
		{Kind: evidence.InputNotUnderstood, Input: "foreign", Thing: "lines", Line: 7, Reason: "library: near ***: bad", Help: mend},
		{Kind: evidence.InputNotUnderstood, Input: "worded", Thing: "lines", Line: 9, Reason: "what stands there is wrong", Help: mend},
		{Kind: evidence.InputNotUnderstood, Input: "hostile", Thing: "lines", Reason: errPanic.Msg, Help: errPanic.Help},
	}
	if !reflect.DeepEqual(col.NotRead, want) {
		t.Errorf("not read:\n%+v\nwant\n%+v", col.NotRead, want)
	}
	sums := []evidence.InputSummary{
		{Name: "good", Format: "lines", Resources: 2},
		{Name: "cut", Format: "lines"},
		{Name: "old", Format: "lines"},
		{Name: "foreign", Format: "lines"},
		{Name: "worded", Format: "lines"},
		{Name: "hostile", Format: "lines"},
		{Name: "after", Format: "lines", Resources: 1},
	}
	if !reflect.DeepEqual(col.Inputs, sums) {
		t.Errorf("inputs %+v", col.Inputs)
	}
}

func TestOneResourceThatCannotBeSealed(t *testing.T) {
	col := collect(t, 1, input("f", "lines\na\nunsealable\nexplosive\nb\nwithheld"))
	if got := ids(col); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("resources %v", got)
	}
	var got []string
	for _, n := range col.NotRead {
		got = append(got, fmt.Sprintf("%s %s:%d %s: %s", n.Kind, n.Input, n.Line, n.Thing, n.Reason))
	}
	want := []string{"property f:6 : hides ***", "resource f:3 unsealable: duplicate name ***", "resource f:4 explosive: " + errPanic.Msg}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("not read %q", got)
	}
}

func TestWhatNobodyClaims(t *testing.T) {
	named := func(in evidence.Input) evidence.Input { in.Explicit = true; return in }
	for _, c := range []struct {
		in   evidence.Input
		want string // in the reason; "" means that it is passed over
	}{
		{input("package.json", `{"name":"x","version":"1"}`), ""},
		{input("README.md", "# hello"), ""},
		{input("values.yaml", "image: x\nreplicas: 2"), ""},
		{input("params.json", `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"}`), ""},
		{input("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}"), "a Kubernetes object"},
		{input("old.tfstate", `{"version":3,"terraform_version":"0.11.1"}`), "Terraform state"},
		{input("vm.json", `[{"id":"/subscriptions/0/resourceGroups/g/providers/x/y/z","type":"x/y"}]`), "an Azure resource"},
		{input("panics", "panic while sniffing"), ""},
		{named(input("README.md", "# hello")), "neither JSON nor YAML"},
		{named(input("package.json", `{"name":"x"}`)), "it is JSON, but none of the formats"},
		{named(input("empty", "")), "it is empty"},
	} {
		col := collect(t, 1, c.in)
		switch {
		case c.want == "" && (len(col.NotRead) > 0 || len(col.Inputs) > 0 || col.PassedOver != 1):
			t.Errorf("%s: %+v", c.in.Name, col)
		case c.want != "" && (len(col.NotRead) != 1 || !strings.Contains(col.NotRead[0].Reason, c.want) || col.NotRead[0].Help == "" || len(col.Inputs) != 1 || col.Inputs[0].Format != ""):
			t.Errorf("%s: want %q, got %+v", c.in.Name, c.want, col)
		}
	}
}

func TestUsedFilesAreNamedOnce(t *testing.T) {
	a, b := input("root/dir/a", "lines\nuses\nx"), input("root/dir/b", "lines\nuses\ny")
	a.Path, b.Path = "dir/a", "dir/b"
	env := input("root/dir/.env", "A=1")
	env.Path, env.Explicit = "dir/.env", true
	col := collect(t, 2, a, b, env)
	want := []evidence.InputSummary{{Name: "root/dir/a", Format: "lines", Resources: 1}, {Name: "root/dir/.env", Format: "lines"}, {Name: "root/dir/b", Format: "lines", Resources: 1}}
	if !reflect.DeepEqual(col.Inputs, want) || len(col.NotRead) != 0 {
		t.Errorf("%+v", col)
	}
}

func TestPartsDoNotStandForThemselves(t *testing.T) {
	part := func(name string, explicit bool, parts ...string) evidence.Input {
		in := input("root/"+name, "lines\n"+strings.ReplaceAll(name, "/", "_")+strings.Join(parts, ""))
		in.Path, in.Explicit = name, explicit
		return in
	}
	col := collect(t, 2,
		part("app", false, "\npart:mod/a"), part("mod/a", false, "\npart:mod/b"), part("mod/b", false), part("mod/c", false),
		part("named", true), part("names", false, "\npart:named"),
		part("ring1", false, "\npart:ring2"), part("ring2", false, "\npart:ring1"))
	if got := ids(col); !reflect.DeepEqual(got, []string{"app", "mod_c", "named", "names", "ring1"}) {
		t.Errorf("resources %v", got)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := Collector{Readers: []Reader{lines{}}, Sealer: plain{}}
	c.Progress = func(inputs, resources int) { cancel() }
	col, err := c.Collect(ctx, from(input("a", "lines\nx"), input("b", "lines\nendless"), input("c", "lines\nendless")))
	if col != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", col, err)
	}
}

func TestSearchFails(t *testing.T) {
	gone := fault.New(fault.NotFound, "no such file")
	c := Collector{Readers: []Reader{lines{}}, Sealer: plain{}}
	col, err := c.Collect(context.Background(), func(yield func(Found, error) bool) {
		_ = yield(Found{Input: input("a", "lines\nx")}, nil) && yield(Found{}, gone)
	})
	if col != nil || err != gone {
		t.Errorf("%v, %v", col, err)
	}
}

func TestWhatTheSearchCouldNotRead(t *testing.T) {
	n := evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: "link", Reason: "leaves the root"}
	c := Collector{Readers: []Reader{lines{}}, Sealer: plain{}}
	col, err := c.Collect(context.Background(), func(yield func(Found, error) bool) { yield(Found{NotRead: &n}, nil) })
	if err != nil || !reflect.DeepEqual(col.NotRead, []evidence.NotRead{n}) || !reflect.DeepEqual(col.Inputs, []evidence.InputSummary{{Name: "link"}}) {
		t.Errorf("%+v, %v", col, err)
	}
}
