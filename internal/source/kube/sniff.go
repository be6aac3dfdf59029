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
	if o.Root == tree.Object && o.Has("apiVersion", "kind") {
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
