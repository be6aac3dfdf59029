package structurizr_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// workspace is what the test's own reader of the DSL understood. The reader knows the subset that is
// written, from the language reference and from the order of steps in structurizr/java's StructurizrDslParser:
// lines, tokens that lose their quotes, blocks, identifiers, who may stand in whom, what must be unique.
type workspace struct {
	text  string
	count map[string]int
	kind  map[string]string // identifier (lower case) -> keyword
	up    map[string]string // identifier -> identifier around it
	names map[string]bool
	rels  map[string]bool
	keys  map[string]bool
	stack []frame
}

type frame struct{ keyword, id string }

var identifier = regexp.MustCompile(`^\w[a-zA-Z0-9_-]*$`)

// within says in which blocks a keyword may stand; "" is the top.
var within = map[string][]string{
	"workspace": {""}, "model": {"workspace"}, "views": {"workspace"},
	"person": {"model"}, "softwareSystem": {"model"}, "container": {"softwareSystem"}, "component": {"container"},
	"deploymentEnvironment": {"model"}, "deploymentNode": {"deploymentEnvironment", "deploymentNode"},
	"infrastructureNode": {"deploymentNode"},
	"containerInstance":  {"deploymentNode"}, "softwareSystemInstance": {"deploymentNode"},
	"->":         {"model", "deploymentEnvironment"},
	"properties": {"person", "softwareSystem", "container", "component", "deploymentNode", "infrastructureNode", "containerInstance", "softwareSystemInstance", "->"},
	"styles":     {"views"}, "element": {"styles"}, "relationship": {"styles"},
}

// most is how many tokens may follow a keyword.
var most = map[string]int{
	"workspace": 2, "person": 3, "softwareSystem": 3, "container": 4, "component": 4, "deploymentNode": 5,
	"infrastructureNode": 4, "deploymentEnvironment": 1, "containerInstance": 3, "softwareSystemInstance": 3,
}

func check(t *testing.T, text string) *workspace {
	t.Helper()
	ws := &workspace{text: text, count: map[string]int{}, kind: map[string]string{}, up: map[string]string{}, names: map[string]bool{}, rels: map[string]bool{}, keys: map[string]bool{}}
	for i, line := range strings.Split(text, "\n") {
		if err := ws.line(line); err != nil {
			t.Fatalf("line %d: %v\n%s", i+1, err, line)
		}
	}
	if len(ws.stack) != 0 {
		t.Fatalf("%d blocks are not closed", len(ws.stack))
	}
	if ws.count["workspace"] != 1 || ws.count["model"] != 1 || ws.count["views"] != 1 {
		t.Fatalf("not one workspace with one model and one views: %v", ws.count)
	}
	return ws
}

