package cli

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/cli/outdir"
)

// noLayout is what --layout says to begin anew.
const noLayout = "none"

// lastLayout reads the layout of last time: the file that the flag names, else that in the output directory, else that beside the
// model. It returns nil where there is none, and whether it is the one in the output directory.
func lastLayout(flag, dir, beside string) (last *placement.File, there bool, err error) {
	switch {
	case flag == noLayout:
		return nil, false, nil
	case flag != "":
		f, err := readLayout(flag, true)
		if errors.Is(err, fs.ErrNotExist) {
			err = fault.New(fault.NotFound, "there is no layout file %s", flag).WithHelp("give the %s of a result, or --layout %s to begin anew", outdir.Layout, noLayout)
		}
		return f, err == nil && dir != "" && outdir.Within(flag, dir), err
	}
	for _, where := range []string{dir, beside} {
		if where == "" {
			continue
		}
		if f, err := readLayout(filepath.Join(where, outdir.Layout), false); !errors.Is(err, fs.ErrNotExist) {
			return f, where == dir, err
		}
	}
	return nil, false, nil
}

// readLayout reads a layout file. Only one that somebody names may be a pipe.
func readLayout(name string, pipes bool) (*placement.File, error) {
	file, err := openFile(name, pipes)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, placement.MaxSize+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	f, err := placement.Decode(data)
	if err != nil {
		help := "nothing was changed; mend it, or begin anew with --layout " + noLayout
		var cause *fault.Error
		if errors.As(err, &cause) && cause.Help != "" {
			help = "nothing was changed; " + cause.Help
			cause = &fault.Error{Kind: cause.Kind, Msg: cause.Msg, Err: cause.Err}
			err = cause
		}
		return nil, fault.Wrap(fault.KindOf(err), err, "%s cannot be read as a layout", name).WithHelp("%s", help)
	}
	return f, nil
}

func unreadable(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fault.Wrap(fault.Invalid, err, "cannot read the layout %s", name).WithHelp("name another with --layout, or begin anew with --layout %s", noLayout)
}

// writeLayout writes where everything stands now.
func writeLayout(to Sink, f *placement.File) error {
	w, err := to.Create(outdir.Layout)
	if err != nil {
		return err
	}
	err = placement.Encode(w, f)
	if e := w.Close(); err == nil {
		err = e
	}
	return err
}
