package ledger

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/canon"
)

// packed is a pack about entries 2 and 5 of a journal, and what it is made of.
func packed(t testing.TB, change func(files *[]PackFile)) ([]byte, Trust) {
	t.Helper()
	j := newJournal(t).writeMany(9)
	files := []PackFile{
		{"README.txt", "how to verify", []byte("read me")}, {"views/context.svg", "a view", []byte("<svg/>")}, {"population.csv", "all changes", []byte("a,b\r\n1,2\r\n")},
	}
	m, err := json.Marshal(map[string]any{"format": PackFormat, "id": "ep_1", "what": "a period", "files": ListPack(files), "cited": []int64{2, 5}})
	if err != nil {
		t.Fatal(err)
	}
	at := j.write(Draft{Kind: KindPack, Fields: []Field{Text("pack", "ep_1"), Digest("digest", canon.Sum(m))}})
	want := []int64{2, 5, at}
	bundle := j.bundle(func(b *Bundle) {
		b.Entries = func(yield func(Entry, error) bool) {
			for _, i := range want {
				if !yield(j.entries[i], nil) {
					return
				}
			}
		}
		b.Prove = func(Entry) bool { return true }
	})
	report := []byte("%PDF-1.7 a report")
	note, err := StatePack(m, bundle, report, j.signer)
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, PackFile{Name: PackManifest, Data: m}, PackFile{Name: PackLedger, Data: bundle}, PackFile{Name: PackReport, Data: report}, PackFile{Name: PackStatement, Data: note})
	if change != nil {
		change(&files)
	}
	return container(t, files), j.key()
}

