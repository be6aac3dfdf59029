package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/discover"
)

type scanBody struct {
	Connection string    `json:"connection" doc:"id of the connection whose inputs are scanned" maxLength:"40" thing:"connection"`
	Name       string    `json:"name,omitempty" doc:"name of the architecture" maxLength:"200"`
	At         time.Time `json:"at,omitzero" doc:"when the evidence was collected; now, if it is left out"`
}

const uploads = "/projects/{project}/uploads"

func (a *api) scans() {
	route(a, http.MethodPost, "/projects/{project}/scans", "start-scan", "Scan what a connection names", inside(access.ScanStart),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Once
			Body scanBody
		},
		) (discover.Run, error) {
			return a.Scans.Start(ctx, actor, discover.Start{
				Project: in.id(), Name: in.Body.Name, At: in.Body.At, Connection: in.Body.Connection, Key: in.key("start-scan/"+in.Project, in.Body),
			})
		})
	a.plain(huma.Operation{
		OperationID: "upload-scan", Method: http.MethodPost, Path: uploads, Summary: "Hand over inputs and scan them", Tags: []string{"scans"},
		Parameters: []*huma.Param{
			{Name: "name", In: "query", Schema: &huma.Schema{Type: "string"}},
			{Name: "at", In: "query", Schema: &huma.Schema{Type: "string", Format: "date-time"}},
			{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string"}},
		},
		RequestBody: &huma.RequestBody{Required: true, Description: "docs/formats/upload.md", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}},
		Responses:   map[string]*huma.Response{"201": {Description: "The scan is queued."}},
	}, inside(access.ScanStart).upload(), a.upload)
	route(a, http.MethodGet, "/projects/{project}/scans", "list-scans", "List scans, the newest first", inside(access.ScanRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Page
		},
		) (list[discover.Run], error) {
			at, err := in.from(actor, "list-scans")
			if err != nil {
				return list[discover.Run]{}, err
			}
			items, err := a.Scans.List(ctx, actor, in.id(), at, in.Limit)
			return goesOn(actor, "list-scans", items, in.Limit, func(r discover.Run) string { return r.ID }), err
		})
	route(a, http.MethodGet, "/projects/{project}/scans/{scan}", "get-scan", "One scan: how far it is, or what came of it", inside(access.ScanRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Scan string `path:"scan" maxLength:"40"`
		},
		) (discover.Run, error) {
			return a.Scans.Get(ctx, actor, in.id(), in.Scan)
		})
	a.scanEvents()
}

// upload takes inputs as they come.
func (a *api) upload(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	if r.Header.Get("Content-Type") != "application/zip" {
		return fault.New(fault.Invalid, "inputs are handed over as application/zip").WithHelp("see docs/formats/upload.md, or use: c4arch scan --project PROJECT PATH...")
	}
	q := r.URL.Query()
	req := discover.Start{Project: id.Project(r.PathValue("project")), Name: q.Get("name"), Data: http.MaxBytesReader(w, r.Body, a.Scans.MaxUpload+1)}
	if text := q.Get("at"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fault.New(fault.Invalid, "at is not a time of RFC 3339")
		}
		req.At = at
	}
	key := Once{Key: r.Header.Get("Idempotency-Key")}
	if len(key.Key) > 200 {
		return fault.New(fault.Invalid, "Idempotency-Key has at most 200 bytes")
	}
	req.Key = key.key("upload-scan/"+string(req.Project), []string{req.Name, q.Get("at")})
	run, err := a.Scans.Start(r.Context(), actor, req)
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, run)
}
