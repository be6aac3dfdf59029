package stream

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

const testOrg = id.Org("og_01jq8z6y5x4w3v2t1s0r9q8p7n")

// published is a schema as it is published.
func published(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, file := range []string{"stream.schema.json", "access-log.schema.json"} {
		b, err := os.ReadFile("../../../docs/formats/" + file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("https://c4arch.example/formats/"+file, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("https://c4arch.example/formats/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t testing.TB, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return s.Validate(v)
}

// sealedEntry is an entry as the ledger keeps it.
func sealedEntry(t testing.TB, d ledger.Draft) ledger.Entry {
	t.Helper()
	p, err := ledger.Prepare(d, ledger.Common{Actor: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Surface: "api", Purpose: "api"}, bytes.NewReader(bytes.Repeat([]byte{7}, 4096)))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 8, 0, 0, 1000, time.UTC)
	leaf, h := p.Seal(testOrg, 7, at)
	return ledger.Entry{Index: 7, At: at, Kind: d.Kind, Leaf: leaf, Hash: h, Openings: p.Openings}
}

func TestEventsAreAsPublished(t *testing.T) {
	s := published(t, "stream.schema.json")
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	person := "pn_01jq8z6y5x4w3v2t1s0r9q8p7m"
	e := sealedEntry(t, ledger.Draft{Kind: "member.added", Fields: []ledger.Field{ledger.Personal("person", person, person), ledger.Personal("name", "anna", person), ledger.Text("role", "viewer")}})
	erased := e
	erased.Openings = map[string]ledger.Opening{"role": e.Openings["role"]}
	forged := e
	forged.Openings = map[string]ledger.Opening{"role": {Value: []byte(`"owner"`), Salt: e.Openings["role"].Salt}}
	broken := e
	broken.Leaf = nil
	for name, x := range map[string]struct {
		e    Event
		says string
		not  string
	}{
		"an entry":      {ledgerEvent(testOrg, e, false), `"withheld":["name"]`, "anna"},
		"a whole entry": {ledgerEvent(testOrg, e, true), `"name":"anna"`, "withheld"},
		"erased":        {ledgerEvent(testOrg, erased, true), `"erased":[`, "anna"},
		"forged":        {ledgerEvent(testOrg, forged, true), `"damaged":true`, `"owner"`},
		"damaged":       {ledgerEvent(testOrg, broken, true), `"damaged":true`, "viewer"},
		"access":        {accessEvent(testOrg, Record{Seq: 1, At: at, Decision: Denied, Status: 403, Count: 1}), `"access.denied"`, "leafHash"},
		"a checkpoint":  {checkpointEvent(testOrg, Checkpoint{Size: 7, Note: []byte("a\nb\n"), At: at}), `"note":"a\nb\n"`, "leafHash"},
		"a test":        {testEvent(testOrg, at), `"stream.test"`, "leafHash"},
	} {
		text, err := x.e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(string(text), x.says) || strings.Contains(string(text), x.not) {
			t.Errorf("%s: %s", name, text)
		}
	}
	for _, bad := range []string{`{}`, `{"format":"c4arch-stream/1","organisation":"og_01jq8z6y5x4w3v2t1s0r9q8p7n","source":"ledger","position":1,"at":"2026-11-23T08:00:00Z","kind":"a.b"}`, `{"format":"c4arch-stream/1","organisation":"og_01jq8z6y5x4w3v2t1s0r9q8p7n","source":"access","position":1,"at":"2026-11-23T08:00:00Z","kind":"a.b","access":{}}`} {
		if valid(t, s, []byte(bad)) == nil {
			t.Errorf("%s is valid", bad)
		}
	}
	text, err := line(Record{Seq: 1, At: at, Decision: Lost, Count: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(t, published(t, "access-log.schema.json"), text); err != nil {
		t.Error(err)
	}
}

// TestLongEntry goes without its fields.
func TestLongEntry(t *testing.T) {
	e := ledgerEvent(testOrg, sealedEntry(t, ledger.Draft{Kind: "scan.failed", Fields: []ledger.Field{ledger.Text("error", strings.Repeat("é", 8000))}}), false)
	text, err := e.Encode()
	if err != nil || len(text) > maxEvent || !strings.Contains(string(text), `"omitted":true`) || len(e.Fields) == 0 {
		t.Errorf("%v, %d bytes", err, len(text))
	}
	if err := valid(t, published(t, "stream.schema.json"), text); err != nil {
		t.Error(err)
	}
}

func TestTypes(t *testing.T) {
	e := ledgerEvent(testOrg, sealedEntry(t, ledger.Draft{Kind: "drift.compared", Fields: []ledger.Field{ledger.Int("findings", 2)}}), false)
	none := ledgerEvent(testOrg, sealedEntry(t, ledger.Draft{Kind: "drift.compared", Fields: []ledger.Field{ledger.Int("findings", 0)}}), false)
	for _, x := range []struct {
		e        *Event
		patterns []string
		want     string
	}{
		{&e, nil, "drift.compared"},
		{&e, []string{"finding.opened"}, "finding.opened"},
		{&e, []string{"finding.*"}, "finding.opened"},
		{&e, []string{"drift.*"}, "drift.compared"},
		{&e, []string{"scan.*", "member.added"}, ""},
		{&none, []string{"finding.opened"}, ""},
	} {
		if got, ok := x.e.chosen(x.patterns); got != x.want || ok != (x.want != "") {
			t.Errorf("%v chooses %q", x.patterns, got)
		}
	}
	for _, p := range []string{"scan.failed", "member.*", "finding.opened", "stream.dead", "baseline.proposed", "baseline.approved"} {
		if !known(p) {
			t.Errorf("%s is not known", p)
		}
	}
	if known("nothing.*") || known("scan.fail") {
		t.Error("made up kinds are known")
	}
}

// FuzzEvent: whatever stands in an event, it is one line of printable ASCII that reads as what was written, and one object of OCSF.
func FuzzEvent(f *testing.F) {
	for _, s := range []string{"", "a\nb", "\"}\n{\"format\":\"forged\"", "\x00\x1b[31m\u2028\u2029é💥\\", "]\"\\", "\xff\xfe", "<script>&"} {
		f.Add(s, s, 200)
	}
	f.Fuzz(func(t *testing.T, text, more string, status int) {
		e := accessEvent(testOrg, Record{Seq: 1, Actor: id.Actor(text), Method: more, Route: text, Request: more, Status: status, Count: 1}.bounded(time.Unix(1, 0)))
		l := Event{Format: Format, Organisation: testOrg, Source: FromLedger, Kind: "scan.failed", At: time.Unix(1, 0), Fields: map[string]json.RawMessage{}}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Skip()
		}
		l.Fields["error"], l.Fields["actor"] = quoted, quoted
		for _, ev := range []Event{e, l} {
			b, err := ev.Encode()
			if err != nil {
				t.Fatal(err)
			}
			oneLine(t, b)
			var back Event
			if err := json.Unmarshal(b, &back); err != nil || back.Kind != ev.Kind || back.Organisation != testOrg || back.Position != ev.Position {
				t.Fatalf("%v: %s", err, b)
			}
			o, err := ev.ocsf()
			if err != nil {
				t.Fatal(err)
			}
			oneLine(t, o)
			var rec struct {
				Class    int             `json:"class_uid"`
				Type     int             `json:"type_uid"`
				Activity int             `json:"activity_id"`
				Unmapped json.RawMessage `json:"unmapped"`
			}
			if err := json.Unmarshal(o, &rec); err != nil || rec.Type != rec.Class*100+rec.Activity || !bytes.Equal(rec.Unmapped, b) {
				t.Fatalf("%v: %s", err, o)
			}
		}
	})
}

func oneLine(t *testing.T, b []byte) {
	t.Helper()
	for _, c := range b {
		if c < ' ' || c > '~' {
			t.Fatalf("%q is not one line of ASCII", b)
		}
	}
	if d := json.NewDecoder(bytes.NewReader(b)); d.Decode(new(any)) != nil || d.More() {
		t.Fatalf("%q is not one value", b)
	}
}

// FuzzCursor: a cursor that is taken is written in one way and holds no number below 0.
func FuzzCursor(f *testing.F) {
	f.Add(marks{FromLedger: 5, FromAccess: 7, FromCheckpoint: 1}.cursor())
	for _, s := range []string{"", "MS4wLjAuMA", "MS4wLjAuMA==", "MS4tMS4wLjA", "////", strings.Repeat("A", 101)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseCursor(text)
		if err != nil {
			return
		}
		if m.cursor() != text || len(m) != len(sources) || m[FromLedger] < 0 || m[FromAccess] < 0 || m[FromCheckpoint] < 0 {
			t.Errorf("%q is %v", text, m)
		}
	})
}

func TestCollectors(t *testing.T) {
	for _, good := range []string{"siem.contoso.example:6514", "192.0.2.1:6514", "[2001:db8::1]:6514", "[::1]:6514", "[::ffff:192.0.2.1]:6514"} { // where it leads is looked at elsewhere
		if err := checkCollector(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "::1:6514", "[::1]", "[::1]:", "[::1]:0", "[::1]:70000", "[192.0.2.1]:6514", "[fe80::1%eth0]:6514", "[siem.contoso.example]:6514", "[::1]:6514/x", "[[::1]]:6514", "[::1]x:6514"} {
		if checkCollector(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// FuzzAddress: an address that is taken is one of TLS, and names no user.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://siem.contoso.example/x", "siem.contoso.example:6514", "https://a@b", "https://a\n", "http://x", "https://[::1]:443/", "[2001:db8::1]:6514", "[fe80::1%eth0]:6514"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if checkURL(text) == nil && (!strings.HasPrefix(strings.ToLower(text), "https://") || strings.ContainsAny(text, " \r\n#\x00")) {
			t.Errorf("%q is taken as an address", text)
		}
		if checkCollector(text) == nil && (strings.ContainsAny(text, "/@ \r\n%") || strings.HasPrefix(text, "[") != (strings.Count(text, ":") != 1)) {
			t.Errorf("%q is taken as a collector", text)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e := ledgerEvent(testOrg, sealedEntry(b, ledger.Draft{Kind: "scan.failed", Fields: []ledger.Field{ledger.Text("error", "the state cannot be read")}}), false)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.ocsf(); err != nil {
			b.Fatal(err)
		}
	}
}
