package overlay

import (
	"fmt"
	"regexp"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Limits of what Parse accepts: far above what people write by hand, low enough that a
// hostile file costs nothing.
const (
	maxBytes   = 1 << 20 // of the file
	maxEntries = 10_000  // in each list
	maxText    = 2_000   // characters in a text
	maxPattern = 1_000   // characters in a pattern
	maxReport  = 20      // problems in one error
)

// Parse reads c4arch.yaml. Its error names every problem with its line, up to a limit; an
// error never comes with an overlay. A file that says nothing is an empty overlay.
func Parse(data []byte) (*Overlay, error) {
	if len(data) > maxBytes {
		return nil, fault.New(fault.Limited, "the file is larger than %d bytes", maxBytes)
	}
	text, err := tree.Decode(data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the file cannot be read")
	}
	docs, err := tree.ParseYAML(text, tree.Limits{Depth: 20, Nodes: 500_000})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the file cannot be read")
	}
	switch {
	case len(docs) == 0:
		return &Overlay{}, nil
	case len(docs) > 1:
		return nil, fault.Wrap(fault.Invalid, &tree.Error{Line: int(docs[1].Line), Msg: "a second document begins here"},
			"the file must hold one document").WithHelp("put everything under one set of keys, without ---")
	}
	p := parser{lines: linesOf(text), keys: map[string]RefKind{}}
	o := p.overlay(&docs[0])
	if err := p.err(); err != nil {
		return nil, err
	}
	return o, nil
}

// overlay reads the whole document. References are read last, since they may name a key
// that is defined further down.
func (p *parser) overlay(v *tree.Value) *Overlay {
	f := p.fields(v, "the file", "version", "name", "description", "owner",
		"persons", "systems", "externals", "elements", "relationships", "hidden", "environments", "deployments")
	if n := f.get("version"); n != nil && n.Text != fmt.Sprint(Version) {
		p.say(n.Line, "version must be %d: this program reads no other", Version)
	}
	o := &Overlay{
		Name: f.text("name"), Description: f.text("description"), Owner: f.text("owner"),
		Persons:      entries(p, f, "persons", p.person),
		Systems:      entries(p, f, "systems", p.system),
		Externals:    entries(p, f, "externals", p.external),
		Elements:     entries(p, f, "elements", p.element),
		Hidden:       entries(p, f, "hidden", p.hide),
		Environments: entries(p, f, "environments", p.environment),
		Deployments:  entries(p, f, "deployments", p.deployment),
	}
	o.Relationships = entries(p, f, "relationships", p.relationship)
	return o
}

// entries reads a list of mappings.
func entries[T any](p *parser, f fields, name string, each func(v *tree.Value, place string) T) []T {
	v := f.get(name)
	if v == nil || v.Kind == tree.Null {
		return nil
	}
	if v.Kind != tree.Array {
		p.say(v.Line, "%s must be a list: begin each entry with a dash", name)
		return nil
	}
	if len(v.Items) > maxEntries {
		p.say(v.Line, "%s has more than %d entries", name, maxEntries)
		return nil
	}
	var out []T
	for i := range v.Items {
		out = append(out, each(&v.Items[i], fmt.Sprintf("%s[%d]", name, i)))
	}
	return out
}

func (p *parser) person(v *tree.Value, place string) Person {
	f := p.fields(v, place, "key", "name", "description")
	return Person{Key: f.key(PersonRef, true), Name: f.required("name"), Description: f.text("description"), Line: f.line}
}

func (p *parser) system(v *tree.Value, place string) System {
	f := p.fields(v, place, "key", "name", "description", "owner", "members")
	s := System{
		Key: f.key(SystemRef, true), Name: f.required("name"), Description: f.text("description"),
		Owner: f.text("owner"), Line: f.line,
	}
	if s.Key != "" {
		place = "systems[" + s.Key + "]"
	}
	s.Members = p.selectors(f, "members", place, false)
	return s
}

func (p *parser) external(v *tree.Value, place string) External {
	f := p.fields(v, place, "key", "name", "description", "owner", "technology", "hosts")
	return External{
		Key: f.key(ExternalRef, true), Name: f.required("name"), Description: f.text("description"),
		Owner: f.text("owner"), Technology: f.text("technology"), Hosts: p.hosts(f.get("hosts")), Line: f.line,
	}
}

func (p *parser) element(v *tree.Value, place string) Element {
	f := p.fields(v, place, "key", "match", "name", "description", "owner", "technology")
	e := Element{
		Key: f.key(ElementRef, false), Name: f.text("name"), Description: f.text("description"),
		Owner: f.text("owner"), Technology: f.text("technology"), Line: f.line,
	}
	if e.Key != "" {
		place = "elements[" + e.Key + "]"
	} else if f.ok && e.Name+e.Description+e.Owner+e.Technology == "" {
		p.say(int32(f.line), "%s says nothing about what it matches: give it a key, a name, a description, an owner or a technology", place)
	}
	e.Match = p.selectors(f, "match", place, true)
	return e
}

func (p *parser) relationship(v *tree.Value, place string) Relationship {
	f := p.fields(v, place, "source", "target", "description", "technology")
	return Relationship{
		Source: p.ref(f, "source", place), Target: p.ref(f, "target", place),
		Description: f.required("description"), Technology: f.text("technology"), Line: f.line,
	}
}

// What Azure takes for the id of a subscription, the name of a resource group and that of a region
// (learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
var (
	subscriptionForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	groupForm        = regexp.MustCompile(`^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$`)
	locationForm     = regexp.MustCompile(`^[a-z0-9]{1,60}$`)
)

func (p *parser) deployment(v *tree.Value, place string) Deployment {
	f := p.fields(v, place, "input", "subscription", "resourceGroup", "location")
	d := Deployment{
		Input: f.required("input"), Subscription: f.text("subscription"), ResourceGroup: f.text("resourceGroup"),
		Location: f.text("location"), Line: f.line,
	}
	if f.ok && d.Subscription+d.ResourceGroup+d.Location == "" {
		p.say(int32(f.line), "%s says nothing of where the input is deployed to: give it a subscription, a resourceGroup or a location", place)
	}
	for _, c := range []struct {
		name, text string
		form       *regexp.Regexp
		like       string
	}{
		{"subscription", d.Subscription, subscriptionForm, "the id of a subscription, as in 00000000-0000-0000-0000-000000000001"},
		{"resourceGroup", d.ResourceGroup, groupForm, "the name of a resource group, as in rg-shop"},
		{"location", d.Location, locationForm, "the name of a region, as in westeurope"},
	} {
		if c.text != "" && !c.form.MatchString(c.text) {
			p.say(f.get(c.name).Line, "%s of %s must be %s", c.name, place, c.like)
		}
	}
	return d
}

func (p *parser) hide(v *tree.Value, place string) Hidden {
	f := p.fields(v, place, "match", "reason")
	return Hidden{Match: p.selectors(f, "match", place, true), Reason: f.required("reason"), Line: f.line}
}

func (p *parser) environment(v *tree.Value, place string) Environment {
	f := p.fields(v, place, "name", "members")
	e := Environment{Name: f.required("name"), Line: f.line}
	if e.Name != "" {
		place = "environments[" + e.Name + "]"
	}
	e.Members = p.selectors(f, "members", place, true)
	return e
}
