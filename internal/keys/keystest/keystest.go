// Package keystest has the parts of clouds that hand out tokens and keep keys, as far as package keys speaks to them: the token endpoint of Microsoft
// Entra ID (OAuth 2.0 client credentials, RFC 6749 section 4.4), the keys and secrets of Azure Key Vault (REST API), and AWS KMS (JSON 1.1). They do the cryptography for real.
package keystest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// Hosts and names of what is there.
const (
	LoginHost = "login.microsoftonline.com"
	VaultHost = "contoso.vault.azure.net"
	Tenant    = "00000000-0000-0000-0000-00000000c0de"
	User      = "11111111-1111-1111-1111-11111111c0de"
	token     = "a-token-of-the-test"
)

// Log is what was asked.
type Log struct {
	mu    sync.Mutex
	lines []string
}

func (l *Log) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, s)
}

// Lines are the requests so far.
func (l *Log) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone
}

// Login is the token endpoint. It gives a token for the secret, and for no other.
func Login(secret string) http.Handler {
	mux := http.NewServeMux()
	base := "https://" + LoginHost + "/" + Tenant
	mux.HandleFunc("GET /common/discovery/instance", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, map[string]any{
			"tenant_discovery_endpoint": base + "/v2.0/.well-known/openid-configuration", "api-version": "1.1",
			"metadata": []any{map[string]any{"preferred_network": LoginHost, "preferred_cache": LoginHost, "aliases": []string{LoginHost}}},
		})
	})
	mux.HandleFunc("GET /"+Tenant+"/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, map[string]any{
			"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "issuer": base + "/v2.0",
		})
	})
	mux.HandleFunc("POST /"+Tenant+"/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("client_id") != User || r.PostFormValue("client_secret") != secret ||
			!strings.Contains(r.PostFormValue("scope"), "/.default") {
			write(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
			return
		}
		write(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3600, "access_token": token})
	})
	return mux
}
