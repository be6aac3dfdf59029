package plantuml_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/render/plantuml"
)

// diagram is what the test's own reader understood. The reader knows the statements that are written, which macros each version
// of C4-PlantUML has and how many arguments they take (its files C4*.puml, versions 1.0.0 and 2.5.0), and how PlantUML
// resolves references to characters.
type diagram struct {
	title  string
	boxes  []box
	arrows []arrow
}

type box struct {
	alias, name, technology, about string
	boundary                       bool
}

type arrow struct{ from, to, label, technology, style string }

// arity is the least and the most plain arguments of the macros of each dialect.
var arity = map[plantuml.Dialect]map[string][2]int{
	plantuml.Classic: {
		"Person": {2, 3}, "Person_Ext": {2, 3}, "System": {2, 3}, "System_Ext": {2, 3}, "SystemDb": {2, 3}, "SystemDb_Ext": {2, 3},
		"Container": {3, 4}, "ContainerDb": {3, 4}, "Component": {3, 4}, "ComponentDb": {3, 4},
		"System_Boundary": {2, 2}, "Container_Boundary": {2, 2}, "Boundary": {2, 3}, "Rel": {3, 4},
	},
	plantuml.C42: {
		"Person": {2, 3}, "Person_Ext": {2, 3}, "System_Boundary": {2, 2}, "Container_Boundary": {2, 2}, "Boundary": {2, 3},
		"Deployment_Node": {2, 4}, "Rel": {3, 4}, "AddElementTag": {1, 1}, "AddRelTag": {1, 1}, "SHOW_LEGEND": {0, 0},
	},
}

// defined says in which files a macro is; one that is not here is in all of them.
var defined = map[string][]string{
	"Container": {"C4_Container", "C4_Component", "C4_Deployment"}, "Container_Boundary": {"C4_Container", "C4_Component", "C4_Deployment"},
	"Component": {"C4_Component"}, "Deployment_Node": {"C4_Deployment"},
}

var (
	included  = regexp.MustCompile(`^!include <C4/(C4_(?:Context|Container|Component|Deployment))>$`)
	statement = regexp.MustCompile(`^(\w+)\((.*)\)( \{)?$`)
	own       = regexp.MustCompile(`^(node|rectangle|database) "==([^"]*)"( <<(?:external_)?system>>)? as (n_\w+)( \{)?$`)
	line      = regexp.MustCompile(`^(n_\w+) (?:-->|-\[(dashed|dotted)\]->) (n_\w+)(?: : "([^"]*)")?$`)
	argument  = regexp.MustCompile(`^(?:"([^"]*)"|(n_\w+)|\$(\w+)=("[^"]*"|\w+\(\)))(?:, |$)`)
	skin      = regexp.MustCompile(`^(skinparam node \{|\}|(BackgroundColor|BorderColor|FontColor|Shadowing) \S+|left to right direction|legend right|endlegend|(Solid|Dashed|Dotted) line: [a-z ,]+)$`)
	reference = regexp.MustCompile(`&#(\d+);|<U\+([0-9A-F]{4})>`)
	first     = regexp.MustCompile(`&#\d+;`)
	second    = regexp.MustCompile(`<U\+[0-9A-F]{4}>`)
	// raw is what must not be in a text after its references are taken away.
	raw = regexp.MustCompile(`["\\&<>%$!@(_*~` + "`" + `#|=\[\]{}^']|//|--|\.\.|,,|::|;;|\+\+|^[-+.:/,;]`)
)

func parse(dialect plantuml.Dialect, text string) (*diagram, error) {
	d := &diagram{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 4 || lines[0] != "@startuml" || lines[len(lines)-1] != "@enduml" {
		return nil, fmt.Errorf("it does not begin or end as it must")
	}
	file, open := "", 0
	for _, l := range lines[1 : len(lines)-1] {
		l = strings.TrimSpace(l)
		var err error
		switch {
		case included.MatchString(l):
			file += included.FindStringSubmatch(l)[1] + " "
		case strings.HasPrefix(l, "title "):
			d.title, err = text1(strings.TrimPrefix(l, "title "))
		case l == "}" && open > 0:
			open--
		case own.MatchString(l):
			err = d.own(own.FindStringSubmatch(l), dialect)
		case line.MatchString(l) && dialect == plantuml.Classic:
			err = d.line(line.FindStringSubmatch(l))
		case statement.MatchString(l):
			err = d.macro(statement.FindStringSubmatch(l), dialect, file)
		case skin.MatchString(l) && dialect == plantuml.Classic:
		default:
			err = fmt.Errorf("not a statement")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l, err)
		}
		if strings.HasSuffix(l, "{") {
			open++
		}
	}
	if open != 0 {
		return nil, fmt.Errorf("%d boundaries are open at the end", open)
	}
	return d, d.aliases()
}

