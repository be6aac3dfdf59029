//lint:file-ignore SA1019 older fields are read so that they mean what they have always meant

package kustomize

import (
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// old is what a kustomization says in fields that kustomize has deprecated. The library warns of them on standard
// error, so they are taken off and restated in newer fields.
type old struct {
	bases  []string
	merges []string      // patchesStrategicMerge: worked off before patches
	late   []types.Patch // patchesJson6902: worked off after names and labels are set (see split)
	vars   []variable    // filled in at the end
}

// takeOld takes the older fields off k. Those that have the same meaning elsewhere are put there.
func takeOld(k *types.Kustomization) old {
	o := old{bases: k.Bases, late: k.PatchesJson6902}
	for _, p := range k.PatchesStrategicMerge {
		o.merges = append(o.merges, string(p))
	}
	for _, v := range k.Vars {
		x := variable{name: v.Name, apiVersion: v.ObjRef.APIVersion, kind: v.ObjRef.Kind, object: v.ObjRef.Name, namespace: v.ObjRef.Namespace, field: v.FieldRef.FieldPath}
		if x.apiVersion == "" {
			x.apiVersion = strings.TrimPrefix(v.ObjRef.Group+"/"+v.ObjRef.Version, "/")
		}
		if x.field == "" {
			x.field = types.DefaultReplacementFieldPath
		}
		o.vars = append(o.vars, x)
	}
	k.Images = append(k.Images, k.ImageTags...)
	if len(k.CommonLabels) > 0 {
		k.Labels = append(k.Labels, types.Label{Pairs: k.CommonLabels, IncludeSelectors: true})
	}
	k.Bases, k.PatchesJson6902, k.PatchesStrategicMerge, k.Vars, k.ImageTags, k.CommonLabels = nil, nil, nil, nil, nil, nil
	return o
}
