package terraform

import (
	"context"
	"path"
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
	"c4arch/internal/source/terraform/config"
)

// CodeReader reads a directory of Terraform or OpenTofu configuration as a root module, together with the local modules
// that it calls. What the code leaves open stays in the properties as text (see evidence.Left); nothing is run, no
// provider is loaded and no state is read.
type CodeReader struct{}

// Code returns the reader of configurations.
func Code() CodeReader { return CodeReader{} }

// Name returns "terraform-code".
func (CodeReader) Name() string { return "terraform-code" }

// Sniff claims directories that hold configuration files.
func (CodeReader) Sniff(in evidence.Input) bool {
	return in.Dir && slices.ContainsFunc(in.Files, config.IsCode)
}

// Read hands on each instance of each resource and data source. Errors are the context's or the sink's own.
func (CodeReader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	c := code{in: in, out: out}
	o := config.Options{
		FS: in.FS, Dir: in.Path, ID: c.id, Known: c.known, Used: out.Used, Part: out.Part,
		NotRead: func(n config.Note) {
			out.NotRead(evidence.NotRead{
				Kind: n.Kind, Input: c.name(n.File), Line: n.Line, Thing: n.Thing, Reason: n.Reason, Help: n.Help, Count: n.Count,
			})
		},
	}
	for _, v := range in.Values {
		if !strings.HasSuffix(v.Path, ".tfvars") && !strings.HasSuffix(v.Path, ".tfvars.json") {
			continue
		}
		given := config.Values{Name: v.Name, Data: v.Data}
		if beside := path.Join(in.Path, path.Base(v.Path)); c.name(beside) == v.Name {
			given.Path = beside
		}
		o.Values = append(o.Values, given)
	}
	return config.Read(ctx, o, func(r *config.Resource) error { return out.Resource(c.draft(r)) })
}

// code is the reading of one root.
type code struct {
	in  evidence.Input
	out evidence.Sink
}

// name returns a path in FS as people know it.
func (c *code) name(p string) string {
	for _, v := range c.in.Values {
		if p == v.Name {
			return p
		}
	}
	if c.in.Path == "." {
		return path.Join(c.in.Name, p)
	}
	if root, ok := strings.CutSuffix(c.in.Name, c.in.Path); ok {
		return path.Join(root, p)
	}
	if rest, ok := strings.CutPrefix(p, c.in.Path); ok {
		return path.Join(c.in.Name, rest)
	}
	return p
}

func (c *code) draft(r *config.Resource) evidence.Draft {
	it := item{
		module: r.Module, mode: string(r.Mode), kind: r.Type, local: r.Name, provider: shortProvider(r.Provider.Source, r.Type),
		address: r.Address, side: evidence.Declared, line: int32(r.Line), props: r.Props, sensitive: r.Sensitive,
	}
	for _, a := range r.DependsOn {
		it.deps = append(it.deps, tree.Value{Kind: tree.String, Line: it.line, Text: a})
	}
	d := it.draft(c.name(r.File))
	d.ID, d.Aliases = r.ID, c.aliases(&it, r)
	d.Location = c.location(&it, r)
	d.Scope = c.scope(&it, r, d.Location)
	d.Tags = it.declaredTags()
	d.Expressions = r.Expressions
	d.Origin.Root = c.in.Name
	return d
}

// id returns the identity of what a block declares: the one that it will have in the cloud, where that can be told.
func (c *code) id(s *config.Subject) string {
	provider := shortProvider(s.Provider.Source, s.Type)
	if s.Import != "" {
		if id := importedID(provider, s); id != "" {
			return id
		}
	}
	attr := func(name string) (string, bool) {
		if name == "$subscription" {
			return c.subscription(s), true
		}
		return s.Attr(name)
	}
	if id, ok := azurermID(s.Type, attr); ok {
		return id
	}
	if s.Mode == config.Data && s.Type == "azurerm_subscription" {
		if sub, ok := s.Attr("subscription_id"); ok {
			return evidence.NormalizeARM("/subscriptions/" + evidence.Segment(sub))
		}
		return evidence.NormalizeARM("/subscriptions/" + c.subscription(s))
	}
	return "tf:" + escaped(c.in.Name) + "//" + escaped(s.Address)
}

// subscription is the one that the provider is set to, or an open segment that names the root.
func (c *code) subscription(s *config.Subject) string {
	if sub, ok := s.Provider.Setting("subscription_id"); ok && sub != "" && !evidence.HasLeft(sub) {
		return sub
	}
	if s.Provider.Alias == "" && c.in.Target.Subscription != "" {
		return c.in.Target.Subscription
	}
	return evidence.Blank(c.in.Name)
}

// escaped encodes what has a meaning of its own in ids and in what is left of expressions.
func escaped(s string) string { return idEscapes.Replace(s) }

