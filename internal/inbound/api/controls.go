package api

import (
	"context"
	"net/http"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

// Destination is what the service has spoken to for one purpose and one organisation, with one outcome.
type Destination struct {
	Host         string    `json:"host"`
	Port         int       `json:"port"`
	Purpose      string    `json:"purpose"`
	Outcome      string    `json:"outcome" doc:"opened, asked, refused or failed"`
	Organisation id.Org    `json:"organisation"`
	Count        int64     `json:"count"`
	First        time.Time `json:"firstAt"`
	Last         time.Time `json:"lastAt"`
}

// choice is which checks are to run.
type choice struct {
	Checks []string `json:"checks,omitempty" doc:"ids of checks; none is all" maxItems:"100"`
}

// controls are the routes about what is promised and looked at, and about whom the service speaks to: for the operator.
func (a *api) controls() {
	route(a, http.MethodGet, "/controls", "list-controls", "Where every check, control and clause stands, as the operator", inside(access.ControlRead),
		func(ctx context.Context, actor access.Actor, _ *none) (*control.Report, error) {
			return a.Assure.States(ctx, actor)
		})
	route(a, http.MethodPost, "/controls/runs", "run-controls", "Run checks of the controls and keep what they found, as the operator", inside(access.ControlRun),
		func(ctx context.Context, actor access.Actor, in *struct{ Body choice }) (*assure.Round, error) {
			round, err := a.Assure.Run(ctx, actor, in.Body.Checks...)
			if round != nil { // that one did not pass is what was asked for, and stands in the answer
				return round, nil
			}
			return nil, err
		})
	route(a, http.MethodGet, "/destinations", "list-destinations", "Whom the service has spoken to, for which purpose and for whom, the last ones first, as the operator", inside(access.PlatformRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		},
		) (list[Destination], error) {
			if a.Destinations == nil {
				return list[Destination]{}, fault.New(fault.Unavailable, "nobody counts here whom the service speaks to")
			}
			items, err := a.Destinations(ctx, actor, in.Limit)
			return paged(items, 0, nil), err
		})
}
