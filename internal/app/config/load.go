package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"c4arch/internal/base/fault"
)

// FileVariable and FileFlag name the configuration file.
const (
	FileVariable = "C4ARCH_CONFIG"
	FileFlag     = "config"
)

// Flag is a setting as a command declares it.
type Flag struct {
	Name, Usage string
	List        bool // may be given several times; commas part items too
	Switch      bool // given without a value it is true
}

// Flags are those of the settings, and that of the file.
func Flags() []Flag {
	all := []Flag{{Name: FileFlag, Usage: "A YAML file with settings."}}
	for _, s := range settings() {
		all = append(all, Flag{Name: s.flag, Usage: s.what, List: s.list, Switch: s.def == "false"})
	}
	return all
}

// Input is where settings come from.
type Input struct {
	Flags  map[string][]string // those that were given, by their names without dashes
	Getenv func(string) string
	// Environ are all variables, NAME=VALUE, to find those that are misspelt; nil looks for none.
	Environ func() []string
}

// Loaded is a configuration, and where each part of it comes from.
type Loaded struct {
	Config
	from []origin // as settings
	path string   // of the file, "" without one

	// Unknown are variables that begin as ours do and that nothing reads.
	Unknown []string
}

type origin struct {
	values []string
	source string
	bad    bool // what was written cannot be used, and may be a secret in the wrong place
}

// Load reads all sources. Its error lists every mistake.
func Load(in Input) (*Loaded, error) {
	l := &Loaded{}
	var bad []error
	path := in.Getenv(FileVariable)
	if v := in.Flags[FileFlag]; len(v) > 0 {
		path = v[len(v)-1]
	}
	var file map[string]entry
	if path != "" {
		var err error
		if file, err = readFile(path); err != nil {
			bad = append(bad, err)
		}
		l.path = path
	}
	for _, s := range settings() {
		o := pick(&s, in, path, file)
		if err := s.set(&l.Config, o.values); err != nil {
			bad = append(bad, fmt.Errorf("%s (%s): %w", s.key, o.source, err))
			o.bad = true
		}
		l.from = append(l.from, o)
	}
	if in.Environ != nil {
		wrong, unknown := strange(in.Environ(), l.named())
		bad, l.Unknown = append(bad, wrong...), unknown
	}
	bad = append(bad, l.fill(in.Getenv)...)
	bad = append(bad, l.rules()...)
	return l, joined(bad)
}

// named are the variables in which secrets are, as settings say.
func (l *Loaded) named() (names []string) {
	for _, s := range []Secret{l.Database.URL, l.Database.Owner, l.Staff.Secret, l.Mail.Password, l.Mail.NextPassword} {
		if name, ok := strings.CutPrefix(s.Place(), "env:"); ok {
			names = append(names, name)
		}
	}
	return names
}

// pick finds the strongest source of a setting.
func pick(s *setting, in Input, path string, file map[string]entry) origin {
	if v, ok := in.Flags[s.flag]; ok && len(v) > 0 {
		if s.list {
			return origin{values: items(v...), source: "flag --" + s.flag}
		}
		return origin{values: v[len(v)-1:], source: "flag --" + s.flag}
	}
	if v := in.Getenv(s.variable()); v != "" {
		if s.list {
			return origin{values: items(v), source: "environment " + s.variable()}
		}
		return origin{values: []string{v}, source: "environment " + s.variable()}
	}
	if e, ok := file[s.key]; ok {
		return origin{values: e.values, source: fmt.Sprintf("%s line %d", path, e.line)}
	}
	if s.list {
		return origin{values: items(s.def), source: "default"}
	}
	return origin{values: []string{s.def}, source: "default"}
}

// items parts lists at commas.
func items(texts ...string) []string {
	var all []string
	for _, t := range texts {
		for x := range strings.SplitSeq(t, ",") {
			if x = strings.TrimSpace(x); x != "" {
				all = append(all, x)
			}
		}
	}
	return all
}

// fill puts in what depends on the machine: the data directory, and what lies below it.
func (l *Loaded) fill(getenv func(string) string) []error {
	if l.Data.Dir == "" {
		base := getenv("XDG_DATA_HOME") // XDG Base Directory Specification: a relative path is none
		if home := getenv("HOME"); !filepath.IsAbs(base) && home != "" {
			base = filepath.Join(home, ".local", "share")
		}
		if local := getenv("LocalAppData"); !filepath.IsAbs(base) && local != "" {
			base = local
		}
		if !filepath.IsAbs(base) {
			return []error{errors.New("data (default): this user has no place for data: name a directory with --data")}
		}
		l.Data.Dir = filepath.Join(base, "c4arch")
	}
	dir, err := filepath.Abs(l.Data.Dir)
	if err != nil {
		return []error{fmt.Errorf("data: %w", err)}
	}
	l.Data.Dir = dir
	var roots []string
	for i, k := range l.Keys.Root {
		if rest, ok := strings.CutPrefix(k.Dir, inData); ok {
			l.Keys.Root[i].Dir = filepath.Join(dir, rest)
		}
		roots = append(roots, l.Keys.Root[i].String())
	}
	for i, s := range settings() {
		switch s.key {
		case "data":
			l.from[i].values = []string{dir}
		case "keys.root":
			l.from[i].values = roots
		}
	}
	return nil
}

// joined is one error for all mistakes, a line each.
func joined(bad []error) error {
	if len(bad) == 0 {
		return nil
	}
	return fault.Wrap(fault.Invalid, mistakes(bad), "the configuration cannot be used")
}

type mistakes []error

func (l mistakes) Error() string {
	var b strings.Builder
	for _, e := range l {
		b.WriteString("\n- " + e.Error())
	}
	return b.String()
}

func (l mistakes) Unwrap() []error { return l }

func readAll(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a plain file", path)
	}
	if why := changeable(path, info); why != "" {
		return nil, errors.New(why)
	}
	return io.ReadAll(io.LimitReader(f, most+1))
}
