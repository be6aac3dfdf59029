package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/stream"
)

type OneStream struct {
	Stream string `path:"stream" doc:"id of a stream or a webhook" maxLength:"40"`
}

// madeStream is a stream with the secret that is told once.
type madeStream struct {
	Stream stream.Stream `json:"stream"`
	Secret string        `json:"secret,omitempty" doc:"what a webhook is signed with (Standard Webhooks). It is shown once"`
}

func toldStream(m stream.Made, err error) (madeStream, error) {
	return madeStream{Stream: m.Stream, Secret: string(m.Signing.Expose())}, err
}

// hooked is what a new webhook says.
type hooked struct {
	Name     string   `json:"name" minLength:"1" maxLength:"80"`
	Address  string   `json:"address" doc:"https://HOST/PATH" maxLength:"500"`
	Kinds    []string `json:"kinds,omitempty" doc:"kinds of entries of the ledger: scan.failed, member.*; none is all" maxItems:"50"`
	Personal bool     `json:"personal,omitempty" doc:"send personal data too"`
}

// NextCursor is the header with the cursor of what comes after the events of an answer.
const NextCursor = "Next-Cursor"

// streams are the routes of what an organisation sends to other systems. A webhook is a stream of chosen events.
func (a *api) streams() {
	route(a, http.MethodGet, "/streams", "list-streams", "List streams and webhooks, and how far each is", inside(access.StreamRead),
		func(ctx context.Context, actor access.Actor, in *Part) (list[stream.View], error) {
			items, err := a.Streams.Streams(ctx, actor)
			if err != nil {
				return list[stream.View]{}, err
			}
			return part(actor, "list-streams", *in, items, func(x stream.View) string { return x.ID })
		})
	route(a, http.MethodPost, "/streams", "create-stream", "Send the ledger, the access log and checkpoints to another system", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body struct {
				Kind          string          `json:"kind" enum:"syslog,ocsf,webhook,pull"`
				Name          string          `json:"name" minLength:"1" maxLength:"80"`
				Address       string          `json:"address,omitempty" doc:"https://HOST/PATH, HOST:PORT of a collector of syslog, nothing for pull" maxLength:"500"`
				Sources       []stream.Source `json:"sources,omitempty" doc:"ledger, access, checkpoint; none is all, of a webhook the ledger" maxItems:"3"`
				Kinds         []string        `json:"kinds,omitempty" doc:"kinds of entries of the ledger: scan.failed, member.*; none is all" maxItems:"50"`
				Personal      bool            `json:"personal,omitempty" doc:"send personal data too"`
				Authorization string          `json:"authorization,omitempty" doc:"the header that a receiver of ocsf wants; it is sealed and never shown" maxLength:"4096"`
				Start         string          `json:"start,omitempty" enum:"now,start" doc:"where it begins; now, unless it says start"`
			}
		},
		) (madeStream, error) {
			b := in.Body
			return toldStream(a.Streams.Create(ctx, actor, stream.New{
				Kind: stream.Kind(b.Kind), Name: b.Name, Settings: stream.Settings{Address: b.Address, Sources: b.Sources, Kinds: b.Kinds, Personal: b.Personal},
				Authorization: secret.New([]byte(b.Authorization)), Start: b.Start, Key: in.key("create-stream", in.Body),
			}))
		})
	route(a, http.MethodGet, "/webhooks", "list-webhooks", "List webhooks, and how far each is", inside(access.StreamRead),
		func(ctx context.Context, actor access.Actor, in *Part) (list[stream.View], error) {
			items, err := a.Streams.Streams(ctx, actor, stream.Webhook)
			if err != nil {
				return list[stream.View]{}, err
			}
			return part(actor, "list-webhooks", *in, items, func(x stream.View) string { return x.ID })
		})
	route(a, http.MethodPost, "/webhooks", "create-webhook", "Send events to an address, signed as Standard Webhooks describes", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			Once
			Body hooked
		},
		) (madeStream, error) {
			b := in.Body
			return toldStream(a.Streams.Create(ctx, actor, stream.New{
				Kind: stream.Webhook, Name: b.Name, Settings: stream.Settings{Address: b.Address, Kinds: b.Kinds, Personal: b.Personal}, Key: in.key("create-webhook", in.Body),
			}))
		})
	a.oneStream()
	a.deliveries()
	a.pulled()
}

