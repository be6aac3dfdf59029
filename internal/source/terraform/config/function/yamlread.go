package function

import (
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"go.yaml.in/yaml/v3"
)

// maxYAML is the length of a YAML text: its tree takes many times as much.
const maxYAML = 1 << 20

// yamldecode reads one YAML document, with the types of plain texts that Terraform's reference of the function tells.
var yamldecode = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "src", Type: cty.String}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		src := args[0].AsString()
		if len(src) > maxYAML {
			return cty.NilVal, limit("it is given more than %d MiB of YAML", maxYAML>>20)
		}
		doc, err := document(src)
		if err != nil {
			return cty.NilVal, err
		}
		r := yamlReader{read: map[*yaml.Node]cty.Value{}}
		return r.node(doc, 0)
	},
})

func document(src string) (*yaml.Node, error) {
	dec := yaml.NewDecoder(strings.NewReader(src))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, function.NewArgErrorf(0, "not valid YAML")
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, function.NewArgErrorf(0, "only a single document is allowed")
	}
	if len(doc.Content) == 0 {
		return nil, function.NewArgErrorf(0, "the document is empty")
	}
	return doc.Content[0], nil
}

type yamlReader struct {
	nodes int
	// read are the values of nodes with an anchor; one without a value is being read.
	read map[*yaml.Node]cty.Value
}

