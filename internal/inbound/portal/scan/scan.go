// Package scan is the pages of scans: handing inputs over, how far a scan is, what came of it, and what could not be read.
//
// It promises that plain files, directories and archives are taken as they are, that how far a scan is shows with and without scripts, and that a scan that failed says what to do. It
// leaves out the scan itself, and connections.
package scan

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/service/overview"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

//go:embed assets
var assets embed.FS

// File is one that is handed over, with the path that the browser gives it.
type File struct {
	Name string
	Data []byte
}

// Ports are what the pages ask. All must be set but Draining.
type Ports struct {
	Project     func(ctx context.Context, a access.Actor, p id.Project) (tenant.Project, error)
	List        func(ctx context.Context, a access.Actor, p id.Project, before string, limit int) ([]discover.Run, error)
	Get         func(ctx context.Context, a access.Actor, p id.Project, scan string) (discover.Run, error)
	Start       func(ctx context.Context, a access.Actor, in discover.Start) (discover.Run, error)
	Connections func(ctx context.Context, a access.Actor, p id.Project) ([]tenant.Connection, error)
	Summary     func(ctx context.Context, a access.Actor, p id.Project, snapshot string) (history.Entry, overview.Summary, error)
	Names       func(ctx context.Context, a access.Actor) (func(id.Actor) string, error)
	// Wrap packs files for a scan (docs/formats/upload.md).
	Wrap func(files []File) ([]byte, error)
	// Ticks comes each second until stop is called: a scan that is followed is looked at then.
	Ticks func() (ticks <-chan time.Time, stop func())
	// Draining is closed when the service ends; nil never.
	Draining  func(ctx context.Context) <-chan struct{}
	MaxUpload int64 // bytes
}

// Desk is the pages.
func Desk(p Ports) web.Desk {
	return func(s *web.Site) {
		in, scan := web.InPath("project", "project"), web.InPath("scan", "scan")
		s.Page("/projects/{project}/scans", "scans", access.ScanRead, p.list, in)
		s.Form("/projects/{project}/scans", "scan-start", access.ScanStart, p.start, in, web.InBody("connection", "connection"))
		s.Upload("/projects/{project}/uploads", "scan-upload", access.ScanStart, p.upload, in)
		s.Page("/projects/{project}/scans/{scan}", "scan", access.ScanRead, p.show, in, scan)
		s.Events("/projects/{project}/scans/{scan}/events", "scan-events", access.ScanRead, p.events, in, scan)
		files, err := fs.Sub(assets, "assets")
		if err != nil {
			panic(err) // they are part of the program
		}
		s.Assets("scan", files)
	}
}

func at(p id.Project, rest string) string { return "/projects/" + string(p) + rest }

func of(p *tenant.Project, title string) web.View {
	return web.View{Title: title, Section: at(p.ID, "/scans"), Project: &web.Project{ID: p.ID, Name: p.Name, Example: p.Example}, Crumbs: []web.Crumb{{Path: at(p.ID, ""), Name: p.Name}}}
}

// page is how many scans stand on a page.
const page = 30

// listed is what the list shows.
type listed struct {
	*tenant.Project
	Runs        []discover.Run
	Connections []tenant.Connection // that can be scanned
	Names       map[string]string   // of connections
	Name        func(id.Actor) string
	Start       bool
	First       bool // the newest scans
	Older       string
	MaxUpload   int64
}

func (p Ports) list(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	project, err := c.Project()
	if err != nil {
		return err
	}
	pj, err := p.Project(ctx, a, project)
	if err != nil {
		return err
	}
	v := listed{Project: &pj, Start: c.May(access.ScanStart, project) && !pj.Archived, First: c.Query("before") == "", MaxUpload: p.MaxUpload}
	if v.Runs, err = p.List(ctx, a, project, c.Query("before"), page+1); err != nil {
		return err
	}
	if len(v.Runs) > page {
		v.Runs = v.Runs[:page]
		v.Older = at(project, "/scans?before="+v.Runs[page-1].ID)
	}
	if v.Connections, v.Names, err = p.sources(ctx, c, project); err != nil {
		return err
	}
	if v.Name, err = p.Names(ctx, a); err != nil {
		return err
	}
	view := of(&pj, say.T(ctx, "Scans"))
	for _, r := range v.Runs {
		if !over(r) {
			view.Refresh = 5
		}
	}
	return c.Show(view, listPage(v))
}

