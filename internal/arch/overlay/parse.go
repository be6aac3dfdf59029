package overlay

import (
	"fmt"
	"regexp"

	"c4arch/internal/base/form"
	"c4arch/internal/base/tree"
)

// Limits of what Parse accepts: far above what people write by hand, low enough that a
// hostile file costs nothing.
const (
	maxBytes   = 1 << 20 // of the file
	maxEntries = 10_000  // in each list
	maxText    = 2_000   // characters in a text
	maxPattern = 1_000   // characters in a pattern
)

var format = form.Format{Name: "c4arch.yaml", Bytes: maxBytes, Limits: tree.Limits{Depth: 20, Nodes: 500_000}}

// Parse reads c4arch.yaml. Its error names every problem with its line, up to a limit; an
// error never comes with an overlay. A file that says nothing is an empty overlay.
func Parse(data []byte) (*Overlay, error) {
	file, err := form.Open("the file", data, format)
	if err != nil {
		return nil, err
	}
	if file.Top == nil {
		return &Overlay{}, nil
	}
	p := parser{File: file, keys: map[string]RefKind{}}
	o := p.overlay(file.Top)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return o, nil
}

// overlay reads the whole document. References are read last, since they may name a key
// that is defined further down.
func (p *parser) overlay(v *tree.Value) *Overlay {
	f := p.Fields(v, "the file", "version", "name", "description", "owner",
		"persons", "systems", "externals", "elements", "relationships", "hidden", "environments", "deployments")
	if n := f.Get("version"); n != nil && n.Text != fmt.Sprint(Version) {
		p.Say(n, "version must be %d: this program reads no other", Version)
	}
	o := &Overlay{
		Name: f.Text("name", maxText), Description: f.Text("description", maxText), Owner: f.Text("owner", maxText),
		Persons:      form.Entries(f, "persons", maxEntries, p.person),
		Systems:      form.Entries(f, "systems", maxEntries, p.system),
		Externals:    form.Entries(f, "externals", maxEntries, p.external),
		Elements:     form.Entries(f, "elements", maxEntries, p.element),
		Hidden:       form.Entries(f, "hidden", maxEntries, p.hide),
		Environments: form.Entries(f, "environments", maxEntries, p.environment),
		Deployments:  form.Entries(f, "deployments", maxEntries, p.deployment),
	}
	o.Relationships = form.Entries(f, "relationships", maxEntries, p.relationship)
	return o
}

func (p *parser) person(v *tree.Value, place string) Person {
	f := p.Fields(v, place, "key", "name", "description")
	return Person{Key: p.key(f, PersonRef, true), Name: f.Required("name", maxText), Description: f.Text("description", maxText), Line: f.Line()}
}

func (p *parser) system(v *tree.Value, place string) System {
	f := p.Fields(v, place, "key", "name", "description", "owner", "members")
	s := System{
		Key: p.key(f, SystemRef, true), Name: f.Required("name", maxText), Description: f.Text("description", maxText),
		Owner: f.Text("owner", maxText), Line: f.Line(),
	}
	if s.Key != "" {
		place = "systems[" + s.Key + "]"
	}
	s.Members = p.selectors(f, "members", place, false)
	return s
}

func (p *parser) external(v *tree.Value, place string) External {
	f := p.Fields(v, place, "key", "name", "description", "owner", "technology", "hosts")
	return External{
		Key: p.key(f, ExternalRef, true), Name: f.Required("name", maxText), Description: f.Text("description", maxText),
		Owner: f.Text("owner", maxText), Technology: f.Text("technology", maxText), Hosts: p.hosts(f.Get("hosts")), Line: f.Line(),
	}
}

func (p *parser) element(v *tree.Value, place string) Element {
	f := p.Fields(v, place, "key", "match", "name", "description", "owner", "technology")
	e := Element{
		Key: p.key(f, ElementRef, false), Name: f.Text("name", maxText), Description: f.Text("description", maxText),
		Owner: f.Text("owner", maxText), Technology: f.Text("technology", maxText), Line: f.Line(),
	}
	if e.Key != "" {
		place = "elements[" + e.Key + "]"
	} else if f.OK && e.Name+e.Description+e.Owner+e.Technology == "" {
		p.Say(f.Value, "%s says nothing about what it matches: give it a key, a name, a description, an owner or a technology", place)
	}
	e.Match = p.selectors(f, "match", place, true)
	return e
}

func (p *parser) relationship(v *tree.Value, place string) Relationship {
	f := p.Fields(v, place, "source", "target", "description", "technology")
	return Relationship{
		Source: p.ref(f, "source", place), Target: p.ref(f, "target", place),
		Description: f.Required("description", maxText), Technology: f.Text("technology", maxText), Line: f.Line(),
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
	f := p.Fields(v, place, "input", "subscription", "resourceGroup", "location")
	d := Deployment{
		Input: f.Required("input", maxText), Subscription: f.Text("subscription", maxText), ResourceGroup: f.Text("resourceGroup", maxText),
		Location: f.Text("location", maxText), Line: f.Line(),
	}
	if f.OK && d.Subscription+d.ResourceGroup+d.Location == "" {
		p.Say(f.Value, "%s says nothing of where the input is deployed to: give it a subscription, a resourceGroup or a location", place)
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
			p.Say(f.Get(c.name), "%s of %s must be %s", c.name, place, c.like)
		}
	}
	return d
}

func (p *parser) hide(v *tree.Value, place string) Hidden {
	f := p.Fields(v, place, "match", "reason")
	return Hidden{Match: p.selectors(f, "match", place, true), Reason: f.Required("reason", maxText), Line: f.Line()}
}

func (p *parser) environment(v *tree.Value, place string) Environment {
	f := p.Fields(v, place, "name", "members")
	e := Environment{Name: f.Required("name", maxText), Line: f.Line()}
	if e.Name != "" {
		place = "environments[" + e.Name + "]"
	}
	e.Members = p.selectors(f, "members", place, true)
	return e
}
