package compose

import (
	"bytes"
	"regexp"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// rootKeys are the top-level elements of the Compose Specification, which allows no others
// but x- extensions.
var rootKeys = map[string]bool{
	"name": true, "version": true, "services": true, "networks": true, "volumes": true,
	"secrets": true, "configs": true, "include": true, "models": true, "jobs": true,
}

var (
	// foreign are members that other formats with a "services" object have and Compose has
	// not: azure.yaml of azd (project, host), GitLab's include.
	foreign  = regexp.MustCompile(`(?m)^[\t ]+-?[\t ]*"?(?:project|host|language|local|remote|template)"?[\t ]*:`)
	azd      = regexp.MustCompile(`(?m)^[\t ]+host[\t ]*:[\t ]*["']?(?:containerapp|appservice|function|staticwebapp|aks|springapp|ai\.|azure\.)`)
	workload = regexp.MustCompile(`(?m)[\t {,"](?:image|build|extends|env_file|environment|depends_on)"?[\t ]*:`)
	listed   = regexp.MustCompile(`(?m)^services:[\t ]*(?:#.*)?\r?\n(?:[\t ]*(?:#.*)?\r?\n)*[\t ]*-`)
)

// Sniff reports whether the input has the shape of a Compose file.
func (Reader) Sniff(in evidence.Input) bool {
	o := in.Outline
	if o.Root != tree.Object || !(o.Has("services") || o.Has("include")) {
		return false
	}
	for k := range o.Keys {
		// A text that does not parse (a tab in its indentation) is outlined line by line.
		if !rootKeys[k] && !strings.HasPrefix(k, "x-") && !strings.HasPrefix(k, "\t") {
			return false
		}
	}
	head := in.Data[:min(len(in.Data), 256<<10)]
	if listed.Match(head) || azd.Match(head) || bytes.Contains(head, []byte("\n```")) {
		return false
	}
	if !o.Has("services") {
		return o.Format == "yaml" && !foreign.Match(head)
	}
	return workload.Match(head) || !foreign.Match(head)
}
