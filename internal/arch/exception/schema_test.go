package exception

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"c4arch/internal/base/tree"
)

const (
	pageFile   = "../../../docs/formats/exceptions.md"
	schemaFile = "../../../docs/formats/exceptions.schema.json"
)

// TestSchemaAgrees: what the schema refuses, Parse refuses, and both accept the same texts. Days that no month has, the length of
// an exception, who its author is and what is there twice are beyond the schema.
func TestSchemaAgrees(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{
		complete(t): true, "version: 1": true, "version: 1\nexceptions:": true,
		"{}": false, "version: 2": false, "version: 1\nodd: []": false, "version: 1\nexceptions: {}": false, "version: 1\nexceptions: [a]": false,
		"version: 1\nwindows: [{from: 2026-03-01T00:00:00Z, to: 2026-03-02T00:00:00+02:00, reason: r, approvedBy: b}]": true,
		"version: 1\nwindows: [{from: 2026-03-01, to: 2026-03-02T00:00:00Z, reason: r, approvedBy: b}]":                false,
	}
	for _, name := range []string{"id", "scope", "rule", "owner", "reason", "createdBy", "approvedBy", "created", "expires"} {
		texts[file(one(map[string]string{name: ""}))] = false
		texts[file(one(map[string]string{name: "[[]]"}))] = false
		texts[file(one(map[string]string{name: "' '"}))] = false
	}
	for _, path := range []string{"", "null", "''", "' '", "a[].b"} {
		texts[file(one(map[string]string{"path": path}))] = true
	}
	for scope, good := range map[string]bool{"tag:a=b": true, "tag:a": false, "'tag:=b'": false, "'*'": true} {
		texts[file(one(map[string]string{"scope": scope}))] = good
	}
	for _, allow := range []string{"1", "null", "[a, {b: c}]", "text"} {
		texts[file(one(map[string]string{"allow": allow}))] = true
	}
	for text, want := range texts {
		docs, err := tree.ParseYAML([]byte(text), tree.Limits{})
		if err != nil || len(docs) != 1 {
			t.Fatalf("%v\n%s", err, text)
		}
		if err := s.Validate(plain(&docs[0])); (err == nil) != want {
			t.Errorf("the schema says %v, want %v\n%s", err, want, text)
		}
		if _, err := Parse(FileName, []byte(text)); (err == nil) != want {
			t.Errorf("Parse says %v, want %v\n%s", err, want, text)
		}
	}
}

// plain is the value in the terms of a schema.
func plain(v *tree.Value) any {
	switch v.Kind {
	case tree.Bool:
		return v.True()
	case tree.Number:
		return jsonNumber(v.Text)
	case tree.String:
		return v.Text
	case tree.Array:
		out := []any{}
		for i := range v.Items {
			out = append(out, plain(&v.Items[i]))
		}
		return out
	case tree.Object:
		out := map[string]any{}
		for i := range v.Members {
			out[v.Members[i].Name] = plain(&v.Members[i].Value)
		}
		return out
	}
	return nil
}

func jsonNumber(text string) any {
	n, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	return n
}

// TestPageShowsTheExample: the complete example of the page is the file that the other tests read.
func TestPageShowsTheExample(t *testing.T) {
	page, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(page), "```yaml\n")
	block, _, end := strings.Cut(block, "```")
	if !ok || !end || block != complete(t) {
		t.Error("the example of the page is not testdata/complete.yaml")
	}
}
