package arm

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

func parameters(members string) string {
	return `{"$schema":"` + schemas + `deploymentParameters.json#","contentVersion":"1.0.0.0","parameters":{` + members + `}}`
}

// named reads a template that has the parameters name and other, and returns what its resource is called.
func named(t *testing.T, files fstest.MapFS, path string, values ...evidence.Input) (string, *sourcetest.Sink) {
	t.Helper()
	files[path] = &fstest.MapFile{Data: []byte(wrap(`"parameters":{"name":{"type":"string"},"other":{"type":"string","defaultValue":"o"}},"resources":[` +
		site("[concat(parameters('name'), '-', parameters('other'))]", "") + `]`))}
	in := sourcetest.File(t, files, path)
	in.Values = values
	s := sourcetest.Read(t, Templates(), in)
	if len(s.Drafts) != 1 {
		t.Fatalf("%d drafts", len(s.Drafts))
	}
	return s.Drafts[0].Name, s
}

func value(name, text string) evidence.Input {
	in := sourcetest.Text(name, text)
	in.Path, in.Explicit = name, true
	return in
}

const openName = "${parameters('name')}-o"

func TestParameterFilesBesideTheTemplate(t *testing.T) {
	file := func(v string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(parameters(`"name":{"value":"` + v + `"}`))}
	}
	for _, c := range []struct {
		path, want, used string
		files            fstest.MapFS
		said             string
	}{
		{"d/web.json", "one-o", "[d/web.parameters.json]", fstest.MapFS{"d/web.parameters.json": file("one"), "web.parameters.json": file("two"), "d/other.parameters.json": file("x")}, ""},
		{"web.json", "one-o", "[web.prod.parameters.json]", fstest.MapFS{"web.prod.parameters.json": file("one")}, ""},
		{"web.jsonc", "one-o", "[WEB.Parameters.JSON]", fstest.MapFS{"WEB.Parameters.JSON": file("one")}, ""},
		{"azuredeploy.json", "one-o", "[azuredeploy.parameters.json]", fstest.MapFS{"azuredeploy.parameters.json": file("one")}, ""},
		{"main.json", "one-o", "[azuredeploy.parameters.json]", fstest.MapFS{"azuredeploy.parameters.json": file("one")}, ""},
		{"main.json", openName, "[]", fstest.MapFS{"azuredeploy.parameters.json": file("one"), "azuredeploy.json": file("x")}, "has no default and was given no value"},
		{"web.json", openName, "[]", fstest.MapFS{"web.parameters.json": file("one"), "web.dev.parameters.json": file("two")}, "web.dev.parameters.json, web.parameters.json"},
		{"web.json", openName, "[]", fstest.MapFS{"web.parameters.json": {Data: []byte("{\n\"parameters\": {,}}")}}, "not valid JSON"},
		{"web.json", openName, "[]", fstest.MapFS{"web.parameters.json": {Data: []byte("[]")}}, "has no default"},
		{"web.json", openName, "[web.parameters.json]", fstest.MapFS{"web.parameters.json": {Data: []byte(parameters(`"nam":{"value":"x"}`))}}, "a parameter that the template does not have"},
		{"web.json", openName, "[web.parameters.json]", fstest.MapFS{"web.parameters.json": {Data: []byte(parameters(`"name":{}`))}}, ""},
	} {
		got, s := named(t, c.files, c.path)
		if got != c.want || fmt.Sprint(s.Others) != c.used || !strings.Contains(reasons(s), c.said) {
			t.Errorf("%s: %s used %v\n%s", c.path, got, s.Others, reasons(s))
		}
	}
}

func TestParameterFilesThatWereNamed(t *testing.T) {
	beside := func() fstest.MapFS {
		return fstest.MapFS{"web.parameters.json": {Data: []byte(parameters(`"name":{"value":"beside"}`))}}
	}
	for _, c := range []struct {
		what, want string
		values     []evidence.Input
		said       string
	}{
		{"one", "named-o", []evidence.Input{value("prod.json", parameters(`"NAME":{"value":"named"}`))}, ""},
		{"two that agree", "named-p", []evidence.Input{value("a.json", parameters(`"name":{"value":"named"}`)), value("b.json", parameters(`"name":{"value":"named"},"other":{"value":"p"}`))}, ""},
		{"two that do not", openName, []evidence.Input{value("a.json", parameters(`"name":{"value":"named"}`)), value("b.json", parameters(`"name":{"value":"another"}`))}, "different values, so none is taken"},
		{"one of another template", "beside-o", []evidence.Input{value("a.json", parameters(`"name":{"value":"named"},"port":{"value":1}`))}, ""},
		{"one of this template with a slip", "named-o", []evidence.Input{value("web.a.parameters.json", parameters(`"name":{"value":"named"},"port":{"value":1}`))}, "that the template does not have"},
		{"what is none", "beside-o", []evidence.Input{value("x.tfvars", `name = "x"`), value("a.json", `{"parameters":{"name":{"value":"x"}}}`)}, ""},
		{"a broken one", "beside-o", []evidence.Input{value("web.b.parameters.json", parameters(`"name":`))}, "not valid JSON"},
	} {
		got, s := named(t, beside(), "web.json", c.values...)
		if got != c.want || !strings.Contains(reasons(s), c.said) {
			t.Errorf("%s: %s\n%s", c.what, got, reasons(s))
		}
	}
}

// The files by which parameters get their values are named, and the default counts where none says otherwise.
func TestNamedParameterFilesAreUsed(t *testing.T) {
	files := fstest.MapFS{}
	_, s := named(t, files, "web.json", value("params/prod.json", parameters(`"name":{"value":"named"}`)))
	if fmt.Sprint(s.Others) != "[params/prod.json]" {
		t.Errorf("used %v", s.Others)
	}
}
