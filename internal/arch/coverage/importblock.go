package coverage

import (
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// importBlock writes the block with which Terraform adopts a resource (developer.hashicorp.com/terraform/language/import), or says why there is none.
func importBlock(r *evidence.Resource, names names) (block, why string) {
	if r.Erased != "" {
		return "", "its content was withdrawn from the snapshot"
	}
	props, err := r.Tree()
	if err != nil {
		return "", "its properties cannot be read"
	}
	var t target
	switch r.Form {
	case evidence.Terraform:
		t = ofState(r, &props)
	case evidence.ARM:
		t = ofAzure(r, &props)
	case evidence.Kubernetes:
		return "", "it is an object of Kubernetes: add its manifest to those that are applied"
	default:
		return "", "import blocks are for resources of a cloud"
	}
	if t.kind == "" {
		return "", t.why
	}
	if evidence.IsFingerprint(t.id) {
		return "", "its id holds what looks like a secret, and the snapshot has only a fingerprint of that"
	}
	return fmt.Sprintf("import {\n  to = %s.%s\n  id = %s\n}\n", t.kind, names.take(t.kind, r.Name), quoteHCL(t.id)), t.why
}

// target is what an import block says: the type of the resource in Terraform and the id for the import.
type target struct{ kind, id, why string }

// quoteHCL writes a text as the language of Terraform has it, so that nothing in it is taken for a template
// (developer.hashicorp.com/terraform/language/expressions/strings).
func quoteHCL(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// names are those that resources have in Terraform, by type: each is there once.
type names map[string]bool

// taken are the names that the code has already.
func (w *work) taken() names {
	n := names{}
	for i := range w.s.Resources {
		r := &w.s.Resources[i]
		if r.Form != evidence.Terraform || r.Side != evidence.Declared || r.Data {
			continue
		}
		for _, o := range r.Origins {
			n[r.Type+"."+localName(o.Address)] = true
		}
	}
	return n
}

// take makes a name for a resource of a type that no other has.
func (n names) take(kind, name string) string {
	base := safeName(name)
	for i := 1; ; i++ {
		try := base
		if i > 1 {
			try = fmt.Sprintf("%s_%d", base, i)
		}
		if !n[kind+"."+try] {
			n[kind+"."+try] = true
			return try
		}
	}
}

// safeName makes of a name one that Terraform takes: letters, digits, hyphens and underscores, with a letter or an underscore in front
// (developer.hashicorp.com/terraform/language/syntax/configuration). It keeps to ASCII and to 64 characters.
func safeName(name string) string {
	const most = 64
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if b.Len() == most {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r == '_', r >= '0' && r <= '9' && b.Len() > 0, r == '-' && b.Len() > 0:
			b.WriteRune(r)
		case r >= '0' && r <= '9':
			b.WriteByte('r')
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	if s := strings.TrimRight(b.String(), "_-"); s != "" {
		return s
	}
	return "this"
}

// localName is the name of a resource in its address: logs of module.x.aws_s3_bucket.logs["a"].
func localName(address string) string {
	for strings.HasSuffix(address, "]") {
		i := strings.LastIndexByte(address, '[')
		if j := strings.LastIndex(address, `["`); strings.HasSuffix(address, `"]`) && j >= 0 {
			i = j
		}
		if i < 0 {
			break
		}
		address = address[:i]
	}
	return address[strings.LastIndexByte(address, '.')+1:]
}

// ofState is for a resource that another Terraform state has: its type is known, and the id for the import is the one in the state. That holds for the
// providers of Azure; what other providers manage has no place in which code could be found to leave it out.
func ofState(r *evidence.Resource, props *tree.Value) target {
	switch {
	case r.Data:
		return target{why: "it is a data source"}
	case r.Type == "azapi_update_resource" || r.Type == "azapi_resource_action":
		return target{why: r.Type + " cannot be imported: it is a part of what another resource manages"}
	}
	if id := props.Get("id").Str(); id != "" {
		return target{kind: r.Type, id: id}
	}
	return target{why: "the state has no id of it"}
}
