package app

import (
	"context"
	"io"
	"runtime"
	"sync"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/render/mermaid"
	"c4arch/internal/render/page"
	"c4arch/internal/render/structurizr"
	"c4arch/internal/render/svg"
)

// formats are the ways of writing an architecture down.
func formats() []cli.Format {
	views := func(m *c4.Model) int { return len(m.Views) }
	none := func(*c4.Model) int { return 0 }
	return []cli.Format{
		{Name: "html", About: "index.html: a page to look at, with everything in it", Write: writePage, Steps: views},
		{Name: "svg", About: "views/*.svg: a picture of each view", Write: writePictures, Steps: views},
		{Name: "json", About: "model.json and snapshot.json: the architecture and its evidence", Write: writeValues, Steps: none},
		{Name: "structurizr", About: "workspace.dsl: for Structurizr", Write: writeWorkspace, Steps: none},
		{Name: "mermaid", About: "views/*.mmd: a Mermaid C4 diagram of each view", Write: writeDiagrams, Steps: none},
	}
}

func writePage(ctx context.Context, a cli.Architecture, dir *outdir.Dir, step func()) error {
	pictures := make([][]byte, len(a.Model.Views))
	err := each(ctx, len(pictures), func(i int) (err error) {
		pictures[i], err = svg.Render(a.Model, &a.Model.Views[i], svg.Options{Embedded: true})
		step()
		return err
	})
	if err != nil {
		return err
	}
	byKey := make(map[string][]byte, len(pictures))
	for i := range pictures {
		byKey[a.Model.Views[i].Key] = pictures[i]
	}
	return stream(dir, "index.html", func(w io.Writer) error { return page.Render(w, a.Model, byKey, svg.CSS) })
}

func writePictures(ctx context.Context, a cli.Architecture, dir *outdir.Dir, step func()) error {
	return each(ctx, len(a.Model.Views), func(i int) error {
		v := &a.Model.Views[i]
		picture, err := svg.Render(a.Model, v, svg.Options{})
		if err != nil {
			return err
		}
		step()
		return dir.Write("views/"+v.Key+".svg", picture)
	})
}

func writeValues(_ context.Context, a cli.Architecture, dir *outdir.Dir, _ func()) error {
	if err := stream(dir, "model.json", func(w io.Writer) error { return c4.Encode(w, a.Model) }); err != nil {
		return err
	}
	if a.Snapshot == nil {
		return nil
	}
	return stream(dir, "snapshot.json", a.Snapshot.Encode)
}

func writeWorkspace(_ context.Context, a cli.Architecture, dir *outdir.Dir, _ func()) error {
	return stream(dir, "workspace.dsl", func(w io.Writer) error { return structurizr.Render(w, a.Model) })
}

func writeDiagrams(ctx context.Context, a cli.Architecture, dir *outdir.Dir, _ func()) error {
	return each(ctx, len(a.Model.Views), func(i int) error {
		v := &a.Model.Views[i]
		text, err := mermaid.Render(a.Model, v)
		if err != nil {
			return err
		}
		return dir.Write("views/"+v.Key+".mmd", text)
	})
}

// stream writes one file as it is made, so that a large one does not stand in memory.
func stream(dir *outdir.Dir, name string, write func(io.Writer) error) error {
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

// each calls do for 0 to n-1 on every processor. The first error, by number, is returned, and
// ends it, as the end of ctx does.
func each(ctx context.Context, n int, do func(i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu    sync.Mutex
		first = n
		cause error
		next  = make(chan int)
		wg    sync.WaitGroup
	)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				if err := safely(i, do); err != nil {
					mu.Lock()
					if i < first {
						first, cause = i, err
					}
					mu.Unlock()
					cancel()
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wg.Wait()
	if cause != nil {
		return cause
	}
	return ctx.Err()
}

// safely turns a panic on a goroutine, which would end the process with a trace, into an error.
func safely(i int, do func(int) error) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Internal, "drawing view %d stopped, which is a defect of c4arch", i+1).WithHelp("please report it")
		}
	}()
	return do(i)
}
