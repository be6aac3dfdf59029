package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
)

var menu = Kind{
	Name: "a menu", Format: "test-menu", Version: "1", Bytes: 1 << 20,
	Smaller: "cook less", Origin: "give the menu", Again: "write it anew",
}

type dish struct {
	Name  string            `json:"name"`
	Spicy bool              `json:"spicy,omitempty"`
	Parts []string          `json:"parts"`
	Notes map[string]string `json:"notes"`
}

type card struct {
	Version string `json:"version"`
	Dishes  []dish `json:"dishes"`
	Extra   struct {
		Dishes []dish `json:"dishes"`
	} `json:"extra"`
}

func (c *card) write(t testing.TB) string {
	t.Helper()
	var out bytes.Buffer
	err := Write(&out, func(w *Writer) {
		w.Member("format", "test-menu")
		w.Member("version", c.Version)
		List(w, "dishes", c.Dishes)
		w.Name("extra")
		w.Object(func() { List(w, "dishes", c.Extra.Dishes) })
		w.Member("end", nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func sample() *card {
	c := &card{Version: "1", Dishes: []dish{{Name: "soup", Spicy: true}, {Name: "b<\xff", Parts: []string{"x"}, Notes: map[string]string{"z": "", "a": "1"}}}}
	return c
}

func TestWrite(t *testing.T) {
	want := `{
"format": "test-menu",
"version": "1",
"dishes": [
{"name":"soup","spicy":true,"parts":[],"notes":{}},
{"name":"b<` + "\ufffd" + `","parts":["x"],"notes":{"a":"1","z":""}}
],
"extra": {
"dishes": []
},
"end": null
}
`
	if got := sample().write(t); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

type broken struct{ after int }

var errFull = errors.New("full")

func (b *broken) Write(p []byte) (int, error) {
	if b.after -= len(p); b.after < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestWriteFails: what cannot be written, and what is no JSON, is an error and never half a file in silence.
func TestWriteFails(t *testing.T) {
	for _, after := range []int{0, 100_000} {
		err := Write(&broken{after}, func(w *Writer) { List(w, "a", make([]dish, 10_000)) })
		if !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
	var out bytes.Buffer
	err := Write(&out, func(w *Writer) {
		w.Member("a", func() {})
		w.Member("b", 1)
	})
	if err == nil || out.Len() != 0 {
		t.Errorf("%v, written: %s", err, out.String())
	}
}

func TestRead(t *testing.T) {
	text := sample().write(t)
	for name, text := range map[string]string{
		"as written":      text,
		"a later minor":   strings.Replace(text, `"version": "1"`, `"version": "1.7", "later": {"x": [1]}`, 1),
		"in another turn": `{"dishes": [{"name": "soup", "later": 1}, {}], "version": "1", "format": "test-menu"}`,
		"UTF-8 mark":      "\ufeff" + text,
	} {
		var c card
		if err := menu.Read([]byte(text), &c); err != nil || len(c.Dishes) != 2 || c.Dishes[0].Name != "soup" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	good := sample().write(t)
	for name, c := range map[string]struct{ text, want string }{
		"nothing":        {"", "not a menu: it is not a JSON object"},
		"a list":         {"[]", "not a menu: it is not a JSON object"},
		"no format":      {`{"a": 1}`, `not a menu: its format is not "test-menu" (give the menu)`},
		"format no text": {`{"format": ["test-menu"], "version": "1"}`, "its format is not"},
		"no version":     {`{"format": "test-menu"}`, "it knows version 1 (use the c4arch that wrote it, or write it anew)"},
		"a later one":    {strings.Replace(good, `"1"`, `"2.0"`, 1), "a menu of a version that this c4arch does not know"},
		"ten":            {strings.Replace(good, `"1"`, `"10"`, 1), "a version that this c4arch does not know"},
		"cut off":        {good[:len(good)/2], "cut off"},
		"a name twice":   {strings.Replace(good, `"end"`, `"version"`, 1), "line 11: an object has the same name twice"},
		"twice below":    {strings.Replace(good, `"parts"`, `"name"`, 1), "line 5: an object has the same name twice"},
		"wrong type":     {strings.Replace(good, `"soup"`, `7331`, 1), "not a menu: line 5: a value of the wrong type at dishes/0/name"},
		"in a map":       {strings.Replace(good, `"z":""`, `"s3 cret":7331`, 1), "line 6: a value of the wrong type"},
		"not UTF-8":      {strings.Replace(good, "soup", "\xff", 1), "line 5: not UTF-8"},
		"too deep":       {`{"x":` + strings.Repeat("[", 20_000), "not valid JSON"},
		"more behind it": {good + "{}", "not valid JSON"},
	} {
		err := menu.Read([]byte(c.text), &card{})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if strings.Contains(err.Error(), "7331") || strings.Contains(err.Error(), "cret") {
			t.Errorf("%s: the error quotes the text: %v", name, err)
		}
	}
	err := menu.Read(make([]byte, 1<<20+1), &card{})
	if fault.KindOf(err) != fault.Limited || err.Error() != "a menu of more than 1 MiB (cook less)" {
		t.Errorf("large: %v", err)
	}
}

// FuzzRead: what is read is written and read again as the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sample().write(f)))
	f.Add([]byte(`{"version":"1.2","format":"test-menu","dishes":[{"notes":{"":"\u0000"}}]}`))
	f.Add([]byte(`{"format":"test-menu"`))
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c, again card
		if err := menu.Read(data, &c); err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Limited || strings.ContainsAny(err.Error(), "\x00\x1b\r\n") {
				t.Fatalf("%s: %q", k, err)
			}
			return
		}
		once := c.write(t)
		if err := menu.Read([]byte(once), &again); err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, once)
		}
		if twice := again.write(t); once != twice {
			t.Fatalf("not stable:\n%s\n%s", once, twice)
		}
	})
}

// What would make a terminal lie is written as an escape, and reads back as it was.
func TestWriteShowsWhatItHolds(t *testing.T) {
	name := "a\u0085b\u009bc\u202ed\u2066e\x7ff"
	var out bytes.Buffer
	if err := Write(&out, func(w *Writer) { w.Member("name", name) }); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); text != "{\n\"name\": \"a\\u0085b\\u009bc\\u202ed\\u2066e\\u007ff\"\n}\n" {
		t.Errorf("%q", text)
	}
	var back struct{ Name string }
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back.Name != name {
		t.Errorf("%q %v", back.Name, err)
	}
}
