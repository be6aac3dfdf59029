package azure

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// row hands on one resource, or notes why there is none.
func (r *run) row(v *tree.Value, path string) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.rowCount++
	raw := v.GetFold("id").Str()
	arm, ok := evidence.ParseARM(raw)
	if !ok {
		r.noteAnonymous(v, raw != "")
		return nil
	}
	d := evidence.Draft{
		ID: evidence.NormalizeARM(raw), Form: evidence.ARM, Provider: "azure", Type: typeOf(v, arm),
		Name: nameOf(v, arm), Scope: arm.Scope(), Side: evidence.Live,
		Location: strings.ReplaceAll(strings.ToLower(v.GetFold("location").Str()), " ", ""),
		Tags:     tags(v.GetFold("tags")), Props: *v,
		Origin: evidence.Origin{Input: r.in.Name, Line: int(v.Line), Path: path},
	}
	r.noteHidden(v, &d)
	return r.out.Resource(d)
}

// typeOf returns the type that the row claims, else that of the id. Subscriptions and
// resource groups have one type in Resource Graph and another in Resource Manager's answers
// (microsoft.resources/resourcegroups); Resource Graph's is used, and that of the id is the same.
func typeOf(v *tree.Value, arm evidence.ARMID) string {
	t := strings.ToLower(strings.TrimSpace(v.GetFold("type").Str()))
	if !strings.Contains(t, "/") || t == "microsoft.resources/resourcegroups" {
		return arm.Type
	}
	return t
}

// nameOf returns the row's name. A subscription has its name in displayName, and in
// its id only a number.
func nameOf(v *tree.Value, arm evidence.ARMID) string {
	for _, key := range []string{"name", "displayName"} {
		if s := v.GetFold(key).Str(); s != "" {
			return s
		}
	}
	if arm.Name != "" {
		return arm.Name
	}
	return arm.Type[strings.LastIndexByte(arm.Type, '/')+1:]
}

func tags(v *tree.Value) map[string]string {
	var m map[string]string
	for _, f := range v.Fields() {
		if f.Value.Kind == tree.String {
			if m == nil {
				m = map[string]string{}
			}
			m[f.Name] = f.Value.Text
		}
	}
	return m
}
