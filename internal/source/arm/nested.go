package arm

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// problem is why a deployment cannot be read. One that was told already has no words.
type problem struct{ reason, help string }

// deployment returns the template that a unit deploys, with the parameters that it is given (linked-templates), or why
// there is none.
func (u *unit) deployment() (*deployment, *problem) {
	if !u.asked {
		u.asked = true
		u.inner, u.why = u.deploy()
	}
	return u.inner, u.why
}

func (u *unit) deploy() (*deployment, *problem) {
	deep := 0
	for d := u.d; d != nil; d = d.up {
		deep++
	}
	props := u.block.node.GetFold("properties")
	link := props.GetFold("templateLink")
	switch {
	case deep > maxDeep:
		return nil, &problem{fmt.Sprintf("deployments are nested more than %d deep", maxDeep), help}
	case props == nil || props.Kind != tree.Object:
		return nil, &problem{"the deployment has no properties that can be read", help}
	case u.block.inner != nil:
		return u.with(u.block.inner, props, u.inside(props)), nil
	case props.GetFold("template") != nil:
		return nil, &problem{
			"the template of the deployment is made by an expression, and is known only when it is deployed",
			"scan what is live beside it: `az graph query` shows what the deployment made",
		}
	case link == nil:
		return nil, &problem{"the deployment has neither a template nor a link to one", help}
	}
	f, why := u.link(link)
	if why != nil {
		return nil, why
	}
	for d := u.d; d != nil; d = d.up {
		if d.tmpl.file == f {
			return nil, &problem{"the template links to itself, directly or through others", help}
		}
	}
	return u.with(f.top, props, true), nil
}

// inside reports whether the expressions of a nested template mean its own parameters: by default those around it, but
// in languageVersion 2.0 its own.
func (u *unit) inside(props *tree.Value) bool {
	node := props.GetFold("expressionEvaluationOptions").GetFold("scope")
	if node == nil {
		return u.block.tmpl.second
	}
	return strings.EqualFold(u.in.text(node), "inner")
}

// with makes the deployment of a template.
func (u *unit) with(t *template, props *tree.Value, inside bool) *deployment {
	d := u.d.run.deployment(t, u.d, u.target)
	d.name, d.location = u.name, open("deployment().location")
	if l := u.block.node.GetFold("location"); l != nil {
		d.location = u.in.value(l)
	}
	if !inside {
		d.words, d.loops = u.in.d, u.in.loops
		return d
	}
	d.given = map[string]argument{}
	switch params := props.GetFold("parameters"); {
	case params == nil:
	case params.Kind == tree.Object:
		for i := range params.Members {
			m := &params.Members[i]
			d.given[foldName(m.Name)] = argument{node: &m.Value, in: u.in}
		}
	default:
		u.give(d, u.in.value(params))
	}
	if link := props.GetFold("parametersLink"); link != nil {
		u.d.run.note(evidence.NotRead{
			Kind: evidence.ReferenceUnknown, Input: u.block.tmpl.file.name, Line: int(link.Line), Thing: u.block.title(),
			Reason: "the values of its parameters are in a file that is linked to, which is not read",
			Help:   "write them into the deployment, or scan the linked template with its parameter file",
		})
	}
	return d
}

// give takes parameters that one expression makes.
func (u *unit) give(d *deployment, v lang.Value) {
	for _, def := range d.tmpl.params {
		m, ok := v.Get(def.Name)
		value, has := m.Get("value")
		switch {
		case has:
			d.given[foldName(def.Name)] = argument{value: value}
		case !v.Known() && !ok:
			d.given[foldName(def.Name)] = argument{value: lang.Unknown(parameterWords(def.Name), v.Reason())}
		}
	}
}

// link finds the template that a link means: a path beside this one, or an address that ends in one.
func (u *unit) link(link *tree.Value) (*file, *problem) {
	r, from := u.d.run, u.block.tmpl.file
	for _, name := range []string{"relativePath", "uri"} {
		node := link.GetFold(name)
		if node == nil {
			continue
		}
		v := u.in.value(node)
		if f, why := r.beside(r.candidates(from, v, name == "uri")); f != nil || why != nil {
			return f, why
		}
		return nil, u.far(node, v)
	}
	if id := link.GetFold("id"); id != nil {
		return nil, u.far(id, u.in.value(id))
	}
	return nil, &problem{"the link to its template names none", help}
}

