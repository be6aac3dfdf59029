// Package source reads a secret of the configuration from where it is kept: a file, the environment or a key vault.
//
// It promises: a configuration names where a secret is and never holds it; a file that others can reach is refused, and so is a secret that is empty, too short or one
// that everybody knows; no error quotes a secret, or what may be one that was written in the wrong place.
package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/keys/own"
)

// Reference says where a secret is. It can be shown.
type Reference struct{ scheme, rest string }

// String is the reference as it was written.
func (r Reference) String() string { return r.scheme + ":" + r.rest }

// Empty reports whether it names nothing.
func (r Reference) Empty() bool { return r.scheme == "" }

// The schemes.
const (
	schemeFile  = "file"
	schemeEnv   = "env"
	schemeVault = "keyvault"
)

const maxSize = 64 << 10

var (
	envForm   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	vaultPath = regexp.MustCompile(`^/secrets/[0-9A-Za-z-]{1,127}(/[0-9a-f]{32})?/?$`)
)

// vaults are the domains of key vaults: a token of our identity goes nowhere else.
var vaults = []string{".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net"}

func notOne() error {
	return fault.New(fault.Invalid, "a secret is named by where it is kept, and is never written into the configuration").
		WithHelp("write file:PATH, env:NAME or keyvault:https://VAULT.vault.azure.net/secrets/NAME")
}

// Parse reads file:/PATH, env:NAME or keyvault:https://VAULT/secrets/NAME[/VERSION].
func Parse(text string) (Reference, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || len(text) > 4096 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		return Reference{}, notOne()
	}
	switch scheme {
	case schemeFile:
		if !filepath.IsAbs(rest) {
			return Reference{}, fault.New(fault.Invalid, "the file of a secret is named by its whole path: file:/PATH")
		}
	case schemeEnv:
		if !envForm.MatchString(rest) {
			return Reference{}, notOne()
		}
	case schemeVault:
		if !isVault(rest) {
			return Reference{}, fault.New(fault.Invalid, "a secret in a key vault is keyvault:https://VAULT.vault.azure.net/secrets/NAME")
		}
	default:
		return Reference{}, notOne()
	}
	return Reference{scheme, rest}, nil
}

func isVault(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" && u.RawQuery == "" && u.Fragment == "" && vaultPath.MatchString(u.Path) &&
		slices.ContainsFunc(vaults, func(v string) bool {
			name, ok := strings.CutSuffix(u.Host, v)
			return ok && name != "" && !strings.Contains(name, ".")
		})
}

// Reader reads secrets, each once: what was checked at the start is what is used, and a vault is asked one time. It is safe for concurrent use.
type Reader struct {
	Getenv func(string) string
	// Client, of package egress with the purpose of secrets, and Identity reach key vaults; nil means that there is none.
	Client   *http.Client
	Identity azcore.TokenCredential

	mu   sync.Mutex
	held map[Reference][]byte
}

// Forget overwrites what was read, for when everything that needs it has its own copy.
func (r *Reader) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.held {
		clear(b)
	}
	r.held = nil
}

// once reads what was not read yet. What comes back is the caller's own.
func (r *Reader) once(ctx context.Context, ref Reference) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b, ok := r.held[ref]; ok {
		return bytes.Clone(b), nil
	}
	b, err := r.read(ctx, ref)
	if err != nil {
		return nil, err
	}
	if r.held == nil {
		r.held = map[Reference][]byte{}
	}
	r.held[ref] = b
	return bytes.Clone(b), nil
}

// wellKnown are secrets that stand in examples. They are compared without regard to case.
var wellKnown = []string{
	"changeme", "change-me", "change_me", "changeit", "password", "passw0rd", "secret", "default", "example", "test", "postgres", "admin", "root", "letmein",
	"c4arch", "replace-me", "replaceme", "todo", "xxx", "minioadmin",
}

// Read returns the secret. It has at least least bytes, and is none that everybody knows.
func (r *Reader) Read(ctx context.Context, ref Reference, least int) (secret.Value, error) {
	b, err := r.once(ctx, ref)
	if err != nil {
		return secret.Value{}, err
	}
	b = bytes.TrimRight(b, "\r\n")
	switch {
	case len(b) == 0:
		return secret.Value{}, fault.New(fault.Invalid, "the secret at %s is empty", ref)
	case slices.Contains(wellKnown, strings.ToLower(string(b))) || len(b) > 2 && bytes.Count(b, b[:1]) == len(b):
		return secret.Value{}, fault.New(fault.Invalid, "the secret at %s is one that everybody knows", ref).WithHelp("make one: openssl rand -base64 32")
	case len(b) < least:
		return secret.Value{}, fault.New(fault.Invalid, "the secret at %s has fewer than %d bytes", ref, least).WithHelp("make one: openssl rand -base64 32")
	}
	return secret.New(b), nil
}

func (r *Reader) read(ctx context.Context, ref Reference) ([]byte, error) {
	switch ref.scheme {
	case schemeFile:
		return readFile(ref.rest)
	case schemeEnv:
		if r.Getenv == nil {
			return nil, fault.New(fault.Internal, "there is no environment")
		}
		text := r.Getenv(ref.rest)
		if text == "" || len(text) > maxSize {
			return nil, fault.New(fault.Invalid, "the variable %s is not set, or is too long", ref.rest)
		}
		return []byte(text), nil
	case schemeVault:
		return r.readVault(ctx, ref.rest)
	}
	return nil, notOne()
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.Invalid, "the file %s, in which a secret should be, is missing", path)
		}
		return nil, fault.Wrap(fault.Invalid, err, "a secret cannot be read")
	}
	defer f.Close() //nolint:errcheck // it was only read
	// What is asked is asked of the open file, so that it is the one which is read.
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "%s is not a file", path)
	}
	if err := own.Lent(path, info); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "a secret cannot be read")
	}
	if len(b) > maxSize {
		return nil, fault.New(fault.Limited, "the file %s is larger than a secret is", path)
	}
	return b, nil
}

// readVault asks for a secret: GET /secrets/NAME of the REST API of Key Vault.
func (r *Reader) readVault(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || r.Client == nil || r.Identity == nil {
		return nil, fault.New(fault.Invalid, "there is no way to key vaults from here")
	}
	_, domain, _ := strings.Cut(u.Host, ".")
	token, err := r.Identity.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"https://" + domain + "/.default"}})
	if err != nil {
		return nil, fault.New(fault.Denied, "there is no identity for the key vault %s", u.Host).
			WithHelp("run where a managed or workload identity is, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+u.Host+strings.TrimSuffix(u.Path, "/")+"?api-version=7.4", nil)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the key vault %s cannot be asked", u.Host)
	}
	req.Header.Set("Authorization", "Bearer "+token.Token)
	res, err := r.Client.Do(req)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "the key vault %s does not answer", u.Host)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(res.Body, 2*maxSize))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "the key vault %s does not answer", u.Host)
	}
	return vaultValue(u.Host, res.StatusCode, body)
}

func vaultValue(host string, status int, body []byte) ([]byte, error) {
	defer clear(body)
	switch status {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, fault.New(fault.Denied, "the key vault %s does not give the secret", host).WithHelp("give the identity of c4arch the role Key Vault Secrets User")
	case http.StatusNotFound:
		return nil, fault.New(fault.Invalid, "the key vault %s has no such secret", host)
	default:
		return nil, fault.New(fault.Unavailable, "the key vault %s answered with status %d", host, status)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Value) > maxSize {
		return nil, fault.New(fault.Unavailable, "the key vault %s answered with something else", host) // the cause may quote it
	}
	return []byte(answer.Value), nil
}
