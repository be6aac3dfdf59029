package drift_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/arch/drift"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/render/report/reporttest"
	"c4arch/test/golden"
)

func encoded(tb testing.TB, r *drift.Report) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := r.Encode(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name, r := range map[string]*drift.Report{"sample": reporttest.Sample(), "empty": reporttest.Empty(), "code": reporttest.Code()} {
		got := encoded(t, r)
		golden.Check(t, name+".json", got)
	}
}

func schema(tb testing.TB) func(data []byte) error {
	tb.Helper()
	file, err := os.Open("../../../docs/formats/drift.schema.json")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("drift.schema.json", doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("drift.schema.json")
	if err != nil {
		tb.Fatal(err)
	}
	return func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			tb.Fatal(err)
		}
		return s.Validate(v)
	}
}

func TestSchemaAcceptsWhatIsWritten(t *testing.T) {
	validate := schema(t)
	for _, name := range []string{"sample", "empty", "code", "large"} {
		if err := validate(encoded(t, reporttest.Reports()[name])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	validate := schema(t)
	data := encoded(t, reporttest.Sample())
	for _, change := range [][2]string{
		{`"format": "c4arch-drift"`, `"format": "other"`},
		{`"version": "1"`, `"version": "2"`},
		{`"mode": "baseline"`, `"mode": "other"`},
		{`"severity":"critical"`, `"severity":"fatal"`},
		{`"direction":"loosened"`, `"direction":"up"`},
		{`"change":"removed"`, `"change":"gone"`},
		{`"old":null,`, ``},
		{`"exception":null`, `"exception":"none"`},
		{`"state":"active"`, `"state":"yes"`},
		{`"improvements": 1`, `"improvements": -1`},
		{`"firstSeen":"2026-03-12T08:00:00Z"`, `"firstSeen":"yesterday"`},
		{`"exit":2`, `"exit":4`},
		{`"verdict":"drift"`, `"verdict":"bad"`},
		{`"unknown": [`, `"unknown": null, "other": [`},
		{`"root":"sha256:`, `"root":"md5:`},
	} {
		if !bytes.Contains(data, []byte(change[0])) {
			t.Fatalf("the sample has no %s", change[0])
		}
		if validate(bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1)) == nil {
			t.Errorf("the schema accepts %s", change[1])
		}
	}
}

// TestEveryArrayIsThere: a reader with jq need not ask whether a member exists.
func TestEveryArrayIsThere(t *testing.T) {
	for name, r := range reporttest.Reports() {
		var doc struct {
			Findings   []map[string]json.RawMessage
			Unknown    json.RawMessage
			Exceptions json.RawMessage
			Notes      json.RawMessage
			NoiseBy    json.RawMessage
			Coverage   *struct{ Entries, Counts json.RawMessage }
		}
		if err := json.Unmarshal(encoded(t, r), &doc); err != nil {
			t.Fatal(name, err)
		}
		for _, raw := range []json.RawMessage{doc.Unknown, doc.Exceptions, doc.Notes} {
			if !strings.HasPrefix(string(raw), "[") {
				t.Errorf("%s: an array is %.20q", name, raw)
			}
		}
		if !strings.HasPrefix(string(doc.NoiseBy), "{") || doc.Findings == nil {
			t.Errorf("%s: noiseBy %.20q, findings %v", name, doc.NoiseBy, doc.Findings == nil)
		}
		if doc.Coverage != nil && (!strings.HasPrefix(string(doc.Coverage.Entries), "[") || !strings.HasPrefix(string(doc.Coverage.Counts), "{")) {
			t.Errorf("%s: coverage is %v", name, doc.Coverage)
		}
		for _, f := range doc.Findings {
			for _, member := range []string{"controls", "labels", "elements", "places"} {
				if !strings.HasPrefix(string(f[member]), "[") {
					t.Errorf("%s: %s is %.20q", name, member, f[member])
				}
			}
			for _, member := range []string{
				"id", "severity", "direction", "change", "resource", "type", "path", "old", "new", "rule", "reason", "remediation", "firstSeen", "exception",
			} {
				if f[member] == nil {
					t.Errorf("%s: a finding has no %s", name, member)
				}
			}
		}
	}
}

func TestOneFindingOnALine(t *testing.T) {
	r := reporttest.Large(100)
	n := 0
	for line := range strings.Lines(string(encoded(t, r))) {
		if strings.HasPrefix(line, `{"id":"f-`) {
			n++
		}
	}
	if n != 100 {
		t.Errorf("%d lines begin a finding", n)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"sample", "empty", "code", "large"} {
		data := encoded(t, reporttest.Reports()[name])
		r, err := drift.Decode(data)
		if err != nil {
			t.Fatal(name, err)
		}
		if again := encoded(t, r); !bytes.Equal(again, data) {
			t.Errorf("%s comes out as something else", name)
		}
		if !bytes.Equal(encoded(t, r), encoded(t, r)) {
			t.Errorf("%s: two encodings differ", name)
		}
	}
}

// TestHostileEncodes: a report with odd texts is written all the same, as valid JSON that can be read again.
func TestHostileEncodes(t *testing.T) {
	r := reporttest.Hostile()
	data := encoded(t, r)
	if !json.Valid(data) {
		t.Fatal("not valid JSON")
	}
	r.Findings[0].Old = canon.Raw(`{"a":`)
	if err := r.Encode(&bytes.Buffer{}); err == nil {
		t.Error("a value that is not JSON is written")
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := string(encoded(t, reporttest.Sample()))
	for name, change := range map[string][2]string{
		"another format":      {`"format": "c4arch-drift"`, `"format": "c4arch-model"`},
		"a later version":     {`"version": "1"`, `"version": "2"`},
		"no severity":         {`"severity":"critical"`, `"severity":"worst"`},
		"no direction":        {`"direction":"loosened"`, `"direction":""`},
		"no change":           {`"change":"removed"`, `"change":"x"`},
		"no mode":             {`"mode": "baseline"`, `"mode": "x"`},
		"an empty id":         {`"id":"f-1a2b3c4d5e6f7a8b"`, `"id":""`},
		"a name twice":        {`"notes": [`, `"notes": [], "notes": [`},
		"a wrong type":        {`"improvements": 1`, `"improvements": "one"`},
		"not canonical":       {`"new":true`, `"new":{"b":1,"a":2}`},
		"a cut":               {"}\n", ""},
		"findings of numbers": {`"findings": [`, `"findings": [1,`},
	} {
		if !strings.Contains(good, change[0]) {
			t.Fatalf("%s: the sample has no %s", name, change[0])
		}
		bad := strings.Replace(good, change[0], change[1], 1)
		if change[1] == "" {
			bad = good[:len(good)/2]
		}
		_, err := drift.Decode([]byte(bad))
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "worst") {
			t.Errorf("%s: the error quotes the text", name)
		}
	}
	for _, text := range []string{"", "[]", "null", "1", "\x00", "\xff", "{", `{"format":"c4arch-drift","version":"1"}`, strings.Repeat("[", 20000)} {
		if _, err := drift.Decode([]byte(text)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// TestDecodePassesOverWhatIsNew: a later minor version may add members.
func TestDecodePassesOverWhatIsNew(t *testing.T) {
	data := strings.Replace(string(encoded(t, reporttest.Sample())), `"version": "1"`, `"version": "1.4", "later": {"a": [1]}`, 1)
	data = strings.Replace(data, `{"id":"f-1a`, `{"later":1,"id":"f-1a`, 1)
	r, err := drift.Decode([]byte(data))
	if err != nil || len(r.Findings) != 9 {
		t.Fatal(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, reporttest.Sample()))
	f.Add(encoded(f, reporttest.Empty()))
	f.Add(encoded(f, reporttest.Code()))
	f.Add([]byte(`{"format":"c4arch-drift","version":"1","mode":"plan","findings":[{"id":"a","severity":"low","direction":"neutral","change":"added","old":{"$number":"1e999"}}]}`))
	f.Add([]byte(`{"version":1,"format":"c4arch-drift"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := drift.Decode(data)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		once := encoded(t, r)
		again, err := drift.Decode(once)
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if !bytes.Equal(encoded(t, again), once) {
			t.Fatal("two encodings of one report")
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := reporttest.Large(10_000)
	b.ReportAllocs()
	for b.Loop() {
		encoded(b, r)
	}
}
