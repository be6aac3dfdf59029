package live

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/base/secret"
	"c4arch/internal/egress/egresstest"
)

const (
	theSecret  = "s3cret~value~of~the~application"
	theTenant  = "11111111-2222-4333-8444-555555555555"
	theClient  = "22222222-2222-4333-8444-555555555555"
	theObject  = "33333333-2222-4333-8444-555555555555"
	thePurpose = "ea42f556-5106-4743-99b0-c129bfa71a47"
)

// azure is a server that speaks as Entra and Azure Resource Manager do.
type azure struct {
	mu      sync.Mutex
	tokens  int
	good    string   // the token that is taken
	methods []string // what was asked, in order
	// pages answers a query by its table and token; answer, where it is not nil, is asked before.
	pages  map[string]string
	answer func(w http.ResponseWriter, r *http.Request, body string) bool
	gets   map[string]string
}

func token(n int) string {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"oid":"` + theObject + `"}`))
	return "h." + claims + ".sig" + strconv.Itoa(n)
}

func (a *azure) login(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.methods = append(a.methods, r.Method+" "+r.URL.Path)
	if r.PostForm.Get("client_secret") != theSecret || r.PostForm.Get("client_id") != theClient || r.PostForm.Get("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided: `+r.PostForm.Get("client_secret")+`"}`)
		return
	}
	a.tokens++
	a.good = token(a.tokens)
	_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"`+a.good+`"}`)
}

func (a *azure) manage(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	body := string(data)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.methods = append(a.methods, r.Method+" "+r.URL.Path)
	if a.answer != nil && a.answer(w, r, body) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+a.good {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"code":"ExpiredAuthenticationToken","message":"the token `+r.Header.Get("Authorization")+` ended"}}`)
		return
	}
	if r.Method == http.MethodGet {
		text, ok := a.gets[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusForbidden)
			text = `{"error":{"code":"AuthorizationFailed","message":"no"}}`
		}
		_, _ = io.WriteString(w, text)
		return
	}
	var q struct {
		Query   string
		Options struct {
			Token string `json:"$skipToken"`
			Top   int    `json:"$top"`
			Form  string `json:"resultFormat"`
		}
		Subscriptions []string
	}
	if json.Unmarshal(data, &q) != nil || q.Options.Form != "objectArray" || q.Options.Top == 0 || len(q.Subscriptions) == 0 || r.URL.Query().Get("api-version") != "2022-10-01" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	table, _, _ := strings.Cut(q.Query, " ")
	text, ok := a.pages[table+" "+q.Options.Token]
	if !ok {
		text = `{"totalRecords":0,"count":0,"resultTruncated":"false","data":[]}`
	}
	w.Header().Set("x-ms-user-quota-remaining", "10")
	_, _ = io.WriteString(w, text)
}

// world is a client against it; waited is how long it has waited.
type world struct {
	*azure
	client *Client
	waited []time.Duration
	now    time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{azure: &azure{pages: map[string]string{}, gets: map[string]string{}}, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	front := egresstest.New(t, map[string]http.Handler{
		"login.microsoftonline.com": http.HandlerFunc(w.login), "management.azure.com": http.HandlerFunc(w.manage),
	})
	w.client = New(Config{
		Cloud: Clouds["public"], Tenant: theTenant, Client: theClient, Secret: secret.New([]byte(theSecret)), Subscriptions: []string{thePurpose}, HTTP: front.Client,
		Now: func() time.Time { return w.now },
		Pause: func(ctx context.Context, d time.Duration) error {
			w.waited = append(w.waited, d)
			w.now = w.now.Add(d)
			return ctx.Err()
		},
	})
	return w
}
