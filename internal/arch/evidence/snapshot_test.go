package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

const noon = "2026-01-31T12:00:00Z"

func seal(tb testing.TB, s *Sealer, d Draft) Resource {
	tb.Helper()
	r, nr, err := s.Seal(d)
	if err != nil || len(nr) > 0 {
		tb.Fatal(err, nr)
	}
	return r
}

func snapshot(tb testing.TB, s *Sealer, rs ...Resource) *Snapshot {
	tb.Helper()
	snap, err := NewSnapshot(Meta{
		Name: "Contoso", CollectedAt: noon, KeyID: s.KeyID(), Method: "c4arch scan", Scope: []string{"b", "a", "b"},
		Inputs: []InputSummary{{Name: "b.json", Format: "arm", Resources: len(rs)}, {Name: "a.txt"}},
	}, slices.Clone(rs), []NotRead{{Kind: InputNotUnderstood, Input: "a.txt", Reason: "no reader knows it"}})
	if err != nil {
		tb.Fatal(err)
	}
	return snap
}

func encoded(tb testing.TB, s *Snapshot) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := s.Encode(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// sample is a snapshot with everything in it that a snapshot can have.
func sample(tb testing.TB) *Snapshot {
	s := testSealer(tb)
	var rs []Resource
	for i := range 5 {
		rs = append(rs, seal(tb, s, sampleDraft(tb, i)))
	}
	rs = append(rs, seal(tb, s, Draft{
		ID: "tf:data.azurerm_client_config.me", Aliases: []string{"z", "a"}, Form: Terraform, Provider: "azurerm", Type: "azurerm_client_config",
		Data: true, Side: Planned, Props: object("empty", array(), "n", tree.Value{Kind: tree.Number, Text: "9007199254740993", Line: 7}),
		Origin: Origin{Input: "x.tfstate", Line: 3, Path: "resources[0]", Address: "data.azurerm_client_config.me"},
	}))
	snap := snapshot(tb, s, rs...)
	snap, err := snap.Redact(rs[3].ID, "asked for by its owner")
	if err != nil {
		tb.Fatal(err)
	}
	return snap
}

func TestSnapshotRoundTrip(t *testing.T) {
	snap := sample(t)
	data := encoded(t, snap)
	again, err := DecodeSnapshot(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(t, again), data) {
		t.Error("decoding and encoding changed the snapshot")
	}
	if snap.Scope[0] != "a" || len(snap.Scope) != 2 || snap.Inputs[0].Name != "a.txt" {
		t.Errorf("not sorted: %v %v", snap.Scope, snap.Inputs)
	}
}

func TestSnapshotMatchesItsSchema(t *testing.T) {
	file, err := os.Open("../../../docs/formats/snapshot.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("snapshot.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("snapshot.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(data []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	data := encoded(t, sample(t))
	if err := validate(data); err != nil {
		t.Error(err)
	}
	if err := validate(encoded(t, snapshot(t, testSealer(t)))); err != nil {
		t.Error("empty:", err)
	}
	for _, change := range [][2]string{
		{`"format": "c4arch-snapshot"`, `"format": "other"`},
		{`"root": "sha256:`, `"root": "sha1:`},
		{`"form":"arm"`, `"form":"bicep"`},
		{`"line":`, `"lines":`},
		{`"kind":"input"`, `"kind":"output"`},
		{`"collectedAt": "2026`, `"collectedAt": "26`},
	} {
		if !bytes.Contains(data, []byte(change[0])) {
			t.Fatalf("the sample has no %s", change[0])
		}
		if validate(bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1)) == nil {
			t.Errorf("the schema accepts %s", change[1])
		}
	}
}

func TestSnapshotIsTheSameInAnyOrder(t *testing.T) {
	s := testSealer(t)
	var rs []Resource
	for i := range 60 {
		d := sampleDraft(t, i%50)
		d.Origin = Origin{Input: fmt.Sprintf("in%d.json", i%7), Line: i}
		rs = append(rs, seal(t, s, d))
	}
	want := encoded(t, snapshot(t, s, rs...))
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		r.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
		if !bytes.Equal(encoded(t, snapshot(t, s, rs...)), want) {
			t.Fatal("another order, another snapshot")
		}
	}
}

func TestEqualContentIsOneResource(t *testing.T) {
	s := testSealer(t)
	a, b := sampleDraft(t, 1), sampleDraft(t, 1)
	a.Origin, a.Aliases = Origin{Input: "b.json", Line: 10}, []string{"x"}
	b.Origin, b.Aliases = Origin{Input: "a.json", Line: 20}, []string{"y"}
	for p, v := range b.Props.Leaves() {
		_ = p
		v.Line += 100
	}
	ra, rb := seal(t, s, a), seal(t, s, b)
	snap := snapshot(t, s, ra, rb)
	if len(snap.Resources) != 1 {
		t.Fatalf("%d resources", len(snap.Resources))
	}
	r := snap.Resources[0]
	if len(r.Origins) != 2 || r.Origins[0].Input != "a.json" || !slices.Equal(r.Aliases, []string{"x", "y"}) || !slices.Equal(r.Lines, rb.Lines) {
		t.Errorf("origins %v, aliases %v; the lines have to be those of the first origin", r.Origins, r.Aliases)
	}
	if len(snap.NotRead) != 1 {
		t.Errorf("reported: %v", snap.NotRead)
	}
}

func TestContradictionIsReported(t *testing.T) {
	s := testSealer(t)
	a, b, c := sampleDraft(t, 1), sampleDraft(t, 1), sampleDraft(t, 1)
	a.Origin, b.Origin = Origin{Input: "b.json", Line: 10}, Origin{Input: "a.json", Line: 20}
	b.Location = "northeurope"
	c.Type, c.Data = "other", true
	snap := snapshot(t, s, seal(t, s, a), seal(t, s, b), seal(t, s, c))
	if len(snap.Resources) != 3 {
		t.Fatalf("%d resources", len(snap.Resources))
	}
	var found []NotRead
	for _, n := range snap.NotRead {
		if n.Kind == ResourceNotRead {
			found = append(found, n)
		}
	}
	if len(found) != 1 || found[0].Input != "b.json" || found[0].Line != 10 || !strings.Contains(found[0].Help, "a.json line 20") {
		t.Errorf("reported: %+v", found)
	}
}

// The root does not move with place, time, name of an input or alias, and moves with everything else.
func TestWhatTheRootCovers(t *testing.T) {
	s := testSealer(t)
	base := snapshot(t, s, seal(t, s, sampleDraft(t, 1))).Root
	for name, change := range map[string]func(*Draft){
		"input": func(d *Draft) { d.Origin.Input = "other" }, "line": func(d *Draft) { d.Origin.Line = 999 },
		"address": func(d *Draft) { d.Origin.Address = "a.b" }, "alias": func(d *Draft) { d.Aliases = []string{"x"} },
		"order": func(d *Draft) { slices.Reverse(d.Props.Members) },
	} {
		d := sampleDraft(t, 1)
		change(&d)
		if snapshot(t, s, seal(t, s, d)).Root != base {
			t.Errorf("%s is in the root", name)
		}
	}
	for name, change := range map[string]func(*Draft){
		"id": func(d *Draft) { d.ID += "x" }, "form": func(d *Draft) { d.Form = Terraform }, "side": func(d *Draft) { d.Side = Planned },
		"type": func(d *Draft) { d.Type = "x" }, "name": func(d *Draft) { d.Name = "x" }, "scope": func(d *Draft) { d.Scope = "x" },
		"location": func(d *Draft) { d.Location = "x" }, "provider": func(d *Draft) { d.Provider = "x" }, "data": func(d *Draft) { d.Data = true },
		"tags": func(d *Draft) { d.Tags["x"] = "y" }, "properties": func(d *Draft) { d.Props.Set("x", tree.Str("y")) },
		"big number": func(d *Draft) { d.Props.Set("n", tree.Value{Kind: tree.Number, Text: "9007199254740993"}) },
	} {
		d := sampleDraft(t, 1)
		change(&d)
		if snapshot(t, s, seal(t, s, d)).Root == base {
			t.Errorf("%s is not in the root", name)
		}
	}
}

// The canonical bytes are RFC 8785 of what docs/formats/snapshot.md says.
func TestCanonicalBytes(t *testing.T) {
	s := testSealer(t)
	d := sampleDraft(t, 1)
	d.Data, d.Tags = true, map[string]string{"\u20ac": "1", "a\n": "2", "\U0001F600": "3", "\ufb33": "4"}
	r := seal(t, s, d)
	plain, err := json.Marshal(map[string]any{
		"id": r.ID, "form": r.Form, "type": r.Type, "name": r.Name, "scope": r.Scope, "location": r.Location, "tags": r.Tags,
		"data": r.Data, "side": r.Side, "provider": r.Provider, "properties": json.RawMessage(r.Props),
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := jcs.Transform(plain)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Canonical(); string(got) != string(want) {
		t.Errorf("canonical bytes\n%s\nand not\n%s", got, want)
	}
	salt, err := hex.DecodeString(r.Salt)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(append(salt, want...)); "sha256:"+hex.EncodeToString(sum[:]) != string(r.Commitment) {
		t.Error("the commitment is not SHA-256 of the salt and the bytes")
	}
}

// RFC 6962 section 2.1.3 shows the tree over seven leaves; here it is once more, spelt out.
func TestTreeHash(t *testing.T) {
	leaf := func(s string) []byte { h := sha256.Sum256([]byte("\x00" + s)); return h[:] }
	node := func(a, b []byte) []byte { h := sha256.Sum256(slices.Concat([]byte{1}, a, b)); return h[:] }
	var leaves [][]byte
	for i := range 7 {
		leaves = append(leaves, []byte{byte('a' + i)})
	}
	k := node(node(node(leaf("a"), leaf("b")), node(leaf("c"), leaf("d"))), node(node(leaf("e"), leaf("f")), leaf("g")))
	if got := treeHash(leaves); !bytes.Equal(got[:], k) {
		t.Errorf("%x, not %x", got, k)
	}
	if got := treeHash(leaves[:1]); !bytes.Equal(got[:], leaf("a")) {
		t.Error("one leaf")
	}
	// The hash of no leaves is that of the empty string.
	if got := treeHash(nil); hex.EncodeToString(got[:]) != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Error("no leaves")
	}
}

func TestTamperingIsFound(t *testing.T) {
	data := encoded(t, sample(t))
	for _, change := range [][2]string{
		{`"httpsOnly":true`, `"httpsOnly":false`},
		{`"env":"prod"`, `"env":"test"`},
		{`"location":"westeurope"`, `"location":"westus"`},
		{`"name":"app-contoso-2"`, `"name":"app-contoso-9"`},
		{`"side":"live"`, `"side":"planned"`},
		{`"root": "sha256:`, `"root": "sha256:0`},
		{`"commitment":"sha256:`, `"commitment":"sha256:0`},
		{`"salt":"`, `"salt":"0`},
		{`"version": "1"`, `"version": "2"`},
		{`"format": "c4arch-snapshot"`, `"format": "x"`},
		{`"n":{"$number":"9007199254740993"}`, `"n":9007199254740993`},
		{`"erased":"asked for by its owner"`, `"location":"x"`},
		{`"properties":{`, `"properties":{ `},
		{`"line":3,`, `"line":-3,`},
	} {
		if !bytes.Contains(data, []byte(change[0])) {
			t.Fatalf("the sample has no %s", change[0])
		}
		_, err := DecodeSnapshot(bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1))
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s for %s: %v", change[1], change[0], err)
		}
	}
	lines := bytes.Split(data, []byte("\n"))
	for i, l := range lines {
		if bytes.HasPrefix(l, []byte(`{"id":`)) && bytes.HasSuffix(l, []byte(",")) {
			_, err := DecodeSnapshot(bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), []byte("\n")))
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("without resource %d: %v", i, err)
			}
		}
	}
	_, err := DecodeSnapshot(bytes.Replace(data, []byte(`"httpsOnly":true`), []byte(`"httpsOnly":false`), 1))
	if err == nil || !strings.Contains(err.Error(), "microsoft.web/sites/app-contoso-0") {
		t.Errorf("the error does not name the resource: %v", err)
	}
}

