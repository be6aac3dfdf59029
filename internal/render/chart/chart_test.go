package chart

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func sampleChart() Chart {
	at := func(day int, v float64) Point { return Point{noon.AddDate(0, 0, day), v} }
	return Chart{
		ID: "findings", Title: "Findings <by> severity", Description: "Two series & a gap.", From: noon.AddDate(0, 0, -30), To: noon, None: "No data",
		Series: []Series{
			{Name: "Critical", Class: "critical", Runs: [][]Point{{at(-20, 3), at(-15, 5)}, {at(-5, 1), at(-4, 2), at(0, 2)}}},
			{Name: "High", Class: "high", Runs: [][]Point{{at(-20, 12)}}},
		},
	}
}

// wellFormed reads the picture as XML and counts elements by class.
func wellFormed(t *testing.T, svg string) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return count
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := tok.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("<%s %s>", e.Name.Local, a.Name.Local)
				}
				if a.Name.Local == "class" {
					count[a.Value]++
				}
			}
			count["<"+e.Name.Local+">"]++
		}
	}
}

func TestGapsAreNoLines(t *testing.T) {
	got := wellFormed(t, SVG(sampleChart()))
	if got["line critical"] != 2 {
		t.Errorf("%d lines of two runs", got["line critical"])
	}
	if got["line high"] != 0 || got["mark high"] != 1 {
		t.Errorf("one point is %d lines and %d marks", got["line high"], got["mark high"])
	}
	if got["<title>"] != 1 || got["<desc>"] != 1 || got["none"] != 0 {
		t.Errorf("%v", got)
	}
}

func TestNothingIsSaid(t *testing.T) {
	c := sampleChart()
	c.Series = nil
	svg := SVG(c)
	if got := wellFormed(t, svg); got["none"] != 1 || !strings.Contains(svg, "No data") {
		t.Errorf("%v", got)
	}
}

func TestCeiling(t *testing.T) {
	for v, want := range map[float64]float64{0: 4, 3: 4, 5: 8, 9: 12, 12: 12, 13: 16, 99: 100, 101: 120, 0.5: 4, 161: 200} {
		if got := ceiling(v); got != want || got < v {
			t.Errorf("ceiling(%v) = %v, not %v", v, got, want)
		}
	}
}

func TestOddValues(t *testing.T) {
	c := sampleChart()
	c.To = c.From
	c.Series = append(c.Series, Series{Class: `"><script>`, Runs: [][]Point{{{noon, math.Inf(1)}, {noon, -4}}}})
	svg := SVG(c)
	wellFormed(t, svg)
	if strings.Contains(svg, "<script") || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error(svg)
	}
}

func TestManyPoints(t *testing.T) {
	var run []Point
	for i := range 100_000 {
		run = append(run, Point{noon.Add(time.Duration(i) * time.Minute), float64(i % 50)})
	}
	svg := SVG(Chart{ID: "many", From: noon, To: run[len(run)-1].At, Series: []Series{{Class: "low", Runs: [][]Point{run}}}})
	if len(svg) > 64<<10 {
		t.Errorf("%d bytes", len(svg))
	}
	wellFormed(t, svg)
}

func FuzzSVG(f *testing.F) {
	f.Add("id", "title", int64(0), 1.5)
	f.Fuzz(func(t *testing.T, name, title string, at int64, v float64) {
		svg := SVG(Chart{ID: name, Title: title, From: noon, To: noon.AddDate(0, 1, 0), Series: []Series{{Class: name, Runs: [][]Point{{{time.Unix(at, 0), v}, {noon, 1}}}}}})
		if strings.Contains(svg, "<script") {
			t.Error(svg)
		}
	})
}

func BenchmarkSVG(b *testing.B) {
	c := sampleChart()
	for b.Loop() {
		SVG(c)
	}
}
