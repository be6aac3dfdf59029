package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/base/fault"
)

// problem is an error as RFC 9457 has it.
type problem struct {
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail"`
	Kind   fault.Kind `json:"kind"`
	Help   string     `json:"help,omitempty"`
	cause  error
}

func (p *problem) Error() string             { return p.Detail }
func (p *problem) Unwrap() error             { return p.cause }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

var (
	_ huma.StatusError       = (*problem)(nil)
	_ huma.ContentTypeFilter = (*problem)(nil)
)

// problemOf is err as whoever asked may read it; the cause stays here.
func problemOf(err error) *problem {
	p := &problem{Status: fault.Status(err), Kind: fault.KindOf(err), cause: err}
	p.Detail, p.Help = fault.Public(err)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		p.Status, p.Kind, p.Detail = http.StatusRequestEntityTooLarge, fault.Limited, "more was sent than is taken here"
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func said(err error) error {
	if err == nil {
		return nil
	}
	return problemOf(err)
}

func write(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // whoever asked is gone, or reads it
}

// unauthenticated is 401, whatever was wrong with the token; what does not answer stays so.
func unauthenticated(w http.ResponseWriter, err error) {
	p := problemOf(err)
	if p.Kind != fault.Unavailable && p.Kind != fault.Internal {
		p.Status, p.Kind = http.StatusUnauthorized, fault.Denied
		p.Title = http.StatusText(p.Status)
		w.Header().Set("WWW-Authenticate", `Bearer realm="c4arch"`)
	}
	write(w, p)
}

// silence takes the values that were sent out of what is said of them: they may be secrets.
func silence(_ huma.Context, _ string, v any) (any, error) {
	if e, ok := v.(*huma.ErrorModel); ok {
		for _, d := range e.Errors {
			d.Value = nil
		}
	}
	return v, nil
}
