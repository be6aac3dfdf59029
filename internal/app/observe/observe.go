// Package observe is how the service is seen from outside: log lines, metrics and traces, as decorators around requests, jobs and commits.
//
// It promises: no secret, name, address of a person or content of a resource in any of the three. A log line carries the ids of the request, the organisation and
// the actor; a trace carries those of the organisation and no person's; a metric carries neither: with an organisation as a label there would be a series for each
// customer and route, which no server of metrics bears, and whoever may look at metrics would see who our customers are and how they work. It leaves out what
// happened to whom: that is the ledger, and a log is not one.
package observe

import (
	"context"
	"sync"

	"c4arch/internal/base/id"
)

// Request is what is known of a request while it is answered. Whoever is inside tells it; the access log, metrics and traces read it at the end.
type Request struct {
	id string

	mu    sync.Mutex
	route string
	org   id.Org
	actor id.Actor
}

type requestKey struct{}

// WithRequest begins a request.
func WithRequest(ctx context.Context, requestID string) (context.Context, *Request) {
	r := &Request{id: requestID}
	return context.WithValue(ctx, requestKey{}, r), r
}

func requestOf(ctx context.Context) *Request {
	r, _ := ctx.Value(requestKey{}).(*Request)
	return r
}

// RequestID is the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

// Identify says who asks, once that is known. Outside of a request it does nothing.
func Identify(ctx context.Context, org id.Org, actor id.Actor) {
	if r := requestOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.org, r.actor = org, actor
	}
}

// Route says which pattern of which method the request met, such as "/api/v1/projects/{project}". The path itself never stands in a log: it holds ids, and what
// people type.
func Route(ctx context.Context, pattern string) {
	if r := requestOf(ctx); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.route = pattern
	}
}

// Known returns what was said so far.
func (r *Request) Known() (route string, org id.Org, actor id.Actor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.route, r.org, r.actor
}

// ID is the id of the request.
func (r *Request) ID() string { return r.id }
