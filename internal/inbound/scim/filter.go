package scim

import (
	"encoding/json"
	"slices"
	"strings"
)

// Bounds of filters and paths.
const (
	maxFilter = 2000 // bytes
	maxDepth  = 10
	maxTerms  = 50
)

// filter is a filter of RFC 7644 section 3.4.2.2, read.
type filter struct {
	op    string // and, or, not, eq, ne, co, sw, ew, gt, ge, lt, le, pr, "[]"
	left  *filter
	right *filter
	path  string // lower case, without the schema: "emails.type"
	value any    // string, bool, float64 or nil
}

// parser reads filters and paths of patches.
type parser struct {
	text  string
	at    int
	depth int
	terms int
}

// parseFilter reads a filter.
func parseFilter(text string) (*filter, error) {
	if len(text) > maxFilter {
		return nil, badFilter
	}
	p := &parser{text: text}
	f, err := p.or()
	if p.space(); err == nil && p.at != len(text) {
		err = badFilter
	}
	return f, err
}

func (p *parser) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

// word takes a keyword, whatever its case.
func (p *parser) word(w string) bool {
	p.space()
	end := p.at + len(w)
	if end > len(p.text) || !strings.EqualFold(p.text[p.at:end], w) || end < len(p.text) && inName(p.text[end]) {
		return false
	}
	p.at = end
	return true
}

func (p *parser) mark(c byte) bool {
	p.space()
	if p.at >= len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_-$:.", c) >= 0
}

func (p *parser) or() (*filter, error) {
	return p.chain("or", p.and)
}

func (p *parser) and() (*filter, error) {
	return p.chain("and", p.term)
}

func (p *parser) chain(op string, next func() (*filter, error)) (*filter, error) {
	left, err := next()
	for err == nil && p.word(op) {
		var right *filter
		right, err = next()
		left = &filter{op: op, left: left, right: right}
	}
	return left, err
}

func (p *parser) term() (*filter, error) {
	if p.terms++; p.terms > maxTerms {
		return nil, badFilter
	}
	if p.word("not") {
		f, err := p.group()
		return &filter{op: "not", left: f}, err
	}
	if p.space(); p.at < len(p.text) && p.text[p.at] == '(' {
		return p.group()
	}
	return p.compare()
}

func (p *parser) group() (*filter, error) {
	if !p.mark('(') {
		return nil, badFilter
	}
	f, err := p.nested()
	if err == nil && !p.mark(')') {
		err = badFilter
	}
	return f, err
}

func (p *parser) nested() (*filter, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, badFilter
	}
	defer func() { p.depth-- }()
	return p.or()
}

var comparisons = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

func (p *parser) compare() (*filter, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if p.mark('[') {
		f, err := p.nested()
		if err == nil && !p.mark(']') {
			err = badFilter
		}
		return &filter{op: "[]", path: path, left: f}, err
	}
	if p.word("pr") {
		return &filter{op: "pr", path: path}, nil
	}
	for _, op := range comparisons {
		if p.word(op) {
			v, err := p.value()
			return &filter{op: op, path: path, value: v}, err
		}
	}
	return nil, badFilter
}

// path reads the name of an attribute: userName, name.givenName, urn:…:User:userName. What it is of another schema than the core's keeps the schema in front.
func (p *parser) path() (string, error) {
	p.space()
	from := p.at
	for p.at < len(p.text) && inName(p.text[p.at]) {
		p.at++
	}
	name := plain(p.text[from:p.at])
	if name == "" || len(name) > 200 {
		return "", badFilter
	}
	return name, nil
}

// plain is a name in lower case, without the schema of the core in front of it.
func plain(name string) string {
	name = strings.ToLower(name)
	for _, schema := range []string{schemaUser, schemaGroup} {
		if rest, ok := strings.CutPrefix(name, strings.ToLower(schema)+":"); ok {
			return rest
		}
	}
	return name
}

