package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"c4arch/internal/app"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/fold"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/layout/layouttest"
	"c4arch/internal/render/png"
	"c4arch/internal/render/svg"
	"c4arch/internal/service/discover"
)

// themes are those that are looked at.
var themes = []figure.Theme{figure.Light, figure.Dark, figure.Print}

// model is what became of one path.
type model struct {
	Path, Dir string
	Nothing   string // why there is nothing to draw
	Views     []picture
	Faults    []string
}

// picture is what was drawn of one view.
type picture struct {
	Key, Title, Kind string
	W, H             int
	Boxes, Folded    int
	Count            layouttest.Measure
	Took             time.Duration // to fold, measure and arrange it
	Bytes            int           // of the light SVG
}

func (m *model) says() string {
	if m.Nothing != "" {
		return m.Path + ": nothing to draw: " + m.Nothing
	}
	return fmt.Sprintf("%s: %d views, %d faults", m.Path, len(m.Views), len(m.Faults))
}

// collected is when everything was collected, so that two galleries can be compared.
var collected = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// key is no secret: what is drawn here is public.
var key = bytes.Repeat([]byte{7}, 32)

func scan(ctx context.Context, path string) (*c4.Model, error) {
	m, _, err := app.Scan(ctx, app.ScanOptions{Paths: []string{path}, Name: filepath.Base(path), At: collected, Key: key})
	return m, err
}

func drawModel(ctx context.Context, out, path string) model {
	d := model{Path: path, Dir: dirOf(path)}
	m, err := scan(ctx, path)
	if nothing := (*discover.NothingFound)(nil); errors.As(err, &nothing) {
		d.Nothing = strings.SplitN(strings.TrimPrefix(err.Error(), "no resources were found in "+path+": "), " (", 2)[0]
		return d
	}
	if err != nil {
		d.Faults = append(d.Faults, err.Error())
		return d
	}
	for i := range m.Views {
		if ctx.Err() != nil {
			break
		}
		p, err := drawView(filepath.Join(out, d.Dir), m, &m.Views[i])
		if err != nil {
			d.Faults = append(d.Faults, m.Views[i].Key+": "+err.Error())
			continue
		}
		d.Views = append(d.Views, p)
	}
	return d
}

// drawView writes a view in every theme.
func drawView(dir string, m *c4.Model, v *c4.View) (picture, error) {
	began := time.Now()
	shown := fold.View(m, v, fold.Options{})
	f, err := figure.Draw(m, shown, figure.Options{})
	if err != nil {
		return picture{}, err
	}
	p := picture{
		Key: v.Key, Title: v.Title, Kind: string(v.Kind), W: f.W, H: f.H, Boxes: fold.Boxes(shown),
		Folded: len(v.Nodes) - len(shown.Nodes), Took: time.Since(began), Count: layouttest.Count(drawing(f, shown)),
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return p, err
	}
	for _, theme := range themes {
		base := filepath.Join(dir, v.Key+"."+string(theme))
		text := svg.Render(f, svg.Options{Theme: theme})
		if theme == figure.Light {
			p.Bytes = len(text)
		}
		var pixels bytes.Buffer
		err := errors.Join(os.WriteFile(base+".svg", text, 0o666), png.Write(&pixels, f, png.Options{Theme: theme}))
		if err == nil {
			err = os.WriteFile(base+".png", pixels.Bytes(), 0o666)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// drawing is a figure as what counts wants it.
func drawing(f *figure.Figure, v *c4.View) layouttest.Drawing {
	places := f.Placement()
	boundary, parent := map[string]bool{}, map[string]string{}
	for _, n := range v.Nodes {
		parent[n.ID], boundary[n.Parent] = n.Parent, true
	}
	d := layouttest.Drawing{Size: layout.Size{W: f.Body.W, H: f.Body.H}}
	for _, n := range places.Nodes {
		d.Boxes = append(d.Boxes, layout.Box{ID: n.ID, Parent: parent[n.ID], Boundary: boundary[n.ID], Rect: layout.Rect{X: n.X, Y: n.Y, W: n.W, H: n.H}})
	}
	for i, l := range places.Lines {
		line := layouttest.Line{ID: fmt.Sprint(i), Source: l.Source, Target: l.Target}
		for k := 0; k+1 < len(l.Way); k += 2 {
			line.Points = append(line.Points, layout.Point{X: l.Way[k], Y: l.Way[k+1]})
		}
		if len(l.Label) == 4 {
			line.Label = layout.Rect{X: l.Label[0], Y: l.Label[1], W: l.Label[2], H: l.Label[3]}
		}
		d.Lines = append(d.Lines, line)
	}
	return d
}

var odd = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// dirOf is the directory of a model: the last two parts of its path.
func dirOf(path string) string {
	path = filepath.Clean(path)
	return strings.Trim(odd.ReplaceAllString(filepath.Base(filepath.Dir(path))+"-"+filepath.Base(path), "-"), "-.")
}

// marker is the file by which a directory is known as a gallery.
const marker = ".c4arch-gallery"

// begin makes the directory anew. One that is not a gallery is left alone.
func begin(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, marker)); err != nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty and no gallery: name another directory with -o", out)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(out, e.Name())); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, marker), nil, 0o666)
}
