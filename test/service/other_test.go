//go:build e2e && unix

package service

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"c4arch/internal/source/files"
	"c4arch/test/service/live"
)

// things are identifiers by what they are of.
type things map[string]string

// identifiers say of what a parameter, or a property of a body, is the identifier. What is neither here nor in words fails the test: whoever adds a route decides.
var identifiers = map[string]string{
	"project": "project", "scan": "scan", "snapshot": "snapshot", "baseline": "baseline", "comparison": "comparison", "proposal": "proposal", "exception": "exception",
	"member": "member", "person": "member", "create-service-account owner": "member", "change-service-account owner": "member", "token": "token", "account": "account", "invitation": "invitation", "connection": "connection", "job": "job", "expect": "baseline",
	"list-scans after": "scan", "list-comparisons after": "comparison", "list-findings after": "finding", "list-organisations after": "organisation",
}

// words are parameters and properties that name nothing that somebody has.
var words = []string{
	"name", "slug", "reason", "email", "role", "purpose", "expires", "kind", "path", "credential", "at", "limit", "from", "kinds", "state", "severity", "removed", "archived",
	"approvals", "version", "ownerName", "ownerEmail", "code", "values", "proofs", "older", "Idempotency-Key", "scope", "rule", "owner", "ticket", "element", "link", "allow", "$schema",
	"after", "days", "dry", "newest", "checks", "depth", "resource", "about", "scopes", "addresses", "until", "disabled", "device", "client_id", "grant_type", "device_code",
	"target",
}

// description is what is read of the OpenAPI document.
type description struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Schema   schema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Required   []string
	Properties map[string]schema
	Minimum    *float64
	ReadOnly   bool
}

// probe is one route with identifiers in their places.
type probe struct {
	operation
	method, path string
}

// nothingOfTheOther asks with the token of one organisation about everything that the other has, on every route of the API: the answer is that about what nobody has.
func (w *walked) nothingOfTheOther() {
	w.server.Stop()
	w.server.With("--workers", "0") // so that a job of the other waits as long as this takes
	w.server.Start()
	theirs, own := w.theirs(), w.own()
	nobodys := things{}
	for kind, name := range theirs {
		last := "0"
		if strings.HasSuffix(name, last) {
			last = "1"
		}
		nobodys[kind] = name[:len(name)-1] + last
	}
	before := w.sizeOf(w.owner)
	probed, pairs := 0, 0
	for _, p := range w.probes() {
		kinds := p.kinds(w)
		if len(kinds) == 0 {
			continue
		}
		probed++
		for _, of := range choices(kinds, p.path) {
			pairs++
			w.same(p, of, theirs, nobodys, own)
		}
	}
	if probed < 25 || pairs < 40 {
		w.Errorf("only %d routes were probed, with %d pairs: what was tried?", probed, pairs)
	}
	w.Logf("%d routes, %d pairs of requests", probed, pairs)
	if after := w.sizeOf(w.owner); after != before {
		w.Errorf("the ledger of the other organisation went from %s entries to %s", before, after)
	}
	w.theyAreThere(theirs)
	all, err := unpacked(w.export(w.other, "--values"))
	w.check(err)
	for kind, name := range theirs {
		if bytes.Contains(all, []byte(name)) {
			w.Errorf("the ledger of the one names the %s of the other", kind)
		}
	}
	if bytes.Contains(all, []byte(w.contoso.Organisation.ID)) || !bytes.Contains(all, []byte(own["project"])) {
		w.Error("the ledger of the one names the other, or not its own project")
	}
	w.server.Stop()
	w.server.With("--workers", "2")
	w.server.Start()
}

// theirs are the things of the organisation that is not to be seen, one of each kind.
func (w *walked) theirs() things {
	at := "/projects/" + w.project.ID
	var c struct{ ID string }
	w.owner.Post(at+"/connections", map[string]string{"kind": "upload", "name": "pipeline", "credential": "hunter2"}, &c)
	var comparisons struct{ Items []struct{ ID string } }
	w.owner.Get(at+"/comparisons", &comparisons)
	var queued scan
	w.upload(w.owner, w.project.ID, &queued)
	var accounts struct{ Items []struct{ ID string } }
	w.owner.Get("/service-accounts", &accounts)
	var invitations struct{ Items []struct{ ID string } }
	w.owner.Get("/invitations", &invitations)
	if len(accounts.Items) == 0 || len(invitations.Items) == 0 {
		w.Fatalf("there are %d service accounts and %d invitations", len(accounts.Items), len(invitations.Items))
	}
	var jobs struct{ Items []struct{ ID, Kind string } }
	w.owner.Get("/jobs", &jobs)
	if len(jobs.Items) == 0 || len(comparisons.Items) == 0 {
		w.Fatalf("there are %d jobs and %d comparisons", len(jobs.Items), len(comparisons.Items))
	}
	return things{
		"project": w.project.ID, "scan": w.second.ID, "snapshot": w.second.Snapshot, "baseline": w.baseline, "comparison": comparisons.Items[0].ID, "proposal": w.waiting,
		"exception": w.exception, "member": w.architectID, "token": w.tokenID, "account": accounts.Items[0].ID, "invitation": invitations.Items[0].ID, "connection": c.ID, "job": jobs.Items[0].ID, "finding": w.findings[0].ID,
		"organisation": w.contoso.Organisation.ID,
	}
}

