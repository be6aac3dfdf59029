package arm

import (
	"strings"

	"c4arch/internal/base/tree"
	"c4arch/internal/source/arm/lang"
)

// maxType bounds how deep types are followed: those of languageVersion 2.0 may refer to themselves.
const maxType = 20

// taint marks what a type says is secure: the whole of a securestring or secureobject, and such parts of a type that
// names its properties or items (learn.microsoft.com/azure/azure-resource-manager/templates/definitions).
func (t *template) taint(v lang.Value, def *tree.Value, deep int) lang.Value {
	if deep > maxType {
		return v
	}
	if ref := def.GetFold("$ref"); ref != nil {
		name, ok := strings.CutPrefix(ref.Str(), "#/definitions/")
		if named := t.node.GetFold("definitions").GetFold(name); ok && named != nil {
			v = t.taint(v, named, deep+1)
		}
	}
	switch strings.ToLower(def.GetFold("type").Str()) {
	case "securestring", "secureobject":
		v.Secure = true
		return v
	case "object":
		if def.GetFold("properties") == nil && def.GetFold("additionalProperties") == nil {
			return v
		}
		return t.taintMembers(v, def, deep)
	case "array":
		items := def.GetFold("items")
		if items == nil || items.Kind != tree.Object || v.Kind != lang.Array {
			return v
		}
		out := make([]lang.Value, len(v.Items))
		for i := range v.Items {
			out[i] = t.taint(v.Items[i], items, deep+1)
		}
		return sameMarks(lang.List(out), v)
	}
	return v
}

func (t *template) taintMembers(v lang.Value, def *tree.Value, deep int) lang.Value {
	if v.Kind != lang.Object {
		return v
	}
	out := make([]lang.Member, len(v.Members))
	for i, m := range v.Members {
		of := def.GetFold("properties").GetFold(m.Name)
		if of == nil {
			of = def.GetFold("additionalProperties")
		}
		if of != nil && of.Kind == tree.Object {
			m.Value = t.taint(m.Value, of, deep+1)
		}
		out[i] = m
	}
	return sameMarks(lang.Dict(out), v)
}

func sameMarks(v, as lang.Value) lang.Value {
	v.Secure, v.Line, v.Column = v.Secure || as.Secure, as.Line, as.Column
	return v
}
