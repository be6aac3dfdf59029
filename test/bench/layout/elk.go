package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
)

// elkAnswer is what elk.mjs writes for a graph.
type elkAnswer struct {
	Took    []float64 `json:"took"` // ms
	CPU     []float64 `json:"cpu"`  // ms
	Error   string    `json:"error"`
	Drawing *struct {
		Size  [2]float64 `json:"size"`
		Boxes []struct {
			ID string     `json:"id"`
			At [4]float64 `json:"at"`
		} `json:"boxes"`
		Lines []struct {
			ID     string       `json:"id"`
			Points [][2]float64 `json:"points"`
			Label  *[4]float64  `json:"label"`
		} `json:"lines"`
	} `json:"drawing"`
}

// elk starts elkjs in node, once for all graphs: the time of a layout is that of elk.layout alone.
func elk(dir string) (e engine, stop func() error, err error) {
	cmd := exec.Command("node", filepath.Join(dir, "elk.mjs"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return e, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return e, nil, err
	}
	if err := cmd.Start(); err != nil {
		return e, nil, fmt.Errorf("elkjs needs node: %w", err)
	}
	answers := bufio.NewReaderSize(out, 1<<20)
	e = engine{name: "elkjs", draw: func(g layout.Graph, _ *result, runs int) (*result, error) {
		return ask(in, answers, g, runs)
	}}
	return e, func() error { return errors.Join(in.Close(), cmd.Wait()) }, nil
}

func ask(in io.Writer, answers *bufio.Reader, g layout.Graph, runs int) (*result, error) {
	question, err := json.Marshal(map[string]any{"graph": g, "runs": runs})
	if err != nil {
		return nil, err
	}
	if _, err := in.Write(append(question, '\n')); err != nil {
		return nil, err
	}
	line, err := answers.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var a elkAnswer
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, err
	}
	if a.Error != "" || a.Drawing == nil {
		return nil, fmt.Errorf("elkjs: %s", a.Error)
	}
	return a.result(g), nil
}

func (a elkAnswer) result(g layout.Graph) *result {
	at := make(map[string]layout.Rect)
	for _, b := range a.Drawing.Boxes {
		at[b.ID] = rect(b.At)
	}
	ends := make(map[string]layout.Edge)
	for _, e := range g.Edges {
		ends[e.ID] = e
	}
	d := layouttest.Drawing{Size: layout.Size{W: round(a.Drawing.Size[0]), H: round(a.Drawing.Size[1])}, Boxes: frames(g, at)}
	for _, l := range a.Drawing.Lines {
		line := layouttest.Line{ID: l.ID, Source: ends[l.ID].Source, Target: ends[l.ID].Target}
		for _, p := range l.Points {
			line.Points = append(line.Points, layout.Point{X: round(p[0]), Y: round(p[1])})
		}
		if l.Label != nil {
			line.Label = rect(*l.Label)
		}
		d.Lines = append(d.Lines, line)
	}
	return &result{took: median(durations(a.Took)), cpu: median(durations(a.CPU)), drawing: d}
}

func rect(at [4]float64) layout.Rect {
	return layout.Rect{X: round(at[0]), Y: round(at[1]), W: round(at[2]), H: round(at[3])}
}

func durations(ms []float64) []time.Duration {
	var out []time.Duration
	for _, n := range ms {
		out = append(out, time.Duration(n*float64(time.Millisecond)))
	}
	return out
}