// far lists a link that leads out of what is scanned.
func (u *unit) far(node *tree.Value, v lang.Value) *problem {
	n := evidence.NotRead{
		Kind: evidence.InputNotUnderstood, Input: u.block.tmpl.file.name, Line: int(node.Line),
		Reason: "a linked template is not among the scanned files, and nothing is fetched",
		Help:   "put the template beside this one, or scan it as well",
	}
	if text := v.Str(); !v.Secure && !strings.Contains(text, "?") && len(text) <= 500 && v.Kind != lang.Object && v.Kind != lang.Array {
		n.Thing = text
		n.Reason += ": " + text
	}
	u.d.run.note(n)
	return &problem{}
}

// pathEnd is the path of a template at the end of an address, or in what is left of an expression that makes one.
var pathEnd = regexp.MustCompile(`(?i)[\w][\w./~ %-]*\.jsonc?`)

// candidates are paths that a link may mean, the best first. What stands before the path in an address may be the
// place of this very template, so the longest ending that is there is taken.
func (r *run) candidates(from *file, v lang.Value, address bool) []string {
	if v.Kind != lang.String && v.Kind != lang.Open {
		return nil
	}
	text, dir := v.Str(), path.Dir(from.path)
	if !address {
		return []string{path.Join(dir, text)}
	}
	text, _, _ = strings.Cut(text, "?")
	found := pathEnd.FindAllString(text, -1)
	if len(found) == 0 {
		return nil
	}
	parts := strings.Split(path.Clean("/" + found[len(found)-1])[1:], "/")
	var all []string
	for i := max(0, len(parts)-8); i < len(parts); i++ {
		all = append(all, path.Join(append([]string{dir}, parts[i:]...)...))
	}
	return all
}

// beside reads the first of the paths that is there. It returns neither a file nor a reason where none is.
func (r *run) beside(paths []string) (*file, *problem) {
	if r.in.FS == nil {
		return nil, nil
	}
	for _, p := range paths {
		if !fs.ValidPath(p) || p == "." {
			continue
		}
		f, known := r.byPath[p]
		if !known {
			data, err := readFile(r.in.FS, p, r.bytes)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			f = r.open(p, data, err)
		}
		if f == nil {
			return nil, &problem{"its template is linked to and could not be read", "mend the linked template: " + r.nameOf(p)}
		}
		return f, nil
	}
	return nil, nil
}

var errTooLarge = errors.New("the linked templates are too many or too large")

// readFile reads a file of at most limit bytes.
func readFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fs.ErrNotExist
	}
	if info.Size() > limit {
		return nil, errTooLarge
	}
	return fs.ReadFile(fsys, name)
}

// open parses a linked template. One that cannot be read is listed, and remembered as nil.
func (r *run) open(p string, data []byte, err error) *file {
	r.byPath[p] = nil
	name := r.nameOf(p)
	line, reason := 0, ""
	var root tree.Value
	switch {
	case errors.Is(err, errTooLarge) || err == nil && len(r.files) >= maxFiles:
		reason = errTooLarge.Error()
	case err != nil:
		reason = "the linked template cannot be read"
	default:
		r.bytes -= int64(len(data))
		if data, err = tree.Decode(data); err == nil {
			root, err = parseJSON(data)
		}
		var bad *tree.Error
		if errors.As(err, &bad) {
			line, reason = bad.Line, bad.Msg
		} else if root.Kind != tree.Object || root.GetFold("resources") == nil {
			reason = "a template links to it, and it is no template"
		}
	}
	if reason != "" {
		r.note(evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: name, Line: line, Reason: reason,
			Help: "mend the linked template; what it deploys is missing",
		})
		return nil
	}
	f := newFile(p, name, &root)
	r.files = append(r.files, f)
	r.byPath[p] = f
	r.out.Used(p)
	r.out.Part(p)
	return f
}

// nameOf is what people call a path of the input's FS.
func (r *run) nameOf(p string) string { return strings.TrimSuffix(r.in.Name, r.in.Path) + p }

func normal(id string) string { return evidence.NormalizeARM(id) }
