package web

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"c4arch/internal/content/say"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/route"
)

// docsRoutes is the description of the API, for people.
func (s *Site) docsRoutes() {
	s.page("/docs/api", "docs-api", route.Everybody, "", showDocs)
}

// described is the description, taken apart once.
type described struct {
	mu  sync.Mutex
	all *apiView
}

// apiView is what the page of the API shows.
type apiView struct {
	Title, Version, About string
	Groups                []opGroup
	Count                 int
}

type opGroup struct {
	Name, Anchor string
	Ops          []op
}

type op struct {
	Method, Path, Summary, About, Anchor string
	Open                                 bool // asks for no token
	Params                               []param
	Takes                                []param // members of the body
	Statuses                             []status
}

type param struct {
	Name, In, Kind, About string
	Required              bool
}

type status struct{ Code, Says string }

func showDocs(c *Call) error {
	v, err := c.docs.get(c.Context(), c.API)
	if err != nil {
		return err
	}
	if c.who, err = c.visitor(); err != nil && fault.KindOf(err) != fault.Denied {
		return err
	}
	return c.Show(View{Title: say.T(c.Context(), "API"), Lead: v.About}, docsPage(v))
}

func (d *described) get(ctx context.Context, load func(context.Context) ([]byte, error)) (*apiView, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all != nil {
		return d.all, nil
	}
	b, err := load(ctx)
	if err != nil {
		return nil, err
	}
	v, err := describe(b)
	if err == nil {
		d.all = v
	}
	return v, err
}

// openAPI is the part of OpenAPI 3.1 that is shown.
type openAPI struct {
	Info struct {
		Title, Version, Description string
	} `json:"info"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	Summary     string                 `json:"summary"`
	Description string                 `json:"description"`
	Tags        []string               `json:"tags"`
	Security    *[]map[string][]string `json:"security"`
	Parameters  []struct {
		Name, In, Description string
		Required              bool
		Schema                schema
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Description string `json:"description"`
	} `json:"responses"`
}

type schema struct {
	Ref         string            `json:"$ref"`
	Type        any               `json:"type"`
	Format      string            `json:"format"`
	Description string            `json:"description"`
	Properties  map[string]schema `json:"properties"`
	Required    []string          `json:"required"`
	Items       *schema           `json:"items"`
}

// describe reads the description.
func describe(b []byte) (*apiView, error) {
	var doc openAPI
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the description of the API cannot be read")
	}
	v := &apiView{Title: doc.Info.Title, Version: doc.Info.Version, About: doc.Info.Description}
	groups := map[string][]op{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			name := groupOf(path, o)
			groups[name] = append(groups[name], doc.op(method, path, o))
			v.Count++
		}
	}
	for name, ops := range groups {
		slices.SortFunc(ops, func(a, b op) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
		v.Groups = append(v.Groups, opGroup{Name: name, Anchor: anchor(name), Ops: ops})
	}
	slices.SortFunc(v.Groups, func(a, b opGroup) int { return cmp.Compare(a.Name, b.Name) })
	return v, nil
}

// groupOf is the tag of an operation, or the first part of its path after the version.
func groupOf(path string, o operation) string {
	if len(o.Tags) > 0 {
		return o.Tags[0]
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) > 2 {
		return parts[2]
	}
	return parts[len(parts)-1]
}

func (d *openAPI) op(method, path string, o operation) op {
	x := op{Method: strings.ToUpper(method), Path: path, Summary: o.Summary, About: o.Description, Anchor: anchor(method + " " + path), Open: o.Security != nil && len(*o.Security) == 0}
	for _, p := range o.Parameters {
		x.Params = append(x.Params, param{Name: p.Name, In: p.In, Kind: d.kind(p.Schema), About: p.Description, Required: p.Required})
	}
	for _, kind := range []string{"application/json", "application/merge-patch+json"} {
		x.Takes = append(x.Takes, d.members(o.RequestBody.Content[kind].Schema)...)
	}
	for code, r := range o.Responses {
		x.Statuses = append(x.Statuses, status{Code: code, Says: r.Description})
	}
	slices.SortFunc(x.Statuses, func(a, b status) int { return cmp.Compare(a.Code, b.Code) })
	return x
}

// members are those of the schema of a body, one level deep.
func (d *openAPI) members(s schema) (all []param) {
	s = d.follow(s)
	for name, p := range s.Properties {
		if name == "$schema" {
			continue
		}
		all = append(all, param{Name: name, Kind: d.kind(p), About: p.Description, Required: slices.Contains(s.Required, name)})
	}
	slices.SortFunc(all, func(a, b param) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

const refPrefix = "#/components/schemas/"

func (d *openAPI) follow(s schema) schema {
	if name, ok := strings.CutPrefix(s.Ref, refPrefix); ok {
		return d.Components.Schemas[name]
	}
	return s
}

// kind is the type of a schema in a word.
func (d *openAPI) kind(s schema) string {
	if name, ok := strings.CutPrefix(s.Ref, refPrefix); ok {
		return name
	}
	var word string
	switch t := s.Type.(type) {
	case string:
		word = t
	case []any:
		for _, x := range t {
			if text, ok := x.(string); ok && text != "null" {
				word = text
			}
		}
	}
	if word == "array" && s.Items != nil {
		return "list of " + d.kind(*s.Items)
	}
	if s.Format != "" {
		return word + ", " + s.Format
	}
	return word
}

// anchor makes a name for a place in a page.
func anchor(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, text), "-")
}
