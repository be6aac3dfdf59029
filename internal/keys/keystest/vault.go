package keystest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
)

// Vault is a key vault with one key in versions, and secrets.
type Vault struct {
	Log
	mu       sync.Mutex
	key      string
	kind     string // RSA or RSA-HSM
	versions []version
	secrets  map[string]string
	status   int // what every operation on a key answers, when it is not 0
}

type version struct {
	name string
	key  *rsa.PrivateKey
}

// NewVault makes a vault with a key; kind is RSA or RSA-HSM.
func NewVault(t testing.TB, key, kind string) *Vault {
	v := &Vault{key: key, kind: kind, secrets: map[string]string{}}
	v.Rotate(t)
	return v
}

// Rotate adds a version and returns it.
func (v *Vault) Rotate(t testing.TB) string {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	v.mu.Lock()
	defer v.mu.Unlock()
	v.versions = append(v.versions, version{hex.EncodeToString(id), k})
	return v.versions[len(v.versions)-1].name
}

// Put keeps a secret.
func (v *Vault) Put(name, value string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets[name] = value
}

// Fail makes every operation answer with a status; 0 ends that.
func (v *Vault) Fail(status int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.status = status
}

func (v *Vault) find(name string) (version, bool) {
	if name == "" {
		return v.versions[len(v.versions)-1], true
	}
	for _, x := range v.versions {
		if x.name == name {
			return x, true
		}
	}
	return version{}, false
}

func problem(w http.ResponseWriter, status int, code string) {
	write(w, status, map[string]any{"error": map[string]any{"code": code, "message": "a text of the vault"}})
}

// ServeHTTP answers as a vault does: without a token, with a challenge.
func (v *Vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.add(r.Method + " " + r.URL.Path)
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.Header().Set("WWW-Authenticate", `Bearer authorization="https://`+LoginHost+"/"+Tenant+`", resource="https://vault.azure.net"`)
		problem(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	if r.URL.Query().Get("api-version") == "" {
		problem(w, http.StatusBadRequest, "BadParameter")
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.status != 0 {
		problem(w, v.status, http.StatusText(v.status))
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /keys/{key}/{$}", v.get)
	mux.HandleFunc("GET /keys/{key}/{version}", v.get)
	mux.HandleFunc("POST /keys/{key}/{version}/{do}", v.do)
	mux.HandleFunc("GET /secrets/{name}", v.secret)
	mux.ServeHTTP(w, r)
}

func (v *Vault) secret(w http.ResponseWriter, r *http.Request) {
	value, ok := v.secrets[r.PathValue("name")]
	if !ok {
		problem(w, http.StatusNotFound, "SecretNotFound")
		return
	}
	write(w, http.StatusOK, map[string]any{"value": value, "id": "https://" + VaultHost + "/secrets/" + r.PathValue("name")})
}

func (v *Vault) get(w http.ResponseWriter, r *http.Request) {
	x, ok := v.find(r.PathValue("version"))
	if !ok || r.PathValue("key") != v.key {
		problem(w, http.StatusNotFound, "KeyNotFound")
		return
	}
	write(w, http.StatusOK, map[string]any{
		"key": map[string]any{
			"kid": v.kid(x), "kty": v.kind, "key_ops": []string{"wrapKey", "unwrapKey"},
			"n": base64.RawURLEncoding.EncodeToString(x.key.N.Bytes()), "e": "AQAB",
		},
		"attributes": map[string]any{"enabled": true, "created": 1, "updated": 1, "recoveryLevel": "Recoverable", "exportable": false},
	})
}

func (v *Vault) kid(x version) string {
	return "https://" + VaultHost + "/keys/" + v.key + "/" + x.name
}

func (v *Vault) do(w http.ResponseWriter, r *http.Request) {
	x, ok := v.find(r.PathValue("version"))
	if !ok || r.PathValue("key") != v.key {
		problem(w, http.StatusNotFound, "KeyNotFound")
		return
	}
	var in struct{ Alg, Value string }
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	value, err2 := base64.RawURLEncoding.DecodeString(in.Value)
	if err != nil || err2 != nil || in.Alg != "RSA-OAEP-256" {
		problem(w, http.StatusBadRequest, "BadParameter")
		return
	}
	var out []byte
	switch r.PathValue("do") {
	case "wrapkey":
		out, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, &x.key.PublicKey, value, nil)
	case "unwrapkey":
		out, err = rsa.DecryptOAEP(sha256.New(), rand.Reader, x.key, value, nil)
	default:
		problem(w, http.StatusNotFound, "NotFound")
		return
	}
	if err != nil {
		problem(w, http.StatusBadRequest, "BadParameter")
		return
	}
	write(w, http.StatusOK, map[string]any{"kid": v.kid(x), "value": base64.RawURLEncoding.EncodeToString(out)})
}
