package compose

import (
	"encoding/json"
	"errors"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	ctree "github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"

	"c4arch/internal/base/tree"
)

// load gives everything to the reference loader and returns the merged model, in
// canonical form.
func (p *project) load() (tree.Value, error) {
	var configs []map[string]any
	for _, s := range p.sources {
		c, err := p.config(s)
		if err != nil {
			return tree.Value{}, err
		}
		for _, earlier := range configs {
			drop(earlier, s)
		}
		configs = append(configs, c)
	}
	model, err := p.merge(configs)
	for tries := 0; err != nil; tries++ {
		if ctxErr := p.ctx.Err(); ctxErr != nil {
			return tree.Value{}, ctxErr
		}
		if cause := p.diagnose(configs, tries == 0); cause != nil {
			return tree.Value{}, cause
		}
		model, err = p.merge(configs)
	}
	return fromModel(model)
}

// merge runs the reference loader over configurations in memory. What touches files or
// the environment in it is switched off, and done before.
func (p *project) merge(configs []map[string]any) (model map[string]any, err error) {
	details := types.ConfigDetails{WorkingDir: "/", Environment: types.Mapping{}}
	for i, c := range configs {
		for k, v := range c {
			if v == nil {
				delete(c, k) // "volumes:" with nothing below it
			}
		}
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{
			Filename: p.sources[min(i, len(p.sources)-1)].name, Config: clone(c).(map[string]any),
		})
	}
	err = guarded(func() error {
		model, err = loader.LoadModelWithContext(p.ctx, details, p.options)
		return err
	})
	return model, err
}

func (p *project) options(o *loader.Options) {
	o.SetProjectName(p.name, true)
	o.SkipNormalization = true // its implied dependencies are not in the source
	o.SkipInclude, o.SkipExtends = true, true
	o.ResolvePaths = false
	// Variables are filled in already; what is left is the cast of texts to numbers and booleans.
	casts := make(map[ctree.Path]interpolation.Cast, len(o.Interpolate.TypeCastMapping))
	for at, cast := range maps.All(o.Interpolate.TypeCastMapping) {
		casts[at] = func(text string) (any, error) {
			if p.vars.holds(text) {
				return text, nil
			}
			if b, ok := oldBool[strings.ToLower(text)]; ok {
				text = b // the loader takes them too, with a warning on standard error
			}
			return cast(text)
		}
	}
	o.Interpolate = &interpolation.Options{
		Substitute:      func(text string, _ template.Mapping) (string, error) { return text, nil },
		LookupValue:     func(string) (string, bool) { return "", false },
		TypeCastMapping: casts,
	}
}

var oldBool = map[string]string{"y": "true", "yes": "true", "on": "true", "n": "false", "no": "false", "off": "false"}

var (
	errRefused   = errors.New("not as Compose has it")
	errNoService = errors.New("the service is not there")
)

// guarded calls into the reference loader, which trusts some types that its schema has
// not checked yet and then panics: that too means that the input is wrong.
func guarded(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errRefused
		}
	}()
	return f()
}

// plain turns a tree into the loader's values.
func plain(v *tree.Value) any {
	switch v.Kind {
	case tree.Object:
		m := make(map[string]any, len(v.Members))
		for i := range v.Members {
			m[v.Members[i].Name] = plain(&v.Members[i].Value)
		}
		return m
	case tree.Array:
		l := make([]any, len(v.Items))
		for i := range v.Items {
			l[i] = plain(&v.Items[i])
		}
		return l
	case tree.Bool:
		return v.Text == "true"
	case tree.Number:
		if n, err := strconv.Atoi(v.Text); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil {
			return f
		}
		return v.Text
	case tree.String:
		return v.Text
	}
	return nil
}

// fromModel turns the loader's values into a tree, without lines, names sorted.
func fromModel(model map[string]any) (tree.Value, error) {
	text, err := json.Marshal(model)
	if err != nil {
		return tree.Value{}, err
	}
	v, err := tree.ParseJSON(text, tree.Limits{})
	clearLines(&v)
	return v, err
}

func clearLines(v *tree.Value) {
	v.Line = 0
	for i := range v.Items {
		clearLines(&v.Items[i])
	}
	for i := range v.Members {
		clearLines(&v.Members[i].Value)
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = clone(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = clone(e)
		}
		return l
	}
	return v
}

// count is how many values v holds.
func count(v any) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += count(e)
		}
	case []any:
		for _, e := range v {
			n += count(e)
		}
	}
	return n
}

// relocate is a relative path as seen from another directory; other texts stay.
func relocate(text, way string) string {
	if text == "" || text[0] == '/' || text[0] == '~' || text[0] == '\\' || strings.Contains(text, ":") || strings.HasPrefix(text, "git@") {
		return text
	}
	return path.Join(way, text)
}

func cutLast(full string) (dir, base string) { return path.Dir(full), path.Base(full) }