func (ws *workspace) line(line string) error {
	if strings.HasSuffix(line, `\`) {
		return fmt.Errorf("would be joined with the next line")
	}
	if regexp.MustCompile(`\$\{[a-zA-Z0-9-_.]+?\}`).MatchString(line) {
		return fmt.Errorf("would be replaced from the environment")
	}
	if s := strings.TrimSpace(line); s == "" || strings.HasPrefix(s, "//") || strings.HasPrefix(s, "#") {
		return nil
	}
	tokens, err := tokenize(line)
	if err != nil {
		return err
	}
	id := ""
	if len(tokens) > 3 && tokens[1] == "=" {
		if id = tokens[0]; !identifier.MatchString(id) {
			return fmt.Errorf("identifier %q", id)
		}
		if ws.kind[strings.ToLower(id)] != "" {
			return fmt.Errorf("identifier %q is used twice", id)
		}
		tokens = tokens[2:]
	}
	if tokens[0] == "}" {
		if len(ws.stack) == 0 || len(tokens) != 1 {
			return fmt.Errorf("a block ends that did not begin")
		}
		ws.stack = ws.stack[:len(ws.stack)-1]
		return nil
	}
	opens := tokens[len(tokens)-1] == "{"
	if opens {
		tokens = tokens[:len(tokens)-1]
	}
	keyword := tokens[0]
	if len(tokens) > 1 && tokens[1] == "->" {
		keyword = "->"
	}
	if err := ws.statement(keyword, id, tokens, opens); err != nil {
		return err
	}
	if opens {
		if ws.top().keyword == "views" && keyword != "styles" {
			keyword += " view"
		}
		ws.stack = append(ws.stack, frame{keyword, id})
	}
	return nil
}

func (ws *workspace) top() frame {
	if len(ws.stack) == 0 {
		return frame{}
	}
	return ws.stack[len(ws.stack)-1]
}

func (ws *workspace) statement(keyword, id string, tokens []string, opens bool) error {
	around := ws.top()
	switch {
	case around.keyword == "properties":
		if len(tokens) != 2 || tokens[1] == "" || opens {
			return fmt.Errorf("a property is a name and a value")
		}
		return nil
	case around.keyword == "element" || around.keyword == "relationship":
		if len(tokens) != 2 || opens {
			return fmt.Errorf("a style is a name and a value")
		}
		return nil
	case strings.HasSuffix(around.keyword, " view"):
		return ws.viewLine(keyword, tokens, opens)
	case around.keyword == "views" && keyword != "styles":
		return ws.viewHead(keyword, tokens)
	}
	if !slices.Contains(within[keyword], around.keyword) {
		return fmt.Errorf("%s cannot stand in %q", keyword, around.keyword)
	}
	ws.count[keyword]++
	if n, ok := most[keyword]; ok && len(tokens)-1 > n {
		return fmt.Errorf("%s has %d words, at most %d", keyword, len(tokens)-1, n)
	}
	if keyword == "->" {
		return ws.relationship(tokens)
	}
	if keyword == "containerInstance" && ws.kind[tokens[1]] != "container" {
		return fmt.Errorf("an instance of %q, which is not a container", tokens[1])
	}
	if id != "" {
		return ws.define(keyword, id, tokens, around)
	}
	return nil
}

func (ws *workspace) define(keyword, id string, tokens []string, around frame) error {
	ws.kind[strings.ToLower(id)] = keyword
	ws.up[id] = around.id
	if tokens[1] == "" {
		return fmt.Errorf("%s without a name", keyword)
	}
	name := around.id + "\x00" + strings.ToLower(tokens[1])
	if keyword == "deploymentEnvironment" {
		name = keyword + name // may be called as an element is
	}
	if ws.names[name] {
		return fmt.Errorf("two brothers are called %q", tokens[1])
	}
	ws.names[name] = true
	return nil
}

func (ws *workspace) relationship(tokens []string) error {
	a, b := tokens[0], tokens[2]
	if ws.kind[a] == "" || ws.kind[b] == "" {
		return fmt.Errorf("%q or %q is not defined before", a, b)
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		for x := pair[0]; x != ""; x = ws.up[x] {
			if x == pair[1] {
				return fmt.Errorf("between an element and what it is part of")
			}
		}
	}
	key := a + "\x00" + b + "\x00" + tokens[3]
	if ws.rels[key] {
		return fmt.Errorf("there is the same already")
	}
	ws.rels[key] = true
	if len(tokens) > 6 {
		return fmt.Errorf("too many words")
	}
	return nil
}

func (ws *workspace) viewHead(keyword string, tokens []string) error {
	key := 2
	switch keyword {
	case "systemLandscape":
		key = 1
	case "systemContext":
		if ws.kind[tokens[1]] != "softwareSystem" {
			return fmt.Errorf("the scope is not a software system")
		}
	case "container":
		if ws.kind[tokens[1]] != "softwareSystem" {
			return fmt.Errorf("the scope is not a software system")
		}
		keyword = "container view"
	case "component":
		if ws.kind[tokens[1]] != "container" {
			return fmt.Errorf("the scope is not a container")
		}
		keyword = "component view"
	case "deployment":
		key = 3
	default:
		return fmt.Errorf("no such view: %s", keyword)
	}
	ws.count[keyword]++
	if k := strings.ToLower(tokens[key]); !identifier.MatchString(k) || ws.keys[k] {
		return fmt.Errorf("key %q is not legal or not unique", k)
	} else {
		ws.keys[k] = true
	}
	return nil
}

func (ws *workspace) viewLine(keyword string, tokens []string, opens bool) error {
	if opens {
		return fmt.Errorf("nothing opens in a view")
	}
	switch keyword {
	case "title":
		if len(tokens) != 2 || tokens[1] == "" {
			return fmt.Errorf("a title is one text")
		}
	case "autoLayout":
	case "include":
		for _, id := range tokens[1:] {
			if id != "*" && ws.kind[id] == "" {
				return fmt.Errorf("%q is not defined", id)
			}
			for _, other := range tokens[1:] {
				for x := ws.up[id]; x != "" && id != other; x = ws.up[x] {
					if x == other {
						return fmt.Errorf("%q and %q, which it is part of", id, other)
					}
				}
			}
		}
	default:
		return fmt.Errorf("%s in a view", keyword)
	}
	return nil
}

// tokenize splits a line at white space outside of quotes; a backslash escapes a quote.
func tokenize(line string) ([]string, error) {
	var out []string
	rest := strings.TrimSpace(line)
	for rest != "" {
		if rest[0] != '"' {
			i := strings.IndexAny(rest, " \t")
			if i < 0 {
				i = len(rest)
			}
			out = append(out, rest[:i])
			rest = strings.TrimSpace(rest[i:])
			continue
		}
		end := -1
		for i := 1; i < len(rest); i++ {
			if rest[i] == '"' && rest[i-1] != '\\' {
				end = i
				break
			}
		}
		if end < 0 {
			return nil, fmt.Errorf("a quote is not closed")
		}
		if after := rest[end+1:]; after != "" && after[0] != ' ' {
			return nil, fmt.Errorf("something follows a quote at once")
		}
		out = append(out, strings.ReplaceAll(rest[1:end], `\"`, `"`))
		rest = strings.TrimSpace(rest[end+1:])
	}
	return out, nil
}