// sources are the connections of the project that can be scanned, and the names of all.
func (p Ports) sources(ctx context.Context, c *web.Call, project id.Project) (live []tenant.Connection, names map[string]string, err error) {
	if !c.May(access.ConnectionList, project) {
		return nil, nil, nil
	}
	all, err := p.Connections(ctx, c.Asker(), project)
	names = map[string]string{}
	for _, x := range all {
		names[x.ID] = x.Name
		if x.Kind != tenant.Upload {
			live = append(live, x)
		}
	}
	return live, names, err
}

func over(r discover.Run) bool { return r.State == discover.Done || r.State == discover.Failed }

// allowed refuses who may not scan, before what they have sent is looked at. The service decides again.
func allowed(c *web.Call, project id.Project) error {
	_, err := access.Decide(c.Asker(), access.ScanStart, access.Resource{Project: project})
	return err
}

// start scans what a connection names.
func (p Ports) start(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	if err := allowed(c, project); err != nil {
		return err
	}
	connection := c.Form("connection")
	if connection == "" {
		return fault.New(fault.Invalid, "no connection was named").WithHelp("choose one, or upload files")
	}
	run, err := p.Start(c.Context(), c.Asker(), discover.Start{Project: project, Connection: connection})
	if err != nil {
		return err
	}
	return c.To(at(project, "/scans/"+run.ID))
}

// shown is what the page of a scan shows.
type shown struct {
	*tenant.Project
	Run     discover.Run
	Summary *overview.Summary // of its snapshot
	Entry   history.Entry
	From    string // the name of its connection
	Again   bool   // it can be scanned again with a click
	Upload  bool   // inputs can be uploaded again
	Name    func(id.Actor) string
	Jobs    bool
	Approve bool
}

func (p Ports) show(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	project, err := c.Project()
	if err != nil {
		return err
	}
	pj, err := p.Project(ctx, a, project)
	if err != nil {
		return err
	}
	v := shown{Project: &pj, Jobs: c.May(access.JobRetry, ""), Approve: c.May(access.BaselineApprove, project)}
	if v.Run, err = p.Get(ctx, a, project, c.Path("scan")); err != nil {
		return err
	}
	_, names, err := p.sources(ctx, c, project)
	if err != nil {
		return err
	}
	if v.Name, err = p.Names(ctx, a); err != nil {
		return err
	}
	may := c.May(access.ScanStart, project) && !pj.Archived && over(v.Run)
	v.From = names[v.Run.Connection]
	v.Again, v.Upload = may && v.From != "", may && v.From == ""
	// A snapshot may have been let go since.
	if v.Run.Snapshot != "" {
		entry, sum, err := p.Summary(ctx, a, project, v.Run.Snapshot)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err == nil {
			v.Entry, v.Summary = entry, &sum
		}
	}
	view := of(&pj, title(ctx, v.Run))
	view.Crumbs = append(view.Crumbs, web.Crumb{Path: at(project, "/scans"), Name: say.T(ctx, "Scans")})
	if !over(v.Run) {
		view.Refresh, view.Scripts = 3, []string{"scan/scan.js"}
	}
	return c.Show(view, showPage(v))
}

func title(ctx context.Context, r discover.Run) string {
	switch r.State {
	case discover.Queued:
		return say.T(ctx, "Scan, waiting")
	case discover.Running:
		return say.T(ctx, "Scan, running")
	case discover.Failed:
		return say.T(ctx, "Scan, failed")
	}
	return say.T(ctx, "Scan")
}
