package discover

import (
	"cmp"
	"context"
	"iter"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"c4arch/internal/arch/evidence"
)

// Reader reads one format. It is told by content, never by a file's name.
type Reader interface {
	// Name is what the format is called in results, such as "terraform-state".
	Name() string
	// Sniff reports whether the input is of the format, or is meant to be: what breaks off or
	// has the wrong version is claimed too, so that Read can say what is wrong.
	Sniff(evidence.Input) bool
	// Read hands what it finds to the sink, in the order of the input. An error means that the
	// input as a whole is not read; what one resource lacks goes to the sink's NotRead.
	Read(context.Context, evidence.Input, evidence.Sink) error
}

// Sealer takes secrets out of what was read and commits to the rest. It is used by
// several goroutines at once.
type Sealer interface {
	Seal(evidence.Draft) (evidence.Resource, []evidence.NotRead, error)
	// Text takes secrets out of a text.
	Text(string) string
}

// Found is one thing that the search for inputs came upon: an input, or what could not
// be read and why.
type Found struct {
	Input   evidence.Input
	NotRead *evidence.NotRead
}

// Collection is what was read from a set of inputs.
type Collection struct {
	Resources []evidence.Resource
	NotRead   []evidence.NotRead
	// Inputs names each input that a reader took, that was used by another or that could not be
	// read, in the order in which they were found.
	Inputs []evidence.InputSummary
	// PassedOver counts the files that are nothing that c4arch reads, nor look like it.
	PassedOver int
}

// Collector joins readers. Its result depends on what is found and in which order, but not on
// how many workers there are.
type Collector struct {
	Readers []Reader
	Sealer  Sealer
	Workers int // 0 means GOMAXPROCS
	// Progress is told after each input how many were read and how many resources they held; it may be nil.
	// It is called by one goroutine at a time.
	Progress func(inputs, resources int)
}

// Collect reads every input. An error in found, or the end of ctx, ends it without a
// result; an input that cannot be read is listed instead and gives no resources, since half
// a file is not a fact.
func (c *Collector) Collect(ctx context.Context, found iter.Seq2[Found, error]) (*Collection, error) {
	workers := c.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		at int
		in evidence.Input
	}
	var (
		jobs   = make(chan job) // not buffered: no more texts in memory than workers, and one
		seals  = make(chan struct{}, workers)
		mu     sync.Mutex
		took   []outcome
		count  int
		failed error
		wg     sync.WaitGroup
	)
	keep := func(o outcome) {
		mu.Lock()
		defer mu.Unlock()
		took = append(took, o)
		count += len(o.resources)
		if c.Progress != nil {
			c.Progress(len(took), count)
		}
	}
	for range workers {
		wg.Go(func() {
			for j := range jobs {
				o := c.one(ctx, j.in, seals)
				o.at = j.at
				keep(o)
			}
		})
	}
	at := 0
	for f, err := range found {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			failed = err
			cancel()
			break
		}
		if f.NotRead != nil {
			keep(outcome{at: at, name: f.NotRead.Input, notRead: []evidence.NotRead{*f.NotRead}, named: true})
		} else {
			jobs <- job{at, f.Input}
		}
		at++
	}
	close(jobs)
	wg.Wait()
	if failed != nil {
		return nil, failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(took, func(a, b outcome) int { return a.at - b.at })
	return join(took), nil
}

// outcome is what became of one thing found.
type outcome struct {
	at        int
	name      string
	format    string
	resources []evidence.Resource
	notRead   []evidence.NotRead
	used      []string // names of other files that were read with it
	parts     []string // names of other inputs that are a part of it
	explicit  bool     // named by the user

	expressions int
	unresolved  map[evidence.Unknown]int
	named       bool // stands in the list of inputs
	unclaimed   bool // no reader took it
}

