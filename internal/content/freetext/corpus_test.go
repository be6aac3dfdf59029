package freetext

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// line is a text of the corpus and the class that it has, or "-".
type line struct{ class, text string }

func corpus(t testing.TB) (all []line) {
	b, err := os.ReadFile(filepath.Join("testdata", "corpus.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(b)) {
		l = strings.TrimSuffix(l, "\n")
		class, text, ok := strings.Cut(l, "\t")
		if !ok {
			continue
		}
		all = append(all, line{class, strings.ReplaceAll(text, `\n`, "\n")})
	}
	return all
}

// TestCorpus measures precision and recall, and keeps the figures that docs/portal/free-text.md states from getting worse.
func TestCorpus(t *testing.T) {
	type figures struct{ right, wrong, missed int }
	measured := map[Class]*figures{}
	for _, c := range Classes() {
		measured[c] = &figures{}
	}
	for _, l := range corpus(t) {
		hits, err := Find(l.text)
		if err != nil {
			t.Fatalf("%q: %v", l.text, err)
		}
		found := map[Class]bool{}
		for _, h := range hits {
			if !found[h.Class] && string(h.Class) != l.class {
				t.Logf("wrong: %s at %q in %q", h.Rule, l.text[h.From:h.To], l.text)
				measured[h.Class].wrong++
			}
			found[h.Class] = true
		}
		if l.class == "-" {
			continue
		}
		if found[Class(l.class)] {
			measured[Class(l.class)].right++
		} else {
			t.Logf("missed: %s in %q", l.class, l.text)
			measured[Class(l.class)].missed++
		}
	}
	for c, f := range measured {
		precision, recall := float64(f.right)/float64(f.right+f.wrong), float64(f.right)/float64(f.right+f.missed)
		t.Logf("%s: precision %.3f, recall %.3f (%d right, %d wrong, %d missed)", c, precision, recall, f.right, f.wrong, f.missed)
		if precision < 0.96 || recall < 0.9 {
			t.Errorf("%s: precision %.3f, recall %.3f", c, precision, recall)
		}
	}
}

// TestDocuments reads the documentation of this repository, which is architects' prose that nobody wrote for this test: what is found there is listed.
func TestDocuments(t *testing.T) {
	bytes, paragraphs, random, found := 0, 0, 0, map[Class]int{}
	root := filepath.Join("..", "..", "..", "docs")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" || strings.HasSuffix(path, "free-text.md") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for p := range strings.SplitSeq(string(b), "\n\n") {
			hits, err := Find(p[:min(len(p), MaxText)])
			if err != nil {
				continue // cut within a character
			}
			bytes, paragraphs = bytes+len(p), paragraphs+1
			for _, h := range hits {
				if h.Rule == "secret.random" {
					random++ // hashes and signatures of the formats, which are as random as keys are
					continue
				}
				found[h.Class]++
				t.Logf("%s: %s %q", path, h.Rule, p[h.From:h.To])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d paragraphs, %d kB: %v, and %d random strings", paragraphs, bytes>>10, found, random)
	if paragraphs < 1000 {
		t.Fatalf("only %d paragraphs were read", paragraphs)
	}
	if found[Special] > 3 || found[Identifier] > 1 || found[Secret] > 12 {
		t.Errorf("too much is found in the documentation: %v", found)
	}
}
