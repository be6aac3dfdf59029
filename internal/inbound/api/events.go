package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/service/discover"
)

// beats is after how many looks, a second apart, whoever listens is asked again who it is, and a line keeps the connection.
const beats = 15

// scanEvents is the route that tells how far a scan is, as server-sent events (WHATWG HTML section 9.2).
func (a *api) scanEvents() {
	a.plain(huma.Operation{
		OperationID: "follow-scan", Method: http.MethodGet, Path: "/projects/{project}/scans/{scan}/events", Summary: "Follow a scan until it is done: an event each time that it has gone on", Tags: []string{"scans"},
		Responses: map[string]*huma.Response{"200": {Description: "Events of the name scan, each with the scan.", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}}},
	}, inside(access.ScanRead).streaming(), func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		look := func(ctx context.Context, actor access.Actor) (any, bool, error) {
			run, err := a.Scans.Get(ctx, actor, id.Project(r.PathValue("project")), r.PathValue("scan"))
			return run, run.State == discover.Done || run.State == discover.Failed, err
		}
		every := time.NewTicker(time.Second)
		defer every.Stop()
		return a.follow(w, r, actor, "scan", every.C, look)
	})
}

// follow sends what look sees each time that it is something else, until look says that it is the last, whoever listens is gone or is let in no more, or the service stops.
// An error before the first byte is answered as any; after it the stream ends, and whoever listens asks again and is told.
func (a *api) follow(w http.ResponseWriter, r *http.Request, actor access.Actor, name string, ticks <-chan time.Time, look func(context.Context, access.Actor) (any, bool, error)) error {
	ctx := r.Context()
	seen, last, err := look(ctx, actor)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // where there is none nothing has to be cleared
	told := ""
	for n := 1; ; n++ {
		text, err := json.Marshal(seen)
		if err != nil {
			return nil //nolint:nilerr // it is under way
		}
		switch {
		case string(text) != told:
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, text)
		case n%beats == 0:
			_, err = fmt.Fprint(w, ":\n\n")
		}
		told = string(text)
		if err != nil || control.Flush() != nil || last {
			return nil //nolint:nilerr // whoever asked is gone
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.draining(ctx):
			return nil
		case <-ticks:
		}
		if n%beats == 0 {
			if actor, err = a.who(r); err != nil {
				return nil //nolint:nilerr // it is let in no more, and asking again says why
			}
		}
		if seen, last, err = look(ctx, actor); err != nil {
			return nil //nolint:nilerr // it is under way
		}
	}
}

func (a *api) draining(ctx context.Context) <-chan struct{} {
	if a.Draining == nil {
		return nil
	}
	return a.Draining(ctx)
}
