package connection

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/discover"
)

const (
	guid       = "11111111-2222-4333-8444-555555555555"
	theSecret  = "the-secret-of-the-application"
	path       = "/projects/" + string(webtest.Project) + "/connections"
	aConnected = "cn_01jq8z6y5x4w3v2t1s0r9q8p7n"
)

// desk is the pages over connections in memory.
type desk struct {
	list  []tenant.Connection
	given []string // credentials
	did   []string
	runs  []discover.Run
}

func (d *desk) Connections(context.Context, access.Actor, id.Project) ([]tenant.Connection, error) {
	return d.list, nil
}

func (d *desk) CreateConnection(_ context.Context, _ access.Actor, in accounts.NewConnection) (tenant.Connection, error) {
	c := tenant.Connection{ID: aConnected, Project: in.Project, Kind: in.Kind, Name: in.Name, Target: in.Target, Created: webtest.Noon}
	if err := c.Check(); err != nil {
		return c, err
	}
	d.given, d.list = append(d.given, string(in.Credential.Expose())), append(d.list, c)
	return c, nil
}

func (d *desk) VerifyConnection(_ context.Context, _ access.Actor, _ id.Project, connection string) (tenant.Connection, error) {
	d.did = append(d.did, "verify "+connection)
	return d.list[0], nil
}

func (d *desk) ReplaceCredential(_ context.Context, _ access.Actor, _ id.Project, connection string, v secret.Value) (tenant.Connection, error) {
	d.given, d.did = append(d.given, string(v.Expose())), append(d.did, "replace "+connection)
	return d.list[0], nil
}

func (d *desk) RemoveConnection(_ context.Context, _ access.Actor, _ id.Project, connection string) error {
	d.did = append(d.did, "remove "+connection)
	return nil
}

func (d *desk) serve(t *testing.T, role access.Role) *webtest.Site {
	t.Helper()
	return webtest.New(t, webtest.Options{Role: role, Desks: []web.Desk{Desk(Services{
		Accounts: d,
		Start: func(_ context.Context, _ access.Actor, in discover.Start) (discover.Run, error) {
			d.did = append(d.did, "scan "+in.Connection)
			return discover.Run{ID: "sc_1"}, nil
		},
		Scans: func(context.Context, access.Actor, id.Project, string, int) ([]discover.Run, error) {
			return d.runs, nil
		},
		Project: func(_ context.Context, _ access.Actor, p id.Project) (web.Project, error) {
			return web.Project{ID: p, Name: "Contoso Shop"}, nil
		},
		Now: func() time.Time { return webtest.Noon },
	})}})
}

// connected are connections of every kind, in every state.
func connected() []tenant.Connection {
	old, young := webtest.Noon.AddDate(-2, 0, 0), webtest.Noon.AddDate(0, 0, -40)
	return []tenant.Connection{
		{
			ID: aConnected, Kind: tenant.Azure, Name: "Contoso production", Created: young, Credential: &young, Secret: "sk_1",
			Target: &tenant.Target{Cloud: "public", Tenant: guid, Client: guid, Subscriptions: []string{guid}},
			Verified: &tenant.Verification{At: webtest.Noon.Add(-time.Hour), Reached: true, Identity: "application " + guid, Rights: []tenant.Right{
				{Name: "Reader", Where: "/subscriptions/" + guid, Verdict: tenant.Enough},
				{Name: "Contributor", Where: "/subscriptions/" + guid, Verdict: tenant.Excess, Why: "it includes *"},
				{Name: "Bad'; rm -rf", Where: "/", Verdict: tenant.Excess},
			}},
		},
		{
			ID: "cn_2", Kind: tenant.Kubernetes, Name: "Shop cluster", Created: young, Credential: &old, Secret: "sk_2", Target: &tenant.Target{Server: "https://cluster.contoso.example:6443", Namespaces: []string{"shop", "mail"}},
			Verified: &tenant.Verification{At: webtest.Noon, Reached: true, Identity: "system:serviceaccount:kube-system:c4arch-reader", Rights: []tenant.Right{
				{Name: "list services", Where: "shop, mail", Verdict: tenant.Missing, Why: "what is not listed is unknown, and not absent"},
				{Name: "read secrets", Where: "shop, mail", Verdict: tenant.Excess},
				{Name: "other rights", Where: "shop, mail", Verdict: tenant.Unseen},
			}},
		},
		{
			ID: "cn_3", Kind: tenant.Repository, Name: "Infrastructure", Created: young, Target: &tenant.Target{Address: "https://github.com/contoso/infrastructure", Branch: "main", Folder: "prod"},
			Verified: &tenant.Verification{At: webtest.Noon, Problem: "the repository wants a token", Help: "replace the credential of the connection by one that may read it"},
		},
		{ID: "cn_4", Kind: tenant.Directory, Name: "Exports", Path: "contoso/exports", Created: young},
		{ID: "cn_5", Kind: tenant.Upload, Name: "By hand", Created: young},
	}
}

