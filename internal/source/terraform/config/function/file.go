package function

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"c4arch/internal/arch/evidence"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func (e Env) files() map[string]definition {
	all := map[string]definition{
		"basename":   {f: ofText(func(s string) (string, error) { return path.Base(s), nil })},
		"dirname":    {f: ofText(func(s string) (string, error) { return path.Dir(s), nil })},
		"file":       {f: e.fromFile(asText)},
		"filebase64": {f: e.fromFile(func(b []byte) (string, error) { return base64.StdEncoding.EncodeToString(b), nil })},
		"fileexists": {f: e.fileexists()},
		"fileset":    {f: e.fileset()},
	}
	for name, d := range digests {
		name = "file" + name
		all[name] = definition{f: e.fromFile(func(b []byte) (string, error) { return d.of(b), nil })}
	}
	return all
}

func asText(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", function.NewArgErrorf(0, "the file is not UTF-8 text; filebase64 reads others")
	}
	return string(b), nil
}

// fromFile makes a function of a file's content.
func (e Env) fromFile(f func([]byte) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "path", Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			b, err := e.read(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			s, err := f(b)
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	})
}

// place returns the path in FS of a path in the code, which is relative to the directory that Terraform is run in.
func (e Env) place(p string) (string, error) {
	at := path.Join(e.Working, p)
	switch {
	case p == "":
		return "", because(evidence.UnknownFault, "the path is empty")
	case e.FS == nil, path.IsAbs(p), strings.HasPrefix(p, "~"), !fs.ValidPath(at):
		return "", &Fault{Reason: evidence.UnknownFile, Text: fmt.Sprintf("the file %q lies outside of what is scanned", p), outside: true}
	}
	return at, nil
}

func fileFault(p string, err error) error {
	why := "cannot be read"
	if errors.Is(err, fs.ErrNotExist) {
		why = "is not there"
	}
	return because(evidence.UnknownFile, "the file %q %s", p, why)
}

func (e Env) read(p string) ([]byte, error) {
	at, err := e.place(p)
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(e.FS, at) // to open a pipe might wait for ever
	switch {
	case err != nil:
		return nil, fileFault(p, err)
	case !info.Mode().IsRegular():
		return nil, because(evidence.UnknownFile, "%q is not a file", p)
	}
	f, err := e.FS.Open(at)
	if err != nil {
		return nil, fileFault(p, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fileFault(p, err)
	case len(b) > maxFile:
		return nil, limit("the file %q has more than %d MiB", p, maxFile>>20)
	}
	return b, e.Spend(len(b) / 16)
}

func (e Env) fileexists() function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "path", Type: cty.String}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p := args[0].AsString()
			at, err := e.place(p)
			if err != nil {
				return cty.NilVal, err
			}
			info, err := fs.Stat(e.FS, at)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return cty.False, nil
			case err != nil:
				return cty.NilVal, fileFault(p, err)
			case !info.Mode().IsRegular():
				return cty.NilVal, because(evidence.UnknownFile, "%q is not a file", p)
			}
			return cty.True, nil
		},
	})
}
