package text_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report/reporttest"
	"c4arch/internal/render/report/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(tb testing.TB, r *drift.Report, o text.Options) string {
	tb.Helper()
	var b bytes.Buffer
	if err := text.Render(&b, r, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, c := range map[string]struct {
		r *drift.Report
		o text.Options
	}{
		"sample":  {reporttest.Sample(), text.Options{}},
		"color":   {reporttest.Sample(), text.Options{Color: true, Width: 72}},
		"verbose": {reporttest.Sample(), text.Options{Verbose: true, Width: 120}},
		"empty":   {reporttest.Empty(), text.Options{}},
		"code":    {reporttest.Code(), text.Options{}},
		"large":   {reporttest.Large(100), text.Options{}},
		"hostile": {reporttest.Hostile(), text.Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := render(t, c.r, c.o)
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("differs from %s; look at it and run with -update", path)
			}
		})
	}
}
