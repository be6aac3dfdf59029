// Package vault wraps keys of organisations under a key in Azure Key Vault or a managed HSM: wrapKey and unwrapKey with RSA-OAEP-256.
//
// It promises: the root key never leaves the vault; a wrapped key names vault, key and version, and no other vault is asked than the one configured, whatever a
// wrapped key says; every request goes through the client handed in. It leaves out rotation in the vault: a new version there is the newest here.
// RSA-OAEP has no associated data: package ring puts a digest of it behind the key. Nor does it prove who wrapped: who can write the directory of organisations
// can put another key there, under which nothing that was sealed before opens (docs/formats/sealed.md says what follows).
package vault

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"c4arch/internal/base/fault"
	"c4arch/internal/keys/ring"
)

// Scheme is the scheme of these root keys in a ring.
const Scheme = "vault"

// Config says which key.
type Config struct {
	URL      string // https://NAME.vault.azure.net
	Key      string // its name
	Version  string // the version that wraps; "" means the vault's current one
	Client   *http.Client
	Identity azcore.TokenCredential // cloud.Azure
	Now      func() time.Time
}

// Root is one key of a vault with all its versions.
type Root struct {
	config Config
	host   string
	client *azkeys.Client

	mu      sync.Mutex
	current string // version
	asked   time.Time
}

var _ ring.Root = (*Root)(nil)

const (
	wait  = 20 * time.Second
	fresh = 5 * time.Minute // how long the current version is remembered
)

var (
	nameForm    = regexp.MustCompile(`^[0-9A-Za-z-]{1,127}$`)
	versionForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// New makes a client. Nothing is asked of the vault yet.
func New(c Config) (*Root, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "the address of a key vault is https://NAME.vault.azure.net")
	}
	if !nameForm.MatchString(c.Key) || c.Version != "" && !versionForm.MatchString(c.Version) {
		return nil, fault.New(fault.Invalid, "the name of a key in a vault has letters, digits and dashes, and its version 32 hexadecimal digits")
	}
	if c.Client == nil || c.Identity == nil || c.Now == nil {
		return nil, fault.New(fault.Internal, "a key vault needs a client, an identity and a clock")
	}
	var o azkeys.ClientOptions
	o.Transport = c.Client
	o.Retry.MaxRetries = 2
	client, err := azkeys.NewClient("https://"+u.Host, c.Identity, &o)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the key vault %s cannot be used", u.Host)
	}
	return &Root{config: c, host: u.Host, client: client}, nil
}

// Newest is HOST/KEY/VERSION of the version that wraps.
func (r *Root) Newest(ctx context.Context) (string, error) {
	version := r.config.Version
	if version == "" {
		var err error
		if version, err = r.latest(ctx); err != nil {
			return "", err
		}
	}
	return r.host + "/" + r.config.Key + "/" + version, nil
}

