package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/service/signin"
)

// waiting answers a device that asks.
type waiting struct {
	says  error
	codes []string
}

func (d *waiting) BeginDevice(context.Context, signin.Asking, signin.Cause) (signin.Device, error) {
	return signin.Device{DeviceCode: secret.New([]byte("device-code")), UserCode: "BCDF-GHJK", Expires: 10 * time.Minute, Interval: 5 * time.Second}, d.says
}

func (d *waiting) PollDevice(_ context.Context, code string, _ signin.Cause) (signin.Issued, error) {
	d.codes = append(d.codes, code)
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	return signin.Issued{Token: identity.Token{Created: at, Expires: at.Add(time.Hour)}, Text: secret.New([]byte("c4a_x"))}, d.says
}

// oauthAsk posts a form to the API with that device flow.
func oauthAsk(t *testing.T, d Devices, path, query, kind string, form url.Values) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	h := New(Services{
		Devices: d, Request: func(context.Context) string { return "rq" }, Actor: func(context.Context, access.Actor) {}, Route: func(context.Context, string) {},
		Origin: "http://127.0.0.1:8642", Version: "test",
	})
	r := httptest.NewRequest(http.MethodPost, path+query, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s answers %d and no JSON: %s", path, w.Code, w.Body)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept: %v", path, w.Header())
	}
	return w, body
}

// TestDeviceFlowAnswers holds the endpoints against the words of RFC 6749 section 5.2 and RFC 8628 section 3.5.
func TestDeviceFlowAnswers(t *testing.T) {
	const canary = "canary-8fd1"
	begin := url.Values{"client_id": {Client}, "device": {"a laptop"}}
	poll := url.Values{"client_id": {Client}, "grant_type": {deviceGrant}, "device_code": {canary}}
	with := func(v url.Values, name string, values ...string) url.Values {
		again := url.Values{}
		for n, all := range v {
			again[n] = slices.Clone(all)
		}
		again[name] = values
		return again
	}
	for name, x := range map[string]struct {
		path, query, kind string
		form              url.Values
		says              error
		status            int
		code              string
	}{
		"pending":        {tokenEndpoint, "", form, poll, signin.ErrPending, 400, "authorization_pending"},
		"too often":      {tokenEndpoint, "", form, poll, signin.ErrSlowDown, 400, "slow_down"},
		"refused":        {tokenEndpoint, "", form, poll, signin.ErrRefused, 400, "access_denied"},
		"expired":        {tokenEndpoint, "", form, poll, signin.ErrExpired, 400, "expired_token"},
		"broken":         {tokenEndpoint, "", form, poll, fault.New(fault.Internal, "canary-inside"), 500, "server_error"},
		"away":           {tokenEndpoint, "", form, poll, fault.New(fault.Unavailable, "canary-inside"), 503, "temporarily_unavailable"},
		"too many":       {deviceEndpoint, "", form, begin, fault.New(fault.Limited, "too many attempts"), 429, "slow_down"},
		"another grant":  {tokenEndpoint, "", form, with(poll, "grant_type", "password"), nil, 400, "unsupported_grant_type"},
		"no grant":       {tokenEndpoint, "", form, with(poll, "grant_type"), nil, 400, "unsupported_grant_type"},
		"no code":        {tokenEndpoint, "", form, with(poll, "device_code"), nil, 400, "invalid_request"},
		"another client": {tokenEndpoint, "", form, with(poll, "client_id", canary), nil, 400, "invalid_client"},
		"no client":      {deviceEndpoint, "", form, with(begin, "client_id"), nil, 400, "invalid_client"},
		"twice":          {tokenEndpoint, "", form, with(poll, "device_code", canary, canary), nil, 400, "invalid_request"},
		"in the address": {tokenEndpoint, "?device_code=" + canary, form, poll, nil, 400, "invalid_request"},
		"JSON":           {tokenEndpoint, "", "application/json", poll, nil, 400, "invalid_request"},
		"a scope":        {deviceEndpoint, "", form, with(begin, "scope", canary), nil, 400, "invalid_scope"},
		"large":          {deviceEndpoint, "", form, with(begin, "device", strings.Repeat("x", maxForm)), nil, 400, "invalid_request"},
		"no token":       {revocationEndpoint, "", form, begin, nil, 400, "invalid_request"},
	} {
		w, body := oauthAsk(t, &waiting{says: x.says}, x.path, x.query, x.kind, x.form)
		if w.Code != x.status || body["error"] != x.code {
			t.Errorf("%s: %d %v, and not %d %s", name, w.Code, body, x.status, x.code)
		}
		if strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%s: the answer repeats what is not its to tell: %s", name, w.Body)
		}
	}
	if w, body := oauthAsk(t, &waiting{}, deviceEndpoint, "", form, begin); w.Code != 200 || body["device_code"] != "device-code" || body["user_code"] != "BCDF-GHJK" ||
		body["verification_uri"] != "http://localhost:8642/device" || body["expires_in"] != 600.0 || body["interval"] != 5.0 {
		t.Errorf("%d %v", w.Code, body)
	}
	d := &waiting{}
	if w, body := oauthAsk(t, d, tokenEndpoint, "", form, poll); w.Code != 200 || body["access_token"] != "c4a_x" || body["token_type"] != "Bearer" || body["expires_in"] != 3600.0 || !slices.Equal(d.codes, []string{canary}) {
		t.Errorf("%d %v, asked %v", w.Code, body, d.codes)
	}
}

// TestPurposesAtEachOthersDoors takes a token of each purpose to every route of the table: where the action is not of its purpose it is refused, and where it is it comes in.
func TestPurposesAtEachOthersDoors(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		purposes := []access.Purpose{access.CI, access.Reporting, access.Provisioning, access.Streaming}
		// What this world serves; the suite of package app, which has every service, takes each token to every route.
		here := []string{"organisation", "organisations", "projects", "members", "tokens", "service-accounts", "ledger", "jobs", "controls", "destinations", "keys"}
		refused, let := 0, 0
		for _, purpose := range purposes {
			token := w.post(w.owner, "/tokens", dict{"name": string(purpose), "purpose": purpose, "expires": w.later(time.Hour)}).must(201).text("text")
			for _, r := range w.api.table.All() {
				path, inside := strings.CutPrefix(r.Path, Prefix)
				part, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
				if r.Action == "" || !inside || !slices.Contains(here, part) {
					continue
				}
				own := slices.Contains(purpose.Actions(), r.Action)
				if own && !r.Reads() {
					continue // it would change something, and the right is tested by the walk of each route
				}
				got := w.call(token, r.Method, filled(strings.ReplaceAll(path, "{project}", w.project), "xx_00000000000000000000000000"), nil)
				switch {
				case !own && got.code != http.StatusForbidden && got.code != http.StatusUnprocessableEntity && got.code != http.StatusBadRequest:
					t.Errorf("a token for %s at %s, which is for %s: %d %s", purpose, r, r.Action, got.code, got.body)
				case !own && got.code == http.StatusForbidden:
					refused++
				case own && (got.code == http.StatusForbidden || got.code == http.StatusUnauthorized):
					t.Errorf("a token for %s is refused at its own %s: %s", purpose, r, got.body)
				case own:
					let++
				}
			}
		}
		if refused < 80 || let < 10 {
			t.Errorf("%d times refused and %d times let in: the test looks at nothing", refused, let)
		}
		t.Logf("%d purposes: %d times refused, %d times let in", len(purposes), refused, let)
	})
}
