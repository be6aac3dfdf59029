package change

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// computed are the properties that Azure writes by itself: no code states them, so neither code nor state here has them. With a
// provider they would be attributes that the plan does not ask about.
var computed = []string{
	"provisioningState", "statusOfPrimary", "etag", "earliestRestoreDate", "lastModifiedTimeUtc", "outboundIpAddresses", "updatedAt", "resourceGuid",
}

// stated is what code says of a row: what people decide. Null is not stated.
func stated(r Row) Row {
	out := Row{}
	for _, name := range []string{"name", "type", "location", "sku", "kind", "tags", "identity", "properties"} {
		if v := bare(r[name]); v != nil {
			out[name] = v
		}
	}
	if p, ok := out["properties"].(Row); ok {
		for _, name := range computed {
			delete(p, name)
		}
	}
	return out
}

// bare is a copy without nulls: the state would need a type for each.
func bare(v any) any {
	switch v := v.(type) {
	case Row:
		out := Row{}
		for k, x := range v {
			if x := bare(x); x != nil {
				out[k] = x
			}
		}
		return out
	case []any:
		out := []any{}
		for _, x := range v {
			if x := bare(x); x != nil {
				out = append(out, x)
			}
		}
		return out
	}
	return v
}

// Code writes rows as resources of Terraform's built-in type terraform_data, in Terraform's JSON syntax. Each has the properties of
// its row as input.
type Code struct{ list }

// NewCode begins a configuration.
func NewCode(w io.Writer) (*Code, error) {
	_, err := io.WriteString(w, "{\"resource\": {\"terraform_data\": {\n")
	return &Code{list{w: w}}, err
}

// Row writes one.
func (c *Code) Row(r Row, address string) error {
	// In Terraform's JSON syntax every string is a template.
	input := strings.NewReplacer("${", "$${", "%{", "%%{").Replace(encoded(stated(r)))
	return c.add(fmt.Sprintf("%q: {\"input\": %s}", name(address), input))
}

// Close ends it.
func (c *Code) Close() error {
	_, err := io.WriteString(c.w, "\n}}}\n")
	return err
}

// State writes rows as the state that applying their code would give.
type State struct{ list }

// NewState begins a state.
func NewState(w io.Writer) (*State, error) {
	_, err := io.WriteString(w, `{"version": 4, "terraform_version": "1.9.8", "serial": 1, "lineage": "2f1c6f1e-0000-4000-8000-000000000003", "outputs": {}, "check_results": null, "resources": [`+"\n")
	return &State{list{w: w}}, err
}

// Row writes one. What nobody declared is in no state.
func (s *State) Row(r Row, address string) error {
	if strings.HasSuffix(address, byHand) {
		return nil
	}
	input := stated(r)
	value := `{"value": ` + encoded(input) + `, "type": ` + encoded(typeOf(input)) + `}`
	return s.add(fmt.Sprintf(`{"mode": "managed", "type": "terraform_data", "name": %q, "provider": "provider[\"terraform.io/builtin/terraform\"]", "instances": [{"schema_version": 0, `+
		`"attributes": {"id": %q, "input": %s, "output": %s, "triggers_replace": null}, "sensitive_attributes": []}]}`, name(address), "id-"+name(address), value, value))
}

// Close ends it.
func (s *State) Close() error {
	_, err := io.WriteString(s.w, "\n]}\n")
	return err
}

// typeOf is the type of a value as Terraform writes it into a state.
func typeOf(v any) any {
	switch v := v.(type) {
	case Row:
		fields := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			fields[k] = typeOf(v[k])
		}
		return []any{"object", fields}
	case []any:
		items := []any{}
		for _, x := range v {
			items = append(items, typeOf(x))
		}
		return []any{"tuple", items}
	case bool:
		return "bool"
	case json.Number:
		return "number"
	}
	return "string"
}

func name(address string) string { return strings.TrimPrefix(address, "terraform_data.") }

func encoded(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // maps, slices and scalars of JSON
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// list writes items with commas between.
type list struct {
	w   io.Writer
	any bool
}

func (l *list) add(item string) error {
	if l.any {
		item = ",\n" + item
	}
	l.any = true
	_, err := io.WriteString(l.w, item)
	return err
}
