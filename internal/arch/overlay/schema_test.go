package overlay

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const (
	pageFile   = "../../../docs/formats/overlay.md"
	schemaFile = "../../../docs/formats/overlay.schema.json"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain decodes YAML the way an editor hands it to a schema.
func plain(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSchemaAgrees: what the schema refuses, Parse refuses, and both accept the same texts. Keys that are
// used twice and control characters are beyond the schema.
func TestSchemaAgrees(t *testing.T) {
	s := schema(t)
	good := []string{
		string(complete(t)), "{}", "systems:\n", "externals: [{key: a, name: A, hosts: x.Example.}]",
		"systems: [{key: a, name: A, members: []}]", "hidden: [{match: {tag: 1}, reason: r}]",
		"relationships: [{source: {name: a}, target: b, description: c}]", "deployments: [{input: a, location: westeurope}]",
	}
	bad := []string{
		"sytems: []", "version: 2", "persons: {a: b}", "persons: [{key: a}]", "persons: [{name: a}]", "persons: [{key: A, name: a}]",
		"systems: [{key: a, name: ''}]", "systems: [{key: a, name: A, members: [{}]}]", "systems: [{key: a, name: A, members: x}]",
		"elements: [{match: {name: a}}]", "elements: [{name: a}]", "elements: [{name: a, match: []}]", "hidden: [{match: {name: a}}]",
		"hidden: [{match: {name: ' '}, reason: r}]", "hidden: [{match: {tag: {}}, reason: r}]", "hidden: [{match: {tag: '=x'}, reason: r}]",
		"externals: [{key: a, name: A, hosts: 'https://x'}]", "externals: [{key: a, name: A, hosts: ['*']}]", "externals: [{key: a, name: A, hosts: [1]}]",
		"relationships: [{source: a, target: b}]", "relationships: [{source: [], target: b, description: c}]",
		"deployments: [{input: a}]", "deployments: [{location: westeurope}]", "deployments: [{input: a, location: West Europe}]",
		"deployments: [{input: a, subscription: prod}]", "deployments: [{input: a, resourceGroup: a/b}]",
		"environments: [{name: a}]", "name: 1", "description: [a]", "hidden: [{match: {name: {a: b}}, reason: r}]",
	}
	for i, text := range append(good, bad...) {
		want := i < len(good)
		if err := s.Validate(plain(t, []byte(text))); (err == nil) != want {
			t.Errorf("schema: %v for %q", err, text)
		}
		if _, err := Parse([]byte(text)); (err == nil) != want {
			t.Errorf("Parse: %v for %q", err, text)
		}
	}
}

// TestPageExample: the example on the page is the one that the tests know.
func TestPageExample(t *testing.T) {
	page, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```yaml\n"+string(complete(t))+"```\n") {
		t.Errorf("%s does not hold testdata/complete.yaml as it is", pageFile)
	}
	for _, key := range append([]string{
		"version", "persons", "systems", "externals", "elements", "relationships", "hidden",
		"environments", "deployments", "hosts", "match", "members", "reason",
	}, selectorKeys...) {
		if !strings.Contains(string(page), "`"+key+"`") {
			t.Errorf("%s does not describe %s", pageFile, key)
		}
	}
}