// text1 resolves references in the order in which PlantUML does, and fails where a character stands for itself that means something.
func text1(s string) (string, error) {
	if found := raw.FindString(reference.ReplaceAllString(s, "x")); found != "" {
		return "", fmt.Errorf("%q would mean something in %q", found, s)
	}
	s = first.ReplaceAllStringFunc(s, func(r string) string {
		if r == "&#92;" || r == "&#36;" {
			return "PlantUML 1.2020.2 breaks off here"
		}
		v, _ := strconv.ParseInt(r[2:len(r)-1], 10, 32)
		return string(rune(v))
	})
	return second.ReplaceAllStringFunc(s, func(r string) string {
		v, _ := strconv.ParseInt(r[3:len(r)-1], 16, 32)
		return string(rune(v))
	}), nil
}

// layout takes a text apart that is laid out as the macros do: name, technology, description.
func layout(s string) (parts []string, err error) {
	for _, p := range strings.Split(s, `\n`) {
		p = strings.TrimPrefix(strings.TrimPrefix(p, "==="), "==")
		p = strings.TrimSuffix(strings.TrimPrefix(p, "//<size:12>&#91;"), "&#93;</size>//")
		p = strings.TrimSuffix(strings.TrimPrefix(p, "<size:12>&#91;"), "&#93;</size>")
		if p, err = text1(p); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func (d *diagram) own(m []string, dialect plantuml.Dialect) error {
	parts, err := layout(m[2])
	if err != nil || dialect != plantuml.Classic || len(parts) < 2 {
		return fmt.Errorf("%q, %w", parts, err)
	}
	b := box{alias: m[4], name: parts[0], technology: parts[1], boundary: m[5] != ""}
	if len(parts) == 4 {
		b.about = parts[3]
	}
	d.boxes = append(d.boxes, b)
	return nil
}

func (d *diagram) line(m []string) error {
	a := arrow{from: m[1], to: m[3], style: m[2]}
	for _, p := range strings.Split(m[4], `\n`) {
		parts, err := layout(p)
		if err != nil {
			return err
		}
		if strings.HasPrefix(p, "===") {
			a.label = parts[0]
		} else {
			a.technology = parts[0]
		}
	}
	d.arrows = append(d.arrows, a)
	return nil
}

func (d *diagram) macro(m []string, dialect plantuml.Dialect, files string) error {
	args, named, err := arguments(m[2])
	if err != nil {
		return err
	}
	bounds, known := arity[dialect][m[1]]
	base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(m[1], "_Ext"), "Db"), "Queue")
	if dialect == plantuml.C42 && !known {
		bounds, known = map[string][2]int{"System": {2, 3}, "Container": {3, 4}, "Component": {3, 4}}[base], true
	}
	if !known || len(args) < bounds[0] || len(args) > bounds[1] || named != nil && dialect == plantuml.Classic {
		return fmt.Errorf("%d arguments", len(args))
	}
	in, elsewhere := defined[base]
	if elsewhere && !slices.ContainsFunc(in, func(f string) bool { return strings.Contains(files, f+" ") }) {
		return fmt.Errorf("%s has no %s", files, m[1])
	}
	for len(args) < 4 {
		args = append(args, "")
	}
	switch {
	case m[1] == "Rel":
		d.arrows = append(d.arrows, arrow{args[0], args[1], args[2], args[3], named["tags"]})
	case strings.HasPrefix(m[1], "Person") || strings.HasPrefix(m[1], "System"):
		d.boxes = append(d.boxes, box{alias: args[0], name: args[1], about: args[2], boundary: m[3] != ""})
	case strings.HasPrefix(m[1], "Add") || m[1] == "SHOW_LEGEND":
	default:
		d.boxes = append(d.boxes, box{args[0], args[1], args[2], args[3], m[3] != ""})
	}
	return nil
}

func arguments(s string) (plain []string, named map[string]string, err error) {
	for s != "" {
		m := argument.FindStringSubmatch(s)
		if m == nil {
			return nil, nil, fmt.Errorf("no argument at %q", s)
		}
		s = s[len(m[0]):]
		switch {
		case m[3] != "":
			if named == nil {
				named = map[string]string{}
			}
			named[m[3]] = strings.Trim(m[4], `"`)
		case named != nil:
			return nil, nil, fmt.Errorf("a plain argument behind a named one")
		default:
			v, err := text1(m[1])
			if err != nil {
				return nil, nil, err
			}
			plain = append(plain, v+m[2])
		}
	}
	return plain, named, nil
}

func (d *diagram) aliases() error {
	defined := map[string]bool{}
	for _, b := range d.boxes {
		if defined[b.alias] || !strings.HasPrefix(b.alias, "n_") {
			return fmt.Errorf("alias %q", b.alias)
		}
		defined[b.alias] = true
	}
	for _, a := range d.arrows {
		if !defined[a.from] || !defined[a.to] {
			return fmt.Errorf("an end of %+v is not there", a)
		}
	}
	return nil
}