func TestPages(t *testing.T) {
	d := &desk{list: connected(), runs: []discover.Run{
		{ID: "sc_1", Connection: aConnected, State: discover.Done, Resources: 1204, NotRead: 3, Created: webtest.Noon.Add(-2 * time.Hour)},
		{ID: "sc_2", Connection: "cn_2", State: discover.Failed, Created: webtest.Noon.Add(-3 * time.Hour)},
	}}
	s := d.serve(t, access.Owner)
	for _, p := range []string{
		path, path + "/new", path + "/new?kind=azure", path + "/new?kind=kubernetes", path + "/new?kind=repository", path + "/" + aConnected, path + "/cn_2", path + "/cn_3", path + "/cn_4", path + "/cn_5",
	} {
		s.Check(p)
	}
	page := s.Get(path + "/" + aConnected).Body
	for _, want := range []string{"Contributor", "More than needed", "az role assignment delete --assignee " + guid + " --role &#39;Contributor&#39;", "What we will never do"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "--role &#39;Bad") {
		t.Error("a name of somebody else's stands in a command")
	}
	if page := s.Get(path).Body; !strings.Contains(page, "Old") || !strings.Contains(page, "1,204 resources") {
		t.Error("the list does not say how old a credential is, or what was read")
	}
	if page := s.Get(path + "/none"); page.Status != 404 {
		t.Errorf("a connection that is none: %d", page.Status)
	}
}

func TestAdd(t *testing.T) {
	d := &desk{}
	s := d.serve(t, access.Owner)
	if page := s.Check(path); !strings.Contains(page.Body, "Nothing is connected yet") {
		t.Error("an empty list does not teach")
	}
	form := url.Values{"kind": {"azure"}, "name": {"Contoso"}, "tenant": {strings.ToUpper(guid)}, "client": {guid}, "subscriptions": {guid + "\n" + guid}, "credential": {" " + theSecret + "\n"}}
	bad := url.Values{}
	for k, v := range form {
		bad[k] = v
	}
	bad["tenant"] = []string{"contoso"}
	page := s.Post(path, bad)
	if len(d.given) != 0 || strings.Contains(page.Body, theSecret) || !strings.Contains(page.Body, "is not an id") || !strings.Contains(page.Body, `value="Contoso"`) {
		t.Errorf("what was wrong is not said, or the credential is: %s", page.Body)
	}
	s.Post(path, form)
	if len(d.list) != 1 || d.given[0] != theSecret || d.list[0].Target.Tenant != guid || len(d.list[0].Target.Subscriptions) != 1 || d.did[0] != "verify "+aConnected {
		t.Errorf("%+v, %v", d.list, d.did)
	}
	for _, do := range []string{"verify", "scan", "remove"} {
		s.Post(path+"/"+aConnected+"/"+do, nil)
	}
	s.Post(path+"/"+aConnected+"/credential", url.Values{"credential": {"another"}})
	want := []string{"verify " + aConnected, "verify " + aConnected, "scan " + aConnected, "remove " + aConnected, "replace " + aConnected, "verify " + aConnected}
	if strings.Join(d.did, ",") != strings.Join(want, ",") || d.given[1] != "another" {
		t.Errorf("%v", d.did)
	}
}

// Whoever may read sees what there is, and nothing to do.
func TestReader(t *testing.T) {
	d := &desk{list: connected()}
	s := d.serve(t, access.Auditor)
	page := s.Check(path + "/" + aConnected)
	if strings.Contains(page.Body, "/credential") || strings.Contains(page.Body, "Scan now") || !strings.Contains(page.Body, "Contributor") {
		t.Error("an auditor is offered what they may not, or does not see the rights")
	}
}

func TestAuthority(t *testing.T) {
	const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"
	if got := authority("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCngKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="); got != pem {
		t.Errorf("%q", got)
	}
	if got := authority(" " + pem + "\n"); got != pem {
		t.Errorf("%q", got)
	}
	c := tenant.Connection{Kind: tenant.Kubernetes, Name: "x", Target: form{Server: "https://x.example", CA: "nonsense"}.target(tenant.Kubernetes)}
	if err := c.Check(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}
