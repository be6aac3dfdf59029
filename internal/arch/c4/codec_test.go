package c4

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/base/fault"
)

func encode(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for name, m := range map[string]*Model{"sample": sample(), "empty": {Format: Format, Version: FormatVersion}} {
		first := encode(t, m)
		back, err := Decode(first)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, first)
		}
		if second := encode(t, back); !bytes.Equal(first, second) {
			t.Errorf("%s: encoded again it differs:\n%s\n%s", name, first, second)
		}
		if bytes.Contains(first, []byte("null")) {
			t.Errorf("%s: null where a list belongs:\n%s", name, first)
		}
	}
	m, err := Decode(encode(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(m.Elements[4].Properties), `{"a":[1,{"b":"<x>"}]}`; got != want {
		t.Errorf("properties are %s, want %s", got, want)
	}
	if m.Elements[1].Name != sample().Elements[1].Name {
		t.Errorf("name is %q", m.Elements[1].Name)
	}
}

// A field that is added to a type which Encode writes by hand must not get lost.
func TestNoFieldIsForgotten(t *testing.T) {
	m := sample()
	m.Account.Uncounted = 1
	back, err := Decode(encode(t, m))
	if err != nil {
		t.Fatal(err)
	}
	same := func(name string, a, b any) {
		va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
		for i := range va.NumField() {
			field := name + "." + va.Type().Field(i).Name
			if va.Field(i).IsZero() {
				t.Errorf("the sample has no %s: give it one", field)
			}
			if x, y := fmt.Sprintf("%+v", reflect.Indirect(va.Field(i))), fmt.Sprintf("%+v", reflect.Indirect(vb.Field(i))); x != y {
				t.Errorf("%s is lost or changed: %s, %s", field, x, y)
			}
		}
	}
	same("Model", *m, *back)
	same("Account", m.Account, back.Account)
	view := m.Views[0]
	view.Subject = "system:shop"
	m.Views[0] = view
	if back, err = Decode(encode(t, m)); err != nil {
		t.Fatal(err)
	}
	same("View", m.Views[0], back.Views[0])
}

func TestOneElementALine(t *testing.T) {
	text := string(encode(t, sample()))
	for _, e := range sample().Elements {
		n := 0
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, `{"id":"`+e.ID+`","kind"`) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("element %s stands on %d lines of its own", e.ID, n)
		}
	}
}

func TestSortedModelsOfEqualContentAreEqual(t *testing.T) {
	want := sample()
	want.Sort()
	text := encode(t, want)
	for seed := range uint64(20) {
		m := sample()
		r := rand.New(rand.NewPCG(seed, 1))
		shuffle(r, m.Elements)
		shuffle(r, m.Relationships)
		shuffle(r, m.Rules)
		shuffle(r, m.Views)
		shuffle(r, m.Account.References)
		shuffle(r, m.Account.ByRule)
		shuffle(r, m.Elements[0].Tags)
		for i := range m.Views {
			shuffle(r, m.Views[i].Elements)
		}
		m.Sort()
		if got := encode(t, m); !bytes.Equal(got, text) {
			t.Fatalf("seed %d: order reaches the output:\n%s\n%s", seed, got, text)
		}
	}
	if err := want.Validate(); err != nil {
		t.Error(err)
	}
	if want.Views[0].Key != "landscape" {
		t.Errorf("first view is %s", want.Views[0].Key)
	}
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

func TestEncodeMatchesTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../../docs/formats/model.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	text := encode(t, sample())
	if err := check(text); err != nil {
		t.Errorf("%v", err)
	}
	for from, to := range map[string]string{
		`"kind":"container"`:     `"kind":"box"`,
		`"confidence":"high"`:    `"confidence":"sure"`,
		`"line":12`:              `"line":"12"`,
		`"version": "1"`:         `"version": "2"`,
		`"found": 5`:             `"found": -5`,
		`"outcome":"unresolved"`: `"outcome":"lost"`,
		`"rule":"R1",`:           ``,
	} {
		if !bytes.Contains(text, []byte(from)) {
			t.Fatalf("the sample has no %s", from)
		}
		if check(bytes.Replace(text, []byte(from), []byte(to), 1)) == nil {
			t.Errorf("the schema accepts %s in place of %s", to, from)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(encode(t, sample()))
	for name, c := range map[string]struct{ text, want string }{
		"nothing":        {"", "not a JSON object"},
		"a list":         {"[]", "not a JSON object"},
		"other JSON":     {`{"a": 1}`, `format is not "c4arch-model"`},
		"a snapshot":     {`{"format": "c4arch-snapshot", "version": "1"}`, "format is not"},
		"a later one":    {`{"elements": 5, "format": "c4arch-model", "version": "2.0"}`, "knows version 1"},
		"cut off":        {good[:len(good)/2], "cut off"},
		"same name":      {strings.Replace(good, `"name"`, `"format"`, 1), "same name twice"},
		"wrong type":     {strings.Replace(good, `"line":12`, `"line":"s3cret"`, 1), "line 12: a value of the wrong type at elements/0/evidence/0/line"},
		"not UTF-8":      {strings.Replace(good, "Contoso", "\xff", 1), "not UTF-8"},
		"too deep":       {`{"x":` + strings.Repeat("[", 20000), "not valid JSON"},
		"more behind it": {good + "{}", "not valid JSON"},
	} {
		_, err := Decode([]byte(c.text))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error quotes the text: %v", name, err)
		}
	}
}

func TestDecodeTakesALaterMinorVersion(t *testing.T) {
	text := strings.Replace(string(encode(t, sample())), `"version": "1"`, `"version": "1.7", "colour": {"x": [1]}`, 1)
	m, err := Decode([]byte(strings.ReplaceAll(text, `"name":"api"`, `"name":"api","new":1`)))
	if err != nil || m.Validate() != nil {
		t.Errorf("%v, %v", err, m.Validate())
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(f, sample()))
	f.Add(encode(f, &Model{Format: Format, Version: FormatVersion}))
	f.Add([]byte(`{"format":"c4arch-model","version":"1","elements":[{"id":"a","parent":"a"}],"account":{"found":-1}}`))
	f.Add([]byte("{\"format\":\"c4arch-model\",\"version\":\"1\",\"elements\":[{\"properties\": {\"a\" : 1e999}}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil {
			return
		}
		_ = m.Validate()
		first := encode(t, m)
		back, err := Decode(first)
		if err != nil {
			t.Fatalf("what was encoded is refused: %v\n%s", err, first)
		}
		if second := encode(t, back); !bytes.Equal(first, second) {
			t.Fatalf("not stable:\n%s\n%s", first, second)
		}
		m.Sort()
		if err := Encode(&bytes.Buffer{}, m); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkEncode50000(b *testing.B) {
	m := large(50_000)
	b.SetBytes(int64(len(encode(b, m))))
	b.ReportAllocs()
	for b.Loop() {
		encodeTo(b, m)
	}
}

func encodeTo(b *testing.B, m *Model) {
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := Encode(f, m); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkDecode50000(b *testing.B) {
	text := encode(b, large(50_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate50000(b *testing.B) {
	m := large(50_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}
