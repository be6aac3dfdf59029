package freetext

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzFind(f *testing.F) {
	for _, l := range corpus(f) {
		f.Add(l.text)
	}
	f.Add("\x00 4532 0151 1283 0366 - . ")
	f.Fuzz(func(t *testing.T, text string) {
		hits, err := Find(text)
		if err != nil {
			if len(text) <= MaxText && utf8.ValidString(text) {
				t.Fatal(err)
			}
			return
		}
		at := 0
		for _, h := range hits {
			if h.From < at || h.To <= h.From || h.To > len(text) || h.Why == "" {
				t.Fatalf("%+v in %d bytes", h, len(text))
			}
			at = h.To
		}
		if !utf8.ValidString(Redact(text, hits)) {
			t.Error("what is left is not UTF-8")
		}
		var b strings.Builder
		for _, p := range Pieces(text, hits) {
			b.WriteString(p.Text)
		}
		if b.String() != text {
			t.Error("the pieces are not the text")
		}
	})
}

func TestLimit(t *testing.T) {
	if _, err := Find(strings.Repeat("a", MaxText+1)); err == nil {
		t.Error("a text beyond the limit was looked at")
	}
}

// BenchmarkFind looks at 1, 4, 16 and 64 kB of the corpus: the time a byte is to stay the same.
func BenchmarkFind(b *testing.B) {
	var all strings.Builder
	for all.Len() < MaxText {
		for _, l := range corpus(b) {
			all.WriteString(l.text + "\n")
		}
	}
	text := strings.ToValidUTF8(all.String()[:MaxText-4], "")
	for _, n := range []int{1 << 10, 4 << 10, 16 << 10, len(text)} {
		part := strings.ToValidUTF8(text[:n], "")
		b.Run(strconv.Itoa(n>>10)+"kB", func(b *testing.B) {
			b.SetBytes(int64(len(part)))
			for b.Loop() {
				if _, err := Find(part); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
