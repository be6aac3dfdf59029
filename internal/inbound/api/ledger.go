package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/job"
	"c4arch/internal/service/auditing"
)

func (a *api) ledger() {
	route(a, http.MethodGet, "/ledger/entries", "list-entries", "Read entries of the organisation's ledger. That they are read is an entry", inside(access.LedgerRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			From  int64    `query:"from" minimum:"0"`
			Limit int      `query:"limit" minimum:"1" maximum:"256" default:"100"`
			Kinds []string `query:"kinds" maxItems:"50"`
		},
		) (*auditing.Entries, error) {
			return a.Audit.List(ctx, actor, auditing.Query{From: in.From, Limit: in.Limit, Kinds: in.Kinds})
		})
	note := func(name, path, summary string, p policy, text func(ctx context.Context, actor access.Actor) ([]byte, error)) {
		a.plain(huma.Operation{
			OperationID: name, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"ledger"},
			Responses: map[string]*huma.Response{"200": {Description: summary, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: "string"}}}}},
		}, p, func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
			b, err := text(r.Context(), actor)
			if err != nil {
				return err
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write(b) // whoever asked is gone, or reads it
			return nil
		})
	}
	note("get-checkpoint", "/ledger/checkpoint", "A signed checkpoint of the ledger as it is now (docs/formats/checkpoint.md)", inside(access.LedgerSign), a.Audit.Checkpoint)
	note("get-ledger-key", "/ledger/key", "The key that checkpoints are verified with. Keep it where nobody of the operator's can change it", inside(access.LedgerRead), a.LedgerKey)
	a.plain(huma.Operation{
		OperationID: "export-ledger", Method: http.MethodGet, Path: "/ledger/bundle", Summary: "A bundle that c4arch-verify verifies without a network (docs/formats/bundle.md)", Tags: []string{"ledger"},
		Parameters: []*huma.Param{
			{Name: "values", In: "query", Description: "with the values and their salts, not leaves alone", Schema: &huma.Schema{Type: "boolean"}},
			{Name: "proofs", In: "query", Description: "with a proof for each entry", Schema: &huma.Schema{Type: "boolean"}},
			{Name: "older", In: "query", Description: "size of an older checkpoint to show as a beginning of this one", Schema: &huma.Schema{Type: "integer"}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "A bundle.", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
	}, inside(access.LedgerExport), a.export)
}

// export streams a bundle. What goes wrong after the first byte breaks the stream off, so that half a bundle is not taken for one: a zip file without its end is none.
func (a *api) export(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	q := r.URL.Query()
	x := auditing.Export{Values: q.Get("values") == "true", Proofs: q.Get("proofs") == "true"}
	if text := q.Get("older"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return fault.New(fault.Invalid, "older is the size of a checkpoint")
		}
		x.Older = []int64{n}
	}
	to := &begun{w: w}
	_, err := a.Audit.Export(r.Context(), actor, to, x)
	if err != nil && to.begun {
		panic(http.ErrAbortHandler) // the connection is cut, as net/http says it is to be done
	}
	return err
}

// begun writes the header of a bundle before its first byte.
type begun struct {
	w     http.ResponseWriter
	begun bool
}

func (b *begun) Write(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		b.w.Header().Set("Content-Type", "application/zip")
		b.w.Header().Set("Content-Disposition", `attachment; filename="audit-bundle.zip"`)
	}
	return b.w.Write(p)
}

func (a *api) upkeep() {
	route(a, http.MethodGet, "/jobs", "list-jobs", "List jobs of the organisation; those that died wait for a person", inside(access.JobRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			State string `query:"state" enum:"ready,running,dead"`
			Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		},
		) (list[job.Job], error) {
			items, err := a.Jobs.Jobs(ctx, actor, job.State(in.State), in.Limit)
			return paged(items, 0, nil), err
		})
	route(a, http.MethodPost, "/jobs/{job}/retry", "retry-job", "Put a job that died back", inside(access.JobRetry),
		func(ctx context.Context, actor access.Actor, in *struct {
			Job string `path:"job" maxLength:"40"`
		},
		) (none, error) {
			return none{}, a.Jobs.Retry(ctx, actor, in.Job)
		})
	route(a, http.MethodPost, "/keys/rotation", "rotate-keys", "Wrap every key under the newest root key, as the operator", inside(access.KeyRotate),
		func(ctx context.Context, actor access.Actor, _ *none) (struct {
			Changed int `json:"changed"`
		}, error,
		) {
			n, err := a.Accounts.RotateKeys(ctx, actor)
			return struct {
				Changed int `json:"changed"`
			}{n}, err
		})
}
