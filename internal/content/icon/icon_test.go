package icon

import (
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct{ technology, kind, want string }{
		{"PostgreSQL 15", "", "postgresql"},
		{"Azure Database for PostgreSQL", "", "postgresql"},
		{"postgres:16-alpine", "", "postgresql"},
		{"ghcr.io/contoso/redis:7.2", "", "redis"},
		{"Azure Cache for Redis", "", "redis"},
		{"Azure App Service, Node.js 22", "", "nodedotjs"},
		{".NET 9, Azure Container Apps", "", "dotnet"},
		{"Go, Azure Container Apps", "", "go"},
		{"Node pool, Standard_D4s_v5 × 3", "", "cluster"},
		{"Azure Key Vault", "", "secret"},
		{"HashiCorp Vault", "", "vault"},
		{"Azure Kubernetes Service 1.31", "", "kubernetes"},
		{"Amazon Elastic Kubernetes Service", "", "kubernetes"},
		{"Kubernetes Deployment", "", "kubernetes"},
		{"Azure SQL Database", "microsoft.sql/servers/databases", "database"},
		{"Azure Service Bus topic", "", "queue"},
		{"Azure Functions", "", "function"},
		{"Azure Front Door", "", "cdn"},
		{"Azure Virtual Network, 10.20.0.0/16", "", "network"},
		{"MySQL 8.4", "", "database"}, // whose glyph is a word that nobody reads at this size
		{"spring boot 3.4", "", "springboot"},
		{"C++", "", "cplusplus"},
		{"REACT", "", "react"},
		{"", "microsoft.keyvault/vaults", "secret"},
		{"", "azurerm_linux_function_app", "function"},
		{"", "aws_s3_bucket", "storage"},
		{"", "AWS::S3::Bucket", "storage"},
		{"", "google_storage_bucket", "storage"},
		{"", "aws_lambda_function", "function"},
		{"", "apps/Deployment", "container"},
		{"", "networking.k8s.io/Ingress", "gateway"},
		{"something that nobody knows", "contoso/things", ""},
		{"ago", "", ""}, // no piece of a word
		{"\xff\x00 :::", "\xff", ""},
		{"", "", ""},
		{strings.Repeat("x ", 500) + "redis", "", ""}, // beyond what is read
	} {
		g, ok := Find(c.technology, c.kind)
		if g.Name != c.want || ok != (c.want != "") {
			t.Errorf("%q, %q gives %q, %v, not %q", c.technology, c.kind, g.Name, ok, c.want)
		}
	}
}

// TestEveryGlyph asserts that each path can be drawn, inside its square but for the width of a stroke.
func TestEveryGlyph(t *testing.T) {
	licences := []string{"CC0-1.0", "Apache-2.0", "MIT", "BSD-3-Clause"}
	for name, read := range glyphs() {
		g := read()
		if len(g.Path) < 2 || g.Path[0].Op != 'M' {
			t.Errorf("%s begins with no place, or has nothing to draw", name)
		}
		for _, q := range g.Path {
			if !strings.ContainsRune("MLCZ", rune(q.Op)) {
				t.Fatalf("%s has the command %q", name, q.Op)
			}
			for _, n := range q.P {
				if n < -Grid/20 || n > Grid*21/20 {
					t.Fatalf("%s leaves its square: %d", name, n)
				}
			}
		}
		if !g.Stroked && (g.Title == "" || !slices.Contains(licences, g.Licence)) {
			t.Errorf("%s has the title %q and the licence %q", name, g.Title, g.Licence)
		}
	}
}

// TestTablesNameGlyphs asserts that every row leads to a glyph, and that each glyph of a technology can be found.
func TestTablesNameGlyphs(t *testing.T) {
	found := map[string]bool{}
	for _, table := range []string{technologies, purposes, types} {
		for l := range strings.Lines(table) {
			name, rest, ok := strings.Cut(strings.TrimSpace(l), ":")
			if _, there := Named(name); !ok || !there || rest == "" {
				t.Errorf("no glyph for %q", l)
			}
			found[name] = true
		}
	}
	for name, read := range glyphs() {
		if !read().Stroked && !found[name] {
			t.Errorf("nothing leads to %s", name)
		}
	}
	for first, ps := range known() {
		for i, p := range ps {
			for _, q := range ps[i+1:] {
				if slices.Equal(p.words, q.words) {
					t.Errorf("%q: %v stands twice", first, p.words)
				}
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("PostgreSQL 15", "microsoft.keyvault/vaults")
	f.Add("Azure,,, .NET", "aws_")
	f.Fuzz(func(t *testing.T, technology, kind string) {
		g, ok := Find(technology, kind)
		if ok != (len(g.Path) > 0) {
			t.Fatalf("%q, %q: %v with %d pieces", technology, kind, ok, len(g.Path))
		}
	})
}

func BenchmarkFind(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Find("Kubernetes Deployment, ghcr.io/contoso/billing:4.2", "apps/Deployment")
		Find("", "microsoft.dbforpostgresql/flexibleservers/databases")
	}
}