func container(t testing.TB, files []PackFile) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WritePack(&b, files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verdict(b []byte, trust Trust) (Verdict, string) {
	o, err := VerifyPack(bytes.NewReader(b), int64(len(b)), trust)
	if err != nil {
		return Broken, err.Error()
	}
	return o.Verdict, o.Text()
}

func TestPack(t *testing.T) {
	b, trust := packed(t, nil)
	again, _ := packed(t, nil)
	if !bytes.Equal(b, again) {
		t.Error("the same pack has other bytes")
	}
	v, text := verdict(b, trust)
	if v != Proven || !strings.Contains(text, "entry 9 of the ledger carries the digest") || !strings.Contains(text, "2 entries are cited with a proof each") || !strings.Contains(text, "the key of the log signed") {
		t.Errorf("%s\n%s", v, text)
	}
	if v, text := verdict(b, Trust{}); v != SelfConsistent || !strings.Contains(text, "the key that the pack itself names proves nothing") {
		t.Errorf("without a key: %s\n%s", v, text)
	}
	other, err := NewSigner(origin, seed(9))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := verdict(b, Trust{LogKeys: []Key{other.Key()}}); v != Broken {
		t.Errorf("with another key: %s", v)
	}
	if !IsPack(bytes.NewReader(b), int64(len(b))) || IsPack(strings.NewReader("PK"), 2) {
		t.Error("a pack is told from what is none")
	}
	bundle := newJournal(t).writeMany(3).bundle(nil)
	if IsPack(bytes.NewReader(bundle), int64(len(bundle))) {
		t.Error("a bundle is taken for a pack")
	}
	o, err := VerifyPack(bytes.NewReader(b), int64(len(b)), trust)
	if err != nil || !json.Valid(o.JSON()) || o.ExitCode() != 0 {
		t.Errorf("%v %s", err, o.JSON())
	}
}

// Every bit of a pack counts, wherever it is: in a file, between the files, in a header.
func TestEveryByteOfAPack(t *testing.T) {
	b, trust := packed(t, nil)
	for i := range b {
		flipped := bytes.Clone(b)
		flipped[i] ^= 1 << (i % 8)
		if v, text := verdict(flipped, trust); v != Broken {
			t.Fatalf("byte %d of %d is another, and the verdict is %s\n%s", i, len(b), v, text)
		}
	}
	for n := range len(b) {
		if n%7 == 0 {
			if v, _ := verdict(b[:n], trust); v != Broken {
				t.Fatalf("the first %d bytes are taken", n)
			}
		}
	}
}

// Somebody who can write a good container changes one file at a time, adds one, takes one away.
func TestForgedPacks(t *testing.T) {
	find := func(files []PackFile, name string) int {
		return slices.IndexFunc(files, func(f PackFile) bool { return f.Name == name })
	}
	for _, name := range []string{"README.txt", "views/context.svg", "population.csv", PackManifest, PackLedger, PackReport, PackStatement} {
		b, trust := packed(t, func(files *[]PackFile) {
			i := find(*files, name)
			(*files)[i].Data = append(bytes.Clone((*files)[i].Data), ' ')
		})
		if v, text := verdict(b, trust); v != Broken {
			t.Errorf("%s has one byte more: %s\n%s", name, v, text)
		}
		b, trust = packed(t, func(files *[]PackFile) { *files = slices.Delete(*files, find(*files, name), find(*files, name)+1) })
		if v, text := verdict(b, trust); v != Broken {
			t.Errorf("%s is missing: %s\n%s", name, v, text)
		}
	}
	b, trust := packed(t, func(files *[]PackFile) { *files = append(*files, PackFile{Name: "z.txt", Data: []byte("more")}) })
	if v, text := verdict(b, trust); v != Broken || !strings.Contains(text, "z.txt is too many") {
		t.Errorf("a file more: %s\n%s", v, text)
	}
	// A manifest that was made anew, with its digests and another pack's statement: the log has no entry about it.
	b, trust = packed(t, func(files *[]PackFile) {
		i := find(*files, PackManifest)
		(*files)[i].Data = bytes.Replace((*files)[i].Data, []byte("a period"), []byte("a decade"), 1)
	})
	if v, text := verdict(b, trust); v != Broken || !strings.Contains(text, "no entry of the ledger says") {
		t.Errorf("another manifest: %s\n%s", v, text)
	}
	b, trust = packed(t, func(files *[]PackFile) { // what is cited has to be proven
		i := find(*files, PackManifest)
		(*files)[i].Data = bytes.Replace((*files)[i].Data, []byte("[2,5]"), []byte("[2,6]"), 1)
	})
	if _, text := verdict(b, trust); !strings.Contains(text, "entry 6 is cited") {
		t.Errorf("an entry that is not proven:\n%s", text)
	}
}

// contained is a container that no writer of ours makes.
func contained(t testing.TB, method uint16, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("0"), 1<<16)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostilePacks(t *testing.T) {
	many := make([]string, MaxPackFiles+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for what, b := range map[string][]byte{
		"compressed": contained(t, zip.Deflate, PackManifest), "a way up": contained(t, zip.Store, "../manifest.json"), "a root": contained(t, zip.Store, "/etc/passwd"),
		"twice": contained(t, zip.Store, PackManifest, PackManifest), "hidden": contained(t, zip.Store, ".manifest"), "backslash": contained(t, zip.Store, `a\b`),
		"nothing": {}, "no zip": []byte(strings.Repeat("x", 100)), "no manifest": contained(t, zip.Store, "a"), "long name": contained(t, zip.Store, strings.Repeat("a", 201)), "not Latin": contained(t, zip.Store, "ä"),
	} {
		if _, err := VerifyPack(bytes.NewReader(b), int64(len(b)), Trust{}); err == nil {
			t.Errorf("%s is read", what)
		}
	}
	if err := WritePack(&bytes.Buffer{}, []PackFile{{Name: "a"}, {Name: "a"}}); err == nil {
		t.Error("a file is written twice")
	}
	files := make([]PackFile, len(many))
	for i := range many {
		files[i].Name = many[i]
	}
	if WritePack(&bytes.Buffer{}, files) == nil || WritePack(&bytes.Buffer{}, []PackFile{{Name: "../a"}}) == nil {
		t.Error("too many files, or a way up, are written")
	}
}

func FuzzVerifyPack(f *testing.F) {
	b, trust := packed(f, nil)
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add(contained(f, zip.Store, PackManifest, PackLedger, PackReport, PackStatement))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := VerifyPack(bytes.NewReader(data), int64(len(data)), trust)
		if err == nil && o.Verdict == Proven && !bytes.Equal(data, b) {
			t.Error("another pack is proven")
		}
		if err == nil && (o.Text() == "" || !json.Valid(o.JSON())) {
			t.Error("there is no report")
		}
	})
}
