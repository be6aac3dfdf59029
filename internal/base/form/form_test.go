package form

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

func formatOf(columns bool) Format {
	return Format{Name: "menu", Bytes: 1 << 16, Limits: tree.Limits{Depth: 10, Nodes: 10_000}, Columns: columns}
}

// dish is what the tests read: enough for every function of the package.
type dish struct {
	Name, Note, Place string
	Line              int
	Parts             []string
}

func read(name, text string, columns bool) ([]dish, error) {
	f, err := Open(name, []byte(text), formatOf(columns))
	if err != nil || f.Top == nil {
		return nil, err
	}
	all := Entries(f.Fields(f.Top, "the file", "dishes"), "dishes", 3, func(v *tree.Value, place string) dish {
		m := f.Fields(v, place, "name", "note", "parts")
		d := dish{Name: m.Required("name", 10), Note: m.Text("note", 20), Place: m.Place, Line: m.Line()}
		for _, it := range m.List("parts", 2) {
			d.Parts = append(d.Parts, m.Words(it, "a part of "+place, 10))
		}
		return d
	})
	return all, f.Err()
}

func TestRead(t *testing.T) {
	got, err := read("a.yaml", "dishes:\n  - name: soup\n    note: >\n      hot\n      and  red\n    parts: [water, salt]\n  - {name: bread, note: ~}\n", false)
	want := []dish{{"soup", "hot and red", "dishes[0]", 2, []string{"water", "salt"}}, {"bread", "", "dishes[1]", 7, nil}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"", "# nothing\n", "---\n", "{}", "dishes:\n", "dishes: []"} {
		if got, err := read("a.yaml", text, false); len(got) != 0 || err != nil {
			t.Errorf("%q gives %+v, %v", text, got, err)
		}
	}
}

// TestProblems: each text is wrong, and the message says where and what.
func TestProblems(t *testing.T) {
	for name, tt := range map[string]struct{ text, want, columns string }{
		"misspelt":     {"\ndishs: []", `line 2: unknown key "dishs" in the file: did you mean dishes?`, ""},
		"stranger":     {"colour: red", `line 1: unknown key "colour" in the file: the keys here are dishes`, ""},
		"key above":    {"dishes:\n  - name: a\n    sides:\n      - x\n      - y", `line 3: unknown key "sides" in dishes[0]: the keys here are name, note, parts`, ""},
		"long key":     {strings.Repeat("x", 99) + ": 1", `unknown key "` + strings.Repeat("x", 40) + `..." in the file`, ""},
		"dark key":     {`"\e[2J": 1`, `unknown key "\x1b[2J" in the file`, ""},
		"no mapping":   {"- a", "line 1: the file must be a mapping with the keys dishes", "line 1, column 1: the file"},
		"no list":      {"dishes: soup", "line 1: dishes of the file must be a list: begin each entry with a dash", "line 1, column 9: dishes"},
		"long list":    {"dishes: [{name: a}, {name: b}, {name: c}, {name: d}]", "dishes of the file has more than 3 entries", ""},
		"no name":      {"dishes:\n  - note: a", "line 2: dishes[0] needs a name", "line 2, column 5: dishes[0] needs a name"},
		"null name":    {"dishes: [{name: ~}]", "dishes[0] needs a name", ""},
		"empty name":   {"dishes: [{name: '  '}]", "dishes[0] needs a name", ""},
		"no text":      {"dishes: [{name: 1}]", "line 1: name of dishes[0] must be text: put it in quotes", "line 1, column 17: name"},
		"long text":    {"dishes: [{name: soup of the day}]", "name of dishes[0] is longer than 10 characters", ""},
		"control":      {`dishes: [{name: "a\e[2J"}]`, "name of dishes[0] holds the control character U+001B", ""},
		"turned":       {`dishes: [{name: "a\u202eb"}]`, "name of dishes[0] holds the control character U+202E", ""},
		"no item":      {"dishes: [{name: a, parts: [1]}]", "a part of dishes[0] must be text", "line 1, column 28: a part"},
		"two":          {"{}\n---\n{}", "a.yaml must hold one document: line 3: a second document begins here (put everything", ""},
		"not YAML":     {"dishes: [", "a.yaml cannot be read: ", ""},
		"deep":         {strings.Repeat("[", 20) + strings.Repeat("]", 20), "a.yaml cannot be read: ", ""},
		"not text":     {"a\x00", "a.yaml cannot be read: line 1: a NUL", ""},
		"large":        {strings.Repeat("#", 1<<16+1), "a.yaml is larger than 65536 bytes", ""},
		"what it is":   {"a: 1", "a.yaml is not a valid menu: line 1: ", ""},
		"line by line": {"b: 1\ndishes: [{note: a}, {name: 1}]\na: 2", "\nline 3: unknown key \"a\"", "line 2, column 10: dishes[0] needs a name\nline 2, column 28: name of"},
	} {
		t.Run(name, func(t *testing.T) {
			for columns, want := range map[bool]string{false: tt.want, true: tt.columns} {
				_, err := read("a.yaml", tt.text, columns)
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error is %v\nit lacks %q", err, want)
				}
				if k := fault.KindOf(err); k != fault.Invalid && k != fault.Limited {
					t.Errorf("kind is %s", k)
				}
			}
		})
	}
}

// TestManyProblems: one error lists so many, and says how many more there are.
func TestManyProblems(t *testing.T) {
	var text strings.Builder
	for i := range maxReport + 5 {
		fmt.Fprintf(&text, "colour%d: x\n", i)
	}
	_, err := read("a.yaml", text.String(), false)
	if n := strings.Count(fmt.Sprint(err), "unknown key"); n != maxReport || !strings.HasSuffix(err.Error(), "\nand 5 more") {
		t.Errorf("%d problems in %v", n, err)
	}
	var at *tree.Error
	if !errors.As(err, &at) || at.Line != 1 {
		t.Errorf("no line in %v", err)
	}
}

func TestArticle(t *testing.T) {
	for name, want := range map[string]string{"owner": "an owner", "id": "an id", "expires": "an expires", "reason": "a reason", "url": "a url"} {
		if got := article(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// FuzzOpen: whatever the text, no panic, and an error that is safe to print.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{
		"", "dishes: [{name: soup, parts: [a, b]}]", "dishes:\n- x\n- {name: 1}", "- a", "a: &a [*a]", "\xff\xfe", "<<: {dishes: []}",
		"? [a]\n: b", `"a\nb": 1`, "dishes: !!str x", "--- a\n--- b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read("a.yaml", text, true)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Limited {
				t.Fatalf("kind %s of %v", k, err)
			}
			if strings.ContainsAny(err.Error(), "\x00\x1b\r") {
				t.Fatalf("control characters in %q", err)
			}
			return
		}
		for _, d := range got {
			if d.Name == "" || len([]rune(d.Note)) > 20 || len(d.Parts) > 2 || strings.ContainsAny(d.Name+d.Note, "\n\x1b") {
				t.Fatalf("accepted %+v", d)
			}
		}
	})
}