// own are things of whoever asks, so that a route can be asked about a mixture.
func (w *walked) own() things {
	var p, c struct{ ID string }
	w.other.Post("/projects", map[string]string{"slug": "shop", "name": "Shop"}, &p)
	w.other.Post("/projects/"+p.ID+"/connections", map[string]string{"kind": "upload", "name": "pipeline"}, &c)
	var s scan
	w.upload(w.other, p.ID, &s)
	return things{"project": p.ID, "connection": c.ID, "scan": s.ID, "member": w.fabrikam.Owner.ID}
}

func (w *walked) upload(u *live.User, project string, into *scan) {
	a, err := u.Send(w.Context(), live.Request{Method: http.MethodPost, Path: "/projects/" + project + "/uploads", Type: "application/zip", Body: w.pack()})
	w.check(err)
	if a.Status != http.StatusCreated {
		w.Fatalf("upload: %s", a.Fault())
	}
	w.check(json.Unmarshal(a.Body, into))
}

func (w *walked) pack() []byte {
	var b bytes.Buffer
	w.check(files.Pack(&b, []string{filepath.Join(root, "examples", "contoso", "reporting")}, files.Limits{}))
	return b.Bytes()
}

// sizeOf is the second line of a checkpoint: how many entries the log has.
func (w *walked) sizeOf(u *live.User) string {
	return strings.Split(u.Run("audit", "checkpoint", "--server"), "\n")[1]
}

// probes are the routes of the document, in order.
func (w *walked) probes() (list []probe) {
	w.other.Get("/openapi.json", &w.api)
	for _, path := range slices.Sorted(maps.Keys(w.api.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(w.api.Paths[path])) {
			if op := w.api.Paths[path][method]; op.OperationID != "" && !elsewhere(strings.TrimPrefix(path, "/api/v1")) {
				list = append(list, probe{operation: op, method: strings.ToUpper(method), path: strings.TrimPrefix(path, "/api/v1")})
			}
		}
	}
	if len(list) < 45 {
		w.Fatalf("the document has %d routes", len(list))
	}
	return list
}

// elsewhere reports whether a route is about what this walk has none of. The isolation suite (docs/isolation.md) asks those, with one of everything, in the process; this
// test asks the others over the network.
func elsewhere(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) > 2 && slices.Contains([]string{"comments", "evidence"}, parts[2]) { // of a project
		return true
	}
	return slices.Contains([]string{
		"access-log", "break-glass", "domains", "exports", "grants", "notifications", "providers", "sessions", "sign-in-policy", "staff", "streams", "trust", "undertaking", "webhooks",
	}, parts[0])
}

// resolved is a schema without a reference.
func (w *walked) resolved(s schema) schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return w.api.Components.Schemas[name]
	}
	return s
}

func (p *probe) body(w *walked) (schema, bool) {
	if p.RequestBody == nil {
		return schema{}, false
	}
	s, ok := p.RequestBody.Content["application/json"]
	return w.resolved(s.Schema), ok
}

// named is of what a parameter or property is the identifier, or "".
func (p *probe) named(w *walked, name string) string {
	kind := identifiers[name]
	if k, ok := identifiers[p.OperationID+" "+name]; ok {
		kind = k
	}
	if what := p.OperationID + " " + name; kind == "" && !slices.Contains(words, name) && !w.unknown[what] {
		w.unknown[what] = true
		w.Errorf("%s %s has %q, of which this test does not know whether it names something", p.method, p.path, name)
	}
	return kind
}

// kinds are the parameters and properties that are identifiers, by name, with what they identify.
func (p *probe) kinds(w *walked) things {
	k := things{}
	for _, x := range p.Parameters {
		if kind := p.named(w, x.Name); kind != "" {
			k[x.Name] = kind
		} else if x.In == "path" {
			w.Errorf("%s %s: a part of the path that names nothing", p.method, p.path)
		}
	}
	if s, ok := p.body(w); ok {
		for name := range s.Properties {
			if kind := p.named(w, name); kind != "" {
				k[name] = kind
			}
		}
	}
	return k
}

