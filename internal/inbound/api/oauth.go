package api

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/signin"
)

// The device flow of OAuth 2.0 (RFC 8628), of which this service is the authorization server: so the command line signs in a person who does that in a browser. There is one
// client, which is public; what it gets is an interactive token. Errors have the form of RFC 6749 section 5.2, and repeat nothing that was sent.

// The endpoints.
const (
	deviceEndpoint     = "/oauth/device_authorization"
	tokenEndpoint      = "/oauth/token" //nolint:gosec // a path
	revocationEndpoint = "/oauth/revoke"
	metadataEndpoint   = "/.well-known/oauth-authorization-server"
	// Client is the id of the one client, the command line.
	Client = "c4arch-cli"
	// deviceGrant is RFC 8628 section 3.4.
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
	devicePage  = "/device"
)

// maxForm is the most that a request of the device flow may have.
const maxForm = 8 << 10

// Devices is the port to the device flow.
type Devices interface {
	BeginDevice(ctx context.Context, in signin.Asking, cause signin.Cause) (signin.Device, error)
	PollDevice(ctx context.Context, code string, cause signin.Cause) (signin.Issued, error)
}

var _ Devices = (*signin.Service)(nil)

func (a *api) oauth() {
	for _, e := range []struct {
		method, path, name, summary string
		answer                      func(r *http.Request) (any, error)
	}{
		{http.MethodPost, deviceEndpoint, "device-authorization", "Begin the device flow (RFC 8628)", a.beginDevice},
		{http.MethodPost, tokenEndpoint, "device-token", "Ask for the token of a device that a person has let in (RFC 8628)", a.pollDevice},
		{http.MethodPost, revocationEndpoint, "revoke-shown", "Revoke the token that is shown (RFC 7009)", a.revokeShown},
		{http.MethodGet, metadataEndpoint, "authorization-server", "What this authorization server does (RFC 8414)", a.metadata},
	} {
		op := &huma.Operation{OperationID: e.name, Method: e.method, Path: e.path, Summary: e.summary, Tags: []string{"oauth"}, Responses: map[string]*huma.Response{
			"200": {Description: e.summary, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object"}}}},
		}}
		if e.method == http.MethodPost {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{form: {Schema: &huma.Schema{Type: "object"}}}}
			op.Responses["400"] = &huma.Response{Description: "An error as RFC 6749 section 5.2 has it.", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object"}}}}
		}
		a.entered(op, everybody(), nil)
		a.huma.OpenAPI().AddOperation(op)
		a.mux.HandleFunc(e.method+" "+e.path, func(w http.ResponseWriter, r *http.Request) { a.oauthAnswer(w, r, e.answer) })
	}
}

const form = "application/x-www-form-urlencoded"

// oauthError is an error of RFC 6749 section 5.2 and RFC 8628 section 3.5.
type oauthError struct {
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
	status      int
}

func (e *oauthError) Error() string { return e.Code + ": " + e.Description }

func invalid(code, description string) error {
	return &oauthError{Code: code, Description: description, status: http.StatusBadRequest}
}

func (a *api) oauthAnswer(w http.ResponseWriter, r *http.Request, do func(*http.Request) (any, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	body, err := do(r)
	status := http.StatusOK
	if err != nil {
		e := a.oauthProblem(r.Context(), err)
		body, status = e, e.status
	}
	text, err := json.Marshal(body)
	if err != nil {
		text, status = []byte(`{"error":"server_error"}`), http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	w.Header().Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(text) // whoever asked is gone, or reads it
}

// oauthProblem says an error in the words of the RFCs.
func (a *api) oauthProblem(ctx context.Context, err error) *oauthError {
	var known *oauthError
	if errors.As(err, &known) {
		return known
	}
	text, _ := fault.Public(err)
	for _, x := range []struct {
		is   error
		code string
	}{{signin.ErrPending, "authorization_pending"}, {signin.ErrSlowDown, "slow_down"}, {signin.ErrRefused, "access_denied"}, {signin.ErrExpired, "expired_token"}} {
		if errors.Is(err, x.is) {
			return &oauthError{Code: x.code, Description: text, status: http.StatusBadRequest}
		}
	}
	a.told(ctx, err)
	switch fault.KindOf(err) {
	case fault.Limited:
		return &oauthError{Code: "slow_down", Description: text, status: http.StatusTooManyRequests}
	case fault.Unavailable:
		return &oauthError{Code: "temporarily_unavailable", Description: "the service cannot do this now", status: http.StatusServiceUnavailable}
	case fault.Denied, fault.NotFound, fault.Conflict, fault.Invalid:
		return &oauthError{Code: "access_denied", Description: text, status: http.StatusBadRequest}
	}
	return &oauthError{Code: "server_error", status: http.StatusInternalServerError}
}

// formOf reads the parameters of a request, each at most once (RFC 6749 section 3.2) and none of the address, which logs would keep.
func formOf(r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != form || r.URL.RawQuery != "" {
		return nil, invalid("invalid_request", "the parameters stand in a body of "+form)
	}
	if err := r.ParseForm(); err != nil {
		return nil, invalid("invalid_request", "the parameters cannot be read")
	}
	for _, values := range r.PostForm {
		if len(values) > 1 {
			return nil, invalid("invalid_request", "a parameter is there twice")
		}
	}
	if r.PostForm.Get("client_id") != Client {
		return nil, invalid("invalid_client", "the client is not known")
	}
	return r.PostForm, nil
}

func (a *api) cause(r *http.Request) signin.Cause {
	return signin.Cause{Addr: a.address(r.Context()), Request: a.Request(r.Context())}
}

func (a *api) beginDevice(r *http.Request) (any, error) {
	f, err := formOf(r)
	switch {
	case err != nil:
		return nil, err
	case f.Get("scope") != "":
		return nil, invalid("invalid_scope", "a person's token is not narrowed by scopes")
	case a.Devices == nil:
		return nil, fault.New(fault.Unavailable, "nobody can sign in here")
	}
	d, err := a.Devices.BeginDevice(r.Context(), signin.Asking{Client: "the command line of c4arch", Device: f.Get("device")}, a.cause(r))
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"device_code": string(d.DeviceCode.Expose()), "user_code": d.UserCode, "verification_uri": browsers(a.origin(r)) + devicePage,
		"expires_in": int(d.Expires.Seconds()), "interval": int(d.Interval.Seconds()),
	}, nil
}

func (a *api) pollDevice(r *http.Request) (any, error) {
	f, err := formOf(r)
	switch {
	case err != nil:
		return nil, err
	case f.Get("grant_type") != deviceGrant:
		return nil, invalid("unsupported_grant_type", "the one grant type is "+deviceGrant)
	case f.Get("device_code") == "":
		return nil, invalid("invalid_request", "device_code is missing")
	case a.Devices == nil:
		return nil, fault.New(fault.Unavailable, "nobody can sign in here")
	}
	made, err := a.Devices.PollDevice(r.Context(), f.Get("device_code"), a.cause(r))
	if err != nil {
		return nil, err
	}
	return map[string]any{"access_token": string(made.Text.Expose()), "token_type": "Bearer", "expires_in": lifeOf(made.Token)}, nil
}

// revokeShown answers the same whether the token was good or not (RFC 7009 section 2.2).
func (a *api) revokeShown(r *http.Request) (any, error) {
	f, err := formOf(r)
	if err != nil {
		return nil, err
	}
	if f.Get("token") == "" {
		return nil, invalid("invalid_request", "token is missing")
	}
	return map[string]any{}, a.Accounts.DropToken(r.Context(), accounts.Attempt{
		Token: f.Get("token"), Addr: a.address(r.Context()), Surface: access.CLI, Purpose: "log out", Request: a.Request(r.Context()),
	}, "logged out")
}

// lifeOf is how long a token is good from when it was made, in seconds.
func lifeOf(t identity.Token) int { return int(t.Expires.Sub(t.Created).Seconds()) }

func (a *api) metadata(r *http.Request) (any, error) {
	at := a.origin(r)
	return map[string]any{
		"issuer": at, "device_authorization_endpoint": at + deviceEndpoint, "token_endpoint": at + tokenEndpoint, "revocation_endpoint": at + revocationEndpoint,
		"grant_types_supported": []string{deviceGrant}, "response_types_supported": []string{}, "token_endpoint_auth_methods_supported": []string{"none"},
	}, nil
}

// origin is the service's own, or that of the request.
func (a *api) origin(r *http.Request) string {
	switch {
	case a.Origin != "":
		return a.Origin
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// browsers is where a browser finds the service. WebAuthn asks for a domain: on this machine alone it is localhost, whatever the address.
func browsers(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	if h := u.Hostname(); h == "127.0.0.1" || h == "::1" {
		port := u.Port()
		if u.Host = "localhost"; port != "" {
			u.Host += ":" + port
		}
	}
	return strings.TrimSuffix(u.String(), "/")
}
