package terraform

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// DependenciesKey is the name under which a draft's properties keep the addresses that
// Terraform lists as dependencies. They say in which order things are made, not what uses what.
const DependenciesKey = "$dependencies"

// item is one resource instance, from a state or from "show".
type item struct {
	module, mode, kind, local, provider, address string

	side      evidence.Side
	line      int32
	path      string
	props     tree.Value
	sensitive []tree.Path
	deps      []tree.Value
	// was is how the cloud knows what a plan would change or replace, whose new id is not known yet; will says that a
	// plan would make it, so that its id is the one that follows from its names.
	was  known
	will bool
}

func (it *item) draft(input string) evidence.Draft {
	if it.kind == "terraform_remote_state" {
		// The outputs of another state, without a word on which of them are sensitive there.
		it.sensitive = append(it.sensitive, "outputs")
	}
	slices.Sort(it.sensitive)
	it.sensitive = slices.Compact(it.sensitive)
	known := it.identify()
	d := evidence.Draft{
		ID: known.id, Aliases: known.aliases, Form: evidence.Terraform, Provider: it.provider, Type: it.kind,
		Name: it.plain("name"), Scope: known.scope, Location: it.location(known), Tags: it.tags(),
		Data: it.mode == "data", Side: it.side, Sensitive: it.sensitive,
		Origin: evidence.Origin{Input: input, Line: int(it.line), Path: it.path, Address: it.address},
	}
	if it.provider == "google" {
		d.Name = it.displayName()
	}
	if d.Name == "" {
		d.Name = it.local
	}
	if len(it.deps) > 0 {
		it.props.Set(DependenciesKey, tree.Value{Kind: tree.Array, Line: it.deps[0].Line, Items: it.deps})
	}
	d.Props = it.props
	return d
}

// hidden reports whether a sensitive place is in the attribute, or holds it.
func (it *item) hidden(name string) bool {
	at := tree.Path("").Key(name)
	for _, p := range it.sensitive {
		if rest, ok := strings.CutPrefix(string(p), string(at)); p == "" || ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// plain returns the text of an attribute that is a string and not sensitive, or "".
// Only such texts may name, identify or place a resource: those are never sealed.
func (it *item) plain(name string) string {
	s := it.props.Get(name).Str()
	if s == "" || it.hidden(name) {
		return ""
	}
	return s
}

func (it *item) location(k known) string {
	l := it.plain("location")
	if l == "" {
		l = it.plain("region")
	}
	if l == "" {
		l = k.region
	}
	if it.provider == "azure" {
		// The provider takes "West Europe" for westeurope.
		l = strings.ReplaceAll(strings.ToLower(l), " ", "")
	}
	return l
}

// tags returns the first of the attributes that hold tags and is a map of strings.
func (it *item) tags() map[string]string {
	names := []string{"tags", "tags_all"}
	if it.provider == "google" {
		names = append(names, "labels", "resource_labels", "user_labels")
	}
	for _, n := range names {
		if it.hidden(n) {
			continue
		}
		if m := textMap(it.props.Get(n)); len(m) > 0 {
			return m
		}
	}
	if it.provider == "google" && !it.hidden("settings") { // Cloud SQL keeps them there
		return textMap(it.props.At("settings[0].user_labels"))
	}
	return nil
}

func textMap(v *tree.Value) map[string]string {
	m := map[string]string{}
	for _, f := range v.Fields() {
		if f.Value.Kind != tree.String {
			return nil
		}
		m[f.Name] = f.Value.Text
	}
	return m
}

func (it *item) deposed(input string) evidence.NotRead {
	return evidence.NotRead{
		Kind: evidence.ResourceNotRead, Input: input, Line: int(it.line), Thing: it.address,
		Reason: "a deposed object: it has been replaced, and its removal is still to come",
		Help:   "the next `terraform apply` removes it; until then it may still exist",
	}
}

// modeNotRead tells managed resources and data sources, which are read, from modes
// that later versions may add.
func (it *item) modeNotRead(input string) (n evidence.NotRead, known bool) {
	if it.mode == "managed" || it.mode == "data" {
		return n, true
	}
	return evidence.NotRead{
		Kind: evidence.ResourceNotRead, Input: input, Line: int(it.line), Thing: it.address,
		Reason: "its mode is neither managed nor data", Help: "only resources and data sources are read",
	}, false
}
