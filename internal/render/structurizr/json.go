package structurizr

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/scene"
)

// Places says where the nodes of a view stand, by the view's key; nothing for a view of which that is not known.
type Places func(view string) []placement.Node

// JSON writes m as the workspace document that Structurizr's tools keep (github.com/structurizr/json): what the DSL says, and
// besides where boxes stand, which the DSL cannot say. Views of which places says nothing are left to Structurizr's
// automatic layout; places may be nil. The bytes depend on m's content only, not on the order of its lists.
//
// Structurizr's own loader checks more than its schema: ids and keys that are used once, names that brothers do not share,
// relationships that differ, no element beside its own part. What is written holds to that; relationships that a view draws
// between two boxes because of what is inside them are written as implied ones (linkedRelationshipId).
func JSON(w io.Writer, m *c4.Model, places Places) error {
	if places == nil {
		places = func(string) []placement.Node { return nil }
	}
	d := &document{tree: newTree(m), places: places, relationships: map[string]string{}, ends: map[[3]string]string{}, at: map[string]*jsonElement{}, up: map[string]string{}, instances: map[[3]string]string{}, taken: map[string]bool{}}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(d.workspace())
}

// document is a workspace being put together.
type document struct {
	*tree
	places        Places
	relationships map[string]string       // id in the document by a relationship's id
	ends          map[[3]string]string    // id in the document by source, target and description
	at            map[string]*jsonElement // by id in the document
	up            map[string]string       // what is around a thing, by ids in the document
	instances     map[[3]string]string    // id in the document by environment, node and container
	taken         map[string]bool         // ids that are made of digests
}

type jsonWorkspace struct {
	ID            int               `json:"id"`
	Name          string            `json:"name"`
	Description   string            `json:"description"`
	Properties    map[string]string `json:"properties,omitempty"`
	Model         jsonModel         `json:"model"`
	Views         jsonViews         `json:"views"`
	Documentation struct{}          `json:"documentation"`
	Configuration struct{}          `json:"configuration"`
}

type jsonModel struct {
	People          []*jsonElement `json:"people,omitempty"`
	SoftwareSystems []*jsonElement `json:"softwareSystems,omitempty"`
	DeploymentNodes []*jsonElement `json:"deploymentNodes,omitempty"`
}

// jsonElement is a thing of the static or the deployment model; which members it has depends on where it stands.
type jsonElement struct {
	ID                      string              `json:"id"`
	Name                    string              `json:"name,omitempty"`
	Description             string              `json:"description,omitempty"`
	Technology              string              `json:"technology,omitempty"`
	Tags                    string              `json:"tags"`
	Location                string              `json:"location,omitempty"`
	Environment             string              `json:"environment,omitempty"`
	Instances               string              `json:"instances,omitempty"`
	InstanceID              int                 `json:"instanceId,omitempty"`
	ContainerID             string              `json:"containerId,omitempty"`
	SoftwareSystemID        string              `json:"softwareSystemId,omitempty"`
	Properties              map[string]string   `json:"properties,omitempty"`
	Relationships           []*jsonRelationship `json:"relationships,omitempty"`
	Containers              []*jsonElement      `json:"containers,omitempty"`
	Components              []*jsonElement      `json:"components,omitempty"`
	Children                []*jsonElement      `json:"children,omitempty"`
	InfrastructureNodes     []*jsonElement      `json:"infrastructureNodes,omitempty"`
	SoftwareSystemInstances []*jsonElement      `json:"softwareSystemInstances,omitempty"`
	ContainerInstances      []*jsonElement      `json:"containerInstances,omitempty"`
}

type jsonRelationship struct {
	ID                   string            `json:"id"`
	SourceID             string            `json:"sourceId"`
	DestinationID        string            `json:"destinationId"`
	Description          string            `json:"description"` // the loader compares it, and must find one
	Technology           string            `json:"technology,omitempty"`
	Tags                 string            `json:"tags"`
	LinkedRelationshipID string            `json:"linkedRelationshipId,omitempty"`
	Properties           map[string]string `json:"properties,omitempty"`
}

