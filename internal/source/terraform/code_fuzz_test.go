package terraform

import (
	"context"
	"strings"
	"testing"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/sourcetest"
)

// FuzzCode: whatever a configuration says, its resources can be sealed and its secrets stay out of names and ids. What
// reading itself must hold to is tried in package config.
func FuzzCode(f *testing.F) {
	for name, text := range contosoShop {
		if strings.HasSuffix(name, ".tf") {
			f.Add(text)
		}
	}
	f.Add("resource \"azurerm_key_vault\" \"k\" {\n  name = \"kv-${var.pw}-${random_id.r.hex}\"\n  resource_group_name = azurerm_key_vault.k.name\n}\nresource \"random_id\" \"r\" {}")
	f.Add("provider \"aws\" { region = var.pw }\nimport {\n  to = aws_s3_bucket.b\n  id = var.pw\n}\nresource \"aws_s3_bucket\" \"b\" { tags = { a = 1, (var.pw) = null } }\ndata \"aws_region\" \"r\" {}")
	f.Add("resource \"azapi_resource\" \"a\" {\n  type = \"Microsoft.App/jobs@2024-01-01\"\n  name = \"j\"\n  parent_id = data.azurerm_resource_group.g.id\n  body = { properties = { x = azapi_resource.a.output } }\n}\ndata \"azurerm_resource_group\" \"g\" { name = \"a/b#c{d}\" }")
	sealer, err := evidence.NewSealer([]byte(strings.Repeat("k", evidence.MinKey)))
	if err != nil {
		f.Fatal(err)
	}
	const secret = "hunter2hunter2"
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4096 || strings.Contains(s, "nonsensitive") {
			return
		}
		in := sourcetest.Dir(t, codeFS(map[string]string{
			"main.tf": s, "pw.tf": "variable \"pw\" {\n  default = \"" + secret + "\"\n  sensitive = true\n}",
		}), ".", ".tf")
		var out sourcetest.Sink
		if err := Code().Read(context.Background(), in, &out); err != nil {
			t.Fatal(err)
		}
		for _, d := range out.Drafts {
			if d.ID == "" || d.Name == "" || d.Type == "" || d.Provider == "" {
				t.Errorf("%+v", d)
			}
			who := strings.Join(append([]string{d.ID, d.Name, d.Scope, d.Location, d.Origin.Address}, d.Aliases...), " ")
			if strings.Contains(who, secret) {
				t.Errorf("a secret names a resource: %s", who)
			}
			if _, _, err := sealer.Seal(d); err != nil {
				t.Error(err)
			}
		}
		for _, n := range out.Missing {
			if strings.Contains(n.Reason+n.Help+n.Thing, secret) {
				t.Errorf("a secret is in a note: %+v", n)
			}
		}
	})
}