// oneStream are the routes of one stream or webhook.
func (a *api) oneStream() {
	route(a, http.MethodGet, "/streams/{stream}", "get-stream", "A stream or a webhook, and how far it is", inside(access.StreamRead),
		func(ctx context.Context, actor access.Actor, in *OneStream) (stream.View, error) {
			return a.Streams.Stream(ctx, actor, in.Stream)
		})
	route(a, http.MethodPatch, "/streams/{stream}", "change-stream", "Change a stream or a webhook, or switch it off or on", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneStream
			Body struct {
				Name          *string          `json:"name,omitempty" minLength:"1" maxLength:"80"`
				Settings      *stream.Settings `json:"settings,omitempty" doc:"all of them: what is left out is taken away"`
				Off           *bool            `json:"off,omitempty"`
				Authorization *string          `json:"authorization,omitempty" doc:"another header for a receiver of ocsf; an empty one takes it away" maxLength:"4096"`
				Version       int64            `json:"version,omitempty" doc:"the version that you saw"`
			}
		},
		) (stream.Stream, error) {
			b := in.Body
			e := stream.Edit{Name: b.Name, Settings: b.Settings, Off: b.Off, Version: b.Version}
			if b.Authorization != nil {
				v := secret.New([]byte(*b.Authorization))
				e.Authorization = &v
			}
			return a.Streams.Change(ctx, actor, in.Stream, e)
		})
	route(a, http.MethodPost, "/streams/{stream}/removal", "remove-stream", "Remove a stream or a webhook, with what could not be delivered to it", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *OneStream) (none, error) {
			return none{}, a.Streams.Remove(ctx, actor, in.Stream)
		})
	route(a, http.MethodPost, "/streams/{stream}/secret", "rotate-webhook-secret", "Give a webhook another secret; the one before signs for another day beside it", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneStream
			Body struct {
				AtOnce bool `json:"atOnce,omitempty" doc:"the one before signs nothing any more"`
			}
		},
		) (madeStream, error) {
			return toldStream(a.Streams.Rotate(ctx, actor, in.Stream, in.Body.AtOnce))
		})
	route(a, http.MethodPost, "/streams/{stream}/test", "test-stream", "Send a test message now, and say what came of it", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *OneStream) (stream.Tested, error) {
			return a.Streams.Test(ctx, actor, in.Stream)
		})
	route(a, http.MethodPost, "/streams/{stream}/replay", "replay-stream", "Set a stream to a position: from there everything is sent again", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneStream
			Body struct {
				Source stream.Source `json:"source" enum:"ledger,access,checkpoint"`
				Next   int64         `json:"next" minimum:"0" doc:"index of an entry, number of a record, or size of a checkpoint"`
			}
		},
		) (none, error) {
			return none{}, a.Streams.Rewind(ctx, actor, in.Stream, in.Body.Source, in.Body.Next)
		})
}

// redelivered says how much is going to be sent again.
type redelivered struct {
	Count int `json:"count"`
}

// deliveries are the routes of what could not be delivered.
func (a *api) deliveries() {
	route(a, http.MethodGet, "/streams/{stream}/deliveries", "list-deliveries", "List what could not be delivered and was put aside", inside(access.StreamRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneStream
			Page
			State string `query:"state" enum:"dead,replayed"`
		},
		) (list[stream.Delivery], error) {
			at, err := in.from(actor, "list-deliveries")
			if err != nil {
				return list[stream.Delivery]{}, err
			}
			items, err := a.Streams.Deliveries(ctx, actor, in.Stream, stream.State(in.State), at, in.Limit)
			return goesOn(actor, "list-deliveries", items, in.Limit, func(d stream.Delivery) string { return d.ID }), err
		})
	route(a, http.MethodPost, "/streams/{stream}/deliveries/replay", "replay-deliveries", "Send again what was put aside, the oldest hundred at most", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *OneStream) (redelivered, error) {
			n, err := a.Streams.Redeliver(ctx, actor, in.Stream, "")
			return redelivered{n}, err
		})
	route(a, http.MethodPost, "/streams/{stream}/deliveries/{delivery}/replay", "replay-delivery", "Send again what was put aside", inside(access.StreamChange),
		func(ctx context.Context, actor access.Actor, in *struct {
			OneStream
			Delivery string `path:"delivery" maxLength:"40" minLength:"1"`
		},
		) (redelivered, error) {
			n, err := a.Streams.Redeliver(ctx, actor, in.Stream, in.Delivery)
			return redelivered{n}, err
		})
	route(a, http.MethodGet, "/access-log", "list-access", "List who was let in to what, of the last ninety days (docs/formats/access-log.md)", inside(access.StreamRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			First int64 `query:"first" minimum:"0" doc:"number of the first record"`
			Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
		},
		) (list[stream.Record], error) {
			items, err := a.Streams.Records(ctx, actor, in.First, in.Limit)
			return paged(items, in.Limit, func(r stream.Record) string { return strconv.FormatInt(r.Seq+1, 10) }), err
		})
}

// pulled is the route of a stream that is fetched.
func (a *api) pulled() {
	a.plain(huma.Operation{
		OperationID: "pull-stream", Method: http.MethodGet, Path: "/streams/{stream}/events", Tags: []string{"streams"},
		Summary: "Fetch the next events of a stream that is pulled, one a line (docs/formats/stream.md). The header Next-Cursor has the cursor to go on with, which acknowledges these",
		Parameters: []*huma.Param{
			{Name: "cursor", In: "query", Description: "that of the answer before; without one, behind what was acknowledged", Schema: &huma.Schema{Type: "string"}},
			{Name: "limit", In: "query", Description: "at most so many, 1 to 500; 100 unless it says otherwise", Schema: &huma.Schema{Type: "integer"}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "Events, one a line.", Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: &huma.Schema{Type: "string"}}}}},
	}, inside(access.StreamPull), func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		limit := 100
		if text := r.URL.Query().Get("limit"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				return fault.New(fault.Invalid, "limit is a number")
			}
			limit = n
		}
		page, err := a.Streams.Fetch(r.Context(), actor, r.PathValue("stream"), r.URL.Query().Get("cursor"), limit)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set(NextCursor, page.Cursor)
		_, _ = w.Write(page.Lines) // whoever asked is gone, or reads it
		return nil
	})
}
