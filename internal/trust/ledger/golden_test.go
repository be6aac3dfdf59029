package ledger

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata again")

// TestTheCommittedBundle is the test vector of docs/formats/bundle.md: keys of known seeds (32 bytes of 01, and 32 of 02), salts of a known stream. What is committed must verify, and
// what is written today must be what is committed: the formats do not move.
func TestTheCommittedBundle(t *testing.T) {
	j := newJournal(t).writeMany(4)
	w := cosigner(t, "witness.fabrikam.example", 2)
	held := cosigned1(t, j.sign(), w)
	j.erase(1, "actor", "reason")
	newest := cosigned1(t, j.sign(), w)
	bundle := j.bundle(func(b *Bundle) {
		b.Checkpoint, b.Older, b.Keys = newest, [][]byte{held}, append(b.Keys, w.Key())
	})
	trust := Trust{LogKeys: []Key{j.signer.Key()}, WitnessKeys: []Key{w.Key()}, Held: [][]byte{held}}
	report := verify(t, bundle, trust)
	expect(t, report, Proven, "")
	request, err := NewRequest(4, newest, j)
	if err != nil {
		t.Fatal(err)
	}
	path, err := Inclusion(5, 2, j)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"bundle.zip":               bundle,
		"log.key":                  []byte(j.signer.Key().String() + "\n"),
		"witness.key":              []byte(w.Key().String() + "\n"),
		"held.checkpoint":          held,
		"leaf.json":                j.entries[2].Leaf,
		"line.json":                mustLine(t, j.entries[1]),
		"entry-2.tlog-proof":       Proof{Leaf: j.entries[2].Leaf, Index: 2, Path: path, Checkpoint: newest}.Encode(),
		"add-checkpoint.txt":       request.Encode(),
		"report.txt":               []byte(report.Text()),
		"report.json":              report.JSON(),
		"report-without-a-key.txt": []byte(verify(t, bundle, Trust{}).Text()),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, want) {
			t.Errorf("%s is not what is committed", file)
		}
	}
}

func mustLine(t *testing.T, e Entry) []byte {
	l, err := lineOf(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l.Encode()
}

// The pages of the formats name the vectors; a page that does not match them would send somebody wrong.
func TestThePagesShowTheVectors(t *testing.T) {
	for page, vectors := range map[string][]string{
		"ledger.md": {"leaf.json"}, "checkpoint.md": {"log.key", "witness.key", "held.checkpoint"}, "bundle.md": {"line.json"}, "witness.md": {"add-checkpoint.txt"},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "formats", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			data, err := os.ReadFile(filepath.Join("testdata", v))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), strings.TrimSpace(string(data))) {
				t.Errorf("docs/formats/%s does not show %s as it is", page, v)
			}
		}
	}
}
