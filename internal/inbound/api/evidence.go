package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/evidence"
)

type packBody struct {
	Kind    string    `json:"kind" enum:"snapshot,baseline,period"`
	Subject string    `json:"subject,omitempty" doc:"id of the snapshot or baseline" maxLength:"40" thing:"snapshot"`
	From    time.Time `json:"from,omitzero" doc:"of a period"`
	To      time.Time `json:"to,omitzero" doc:"of a period"`
}

func (a *api) evidence() {
	route(a, http.MethodGet, "/projects/{project}/evidence", "list-packs", "List packs of evidence, the newest first", inside(access.EvidenceRead),
		func(ctx context.Context, actor access.Actor, in *InProject) (list[evidence.Pack], error) {
			all, err := a.Evidence.List(ctx, actor, in.id())
			return list[evidence.Pack]{Items: all}, err
		})
	route(a, http.MethodPost, "/projects/{project}/evidence", "make-pack", "Have a pack of evidence made of a snapshot, a baseline or a period (docs/formats/evidence-pack.md)", inside(access.EvidenceMake),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Once
			Body packBody
		},
		) (evidence.Pack, error) {
			return a.Evidence.Ask(ctx, actor, in.id(), evidence.Wish{
				Kind: evidence.Kind(in.Body.Kind), Subject: in.Body.Subject, From: in.Body.From, To: in.Body.To, Key: in.key("make-pack/"+in.Project, in.Body),
			})
		})
	route(a, http.MethodGet, "/projects/{project}/evidence/{pack}", "get-pack", "Read how far a pack of evidence is, and its digests", inside(access.EvidenceRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Pack string `path:"pack" maxLength:"40"`
		},
		) (evidence.Pack, error) {
			return a.Evidence.Get(ctx, actor, in.id(), in.Pack)
		})
	a.plain(huma.Operation{
		OperationID: "download-pack", Method: http.MethodGet, Path: "/projects/{project}/evidence/{pack}/pack", Summary: "Download a pack of evidence. That it is taken is an entry of the ledger", Tags: []string{"evidence"},
		Parameters: []*huma.Param{
			{Name: "project", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}, {Name: "pack", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "A pack, which c4arch audit verify verifies offline.", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
	}, inside(access.EvidenceRead), a.pack)
}

// pack hands out the file.
func (a *api) pack(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	p, data, err := a.Evidence.Take(r.Context(), actor, id.Project(r.PathValue("project")), r.PathValue("pack"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("Content-Disposition", `attachment; filename="evidence-`+p.ID+`.zip"`)
	_, _ = w.Write(data) // whoever asked is gone, or reads it
	return nil
}
