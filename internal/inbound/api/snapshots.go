package api

import (
	"bytes"
	"context"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/base/id"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
)

func (a *api) snapshots() {
	route(a, http.MethodGet, "/projects/{project}/snapshots", "list-snapshots", "List the newest snapshots", inside(access.SnapshotRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
		},
		) (list[history.Entry], error) {
			items, err := a.History.List(ctx, actor, in.id(), in.Limit)
			return paged(items, in.Limit, nil), err
		})
	named := func(r *http.Request) id.Project { return id.Project(r.PathValue("project")) }
	a.file("get-snapshot", "/projects/{project}/snapshots/{snapshot}/snapshot.json", "The evidence of a snapshot (docs/formats/snapshot.md)", inside(access.SnapshotRead),
		func(ctx context.Context, actor access.Actor, r *http.Request, to *bytes.Buffer) error {
			_, record, err := a.History.Load(ctx, actor, named(r), r.PathValue("snapshot"))
			if err != nil {
				return err
			}
			return record.Snapshot.Encode(to)
		})
	a.file("get-model", "/projects/{project}/snapshots/{snapshot}/model.json", "The architecture of a snapshot (docs/formats/model.md)", inside(access.SnapshotRead),
		func(ctx context.Context, actor access.Actor, r *http.Request, to *bytes.Buffer) error {
			sub, _, err := a.Drift.Snapshot(ctx, actor, named(r), r.PathValue("snapshot"))
			if err == nil {
				err = detect.Derive(ctx, &sub, func(string, int, int) {})
			}
			if err != nil {
				return err
			}
			return c4.Encode(to, sub.Model)
		})
	a.file("get-baseline", "/projects/{project}/baselines/{baseline}/c4arch.baseline.json", "A baseline with its snapshot (docs/formats/baseline.md); the baseline current is the newest", inside(access.BaselineRead),
		func(ctx context.Context, actor access.Actor, r *http.Request, to *bytes.Buffer) error {
			ref := r.PathValue("baseline")
			if ref == "current" {
				ref = ""
			}
			b, err := a.Drift.Baseline(ctx, actor, named(r), ref)
			if err != nil {
				return err
			}
			return b.Encode(to)
		})
	a.file("get-report", "/projects/{project}/comparisons/{comparison}/drift.json", "The report of a comparison (docs/formats/drift.md)", inside(access.FindingRead),
		func(ctx context.Context, actor access.Actor, r *http.Request, to *bytes.Buffer) error {
			report, err := a.Drift.Report(ctx, actor, named(r), r.PathValue("comparison"))
			if err != nil {
				return err
			}
			return report.Encode(to)
		})
}