func (d *document) workspace() *jsonWorkspace {
	w := &jsonWorkspace{
		ID: 1, Name: scene.OrElse(d.model.Name, "Architecture"), Description: described(d.model),
		Properties: properties([][2]string{{"c4arch.snapshot", string(d.model.Snapshot)}, {"c4arch.collectedAt", d.model.CollectedAt}}),
	}
	for _, n := range d.roots {
		if n.keyword() == "person" {
			w.Model.People = append(w.Model.People, d.static(n))
		} else {
			w.Model.SoftwareSystems = append(w.Model.SoftwareSystems, d.static(n))
		}
	}
	for _, r := range d.drawable() {
		d.relate(d.tree.static[r.Source].id, d.tree.static[r.Target].id, r)
	}
	w.Model.DeploymentNodes = d.deployments()
	w.Views = d.views()
	return w
}

// static returns an element of the static model with what is inside it.
func (d *document) static(n *node) *jsonElement {
	e := n.element
	out := &jsonElement{ID: n.id, Name: n.name, Description: e.Description, Properties: properties(about(e))}
	switch n.keyword() {
	case "person":
		out.Tags = tagged(e, "Element", "Person")
	case "softwareSystem":
		out.Tags = tagged(e, "Element", "Software System")
	case "container":
		out.Tags, out.Technology = tagged(e, "Element", "Container"), e.Technology
	default:
		out.Tags, out.Technology = tagged(e, "Element", "Component"), e.Technology
	}
	if n.depth == 0 {
		out.Location = "Internal"
		if e.External {
			out.Location = "External"
		}
	}
	d.at[n.id] = out
	for _, c := range n.children {
		d.up[c.id] = n.id
		if n.depth == 0 {
			out.Containers = append(out.Containers, d.static(c))
		} else {
			out.Components = append(out.Components, d.static(c))
		}
	}
	return out
}

// relate adds a relationship to its source, unless there is one that says the same.
func (d *document) relate(source, target string, r *c4.Relationship) string {
	key := [3]string{source, target, r.Description}
	if d.ends[key] == "" {
		tags := []string{"Relationship", "Confidence " + string(r.Confidence)}
		if r.Declared {
			tags = append(tags, "Declared")
		}
		d.add(&jsonRelationship{
			ID: d.named("r", r.ID, source, target, r.Description), SourceID: source, DestinationID: target, Description: r.Description, Technology: r.Technology,
			Tags: joined(tags), Properties: properties(stated(r)),
		})
	}
	if d.relationships[r.ID] == "" {
		d.relationships[r.ID] = d.ends[key]
	}
	return d.ends[key]
}

func (d *document) add(r *jsonRelationship) {
	d.ends[[3]string{r.SourceID, r.DestinationID, r.Description}] = r.ID
	from := d.at[r.SourceID]
	from.Relationships = append(from.Relationships, r)
}

// imply returns the relationship that a line between two boxes stands for. Where there is none between these two, because the
// line is drawn for what is inside them, one is added that is linked to the first of those.
func (d *document) imply(source, target string, l *c4.Line) string {
	if id := d.ends[[3]string{source, target, l.Description}]; id != "" {
		return id
	}
	r := &jsonRelationship{
		ID: d.named("i", source, target, l.Description), SourceID: source, DestinationID: target, Description: l.Description, Technology: l.Technology,
		Tags: joined([]string{"Relationship", "Confidence " + string(l.Confidence), "Implied"}),
	}
	ids := slices.Sorted(slices.Values(l.Relationships))
	for _, id := range ids {
		if r.LinkedRelationshipID = d.relationships[id]; r.LinkedRelationshipID != "" {
			break
		}
	}
	if len(ids) > 0 {
		r.Properties = map[string]string{"c4arch.relationships": strings.Join(ids, " ")}
	}
	d.add(r)
	return r.ID
}

// named makes an id from what it is the id of, which nothing else in the document has.
func (d *document) named(prefix string, parts ...string) string {
	return scene.Unused(prefix+"_"+scene.ShortDigest(strings.Join(parts, "\x00"), 8), "_", d.taken)
}

func properties(list [][2]string) map[string]string {
	out := make(map[string]string, len(list))
	for _, kv := range list {
		if strings.TrimSpace(kv[1]) != "" {
			out[kv[0]] = kv[1]
		}
	}
	return out
}

func tagged(e *c4.Element, first ...string) string { return joined(append(first, labels(e)...)) }

func joined(tags []string) string { return strings.Join(tags, ",") }
