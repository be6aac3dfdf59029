// Package connection is the pages of the connections of a project: what is read where it runs, which rights that takes, and which there are.
//
// It promises: what a connection needs stands before what it is asked for, with the command that gives exactly that; a credential goes in and is never shown; what was found by
// looking has its time; what cannot be seen is said to be not visible. It leaves out every decision, which the service makes.
package connection

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/discover"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Accounts is the port to connections.
type Accounts interface {
	Connections(ctx context.Context, a access.Actor, p id.Project) ([]tenant.Connection, error)
	CreateConnection(ctx context.Context, a access.Actor, in accounts.NewConnection) (tenant.Connection, error)
	VerifyConnection(ctx context.Context, a access.Actor, p id.Project, connection string) (tenant.Connection, error)
	ReplaceCredential(ctx context.Context, a access.Actor, p id.Project, connection string, value secret.Value) (tenant.Connection, error)
	RemoveConnection(ctx context.Context, a access.Actor, p id.Project, connection string) error
}

// Services are what the pages call.
type Services struct {
	Accounts Accounts
	Start    func(ctx context.Context, a access.Actor, in discover.Start) (discover.Run, error)
	Scans    func(ctx context.Context, a access.Actor, p id.Project, before string, limit int) ([]discover.Run, error)
	Project  func(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
	Now      func() time.Time
}

// Connection is the kind of thing that a route names.
const Connection = "connection"

const listPath = "/projects/{project}/connections"

// Desk adds the pages.
func Desk(s Services) web.Desk {
	return func(w *web.Site) {
		project, con := web.InPath("project", "project"), web.InPath("connection", Connection)
		w.Says("connection-verified", "The connection was looked at just now.")
		w.Says("connection-removed", "The connection and its credential are removed. Snapshots that it gave stay.")
		w.Says("credential-replaced", "The credential is replaced. The one before is gone.")
		w.Page(listPath, "connections", access.ConnectionList, s.list, project)
		w.Form(listPath, "connections-add", access.ConnectionChange, s.add, project)
		w.Page(listPath+"/new", "connections-new", access.ConnectionChange, s.guide, project)
		w.Page(listPath+"/{connection}", "connections-one", access.ConnectionList, s.one, project, con)
		w.Form(listPath+"/{connection}/verify", "connections-verify", access.ConnectionChange, s.verify, project, con)
		w.Form(listPath+"/{connection}/scan", "connections-scan", access.ScanStart, s.scan, project, con)
		w.Form(listPath+"/{connection}/credential", "connections-credential", access.ConnectionChange, s.replace, project, con)
		w.Form(listPath+"/{connection}/remove", "connections-remove", access.ConnectionChange, s.remove, project, con)
	}
}

func pathOf(p id.Project) string { return "/projects/" + string(p) + "/connections" }

// around is what each page has around it.
func (s Services) around(c *web.Call) (web.View, id.Project, error) {
	p, err := c.Project()
	if err != nil {
		return web.View{}, p, err
	}
	about, err := s.Project(c.Context(), c.Asker(), p)
	return web.View{Section: pathOf(p), Project: &about}, p, err
}

// row is a connection of the list, with its newest scan.
type row struct {
	tenant.Connection
	Scan *discover.Run
}

type listView struct {
	Path         string
	Project      id.Project
	Rows         []row
	Change, Scan bool
	Now          time.Time
}

// scansLooked is how many of the newest scans are looked through for the last one of each connection.
const scansLooked = 200

func (s Services) rows(c *web.Call, p id.Project) ([]row, error) {
	all, err := s.Accounts.Connections(c.Context(), c.Asker(), p)
	if err != nil {
		return nil, err
	}
	newest := map[string]*discover.Run{}
	if c.May(access.ScanRead, p) {
		runs, err := s.Scans(c.Context(), c.Asker(), p, "", scansLooked)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			if name := runs[i].Connection; name != "" && newest[name] == nil {
				newest[name] = &runs[i]
			}
		}
	}
	rows := make([]row, len(all))
	for i, x := range all {
		rows[i] = row{x, newest[x.ID]}
	}
	return rows, nil
}

func (s Services) list(c *web.Call) error {
	v, p, err := s.around(c)
	if err != nil {
		return err
	}
	l := listView{Path: pathOf(p), Project: p, Change: c.May(access.ConnectionChange, p), Scan: c.May(access.ScanStart, p), Now: s.Now()}
	if l.Rows, err = s.rows(c, p); err != nil {
		return err
	}
	v.Title, v.Lead = say.T(c.Context(), "Connections"), say.T(c.Context(), "What is read where it runs: never changed, and with no more rights than it needs.")
	if l.Change && len(l.Rows) > 0 {
		v.Actions = addButton(l.Path)
	}
	return c.Show(v, listPage(l))
}

// guideView is a page that leads to a connection.
type guideView struct {
	Path string
	Kind tenant.ConnectionKind
	Form form
	Says string // what was wrong with what was sent
	Help string
}

func (s Services) guide(c *web.Call) error {
	return s.showGuide(c, guideView{Kind: tenant.ConnectionKind(c.Query("kind"))})
}

func (s Services) showGuide(c *web.Call, g guideView) error {
	v, p, err := s.around(c)
	if err != nil {
		return err
	}
	g.Path = pathOf(p)
	v.Crumbs = []web.Crumb{{Path: g.Path, Name: say.T(c.Context(), "Connections")}}
	if !g.Kind.Live() {
		v.Title, v.Lead = say.T(c.Context(), "Connect"), say.T(c.Context(), "Choose what is to be read. You see what it takes before you give anything.")
		return c.Show(v, choicePage(g))
	}
	v.Crumbs = append(v.Crumbs, web.Crumb{Path: g.Path + "/new", Name: say.T(c.Context(), "Connect")})
	v.Title, v.Lead = titleOf(c.Context(), g.Kind), say.T(c.Context(), "Three steps, about five minutes.")
	return c.Show(v, guidePage(g))
}

