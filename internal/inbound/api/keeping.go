package api

import (
	"context"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/history"
)

// keptSnapshot is a snapshot as the list has it, with the words of people that it was derived with. Its resources are in snapshot.json.
type keptSnapshot struct {
	history.Entry
	OverlayName string `json:"overlayName,omitempty"`
	OverlayText []byte `json:"overlayText,omitempty" doc:"c4arch.yaml as it was, in base64"`
}

// keeping are the routes to what is kept and let go.
func (a *api) keeping() {
	route(a, http.MethodGet, "/projects/{project}/snapshots/{snapshot}", "find-snapshot", "One snapshot: by its id, a beginning of it, its root, latest, latest~1, or a time", inside(access.SnapshotRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Snapshot string `path:"snapshot" maxLength:"100"`
		},
		) (keptSnapshot, error) {
			e, record, err := a.History.Load(ctx, actor, in.id(), in.Snapshot)
			return keptSnapshot{Entry: e, OverlayName: record.OverlayName, OverlayText: record.OverlayText}, err
		})
	route(a, http.MethodPost, "/projects/{project}/retention", "collect-snapshots", "Let go older snapshots; what a baseline approves stays", inside(access.SnapshotCollect),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Body struct {
				Days   int  `json:"days,omitempty" doc:"keep those of the last so many days; 0 is all" minimum:"0" maximum:"100000"`
				Newest int  `json:"newest,omitempty" doc:"keep the newest so many; 0 is all" minimum:"0" maximum:"1000000"`
				Dry    bool `json:"dry,omitempty" doc:"say what would go, and keep it"`
			}
		},
		) (history.Collected, error) {
			return a.History.Collect(ctx, actor, in.id(), history.Retention{Days: in.Body.Days, Newest: in.Body.Newest}, in.Body.Dry)
		})
	route(a, http.MethodPost, "/projects/{project}/redactions", "redact-resource", "Withdraw the content of a resource from every snapshot; the roots still verify. It cannot be undone", inside(access.SnapshotRedact),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Body struct {
				Resource string `json:"resource" minLength:"1" maxLength:"4000"`
				Reason   string `json:"reason" minLength:"1" maxLength:"2000"`
			}
		},
		) (history.Redacted, error) {
			return a.History.Redact(ctx, actor, in.id(), in.Body.Resource, in.Body.Reason)
		})
	route(a, http.MethodPost, "/ledger/verification", "verify-ledger", "Verify the organisation's ledger now. The verdict is an entry", inside(access.LedgerVerify),
		func(ctx context.Context, actor access.Actor, in *struct {
			Body struct {
				Depth string `json:"depth" enum:"tail,full" default:"tail"`
			}
		},
		) (*auditing.Verdict, error) {
			v, err := a.Audit.Verify(ctx, actor, auditing.Depth(in.Body.Depth))
			if v != nil { // a verdict that says what is wrong is an answer
				return v, nil
			}
			return nil, err
		})
}
