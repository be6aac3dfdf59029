package baseline

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

const noon = "2026-01-31T12:00:00Z"

var (
	key   = bytes.Repeat([]byte{7}, evidence.MinKey)
	other = bytes.Repeat([]byte{8}, evidence.MinKey)
)

const overlayText = "version: 1\r\nname: Contoso Online # as people say\npersons: [{key: customer, name: Käufer}]\n"

// sampleSnapshot has n resources, each with a secret, and one whose content was withdrawn.
func sampleSnapshot(tb testing.TB, n int) *evidence.Snapshot {
	tb.Helper()
	sealer, err := evidence.NewSealer(key)
	if err != nil {
		tb.Fatal(err)
	}
	var rs []evidence.Resource
	for i := range n {
		props, err := tree.ParseJSON(fmt.Appendf(nil, `{"properties":{"adminPassword":"hunter-%d-Secret!","tier":"Basic","n":%d}}`, i, i), tree.Limits{})
		if err != nil {
			tb.Fatal(err)
		}
		r, _, err := sealer.Seal(evidence.Draft{
			ID: fmt.Sprintf("/subscriptions/s/resourcegroups/rg/providers/microsoft.sql/servers/sql%06d", i), Form: evidence.ARM, Provider: "azure",
			Type: "microsoft.sql/servers", Name: fmt.Sprintf("sql%06d", i), Side: evidence.Live, Props: props,
			Origin: evidence.Origin{Input: "export.json", Line: 1 + i},
		})
		if err != nil {
			tb.Fatal(err)
		}
		rs = append(rs, r)
	}
	s, err := evidence.NewSnapshot(evidence.Meta{Name: "Contoso", CollectedAt: noon, KeyID: sealer.KeyID(), Method: "c4arch scan"}, rs,
		[]evidence.NotRead{{Kind: evidence.InputNotUnderstood, Input: "a.txt", Reason: "no reader knows it"}})
	if err != nil {
		tb.Fatal(err)
	}
	if s, err = s.Redact(s.Resources[0].ID, "asked for by its owner"); err != nil {
		tb.Fatal(err)
	}
	return s
}

func sampleApproval() Approval {
	return Approval{
		Model: canon.Sum([]byte("model")), Name: "Contoso", By: "platform-team", Claimed: true, At: noon, Reason: "release 12",
	}
}

func sample(tb testing.TB) *Baseline {
	tb.Helper()
	b, err := New(sampleApproval(), sampleSnapshot(tb, 3), "c4arch.yaml", []byte(overlayText), key)
	if err != nil {
		tb.Fatal(err)
	}
	b.Seen = []Seen{{"f2", noon, noon}, {"f1", "2026-01-30T00:00:00Z", noon}}
	return b
}

func encoded(tb testing.TB, b *Baseline) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := b.Encode(&out); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for name, change := range map[string]func(*Baseline){
		"all":     func(*Baseline) {},
		"no seen": func(b *Baseline) { b.Seen = nil },
		"no key": func(b *Baseline) {
			*b = *must(New(sampleApproval(), b.Snapshot, "c4arch.yaml", []byte(overlayText), nil))
		},
		"no overlay": func(b *Baseline) { *b = *must(New(sampleApproval(), b.Snapshot, "", nil, key)) },
		"empty overlay": func(b *Baseline) {
			*b = *must(New(sampleApproval(), b.Snapshot, "c4arch.yaml", []byte{}, key))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := sample(t)
			change(b)
			data := encoded(t, b)
			again, err := Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Verify(key); err != nil {
				t.Fatal(err)
			}
			if got := encoded(t, again); !bytes.Equal(got, data) {
				t.Fatalf("not the same bytes again:\n%s\n%s", data, got)
			}
			if again.ID != b.ID || again.Approval != b.Approval || again.Seal != b.Seal || !bytes.Equal(again.OverlayText, b.OverlayText) ||
				again.Snapshot.Root != b.Snapshot.Root || len(again.Seen) != len(b.Seen) {
				t.Fatalf("got %+v, want %+v", again, b)
			}
			if !bytes.HasSuffix(data, []byte("}\n")) || !json.Valid(data) {
				t.Fatal("not a JSON document with a line break at its end")
			}
		})
	}
}