func TestRedactionKeepsTheRoot(t *testing.T) {
	s := testSealer(t)
	d := sampleDraft(t, 1)
	d.Name, d.Location = "unusual-name", "unusual-place"
	r := seal(t, s, d)
	snap := snapshot(t, s, r, seal(t, s, sampleDraft(t, 2)))
	out, err := snap.Redact(r.ID, "a person asked for it")
	if err != nil {
		t.Fatal(err)
	}
	data := encoded(t, out)
	again, err := DecodeSnapshot(data)
	if err != nil || again.Root != snap.Root {
		t.Fatalf("%v, root %s and not %s", err, again.Root, snap.Root)
	}
	for _, gone := range []string{"unusual-name", "unusual-place", r.Salt, "hostNames\":[\"app-contoso-1."} {
		if bytes.Contains(data, []byte(gone)) {
			t.Errorf("%s is still there", gone)
		}
	}
	if _, err := snap.Redact("none", ""); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if snap.Resources[0].Erased != "" || snap.Resources[1].Erased != "" {
		t.Error("the snapshot itself was changed")
	}
	gone := r.Redact("x")
	if !r.Verify() || gone.Verify() {
		t.Error("what is gone cannot be verified")
	}
}

func TestKeys(t *testing.T) {
	if _, err := NewSealer(make([]byte, MinKey-1)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a short key: %v", err)
	}
	a := testSealer(t)
	b, err := NewSealer(bytes.Repeat([]byte("other!!!"), 4))
	if err != nil {
		t.Fatal(err)
	}
	if a.KeyID() == b.KeyID() || a.KeyID() != testSealer(t).KeyID() || len(a.KeyID()) != 16 {
		t.Error("key ids")
	}
	ra, rb := seal(t, a, sampleDraft(t, 1)), seal(t, b, sampleDraft(t, 1))
	if ra.Commitment == rb.Commitment || ra.Salt == rb.Salt || bytes.Equal(ra.Props, rb.Props) {
		t.Error("two keys, one result")
	}
	if !a.Owns(&ra) || a.Owns(&rb) {
		t.Error("Owns")
	}
	if !IsFingerprint(string(ra.Props)) {
		t.Error("no fingerprint of the password")
	}
}

