package kube

import (
	"bytes"
	"regexp"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Sniff reports whether the input is, or wants to be, Kubernetes objects.
func (Reader) Sniff(in evidence.Input) bool {
	o := in.Outline
	head := in.Data[:min(len(in.Data), 64<<10)]
	if o.Format != "json" && bytes.Contains(head, []byte("\n```")) {
		return false // a page about manifests
	}
	if o.Root == tree.Object && o.Has("apiVersion", "kind") || bareKustomization(o) {
		return true
	}
	// The outline knows the first document only, and a template may have none at all.
	return (o.Format == "yaml" && bytes.Contains(head, []byte("\n---")) || mayBeTemplate(head)) &&
		apiLine.Match(head) && kindLine.Match(head)
}

var (
	apiLine  = regexp.MustCompile(`(?m)^apiVersion:\s`)
	kindLine = regexp.MustCompile(`(?m)^kind:\s`)
)

func mayBeTemplate(data []byte) bool { return bytes.Contains(data, []byte("{{")) }

// helmValue is what only a Helm chart says: a built-in object of its templates
// (helm.sh/docs/chart_template_guide/builtin_objects).
var helmValue = regexp.MustCompile(`\{\{-?\s*(?:[a-z]+\s+)*\.(?:Values|Release|Chart|Capabilities|Template|Files)\b`)

// overlayKeys are the fields of a kustomization file, which may leave out its kind
// (kubectl.docs.kubernetes.io/references/kustomize/kustomization).
var overlayKeys = map[string]bool{
	"resources": true, "bases": true, "components": true, "namespace": true, "namePrefix": true, "nameSuffix": true,
	"commonLabels": true, "commonAnnotations": true, "labels": true, "patches": true, "patchesStrategicMerge": true,
	"patchesJson6902": true, "configMapGenerator": true, "secretGenerator": true, "generatorOptions": true,
	"images": true, "replicas": true, "replacements": true, "vars": true, "crds": true, "configurations": true,
	"generators": true, "transformers": true, "validators": true, "helmCharts": true, "openapi": true,
	"buildMetadata": true, "sortOptions": true,
}

// bareKustomization reports whether the document is a kustomization file without a kind.
func bareKustomization(o tree.Outline) bool {
	if o.Format != "yaml" || o.Root != tree.Object || !(o.Has("resources") || o.Has("bases")) {
		return false
	}
	for k := range o.Keys {
		if !overlayKeys[k] {
			return false
		}
	}
	return true
}
