package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
	"c4arch/internal/render/figure"
)

// DefaultOutput is where results go when -o does not say.
const DefaultOutput = "arch"

// everyFormat names them all.
const everyFormat = "all"

// Format is one way of writing an architecture down.
type Format struct {
	Name  string // as in --format
	About string // what it is for, in a few words
	// Files are the names of what it writes, with * for the key of each view.
	Files []string
	// Named: it is written only when it is asked for, since few need it or it takes long.
	Named bool
}

// says is what a format writes, in one line.
func (f *Format) says() string { return strings.Join(f.Files, ", ") + ": " + f.About }

// Drawing is how an architecture is written down.
type Drawing struct {
	Formats []string
	// Views are the keys of those that are wanted; nil means all.
	Views map[string]bool
	// Theme is that of pictures; "" is each format's own.
	Theme figure.Theme
	// Whole: nothing is folded that is not in Closed, however many boxes there are.
	Whole bool
	// Depth, Open and Closed say what is folded, as in fold.Options.
	Depth        int
	Open, Closed map[string]bool
	Scale        float64 // of PNG; 0 is its own
	Paper        string  // of PDF; "" is its own
	Dialect      string  // of PlantUML; "" is its own
	// Layout is where things stood the last time; nil when there was none. Keep: it lies in what is replaced, and is written
	// again even when nothing is drawn.
	Layout *placement.File
	Keep   bool
}

// wants reports whether a view is wanted.
func (d *Drawing) wants(v *c4.View) bool { return d.Views == nil || d.Views[v.Key] }

// Model is the model with the views that are wanted and no others.
func (d *Drawing) Model(m *c4.Model) *c4.Model {
	if d.Views == nil {
		return m
	}
	some := *m
	some.Views = nil
	for i := range m.Views {
		if d.wants(&m.Views[i]) {
			some.Views = append(some.Views, m.Views[i])
		}
	}
	return &some
}

// Sink takes files by their slash-separated names. Its methods may be used by several goroutines at once.
type Sink interface {
	// Create begins a file; the error of its Close must be looked at.
	Create(name string) (io.WriteCloser, error)
	Write(name string, data []byte) error
}

// outputFlags are those of every command that writes a directory.
type outputFlags struct {
	dir     string
	formats []string
	layout  string
	quiet   bool
}

func (r *run) addOutputFlags(cmd *cobra.Command) *outputFlags {
	o := &outputFlags{}
	cmd.Flags().StringVarP(&o.dir, "output", "o", DefaultOutput, "`DIR` to write; replaced when c4arch wrote it, never otherwise")
	cmd.Flags().StringSliceVar(&o.formats, "format", nil, "`LIST` of what to write: "+strings.Join(r.formatNames(), ", ")+
		"; or "+everyFormat+" (default "+strings.Join(r.usual(), ", ")+")")
	cmd.Flags().StringVar(&o.layout, "layout", "", "`FILE` that says where boxes stood and stay, or none to begin anew (default: the "+outdir.Layout+" of last time)")
	cmd.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "print warnings and errors only")
	// These can only fail when the flag is not there.
	_ = cmd.MarkFlagDirname("output")
	_ = cmd.MarkFlagFilename("layout", "json")
	_ = cmd.RegisterFlagCompletionFunc("format", completeList(append(r.formatNames(), everyFormat), r.about))
	return o
}

func (r *run) formatNames() (names []string) {
	for _, f := range r.Formats {
		names = append(names, f.Name)
	}
	return names
}

// usual are the formats that are written when nobody says which.
func (r *run) usual() (names []string) {
	for _, f := range r.Formats {
		if !f.Named {
			names = append(names, f.Name)
		}
	}
	return names
}

// format returns the format of that name, or nil.
func (r *run) format(name string) *Format {
	for i := range r.Formats {
		if r.Formats[i].Name == name {
			return &r.Formats[i]
		}
	}
	return nil
}

// about says what a format writes.
func (r *run) about(name string) string {
	if f := r.format(name); f != nil {
		return f.says()
	}
	return "all of them"
}

// chosen returns the names of the formats that were asked for.
func (r *run) chosen(o *outputFlags) ([]string, error) {
	if o.formats == nil {
		return r.usual(), nil
	}
	known := r.formatNames()
	help := "formats are: " + strings.Join(append(slices.Clone(known), everyFormat), ", ")
	if len(o.formats) == 0 {
		return nil, fault.New(fault.Invalid, "--format names no format").WithHelp("%s", help)
	}
	var names []string
	for _, n := range o.formats {
		name := strings.ToLower(strings.TrimSpace(n))
		switch {
		case name == everyFormat:
			names = append(names, known...)
		case slices.Contains(known, name):
			names = append(names, name)
		default:
			return nil, fault.New(fault.Invalid, "unknown format %q", n).WithHelp("%s%s", meant(name, known), help)
		}
	}
	return inOrder(known, names), nil
}

// inOrder returns those of all that are in some, in the order of all.
func inOrder(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(n string) bool { return !slices.Contains(some, n) })
}

// drawing is what the flags of every command that writes a directory ask for. The layout of last time is looked for in
// the output directory, and then in beside, where that is not "".
func (r *run) drawing(o *outputFlags, beside string) (Drawing, error) {
	formats, err := r.chosen(o)
	if err != nil {
		return Drawing{}, err
	}
	last, kept, err := lastLayout(o.layout, o.dir, beside)
	return Drawing{Formats: formats, Layout: last, Keep: kept}, err
}

// write writes the architecture so and puts the directory in its place. It returns the names of the files.
func (r *run) write(ctx context.Context, a Architecture, o *outputFlags, d Drawing, bar *progress) ([]string, error) {
	dir, err := outdir.Begin(o.dir, r.env.Now())
	if err != nil {
		return nil, err
	}
	defer dir.Discard()
	now, err := r.Write(ctx, a, d, dir, bar.drawn)
	if err != nil {
		return nil, err
	}
	if now != nil {
		if err := writeLayout(dir, now); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := dir.Commit(); err != nil {
		return nil, err
	}
	return dir.Files(), nil
}
