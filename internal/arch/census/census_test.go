package census

import (
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// The second counter may know what a name looks like, and nothing else: what it imports and what its text
// says show that it has no rule.
func TestKnowsNoRules(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ruleID := regexp.MustCompile(`"[RKCMTHS][0-9]+"|"[A-Z]+-[A-Z0-9]+"`)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		n++
		data, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), data, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(path, "c4arch/") && path != "c4arch/internal/arch/evidence" && path != "c4arch/internal/base/tree" {
				t.Errorf("%s imports %s", e.Name(), path)
			}
		}
		for _, word := range []string{"properties.", "microsoft.", "azurerm_", "serverFarm", "principal"} {
			if strings.Contains(string(data), word) {
				t.Errorf("%s speaks of %q: the name of a property or a type is a rule", e.Name(), word)
			}
		}
		if id := ruleID.Find(data); id != nil {
			t.Errorf("%s names the rule %s", e.Name(), id)
		}
	}
	if n == 0 {
		t.Fatal("no source found")
	}
}

const (
	self = iota
	vault
	site
	cart
	other
)

func names() *Names {
	n := NewNames()
	n.AddID("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/KV", vault)
	n.AddID("/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/shop", site)
	n.AddID("/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/self", self)
	n.AddID("arn:aws:iam::111122223333:role/orders", other)
	n.AddID(`tf:infra//x_role.orders["eu"]`, other)
	n.AddID("projects/contoso/topics/orders", other)
	n.AddID("projects/contoso", self)
	n.AddID("word", other) // too plain to be told from a word
	n.AddHost("kv.vault.azure.net.", vault)
	n.AddHost("nodots", vault)
	n.AddService("k8s:web", "cart", cart)
	return n
}

func TestCount(t *testing.T) {
	const vaultID = "/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/kv"
	for _, c := range []struct {
		props string
		scope string
		want  string // path=name of each mention
	}{
		{`{"a":"/SUBSCRIPTIONS/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv/"}`, "", "a=" + vaultID},
		{`{"a":"/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv/secrets/x"}`, "", "a=" + vaultID},
		{`{"a":"/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kvx"}`, "", ""},
		{`{"a":"https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv?api-version=1"}`, "", "a=" + vaultID},
		{`{"a":"see /subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv, please"}`, "", "a=" + vaultID},
		{`{"/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv":{}}`, "", `/subscriptions/s/resourceGroups/g/providers/Microsoft["KeyVault/vaults/kv"]=`},
		{`{"a":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/self","b":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/self/config/web"}`, "", ""},
		{`{"a":"Server=tcp:KV.vault.azure.net,1433"}`, "", "a=KV.vault.azure.net"},
		{`{"a":"kv.vault.azure.net and kv.vault.azure.net"}`, "", "a=kv.vault.azure.net"},
		{`{"a":"xkv.vault.azure.net kv.vault.azure.net.evil.example"}`, "", ""},
		{`{"a":["cart",{"b":"http://cart:7070"}]}`, "k8s:web", "a[0]=cart a[1].b=cart"},
		{`{"a":"cart carts cart-x"}`, "k8s:web", "a=cart"},
		{`{"a":"cart"}`, "k8s:other", ""},
		{`{"a":"arn:aws:iam::111122223333:role/orders"}`, "", "a=arn:aws:iam::111122223333:role/orders"},
		{`{"a":"{\"Resource\":[\"arn:aws:iam::111122223333:role/orders/*\",\"arn:aws:iam::111122223333:role/other\"]}"}`, "", "a=arn:aws:iam::111122223333:role/orders"},
		{`{"a":"arn:aws:apigateway:eu-west-1:lambda:path/functions/arn:aws:iam::111122223333:role/orders/invocations"}`, "", "a=arn:aws:iam::111122223333:role/orders"},
		{`{"a":"tf:infra//x_role.orders[\\\"eu\\\"]/* tf: tf:infra//"}`, "", `a=tf:infra//x_role.orders["eu"]`},
		{`{"a":"arn: arn:arn: arn:aws:iam::111122223333:role"}`, "", ""},
		{`{"a":"https://pubsub.googleapis.com/v1/projects/contoso/topics/orders:publish"}`, "", "a=projects/contoso/topics/orders"},
		{`{"a":"//pubsub.googleapis.com/projects/contoso/topics/orders/x"}`, "", "a=projects/contoso/topics/orders"},
		{`{"a":"projects/contoso/topics/other","b":"projects/contoso/x"}`, "", ""},
		{`{"a":"word","b":"nodots","c":1,"d":true,"e":null,"f":""}`, "", ""},
	} {
		v, err := tree.ParseJSON([]byte(c.props), tree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range Count(&v, self, c.scope, names()) {
			got = append(got, string(m.Path)+"="+m.Name)
			if slices.Contains(m.Targets, self) || len(m.Targets) == 0 {
				t.Errorf("%s: it mentions itself or nothing: %+v", c.props, m)
			}
		}
		want := c.want
		if strings.HasSuffix(want, `"]=`) { // a name is a mention too, wherever its path is written
			want = string(tree.Path("").Key("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv")) + "=" + vaultID
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s in %q:\n got %s\nwant %s", c.props, c.scope, strings.Join(got, " "), want)
		}
	}
}

// Its own id says what a thing belongs to.
func TestOwnIDNamesWhatItIsIn(t *testing.T) {
	n := NewNames()
	n.AddID("/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/sql", 1)
	n.AddID("/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/sql/databases/db", 0)
	v := tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: "id", Value: tree.Str("/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/sql/databases/db")}}}
	got := Count(&v, 0, "", n)
	if len(got) != 1 || got[0].Targets[0] != 1 {
		t.Errorf("%+v", got)
	}
}

func FuzzCount(f *testing.F) {
	for _, s := range []string{"", "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv", "https://kv.vault.azure.net", "arn:aws:iam::111122223333:role/orders/x", "x arn:arn:aws:iam::111122223333:role/orders, http://", strings.Repeat("arn:a:b:c:d:e/", 300), "cart", "projects/contoso/topics/orders/x", "projects/", strings.Repeat("/", 500), "/subscriptions/" + strings.Repeat("a/", 400), "..--__", "\x00\xff"} {
		f.Add(s, "k8s:web")
	}
	n := names()
	f.Fuzz(func(t *testing.T, s, scope string) {
		v := tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: s, Value: tree.Str(s)}}}
		for _, m := range Count(&v, self, scope, n) {
			if len(m.Targets) == 0 || slices.Contains(m.Targets, self) || m.Name == "" {
				t.Fatalf("%q: %+v", s, m)
			}
			low := strings.ToLower(evidence.NormalizeARM(s))
			if !strings.Contains(low, strings.ToLower(m.Name)) {
				t.Fatalf("%q does not hold %q", s, m.Name)
			}
		}
	})
}
