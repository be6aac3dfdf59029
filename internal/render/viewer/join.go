package viewer

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"c4arch/internal/base/fault"
)

var (
	importing = regexp.MustCompile(`(?m)^import \{([^}]*)\} from '\./([a-z0-9-]+\.js)';\n`)
	exporting = regexp.MustCompile(`(?m)^export (function|async function|const|let|class) `)
	hollow    = regexp.MustCompile(`(?m)^export \{\};\n`)
	leftover  = regexp.MustCompile(`(?m)^(?:import|export)\b.*$`)
	declaring = regexp.MustCompile(`(?m)^(export )?(?:async )?(?:function\*?|const|let|var|class) ([\w$]+)`)
	taking    = regexp.MustCompile(`(?m)^(?:export )?(?:const|let|var) (?:[\[{]|[\w$]+ = [^('"\[{\n]*, [\w$]+ = ).*$`)
)

// Join joins the modules of a folder to one script, in the order of their imports. It knows what the modules of this package are
// written in, and refuses everything else: each import is `import { a, b } from './x.js';` on a line of its own, exports stand
// before declarations, each of which declares one name, a name is declared at the top of one module only, and no module imports itself by a detour.
func Join(fsys fs.FS, entry string) (string, error) {
	j := joiner{fsys: fsys, state: map[string]int{}, owner: map[string]string{}, exports: map[string]map[string]bool{}}
	if err := j.add(entry); err != nil {
		return "", err
	}
	return j.out.String(), nil
}

// joiner is a join while it is made.
type joiner struct {
	fsys    fs.FS
	out     strings.Builder
	state   map[string]int    // of a module: being added, added
	owner   map[string]string // of a name at the top: its module
	exports map[string]map[string]bool
}

const (
	begun = 1
	added = 2
)

func (j *joiner) add(name string) error {
	switch j.state[name] {
	case added:
		return nil
	case begun:
		return fault.New(fault.Internal, "module %s imports itself by a detour", name)
	}
	j.state[name] = begun
	source, err := fs.ReadFile(j.fsys, path.Clean(name))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "module %s", name)
	}
	text := string(source)
	for _, m := range importing.FindAllStringSubmatch(text, -1) {
		if err := j.add(m[2]); err != nil {
			return err
		}
		if err := j.check(name, m[1], m[2]); err != nil {
			return err
		}
	}
	if err := j.declare(name, text); err != nil {
		return err
	}
	plain := exporting.ReplaceAllString(hollow.ReplaceAllString(importing.ReplaceAllString(text, ""), ""), "$1 ")
	if rest := leftover.FindString(plain); rest != "" {
		return fault.New(fault.Internal, "module %s has %q, which cannot be joined", name, rest)
	}
	j.out.WriteString(plain)
	if !strings.HasSuffix(plain, "\n") {
		j.out.WriteByte('\n')
	}
	j.state[name] = added
	return nil
}

// check looks for what a module imports among what the other exports, since a name that is missing would else be seen only when it is used.
func (j *joiner) check(name, imported, from string) error {
	for one := range strings.SplitSeq(imported, ",") {
		one = strings.TrimSpace(one)
		if one != "" && !j.exports[from][one] {
			return fault.New(fault.Internal, "module %s imports %q from %s, which does not export it", name, one, from)
		}
	}
	return nil
}

func (j *joiner) declare(name, text string) error {
	if m := taking.FindString(text); m != "" {
		return fault.New(fault.Internal, "module %s has %q at its top, whose names the joiner does not see", name, m)
	}
	j.exports[name] = map[string]bool{}
	for _, m := range declaring.FindAllStringSubmatch(text, -1) {
		if other, taken := j.owner[m[2]]; taken {
			return fault.New(fault.Internal, "modules %s and %s both declare %q", other, name, m[2])
		}
		j.owner[m[2]] = name
		j.exports[name][m[2]] = m[1] != ""
	}
	return nil
}