// form is what was filled in. The credential is not kept in it: it is not shown again, not even to who has just written it.
type form struct{ Name, Cloud, Tenant, Client, Subscriptions, Server, CA, Namespaces, Address, Branch, Folder, User string }

func filled(c *web.Call) form {
	return form{
		Name: c.Form("name"), Cloud: c.Form("cloud"), Tenant: c.Form("tenant"), Client: c.Form("client"), Subscriptions: c.Form("subscriptions"), Server: c.Form("server"), CA: c.Form("ca"),
		Namespaces: c.Form("namespaces"), Address: c.Form("address"), Branch: c.Form("branch"), Folder: c.Form("folder"), User: c.Form("user"),
	}
}

// target is what the form names, as a connection has it.
func (f form) target(kind tenant.ConnectionKind) *tenant.Target {
	lower := func(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
	switch kind {
	case tenant.Azure:
		cloud := lower(f.Cloud)
		if cloud == "" {
			cloud = "public"
		}
		return &tenant.Target{Cloud: cloud, Tenant: lower(f.Tenant), Client: lower(f.Client), Subscriptions: words(lower(f.Subscriptions))}
	case tenant.Kubernetes:
		return &tenant.Target{Server: strings.TrimSpace(f.Server), CA: authority(f.CA), Namespaces: words(lower(f.Namespaces))}
	case tenant.Repository:
		return &tenant.Target{Address: strings.TrimSpace(f.Address), Branch: strings.TrimSpace(f.Branch), Folder: strings.Trim(strings.TrimSpace(f.Folder), "/"), User: strings.TrimSpace(f.User)}
	}
	return nil
}

// words are those of a text, each once.
func words(text string) (all []string) {
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' }) {
		if !seen[w] {
			seen[w] = true
			all = append(all, w)
		}
	}
	return all
}

// authority takes a certificate as kubectl prints it: PEM, or PEM in base64.
func authority(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "-----BEGIN") {
		return text
	}
	if plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
		return strings.TrimSpace(string(plain))
	}
	return text
}

func (s Services) add(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	kind, f := tenant.ConnectionKind(c.Form("kind")), filled(c)
	if !kind.Live() {
		return fault.New(fault.Invalid, "there is no such kind of connection")
	}
	con, err := s.Accounts.CreateConnection(c.Context(), c.Asker(), accounts.NewConnection{
		Project: p, Kind: kind, Name: strings.TrimSpace(f.Name), Target: f.target(kind), Credential: secret.New([]byte(strings.TrimSpace(c.Form("credential")))),
	})
	if fault.KindOf(err) == fault.Invalid {
		g := guideView{Kind: kind, Form: f}
		g.Says, g.Help = fault.Public(err)
		return s.showGuide(c, g)
	}
	if err != nil {
		return err
	}
	return s.look(c, p, con.ID)
}

// look verifies a connection and leads to its page, which says what was found.
func (s Services) look(c *web.Call, p id.Project, connection string) error {
	if _, err := s.Accounts.VerifyConnection(c.Context(), c.Asker(), p, connection); err != nil {
		return err
	}
	return c.Done(pathOf(p)+"/"+connection, "connection-verified")
}

// oneView is a connection with what is known of it.
type oneView struct {
	Path         string
	Row          row
	Change, Scan bool
	Now          time.Time
	Project      id.Project
}

func (s Services) one(c *web.Call) error {
	v, p, err := s.around(c)
	if err != nil {
		return err
	}
	rows, err := s.rows(c, p)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.ID != c.Path("connection") {
			continue
		}
		o := oneView{Path: pathOf(p) + "/" + r.ID, Row: r, Change: c.May(access.ConnectionChange, p), Scan: c.May(access.ScanStart, p), Now: s.Now(), Project: p}
		v.Title, v.Lead = say.T(c.Context(), "Connection %s", r.Name), kindName(c.Context(), r.Kind)
		v.Crumbs = []web.Crumb{{Path: pathOf(p), Name: say.T(c.Context(), "Connections")}}
		v.Actions = oneActions(o)
		return c.Show(v, onePage(o))
	}
	return fault.New(fault.NotFound, "there is no such connection")
}

func (s Services) verify(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	return s.look(c, p, c.Path("connection"))
}

func (s Services) scan(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	run, err := s.Start(c.Context(), c.Asker(), discover.Start{Project: p, Connection: c.Path("connection")})
	if err != nil {
		return err
	}
	return c.To("/projects/" + string(p) + "/scans/" + run.ID)
}

func (s Services) replace(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	con, err := s.Accounts.ReplaceCredential(c.Context(), c.Asker(), p, c.Path("connection"), secret.New([]byte(strings.TrimSpace(c.Form("credential")))))
	if err != nil {
		return err
	}
	if con.Kind.Live() {
		if _, err := s.Accounts.VerifyConnection(c.Context(), c.Asker(), p, con.ID); err != nil {
			return err
		}
	}
	return c.Done(pathOf(p)+"/"+con.ID, "credential-replaced")
}

func (s Services) remove(c *web.Call) error {
	p, err := c.Project()
	if err != nil {
		return err
	}
	if err := s.Accounts.RemoveConnection(c.Context(), c.Asker(), p, c.Path("connection")); err != nil {
		return err
	}
	return c.Done(pathOf(p), "connection-removed")
}
