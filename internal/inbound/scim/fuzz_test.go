package scim

import (
	"encoding/json"
	"testing"
)

var subject = map[string]any{
	"id": "pn_1", "userName": "architect@contoso.example", "active": true, "name": map[string]any{"familyName": "Architect"},
	"emails": []any{map[string]any{"value": "architect@contoso.example", "type": "work", "primary": true}},
}

func TestFilters(t *testing.T) {
	for text, want := range map[string]bool{
		`userName eq "ARCHITECT@contoso.example"`: true, `userName ne "x"`: true, `userName sw "arch" and active eq true`: true, `userName ew "example" and not (active eq False)`: true,
		`id eq "PN_1"`: false, `emails[type eq "work" and value co "@contoso.example"]`: true, `emails[type eq "home"]`: false, `emails.type eq "work"`: true, `emails eq "architect@contoso.example"`: true,
		`name.familyName eq "architect" or id eq "x"`: true, `id eq "x" or id eq "y" and id pr`: false, `urn:ietf:params:scim:schemas:core:2.0:User:userName pr`: true, `title pr`: false,
		`userName gt "a" and userName lt "b" and userName ge "a" and userName le "b"`: true, `active eq "true"`: false, `externalId eq null`: false, `userName eq "\u0061rchitect@contoso.example"`: true,
	} {
		f, err := parseFilter(text)
		if err != nil || f.matches(subject) != want {
			t.Errorf("%s: not %t, %v", text, want, err)
		}
	}
}

// FuzzFilter: no panic, and nothing is read that is larger or deeper than it may be.
func FuzzFilter(f *testing.F) {
	for _, text := range []string{`userName eq "x"`, `not (a pr) or b[c eq 1 and (d sw "e")]`, `emails[type eq "work"].value`, `a eq "\"`, `((((`, `a eq "`, `urn:a:b:c eq true`, ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFilter(text)
		if err != nil {
			return
		}
		if len(text) > maxFilter || depthOf(got) > maxTerms+maxDepth {
			t.Fatalf("%d bytes, %d deep", len(text), depthOf(got))
		}
		got.matches(subject)
	})
}

func depthOf(f *filter) int {
	if f == nil {
		return 0
	}
	return 1 + max(depthOf(f.left), depthOf(f.right))
}

// FuzzPatch: no panic, what comes out is a resource that can be written, and nothing gets in that is not kept.
func FuzzPatch(f *testing.F) {
	for _, text := range []string{
		`[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"x"}]`, `[{"op":"add","value":{"name.givenName":"x","active":"False"}}]`, `[{"op":"Remove","path":"members","value":[{"value":"x"}]}]`,
		`[{"op":"remove","path":"emails[primary eq true]"}]`, `[{"op":"add","path":"emails","value":[{"value":"y"}]}]`, `[{"op":"replace","path":"name","value":{"givenName":"x"}}]`,
		`[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":"x"}]`, `[{"op":"replace","path":"active","value":null}]`, `[{}]`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var ops []operation
		if json.Unmarshal([]byte(text), &ops) != nil {
			return
		}
		for _, all := range [][]attribute{userAttributes, groupAttributes} {
			is, err := normal(all, subject)
			if err != nil {
				t.Fatal(err)
			}
			if patch(all, is, ops) != nil {
				continue
			}
			if _, err := json.Marshal(is); err != nil {
				t.Fatal(err)
			}
			again, err := normal(all, is)
			if err != nil {
				t.Fatalf("what was made of it is not one: %v", err)
			}
			for name := range is {
				if _, known := find(all, name); !known {
					t.Fatalf("%q got in, and %v", name, again)
				}
			}
		}
	})
}
