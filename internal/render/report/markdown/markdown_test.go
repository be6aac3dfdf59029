package markdown_test

import (
	"bytes"
	"testing"

	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report/markdown"
	"c4arch/internal/render/report/reporttest"
	"c4arch/test/golden"
)

func render(tb testing.TB, r *drift.Report, o markdown.Options) string {
	tb.Helper()
	var b bytes.Buffer
	if err := markdown.Render(&b, r, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, r := range map[string]*drift.Report{
		"sample": reporttest.Sample(), "empty": reporttest.Empty(), "code": reporttest.Code(), "hostile": reporttest.Hostile(),
	} {
		t.Run(name, func(t *testing.T) {
			got := render(t, r, markdown.Options{})
			golden.Check(t, name+".md", got)
		})
	}
}

func TestNoLongerThanAsked(t *testing.T) {
	for name, r := range reporttest.Reports() {
		for _, size := range []int{0, 1, 8000, 10_000, 30_000, 65_000} {
			got := render(t, r, markdown.Options{MaxBytes: size})
			most := max(size, markdown.Min)
			if size == 0 {
				most = markdown.Max
			}
			if len(got) > most {
				t.Errorf("%s: %d bytes where %d were asked for", name, len(got), most)
			}
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r := reporttest.Large(10_000)
	b.ReportAllocs()
	for b.Loop() {
		render(b, r, markdown.Options{})
	}
}
