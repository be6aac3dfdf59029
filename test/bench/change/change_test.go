package change

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// sides keeps the rows of a pair, by line.
type sides struct{ old, new []string }

func (s *sides) Old(r Row, _ string) error { s.old = append(s.old, encoded(r)); return nil }
func (s *sides) New(r Row, _ string) error { s.new = append(s.new, encoded(r)); return nil }

func made(t *testing.T, p Pair) (*sides, []Label) {
	t.Helper()
	var s sides
	labels, err := p.Make(&s)
	if err != nil {
		t.Fatal(err)
	}
	return &s, labels
}

func TestPair(t *testing.T) {
	p := Pair{Resources: 3000, Step: 15, Seed: 1}
	s, labels := made(t, p)
	again, _ := made(t, p)
	if !reflect.DeepEqual(s, again) {
		t.Error("the same numbers make another pair")
	}
	if len(labels) != 200 || len(s.old) != 3000 {
		t.Fatalf("%d changes of %d rows", len(labels), len(s.old))
	}
	changed := map[string]bool{}
	classes := map[Class]int{}
	for _, l := range labels {
		classes[l.Class]++
		if changed[l.ID] {
			t.Errorf("%s was changed twice", l.ID)
		}
		changed[l.ID] = true
		was, is := line(s.old, l.OldLine), line(s.new, l.NewLine)
		for _, text := range []string{was, is} {
			if text != "" && idOf(t, text) != l.ID {
				t.Errorf("%s: line of %s", l.Kind, idOf(t, text))
			}
		}
		if moved := strings.HasPrefix(l.Kind, "row further"); was+is == "" || moved != (was == is) {
			t.Errorf("%s of %s changes nothing", l.Kind, l.ID)
		}
		if (l.Class == Dangerous) != (l.Severity != "") {
			t.Errorf("%s: %s has severity %q", l.Kind, l.Class, l.Severity)
		}
	}
	kindsOf := map[string]bool{}
	for _, l := range labels {
		kindsOf[l.Kind] = true
	}
	for _, k := range kinds() {
		if !kindsOf[k.name] {
			t.Errorf("nothing was changed so: %s", k.name)
		}
	}
	for _, c := range Classes() {
		if classes[c] < 15 {
			t.Errorf("%d changes are %s", classes[c], c)
		}
	}
	untouched(t, s, changed)
}

// untouched shows that what has no label is the same on both sides.
func untouched(t *testing.T, s *sides, changed map[string]bool) {
	t.Helper()
	rows := map[string]string{}
	for _, r := range s.old {
		rows[idOf(t, r)] = r
	}
	for _, r := range s.new {
		if id := idOf(t, r); !changed[id] && rows[id] != r {
			t.Errorf("%s differs and has no label", id)
		}
	}
}

func line(rows []string, n int) string {
	if n == 0 {
		return ""
	}
	return rows[n-FirstLine]
}

func idOf(t *testing.T, row string) string {
	t.Helper()
	var r struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(row), &r); err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(r.ID)
}

// TestKinds shows that every kind can come up: none names a property that no resource has.
func TestKinds(t *testing.T) {
	rows, err := Pair{Resources: 2000, Seed: 1}.rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds() {
		n := 0
		for _, r := range rows {
			if k.of(r) && k.do(clone(r).(Row)).ok {
				n++
			}
		}
		if n == 0 {
			t.Errorf("no resource can be changed so: %s", k.name)
		}
	}
}

func TestNothingChanges(t *testing.T) {
	s, labels := made(t, Pair{Resources: 300, Step: 0, Seed: 1})
	if len(labels) > 0 || !reflect.DeepEqual(s.old, s.new) {
		t.Errorf("%d changes", len(labels))
	}
}

func TestTerraform(t *testing.T) {
	var b strings.Builder
	c, err := NewCode(&b)
	if err != nil {
		t.Fatal(err)
	}
	r := Row{"name": "${x} %{y}", "id": "/x", "properties": Row{"etag": "1", "a": nil, "list": []any{number("1"), true, nil, Row{"b": "c"}}}}
	if err := c.Row(r, Address(7)); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{"resource": {"terraform_data": {
"r7": {"input": {"name":"$${x} %%{y}","properties":{"list":[1,true,{"b":"c"}]}}}
}}}
`
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
	got := encoded(typeOf(stated(r)))
	if got != `["object",{"name":"string","properties":["object",{"list":["tuple",["number","bool",["object",{"b":"string"}]]]}]}]` {
		t.Error(got)
	}
}
