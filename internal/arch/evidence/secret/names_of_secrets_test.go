package secret

import (
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

// Which secret of Secret Manager an environment variable takes is no secret; a secret in such a place is one all the same.
func TestNamesOfSecretsSurvive(t *testing.T) {
	c := NewCleaner(func(string) string { return Mark + strings.Repeat("0", 32) })
	for doc, kept := range map[string]bool{
		`{"env":[{"name":"DB_PASSWORD","value":"","value_source":[{"secret_key_ref":[{"secret":"shop-db","version":"latest"}]}]}]}`: true,
		`{"secret_environment_variables":[{"key":"DB_PASSWORD","project_id":"contoso","secret":"shop-db","version":"1"}]}`:          true,
		`{"secret_volumes":[{"mount_path":"/etc","project_id":"contoso","secret":"shop-db"}]}`:                                      true,
		`{"volumes":[{"secret":[{"default_mode":0,"items":[],"secret":"shop-db"}]}]}`:                                               true,
		`{"volumes":[{"secret":[{"secret":"shop-db"}]}]}`:                                                                           false,
		`{"secret_key_ref":[{"secret":"shop-db"}]}`:                                                                                 false,
		`{"secret_key_ref":[{"secret":"shop-db!","version":"1"}]}`:                                                                  false,
		`{"secret_key_ref":[{"secret":"Xq7vTz2Lm9Rb4Kp8Wn3Yd6Hf1Jc5Gs0Aq7v","version":"1"}]}`:                                       false,
		`{"secret":"shop-db","version":"latest"}`:                                                                                   false,
		`{"secret_key":[{"secret":"shop-db","version":"latest"}]}`:                                                                  false,
	} {
		v, err := tree.ParseJSON([]byte(doc), tree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		c.Tree(&v, About{})
		found := false
		for p, leaf := range v.Leaves() {
			if strings.HasSuffix(string(p), "secret") {
				found = true
				if open := !strings.HasPrefix(leaf.Text, Mark); open != kept {
					t.Errorf("%s became %s", doc, leaf.Text)
				}
			}
		}
		if !found {
			t.Errorf("%s: no such place", doc)
		}
	}
}
