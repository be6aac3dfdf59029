package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
)

// out is a body.
type out[T any] struct{ Body T }

// list is a page of a list; Next is what to ask the next page after, "" at the end.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// paged is a page of items, which go on when there are as many as were asked for; name is nil for a list that is whole.
func paged[T any](items []T, limit int, name func(T) string) list[T] {
	l := list[T]{Items: items}
	if items == nil {
		l.Items = []T{}
	}
	if name != nil && len(items) > 0 && len(items) >= limit {
		l.Next = name(items[len(items)-1])
	}
	return l
}

// none is the input or the output of what has none.
type none struct{}

// InProject is what every route of a project has.
type InProject struct {
	Project string `path:"project" doc:"id of the project" maxLength:"40"`
}

func (p InProject) id() id.Project { return id.Project(p.Project) }

// Page is which part of a list.
type Page struct {
	After string `query:"after" doc:"what next was in the page before" maxLength:"200" thing:"cursor"`
	Limit int    `query:"limit" doc:"at most so many" minimum:"1" maximum:"500" default:"100"`
}

// Once is the key of a request that is one change, however often it is sent.
type Once struct {
	Key string `header:"Idempotency-Key" doc:"the same key with the same request within 24 hours is one change with one answer" maxLength:"200"`
}

// key is the idempotency key of a request with that content.
func (o Once) key(route string, body any) *change.Idempotency {
	if o.Key == "" {
		return nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil
	}
	return &change.Idempotency{Key: o.Key, Digest: canon.Sum(append([]byte(route+"\x00"), text...))}
}

// route adds one operation with its policy. Its errors are told as problems.
func route[I, O any](a *api, method, path, name, summary string, p policy, handler func(ctx context.Context, actor access.Actor, in *I) (O, error)) {
	status := http.StatusOK
	var o O
	_, empty := any(o).(none)
	switch {
	case empty:
		status = http.StatusNoContent
	case method == http.MethodPost:
		status = http.StatusCreated
	}
	tag, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if _, rest, ok := strings.Cut(path, "{project}/"); ok {
		tag, _, _ = strings.Cut(rest, "/")
	}
	op := huma.Operation{
		OperationID: name, Method: method, Path: Prefix + path, Summary: summary, Tags: []string{tag}, DefaultStatus: status,
		MaxBodyBytes: maxBody,
	}
	a.inputs[name] = reflect.TypeFor[I]()
	a.entered(&op, p, thingsOf(a.inputs[name]))
	if empty {
		huma.Register(a.huma, op, func(ctx context.Context, in *I) (*struct{}, error) {
			_, err := handled(ctx, a, in, handler)
			return nil, err
		})
		return
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*out[O], error) {
		body, err := handled(ctx, a, in, handler)
		if err != nil {
			return nil, err
		}
		tagged(ctx, body)
		return &out[O]{Body: body}, nil
	})
}

// handled is what a handler does, with its error as a problem.
func handled[I, O any](ctx context.Context, a *api, in *I, handler func(ctx context.Context, actor access.Actor, in *I) (O, error)) (body O, err error) {
	if err = matched(ctx, in); err == nil {
		body, err = handler(ctx, actorOf(ctx), in)
	}
	if err != nil {
		a.told(ctx, err)
		return body, precondition(ctx, refused(err, in))
	}
	return body, nil
}

// plain adds a route that streams; its description is written by hand, and what its query names is told by the extension x-c4arch-thing of a parameter.
func (a *api) plain(op huma.Operation, p policy, handler func(w http.ResponseWriter, r *http.Request, actor access.Actor) error) {
	op.Path = Prefix + op.Path
	a.entered(&op, p, named(op.Parameters))
	op.Responses["default"] = &huma.Response{Description: "A problem (RFC 9457)."}
	for _, part := range strings.Split(op.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
		}
	}
	a.huma.OpenAPI().AddOperation(&op)
	a.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		if err := handler(w, r, actorOf(r.Context())); err != nil {
			a.told(r.Context(), err)
			write(w, unquoted(problemOf(err), r))
		}
	})
}

// file adds a route to a file of one of our formats. It is made whole before the first byte is sent: half of one is no file.
func (a *api) file(name, path, summary string, p policy, encode func(ctx context.Context, actor access.Actor, r *http.Request, to *bytes.Buffer) error) {
	op := huma.Operation{
		OperationID: name, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"files"},
		Responses: map[string]*huma.Response{"200": {Description: summary, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object"}}}}},
	}
	a.plain(op, p, func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		var b bytes.Buffer
		if err := encode(r.Context(), actor, r, &b); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Disposition", `attachment; filename="`+filename(path)+`"`) // RFC 6266
		_, _ = w.Write(b.Bytes())                                                          // whoever asked is gone, or reads it
		return nil
	})
}

// filename is the last part of a route: nothing of it is from whoever asks or from what is stored.
func filename(route string) string { return route[strings.LastIndexByte(route, '/')+1:] }

func answer(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the answer cannot be written")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever asked is gone, or reads it
	return nil
}
