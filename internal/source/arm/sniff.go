package arm

import (
	"bytes"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// Sniff claims what names the schema of a template, whatever its level, and what has a template's members although its
// schema is none. Parameter files, exports of resources and definitions of other tools with a schema of
// their own are left alone.
func (TemplateReader) Sniff(in evidence.Input) bool {
	if in.Dir || len(in.Data) == 0 {
		return false
	}
	o := in.Outline
	if o.Root == tree.Object && o.Format == "json" && isTemplate(o.Keys) {
		return true
	}
	if o.Root == tree.Array {
		return false
	}
	// A strict reader stops at the first comment or at the first line break in a string.
	head := in.Data[:min(len(in.Data), 256<<10)]
	if !containsFold(head, "deploymenttemplate.json") && !containsFold(head, `"contentversion"`) {
		return false
	}
	return isTemplate(rootKeys(in.Data))
}

// isTemplate judges the members of the root, with the text of those that are texts.
func isTemplate(keys map[string]string) bool {
	var schema string
	var content, resources, hasSchema bool
	for k, text := range keys {
		switch strings.ToLower(k) {
		case "$schema":
			schema, hasSchema = strings.ToLower(text), true
		case "contentversion":
			content = true
		case "resources":
			resources = true
		case "id":
			if evidence.IsARM(text) {
				return false
			}
		case "kind", "apiversion", "lineage", "terraform_version", "format_version":
			return false // Kubernetes, Terraform
		}
	}
	if hasSchema && strings.Contains(schema, "deploymenttemplate.json") {
		return true
	}
	for _, other := range []string{"deploymentparameters", "workflowdefinition", "createuidefinition", "uiformdefinition"} {
		if strings.Contains(schema, other) {
			return false
		}
	}
	return content && resources
}

// rootKeys outlines data as far as it can be read, in the way of the tolerant parser.
func rootKeys(data []byte) map[string]string {
	p := parser{data: data, line: 1}
	if p.space() != nil || p.at >= len(data) || data[p.at] != '{' {
		return nil
	}
	p.at++
	keys := map[string]string{}
	for {
		if end, err := p.next('}', len(keys) == 0); end || err != nil || data[p.at] != '"' {
			return keys
		}
		name, err := p.text()
		if err != nil || p.space() != nil || p.peek(0) != ':' {
			return keys
		}
		p.at++
		keys[name] = ""
		if p.space() != nil || p.at >= len(data) {
			return keys
		}
		if data[p.at] != '"' {
			if !p.skip() {
				return keys
			}
			continue
		}
		text, err := p.text()
		if err != nil {
			return keys
		}
		keys[name] = text
	}
}

// skip passes over a value that is no string, by its brackets alone.
func (p *parser) skip() bool {
	for depth := 0; p.at < len(p.data); {
		switch c := p.data[p.at]; c {
		case '"':
			if _, err := p.text(); err != nil {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return true
			}
		case ',':
			if depth == 0 {
				return true
			}
		case '/', '\n':
			if p.space() != nil {
				return false
			}
			continue
		}
		p.at++
	}
	return false
}

// containsFold is bytes.Contains without regard to the case of ASCII letters; what must be lower-case.
func containsFold(data []byte, what string) bool {
	return bytes.Contains(bytes.ToLower(data), []byte(what))
}
