package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// problem is an error as RFC 9457 has it.
type problem struct {
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail"`
	Kind   fault.Kind `json:"kind"`
	Help   string     `json:"help,omitempty"`
	Errors []place    `json:"errors,omitempty"`
	cause  error
}

// place says what is wrong at one place of a request. It has no value: that may be a secret.
type place struct {
	Message  string `json:"message"`
	Location string `json:"location,omitempty"`
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
		p.Status, p.Kind, p.Detail = http.StatusRequestEntityTooLarge, fault.Limited, tooLarge
	}
	if p.Kind == fault.Unavailable { // what is said of it names files and hosts of the operator's; what to do is for everybody, and the log has the rest
		p.Detail = "the service cannot do this now"
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// told tells the log of what is no fault of whoever asked, and of a denial by a policy that could not be evaluated. Whoever is gone was not failed.
func (a *api) told(ctx context.Context, err error) {
	if a.Failed != nil && ctx.Err() == nil && (fault.Status(err) >= http.StatusInternalServerError || errors.Is(err, access.ErrPolicy)) {
		a.Failed(ctx, err)
	}
}

// refused is err as a problem that repeats nothing of the input.
func refused(err error, in any) error {
	if err == nil {
		return nil
	}
	p := problemOf(err)
	p.hideIn(reflect.ValueOf(in))
	return p
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

// asProblem makes a problem of what the library of the API says of a request's form. Its words have no values in them, but for one: the name of a property that is
// none. Whoever puts a secret there by mistake is not told it again.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &problem{Title: http.StatusText(e.Status), Status: e.Status, Detail: e.Detail, Kind: kindOf(e.Status)}
	for _, d := range e.Errors {
		at := place{Message: said(d.Message), Location: d.Location}
		if d.Message == validation.MsgUnexpectedProperty {
			at.Location = at.Location[:max(strings.LastIndexByte(at.Location, '.'), 0)]
		}
		p.Errors = append(p.Errors, at)
	}
	if e.Status == http.StatusUnsupportedMediaType {
		p.Help = "send it as application/json"
	}
	if e.Status == http.StatusRequestEntityTooLarge {
		p.Detail = tooLarge
	}
	return p, nil
}

const tooLarge = "more was sent than is taken here"

// harmless are the beginnings of what the library says without a value; encoding/json and others quote what they could not read.
var harmless = []string{"expected ", "unexpected ", "invalid character ", "invalid integer", "invalid boolean", "required ", "request body "}

// said is a message of the library without a value.
func said(message string) string {
	if slices.ContainsFunc(harmless, func(begin string) bool { return strings.HasPrefix(message, begin) }) {
		before, _, _ := strings.Cut(message, ": ") // behind it is an error of another library
		return before
	}
	return "it is not what is expected here"
}

// kindOf is the kind of a status that no fault of ours has led to.
func kindOf(status int) fault.Kind {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return fault.Limited
	case status == http.StatusRequestTimeout, status == http.StatusServiceUnavailable:
		return fault.Unavailable
	case status >= http.StatusInternalServerError:
		return fault.Internal
	}
	return fault.Invalid
}

// missed answers what meets no route: in place of the words and the redirects that net/http has for it.
func missed(w http.ResponseWriter, allow string) {
	p := &problem{Status: http.StatusNotFound, Kind: fault.NotFound, Detail: "there is no such route", Help: "see " + Prefix + "/openapi.json"}
	if allow != "" {
		p.Status, p.Kind, p.Detail = http.StatusMethodNotAllowed, fault.Invalid, "the route does not take that method"
		w.Header().Set("Allow", allow)
	}
	p.Title = http.StatusText(p.Status)
	write(w, p)
}

// unquoted takes out of a problem what stood in the path and the query of its request: what people write there may be anything, and the answer is no place to repeat it.
func unquoted(p *problem, r *http.Request) *problem {
	for part := range strings.SplitSeq(strings.TrimPrefix(r.Pattern, r.Method+" "), "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			p.hide(r.PathValue(strings.TrimSuffix(name, "}")))
		}
	}
	for _, values := range r.URL.Query() {
		for _, v := range values {
			p.hide(v)
		}
	}
	return p
}

// hide takes a value out of what is told: whole, as it is quoted, and the beginning of a long one, in whatever case.
func (p *problem) hide(value string) {
	value = value[:min(len(value), 4096)] // nothing longer is quoted
	quoted := strings.Trim(strconv.Quote(value), `"`)
	for _, v := range []string{value, quoted, value[:min(len(value), 40)]} {
		if len(v) < 4 {
			continue
		}
		if any, err := regexp.Compile("(?i)" + regexp.QuoteMeta(strings.ToValidUTF8(v, ""))); err == nil {
			p.Detail, p.Help = any.ReplaceAllString(p.Detail, "…"), any.ReplaceAllString(p.Help, "…")
		}
	}
}

// hideIn hides every text of an input but those of a list that the description of the API has anyway.
func (p *problem) hideIn(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		p.hide(v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			p.hideIn(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.hideIn(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("enum") == "" {
				p.hideIn(v.Field(i))
			}
		}
	}
}
