package web

import (
	"io/fs"
	"net/http"
	"path"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/route"
)

// Desk is a part of the pages that lies in a package of its own: it adds its routes, its scripts and its words.
type Desk func(*Site)

// Page adds a page of an organisation, Form what a browser posts from a form of it, Download what is no page, and Script what a script of ours asks or posts as JSON.
func (s *Site) Page(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.page(path, name, route.Inside, act, h, things...)
}

// Form adds what a browser posts.
func (s *Site) Form(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.form(path, name, route.Inside, act, h, things...)
}

// Open adds a page, or what is posted to it, for everybody: nobody has to be signed in, so what it does is proven by what its path holds.
func (s *Site) Open(method, path, name string, h Handler) {
	s.add(route.Route{Method: method, Path: path, Name: name, Who: route.Everybody, Page: true}, identity.Members, h)
}

// Upload adds what a browser posts with files: multipart, at most [Services.MaxUpload] bytes. Its path ends in /uploads, by which the server gives it time.
func (s *Site) Upload(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: route.Inside, Action: act, Page: true, Large: true, Things: things}, identity.Members, h)
}

// Download adds what is saved or drawn and is no page; its errors are pages for people.
func (s *Site) Download(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodGet, Path: path, Name: name, Who: route.Inside, Action: act, Page: true, Things: things}, identity.Members, h)
}

// Read and Script add what a script of ours reads and posts; their errors are problems in JSON.
func (s *Site) Read(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodGet, Path: path, Name: name, Who: route.Inside, Action: act, Things: things}, identity.Members, h)
}

// Script is said at [Site.Read].
func (s *Site) Script(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: route.Inside, Action: act, Things: things}, identity.Members, h)
}

// LargeScript is [Site.Script] for what is larger than a form: at most [Services.MaxUpload] bytes, and what the handler bounds further.
func (s *Site) LargeScript(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: route.Inside, Action: act, Large: true, Things: things}, identity.Members, h)
}

// AcceptsGzip reports whether whoever asks takes gzip. What is packed has nothing of the request in it (BREACH).
func AcceptsGzip(r *http.Request) bool { return acceptsGzip(r) }

// Events adds a stream of server-sent events.
func (s *Site) Events(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodGet, Path: path, Name: name, Who: route.Inside, Action: act, Stream: true, Things: things}, identity.Members, h)
}

// StaffPage, StaffForm and StaffDownload are the same for the platform's own people, under /staff.
func (s *Site) StaffPage(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.staffPage(path, name, route.Inside, act, h, things...)
}

// StaffForm is said at [Site.StaffPage].
func (s *Site) StaffForm(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.staffForm(path, name, route.Inside, act, h, things...)
}

// StaffUpload is [Site.Upload] for the platform's own people, under /staff.
func (s *Site) StaffUpload(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: route.Inside, Action: act, Page: true, Large: true, Things: things}, identity.Staff, h)
}

// StaffLargeForm is [Site.StaffForm] for a text that is larger than a form: at most [Services.MaxUpload] bytes, and what the handler bounds further.
func (s *Site) StaffLargeForm(path, name string, act access.Action, h Handler, things ...route.Thing) {
	s.add(route.Route{Method: http.MethodPost, Path: path, Name: name, Who: route.Inside, Action: act, Page: true, Large: true, Things: things}, identity.Staff, h)
}

// InPath and InBody are what a route names: a part of its path, a field of its form.
func InPath(name, kind string) route.Thing { return inPath(name, kind) }

// InBody is said at [InPath].
func InBody(name, kind string) route.Thing { return inBody(name, kind) }

// Says adds a word of an address and what it says on the page that [Call.Done] leads to.
func (s *Site) Says(word, text string) {
	if before, there := s.words[word]; there && before != text {
		panic(fault.New(fault.Internal, "the word %q of an address says %q already", word, before))
	}
	s.words[word] = text
}

// Assets adds files that pages load: name/FILE for [Call.Asset].
func (s *Site) Assets(name string, files fs.FS) {
	s.assets.add(name, files)
}

// Asset is the path of a script, style or picture.
func (c *Call) Asset(name string) string { return c.assets.path(name) }

// HTTP is the request as it came, and where its answer goes.
func (c *Call) HTTP() (http.ResponseWriter, *http.Request) { return c.w, c.r }

// Nonce is what a script or style of this answer carries.
func (c *Call) Nonce() string { return c.nonce }

// Query is a parameter of the address, Path a part of its path.
func (c *Call) Query(name string) string { return c.r.URL.Query().Get(name) }

// Path is said at [Call.Query].
func (c *Call) Path(name string) string { return c.r.PathValue(name) }

// Forms are all values of a field of the form.
func (c *Call) Forms(name string) []string { return c.r.PostForm[name] }

// Project is the project that the path names; not found where that is none.
func (c *Call) Project() (id.Project, error) {
	p := id.Project(c.r.PathValue("project"))
	if !p.Valid() {
		return "", fault.New(fault.NotFound, "there is no such project")
	}
	return p, nil
}

// Person is the id of whoever is signed in.
func (c *Call) Person() string { return c.who.Session.Person }

// Session is the session of whoever is signed in.
func (c *Call) Session() identity.Session { return c.who.Session }

// May reports whether whoever asks may, a proof of being there apart: what a page offers.
func (c *Call) May(act access.Action, project id.Project) bool {
	return may(c.Asker(), act, project)
}

// Part writes a piece of a page, for a script that puts it into one. It is HTML and not a page.
func (c *Call) Part(body templ.Component) error {
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.Header().Set("Cache-Control", "no-store")
	return body.Render(c.Context(), c.w)
}

// Save says what an answer is, before it is written: a file to keep.
func (c *Call) Save(name, kind string) http.ResponseWriter {
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+path.Base(name)+`"`)
	h.Set("Cache-Control", "no-store")
	return c.w
}

// Proven is the path of the page where whoever is signed in proves to be there, and is led back to here from.
func (c *Call) Proven(back string) string { return withNext(c.stepUpPath(), back) }

// Base is how people reach the service: what links in mails and exports begin with.
func (c *Call) Base() string { return c.base() }