func (r *yamlReader) node(n *yaml.Node, depth int) (cty.Value, error) {
	switch r.nodes++; {
	case r.nodes > maxNodes:
		return cty.NilVal, limit("it makes more than %d values", maxNodes)
	case depth > maxDepth:
		return cty.NilVal, limit("it makes values more than %d deep", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		return r.alias(n)
	}
	if n.Anchor != "" {
		r.read[n] = cty.NilVal
	}
	v, err := r.value(n, depth)
	if err == nil && n.Anchor != "" {
		r.read[n] = v
	}
	return v, err
}

// alias gives the value again; it counts as often as it is used.
func (r *yamlReader) alias(n *yaml.Node) (cty.Value, error) {
	v, ok := r.read[n.Alias]
	if !ok || v == cty.NilVal {
		return cty.NilVal, wrong(n, "refers to an anchor from inside of it")
	}
	var m meter
	if err := m.add(v, 0); err != nil {
		return cty.NilVal, err
	}
	r.nodes += m.nodes
	return v, nil
}

func wrong(n *yaml.Node, what string) error {
	return function.NewArgErrorf(0, "line %d of the YAML: %s", n.Line, what)
}

func (r *yamlReader) value(n *yaml.Node, depth int) (cty.Value, error) {
	tagged := n.Style&yaml.TaggedStyle != 0
	switch n.Kind {
	case yaml.ScalarNode:
		return scalar(n)
	case yaml.SequenceNode:
		if tagged && n.ShortTag() != "!!seq" {
			return cty.NilVal, wrong(n, "a sequence has another tag")
		}
		items := make([]cty.Value, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := r.node(c, depth+1)
			if err != nil {
				return cty.NilVal, err
			}
			items = append(items, v)
		}
		return cty.TupleVal(items), nil
	case yaml.MappingNode:
		if tagged && n.ShortTag() != "!!map" {
			return cty.NilVal, wrong(n, "a mapping has another tag")
		}
		return r.mapping(n, depth)
	}
	return cty.NilVal, wrong(n, "not understood")
}

func (r *yamlReader) mapping(n *yaml.Node, depth int) (cty.Value, error) {
	out := map[string]cty.Value{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		v, err := r.node(c, depth+1)
		if err != nil {
			return cty.NilVal, err
		}
		if isMerge(k) {
			if err := merge(out, v, c); err != nil {
				return cty.NilVal, err
			}
			continue
		}
		name, err := key(k)
		if err != nil {
			return cty.NilVal, err
		}
		out[name] = v
	}
	return cty.ObjectVal(out), nil
}

// isMerge: Terraform takes a quoted "<<" for the merge key too.
func isMerge(k *yaml.Node) bool {
	return k.Kind == yaml.ScalarNode && k.Value == "<<" && k.Style&yaml.TaggedStyle == 0
}

// merge takes over the entries of a mapping. A list of mappings, which YAML's merge key allows too, Terraform refuses.
func merge(out map[string]cty.Value, v cty.Value, n *yaml.Node) error {
	if v.IsNull() || !v.Type().IsObjectType() {
		return wrong(n, "only a mapping can be merged")
	}
	maps.Copy(out, v.AsValueMap())
	return nil
}

func key(k *yaml.Node) (string, error) {
	if k.Kind != yaml.ScalarNode {
		return "", wrong(k, "only strings are allowed as mapping keys")
	}
	v, err := scalar(k)
	if err != nil {
		return "", err
	}
	if v, err = convert.Convert(v, cty.String); err != nil || v.IsNull() {
		return "", wrong(k, "only strings are allowed as mapping keys")
	}
	return v.AsString(), nil
}

// scalar gives the value of a text by its tag, or, where it stands plain, by its looks.
func scalar(n *yaml.Node) (cty.Value, error) {
	quoted := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	tag := ""
	if n.Style&yaml.TaggedStyle != 0 {
		tag = n.ShortTag()
	}
	if quoted && (tag == "" || tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!timestamp") {
		tag = "!!str"
	}
	switch tag {
	case "":
		return plainScalar(n)
	case "!!str", "!":
		return cty.StringVal(n.Value), nil
	case "!!null":
		return cty.NullVal(cty.DynamicPseudoType), nil
	case "!!binary":
		if _, err := base64.StdEncoding.DecodeString(n.Value); err != nil {
			return cty.NilVal, wrong(n, "not valid base64")
		}
		return cty.StringVal(n.Value), nil
	}
	v, err := plainScalar(n)
	if err != nil {
		return cty.NilVal, err
	}
	switch {
	case tag == "!!bool" && v.Type() == cty.Bool,
		(tag == "!!int" || tag == "!!float") && v.Type() == cty.Number:
		return v, nil
	case tag == "!!timestamp":
		if t, ok := timestamp(n.Value); ok {
			return t, nil
		}
	}
	return cty.NilVal, wrong(n, "the value does not fit its tag, or the tag is not known")
}

// plainWords are the words that stand for other than themselves: those of YAML 1.1, which Terraform keeps to.
var plainWords = words(map[string]cty.Value{
	"y yes true on": cty.True, "n no false off": cty.False, "null": cty.NullVal(cty.DynamicPseudoType),
	".inf +.inf": cty.PositiveInfinity, "-.inf": cty.NegativeInfinity,
}, map[string]cty.Value{"": cty.NullVal(cty.DynamicPseudoType), "~": cty.NullVal(cty.DynamicPseudoType)})

// words adds each word to all in the three ways to write it: yes, Yes and YES.
func words(lists, all map[string]cty.Value) map[string]cty.Value {
	for list, v := range lists {
		for w := range strings.FieldsSeq(list) {
			first := strings.IndexAny(w, "abcdefghijklmnopqrstuvwxyz")
			all[w], all[strings.ToUpper(w)] = v, v
			all[strings.ToUpper(w[:first+1])+w[first+1:]] = v
		}
	}
	return all
}

func plainScalar(n *yaml.Node) (cty.Value, error) {
	s := n.Value
	if v, ok := plainWords[s]; ok {
		return v, nil
	}
	switch s {
	case ".nan", ".NaN", ".NAN":
		return cty.NilVal, wrong(n, "floating point NaN is not supported")
	}
	if !strings.ContainsRune("0123456789+-.", rune(s[0])) {
		return cty.StringVal(s), nil
	}
	if t, ok := timestamp(s); ok {
		return t, nil
	}
	if v, ok, err := yamlNumber(s); ok || err != nil {
		return v, err
	}
	return cty.StringVal(s), nil
}

func yamlNumber(s string) (cty.Value, bool, error) {
	if len(s) > maxExponent {
		return cty.NilVal, false, limit("it is given a number of more than %d digits", maxExponent)
	}
	if v, err := cty.ParseNumberVal(s); err == nil {
		return v, true, nil
	}
	if !strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "0o") || strings.Contains(s, "_") {
		return cty.NilVal, false, nil
	}
	i, err := strconv.ParseUint(s, 0, 64)
	if errors.Is(err, strconv.ErrRange) {
		return cty.NilVal, false, function.NewArgErrorf(0, "a number is too large")
	}
	return cty.NumberUIntVal(i), err == nil, nil
}

// timestamps are the forms of YAML's type repository (yaml.org/type/timestamp.html) that are known; a time is given as RFC 3339 has it.
var timestamps = []string{
	"2006-1-2T15:4:5.999999999Z07:00", "2006-1-2t15:4:5.999999999Z07:00", "2006-1-2 15:4:5.999999999", "2006-1-2",
}

func timestamp(s string) (cty.Value, bool) {
	if len(s) < 8 || s[4] != '-' {
		return cty.NilVal, false
	}
	for _, f := range timestamps {
		if t, err := time.Parse(f, s); err == nil {
			return cty.StringVal(t.Format(time.RFC3339)), true
		}
	}
	return cty.NilVal, false
}