// choices are which of the identifiers are the other's: all, all but the project, and each alone.
func choices(kinds things, path string) (list []things) {
	add := func(c things) {
		if len(c) > 0 && !slices.ContainsFunc(list, func(x things) bool { return maps.Equal(x, c) }) {
			list = append(list, c)
		}
	}
	add(kinds)
	rest := maps.Clone(kinds)
	if strings.Contains(path, "{project}") {
		delete(rest, "project")
	}
	add(rest)
	for name, kind := range rest {
		add(things{name: kind})
	}
	return list
}

// same sends a request about what the other has and one about what nobody has, and holds the answers against each other.
func (w *walked) same(p probe, about, theirs, nobodys, own things) {
	var answers [2]*live.Answer
	for i, of := range []things{nobodys, theirs} {
		a, err := w.other.Send(w.Context(), p.request(w, func(name string) string {
			if kind, ok := about[name]; ok {
				return of[kind]
			}
			return own[p.kinds(w)[name]]
		}))
		if err != nil {
			w.Fatalf("%s %s: %v", p.method, p.path, err)
		}
		for _, h := range []string{"Date", "X-Request-Id"} {
			if len(a.Header.Values(h)) != 1 {
				w.Errorf("%s %s: the answer has %q as %s", p.method, p.path, a.Header.Values(h), h)
			}
			a.Header.Del(h)
		}
		a.Header.Del("RateLimit") // what is left: it goes down with each request
		answers[i] = a
	}
	nobody, their := answers[0], answers[1]
	names := slices.Sorted(maps.Keys(about))
	if nobody.Status != their.Status || !bytes.Equal(nobody.Body, their.Body) || !maps.EqualFunc(nobody.Header, their.Header, slices.Equal) {
		w.Errorf("%s %s, about %v of the other: %s %v\nand about what nobody has: %s %v", p.method, p.path, names, their.Fault(), their.Header, nobody.Fault(), nobody.Header)
	}
	if _, inPath := about["project"]; inPath && strings.Contains(p.path, "{project}") && their.Status != http.StatusNotFound {
		w.Errorf("%s %s, about a project of the other: %s", p.method, p.path, their.Fault())
	}
	if their.Status == http.StatusUnprocessableEntity || their.Status >= 500 {
		w.Errorf("%s %s, about %v: the request itself is wrong: %s", p.method, p.path, names, their.Fault())
	}
}

// request is a request to the route that is right but for what it names.
func (p *probe) request(w *walked, id func(name string) string) live.Request {
	path, query := p.path, url.Values{}
	for _, x := range p.Parameters {
		switch value := id(x.Name); {
		case x.In == "path":
			path = strings.ReplaceAll(path, "{"+x.Name+"}", url.PathEscape(value))
		case x.In == "query" && value != "":
			query.Set(x.Name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	r := live.Request{Method: p.method, Path: path}
	if s, ok := p.body(w); ok {
		body := map[string]any{}
		for name, x := range s.Properties {
			if value := id(name); value != "" {
				body[name] = value
			} else if slices.Contains(s.Required, name) {
				body[name] = right(name, w.resolved(x))
			}
		}
		r.Body = body
	} else if p.RequestBody != nil {
		r.Type, r.Body = "application/zip", w.pack()
	}
	return r
}

// right is a value that a property takes.
func right(name string, s schema) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Format == "date-time":
		return time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	case name == "expires":
		return time.Now().AddDate(0, 0, 10).UTC().Format(time.DateOnly)
	case s.Type == "integer":
		return 1
	case s.Type == "boolean":
		return true
	}
	return "something"
}

// theyAreThere: what was asked about exists. Its own organisation reads it.
func (w *walked) theyAreThere(theirs things) {
	read := 0
	for _, p := range w.probes() {
		if kinds := p.kinds(w); p.method == http.MethodGet && strings.Contains(p.path, "{") {
			a, err := w.owner.Send(w.Context(), p.request(w, func(name string) string {
				if strings.Contains(p.path, "{"+name+"}") {
					return theirs[kinds[name]]
				}
				return ""
			}))
			w.check(err)
			if a.Status != http.StatusOK {
				w.Errorf("%s %s by its own organisation: %s", p.method, p.path, a.Fault())
			}
			read++
		}
	}
	if read < 10 {
		w.Errorf("%d routes were read", read)
	}
	var jobs struct{ Items []struct{ ID string } }
	w.owner.Get("/jobs", &jobs)
	if !strings.Contains(fmt.Sprint(jobs), theirs["job"]) {
		w.Error("the job that was asked about is gone")
	}
}

// unpacked is what the files of a bundle hold, one after the other.
func unpacked(bundle string) ([]byte, error) {
	z, err := zip.OpenReader(bundle)
	if err != nil {
		return nil, err
	}
	defer z.Close() //nolint:errcheck // it was read only
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(&all, r); err != nil {
			return nil, err
		}
		_ = r.Close()
	}
	return all.Bytes(), nil
}
