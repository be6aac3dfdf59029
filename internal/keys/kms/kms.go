// Package kms wraps keys of organisations under a symmetric key of AWS KMS.
//
// It promises: the root key never leaves KMS; the organisation and the root key are the encryption context, so that KMS refuses to unwrap for another and its log
// names the organisation; no other key is asked than those configured, whatever a wrapped key says; every request goes through the client
// handed in. It leaves out the rotation that KMS does inside a key, which needs no re-wrapping.
package kms

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"c4arch/internal/base/fault"
	"c4arch/internal/egress/cloud"
	"c4arch/internal/keys/ring"
)

// Scheme is the scheme of these root keys in a ring.
const Scheme = "kms"

// Config says which keys.
type Config struct {
	Key      string   // the ARN of the key that wraps
	Older    []string // the ARNs of those that only open
	Endpoint string   // an address other than the cloud's own: https://HOST
	Client   *http.Client
	Identity *http.Client // asks for tokens; nil: Client does
}

// Root is keys of KMS in one region.
type Root struct {
	config Config
	client *kms.Client
}

var _ ring.Root = (*Root)(nil)

const wait = 20 * time.Second

// An alias is refused: what it names can be changed behind our back.
var arnForm = regexp.MustCompile(`^arn:aws[a-z-]{0,10}:kms:([a-z0-9-]{2,30}):[0-9]{12}:key/[0-9a-zA-Z-]{1,80}$`)

// New makes a client. Nothing is asked of KMS yet.
func New(ctx context.Context, c Config) (*Root, error) {
	region := ""
	for _, k := range append([]string{c.Key}, c.Older...) {
		m := arnForm.FindStringSubmatch(k)
		if m == nil || region != "" && m[1] != region {
			return nil, fault.New(fault.Invalid, "a key of KMS is named by its ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, all in one region")
		}
		region = m[1]
	}
	if c.Client == nil {
		return nil, fault.New(fault.Internal, "KMS needs a client")
	}
	if c.Identity == nil {
		c.Identity = c.Client
	}
	if c.Endpoint != "" && !strings.HasPrefix(c.Endpoint, "https://") {
		return nil, fault.New(fault.Invalid, "the address of a KMS begins with https://")
	}
	options, err := cloud.AWS(c.Identity, region)
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "KMS cannot be used")
	}
	client := kms.NewFromConfig(cfg, func(o *kms.Options) {
		o.HTTPClient = c.Client
		if c.Endpoint != "" {
			o.BaseEndpoint = &c.Endpoint
		}
	})
	c.Older = slices.Clone(c.Older)
	return &Root{config: c, client: client}, nil
}

// Newest is the ARN of the key that wraps.
func (r *Root) Newest(context.Context) (string, error) { return r.config.Key, nil }

func (r *Root) known(b ring.Bound) error {
	if b.Name == r.config.Key || slices.Contains(r.config.Older, b.Name) {
		return nil
	}
	return fault.New(fault.Unavailable, "the root key %.200s is not one of those configured", b.Root()).
		WithHelp("name it among the older keys, so that what it wrapped can be opened")
}

// bound is the encryption context. It stands in the log of KMS in plain text, and holds no name of a person or a customer.
func bound(b ring.Bound) map[string]string {
	return map[string]string{"application": "c4arch", "purpose": "organisation key v1", "organisation": string(b.Org), "root": b.Name}
}

// Wrap encrypts plain.
func (r *Root) Wrap(ctx context.Context, b ring.Bound, plain []byte) ([]byte, error) {
	if err := r.known(b); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.Encrypt(ctx, &kms.EncryptInput{KeyId: &b.Name, Plaintext: plain, EncryptionContext: bound(b)})
	if err != nil {
		return nil, fail(err, "wrap", b)
	}
	return got.CiphertextBlob, nil
}

// Unwrap decrypts what Wrap made.
func (r *Root) Unwrap(ctx context.Context, b ring.Bound, wrapped []byte) ([]byte, error) {
	if err := r.known(b); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.Decrypt(ctx, &kms.DecryptInput{KeyId: &b.Name, CiphertextBlob: wrapped, EncryptionContext: bound(b)})
	if err != nil {
		return nil, fail(err, "unwrap", b)
	}
	return got.Plaintext, nil
}

// coded is an error of the service with the code that its documentation names.
type coded interface{ ErrorCode() string }

// fail turns an error of KMS into one of ours. Its text is left out: it may repeat what was sent.
func fail(err error, what string, b ring.Bound) error {
	kind, help, cause := fault.Unavailable, "", "it does not answer, or there is no identity for AWS"
	var c coded
	if errors.As(err, &c) {
		cause = c.ErrorCode()
		switch c.ErrorCode() {
		case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException":
			kind, help = fault.Denied, "give the identity of c4arch kms:Encrypt, kms:Decrypt and kms:DescribeKey on the key"
		case "InvalidCiphertextException", "IncorrectKeyException":
			kind, help = fault.Internal, "what is to be unwrapped was wrapped for another organisation or key, or was changed"
		case "ThrottlingException", "LimitExceededException":
			kind = fault.Limited
		case "NotFoundException", "DisabledException", "KMSInvalidStateException":
			help = "the key is gone, disabled or about to be deleted: recover it in KMS"
		}
	}
	var own *fault.Error
	if errors.As(err, &own) {
		return fault.Wrap(own.Kind, own, "KMS did not %s with the key %s", what, b.Name)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		cause = "it took too long"
	}
	return fault.Wrap(kind, errors.New(cause), "KMS did not %s with the key %s", what, b.Name).WithHelp("%s", help)
}

// State is what KMS says about how the key that wraps is protected.
func (r *Root) State(ctx context.Context) ring.State {
	s := ring.State{Scheme: Scheme, Name: r.config.Key}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	got, err := r.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &r.config.Key})
	if err != nil || got.KeyMetadata == nil {
		s.Why = "KMS did not say"
		return s
	}
	m := got.KeyMetadata
	switch m.Origin {
	case types.OriginTypeAwsKms, types.OriginTypeAwsCloudhsm:
		s.Protection = ring.Hardware // the documentation of KMS: FIPS 140 validated modules hold its key material
	case types.OriginTypeExternal, types.OriginTypeExternalKeyStore:
		s.Why = "the key comes from outside KMS"
	}
	s.Detail = append(s.Detail, "state "+string(m.KeyState), "manager "+string(m.KeyManager))
	rotation, err := r.client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &r.config.Key})
	switch {
	case err != nil:
		s.Detail = append(s.Detail, "rotation unknown")
	case rotation.KeyRotationEnabled:
		s.Detail = append(s.Detail, "rotated by KMS")
	default:
		s.Detail = append(s.Detail, "not rotated by KMS")
	}
	return s
}