// one reads one input.
func (c *Collector) one(ctx context.Context, in evidence.Input, seals chan struct{}) outcome {
	o := outcome{name: in.Name, explicit: in.Explicit}
	r := c.pick(in)
	if r == nil {
		o.unclaimed = true
		if n, listed := notUnderstood(in); listed {
			o.named, o.notRead = true, []evidence.NotRead{n}
		}
		return o
	}
	o.named, o.format = true, r.Name()
	s := &sink{ctx: ctx, sealer: c.Sealer, seals: seals, input: in.Name}
	err := read(ctx, r, in, s)
	s.finish()
	o.notRead = s.notRead
	// Names of other files are relative to the root, as Path is; Name is the same place as people know it.
	root := rootName(in)
	for _, name := range s.used {
		o.used = append(o.used, root(name))
	}
	for _, name := range s.parts {
		o.parts = append(o.parts, root(name))
	}
	if err != nil {
		o.notRead = append(o.notRead, failure(in.Name, r.Name(), err, c.Sealer.Text))
		return o
	}
	o.resources, o.expressions, o.unresolved = s.sealed(), s.expressions, s.unresolved
	return o
}

// rootName returns what a path in the input's FS is called by people.
func rootName(in evidence.Input) func(name string) string {
	if in.Path == "." { // the scanned directory itself
		return func(name string) string { return path.Join(in.Name, name) }
	}
	prefix := strings.TrimSuffix(in.Name, in.Path)
	return func(name string) string {
		if name == "." {
			return path.Clean(cmp.Or(prefix, "."))
		}
		return prefix + name
	}
}

// standing drops what is a part of another input: a module that a scanned root calls does not stand for itself. What the
// user named stays, and of a ring of parts the first.
func standing(took []outcome) []outcome {
	whole := map[string][]string{} // what a part is a part of
	for i := range took {
		for _, p := range took[i].parts {
			whole[p] = append(whole[p], took[i].name)
		}
	}
	if len(whole) == 0 {
		return took
	}
	at := map[string]int{}
	for i := range took {
		at[took[i].name] = i
	}
	// A part is dropped when something that stands reaches it. Roots reach first, then what is left in rings, in order.
	dropped, stands := map[string]bool{}, map[string]bool{}
	var drop func(i int)
	drop = func(i int) {
		for _, p := range took[i].parts {
			if k, ok := at[p]; ok && !stands[p] && !dropped[p] && !took[k].explicit {
				dropped[p] = true
				drop(k)
			}
		}
	}
	for i := range took {
		if name := took[i].name; len(whole[name]) == 0 || took[i].explicit {
			stands[name] = true
			drop(i)
		}
	}
	for i := range took {
		if name := took[i].name; !dropped[name] && !stands[name] {
			stands[name] = true
			drop(i)
		}
	}
	return slices.DeleteFunc(took, func(o outcome) bool { return dropped[o.name] && !o.unclaimed })
}

// pick returns the first reader that claims the input, or nil. A reader that panics does not claim.
func (c *Collector) pick(in evidence.Input) Reader {
	claims := func(r Reader) (yes bool) {
		defer func() {
			if recover() != nil {
				yes = false
			}
		}()
		return r.Sniff(in)
	}
	for _, r := range c.Readers {
		if claims(r) {
			return r
		}
	}
	return nil
}

// read calls the reader and turns a panic, which hostile input can cause in a library that we do
// not own, into an error. The panic's value is not shown: it may quote the input.
func read(ctx context.Context, r Reader, in evidence.Input, s *sink) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return r.Read(ctx, in, s)
}

func join(took []outcome) *Collection {
	took = standing(took)
	used := map[string]bool{}
	own := map[string]bool{}
	for _, o := range took {
		for _, name := range o.used {
			used[name] = true
		}
		if o.named && !o.unclaimed {
			own[o.name] = true
		}
	}
	col := &Collection{}
	for _, o := range took {
		if o.unclaimed && (!o.named || used[o.name]) {
			if !used[o.name] {
				col.PassedOver++
			}
			continue
		}
		col.Inputs = append(col.Inputs, evidence.InputSummary{
			Name: o.name, Format: o.format, Resources: len(o.resources), Expressions: o.expressions, Unresolved: o.unresolved,
		})
		col.Resources = append(col.Resources, o.resources...)
		col.NotRead = append(col.NotRead, o.notRead...)
		for _, name := range o.used {
			if !own[name] {
				own[name] = true
				col.Inputs = append(col.Inputs, evidence.InputSummary{Name: name, Format: o.format})
			}
		}
	}
	return col
}