// The same secret has the same fingerprint wherever it stands: a change can be told from a move.
func TestFingerprintIsOfTheSecretAlone(t *testing.T) {
	s := testSealer(t)
	d := Draft{ID: "r", Form: ARM, Props: object("password", "hunter2", "x", "Server=a.contoso.com;Password=hunter2;", "y", "redis://:hunter2@h/")}
	r := seal(t, s, d)
	if n := strings.Count(string(r.Props), s.fingerprint("hunter2")); n != 3 {
		t.Errorf("%d of 3 in %s", n, r.Props)
	}
	again := seal(t, s, Draft{ID: "r", Form: ARM, Props: mustTree(t, &r)})
	if again.Commitment != r.Commitment || !slices.Equal(again.Redacted, r.Redacted) {
		t.Errorf("sealing what is sealed changed it:\n%s\n%s", r.Props, again.Props)
	}
}

// A text that only begins like a fingerprint hides nothing.
func TestForgedFingerprint(t *testing.T) {
	s := testSealer(t)
	mark := s.fingerprint("x")
	for _, text := range []string{mark + " hunter2", mark + ";hunter2", "hunter2;" + mark, "hunter2/" + mark, mark[:20] + "hunter2", "https://app:hunter2@a.contoso.com/" + mark} {
		r := seal(t, s, Draft{ID: "r", Form: ARM, Props: object("password", text)})
		if strings.Contains(string(r.Props), "hunter2") {
			t.Errorf("%s became %s", text, r.Props)
		}
	}
	for _, text := range []string{"https://app:hunter2@a.contoso.com/x", "Server=a.contoso.com;Password=hunter2", "redis.contoso.net:6380,password=hunter2", "hunter2"} {
		r := seal(t, s, Draft{ID: "r", Form: ARM, Props: object("a", text), Sensitive: []tree.Path{"a"}})
		again := seal(t, s, Draft{ID: "r", Form: ARM, Props: mustTree(t, &r), Sensitive: []tree.Path{"a"}})
		if strings.Contains(string(r.Props), "hunter2") || r.Commitment == again.Commitment && len(again.Redacted) != 1 {
			t.Errorf("%s became %s and then %s", text, r.Props, again.Props)
		}
	}
}