// value reads a value as JSON has it.
func (p *parser) value() (any, error) {
	p.space()
	end := p.at
	if end < len(p.text) && p.text[end] == '"' {
		for end++; end < len(p.text) && p.text[end] != '"'; end++ {
			if p.text[end] == '\\' {
				end++
			}
		}
		end++
	} else {
		for end < len(p.text) && strings.IndexByte(" )]", p.text[end]) < 0 {
			end++
		}
	}
	if end > len(p.text) {
		return nil, badFilter
	}
	var v any
	text := p.text[p.at:end]
	if text != "" && text[0] != '"' {
		text = strings.ToLower(text) // True, as some write it
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, badFilter
	}
	switch v.(type) {
	case map[string]any, []any:
		return nil, badFilter
	}
	p.at = end
	return v, nil
}

// matches reports whether a resource is one that the filter finds.
func (f *filter) matches(resource map[string]any) bool {
	switch f.op {
	case "and":
		return f.left.matches(resource) && f.right.matches(resource)
	case "or":
		return f.left.matches(resource) || f.right.matches(resource)
	case "not":
		return !f.left.matches(resource)
	case "[]":
		return slices.ContainsFunc(valuesAt(resource, f.path), func(v any) bool {
			m, ok := v.(map[string]any)
			return ok && f.left.matches(m)
		})
	}
	all := valuesAt(resource, f.path)
	if f.op == "pr" {
		return len(all) > 0
	}
	if f.op == "ne" {
		return !slices.ContainsFunc(all, func(v any) bool { return f.holds("eq", v) })
	}
	return slices.ContainsFunc(all, func(v any) bool { return f.holds(f.op, v) })
}

// valuesAt are the values at a path; of a list each.
func valuesAt(v any, path string) []any {
	if path == "" {
		switch v := v.(type) {
		case nil:
			return nil
		case []any:
			var out []any
			for _, one := range v {
				out = append(out, valuesAt(one, "")...)
			}
			return out
		}
		return []any{v}
	}
	switch v := v.(type) {
	case []any:
		var out []any
		for _, one := range v {
			out = append(out, valuesAt(one, path)...)
		}
		return out
	case map[string]any:
		name, rest, _ := strings.Cut(path, ".")
		for k, one := range v {
			if strings.EqualFold(k, name) {
				return valuesAt(one, rest)
			}
		}
	}
	return nil
}

// exact are the attributes that RFC 7643 compares with their case.
var exact = []string{"id", "externalid", "value", "members", "members.value", "meta.version", "meta.location"}

func (f *filter) holds(op string, v any) bool {
	if m, ok := v.(map[string]any); ok { // emails eq "x" means emails.value
		v = m["value"]
	}
	switch want := f.value.(type) {
	case string:
		have, ok := v.(string)
		if !ok {
			return false
		}
		if !slices.Contains(exact, f.path) {
			have, want = strings.ToLower(have), strings.ToLower(want)
		}
		return ordered(op, have, want)
	case bool:
		have, ok := v.(bool)
		return ok && op == "eq" && have == want
	case float64:
		have, ok := v.(float64)
		return ok && op == "eq" && have == want
	}
	return v == nil && op == "eq"
}

func ordered(op, have, want string) bool {
	switch op {
	case "eq":
		return have == want
	case "co":
		return strings.Contains(have, want)
	case "sw":
		return strings.HasPrefix(have, want)
	case "ew":
		return strings.HasSuffix(have, want)
	case "gt":
		return have > want
	case "ge":
		return have >= want
	case "lt":
		return have < want
	}
	return have <= want // le
}

// exactly is the value that the filter asks one attribute for, so that the store can look it up.
func (f *filter) exactly(path string) (string, bool) {
	if f == nil || f.op != "eq" || f.path != path {
		return "", false
	}
	text, ok := f.value.(string)
	return text, ok && text != ""
}
