package compose

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
)

// dotenv reads the .env file of a directory under what is set already, which wins.
func (p *project) dotenv(dir string, over map[string]string) map[string]string {
	env := map[string]string{}
	name := path.Join(dir, ".env")
	if isFile(p.in.FS, name) {
		src := &source{name: p.display(name)}
		data, err := p.neighbour(name)
		if err == nil {
			env, err = p.envFile(src.name, data, "", func(name string) (string, bool) { v, ok := over[name]; return v, ok }, nil)
		}
		if err != nil {
			p.missing(src, 0, "the .env file cannot be read", name, err.Error())
			env = map[string]string{}
		}
	}
	for k, v := range over {
		env[k] = v
	}
	return env
}

var (
	assigned = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*[=:]`)
	numbered = regexp.MustCompile(`line (\d+)`)
)

// envFile parses an env file: values of the file itself and of outer are filled in, what
// has no value stays. start is what the service has set already.
func (p *project) envFile(name string, data []byte, format string, outer lookup, start map[string]string) (map[string]string, error) {
	if format == "raw" {
		return rawEnv(data), nil
	}
	if format != "" {
		return nil, errors.New("its format is not one that Compose has")
	}
	known := map[string]bool{}
	where := map[string]int32{} // placeholder: first line
	find := func(name string) (string, bool) {
		if v, ok := outer(name); ok {
			return v, true
		}
		if v, ok := start[name]; ok {
			return v, true
		}
		return "", known[name]
	}
	var text strings.Builder
	line := int32(0)
	for l := range bytes.Lines(data) {
		line++
		s := string(l)
		n := strings.Count(s, "$")
		if p.vars.work += n * len(s); p.vars.work > maxWork {
			return nil, errTooMuch
		}
		// Compose fills nothing in between single quotes.
		if m := assigned.FindStringIndex(s); n > 0 && !strings.Contains(s, `\$`) &&
			(m == nil || !strings.HasPrefix(strings.TrimLeft(s[m[1]:], " \t"), "'")) {
			s = p.vars.keep(s, find)
			p.vars.each(s, func(e expr) string {
				if _, ok := where[e.text]; !ok {
					where[e.text] = line
				}
				return ""
			})
		}
		text.WriteString(s)
		if m := assigned.FindSubmatch(l); m != nil {
			known[string(m[1])] = true
		}
	}
	vars := map[string]string{}
	for k, v := range start {
		vars[k] = v
	}
	err := dotenv.ParseWithFormat(strings.NewReader(text.String()), "", vars, dotenv.LookupFn(outer), "")
	if err != nil {
		return nil, envError(err) // the library's text quotes the file
	}
	for _, v := range vars {
		p.vars.each(v, func(e expr) string {
			if at, ok := where[e.text]; ok {
				p.vars.note(name, at, p.vars.placeholder(e.text, e.name))
			}
			return ""
		})
	}
	return vars, nil
}

func envError(err error) error {
	if m := numbered.FindStringSubmatch(err.Error()); m != nil {
		return errors.New("its line " + m[1] + " is not NAME=value")
	}
	return errors.New("one of its lines is not NAME=value")
}

// rawEnv reads NAME=value lines as they are, as docker run --env-file does.
func rawEnv(data []byte) map[string]string {
	vars := map[string]string{}
	for l := range strings.Lines(string(data)) {
		l = strings.TrimRight(strings.TrimLeft(l, " \t"), "\r\n")
		if name, value, ok := strings.Cut(l, "="); ok && name != "" && l[0] != '#' {
			vars[name] = value
		}
	}
	return vars
}