var idEscapes = strings.NewReplacer("#", "%23", "{", "%7B", "}", "%7D")

// importedID is the identity that a state gives to what is imported under an id, "" where the id is another's.
func importedID(provider string, s *config.Subject) string {
	it := item{kind: s.Type, provider: provider}
	it.props.Set("id", tree.Str(s.Import))
	if strings.HasPrefix(s.Import, "arn:") {
		it.props.Set("arn", tree.Str(s.Import))
	}
	if borrowsIdentity(s.Type) || borrowsGoogle(s.Type) {
		return ""
	}
	if id := it.identify().id; !strings.HasPrefix(id, "tf:") {
		return id
	}
	return ""
}

// known tells attributes that the block does not set but that follow from it: first of all its id, by which other blocks
// refer to it. Resources that no cloud has, such as random_id, have ids that mean something else.
func (c *code) known(s *config.Subject, id, attribute string) (string, bool) {
	provider := shortProvider(s.Provider.Source, s.Type)
	if s.Mode == config.Data {
		return c.knownData(s, provider, id, attribute)
	}
	switch {
	case local[provider]:
	case attribute == "id", attribute == "arn" && provider == "aws", attribute == "self_link" && provider == "google":
		return id, true
	case attribute == "project" && provider == "google":
		return c.setting(s, "project")
	}
	return "", false
}

// local are providers whose resources stand in the state alone, or on the machine that runs Terraform.
var local = map[string]bool{
	"random": true, "null": true, "time": true, "tls": true, "local": true, "terraform": true, "template": true, "archive": true,
	"http": true, "external": true, "cloudinit": true,
}

// knownData tells what data sources say about the provider's own configuration, and the ids of Azure.
func (c *code) knownData(s *config.Subject, provider, id, attribute string) (string, bool) {
	switch s.Type + "." + attribute {
	case "azurerm_client_config.subscription_id", "azurerm_subscription.subscription_id":
		if sub, ok := s.Attr("subscription_id"); ok && !evidence.HasLeft(sub) {
			return sub, true
		}
		return c.setting(s, "subscription_id")
	case "azurerm_client_config.tenant_id", "azurerm_subscription.tenant_id":
		return c.setting(s, "tenant_id")
	case "aws_region.name", "aws_region.region", "aws_region.id":
		return c.setting(s, "region")
	case "google_client_config.project", "google_client_config.region", "google_client_config.zone":
		return c.setting(s, attribute)
	case "google_project.project_id":
		return c.setting(s, "project")
	}
	if attribute == "id" && provider == "azure" && evidence.IsARM(id) {
		return id, true
	}
	return "", false
}

// setting returns a setting of the provider that is known.
func (c *code) setting(s *config.Subject, name string) (string, bool) {
	text, ok := s.Provider.Setting(name)
	return text, ok && text != "" && !evidence.HasLeft(text)
}

// aliases are the addresses that it had before and, where the code states them, the texts by which the cloud knows it.
func (c *code) aliases(it *item, r *config.Resource) []string {
	all := append([]string{r.Address, r.Import}, r.Former...)
	for _, name := range []string{"id", "arn", "self_link"} {
		if s := it.plain(name); !evidence.HasLeft(s) {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(a string) bool { return a == "" || a == r.ID })
}

// location is what the block says, or the region that the provider is set to.
func (c *code) location(it *item, r *config.Resource) string {
	for _, name := range []string{"location", "region"} {
		if l := it.plain(name); evidence.HasLeft(l) {
			return l
		}
	}
	k := known{}
	if it.provider == "aws" || it.provider == "google" {
		k.region, _ = c.setting(&r.Subject, "region")
	}
	return it.location(k)
}

func (c *code) scope(it *item, r *config.Resource, location string) string {
	if a, ok := evidence.ParseARM(r.ID); ok {
		return a.Scope()
	}
	switch it.provider {
	case "aws":
		if location != "" && !evidence.HasLeft(location) {
			return "aws/" + location
		}
	case "google":
		project := it.plain("project")
		if project == "" || evidence.HasLeft(project) {
			project, _ = c.setting(&r.Subject, "project")
		}
		if project != "" {
			return "projects/" + strings.TrimPrefix(project, "projects/")
		}
	}
	return it.module
}

// declaredTags are as [item.tags]; code may write numbers for texts.
func (it *item) declaredTags() map[string]string {
	names := []string{"tags"}
	if it.provider == "google" {
		names = append(names, "labels")
	}
	for _, n := range names {
		m := map[string]string{}
		for _, f := range it.props.Get(n).Fields() {
			switch f.Value.Kind {
			case tree.String, tree.Number, tree.Bool:
				m[f.Name] = f.Value.Text
			}
		}
		if len(m) > 0 && !it.hidden(n) {
			return m
		}
	}
	return nil
}
