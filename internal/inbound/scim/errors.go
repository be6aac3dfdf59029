package scim

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"c4arch/internal/base/fault"
	"c4arch/internal/service/provision"
)

// refusal is an error of RFC 7644 section 3.12.
type refusal struct {
	status int
	kind   string // scimType
	detail string
}

func (r *refusal) Error() string { return r.detail }

var (
	badFilter = &refusal{400, "invalidFilter", "the filter cannot be read, or is longer or deeper than is read"}
	badPath   = &refusal{400, "invalidPath", "the path of an operation cannot be read"}
	badSyntax = &refusal{400, "invalidSyntax", "the request is not one of SCIM 2.0"}
	badValue  = &refusal{400, "invalidValue", "an attribute has a value that it cannot have"}
	noTarget  = &refusal{400, "noTarget", "the path of an operation names nothing that is there"}
	immutable = &refusal{400, "mutability", "the operation is on an attribute that is the service's own"}
	tooMany   = &refusal{400, "tooMany", "there are more values than are kept"}
	notFound  = &refusal{404, "", "there is no such resource"}
	noMethod  = &refusal{405, "", "the resource does not take this method"}
	notOurs   = &refusal{415, "", "the content is neither application/scim+json nor application/json"}
	tooLarge  = &refusal{413, "", "the request is too large"}
	noToken   = &refusal{401, "", "a token for provisioning is needed"}
	notFor    = &refusal{403, "", "the credential is not a token for provisioning"}
	tooOften  = &refusal{429, "", "there are too many requests: wait, and go on"}
)

// refusalOf tells an error in the words of SCIM. What is our fault is not told.
func refusalOf(err error) *refusal {
	var known *refusal
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &large):
		return tooLarge
	case errors.Is(err, provision.ErrVersion):
		return &refusal{412, "", "the resource is not in the version that If-Match names"}
	case errors.Is(err, provision.ErrMoved):
		return &refusal{409, "", provision.ErrMoved.Error() + ": give the person another role first, in the service itself"}
	case errors.Is(err, provision.ErrOwner):
		return &refusal{409, "", provision.ErrOwner.Error() + ": make somebody else an owner first, in the service itself"}
	case errors.Is(err, provision.ErrTaken):
		return &refusal{409, "uniqueness", "a resource with that name or address is there already, or the address is a member's in a domain that the organisation has not proven"}
	}
	text, _ := fault.Public(err)
	switch fault.KindOf(err) {
	case fault.NotFound:
		return notFound
	case fault.Invalid, fault.Limited:
		return &refusal{400, "invalidValue", text}
	case fault.Denied:
		return &refusal{403, "", text}
	case fault.Conflict:
		return &refusal{409, "", "the resource is being changed by others: try again"}
	case fault.Unavailable:
		return &refusal{503, "", "the service cannot do that now: try again"}
	}
	return &refusal{500, "", "the service failed"}
}

func (r *refusal) write(w http.ResponseWriter) {
	body := map[string]any{"schemas": []string{schemaError}, "status": strconv.Itoa(r.status), "detail": r.detail}
	if r.kind != "" {
		body["scimType"] = r.kind
	}
	switch r.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="c4arch SCIM"`)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	}
	answer(w, r.status, body)
}

func answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"schemas":["`+schemaError+`"],"status":"500","detail":"the answer cannot be written"}`)
	}
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever asked is gone, or reads it
}
