package app

import (
	"context"
	"io"
	"iter"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/page"
	"c4arch/internal/render/svg"
)

// large is how many elements a model has from which collecting garbage once more, which then takes a tenth of
// a second, saves more than a hundred megabytes.
const large = 20_000

// write writes the architecture in the formats that are named. Each view is arranged once for
// all of them, and views are drawn side by side. drawn is told after each view. What is returned is where everything
// stands now.
func write(ctx context.Context, a cli.Architecture, d cli.Drawing, to cli.Sink, drawn func(done, total int)) (*placement.File, error) {
	if len(a.Model.Elements) > large {
		debug.FreeOSMemory() // else what the derivation let go stays while as much again is drawn
	}
	w := &writer{a: &a, d: &d, to: to, some: d.Model(a.Model), parts: index(a.Model)}
	for _, f := range table() {
		if slices.Contains(d.Formats, f.name) {
			w.formats = append(w.formats, f)
		}
	}
	w.links = newLinks(w.some)
	w.plan()
	if err := w.all(ctx, drawn); err != nil {
		return nil, err
	}
	if err := w.after(); err != nil {
		return nil, err
	}
	return w.remembered(), nil
}

// writer is an architecture while it is written.
type writer struct {
	a       *cli.Architecture
	d       *cli.Drawing
	to      cli.Sink
	formats []format
	some    *c4.Model // with the views that are wanted
	parts   *excerpts
	links   *links
	order   []int   // the views that are drawn, by their number in some
	sheets  []sheet // by view: what is drawn of it

	page  *album[[]page.Picture]
	books []*album[figure.Figure]

	mu     sync.Mutex
	places []placement.View
}

// all does everything.
func (w *writer) all(ctx context.Context, drawn func(done, total int)) error {
	jobs := w.files()
	if len(w.order) > 0 || w.bound() {
		w.bind()
	}
	var done atomic.Int64
	err := each(ctx, func(yield func(func() error) bool) {
		for _, job := range jobs {
			if !yield(job) {
				return
			}
		}
		for n, i := range w.order {
			w.page.wait()
			for _, b := range w.books {
				b.wait()
			}
			if !yield(func() error {
				err := w.one(n, i)
				if err == nil {
					drawn(int(done.Add(1)), len(w.order))
				}
				return err
			}) {
				return
			}
		}
	})
	if e := w.page.end(); err == nil {
		err = e
	}
	for _, b := range w.books {
		if e := b.end(); err == nil {
			err = e
		}
	}
	return err
}

// files are the jobs that write what is no picture.
func (w *writer) files() (jobs []func() error) {
	for _, f := range w.formats {
		for _, file := range f.files {
			if write := file.write(w.a, w.some); write != nil {
				jobs = append(jobs, stream(w.to, file.name, write))
			}
		}
	}
	return jobs
}

// after writes what says where boxes stand. Of a view that is folded it says nothing: the file has all that is in the view.
func (w *writer) after() error {
	at := map[string][]placement.Node{}
	for _, v := range w.places {
		at[v.Key] = v.Nodes
	}
	for _, s := range w.sheets {
		if s.shown != s.view {
			delete(at, s.view.Key)
		}
	}
	for _, f := range w.formats {
		if f.place == nil {
			continue
		}
		err := stream(w.to, f.after, func(to io.Writer) error {
			return f.place(to, w.some, func(view string) []placement.Node { return at[view] })
		})()
		if err != nil {
			return err
		}
	}
	return nil
}

// bound reports whether a file is written that holds all pictures.
func (w *writer) bound() bool {
	return slices.ContainsFunc(w.formats, func(f format) bool { return f.page || f.bind != nil })
}

// bind begins the files that hold all pictures.
func (w *writer) bind() {
	for _, f := range w.formats {
		if f.page {
			w.page = newAlbum[[]page.Picture](len(w.order))
			w.page.give(stream(w.to, pageName, func(to io.Writer) error {
				return page.WritePictures(to, w.some, flat(w.page.pictures()), svg.CSS)
			}))
		}
		if f.bind == nil {
			continue
		}
		book := newAlbum[figure.Figure](len(w.order))
		book.give(stream(w.to, f.book, func(to io.Writer) error {
			return f.bind(to, w.a.Model.Name, sure(book.pictures()), w.d)
		}))
		w.books = append(w.books, book)
	}
}

// flat yields what lists hold.
func flat[T any](lists iter.Seq[*[]T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for list := range lists {
			for _, one := range *list {
				if !yield(one) {
					return
				}
			}
		}
	}
}

// sure yields what never is an error: one that cannot be drawn ends everything.
func sure[T any](all iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// stream returns a job that writes one file as it is made, so that a large one does not stand in memory.
func stream(to cli.Sink, name string, write func(io.Writer) error) func() error {
	return func() error {
		f, err := to.Create(name)
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
