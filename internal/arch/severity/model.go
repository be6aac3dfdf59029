package severity

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/delta"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exposure"
	"c4arch/internal/base/tree"
)

// vars are variables that are made when they are asked for.
type vars map[string]func() ref.Val

var _ cel.Activation = vars(nil)

// Parent implements cel.Activation.
func (v vars) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (v vars) ResolveName(name string) (any, bool) {
	f := v[name]
	if f == nil {
		return nil, false
	}
	return f(), true
}

func textOf(s string) func() ref.Val { return func() ref.Val { return types.String(s) } }

// newExposureVars are the variables of a gate.
func newExposureVars(c *exposure.Change) vars {
	return vars{
		"opened": func() ref.Val { return spans(c.Opened) },
		"closed": func() ref.Val { return spans(c.Closed) },
		"kind":   textOf(string(c.Kind)),
		"resource": func() ref.Val {
			for _, r := range []*evidence.Resource{c.New, c.Old} {
				if r != nil {
					return wrap((&sideFacts{resource: r}).description(), nil)
				}
			}
			v := tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: "id", Value: tree.Str(c.Resource)}}}
			return wrap(&v, nil)
		},
	}
}

func spans(all []exposure.Span) ref.Val {
	out := make([]ref.Val, len(all))
	for i, s := range all {
		out[i] = types.NewStringInterfaceMap(types.DefaultTypeAdapter, map[string]any{
			"protocol": s.Protocol, "from": s.From, "to": s.To, "share": s.Share, "family": s.Family, "cloud": s.Cloud,
			"by": s.By, "resource": s.Resource, "path": string(s.Path),
		})
	}
	return types.NewRefValList(types.DefaultTypeAdapter, out)
}

// element judges an element. What could not be read is not judged.
func (j *judge) element(e *delta.Element) {
	now := e.New
	if now == nil {
		now = e.Old
	}
	if now == nil || e.Status == delta.Unknown || e.Status == delta.Same {
		return
	}
	j.whole(ofElement, string(now.Kind), diff.Kind(e.Status), vars{
		"element":    func() ref.Val { return elementValue(now) },
		"oldElement": func() ref.Val { return elementValue(e.Old) },
		"status":     textOf(string(e.Status)),
		"fields":     func() ref.Val { return fieldNames(e.Fields) },
	})
}

// relationship judges a relationship, by the kinds of its ends: container->softwareSystem.
func (j *judge) relationship(r *delta.Relationship) {
	now := r.New
	if now == nil {
		now = r.Old
	}
	if now == nil || r.Source == nil || r.Target == nil || r.Status == delta.Unknown || r.Status == delta.Same {
		return
	}
	j.whole(ofRelationship, string(r.Source.Kind)+"->"+string(r.Target.Kind), diff.Kind(r.Status), vars{
		"relationship":    func() ref.Val { return relationshipValue(now) },
		"oldRelationship": func() ref.Val { return relationshipValue(r.Old) },
		"source":          func() ref.Val { return elementValue(r.Source) },
		"target":          func() ref.Val { return elementValue(r.Target) },
		"crossSystem":     func() ref.Val { return types.Bool(r.CrossSystem) },
		"status":          textOf(string(r.Status)),
		"fields":          func() ref.Val { return fieldNames(r.Fields) },
	})
}

func fieldNames(fields []delta.Field) ref.Val {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return types.NewStringList(types.DefaultTypeAdapter, names)
}

func elementValue(e *c4.Element) ref.Val {
	if e == nil {
		return types.NullValue
	}
	return types.NewStringInterfaceMap(types.DefaultTypeAdapter, map[string]any{
		"id": e.ID, "kind": string(e.Kind), "name": e.Name, "technology": e.Technology, "external": e.External, "tags": e.Tags, "badges": e.Badges,
		"resourceType": e.ResourceType, "layer": e.Layer, "shape": e.Shape, "parent": e.Parent, "owner": e.Owner, "description": e.Description,
	})
}

func relationshipValue(r *c4.Relationship) ref.Val {
	if r == nil {
		return types.NullValue
	}
	return types.NewStringInterfaceMap(types.DefaultTypeAdapter, map[string]any{
		"id": r.ID, "description": r.Description, "technology": r.Technology, "confidence": string(r.Confidence), "declared": r.Declared, "layer": r.Layer,
	})
}
