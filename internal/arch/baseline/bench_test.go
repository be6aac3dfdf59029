package baseline

import (
	"io"
	"testing"
)

func BenchmarkEncode(b *testing.B) {
	base := must(New(sampleApproval(), sampleSnapshot(b, 10_000), "c4arch.yaml", []byte(overlayText), key))
	b.SetBytes(int64(len(encoded(b, base))))
	b.ReportAllocs()
	for b.Loop() {
		if err := base.Encode(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	data := encoded(b, must(New(sampleApproval(), sampleSnapshot(b, 10_000), "c4arch.yaml", []byte(overlayText), key)))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