func must(b *Baseline, err error) *Baseline {
	if err != nil {
		panic(err)
	}
	return b
}

// TestReadsWellInACommit: one resource and one finding a line, and a new date changes one line.
func TestReadsWellInACommit(t *testing.T) {
	b := sample(t)
	before := strings.Split(string(encoded(t, b)), "\n")
	b.Seen[0].Last = "2026-02-01T00:00:00Z"
	after := strings.Split(string(encoded(t, b)), "\n")
	differ := 0
	for i := range before {
		if before[i] != after[i] {
			differ++
		}
		if n := strings.Count(before[i], `"commitment":`) + strings.Count(before[i], `"finding":`); n > 1 {
			t.Errorf("line %d holds %d things", i+1, n)
		}
	}
	if len(before) != len(after) || differ != 1 {
		t.Errorf("%d lines differ", differ)
	}
}

func TestNoSecretInTheFile(t *testing.T) {
	if data := encoded(t, sample(t)); bytes.Contains(data, []byte("hunter")) || !bytes.Contains(data, []byte("secret:hmac-sha256:")) {
		t.Errorf("a secret stands in %s", data)
	}
}

// TestIDByAnotherWay computes the id with other libraries.
func TestIDByAnotherWay(t *testing.T) {
	a := sample(t).Approval
	a.Supersedes = "b0123456789abcdef"
	plain, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	want, err := jcs.Transform(plain)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(want)
	if got := a.ID(); got != "b"+hex.EncodeToString(sum[:])[:16] {
		t.Errorf("id %s is not that of %s", got, want)
	}
	// HKDF by the two steps of RFC 5869, of which one block is as long as the key that is needed.
	sub := mac(mac(make([]byte, 32), key), []byte("c4arch approval v1\x01"))
	seal, id := a.Seal(key)
	if seal != "hmac-sha256:"+hex.EncodeToString(mac(sub, want)) || id != a.KeyID {
		t.Errorf("seal %s under %s", seal, id)
	}
	if seal, id := a.Seal(key[:3]); seal != "" || id != "" {
		t.Errorf("a key of 3 bytes gives %q %q", seal, id)
	}
}

func mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}

