package secret

import (
	"strings"
	"testing"

	"c4arch/internal/base/tree"
)

func TestARepeatedSecretGoesEverywhere(t *testing.T) {
	c := NewCleaner(func(string) string { return Mark + strings.Repeat("0", 32) })
	for _, test := range []struct{ name, doc, gone, kept string }{
		{"a health check", `{"environment":{"SA_PASSWORD":"example_123"},"test":["CMD-SHELL","sqlcmd -U sa -P example_123 -Q 'SELECT 1'"]}`, "example_123", "sqlcmd -U sa -P "},
		{"marked by the source", `{"value":"winter-2031!","note":"set to winter-2031! by hand"}`, "winter-2031!", "set to "},
		{"not inside a longer word", `{"password":"example_123","file":"/data/example_1234/x"}`, `"example_123"`, "/data/example_1234/x"},
		{"a login before an address in parentheses", `{"dsn":"app:example_123@(db:3306)/shop"}`, "example_123", "@(db:3306)/shop"},
		{"an id whose subscription code leaves open", `{"link":"hidden-link:/subscriptions/@(main.json)/resourceGroups/@(main.json)/providers/Microsoft.Web/sites/shop"}`, "", "hidden-link:/subscriptions/@(main.json)/resourceGroups/@(main.json)/providers/Microsoft.Web/sites/shop"},
		{"a plain word may be a host", `{"password":"postgres","host":"postgres"}`, "", `"host":"postgres"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			v, err := tree.ParseJSON([]byte(test.doc), tree.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var sensitive []tree.Path
			if v.Get("value") != nil {
				sensitive = append(sensitive, "value")
			}
			c.Tree(&v, About{Sensitive: sensitive})
			var text strings.Builder
			for p, leaf := range v.Leaves() {
				text.WriteString(`"` + string(p) + `":"` + leaf.Text + "\"\n")
			}
			if test.gone != "" && strings.Contains(text.String(), test.gone) {
				t.Errorf("%q is still there:\n%s", test.gone, text.String())
			}
			if !strings.Contains(text.String(), test.kept) {
				t.Errorf("%q did not survive:\n%s", test.kept, text.String())
			}
		})
	}
}
