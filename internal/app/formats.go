package app

import (
	"context"
	"io"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/render/mermaid"
	"c4arch/internal/render/page"
	"c4arch/internal/render/structurizr"
	"c4arch/internal/render/svg"
)

// formats are the ways of writing an architecture down; write knows what to do for each.
func formats() []cli.Format {
	return []cli.Format{
		{Name: html, About: "index.html: a page to look at, with everything in it"},
		{Name: pictures, About: "views/*.svg: a picture of each view"},
		{Name: values, About: "model.json and snapshot.json: the architecture and its evidence"},
		{Name: workspace, About: "workspace.dsl: for Structurizr"},
		{Name: diagrams, About: "views/*.mmd: a Mermaid C4 diagram of each view"},
	}
}

// The names of the formats.
const (
	html      = "html"
	pictures  = "svg"
	values    = "json"
	workspace = "structurizr"
	diagrams  = "mermaid"
)

// large is how many elements a model has from which collecting garbage once more, which then takes a tenth of
// a second, saves more than a hundred megabytes.
const large = 20_000

// write writes the architecture in the formats that are named. Each view is arranged once for
// all of them, and views are drawn side by side. drawn is told after each view.
func write(ctx context.Context, a cli.Architecture, names []string, dir *outdir.Dir, drawn func(done, total int)) error {
	if len(a.Model.Elements) > large {
		debug.FreeOSMemory() // else what the derivation let go stays while as much again is drawn
	}
	wants := func(name string) bool { return slices.Contains(names, name) }
	var jobs []func() error
	if wants(values) {
		jobs = append(jobs, stream(dir, "model.json", func(w io.Writer) error { return c4.Encode(w, a.Model) }))
		if a.Snapshot != nil {
			jobs = append(jobs, stream(dir, "snapshot.json", a.Snapshot.Encode))
		}
	}
	if wants(workspace) {
		jobs = append(jobs, stream(dir, "workspace.dsl", func(w io.Writer) error { return structurizr.Render(w, a.Model) }))
	}
	if !wants(html) && !wants(pictures) && !wants(diagrams) {
		return each(ctx, slices.Values(jobs))
	}
	order := largestFirst(a.Model.Views)
	var forPage *album
	if wants(html) {
		forPage = newAlbum(len(order))
		forPage.give(stream(dir, "index.html", func(w io.Writer) error {
			return page.Write(w, a.Model, forPage.pictures(func(n int) string { return a.Model.Views[order[n]].Key }), svg.CSS)
		}))
	}
	parts := index(a.Model)
	var done atomic.Int64
	err := each(ctx, func(yield func(func() error) bool) {
		for _, job := range jobs {
			if !yield(job) {
				return
			}
		}
		for n, i := range order {
			forPage.wait()
			if !yield(func() (err error) {
				v := &a.Model.Views[i]
				var embedded []byte
				defer func() { forPage.put(n, embedded) }()
				if embedded, err = view(parts.of(v), v, wants, dir); err == nil {
					drawn(int(done.Add(1)), len(order))
				}
				return err
			}) {
				return
			}
		}
	})
	if e := forPage.end(); err == nil {
		err = e
	}
	return err
}

// largestFirst orders views by how long they take, so that the last to end is a short one.
func largestFirst(views []c4.View) []int {
	order := make([]int, len(views))
	for i := range order {
		order[i] = i
	}
	size := func(i int) int { return len(views[i].Nodes) + len(views[i].Lines) }
	slices.SortStableFunc(order, func(a, b int) int { return size(b) - size(a) })
	return order
}

// view writes the files of one view and returns its picture for the page, where there is to be one.
func view(m *c4.Model, v *c4.View, wants func(string) bool, dir *outdir.Dir) (embedded []byte, err error) {
	if wants(diagrams) {
		text, err := mermaid.Render(m, v)
		if err == nil {
			err = dir.Write("views/"+v.Key+".mmd", text)
		}
		if err != nil {
			return nil, err
		}
	}
	if !wants(html) && !wants(pictures) {
		return nil, nil
	}
	picture, err := svg.Arrange(m, v)
	if err != nil {
		return nil, err
	}
	if wants(pictures) {
		alone, err := picture.Draw(svg.Options{})
		if err == nil {
			err = dir.Write("views/"+v.Key+".svg", alone)
		}
		if err != nil {
			return nil, err
		}
	}
	if !wants(html) {
		return nil, nil
	}
	return picture.Draw(svg.Options{Embedded: true})
}

// stream returns a job that writes one file as it is made, so that a large one does not stand in memory.
func stream(dir *outdir.Dir, name string, write func(io.Writer) error) func() error {
	return func() error {
		f, err := dir.Create(name)
		if err != nil {
			return err
		}
		err = write(f)
		if e := f.Close(); err == nil {
			err = e
		}
		return err
	}
}

// each does the jobs on every processor and takes them in turn, one when there is someone to do it. The first
// error, by number, is returned, and ends it, as the end of ctx does.
func each(ctx context.Context, jobs iter.Seq[func() error]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		n  int
		do func() error
	}
	var (
		mu    sync.Mutex
		first = -1
		cause error
		next  = make(chan job)
		wg    sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range next {
				if err := safely(j.do); err != nil {
					mu.Lock()
					if first < 0 || j.n < first {
						first, cause = j.n, err
					}
					mu.Unlock()
					cancel()
				}
			}
		})
	}
	n := 0
	for do := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- job{n, do}
		n++
	}
	close(next)
	wg.Wait()
	if cause != nil {
		return cause
	}
	return ctx.Err()
}

// safely turns a panic on a goroutine, which would end the process with a trace, into an error.
func safely(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Internal, "writing the output stopped, which is a defect of c4arch").WithHelp("please report it")
		}
	}()
	return do()
}