// TestForged: each thing that a forger may change is found and named.
func TestForged(t *testing.T) {
	resealed := func(b *Baseline) { b.ID = b.Approval.ID() } // a forger knows how ids are made
	for name, c := range map[string]struct {
		change func(*Baseline)
		want   string
	}{
		"who":             {func(b *Baseline) { b.Approval.By = "somebody-else" }, "id does not match"},
		"who, new id":     {func(b *Baseline) { b.Approval.By = "somebody-else"; resealed(b) }, "seal does not match"},
		"not claimed":     {func(b *Baseline) { b.Approval.Claimed = false; resealed(b) }, "seal does not match"},
		"seal":            {func(b *Baseline) { b.Seal = sealMark + strings.Repeat("0", 64) }, "seal does not match"},
		"seal misspelt":   {func(b *Baseline) { b.Seal = "none" }, "not written as"},
		"seal taken off":  {func(b *Baseline) { b.Seal = "" }, "names a key and has no seal"},
		"key taken off":   {func(b *Baseline) { b.Approval.KeyID = ""; resealed(b) }, "has a seal and names no key"},
		"overlay":         {func(b *Baseline) { b.OverlayText = []byte("name: Fabrikam\n") }, "overlay is not the one"},
		"overlay broken":  {func(b *Baseline) { b.OverlayText = []byte("nmae: Fabrikam\n") }, "overlay cannot be read"},
		"overlay gone":    {func(b *Baseline) { b.Approval.Overlay = ""; resealed(b) }, "none was approved"},
		"overlay unnamed": {func(b *Baseline) { b.OverlayName = "" }, "overlay's name"},
		"snapshot":        {func(b *Baseline) { b.Snapshot = sampleSnapshot(t, 4) }, "snapshot is not the one"},
		"no snapshot":     {func(b *Baseline) { b.Snapshot = nil }, "has no snapshot"},
		"no reason":       {func(b *Baseline) { b.Approval.Reason = " "; resealed(b) }, "no reason"},
	} {
		b := sample(t)
		c.change(b)
		if err := b.Verify(key); err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestSealUnderAnotherKey: it can be neither refused nor relied on.
func TestSealUnderAnotherKey(t *testing.T) {
	b := sample(t)
	if err := b.Verify(other); err != nil || b.SealedBy(other) || !b.SealedBy(key) || b.SealedBy(nil) {
		t.Errorf("%v, sealed by another %v, by the key %v", err, b.SealedBy(other), b.SealedBy(key))
	}
	unsealed := must(New(sampleApproval(), b.Snapshot, "", nil, nil))
	if err := unsealed.Verify(key); err != nil || unsealed.SealedBy(key) || unsealed.SealedBy(nil) {
		t.Errorf("without a seal: %v", err)
	}
}

// TestSeenIsNotApproved: the dates may change without a new approval.
func TestSeenIsNotApproved(t *testing.T) {
	b := sample(t)
	b.Seen = nil
	if err := b.Verify(key); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	good := sample(t).Approval
	if err := Check(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Approval){
		"no by":            func(a *Approval) { a.By = "" },
		"blank reason":     func(a *Approval) { a.Reason = " \u00a0" },
		"long reason":      func(a *Approval) { a.Reason = strings.Repeat("ä", maxReason+1) },
		"long by":          func(a *Approval) { a.By = strings.Repeat("x", maxBy+1) },
		"escape":           func(a *Approval) { a.By = "a\x1b[2J" },
		"line break":       func(a *Approval) { a.Reason = "a\nb" },
		"turned text":      func(a *Approval) { a.By = "a\u202eb" },
		"not UTF-8":        func(a *Approval) { a.By = "a\xff" },
		"no time":          func(a *Approval) { a.At = "" },
		"a date":           func(a *Approval) { a.At = "2026-01-31" },
		"not UTC":          func(a *Approval) { a.At = "2026-01-31T12:00:00+01:00" },
		"fractions":        func(a *Approval) { a.At = "2026-01-31T12:00:00.5Z" },
		"no snapshot":      func(a *Approval) { a.Snapshot = "" },
		"model misspelt":   func(a *Approval) { a.Model = "sha256:xyz" },
		"overlay misspelt": func(a *Approval) { a.Overlay = "sha1:00" },
		"supersedes":       func(a *Approval) { a.Supersedes = "latest" },
		"key id":           func(a *Approval) { a.KeyID = "my key" },
	} {
		a := good
		change(&a)
		if err := Check(a); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := good
	a.Reason = strings.Repeat("ä", maxReason)
	if err := Check(a); err != nil {
		t.Errorf("characters are counted as bytes: %v", err)
	}
}

// TestDecodeRefuses: what is not exactly the format, with the line where there is one.
func TestDecodeRefuses(t *testing.T) {
	good := string(encoded(t, sample(t)))
	for _, c := range []struct{ name, old, new, want string }{
		{"other format", `"format": "c4arch-baseline"`, `"format": "c4arch-model"`, "line 2"},
		{"later version", "\"version\": \"1\",\n\"id\"", "\"version\": \"2\",\n\"id\"", "line 3"},
		{"unknown member", `"seen": [`, `"sene": [], "seen": [`, "does not have"},
		{"unknown member of the approval", `"by": `, `"bye": "x", "by": `, "approval does not have"},
		{"unknown member of a finding", `"first": "2026-01-30`, `"frist": "", "first": "2026-01-30`, "stands nowhere"},
		{"missing claimed", ",\n  \"claimed\": true", "", "the approval must have"},
		{"claimed as text", `"claimed": true`, `"claimed": "true"`, "true or false"},
		{"name twice", `"id": "`, `"id": "b", "id": "`, "same name twice"},
		{"number for text", `"by": "platform-team"`, `"by": 7`, "text was expected"},
		{"seen out of order", `"finding": "f1"`, `"finding": "f3"`, "sorted"},
		{"seen in no order of time", `"first": "2026-01-30T00:00:00Z"`, `"first": "2027-01-30T00:00:00Z"`, "last not before first"},
		{"finding with an escape", `"finding": "f1"`, `"finding": "\u001b"`, "id of a finding"},
		{"tier", `"tier":"Basic"`, `"tier":"Premium"`, "does not match its commitment"},
		{"by", `"by": "platform-team"`, `"by": "platform-taem"`, "id does not match"},
		{"unknown member of a resource", `"commitment":`, `"comitment":"","commitment":`, "line "},
		{"more text", "\n}\n}\n", "\n}\n}\n{}", "more text"},
		{"cut off", "\n}\n}\n", "\n}\n", "cut off"},
		{"no snapshot", `"snapshot": {`, `"sealed": {`, "does not have"},
	} {
		if strings.Count(good, c.old) < 1 {
			t.Fatalf("%s: %q is not there", c.name, c.old)
		}
		b, err := Decode([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || b != nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	for _, text := range []string{"", "[]", "{}", "null", "{\"format\": \"c4arch-baseline\"}", "\x00", "\xff\xfe"} {
		if b, err := Decode([]byte(text)); err == nil || b != nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// TestLineOfTheFile: what is wrong in the snapshot is named by its line in the file that holds it.
func TestLineOfTheFile(t *testing.T) {
	good := string(encoded(t, sample(t)))
	i := strings.LastIndex(good, `"commitment":`)
	line := 1 + strings.Count(good[:i], "\n")
	_, err := Decode([]byte(good[:i] + `"odd":1,` + good[i:]))
	if want := fmt.Sprintf("line %d:", line); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestModelDigest(t *testing.T) {
	m := &c4.Model{Format: c4.Format, Version: c4.FormatVersion, Name: "Contoso", CollectedAt: noon}
	first := ModelDigest(m)
	m.CollectedAt = "2026-02-01T00:00:00Z"
	if again := ModelDigest(m); again != first || m.CollectedAt == "" || !digestForm.MatchString(string(first)) {
		t.Errorf("%s then %s", first, again)
	}
	m.Name = "Fabrikam"
	if ModelDigest(m) == first {
		t.Error("another model has the same digest")
	}
}

const schemaFile = "../../../docs/formats/baseline.schema.json"

func TestSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	f, err := os.Open("../../../docs/formats/snapshot.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	snapshot, err := jsonschema.UnmarshalJSON(f)
	if err == nil {
		err = c.AddResource("urn:c4arch:snapshot:1", snapshot)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	validate := func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
	good := encoded(t, sample(t))
	if err := validate(good); err != nil {
		t.Error(err)
	}
	bare := encoded(t, must(New(sampleApproval(), sampleSnapshot(t, 1), "", nil, nil)))
	if err := validate(bare); err != nil {
		t.Error(err)
	}
	for _, r := range [][2]string{
		{`"claimed": true`, `"claimed": "yes"`},
		{`"seen": [`, `"odd": [`},
		{`"version": "1"`, `"version": "2"`},
		{`"by": `, `"bye": `},
		{`"seal": "hmac-sha256:`, `"seal": "sha256:`},
		{`"finding": "f1"`, `"finding": ""`},
	} {
		bad := bytes.Replace(good, []byte(r[0]), []byte(r[1]), 1)
		if bytes.Equal(bad, good) || validate(bad) == nil {
			t.Errorf("%s: the schema accepts it", r[1])
		}
	}
}

// FuzzDecode: what is accepted verifies and is written as the same bytes when it is read again; what is not gives
// an error of a kind that quotes no control character.
func FuzzDecode(f *testing.F) {
	good := encoded(f, sample(f))
	f.Add(good)
	f.Add(bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")))
	f.Add(encoded(f, must(New(sampleApproval(), sampleSnapshot(f, 1), "", nil, nil))))
	for _, s := range []string{"", "{}", `{"format":"c4arch-baseline","snapshot":{}}`, `{"format":"c4arch-baseline","seen":[{}]}`, "[[[["} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Decode(data)
		if err != nil {
			if k := fault.KindOf(err); b != nil || k != fault.Invalid && k != fault.Limited || strings.ContainsAny(err.Error(), "\x00\x1b\r") {
				t.Fatalf("%q with %v", err, b)
			}
			return
		}
		if err := b.Verify(nil); err != nil {
			t.Fatal(err)
		}
		first := encoded(t, b)
		again, err := Decode(first)
		if err != nil || !bytes.Equal(encoded(t, again), first) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}