func mustTree(tb testing.TB, r *Resource) tree.Value {
	v, err := r.Tree()
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestLines(t *testing.T) {
	v, err := tree.ParseJSON([]byte("{\n\"b\": {\n\"c\": [\n1,\n2\n],\n\"password\": \"hunter2\"},\n\"a\": []\n}"), tree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r := seal(t, testSealer(t), Draft{ID: "r", Form: ARM, Props: v, Origin: Origin{Input: "x", Line: 77}})
	for p, want := range map[tree.Path]int{"a": 8, "b.c[0]": 4, "b.c[1]": 5, "b.c": 4, "b": 4, "b.password": 7, "": 77, "b.c[9]": 4, "zzz": 77} {
		if got := r.Line(p); got != want {
			t.Errorf("line of %q: %d, not %d", p, got, want)
		}
	}
	if got := mustTree(t, &r); got.Get("b").Line != 4 || got.At("b.c[1]").Line != 5 {
		t.Error("the tree has other lines")
	}
}

func TestTextWithinTextHasAnEnd(t *testing.T) {
	inner := `{"a":"Server=x.contoso.com;Password=hunter2"}`
	for range 9 {
		inner = `{"a":` + quoted(inner) + `}`
	}
	r, nr, err := testSealer(t).Seal(Draft{ID: "r", Form: ARM, Props: object("x", inner), Origin: Origin{Input: "in", Line: 4}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(r.Props), "hunter2") {
		t.Error("the secret is there")
	}
	if len(nr) != 1 || nr[0].Kind != PropertyWithheld || nr[0].Line != 4 || nr[0].Thing != "r x" {
		t.Errorf("reported: %+v", nr)
	}
}

func TestMeta(t *testing.T) {
	if _, err := NewSnapshot(Meta{CollectedAt: "yesterday"}, nil, nil); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	snap, err := NewSnapshot(Meta{CollectedAt: "2026-01-31T13:00:00+01:00"}, nil, []NotRead{
		{Kind: TypeWithoutRule, Input: "a", Thing: "t", Reason: "r"}, {Kind: TypeWithoutRule, Input: "a", Thing: "t", Reason: "r", Count: 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	if snap.CollectedAt != noon {
		t.Error(snap.CollectedAt)
	}
	if len(snap.NotRead) != 1 || snap.NotRead[0].Count != 4 {
		t.Errorf("%+v", snap.NotRead)
	}
	if _, err := DecodeSnapshot(encoded(t, snap)); err != nil {
		t.Error(err)
	}
}

func TestErrorsAreClean(t *testing.T) {
	s := testSealer(t)
	got := s.Text("cannot reach postgres://app:hunter2@db.contoso.com/shop: password=hunter2 was refused")
	if strings.Contains(got, "hunter2") || !strings.Contains(got, "db.contoso.com/shop") {
		t.Error(got)
	}
	n := s.NotRead(NotRead{Input: "a", Thing: "Password=hunter2", Reason: "--token hunter2", Help: "x"})
	if strings.Contains(fmt.Sprint(n), "hunter2") {
		t.Error(n)
	}
}

func FuzzDecodeSnapshot(f *testing.F) {
	data := encoded(f, sample(f))
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte(`{"format":"c4arch-snapshot","version":"1","resources":[{"id":"x","form":"arm","properties":{"a":1e999},"commitment":"sha256:0"}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		snap, err := DecodeSnapshot(data)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		again, err := DecodeSnapshot(encoded(t, snap))
		if err != nil || again.Root != snap.Root {
			t.Errorf("a snapshot that was accepted is not when written again: %v", err)
		}
		for i := range snap.Resources {
			if _, err := snap.Resources[i].Tree(); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzSeal: no text makes the detector fail, and what it has cleaned stays as it is.
func FuzzSeal(f *testing.F) {
	for _, x := range survivors {
		f.Add(x.name, x.text)
	}
	for _, p := range told() {
		d := p.put("hunter2")
		for path, v := range d.Props.Leaves() {
			f.Add(string(path), v.Text)
		}
	}
	s := testSealer(f)
	f.Fuzz(func(t *testing.T, name, value string) {
		name, value = strings.ToValidUTF8(name, "?"), strings.ToValidUTF8(value, "?")
		r, _, err := s.Seal(Draft{ID: "r", Form: ARM, Props: object(name, value), Tags: map[string]string{name: value}, Origin: Origin{Input: "in", Line: 1}})
		if err != nil {
			t.Fatal(err)
		}
		if err := canon.Check(r.Props); err != nil || !r.Verify() {
			t.Fatalf("%v: %s", err, r.Props)
		}
		s.Text(value)
	})
}
