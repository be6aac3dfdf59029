package arm

import (
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// level is what a deployment is made to (learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-resource-group,
// deploy-to-subscription, deploy-to-management-group, deploy-to-tenant).
type level uint8

const (
	groupLevel level = iota
	subscriptionLevel
	managementLevel
	tenantLevel
)

// levelOf tells it by the schema. A template whose schema says nothing is one of a resource group, as nearly all are.
func levelOf(schema string) level {
	schema = strings.ToLower(schema)
	switch {
	case strings.Contains(schema, "subscriptiondeploymenttemplate"):
		return subscriptionLevel
	case strings.Contains(schema, "managementgroupdeploymenttemplate"):
		return managementLevel
	case strings.Contains(schema, "tenantdeploymenttemplate"):
		return tenantLevel
	}
	return groupLevel
}

// file is a template file as it was parsed. Nothing in it changes but the fates of its blocks.
type file struct {
	path   string // in the input's FS
	name   string // as people know it
	top    *template
	blocks []*block // every resource block of the file, in the order of the file
}

// template is a template: that of a file, or one that stands in a deployment.
type template struct {
	file      *file
	node      *tree.Value
	path      string // place in the file: "" or resources[3].properties.template
	level     level
	second    bool                    // languageVersion 2.0
	params    map[string]*tree.Member // by the name in lower case
	variables map[string]*variable
	functions map[string]*tree.Value // by namespace.name in lower case
	blocks    []*block               // those that stand at its root
}

// variable is one of the template's variables; a loop makes it an array of inputs.
type variable struct {
	node *tree.Value
	loop bool // node is name, count and input
}

// block is a resource as it is written: one object of a list of resources.
type block struct {
	tmpl     *template
	node     *tree.Value
	path     string
	symbol   string
	name     string // of the one unit that it makes, when it is known
	children []*block
	inner    *template // the template that stands in it, when it is a deployment
	fates    fate
	unsure   int              // how many of its copies may or may not be deployed
	cause    evidence.Unknown // why, of the last
	manyfold bool
}

const deploymentType = "microsoft.resources/deployments"

func newFile(path, name string, root *tree.Value) *file {
	f := &file{path: path, name: name}
	f.top = f.template(root, "")
	return f
}

// template looks through a template without evaluating anything.
func (f *file) template(node *tree.Value, path string) *template {
	t := &template{
		file: f, node: node, path: path, level: levelOf(node.GetFold("$schema").Str()),
		params: map[string]*tree.Member{}, variables: map[string]*variable{}, functions: map[string]*tree.Value{},
	}
	t.second = strings.HasPrefix(node.GetFold("languageVersion").Str(), "2.")
	params := node.GetFold("parameters").Fields()
	for i := range params {
		t.params[foldName(params[i].Name)] = &params[i]
	}
	t.readVariables()
	t.readFunctions()
	t.blocks = f.blocksOf(t, node.GetFold("resources"), join(path, "resources"))
	return t
}

func (t *template) readVariables() {
	members := t.node.GetFold("variables").Fields()
	for i := range members {
		m := &members[i]
		loops := loopsIn(m)
		for k := range loops {
			t.variables[foldName(loops[k].GetFold("name").Str())] = &variable{node: &loops[k], loop: true}
		}
		if loops == nil {
			t.variables[foldName(m.Name)] = &variable{node: &m.Value}
		}
	}
}

func (t *template) readFunctions() {
	for _, space := range t.node.GetFold("functions").List() {
		prefix := foldName(space.GetFold("namespace").Str()) + "."
		members := space.GetFold("members").Fields()
		for i := range members {
			t.functions[prefix+foldName(members[i].Name)] = &members[i].Value
		}
	}
}

// blocksOf lists resources: an array, or in languageVersion 2.0 an object of symbolic names.
func (f *file) blocksOf(t *template, list *tree.Value, path string) []*block {
	var all []*block
	take := func(node *tree.Value, path, symbol string) {
		b := &block{tmpl: t, node: node, path: path, symbol: symbol}
		f.blocks = append(f.blocks, b)
		all = append(all, b)
		if node.Kind != tree.Object {
			return
		}
		b.children = f.blocksOf(t, node.GetFold("resources"), join(path, "resources"))
		props := node.GetFold("properties")
		if inner := props.GetFold("template"); b.isDeployment() && inner != nil && inner.Kind == tree.Object {
			b.inner = f.template(inner, join(path, "properties.template"))
		}
	}
	if list == nil {
		return nil
	}
	for i := range list.Items {
		take(&list.Items[i], path+"["+strconv.Itoa(i)+"]", "")
	}
	for i := range list.Members {
		m := &list.Members[i]
		take(&m.Value, string(tree.Path(path).Key(m.Name)), m.Name)
	}
	return all
}

// isDeployment: resources of this type are structure, and what is in their template is what is deployed.
func (b *block) isDeployment() bool {
	return strings.EqualFold(b.node.GetFold("type").Str(), deploymentType)
}

// title is how a message calls the block.
func (b *block) title() string {
	kind := b.node.GetFold("type").Str()
	if b.symbol != "" {
		return strings.TrimSpace(kind + " " + b.symbol)
	}
	if b.name != "" {
		return strings.TrimSpace(kind + " " + b.name)
	}
	if name := b.node.GetFold("name").Str(); name != "" && len(name) <= 200 {
		return strings.TrimSpace(kind + " " + name)
	}
	if kind == "" {
		return b.path
	}
	return kind
}

func join(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

// loopsIn returns the loops that a member called copy holds, or nil when it is a property like others: a loop
// has a name, a count and an input (learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties).
func loopsIn(m *tree.Member) []tree.Value {
	if !strings.EqualFold(m.Name, "copy") || len(m.Value.Items) == 0 {
		return nil
	}
	for i := range m.Value.Items {
		it := &m.Value.Items[i]
		if it.GetFold("name").Str() == "" || it.GetFold("count") == nil || it.GetFold("input") == nil {
			return nil
		}
	}
	return m.Value.Items
}

// fate is what became of a block. One block has several when a loop repeats it.
type fate uint8

const (
	emitted    fate = 1 << iota // it is a resource
	expanded                    // it is a deployment, and its template was read
	skipped                     // its condition, or that of a deployment around it, is false
	empty                       // a loop around it runs no times
	referenced                  // it is a reference to what is declared elsewhere
	refused                     // it was listed as not read
)

func (b *block) met(f fate) { b.fates |= f }

// sweep gives all blocks inside a template or below a block the same fate.
func sweep(blocks []*block, f fate) {
	for _, b := range blocks {
		b.met(f)
		b.sweepInside(f)
	}
}

func (b *block) sweepInside(f fate) {
	sweep(b.children, f)
	if b.inner != nil {
		sweep(b.inner.blocks, f)
	}
}