func (r *Root) latest(ctx context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.config.Now()
	if age := now.Sub(r.asked); r.current != "" && age >= 0 && age < fresh {
		return r.current, nil
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.GetKey(ctx, r.config.Key, "", nil)
	if err != nil {
		return "", r.fail(err, "read")
	}
	if got.Key == nil || got.Key.KID == nil || !versionForm.MatchString(got.Key.KID.Version()) {
		return "", fault.New(fault.Unavailable, "the key vault %s answered without a version of the key %s", r.host, r.config.Key)
	}
	r.current, r.asked = got.Key.KID.Version(), now
	return r.current, nil
}

// version checks that a name is of this vault and key.
func (r *Root) version(b ring.Bound) (string, error) {
	v, ok := strings.CutPrefix(b.Name, r.host+"/"+r.config.Key+"/")
	if !ok || !versionForm.MatchString(v) {
		return "", fault.New(fault.Unavailable, "the root key %.200s is not one of the configured key vault %s, key %s", b.Root(), r.host, r.config.Key).
			WithHelp("configure the vault that wrapped the keys of these organisations")
	}
	return v, nil
}

func parameters(value []byte) azkeys.KeyOperationParameters {
	algorithm := azkeys.EncryptionAlgorithmRSAOAEP256
	return azkeys.KeyOperationParameters{Algorithm: &algorithm, Value: value}
}

// Wrap encrypts plain under a version of the key.
func (r *Root) Wrap(ctx context.Context, b ring.Bound, plain []byte) ([]byte, error) {
	v, err := r.version(b)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.WrapKey(ctx, r.config.Key, v, parameters(plain), nil)
	if err != nil {
		return nil, r.fail(err, "wrap")
	}
	return got.Result, nil
}

// Unwrap decrypts what Wrap made.
func (r *Root) Unwrap(ctx context.Context, b ring.Bound, wrapped []byte) ([]byte, error) {
	v, err := r.version(b)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.UnwrapKey(ctx, r.config.Key, v, parameters(wrapped), nil)
	if err != nil {
		return nil, r.fail(err, "unwrap")
	}
	return got.Result, nil
}

// fail turns an error of the vault into one of ours. The vault's text is left out: it may repeat what was sent.
func (r *Root) fail(err error, what string) error {
	place := []any{r.host, what, r.config.Key}
	const format = "the key vault %s did not %s with the key %s"
	var re *azcore.ResponseError
	if !errors.As(err, &re) {
		var own *fault.Error
		if errors.As(err, &own) {
			return fault.Wrap(own.Kind, own, format, place...)
		}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return fault.Wrap(fault.Unavailable, errors.New("it took too long"), format, place...)
		}
		return fault.Wrap(fault.Unavailable, errors.New("it does not answer, or the identity has no token for it"), format, place...)
	}
	cause := errors.New(clip(re.ErrorCode))
	switch re.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.Wrap(fault.Denied, cause, format, place...).
			WithHelp("give the identity of c4arch the role Key Vault Crypto Service Encryption User: get, wrapKey, unwrapKey")
	case http.StatusNotFound:
		return fault.Wrap(fault.Unavailable, cause, format, place...).WithHelp("the key or its version is gone: recover it in the vault")
	case http.StatusBadRequest:
		return fault.Wrap(fault.Internal, cause, format, place...).WithHelp("what is to be unwrapped was changed, or the version of the key is disabled")
	case http.StatusTooManyRequests:
		return fault.Wrap(fault.Limited, cause, format, place...)
	}
	return fault.Wrap(fault.Unavailable, cause, format, place...)
}

func clip(s string) string {
	const most = 60
	if s == "" || len(s) > most || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "no code"
	}
	return s
}

// State is what the vault says about how the key is protected.
func (r *Root) State(ctx context.Context) ring.State {
	s := ring.State{Scheme: Scheme, Name: r.host + "/" + r.config.Key}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.GetKey(ctx, r.config.Key, r.config.Version, nil)
	if err != nil || got.Key == nil || got.Key.Kty == nil {
		s.Why = "the vault did not say"
		return s
	}
	switch *got.Key.Kty {
	case azkeys.KeyTypeRSAHSM, azkeys.KeyTypeOctHSM, azkeys.KeyTypeECHSM:
		s.Protection = ring.Hardware
	case azkeys.KeyTypeRSA, azkeys.KeyTypeOct, azkeys.KeyTypeEC:
		s.Protection = ring.Service
	}
	if a := got.Attributes; a != nil {
		if a.RecoveryLevel != nil {
			s.Detail = append(s.Detail, "recovery "+clip(*a.RecoveryLevel))
		}
		if a.Exportable != nil && *a.Exportable {
			s.Detail = append(s.Detail, "the key can be exported")
		}
	}
	if bits := new(big.Int).SetBytes(got.Key.N).BitLen(); bits > 0 {
		s.Detail = append(s.Detail, "RSA of "+strconv.Itoa(bits)+" bits")
	}
	return s
}
