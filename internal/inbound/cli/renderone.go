package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"c4arch/internal/base/fault"
)

// outputKind is what -o names.
type outputKind int

const (
	directory outputKind = iota
	oneFile
	standardOutput
)

// outputKindOf tells what -o names: standard output, a directory, or a file, which has the ending of a format. A directory that is
// there is a directory whatever its name. Where no format was asked for, that of the ending is.
func (r *run) outputKindOf(f *renderFlags) (outputKind, error) {
	if f.dir == "-" {
		return standardOutput, nil
	}
	if info, err := os.Stat(f.dir); err == nil && info.IsDir() {
		return directory, nil
	}
	ending := strings.ToLower(filepath.Ext(f.dir))
	var fits []string
	for i := range r.Formats {
		if slices.ContainsFunc(r.Formats[i].Files, func(name string) bool { return ending != "" && path.Ext(name) == ending }) {
			fits = append(fits, r.Formats[i].Name)
		}
	}
	switch {
	case len(fits) == 0:
		return directory, nil
	case f.formats != nil:
		return oneFile, nil
	case len(fits) > 1:
		return oneFile, fault.New(fault.Invalid, "%s is an ending of several formats", ending).WithHelp("say which with --format: %s", strings.Join(fits, ", "))
	}
	f.formats = fits
	return oneFile, nil
}

// renderOne writes the one file that results. It is an error when there are several, before anything is drawn.
func (r *run) renderOne(ctx context.Context, f *renderFlags, model string, a Architecture, d Drawing, to outputKind) error {
	if err := r.alone(f, a, d); err != nil {
		return err
	}
	if to == oneFile {
		if err := mayReplace(f.dir, model); err != nil {
			return err
		}
	}
	bar := newProgress(r.env, f.quiet)
	defer bar.clear()
	one := &onlyFile{}
	_, err := r.Write(ctx, a, d, one, bar.drawn)
	bar.clear()
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case to == standardOutput:
		_, err := r.env.Stdout.Write(one.data.Bytes())
		return err
	}
	if err := replaceFile(f.dir, one.data.Bytes()); err != nil {
		return err
	}
	if !f.quiet {
		_, err = fmt.Fprintf(r.env.Stdout, "%s written\n", visible(f.dir))
	}
	return err
}

// mayReplace refuses an output that is the model itself, or that is there and no file.
func mayReplace(name, model string) error {
	info, err := os.Stat(name)
	if err != nil {
		return nil // there is nothing to lose
	}
	if of, err := os.Stat(model); err == nil && os.SameFile(info, of) {
		return fault.New(fault.Invalid, "the output %s is the model, which would be lost", visible(name)).WithHelp("give another file with -o")
	}
	if !info.Mode().IsRegular() {
		return fault.New(fault.Conflict, "the output %s is a pipe or a device, not a file", visible(name)).WithHelp("give a file with -o, or - for standard output")
	}
	return nil
}

// alone returns an error when the drawing is not exactly one file.
func (r *run) alone(f *renderFlags, a Architecture, d Drawing) error {
	where := visible(f.dir)
	if f.dir == "-" {
		where = "standard output"
	}
	if len(d.Formats) != 1 {
		return fault.New(fault.Invalid, "%s can hold one format, and these are %d", where, len(d.Formats)).
			WithHelp("say which with --format, or give a directory with -o")
	}
	files := r.format(d.Formats[0]).Files
	views := len(d.Model(a.Model).Views)
	switch {
	case len(files) != 1:
		return fault.New(fault.Invalid, "%s is %s and cannot be one file", d.Formats[0], strings.Join(files, " and ")).WithHelp("give a directory with -o")
	case strings.Contains(files[0], "*") && views != 1:
		return fault.New(fault.Invalid, "%s is one file for each of %s, and cannot be one file", d.Formats[0], count(views, "view")).
			WithHelp("choose one with --view, such as --view %s, or give a directory with -o", strings.Join(keysOf(a.Model)[:min(1, len(a.Model.Views))], ""))
	}
	return nil
}

// onlyFile keeps the one file that is written.
type onlyFile struct {
	mu   sync.Mutex
	name string
	data bytes.Buffer
}

func (o *onlyFile) Create(name string) (io.WriteCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.name != "" {
		return nil, fault.New(fault.Internal, "%s was to be the only file, and now comes %s", o.name, name)
	}
	o.name = name
	return unclosed{&o.data}, nil
}

func (o *onlyFile) Write(name string, data []byte) error {
	w, err := o.Create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// unclosed is a writer that has nothing to close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
