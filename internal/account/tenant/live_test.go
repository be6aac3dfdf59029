package tenant

import "testing"

func TestTargets(t *testing.T) {
	const id = "11111111-2222-4333-8444-555555555555"
	azure := func(f func(*Target)) Connection {
		x := &Target{Cloud: "public", Tenant: id, Client: id, Subscriptions: []string{id}}
		f(x)
		return Connection{Kind: Azure, Name: "x", Target: x}
	}
	cluster := func(x Target) Connection { return Connection{Kind: Kubernetes, Name: "x", Target: &x} }
	code := func(x Target) Connection { return Connection{Kind: Repository, Name: "x", Target: &x} }
	for name, c := range map[string]struct {
		good bool
		c    Connection
	}{
		"azure":               {true, azure(func(*Target) {})},
		"no cloud":            {false, azure(func(x *Target) { x.Cloud = "" })},
		"a name for a tenant": {false, azure(func(x *Target) { x.Tenant = "contoso/../x" })},
		"no subscription":     {false, azure(func(x *Target) { x.Subscriptions = nil })},
		"odd subscription":    {false, azure(func(x *Target) { x.Subscriptions = []string{id, "x"} })},
		"azure, no target":    {false, Connection{Kind: Azure, Name: "x"}},
		"upload, a target":    {false, Connection{Kind: Upload, Name: "x", Target: &Target{}}},
		"cluster":             {true, cluster(Target{Server: "https://10.0.0.4:6443", Namespaces: []string{"shop"}})},
		"cluster below":       {true, cluster(Target{Server: "https://rancher.contoso.example/k8s/clusters/c-1"})},
		"plain http":          {false, cluster(Target{Server: "http://cluster.contoso.example"})},
		"a name in it":        {false, cluster(Target{Server: "https://me:word@cluster.contoso.example"})},
		"a query":             {false, cluster(Target{Server: "https://cluster.contoso.example/?x=1"})},
		"leaves":              {false, cluster(Target{Server: "https://cluster.contoso.example/a/../b"})},
		"odd namespace":       {false, cluster(Target{Server: "https://cluster.contoso.example", Namespaces: []string{"a/b"}})},
		"no authority":        {false, cluster(Target{Server: "https://cluster.contoso.example", CA: "x"})},
		"code":                {true, code(Target{Address: "https://github.com/contoso/shop.git", Branch: "release/1.2", Folder: "infra/prod"})},
		"a host alone":        {false, code(Target{Address: "https://github.com/"})},
		"ssh":                 {false, code(Target{Address: "git@github.com:contoso/shop.git"})},
		"an option":           {false, code(Target{Address: "https://github.com/contoso/shop", Branch: "--upload-pack=x"})},
		"an odd branch":       {false, code(Target{Address: "https://github.com/contoso/shop", Branch: "a..b"})},
		"a folder outside":    {false, code(Target{Address: "https://github.com/contoso/shop", Folder: "../x"})},
	} {
		if err := c.c.Check(); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
